package drafting

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/sharewise/sharewise/analysis/datafile"
	"github.com/sharewise/sharewise/analysis/study"

	"github.com/sharewise/sharewise/analysis/dataset"
)

// suitMissing adds numbers that look like codes for missing values to columns.missing,
// unless some column has them as ordinary numbers, and says so.
func suitMissing(d *study.Draft, domains []*dataset.Domain) bool {
	found := dataset.MissingCodes(domains)
	if len(found) == 0 || d.Defaults.Columns == nil {
		return false
	}
	byCode := map[float64][]dataset.MissingCode{}
	for _, c := range found {
		byCode[c.Code] = append(byCode[c.Code], c)
	}
	changed := false
	for _, code := range slices.Sorted(maps.Keys(byCode)) {
		text := strconv.FormatFloat(code, 'f', -1, 64)
		what := datafile.FirstFew(byCode[code], func(c dataset.MissingCode) string {
			return fmt.Sprintf("%q (%d rows; %s)", c.Column, c.Count(), c.Others())
		})
		if other := byCode[code][0].Elsewhere; other != "" {
			d.Found = append(d.Found, fmt.Sprintf("all: %s looks like a code for a missing value in %s, and is taken for a number, since column %q has it among numbers like it", text, what, other))
			continue
		}
		d.Defaults.Columns.Missing = append(slices.Clone(d.Defaults.Columns.Missing), text)
		d.Found = append(d.Found, fmt.Sprintf("all: %s is taken for a missing value (columns.missing) in %s", text, what))
		changed = true
	}
	return changed
}
