package dataset

import (
	"encoding/csv"
	"io"
	"strconv"
)

// Listed is a sample with the split that it is in.
type Listed struct {
	Domain string `json:"domain"`
	Split  string `json:"split"`  // train, validation or test
	Sample int64  `json:"sample"` // see Split.ID
	Member string `json:"member,omitempty"`
}

// List lists every sample of the domains, split by split: the record of what
// trained and what tested.
func List(domains []*Domain) []Listed {
	list := []Listed{}
	for _, d := range domains {
		for _, s := range []struct {
			name  string
			split *Split
		}{{"train", d.Train}, {"validation", d.Val}, {"test", d.Test}} {
			for i := range s.split.Len() {
				list = append(list, Listed{d.Name, s.name, s.split.ID(i), s.split.Member(i)})
			}
		}
	}
	return list
}

// WriteList writes a list as comma-separated values with a header.
func WriteList(w io.Writer, list []Listed) error {
	records := [][]string{{"domain", "split", "sample", "member"}}
	for _, l := range list {
		records = append(records, []string{l.Domain, l.Split, strconv.FormatInt(l.Sample, 10), l.Member})
	}
	return csv.NewWriter(w).WriteAll(records)
}
