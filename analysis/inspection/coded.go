package inspection

import "github.com/sharewise/sharewise/analysis/dataset"

// Coded is a number of a domain's column that looks like a code for a missing
// value; see [dataset.MissingCode].
type Coded struct {
	Column  string  `json:"column"`
	Code    float64 `json:"code"`
	Samples int     `json:"samples"` // that have it, in all splits
	others  string  // what the other numbers are, in words
}

// findCoded looks for codes in all domains together, and tells those that have them.
func findCoded(domains []*dataset.Domain, out []Domain) {
	for _, c := range dataset.MissingCodes(domains) {
		for k, d := range domains {
			if n := c.Rows[d.Name]; n > 0 {
				out[k].Coded = append(out[k].Coded, Coded{c.Column, c.Code, n, c.Others()})
			}
		}
	}
}
