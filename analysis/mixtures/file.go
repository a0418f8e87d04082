package mixtures

import (
	"errors"
	"io/fs"

	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/versioned"
)

const version = 1

// File is the outcome of [Run].
type File struct {
	Version int      `json:"version"`
	Study   string   `json:"study"`
	Domains []string `json:"domains"`
	Level   float64  `json:"level"`
	Seeds   int      `json:"seeds"` // of each mixture
	// Mixtures are those that were trained; Sizes have their losses.
	Mixtures []Mixture `json:"mixtures"`
	Sizes    []Size    `json:"sizes"`
	// Laws are of each domain at each size.
	Laws []Law `json:"laws"`
	// Competition compares laws of all sizes together; null under three.
	Competition *Competition `json:"competition"`
	// Verdict says in plain sentences what was found, Warnings what limits it.
	Verdict  []string `json:"verdict"`
	Warnings []string `json:"warnings"`

	plan *study.Plan // of the study
	used []string    // IDs of the runs that it was made of
}

// Size has what mixtures lost in models of one size.
type Size struct {
	Rung       string `json:"rung"`
	Parameters int64  `json:"parameters"` // of the trunk; 0 where they are not known
	// Losses are means over seeds of the mean loss of test samples, by mixture and domain;
	// null where a run diverged.
	Losses [][]effect.Interval `json:"losses"`
}

// Law is the exponential law of mixtures of one domain at one size.
type Law struct {
	Rung   string `json:"rung"`
	Domain string `json:"domain"`
	// Irreducible is what no mixture takes away. Slopes say by domain what its share does
	// to the rest of the loss, in logarithms and relative to the mean domain: below zero
	// where a larger share helps. Strays is by which part of itself the loss strays from
	// the law.
	Irreducible effect.Interval   `json:"irreducible"`
	Slopes      []effect.Interval `json:"slopes"`
	Strays      effect.Interval   `json:"strays"`
	// Predictions are of the mixtures that were kept back.
	Predictions []Prediction `json:"predictions"`
	// Why says why no law was fitted; empty where one was.
	Why string `json:"why"`
}

// Prediction holds a law against a mixture that it was not fitted to.
type Prediction struct {
	Mixture   int             `json:"mixture"` // from 0
	Predicted effect.Interval `json:"predicted"`
	Measured  effect.Interval `json:"measured"`
	// Inside says that what was measured lies within the limits of what was predicted.
	Inside bool `json:"inside"`
}

// Competition are mean relative errors of laws on losses that they were not fitted to.
type Competition struct {
	Kept    Errors  `json:"kept"`    // mixtures that were kept back, at all sizes
	Largest *Errors `json:"largest"` // all mixtures at the largest size, from the smaller ones; null under four sizes
	// Common is the part of the largest model that serves all domains, as the law with
	// competition has it.
	Common effect.Number `json:"common"`
}

// Errors are mean relative errors.
type Errors struct {
	Losses    int           `json:"losses"`     // that were predicted
	Competing effect.Number `json:"competing"`  // domains compete for the room of the model
	Apart     effect.Number `json:"apart"`      // the whole model is room for each
	Unchanged effect.Number `json:"no_mixture"` // the mean of the fitted mixtures at that size, or at the largest fitted one
}

// Schema returns the JSON Schema (draft 2020-12) of mixtures.json.
func Schema() ([]byte, error) {
	return effect.SchemaOf[File]("mixtures", "What other shares of the domains make of their losses in one model, by 'sharewise mixtures'.")
}

// Write writes the outcome of [Run] into the study's folder, and vouches for it: it was
// made of the study at its sizes, and of its runs.
func (f *File) Write(folder layout.Folder) error {
	lock, err := folder.Lock()
	if err != nil {
		return err
	}
	defer lock.Unlock()
	origin, err := folder.Origin()
	if err != nil {
		return err
	}
	if err := origin.Trained(folder.MixtureRuns(), f.used); err != nil {
		return err
	}
	if f.plan != nil {
		for _, s := range f.Sizes {
			origin.Study(f.plan, s.Rung)
		}
	}
	return origin.Write(nil, folder.Mixtures(), f)
}

// Read reads a folder's mixtures.json; nil where there is none.
func Read(folder layout.Folder) (*File, error) {
	f := &File{}
	err := versioned.Read(folder.Mixtures(), version, f)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return f, nil
}
