package appraisal

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/measures"
	"github.com/sharewise/sharewise/grouping/economics"
)

const (
	// Unknown is what [Domain].By says of a domain with a value that shares a model in
	// some option, and has no usable gain.
	Unknown = "unknown"
	// Apart is what it says where the domain shares a model in no option.
	Apart = "apart"
)

// Data says what more labelled training samples of all domains are worth, where the
// best option serves them.
type Data struct {
	Curves []Curve `json:"curves"` // a domain each
	// Look are the factors that were looked at; none where some curve is missing.
	Look []economics.DataPurchase `json:"look"`
	// Best is the one with the largest value less cost; null where none is worth its
	// labels, or nothing is known.
	Best   *economics.DataPurchase `json:"best"`
	Advice economics.Advice        `json:"advice"`
	// Why says why nothing is known, and what would tell; empty otherwise.
	Why string `json:"why,omitempty"`
}

// Curve is how a domain's error, and its gain from sharing, change with the number of
// training samples.
type Curve struct {
	Domain string `json:"domain"`
	// Arm is that of the model by which the best option serves the domain.
	Arm    string  `json:"arm"`
	Points []Point `json:"points"` // fewest samples first
	// Exponent is by which power of the number of samples the error of that model
	// falls; null where nothing is known, for the reason that Why gives.
	Exponent *economics.Estimate `json:"exponent"`
	Why      string              `json:"why,omitempty"`
}

// Point is what was measured at a number of training samples. Errors are means over
// runs, with limits from the spread of runs.
type Point struct {
	Samples int                 `json:"samples"`
	Alone   *economics.Estimate `json:"alone"` // error of the domain's own model
	// Shared is the error of the model of several domains that serves it, and Gain by
	// which part that is smaller, as a point; null where its own model serves it.
	Shared *economics.Estimate `json:"shared,omitempty"`
	Gain   *float64            `json:"gain,omitempty"`
}

// smaller are the results of a study that was trained on fewer samples.
type smaller struct {
	folder  layout.Folder
	results *analysis.Results
}

// open reads what was trained on fewer samples, and makes sure that it differs from
// the study in that alone.
func (b *builder) open(folders []layout.Folder) error {
	for _, folder := range folders {
		r, err := analysis.ReadResults(folder.Results())
		if errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("appraisal: there are no results of fewer samples in %s: train the study with limit: {train: N} there, and run 'sharewise analyze %s'", folder, folder)
		}
		if err != nil {
			return fmt.Errorf("appraisal: %w", err)
		}
		for _, d := range b.results.Domains {
			i := slices.IndexFunc(r.Domains, func(o analysis.DomainInfo) bool { return o.Name == d.Name })
			switch {
			case i < 0:
				return fmt.Errorf("appraisal: %s has no domain %s, and can tell nothing of its learning curve; train the same study with limit: {train: N}", folder, d.Name)
			case r.Domains[i].Test != d.Test || r.Domains[i].Measure != d.Measure:
				return fmt.Errorf("appraisal: %s tests %s on %d samples by %s, and the study on %d by %s; change limit: {train: N} alone", folder, d.Name, r.Domains[i].Test, measures.Of(r.Domains[i].Measure).Name, d.Test, measures.Of(d.Measure).Name)
			case r.Domains[i].Train >= d.Train:
				return fmt.Errorf("appraisal: %s trains %s on %d samples, and the study on %d; train fewer, with limit: {train: N}", folder, d.Name, r.Domains[i].Train, d.Train)
			}
		}
		b.fewer = append(b.fewer, smaller{folder, r})
	}
	return nil
}

// data fits learning curves to the models of the best option.
func (b *builder) data(c *economics.Case) error {
	out := &b.out.Data
	*out = Data{Curves: []Curve{}, Look: []economics.DataPurchase{}, Advice: economics.Unknown}
	if len(b.fewer) == 0 {
		least := math.MaxInt
		for _, d := range b.results.Domains {
			least = min(least, d.Train)
		}
		out.Why = fmt.Sprintf("each domain was trained with one number of them. To measure it, copy the study file, let the copy say limit: {train: %d}, or half of every domain's, train and analyse it into a folder of its own ('sharewise run COPY -o HALF', 'sharewise analyze HALF'), and give that: 'sharewise value %s --fewer HALF'", max(1, least/2), b.folder)
		return nil
	}
	var grown []economics.Grown
	reach := math.Inf(1)
	best := &b.out.Options[b.out.Best]
	for j, d := range b.results.Domains {
		i := slices.IndexFunc(best.Groups, func(g []string) bool { return slices.Contains(g, d.Name) })
		curve, fit := b.curve(best.Groups[i], best.Rung, d)
		if fit == nil && out.Why == "" && c.Domains[j].Value > 0 {
			out.Why = fmt.Sprintf("%s has no learning curve: %s", d.Name, curve.Why)
		}
		out.Curves = append(out.Curves, curve)
		if fit != nil && c.Domains[j].Value > 0 {
			reach = min(reach, fit.Reach)
			grown = append(grown, economics.Grown{Curve: fit, Value: c.Domains[j].Value / b.units[j]})
		}
	}
	if out.Why != "" {
		return nil
	}
	var factors []float64
	for _, f := range []float64{1.1, 1.25, 1.5, 2, 3, 4, 6, 8, 16} {
		if f <= reach*(1+1e-9) {
			factors = append(factors, f)
		}
	}
	if len(factors) == 0 {
		out.Why = fmt.Sprintf("what was trained on fewer samples has all but as many: the curve reaches %.3g times as many", reach)
		return nil
	}
	look, err := c.Prices.MoreData(grown, factors, b.results.Level)
	if err != nil {
		return err
	}
	out.Look, out.Advice = look, economics.Stop
	for i := range out.Look {
		p := &out.Look[i]
		if surplus := p.Value.Value - p.Cost; surplus > 0 && (out.Best == nil || surplus > out.Best.Value.Value-out.Best.Cost) {
			out.Best, out.Advice = p, economics.Go
		}
	}
	switch {
	case b.prices.Label == 0:
		out.Best, out.Advice = nil, economics.Unknown
	case out.Advice == economics.Go && b.allDoubtful():
		out.Advice = economics.Hold
	}
	return nil
}

// curve gathers the errors of a domain at every number of training samples, and fits
// one to those of the model that serves it; nil where that cannot be.
func (b *builder) curve(pool []string, rung string, d analysis.DomainInfo) (Curve, *economics.LearningCurve) {
	out := Curve{Domain: d.Name, Arm: b.armOf(pool), Points: []Point{}}
	if out.Arm == "" {
		out.Why = fmt.Sprintf("the pool of %s was never trained", strings.Join(pool, ", "))
		return out, nil
	}
	if j := slices.IndexFunc(b.out.Domains, func(o Domain) bool { return o.Name == d.Name }); b.relative[j] {
		out.Why = "its value is by the percent of an error that is not known"
		return out, nil
	}
	if b.priced[d.Name] != nil {
		out.Why = "its errors have prices by class, and what these add up to is not kept for smaller numbers"
		return out, nil
	}
	var points []economics.DataPoint
	for _, of := range append(slices.Clone(b.fewer), smaller{b.folder, b.results}) {
		i := slices.IndexFunc(of.results.Domains, func(o analysis.DomainInfo) bool { return o.Name == d.Name })
		p := Point{Samples: of.results.Domains[i].Train}
		alone, ok := b.errorOf(of.results, analysis.Independent, rung, d)
		if !ok {
			out.Why = fmt.Sprintf("%s has no error with limits of its own models of size %s", of.folder, rung)
			return out, nil
		}
		serving := alone
		p.Alone = estimateOf(alone)
		if len(pool) > 1 {
			shared, ok := b.errorOf(of.results, out.Arm, rung, d)
			if !ok {
				out.Why = fmt.Sprintf("%s has no error with limits of %s at size %s", of.folder, out.Arm, rung)
				return out, nil
			}
			serving = shared
			p.Shared = estimateOf(shared)
			if alone.Value > 0 {
				gain := 1 - shared.Value/alone.Value
				p.Gain = &gain
			}
		}
		z := distuv.UnitNormal.Quantile((1 + b.results.Level) / 2)
		points = append(points, economics.DataPoint{Samples: float64(p.Samples), Error: serving.Value, SE: (serving.Hi - serving.Lo) / 2 / z})
		out.Points = append(out.Points, p)
	}
	slices.SortFunc(out.Points, func(x, y Point) int { return x.Samples - y.Samples })
	fit, err := economics.FitLearning(points, b.draws, b.seed+uint64(len(b.out.Data.Curves)))
	if err != nil {
		out.Why = err.Error()
		return out, nil
	}
	e := fit.ExponentOf(b.results.Level)
	out.Exponent = &e
	return out, fit
}

// errorOf is what gains of the domain reduce, as scores have it, for an arm.
func (b *builder) errorOf(r *analysis.Results, arm, rung string, d analysis.DomainInfo) (effect.Interval, bool) {
	for i := range r.Scores {
		s := &r.Scores[i]
		if s.Domain != d.Name || s.Arm != arm || s.Rung != rung || arm != analysis.Independent && s.Weighting != b.at.Weighting {
			continue
		}
		x := d.Reduced(s)
		return x, x.Known() && x.Limited()
	}
	return effect.Interval{}, false
}

func estimateOf(x effect.Interval) *economics.Estimate {
	return &economics.Estimate{Value: x.Value, Lo: x.Lo, Hi: x.Hi}
}

// doubted are the domains whose results are in doubt.
func (b *builder) doubted() []string {
	if b.groups != nil {
		return b.groups.Doubted()
	}
	var out []string
	if len(b.results.Doubts) > 0 {
		for _, d := range b.results.Domains {
			out = append(out, d.Name)
		}
	}
	return out
}

// allDoubtful reports whether doubts bear on the decision as a whole.
func (b *builder) allDoubtful() bool {
	return len(b.doubted()) > 0 && (b.groups == nil || b.groups.OutOfDoubt == nil)
}

// hold takes back advice that rests on doubtful results.
func (b *builder) hold() {
	doubted := b.doubted()
	b.out.Staged.Hold(func(domain string) bool { return slices.Contains(doubted, domain) }, b.allDoubtful())
}
