package study

import (
	"fmt"

	"github.com/sharewise/sharewise/analysis/filelimit"
)

// fileLimitFields are the limits that are about data. Those of the study file
// itself cannot stand in it.
func fileLimitFields() []field {
	var out []field
	for n, e := range filelimit.Table {
		if e.Data {
			out = append(out, field{key: e.Key, doc: e.Doc, typ: integer(1, maxSeed), note: fmt.Sprint(e.Default),
				at: at(func(l *filelimit.Limits) *int64 { return &l[n] })})
		}
	}
	return out
}
