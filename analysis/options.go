package analysis

import (
	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/losses"
)

// DefaultExemplars is the number of samples that commands list.
const DefaultExemplars = 12

// Options are the settings of a comparison of tables.
type Options struct {
	effect.Options
	// Intersect keeps the samples that all runs have instead of refusing
	// tables that differ.
	Intersect bool
	// Group names the group that a sample belongs to (track, board, patient).
	// Samples of a group then count as one observation in every interval. nil:
	// samples stand alone.
	Group func(domain string, sample losses.SampleID) string
	// LossCap is the quantile of the losses of independent models that Analyze
	// cuts losses to, where a domain is measured by losses; 0 and 1 cut none.
	LossCap float64
}

// Validate returns an error where a setting is out of range.
func (o Options) Validate() error {
	if err := o.Options.Validate(); err != nil {
		return err
	}
	return checkCap(o.LossCap)
}

// nameCalls names the samples of an effect, of which ids are the samples.
func nameCalls(e *effect.Effect, ids samples) {
	for _, list := range [][]effect.Call{e.Calls.HelpedSamples, e.Calls.HarmedSamples} {
		for i := range list {
			list[i].Sample = ids.at(list[i].Row).String()
		}
	}
}
