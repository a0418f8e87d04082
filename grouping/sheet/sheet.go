package sheet

import (
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/sharewise/sharewise/analysis/wording"
)

// Header are the names of the columns.
var Header = []string{"group", "domain", "members", "gain", "lo", "hi", "source", "firmness", "promised"}

// Row is a domain with the group that serves it. Numbers are NaN where unknown.
type Row struct {
	Group            int // from 1
	Domain           string
	Members          []string
	Gain, Lo, Hi     float64
	Source, Firmness string
	Promised         float64
}

// Write writes the header and rows.
func Write(w io.Writer, rows []Row) error {
	records := [][]string{Header}
	for _, r := range rows {
		records = append(records, []string{
			strconv.Itoa(r.Group), wording.Cell(r.Domain), wording.Cell(strings.Join(r.Members, "+")), number(r.Gain), number(r.Lo), number(r.Hi),
			wording.Cell(r.Source), wording.Cell(r.Firmness), number(r.Promised),
		})
	}
	if err := csv.NewWriter(w).WriteAll(records); err != nil {
		return fmt.Errorf("sheet: %w", err)
	}
	return nil
}

func number(x float64) string {
	if math.IsNaN(x) {
		return ""
	}
	if x == 0 {
		x = 0 // -0 is 0
	}
	return strconv.FormatFloat(x, 'g', -1, 64)
}
