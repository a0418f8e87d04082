package inspection

import "github.com/sharewise/sharewise/analysis/dataset"

// Report is what [Inspect] found. It holds no clock and no path but those that
// the study names: equal data give equal reports.
type Report struct {
	Study string `json:"study"`
	Title string `json:"title,omitempty"`
	// Folds is the number of parts of the data that are tested in turns; all figures
	// are those of the first. 0 where there is one split.
	Folds    int       `json:"folds,omitempty"`
	Warnings []Warning `json:"warnings"`
	Domains  []Domain  `json:"domains"`
	Pairs    []Pair    `json:"pairs"`
}

// Domain is what was found in one domain.
type Domain struct {
	Name     string           `json:"name"`
	Format   string           `json:"format,omitempty"` // as the study has it
	Kind     string           `json:"kind"`             // image, table, series or text
	Task     string           `json:"task"`
	Shape    []int            `json:"shape"`
	Sources  []dataset.Source `json:"sources"`
	SHA256   string           `json:"sha256"`
	Splits   []SplitSize      `json:"splits"`
	Balance  *Balance         `json:"classes,omitempty"`
	Targets  []Feature        `json:"targets,omitempty"`
	Features []Feature        `json:"features"`
	// Categories are the columns of words of a table.
	Categories []Category `json:"categories,omitempty"`
	// Texts describes an input of kind text.
	Texts *Texts `json:"texts,omitempty"`
	// Coded are numbers that look like codes for missing values.
	Coded []Coded `json:"coded,omitempty"`
	// Blank counts the samples whose inputs are one number all over.
	Blank      int            `json:"blank"`
	Duplicates Duplicates     `json:"duplicates"`
	Groups     *Groups        `json:"groups,omitempty"`
	Near       *Near          `json:"near,omitempty"`
	Dropped    []dataset.Drop `json:"dropped"`
	// Numbered are the columns that follow the numbers of the rows.
	Numbered []Numbered `json:"numbered,omitempty"`
	// Telling are inputs that tell what is to be predicted without error.
	Telling []Telling `json:"telling,omitempty"`
	// Confidential says that samples of the domain are shown nowhere.
	Confidential bool `json:"confidential,omitempty"`
	// SkipBad is what the study says: without it, a run stops at Dropped.
	SkipBad bool     `json:"skip_bad"`
	Notes   []string `json:"notes"`
}

// SplitSize is the number of samples of a split.
type SplitSize struct {
	Split   string `json:"split"` // train, validation or test
	Samples int    `json:"samples"`
}

// Place names one sample.
type Place struct {
	Domain string `json:"domain"`
	Split  string `json:"split"`
	Sample int64  `json:"sample"`           // see dataset.Split.ID
	Member string `json:"member,omitempty"` // file or line, where known
	Answer string `json:"answer"`           // class, or targets
}

// Match is two samples that look the same, the one in the more guarded split
// first.
type Match struct {
	A Place `json:"a"`
	B Place `json:"b"`
}

// The splits, in the order of their numbers in this package.
const (
	train = iota
	val
	test
)

var splitNames = [...]string{"train", "validation", "test"}

// splitsOf are the splits of a domain in the order of splitNames.
func splitsOf(d *dataset.Domain) [3]*dataset.Split {
	return [3]*dataset.Split{d.Train, d.Val, d.Test}
}

// sizeOf is the number of elements of a domain's samples.
func sizeOf(d *dataset.Domain) int {
	n := 1
	for _, s := range d.Shape {
		n *= s
	}
	return n
}
