package inspection

import (
	"fmt"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/wording"
)

// Category describes a column of words.
type Category struct {
	Name  string `json:"name"`
	Words int    `json:"words"` // different ones in the domain's training data
	// Most is the most frequent word of training, and Share its share there.
	Most  string  `json:"most"`
	Share float64 `json:"share"`
	// Missing is the number of training samples without a word.
	Missing int `json:"missing"`
	// Unseen is the number of test samples whose word is missing, or not among
	// those of the domain's training data.
	Unseen int `json:"unseen"`
}

// categoriesOf counts the words of each column.
func categoriesOf(d *dataset.Domain) []Category {
	var out []Category
	x := make([]float64, sizeOf(d))
	first := len(x) - len(d.Categories)
	for k, c := range d.Categories {
		seen := make([]int, len(c.Words)+1) // by code
		for i := range d.Train.Len() {
			d.Train.Raw(i, x)
			seen[int(x[first+k])]++
		}
		found := Category{Name: c.Name, Missing: seen[0]}
		most := 0
		for code, n := range seen[1:] {
			if n > 0 {
				found.Words++
			}
			if n > most {
				most, found.Most = n, c.Words[code]
			}
		}
		found.Share = float64(most) / float64(max(1, d.Train.Len()))
		for i := range d.Test.Len() {
			d.Test.Raw(i, x)
			if code := int(x[first+k]); code == 0 || seen[code] == 0 {
				found.Unseen++
			}
		}
		out = append(out, found)
	}
	return out
}

// note returns a sentence about what was counted.
func (c Category) note() string {
	missing := ""
	if c.Missing > 0 {
		missing = fmt.Sprintf("; %s have none, which counts as a word of its own", wording.Plural(c.Missing, "training sample"))
	}
	return fmt.Sprintf("column %q holds %s, most often %q (%s %% of training)%s", c.Name, wording.Plural(c.Words, "word"), c.Most, figure(100*c.Share), missing)
}
