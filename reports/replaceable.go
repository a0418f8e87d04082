package reports

import (
	"html"
	"io"
	"strings"

	"github.com/sharewise/sharewise/analysis/filelimit"
	"github.com/sharewise/sharewise/analysis/wording"
	"github.com/sharewise/sharewise/reports/language"
)

// IsReport reports whether a file is a report that [WriteHTML] wrote, in any language, by its
// beginning and its title.
func IsReport(path string) bool {
	f, err := filelimit.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	const most = 8 << 10 // the title stands before the style
	head, err := io.ReadAll(io.LimitReader(f, most))
	if err != nil || !strings.HasPrefix(string(head), "<!DOCTYPE html>\n<html lang=\"") {
		return false
	}
	_, rest, _ := strings.Cut(string(head), "<title>")
	title, _, ends := strings.Cut(rest, "</title>")
	if !ends {
		return false
	}
	for _, l := range language.All {
		ending := strings.TrimSpace(l.Write(wording.Say("%s: which domains should share a model", "")))
		if strings.HasSuffix(html.UnescapeString(title), ending) {
			return true
		}
	}
	return false
}
