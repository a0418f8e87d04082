package remedies

import (
	"cmp"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/versioned"
	"github.com/sharewise/sharewise/grouping"
)

const version = 1

// File is the content of remedies.json.
type File struct {
	Version   int     `json:"version"` // 1
	Study     string  `json:"study"`
	Rung      string  `json:"rung"`
	Weighting string  `json:"weighting"`
	Level     float64 `json:"level"`
	// Harms are the domains that lose in pools, the surest first.
	Harms []Harm `json:"harms"`
	// Remedies are those of all pools that harm, or of the one that was tried.
	Remedies []Remedy `json:"remedies"`
	// Trial says what was spent; nil where nothing was tried.
	Trial *Trial `json:"trial,omitempty"`
	// Verdict says in sentences what was found.
	Verdict  []string `json:"verdict"`
	Warnings []string `json:"warnings"`

	gains map[string]effect.Interval // by arm and domain
}

// Harm is a domain that loses in a pool.
type Harm struct {
	analysis.Key
	Pool []string `json:"pool"`
	// Gain is relative to the domain's own error, below zero.
	Gain effect.Interval `json:"gain"`
	// Established says that the gain differs from zero among all gains of the study, not
	// by its own limits alone.
	Established bool `json:"established"`
	// Interference is the least that sharing surely takes from some samples, whatever it
	// gives to others; 0 where that is not known.
	Interference effect.Number `json:"interference"`
}

// Kind is a kind of remedy.
type Kind string

// The kinds, in the order in which they are proposed.
const (
	Own         Kind = "own model"
	Weights     Kind = "weights"
	Adapters    Kind = "adapters"
	Statistics  Kind = "batch normalisation"
	Normalising Kind = "normalised inputs"
	Source      Kind = "without a source"
	Samples     Kind = "without doubtful samples"
	Capacity    Kind = "larger model"
)

// Remedy is something that may help harmed domains of a pool.
type Remedy struct {
	Name string   `json:"name"`
	Kind Kind     `json:"kind"`
	Arm  string   `json:"arm"`
	Pool []string `json:"pool"` // as it was
	// Harmed are the domains that it is for.
	Harmed []string `json:"harmed"`
	// Reason says what it is proposed for, Expected what is known of it beforehand.
	Reason   string  `json:"reason"`
	Expected string  `json:"expected"`
	Setting  Setting `json:"setting"`
	// Trainings is how many runs a trial takes that the study does not have, Cost what one
	// costs of a training of the pool as it was; unknown before the study was opened.
	Trainings int           `json:"trainings"`
	Cost      effect.Number `json:"cost"`
	// Outcome is nil where nothing was tried.
	Outcome *Outcome `json:"outcome,omitempty"`
}

// Setting is what a remedy changes in the study.
type Setting struct {
	Weighting      *study.Weighting `json:"weighting,omitempty"`
	Rate           float64          `json:"rate,omitempty"` // of training, relative to the study's
	Rung           string           `json:"rung,omitempty"`
	Width          float64          `json:"width,omitempty"` // of a rung that the study does not have
	BatchNorm      string           `json:"batch_norm,omitempty"`
	DomainAdapters bool             `json:"domain_adapters,omitempty"`
	Normalize      string           `json:"normalize,omitempty"`
	Without        string           `json:"without,omitempty"` // the source
	// Dropped counts the training samples that are left out, by domain; of folds, in the
	// one that leaves out most.
	Dropped map[string]int `json:"dropped,omitempty"`
}

// Trial says what a trial spent.
type Trial struct {
	Arm     string  `json:"arm"`
	Seeds   int     `json:"seeds"`
	Trained int     `json:"trained"` // runs of remedies that there are
	Seconds float64 `json:"seconds"` // that they took, of one processor
	Budget  string  `json:"budget,omitempty"`
	// Tests is the number of statements that Holm's procedure was told of.
	Tests int `json:"tests"`
}

// Verdict is what became of a remedy.
type Verdict string

// The verdicts.
const (
	Helps      Verdict = "helps"
	NotSettled Verdict = "not settled" // neither help nor harm is beyond doubt
	Harms      Verdict = "harms"
	Mixed      Verdict = "helps some, harms others" // of several harmed domains
	OverBudget Verdict = "not tried: over budget"
	Worse      Verdict = "left out: another setting was better on validation samples"
	Diverged   Verdict = "diverged"
	Impossible Verdict = "not tried: not possible here"
)

// Outcome is what a remedy brought.
type Outcome struct {
	Verdict Verdict `json:"verdict"`
	// Why says why it was not tried, where that needs saying.
	Why string `json:"why,omitempty"`
	// Validation is the mean logarithm of the harmed domains' validation losses with one
	// seed less that of the pool as it was: below zero is better. Unknown where it was
	// not looked at.
	Validation effect.Number `json:"validation"`
	// Seeds are those of the test.
	Seeds []int `json:"seeds"`
	// Domains are the harmed ones, Others those of the pool that were not.
	Domains []Change `json:"domains"`
	Others  []Change `json:"others"`
}

// Change is what a remedy did to one domain.
type Change struct {
	Domain string `json:"domain"`
	// Before and After are gains against a model of the domain's own, in the pool as it
	// was and under the remedy.
	Before effect.Interval `json:"before"`
	After  effect.Interval `json:"after"`
	// Against is the relative reduction of the error in the pool as it was.
	Against effect.Interval `json:"against"`
	// P is how likely a change as large is where there is none, Adjusted the same for all
	// that was tried together (Holm).
	P        effect.Number `json:"p"`
	Adjusted effect.Number `json:"p_adjusted"`
	Verdict  Verdict       `json:"verdict"`
}

// Cured reports whether the domain surely lost before and, under a remedy that helps,
// does not lose any more as measured: no more than does not matter
// (grouping.DefaultTolerance), and not surely.
func (c *Change) Cured() bool {
	return c.Verdict == Helps && c.Before.Hi < 0 && c.After.Value >= -grouping.DefaultTolerance && !(c.After.Hi < 0)
}

// Validate returns an error where the file says what no search for remedies writes: a harm or
// a remedy without a name, numbers of runs below zero, chances beyond 1.
func (f *File) Validate() error {
	for i := range f.Harms {
		if h := &f.Harms[i]; !slices.Contains(h.Pool, h.Domain) {
			return fmt.Errorf("harms[%d]: domain %q is not in its pool", i, h.Domain)
		}
	}
	for i := range f.Remedies {
		r, where := &f.Remedies[i], fmt.Sprintf("remedies[%d]", i)
		if r.Name == "" {
			return fmt.Errorf("%s: it has no name", where)
		}
		if err := versioned.Counts(where, r.Trainings); err != nil {
			return err
		}
		if r.Outcome == nil {
			continue
		}
		for _, c := range slices.Concat(r.Outcome.Domains, r.Outcome.Others) {
			if err := cmp.Or(versioned.Among(where, r.Pool, c.Domain), versioned.Shares(where, c.P, c.Adjusted)); err != nil {
				return err
			}
		}
	}
	err := versioned.Shares("level", f.Level)
	if t := f.Trial; t != nil {
		err = cmp.Or(err, versioned.Counts("trial", t.Seeds, t.Trained, t.Tests))
	}
	return err
}

// Read reads the remedies of a study's folder; nil where there are none.
func Read(folder layout.Folder) (*File, error) {
	var f File
	err := versioned.Read(folder.Remedies(), version, &f)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &f, nil
}

// write writes the remedies of a folder, and says what they were made of.
func (f *File) write(folder layout.Folder, origin *layout.Origin, s Settings) error {
	return origin.Write(s, folder.Remedies(), f)
}

//go:embed remedies.schema.json
var schema []byte

// Schema returns the JSON Schema (draft 2020-12) of remedies.json.
func Schema() ([]byte, error) { return slices.Clone(schema), nil }
