package reports

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"testing"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/exemplars"
	"github.com/sharewise/sharewise/analysis/measures"
	"github.com/sharewise/sharewise/grouping"
)

var nan = math.NaN()

// fixture is a made-up study of four domains in which bolts and screws help
// each other, rivets help a little, and apples harm. All numbers are invented.
func fixture(t testing.TB) *Input {
	names := []string{"bolts", "screws", "rivets", "apples"}
	r := &analysis.Results{
		Version: 1, Study: "parts", Title: "Visual inspection of small parts", Level: 0.95,
		Rungs: []string{"w0.5", "w1", "w2"}, Weightings: []string{"equal", "dwa"},
		Runs:     analysis.RunCounts{Planned: 96, Done: 94, Diverged: 1, Missing: 1},
		Warnings: []string{"2 of 96 planned runs are missing: figures rest on those that are done"},
	}
	for i, n := range names {
		r.Domains = append(r.Domains, analysis.DomainInfo{Name: n, Task: "classification", Outputs: 10, Train: 500, Val: 100, Test: 400, Dropped: i % 2, Metric: "accuracy"})
	}
	alone := map[string]float64{"bolts": 0.124, "screws": 0.093, "rivets": 0.061, "apples": 0.207}
	pair := map[string]float64{
		"bolts,screws": 0.21, "screws,bolts": 0.14, "bolts,rivets": 0.06, "rivets,bolts": 0.03, "screws,rivets": 0.04, "rivets,screws": 0.01,
		"bolts,apples": -0.11, "apples,bolts": 0.02, "screws,apples": -0.17, "apples,screws": -0.03, "rivets,apples": -0.24, "apples,rivets": 0.01,
	}
	joint := map[string]float64{"bolts": 0.09, "screws": 0.02, "rivets": -0.14, "apples": -0.06}
	for k, rung := range r.Rungs {
		for l, weighting := range r.Weightings {
			shift := 0.04*float64(k-1) + 0.015*float64(l)
			f := maker{r: r, rung: rung, weighting: weighting, scale: 1.15 - 0.1*float64(k)}
			for _, n := range names {
				f.score("independent", n, alone[n])
			}
			for _, n := range names {
				f.arm("joint", names, n, alone[n], joint[n]+shift, 0.055)
			}
			if k != 1 || l != 0 {
				continue
			}
			for i, a := range names {
				for _, b := range names[i+1:] {
					arm, pool := "pool{"+a+","+b+"}", []string{a, b}
					f.arm(arm, pool, a, alone[a], pair[a+","+b], 0.05)
					f.arm(arm, pool, b, alone[b], pair[b+","+a], 0.05)
				}
			}
			for _, n := range names {
				r.Placebo = append(r.Placebo, analysis.Effect{Key: f.key("independent", n), Effect: effectOf(alone[n], 0, 0.05)})
			}
		}
	}
	in := &Input{Results: r}
	var err error
	in.Groups, err = grouping.RecommendResults(r, grouping.Options{Selection: grouping.Selection{Rung: "w1", Weighting: "equal"}, Draws: 500, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	in.History = history(names)
	in.Exemplars = someExemplars(t)
	return in
}

// maker adds made-up results of one rung and weighting.
type maker struct {
	r               *analysis.Results
	rung, weighting string
	scale           float64
}

func (f maker) key(arm, domain string) analysis.Key {
	return analysis.Key{Arm: arm, Rung: f.rung, Weighting: f.weighting, Domain: domain}
}

// scoreOf is a score with the figures that fill knows.
func scoreOf(k analysis.Key, fill func(*analysis.Score)) analysis.Score {
	s := analysis.NewScore(k)
	fill(&s)
	return s
}

func (f maker) score(arm, domain string, err float64) {
	acc := effect.Interval{Value: 1 - f.scale*err, Lo: 1 - f.scale*err - 0.012, Hi: 1 - f.scale*err + 0.012}
	f.r.Scores = append(f.r.Scores, scoreOf(f.key(arm, domain), func(s *analysis.Score) {
		s.Seeds = 3
		s.Loss = effect.Interval{Value: 3 * err, Lo: 2.8 * err, Hi: 3.2 * err}
		s.Accuracy, s.BalancedAccuracy = acc, effect.Interval{Value: acc.Value - 0.004, Lo: acc.Lo - 0.005, Hi: acc.Hi - 0.003}
	}))
}

func (f maker) arm(arm string, pool []string, domain string, alone, gain, half float64) {
	f.score(arm, domain, alone*(1-gain))
	f.r.Gains = append(f.r.Gains, analysis.Gain{Key: f.key(arm, domain), Pool: pool, Gain: effect.Gain{Relative: effect.Interval{Value: gain, Lo: gain - half, Hi: gain + half}, Discovery: math.Abs(gain) > half, Simultaneous: effect.Interval{Value: gain, Lo: gain - 1.5*half, Hi: gain + 1.5*half}, Absolute: effect.Interval{Value: gain * alone, Lo: (gain - half) * alone, Hi: (gain + half) * alone}, Metric: "error", Samples: 400, Seeds: effect.Pair[int]{Independent: 3, Arm: 3}}})
	f.r.Effects = append(f.r.Effects, analysis.Effect{Key: f.key(arm, domain), Effect: effectOf(alone, gain, half)})
}

func effectOf(alone, gain, half float64) effect.Effect {
	delta := gain * alone
	floor := 0.62 * alone
	side := func(x float64) effect.Side {
		p := 1.0
		if x > 0.004 {
			p = 0.0001
		}
		return effect.Side{
			P: effect.Number(p), Estimate: effect.Number(max(0, x) + 0.006), BoundLo: effect.Number(max(0, x-0.004)), BoundHi: effect.Number(max(0, x) + 0.028),
			RelativeLo: effect.NaN, RelativeHi: effect.NaN,
			Crossfit: effect.Interval{Value: max(0, x) * 0.8, Lo: x*0.8 - 0.01, Hi: x*0.8 + 0.012},
			Raw:      effect.Interval{Value: floor + x/2 + 0.004, Lo: floor + x/2 - 0.008, Hi: floor + x/2 + 0.016},
			Floor:    effect.Interval{Value: floor, Lo: floor - 0.01, Hi: floor + 0.01},
			Excess:   effect.Interval{Value: x/2 + 0.004, Lo: x/2 - 0.006, Hi: x/2 + 0.014},
		}
	}
	return effect.Effect{
		Measure: measures.Correct, Samples: 400, Seeds: effect.Pair[int]{Independent: 3, Arm: 3},
		Accuracy: effect.Pair[effect.Number]{Independent: effect.Number(1 - alone), Arm: effect.Number(1 - alone + delta)},
		Delta:    effect.Interval{Value: delta, Lo: delta - half*alone, Hi: delta + half*alone},
		Transfer: side(delta), Interference: side(-delta),
		Loss:          effect.Pair[effect.Number]{Independent: effect.Number(3 * alone), Arm: effect.Number(3 * (alone - delta))},
		LossReduction: effect.Point(3 * delta),
		NoEffect:      effect.Test{Statistic: 0.01, P: 0.1, Smallest: 0.1},
		Calls:         effect.Calls{Note: "no calls: 6 of 400 tested samples differ in every run, 38 are needed; 5 seeds per arm would do; the lists are exploratory"},
		Warnings:      []string{"the test of no effect cannot reach 0.05: its smallest p is 0.1 with these seeds"},
	}
}

func history(names []string) []HistoryRow {
	var rows []HistoryRow
	level := map[string]float64{"independent": 0.35, "joint": 0.33, "pool{bolts,screws}": 0.27}
	for _, arm := range []string{"independent", "joint", "pool{bolts,screws}"} {
		for k, n := range names {
			if arm == "pool{bolts,screws}" && k > 1 {
				continue
			}
			for seed := range 3 {
				for epoch := 1; epoch <= 12; epoch++ {
					loss := level[arm]*(1+0.3*float64(k)) + 1.9*math.Exp(-float64(epoch)/2.5) + 0.02*math.Sin(float64(7*epoch+13*seed+k))
					for _, split := range []string{"train", "val"} {
						rows = append(rows, HistoryRow{Arm: arm, Rung: "w1", Weighting: "equal", Seed: int64(seed + 1), Epoch: epoch, Domain: n, Split: split, Loss: loss, Weight: 1})
					}
				}
			}
		}
	}
	return rows
}

func someExemplars(t testing.TB) []exemplars.Exemplar {
	var list []exemplars.Exemplar
	for k, direction := range []string{"helped", "harmed"} {
		for i := range 6 {
			x := exemplars.Exemplar{Key: analysis.Key{Arm: "joint", Domain: "bolts"}, Sample: fmt.Sprint(17*i + 3), Direction: direction, P: effect.Number(0.21 + 0.02*float64(i)), Q: 0.83}
			if k == 1 {
				x.P, x.Q = x.Q, x.P
			}
			x.PNG = disc(t, i+3*k)
			list = append(list, x)
			x.Domain, x.PNG = "apples", nil
			x.Features = []exemplars.Feature{{Name: "diameter", Value: fmt.Sprint(7.1 + 0.3*float64(i))}, {Name: "redness", Value: fmt.Sprintf("0.%d4", i)}}
			list = append(list, x)
		}
	}
	return list
}

// disc is a picture of a disc on a dark ground, 16 by 16.
func disc(t testing.TB, n int) []byte {
	img := image.NewGray(image.Rect(0, 0, 16, 16))
	for y := range 16 {
		for x := range 16 {
			if d := (x-8)*(x-8) + (y-8)*(y-8); d < 12+6*n && d > 5*n {
				img.SetGray(x, y, color.Gray{uint8(255 - 20*n)})
			}
		}
	}
	var buf bytes.Buffer
	if err := png.Encode(&buf, img); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}
