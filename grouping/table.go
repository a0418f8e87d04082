package grouping

import (
	"fmt"
	"io"
	"math"
	"path/filepath"

	"github.com/parquet-go/parquet-go"

	"github.com/sharewise/sharewise/analysis/atomicfile"
	"github.com/sharewise/sharewise/grouping/sheet"
)

// TableFile is the name of the recommendation's table.
const TableFile = "groups.parquet"

// tableRow is one domain of the recommendation. Limits are NaN where unknown.
type tableRow struct {
	Group   int32   `parquet:"group"` // 1 is the first
	Domain  string  `parquet:"domain"`
	Gain    float64 `parquet:"gain"`
	Lo      float64 `parquet:"lo"`
	Hi      float64 `parquet:"hi"`
	Value   float64 `parquet:"value"`
	Verdict string  `parquet:"verdict"`
	Source  string  `parquet:"source"`
}

// WriteTable writes the groups as TableFile in a folder, one row per domain.
func (r *Recommendation) WriteTable(dir string) error {
	values := map[string]float64{}
	for _, d := range r.Domains {
		values[d.Name] = d.Value
	}
	var rows []tableRow
	for i, g := range r.Groups {
		for _, m := range g.Members {
			rows = append(rows, tableRow{
				Group: int32(i + 1), Domain: m.Domain, Gain: m.Gain, Lo: m.Lo, Hi: m.Hi,
				Value: values[m.Domain], Verdict: string(m.Verdict), Source: string(g.Source),
			})
		}
	}
	return atomicfile.Write(filepath.Join(dir, TableFile), func(f io.Writer) error {
		w := parquet.NewGenericWriter[tableRow](f,
			parquet.CreatedBy("sharewise", "1", ""),
			parquet.KeyValueMetadata("study", r.Study),
			parquet.KeyValueMetadata("rung", r.Rung),
			parquet.KeyValueMetadata("weighting", r.Weighting),
		)
		if _, err := w.Write(rows); err != nil {
			return fmt.Errorf("encode: %w", err)
		}
		return w.Close()
	})
}

// Sheet lists which group serves which domain, for spreadsheets.
func (r *Recommendation) Sheet() []sheet.Row {
	var rows []sheet.Row
	for i := range r.Groups {
		g := &r.Groups[i]
		for _, m := range g.Members {
			row := sheet.Row{
				Group: i + 1, Domain: m.Domain, Members: g.Names(), Gain: m.Gain, Lo: m.Lo, Hi: m.Hi,
				Source: string(g.Source), Firmness: string(g.Firmness), Promised: math.NaN(),
			}
			if r.Promised != nil {
				for _, p := range r.Promised.Groups[i].Members {
					if p.Domain == m.Domain {
						row.Promised = p.Gain.Gain
					}
				}
			}
			rows = append(rows, row)
		}
	}
	return rows
}
