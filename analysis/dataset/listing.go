package dataset

import (
	"encoding/csv"
	"io"
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
// split: the record of what trained and what tested.
func List(folds [][]*Domain) []Listed {
	list := []Listed{}
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
					list = append(list, Listed{d.Name, fold, s.name, s.split.ID(i), s.split.Member(i)})
				}
			}
		}
	}
	return list
}

// WriteList writes a list as comma-separated values with a header. There is a
// column for folds where there are some. Names that a spreadsheet would take for
// formulas begin with an apostrophe.
func WriteList(w io.Writer, list []Listed) error {
	folds := len(list) > 0 && list[0].Fold > 0
	header := []string{"domain", "split", "sample", "member"}
	if folds {
		header = slices.Insert(header, 1, "fold")
	}
	records := [][]string{header}
	for _, l := range list {
		record := []string{wording.Cell(l.Domain), l.Split, strconv.FormatInt(l.Sample, 10), wording.Cell(l.Member)}
		if folds {
			record = slices.Insert(record, 1, strconv.Itoa(l.Fold))
		}
		records = append(records, record)
	}
	return csv.NewWriter(w).WriteAll(records)
}
