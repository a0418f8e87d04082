package analysis

import (
	"fmt"

	"github.com/sharewise/sharewise/analysis/effect"
)

// possible returns an error where results have figures that no analysis writes: counts
// below zero, chances and shares beyond 1. Limits that stand the wrong way round are
// refused where they are read, see [effect.Interval].
func (r *Results) possible() error {
	if !(r.Level >= 0 && r.Level < 1) {
		return fmt.Errorf("level %g is no share; the file is damaged", r.Level)
	}
	if err := counts("runs", r.Runs.Planned, r.Runs.Done, r.Runs.Diverged, r.Runs.Missing, r.Folds); err != nil {
		return err
	}
	for i, d := range r.Domains {
		if err := counts(fmt.Sprintf("domains[%d]", i), d.Train, d.Val, d.Test, d.Dropped, d.Outputs); err != nil {
			return err
		}
	}
	for i := range r.Scores {
		if err := counts(fmt.Sprintf("scores[%d]", i), r.Scores[i].Seeds); err != nil {
			return err
		}
	}
	for name, list := range map[string][]Effect{"effects": r.Effects, "placebo": r.Placebo} {
		for i := range list {
			e, where := &list[i].Effect, fmt.Sprintf("%s[%d]", name, i)
			if err := counts(where, e.Samples, e.Groups, e.Seeds.Independent, e.Seeds.Arm, e.Calls.Helped, e.Calls.Harmed, e.Calls.Tested); err != nil {
				return err
			}
			if err := chances(where, e.NoEffect.P, e.NoEffect.Smallest, e.Transfer.P, e.Interference.P); err != nil {
				return err
			}
		}
	}
	for i := range r.Gains {
		if err := possibleGain(fmt.Sprintf("gains[%d]", i), &r.Gains[i].Gain); err != nil {
			return err
		}
	}
	return nil
}

// possible is that of results, for parts of the test samples.
func (s *Subgroups) possible() error {
	for i := range s.Subgroups {
		g, where := &s.Subgroups[i], fmt.Sprintf("subgroups[%d]", i)
		if err := counts(where, g.Samples); err != nil {
			return err
		}
		if err := chances(where, effect.Number(g.Share)); err != nil {
			return err
		}
		if f := g.Flips; f != nil {
			for _, share := range []effect.Number{f.Kept, f.Helped, f.Harmed, f.Missed, f.Floor} {
				if share < -1 || share > 1 { // sides that share seeds leave some pairs out, and a difference may be below zero
					return fmt.Errorf("%s: flips of %g are no share of samples; the file is damaged", where, float64(share))
				}
			}
		}
		if err := possibleGain(where, &g.Gain); err != nil {
			return err
		}
	}
	return nil
}

func possibleGain(where string, g *effect.Gain) error {
	if err := counts(where, g.Samples, g.Seeds.Independent, g.Seeds.Arm, g.Folds); err != nil {
		return err
	}
	return chances(where, effect.Number(g.P))
}

func counts(where string, numbers ...int) error {
	for _, n := range numbers {
		if n < 0 {
			return fmt.Errorf("%s: %d counts nothing; the file is damaged", where, n)
		}
	}
	return nil
}

func chances(where string, numbers ...effect.Number) error {
	for _, p := range numbers {
		if p < 0 || p > 1 {
			return fmt.Errorf("%s: %g is no chance and no share; the file is damaged", where, float64(p))
		}
	}
	return nil
}
