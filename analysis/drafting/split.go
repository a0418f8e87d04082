package drafting

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/sharewise/sharewise/analysis/datafile"
)

var splitName = regexp.MustCompile(`(?i)^(data[ _.-]?)?(set|split|subset|partition|part|phase|stage|usage|fold|sample)([ _.-]?(name|type))?$`)

// splitColumn finds the column that says which rows are for training: all of its
// values are such words, and there are several, or its name says so. It is -1
// without one.
func (g *tableGuess) splitColumn() int {
	for j, n := range g.names {
		words := map[string]bool{}
		other := slices.ContainsFunc(g.rows, func(fields []string) bool {
			v := strings.TrimSpace(fields[j])
			if g.Missing[v] {
				return false
			}
			words[v] = true
			return datafile.PartNames[strings.ToLower(v)] == datafile.Undecided
		})
		if !other && (len(words) > 1 || len(words) == 1 && splitName.MatchString(n)) {
			return j
		}
	}
	return -1
}

// settleSplits keeps columns that divide the rows where they do so for training and
// testing, in the whole of the file; others are left out.
func (s *scanner) settleSplits(found []*find) {
	for _, f := range found {
		if f.columns == nil || f.columns.Split == "" {
			continue
		}
		column := f.columns.Split
		j := slices.Index(f.names, column)
		seen := map[datafile.Part]bool{}
		other := ""
		err := f.eachRow(func(fields []string) {
			v := strings.ToLower(strings.TrimSpace(fields[j]))
			if p := datafile.PartNames[v]; p != datafile.Undecided {
				seen[p] = true
			} else if other == "" {
				other = strings.Clone(v)
			}
		})
		reason := ""
		switch {
		case err != nil: // reading the data will tell
			s.heed(err)
		case other != "":
			reason = "it has other values too, such as " + strconv.Quote(other)
		case f.test != nil:
			reason = "test data are in a file of their own"
		case !seen[datafile.Training]:
			reason = "no row is for training"
		case !seen[datafile.Testing]:
			reason = "no row is for testing"
		}
		if reason == "" {
			continue
		}
		f.columns.Split = ""
		f.columns.Ignore = append(f.columns.Ignore, column)
		f.notes = slices.DeleteFunc(f.notes, func(n string) bool { return strings.HasPrefix(n, "column "+strconv.Quote(column)+" says which rows") })
		f.notes = append(f.notes, "column "+strconv.Quote(column)+" is left out, which could divide the rows: "+reason)
	}
}
