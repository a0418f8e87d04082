package layout

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"path/filepath"

	"github.com/sharewise/sharewise/analysis/versioned"
)

// Trials are losses on validation data that pools would have, found without
// training them, by one way or several.
type Trials struct {
	Version int      `json:"version"` // 1
	Study   string   `json:"study"`
	Rung    string   `json:"rung"`
	Domains []string `json:"domains"`
	Methods []Trial  `json:"methods"`
	// Notes say what was left out.
	Notes []string `json:"notes"`
}

// Trial is what one way of finding losses found.
type Trial struct {
	Name       string `json:"name"`
	Needs      string `json:"needs"`
	Definition string `json:"definition"`
	Source     string `json:"source"`
	// Trained is the number of pools that were trained for it.
	Trained int `json:"trained"`
	// Work is what it computed beside, in operations of training a pair with all its
	// seeds.
	Work float64 `json:"work"`
	// Subsets says that the pools are random ones that tell about pairs, by the
	// mean over those that hold both; otherwise every pool tells about itself.
	Subsets bool        `json:"subsets"`
	Pools   []TriedPool `json:"pools"`
}

// TriedPool has the losses of a pool's members, in their order: as members, and
// alone by the same way of finding them. All are finite, see [LargestLoss].
type TriedPool struct {
	Pool  []string  `json:"pool"`
	Loss  []float64 `json:"loss"`
	Alone []float64 `json:"alone"`
}

// LargestLoss stands for losses that are larger or are no numbers.
const LargestLoss = 1e30

// Bounded is a loss as trials hold it.
func Bounded(loss float64) float64 {
	if math.IsNaN(loss) {
		return LargestLoss
	}
	return min(loss, LargestLoss)
}

// Validate returns an error where pools have unknown domains, or not a loss for each member.
func (t *Trials) Validate() error {
	for i, m := range t.Methods {
		for k, p := range m.Pools {
			where := fmt.Sprintf("methods[%d].pools[%d]", i, k)
			if err := cmp.Or(versioned.Among(where, t.Domains, p.Pool...), versioned.Length(where+".loss", len(p.Loss), len(p.Pool)), versioned.Length(where+".alone", len(p.Alone), len(p.Pool))); err != nil {
				return err
			}
		}
	}
	return nil
}

// ReadTrials reads a file of trials; nil where there is none.
func ReadTrials(path string) (*Trials, error) {
	t := &Trials{}
	err := versioned.Read(path, 1, t)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return t, nil
}

// Merged has the losses of models that were merged.
func (f Folder) Merged() string { return filepath.Join(string(f), "merge.json") }

// MergedTables has a folder of loss tables on test data for every way of merging.
func (f Folder) MergedTables() string { return filepath.Join(string(f), "merged") }

// Suspects has samples that may do harm.
func (f Folder) Suspects() string { return filepath.Join(string(f), "suspects.json") }

// Influence has what gradients say of sources.
func (f Folder) Influence() string { return filepath.Join(string(f), "influence.json") }

// Imbalance has what numbers of training samples have to do with sharing.
func (f Folder) Imbalance() string { return filepath.Join(string(f), "imbalance.json") }

// Mixtures has what other shares of the domains make of their losses in one model.
func (f Folder) Mixtures() string { return filepath.Join(string(f), "mixtures.json") }

// MixtureRuns has the runs that show it.
func (f Folder) MixtureRuns() Folder { return Folder(filepath.Join(string(f), "mixtures")) }

// Linearised has the losses of pools by a linear model of the joint one.
func (f Folder) Linearised() string { return filepath.Join(string(f), "linear.json") }
