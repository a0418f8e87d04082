package drafting

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/sharewise/sharewise/analysis/datafile"
)

var splitName = regexp.MustCompile(`(?i)^(data[ _.-]?)?(set|split|subset|partition|part|phase|stage|usage|fold|sample)([ _.-]?(name|type))?$`)

// flagName is a column with 1 for rows of one part, and foldName one with the number of the
// part of a cross-validation.
var (
	flagName = regexp.MustCompile(`(?i)^(is[ _.-]?(in[ _.-]?)?(test|train|training|val|validation|valid|holdout|eval)|(test|train|training|val|validation|holdout|eval)[ _.-]?(set|flag|split|ind|indicator|row|mask))$`)
	foldName = regexp.MustCompile(`(?i)^((cv|k|kfold|outer|inner|test)[ _.-]?)?folds?([ _.-]?(id|no|nr|num|number|index))?$|^k[ _.-]?fold$`)
)

// partNumbers reports whether a column of numbers may divide the rows, by its name and values.
func (g *tableGuess) partNumbers(j int, c columnLook) bool {
	most := 0
	switch n := g.names[j]; {
	case flagName.MatchString(n):
		most = 1
	case foldName.MatchString(n):
		most = mostClasses
	default:
		return false
	}
	for s := range c.values {
		if v, reason := g.Number(s); reason != "" || v != math.Trunc(v) || v < 0 || v > float64(most) {
			return false
		}
	}
	return true
}

// splitColumn finds the column that says which rows are for training: all of its
// values are such words, and there are several, or its name says so. With other words among
// them it is one where its name says so or it has words for both, of few; [scanner.settleSplits]
// leaves it out. It is -1 without one.
func (g *tableGuess) splitColumn() int {
	const mostWords = 8
	for j, n := range g.names {
		words, seen := map[string]bool{}, map[datafile.Part]bool{}
		for _, fields := range g.rows {
			if v := strings.TrimSpace(fields[j]); !g.Missing[v] {
				words[v] = true
				seen[datafile.PartNames[strings.ToLower(v)]] = true
			}
		}
		named := splitName.MatchString(n)
		switch other := seen[datafile.Undecided]; {
		case !other && (len(words) > 1 || len(words) == 1 && named),
			other && len(words) <= mostWords && seen[datafile.Training] && (named || seen[datafile.Testing]):
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
			reason = "it has other values too, such as " + strconv.Quote(other) + "; rows are divided anew, whatever it says, until it has train, val and test alone and is named in columns.split"
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
