package reports

import (
	"encoding/csv"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/sharewise/sharewise/analysis/wording"
)

// figureData is what a picture shows, as a table that readers can take along: a header
// and rows.
type figureData [][]string

// add adds a row of names and numbers; NaN is an empty cell, and no name is a formula.
func (d *figureData) add(cells ...any) {
	row := make([]string, len(cells))
	for i, c := range cells {
		switch c := c.(type) {
		case float64:
			if !math.IsNaN(c) {
				row[i] = strconv.FormatFloat(c, 'g', 6, 64)
			}
		case int:
			row[i] = strconv.Itoa(c)
		default:
			row[i] = wording.Cell(fmt.Sprint(c))
		}
	}
	*d = append(*d, row)
}

// CSV is the table as RFC 4180 has it, empty without rows.
func (d figureData) CSV() string {
	if len(d) < 2 {
		return ""
	}
	var b strings.Builder
	w := csv.NewWriter(&b)
	_ = w.WriteAll(d) // a strings.Builder takes all
	return b.String()
}
