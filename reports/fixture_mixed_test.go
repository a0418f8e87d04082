package reports

import (
	"math"
	"testing"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/exemplars"
	"github.com/sharewise/sharewise/analysis/measures"
	"github.com/sharewise/sharewise/grouping"
)

// mixedFixture is a made-up study of domains measured by answers and by losses,
// in turn, over some rungs: small models interfere and large ones transfer in
// every third domain. All numbers are invented.
func mixedFixture(t testing.TB, names, rungs []string) *Input {
	r := &analysis.Results{
		Version: 1, Study: "plants", Title: "Faults and yields of several plants", Level: 0.95,
		Rungs: rungs, Weightings: []string{"equal"}, Runs: analysis.RunCounts{Planned: 60, Done: 60},
	}
	for i, n := range names {
		d := analysis.DomainInfo{Name: n, Task: "classification", Outputs: 4, Train: 500, Val: 100, Test: 400, Metric: "accuracy", Measure: measures.Correct}
		if i%2 == 1 {
			d.Task, d.Metric, d.Measure, d.Outputs = "regression", "r2", measures.Loss, 1
		}
		r.Domains = append(r.Domains, d)
	}
	for k, rung := range rungs {
		for i, d := range r.Domains {
			f := mixedMaker{maker{r: r, rung: rung, weighting: "equal", scale: 1.2 - 0.1*float64(k)}, d}
			alone := 0.08 + 0.03*float64(i%4)
			f.add("independent", nil, alone, 0, 0)
			gain := 0.02 * float64(i%2)
			if i%3 == 0 {
				gain = -0.12 + 0.24*float64(k)/float64(max(1, len(rungs)-1))
			}
			f.add("joint", names, alone, gain, 0.05)
			for j := range r.Domains {
				if j != i && k == len(rungs)-1 {
					a, b := min(i, j), max(i, j)
					f.add("pool{"+names[a]+","+names[b]+"}", []string{names[a], names[b]}, alone, 0.05*float64((i+j)%4)-0.04, 0.04)
				}
			}
		}
	}
	in := &Input{Results: r}
	var err error
	if in.Groups, err = grouping.RecommendResults(r, grouping.Options{Draws: 200, Seed: 1}); err != nil {
		t.Fatal(err)
	}
	for _, direction := range []string{"helped", "harmed"} {
		for i := range 4 {
			x := exemplars.Exemplar{Key: analysis.Key{Arm: "joint", Domain: names[1]}, Sample: string(rune('k' + i)), Direction: direction, Measure: measures.Loss, P: 2.31, Q: 0.42}
			if direction == "harmed" {
				x.P, x.Q = x.Q, x.P
			}
			x.Features = []exemplars.Feature{{Name: "temperature", Value: "812.5"}, {Name: "speed", Value: "3000"}}
			in.Exemplars = append(in.Exemplars, x)
		}
	}
	return in
}

type mixedMaker struct {
	maker
	domain analysis.DomainInfo
}

// add adds score, gain, effect and, for independent models, the placebo.
func (f mixedMaker) add(arm string, pool []string, alone, gain, half float64) {
	loss := f.domain.Measure == measures.Loss
	if loss {
		mse := 5 * f.scale * alone * (1 - gain)
		f.r.Scores = append(f.r.Scores, scoreOf(f.key(arm, f.domain.Name), func(s *analysis.Score) {
			s.Seeds, s.Loss = 5, around(mse, 0.05*mse)
			s.R2, s.MAE = around(1-mse, 0.05*mse), around(0.8*mse, 0.03*mse)
		}))
	} else {
		f.score(arm, f.domain.Name, alone*(1-gain))
	}
	e := effectOf(f.scale*alone, gain, half)
	if loss {
		e.Measure, e.Changed, e.Groups = measures.Loss, effect.NaN, 24
		e.Accuracy = effect.Pair[effect.Number]{Independent: effect.NaN, Arm: effect.NaN}
		e.Loss.Independent, e.Loss.Arm = effect.Number(5*f.scale*alone), effect.Number(5*f.scale*alone*(1-gain))
		for _, v := range []*effect.Interval{
			&e.Delta, &e.Transfer.Raw, &e.Transfer.Floor, &e.Transfer.Excess, &e.Transfer.Crossfit,
			&e.Interference.Raw, &e.Interference.Floor, &e.Interference.Excess, &e.Interference.Crossfit,
		} {
			*v = effect.Interval{Value: 5 * v.Value, Lo: 5 * v.Lo, Hi: 5 * v.Hi}
		}
		for _, s := range []*effect.Side{&e.Transfer, &e.Interference} {
			s.Estimate, s.BoundLo, s.BoundHi = 5*s.Estimate, 5*s.BoundLo, 5*s.BoundHi
		}
		e.LossReduction = e.Delta
	}
	if pool == nil {
		f.r.Placebo = append(f.r.Placebo, analysis.Effect{Key: f.key(arm, f.domain.Name), Effect: e})
		return
	}
	g := effect.Gain{Relative: around(gain, half), Simultaneous: around(gain, 1.5*half), Discovery: math.Abs(gain) > half, Absolute: around(gain*alone, half*alone), Metric: "error", Samples: 400, Seeds: effect.Pair[int]{Independent: 5, Arm: 5}}
	if loss {
		g.Metric = measures.SquaredError.Name
	}
	f.r.Gains = append(f.r.Gains, analysis.Gain{Key: f.key(arm, f.domain.Name), Pool: pool, Gain: g})
	f.r.Effects = append(f.r.Effects, analysis.Effect{Key: f.key(arm, f.domain.Name), Effect: e})
}

func around(x, half float64) effect.Interval {
	return effect.Interval{Value: x, Lo: x - half, Hi: x + half}
}
