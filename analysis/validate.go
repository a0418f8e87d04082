package analysis

import (
	"cmp"
	"fmt"

	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/versioned"
)

// DomainNames are those of the results' domains, in their order.
func (r *Results) DomainNames() []string {
	names := make([]string, len(r.Domains))
	for i, d := range r.Domains {
		names[i] = d.Name
	}
	return names
}

// Validate returns an error where results have figures that no analysis writes: of unknown
// domains, counts below zero, chances and shares beyond 1. Limits that stand the wrong way
// round are refused where they are read, see [effect.Interval].
func (r *Results) Validate() error {
	if !(r.Level >= 0 && r.Level < 1) {
		return fmt.Errorf("level %g is no share", r.Level)
	}
	if err := versioned.Counts("runs", r.Runs.Planned, r.Runs.Done, r.Runs.Diverged, r.Runs.Missing, r.Folds); err != nil {
		return err
	}
	names := r.DomainNames()
	for i, d := range r.Domains {
		if err := versioned.Counts(fmt.Sprintf("domains[%d]", i), d.Train, d.Val, d.Test, d.Dropped, d.Outputs); err != nil {
			return err
		}
	}
	if err := cmp.Or(versioned.Names("domains", names), versioned.Names("rungs", r.Rungs), versioned.Names("weightings", r.Weightings)); err != nil {
		return err
	}
	for i := range r.Scores {
		where := fmt.Sprintf("scores[%d]", i)
		if err := cmp.Or(versioned.Among(where, names, r.Scores[i].Domain), versioned.Counts(where, r.Scores[i].Seeds)); err != nil {
			return err
		}
	}
	for name, list := range map[string][]Effect{"effects": r.Effects, "placebo": r.Placebo} {
		for i := range list {
			e, where := &list[i].Effect, fmt.Sprintf("%s[%d]", name, i)
			if err := versioned.Among(where, names, list[i].Domain); err != nil {
				return err
			}
			if err := versioned.Counts(where, e.Samples, e.Groups, e.Seeds.Independent, e.Seeds.Arm, e.Calls.Helped, e.Calls.Harmed, e.Calls.Tested); err != nil {
				return err
			}
			if err := versioned.Shares(where, e.NoEffect.P, e.NoEffect.Smallest, e.Transfer.P, e.Interference.P); err != nil {
				return err
			}
		}
	}
	for i := range r.Gains {
		where := fmt.Sprintf("gains[%d]", i)
		if err := cmp.Or(versioned.Among(where, names, append([]string{r.Gains[i].Domain}, r.Gains[i].Pool...)...), validateGain(where, &r.Gains[i].Gain)); err != nil {
			return err
		}
	}
	for i, c := range r.Conflict {
		if err := versioned.Among(fmt.Sprintf("conflict[%d]", i), names, c.A, c.B); err != nil {
			return err
		}
	}
	return nil
}

// Validate is that of [Results], for parts of the test samples.
func (s *Subgroups) Validate() error {
	for i := range s.Subgroups {
		g, where := &s.Subgroups[i], fmt.Sprintf("subgroups[%d]", i)
		if err := versioned.Counts(where, g.Samples); err != nil {
			return err
		}
		if err := versioned.Shares(where, g.Share); err != nil {
			return err
		}
		if f := g.Flips; f != nil {
			for _, share := range []effect.Number{f.Kept, f.Helped, f.Harmed, f.Missed, f.Floor} {
				if share < -1 || share > 1 { // sides that share seeds leave some pairs out, and a difference may be below zero
					return fmt.Errorf("%s: flips of %g are no share of samples", where, float64(share))
				}
			}
		}
		if err := validateGain(where, &g.Gain); err != nil {
			return err
		}
	}
	return nil
}

func validateGain(where string, g *effect.Gain) error {
	if err := versioned.Counts(where, g.Samples, g.Seeds.Independent, g.Seeds.Arm, g.Folds); err != nil {
		return err
	}
	if !(g.DF >= 0) {
		return fmt.Errorf("%s: %g degrees of freedom", where, g.DF)
	}
	return versioned.Shares(where, g.P)
}
