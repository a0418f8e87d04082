package language

import (
	"strings"

	"github.com/sharewise/sharewise/analysis/wording"
)

// Duration is a number of seconds in the unit that fits; empty for none.
func Duration(seconds float64) wording.Text {
	switch d := wording.Duration(seconds); {
	case strings.HasSuffix(d, " min"):
		return wording.Say("%s min", strings.TrimSuffix(d, " min"))
	case strings.HasSuffix(d, " h"):
		return wording.Say("%s h", strings.TrimSuffix(d, " h"))
	case strings.HasSuffix(d, " s"):
		return wording.Say("%s s", strings.TrimSuffix(d, " s"))
	}
	return ""
}
