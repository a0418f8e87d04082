package suspects

import (
	"cmp"
	"errors"
	"io/fs"
	"slices"

	"github.com/sharewise/sharewise/analysis/exclusion"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/versioned"
)

// Reasons of suspects.
const (
	Disputed      = "label disputed"
	CopyOfTest    = "copy of a sample for testing"
	CopyOfVal     = "copy of a sample for validation"
	CopyElsewhere = "copy of a sample of another domain"
	Copy          = "copy of another sample"
	OtherLabel    = "copy with another label"
)

// testSplit is what suspects call the split that tests.
const testSplit = "test"

// File is the content of suspects.json.
type File struct {
	Version int      `json:"version"` // 1
	Study   string   `json:"study"`
	Rung    string   `json:"rung"`
	Domains []Domain `json:"domains"`
	// Suspects are training samples and then test samples, in the order of domains, the
	// surest first.
	Suspects []Suspect `json:"suspects"`
	// Notes say what was left out, and why.
	Notes []string `json:"notes"`
}

// Domain counts what was looked at and found.
type Domain struct {
	Name string `json:"name"`
	// Looked is the number of training samples whose labels were judged, Models how many
	// models judged each.
	Looked   int `json:"looked"`
	Models   int `json:"models"`
	Disputed int `json:"disputed"` // of training samples
	// TestDisputed of the test samples, by the runs.
	TestDisputed int `json:"test_disputed"`
	// Copies is the number of training samples that are copies of others.
	Copies int `json:"copies"`
}

// Suspect is a sample that may do harm.
type Suspect struct {
	Domain string `json:"domain"`
	Split  string `json:"split"` // train or test
	Sample int64  `json:"sample"`
	Member string `json:"member,omitempty"` // see dataset.Split.Member
	Reason string `json:"reason"`
	// Score says how sure that is, from 0 to 1: of labels the lead of the other class in
	// probability, or the share of models; of copies how near they are, 1 for equal ones.
	Score float64 `json:"score"`
	// Label is the class that the data say, and Other the one that models say; empty for
	// copies and confidential domains.
	Label string `json:"label,omitempty"`
	Other string `json:"other,omitempty"`
	// Of is the sample that a copy is one of.
	Of *Place `json:"of,omitempty"`
}

// Place is where a sample is.
type Place struct {
	Domain string `json:"domain"`
	Split  string `json:"split"`
	Sample int64  `json:"sample"`
	Member string `json:"member,omitempty"`
}

// Read reads a folder's suspects.json; nil where there is none.
func Read(folder layout.Folder) (*File, error) {
	f := &File{}
	err := versioned.Read(folder.Suspects(), 1, f)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return f, nil
}

// Exclusion lists the training samples among the suspects, each once with its surest
// reason, those with a score of at least least.
func (f *File) Exclusion(least float64) *exclusion.List {
	type key struct {
		domain string
		sample int64
	}
	at := map[key]int{}
	out := exclusion.New(f.Study)
	for _, s := range f.Suspects {
		if s.Split != layout.TrainSplit || s.Score < least {
			continue
		}
		k := key{s.Domain, s.Sample}
		e := exclusion.Sample{Domain: s.Domain, Sample: s.Sample, Member: s.Member, Reason: s.Reason, Score: s.Score}
		if i, ok := at[k]; !ok {
			at[k] = len(out.Samples)
			out.Samples = append(out.Samples, e)
		} else if s.Score > out.Samples[i].Score {
			out.Samples[i] = e
		}
	}
	return out
}

// sort brings suspects into order.
func (f *File) sort() {
	place := func(name string) int {
		return slices.IndexFunc(f.Domains, func(d Domain) bool { return d.Name == name })
	}
	slices.SortStableFunc(f.Suspects, func(a, b Suspect) int {
		return cmp.Or(cmp.Compare(b.Split, a.Split), cmp.Compare(place(a.Domain), place(b.Domain)), cmp.Compare(b.Score, a.Score), cmp.Compare(a.Sample, b.Sample))
	})
}
