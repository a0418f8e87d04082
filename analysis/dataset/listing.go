package dataset

import (
	"encoding/csv"
	"io"
	"iter"
	"slices"
	"strconv"

	"github.com/sharewise/sharewise/analysis/wording"
)

// Listed is a sample with the split that it is in.
type Listed struct {
	Domain string `json:"domain"`
	// Fold, from 1, is that in which the sample is in this split; 0 without folds.
	Fold   int    `json:"fold,omitempty"`
	Split  string `json:"split"`  // train, validation or test
	Sample int64  `json:"sample"` // see Split.ID
	Member string `json:"member,omitempty"`
}

// List lists every sample of the domains, given once for every fold, split by
// split: the record of what trained and what tested. The list itself takes no
// memory.
func List(folds [][]*Domain) iter.Seq[Listed] {
	return func(yield func(Listed) bool) {
		for f, domains := range folds {
			fold := 0
			if len(folds) > 1 {
				fold = f + 1
			}
			for _, d := range domains {
				for _, s := range []struct {
					name  string
					split *Split
				}{{"train", d.Train}, {"validation", d.Val}, {"test", d.Test}} {
					for i := range s.split.Len() {
						if !yield(Listed{d.Name, fold, s.name, s.split.ID(i), s.split.Member(i)}) {
							return
						}
					}
				}
			}
		}
	}
}

// WriteList writes the list of the samples of domains, see [List], as
// comma-separated values with a header. There is a column for folds where there are
// some. Names that a spreadsheet would take for formulas begin with an apostrophe.
func WriteList(w io.Writer, folds [][]*Domain) error {
	out, record := csv.NewWriter(w), []string{"domain", "split", "sample", "member"}
	if len(folds) > 1 {
		record = slices.Insert(record, 1, "fold")
	}
	if err := out.Write(record); err != nil {
		return err
	}
	for l := range List(folds) {
		record = append(record[:0], wording.Cell(l.Domain))
		if len(folds) > 1 {
			record = append(record, strconv.Itoa(l.Fold))
		}
		record = append(record, l.Split, strconv.FormatInt(l.Sample, 10), wording.Cell(l.Member))
		if err := out.Write(record); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}
