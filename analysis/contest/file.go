package contest

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/versioned"
)

const version = 1

// File is the outcome of a contest.
type File struct {
	Version int      `json:"version"`
	Study   string   `json:"study"`
	Rung    string   `json:"rung"`
	Domains []string `json:"domains"`
	// Epochs are those of a method that costs no more than equal weights, Trials the
	// candidates of each method, Seeds the fresh ones of the test.
	Epochs int     `json:"epochs"`
	Trials int     `json:"trials"`
	Seeds  int     `json:"seeds"`
	Level  float64 `json:"level"`
	// Verdict says in plain sentences what was found; Chosen is the method that the
	// search prefers, by validation samples alone.
	Verdict []string `json:"verdict"`
	Chosen  string   `json:"chosen"`
	Entries []Entry  `json:"entries"` // best test loss first
	// Warnings say what limits the comparison.
	Warnings []string `json:"warnings"`

	plan *study.Plan // of the study
	used []string    // IDs of the runs that it was made of
}

// Entry is one method.
type Entry struct {
	// Method is that of package weighting, or static-long: static weights tuned with the
	// budget of all methods together.
	Method     string `json:"method"`
	Candidates int    `json:"candidates,omitempty"` // that it was tuned with
	Cost       Cost   `json:"cost"`
	// Setting and Rate are what tuning chose: the method's settings, and the learning
	// rate relative to the study's.
	Setting study.Weighting `json:"setting"`
	Rate    float64         `json:"rate"`
	Epochs  int             `json:"epochs"`
	// Validation is the mean log loss that it was chosen by.
	Validation effect.Number `json:"validation"`
	Diverged   int           `json:"diverged"` // of the test's runs
	Loss       Standing      `json:"loss"`
	// Error is by shares of wrong answers, where all domains have these.
	Error   *Standing     `json:"error,omitempty"`
	Domains []DomainScore `json:"domains"`
}

// Tuned are the settings that tuning chose, in words: rate of training, and keys of a
// study file.
func (e *Entry) Tuned() string {
	parts := []string{fmt.Sprintf("training rate ×%g", e.Rate)}
	w := e.Setting
	w.Vary(func(key string, _, _, value float64) float64 {
		parts = append(parts, fmt.Sprintf("%s %g", key, value))
		return value
	})
	if w.Every > 1 {
		parts = append(parts, fmt.Sprintf("every %d", w.Every))
	}
	for _, d := range slices.Sorted(maps.Keys(w.Weights)) {
		parts = append(parts, fmt.Sprintf("%s %g", d, w.Weights[d]))
	}
	return strings.Join(parts, ", ")
}

// Cost is what a step takes.
type Cost struct {
	Class   string        `json:"class"` // see weighting.Cost
	Seconds effect.Number `json:"seconds_per_step"`
	// Relative is to equal weights, and what epochs were divided by.
	Relative float64 `json:"relative"`
}

// Standing is where a method stands among the others.
type Standing struct {
	// Against is the relative change to tuned static weights, below 0 where the method
	// is better, averaged over domains on a logarithmic scale.
	Against effect.Interval `json:"against_static"`
	// AgainstLong is the same to static weights tuned with the budget of all methods
	// together; nil where these were left out.
	AgainstLong *effect.Interval `json:"against_static_long,omitempty"`
	Rank        int              `json:"rank"`
	RankLo      int              `json:"rank_lo"`
	RankHi      int              `json:"rank_hi"`
}

// DomainScore is a domain's mean over the test's runs.
type DomainScore struct {
	Domain string        `json:"domain"`
	Loss   effect.Number `json:"loss"`
	Error  effect.Number `json:"error"` // null for regression
	// Weight is the mean weight over the epochs of all runs.
	Weight effect.Number `json:"weight"`
}

// Write writes the outcome of [Run] into the study's folder, and vouches for it: it was
// made of the study at its rung, of its runs, and of the times of steps.
func (f *File) Write(folder layout.Folder) error {
	lock, err := folder.Lock()
	if err != nil {
		return err
	}
	defer lock.Unlock()
	origin, err := folder.Origin(timesFile(folder.WeightingRuns()))
	if err != nil {
		return err
	}
	if err := origin.Trained(folder.WeightingRuns(), f.used); err != nil {
		return err
	}
	if f.plan != nil {
		origin.Study(f.plan, f.Rung)
	}
	return origin.Write(nil, folder.Weightings(), f)
}

// Read reads the outcome of a contest from a study's folder. The error matches
// fs.ErrNotExist where there is none.
func Read(folder layout.Folder) (*File, error) {
	var f File
	if err := versioned.Read(folder.Weightings(), version, &f); err != nil {
		return nil, err
	}
	return &f, nil
}
