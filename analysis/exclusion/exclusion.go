// Package exclusion is the list of samples that a study leaves out of training: a file
// that 'sharewise suspects' writes, or anybody, and that the key exclude of a study
// names.
//
// A list names samples of a domain's own data by the number that they have there, which
// is "sample" in loss tables and in 'sharewise dataset splits'. They are left out of
// training samples alone, after limits were applied, so that all others stay where they
// were. Samples for validation and testing stay, also where the list names them: who
// chooses test samples by what models make of them measures something else.
//
//	{
//	  "version": 1,
//	  "study": "lines",
//	  "samples": [
//	    {"domain": "line-a", "sample": 17, "member": "a.csv:19", "reason": "label disputed", "score": 0.93}
//	  ]
//	}
package exclusion

import (
	"fmt"

	"github.com/sharewise/sharewise/analysis/versioned"
)

// List is the content of such a file.
type List struct {
	Version int `json:"version"` // 1
	// Study is the name of the study that the samples are of; for people.
	Study   string   `json:"study,omitempty"`
	Samples []Sample `json:"samples"`
}

// Sample is one that is left out. Domain and Sample say which; the rest is for people.
type Sample struct {
	Domain string `json:"domain"`
	// Sample is the number of the sample in the domain's data, counting from 0 and
	// counting what was left out (dataset.Split.ID).
	Sample int64 `json:"sample"`
	// Member says where the sample comes from: the name of an image's file, or file and
	// line of a table; empty where samples have numbers only, or are confidential.
	Member string `json:"member,omitempty"`
	// Reason is why, in a few words, and Score how sure that is, by the measure of
	// whoever says so.
	Reason string  `json:"reason,omitempty"`
	Score  float64 `json:"score,omitempty"`
}

// New is an empty list for a study.
func New(study string) *List { return &List{Version: 1, Study: study, Samples: []Sample{}} }

// Read reads a list. It fails with versioned.ErrVersion for one of another version, and
// for samples without a domain or with a number below 0.
func Read(path string) (*List, error) {
	l := &List{}
	if err := versioned.Read(path, 1, l); err != nil {
		return nil, err
	}
	for i, s := range l.Samples {
		if s.Domain == "" || s.Sample < 0 {
			return nil, fmt.Errorf("read %s: samples[%d]: domain %q, sample %d; a domain must be named, and samples count from 0", path, i, s.Domain, s.Sample)
		}
	}
	return l, nil
}

// Keep puts the samples of an earlier list before those of l, which then leaves out all of them, and returns how many
// that adds.
func (l *List) Keep(earlier *List) int {
	type key struct {
		domain string
		sample int64
	}
	there := map[key]bool{}
	for _, s := range l.Samples {
		there[key{s.Domain, s.Sample}] = true
	}
	var kept []Sample
	for _, s := range earlier.Samples {
		if k := (key{s.Domain, s.Sample}); !there[k] {
			there[k] = true
			kept = append(kept, s)
		}
	}
	l.Samples = append(kept, l.Samples...)
	return len(kept)
}

// Of are the numbers of the samples of a domain.
func (l *List) Of(domain string) map[int64]bool {
	out := map[int64]bool{}
	for _, s := range l.Samples {
		if s.Domain == domain {
			out[s.Sample] = true
		}
	}
	return out
}
