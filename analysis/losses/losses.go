package losses

import (
	"cmp"
	"strconv"
	"strings"
)

// Table is the loss of every evaluated sample of one or more runs, by column.
// All columns have the same length.
type Table struct {
	// Meta is the identity of the run where the table holds one run.
	Meta Meta

	Domain []string
	Seed   []int64
	Sample []SampleID
	Loss   []float32
	// The remaining columns are nil where the source has none.
	Correct    []bool
	Label      []int32   // class number; LabelRegression or LabelMultilabel for others
	Prediction []float32 // class number, or prediction of the first output, see Output
	Confidence []float32 // probability of the predicted class
	// Score is how likely a model takes a sample for class 1 of two, on any
	// scale. Tables written here have prediction and confidence instead, see
	// PositiveScore.
	Score []float32
	// Group names what a sample belongs to (track, board, patient); samples of
	// one group are no independent evidence. Empty: the sample stands alone.
	Group  []string
	Target []float32 // target of the first output, see Output; NaN for classification
	// More are the outputs after the first.
	More []Output
}

// SampleID identifies a sample within its domain across runs. Tables written
// here number samples; tables from elsewhere may name them.
type SampleID struct {
	Number int64
	Name   string // empty for numbered samples
}

// Meta identifies a run. It is stored as key-value metadata of the file.
type Meta struct {
	Study     string
	Run       string
	Hash      string
	Arm       string
	Domains   []string
	Rung      string
	Weighting string
	Seed      int64
	Split     string // test or val
	// Randomness says whether runs of one seed have random streams in common, as
	// a study's randomness does; empty where nobody knows.
	Randomness string
	// Fold is the part of the data, from 1, that the run was tested on, where runs
	// of other seeds are tested on other parts, Folds of them in all; both are 0
	// where all runs are tested on the same samples.
	Fold, Folds int
}

// Len returns the number of rows.
func (t *Table) Len() int { return len(t.Loss) }

// ParseSampleID returns the identity that a sample named s has: a number where
// s is the canonical decimal form of an int64, a name otherwise.
func ParseSampleID(s string) SampleID {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil && canonical(s) {
		return SampleID{Number: n}
	}
	return SampleID{Name: s}
}

// canonical reports whether a string that parses as an integer is spelled as
// strconv would.
func canonical(s string) bool {
	if s == "0" {
		return true
	}
	s = strings.TrimPrefix(s, "-")
	return s[0] >= '1' && s[0] <= '9'
}

// String returns the number or the name.
func (id SampleID) String() string {
	if id.Name != "" {
		return id.Name
	}
	return strconv.FormatInt(id.Number, 10)
}

// Compare orders numbers before names, each in their natural order.
func (id SampleID) Compare(other SampleID) int {
	return cmp.Or(strings.Compare(id.Name, other.Name), cmp.Compare(id.Number, other.Number))
}
