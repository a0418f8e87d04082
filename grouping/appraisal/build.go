package appraisal

import (
	"fmt"
	"slices"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/measures"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/grouping"
	"github.com/sharewise/sharewise/grouping/economics"
)

// builder makes a case of a study.
type builder struct {
	folder layout.Folder
	plan   *study.Plan
	// elsewhere says that the results came without a plan, and so without runs.
	elsewhere bool
	prices    *study.Economics
	results   *analysis.Results
	groups    *grouping.Recommendation
	// parameters are those of the trunk by rung; nil where they are not known.
	parameters []int64
	priced     map[string]*pricedAnswers
	levels     *levels
	at         grouping.Selection // of the reference
	fewer      []smaller
	draws      int
	seed       uint64

	meter    *meter
	out      *Appraisal
	domains  []economics.Domain
	units    []float64 // of the metric, by domain
	relative []bool    // by domain: gains count relative to an own error that is not known
	options  []economics.Option
	centre   []float64
	drawn    [][]float64
	share    []float64 // by cell: that of runs in its variance
	warnings []string
}

func (b *builder) build() (*Appraisal, error) {
	p := b.prices
	var err error
	if b.meter, err = newMeter(b.folder, b.plan, p.Serving.Compute > 0 || p.Serving.Memory > 0); err != nil {
		return nil, err
	}
	b.drawn = make([][]float64, b.draws)
	b.out = &Appraisal{
		Version: fileVersion, Study: b.results.Study, Prices: *p, Rung: b.at.Rung, Weighting: b.at.Weighting,
		Level: b.results.Level, Draws: b.draws, Seed: b.seed, Options: []Option{}, Samples: []Samples{}, Assumed: []string{}, Doubts: append([]analysis.Doubt{}, b.results.Doubts...), Warnings: []string{},
	}
	b.values()
	rungs := []string{}
	// The reference's rung first, so that it is the first option.
	for _, rung := range append([]string{b.at.Rung}, slices.DeleteFunc(slices.Clone(b.results.Rungs), func(r string) bool { return r == b.at.Rung })...) {
		ok, err := b.rung(rung)
		if err != nil {
			return nil, err
		}
		if ok {
			rungs = append(rungs, rung)
		}
	}
	b.unknown()
	slices.SortFunc(rungs, func(x, y string) int {
		return slices.Index(b.results.Rungs, x) - slices.Index(b.results.Rungs, y)
	})
	c := &economics.Case{
		Prices: economics.Prices{
			Currency: p.Currency, Horizon: p.Horizon, Discount: p.Discount, Operation: p.Operation, Setup: p.Setup,
			Hour: p.Training.Hour, Training: p.Training.Each, Retrain: p.Training.Retrain,
			Compute: p.Serving.Compute, Memory: p.Serving.Memory, Label: p.Label,
		},
		Domains: b.domains, Options: b.options, Centre: b.centre, Draws: b.drawn, Level: b.results.Level,
	}
	worth, err := economics.Appraise(c)
	if err != nil {
		return nil, err
	}
	for i := range b.out.Options {
		b.out.Options[i].Worth = worth.Options[i]
	}
	b.out.Best, b.out.Subject, b.out.Perfect = worth.Best, worth.Subject(), worth.Perfect
	var ranges []economics.Range
	for _, r := range p.Ranges {
		ranges = append(ranges, economics.Range{Input: r.Input, Low: r.Low, High: r.High})
	}
	if b.out.Tornado, err = economics.Tornado(c, ranges); err != nil {
		return nil, err
	}
	if b.out.BreakEvens, err = economics.BreakEvens(c); err != nil {
		return nil, err
	}
	staged, err := economics.Stage(c, rungs, b.sources())
	if err != nil {
		return nil, err
	}
	b.out.Staged = *staged
	b.hold()
	b.samples(c)
	if err := b.data(c); err != nil {
		return nil, err
	}
	if err := b.nextSize(c); err != nil {
		return nil, err
	}
	b.assume()
	b.out.Warnings = append(b.out.Warnings, b.warnings...)
	return b.out, nil
}

// values says what a unit of gain of each domain is worth.
func (b *builder) values() {
	p := b.prices
	for _, info := range b.results.Domains {
		name := info.Name
		own := grouping.OwnError(b.results, b.at, name)
		d := Domain{Name: name, By: "nothing", Own: own, Measure: measures.Of(info.Measure).Metric.Name, Decisions: p.Decisions.Of(name)}
		of := economics.Domain{Name: name, Decisions: d.Decisions}
		unit, relative := 1.0, false
		if p.Value.Unit == study.PerPercent && b.priced[name] == nil && !(own > 0) {
			// Relative gains will do, at this rung.
			own, d.Own, relative = 1, 0, true
		}
		switch value := p.Value.Of(name); {
		case b.priced[name] != nil:
			d.By, d.Unit, d.Value, d.Measure = "errors", p.Currency+" per decision", 1, "cost"
			of.Value, of.PerDecision = 1, true
		case value > 0:
			d.By, d.Value = "value", value
			words := map[string]string{study.PerPoint: "point", study.PerPercent: "percent of its error", study.PerOne: "unit"}
			d.Unit = fmt.Sprintf("%s per %s and month", p.Currency, words[p.Value.Unit])
			of.Value, of.Unit = value, d.Unit
			switch p.Value.Unit {
			case study.PerPoint:
				unit = 0.01
			case study.PerPercent:
				unit = 0.01 * own
			}
		}
		if !(own > 0) {
			d.Own = 0
			if of.Value > 0 {
				of.Value, d.By = 0, Unknown
			}
			unit = 1
		}
		b.out.Domains = append(b.out.Domains, d)
		b.domains, b.units, b.relative = append(b.domains, of), append(b.units, unit), append(b.relative, relative)
	}
}

// unknown tells domains of whose gains nothing is known from those that share a model
// in no option, as where rules forbid it.
func (b *builder) unknown() {
	for i := range b.out.Domains {
		d := &b.out.Domains[i]
		if d.By != Unknown {
			continue
		}
		if !slices.ContainsFunc(b.out.Options, func(o Option) bool { return slices.Contains(o.Without, d.Name) }) {
			d.By = Apart
			continue
		}
		b.warnings = append(b.warnings, fmt.Sprintf("%s has no usable gain: what sharing is worth there is not known, and all figures are without it.", d.Name))
	}
}

// cell adds a cell with its draws, and what share of its variance runs have.
func (b *builder) cell(centre float64, share float64, draw func(d int) float64) int {
	b.centre, b.share = append(b.centre, centre), append(b.share, share)
	for d := range b.drawn {
		b.drawn[d] = append(b.drawn[d], draw(d))
	}
	return len(b.centre) - 1
}

// rung adds the options of a rung; false where it has no gains of pools.
func (b *builder) rung(rung string) (bool, error) {
	at := grouping.Selection{Rung: rung, Weighting: b.at.Weighting}
	p, at, _, err := grouping.FromResults(b.results, at)
	if err != nil {
		if rung == b.at.Rung {
			return false, err
		}
		b.warnings = append(b.warnings, fmt.Sprintf("Nothing is said of the size %s: %v.", rung, err))
		return false, nil
	}
	if p, err = b.govern(p); err != nil {
		return false, err
	}
	levels, ok := b.levelCells(rung)
	if !ok {
		b.warnings = append(b.warnings, fmt.Sprintf("Nothing is said of the size %s: models of some domain alone cannot be compared with those of size %s.", rung, b.at.Rung))
		return false, nil
	}
	p.MaxGroups = b.plan.Grouping.MaxGroups
	p.Value = make([]float64, len(p.Domains))
	own := make([]float64, len(p.Domains))
	for j, name := range p.Domains {
		own[j] = grouping.OwnError(b.results, at, name)
		if b.relative[j] && rung == b.at.Rung {
			own[j] = 1
		}
		if d := b.domains[j]; own[j] > 0 {
			p.Value[j] = d.Value * own[j] / b.units[j]
			if d.PerDecision {
				p.Value[j] *= d.Decisions
			}
			if p.Value[j] > mostMoney {
				return false, fmt.Errorf("appraisal: errors of domain %s would cost more than %g %s: a price or value is too large, or in another unit than the others", name, mostMoney, b.prices.Currency)
			}
		} else {
			own[j] = 0
		}
	}
	var groups *grouping.Recommendation
	if rung == b.at.Rung {
		groups = b.groups
	}
	list, err := candidates(p, groups)
	if err != nil {
		return false, err
	}
	use := needed(p, list)
	draws, err := grouping.DrawGains(p, use, b.draws, b.seed)
	if err != nil {
		return false, err
	}
	if draws.Why != "" {
		b.warnings = append(b.warnings, fmt.Sprintf("Gains are as measured, and lean high where a grouping was chosen by them: %s.", draws.Why))
	}
	cells := b.gainCells(p, at, own, use, draws)
	for _, c := range list {
		if err := b.option(p, rung, c, cells, levels); err != nil {
			return false, err
		}
	}
	return true, nil
}

// govern leaves out pools that the study's rules forbid.
func (b *builder) govern(p *grouping.Problem) (*grouping.Problem, error) {
	if b.plan.Policy.Empty() {
		return p, nil
	}
	rules, err := b.plan.CheckerOf(p.Domains)
	if err != nil {
		return nil, fmt.Errorf("appraisal: %w", err)
	}
	return p.Governed(rules)
}

// levelCells adds what the rung does to own errors, by domain; none at the
// reference's.
func (b *builder) levelCells(rung string) ([]int, bool) {
	out := make([]int, len(b.domains))
	for j, d := range b.domains {
		out[j] = -1
		if rung == b.at.Rung || d.Value == 0 {
			continue
		}
		if b.levels == nil || b.levels.centre[d.Name] == nil || b.relative[j] {
			return nil, false
		}
		k := slices.Index(b.levels.rungs, rung)
		draws := b.levels.draws[d.Name]
		out[j] = b.cell(b.levels.centre[d.Name][k], 0, func(i int) float64 { return draws[i][k] })
	}
	return out, true
}

// gainCells adds the gains that candidates rest on, in units of the metric, as wide
// as the absolute gains' own limits say.
func (b *builder) gainCells(p *grouping.Problem, at grouping.Selection, own []float64, use []bool, draws *grouping.Draws) []int {
	shares := b.runShares(p, at)
	out := make([]int, len(draws.Centre))
	cell := 0
	for k, pool := range p.Pools {
		for i, j := range pool.Members {
			here := cell
			cell++
			out[here] = -1
			if !use[k] {
				continue
			}
			width := b.width(p, at, k, i, own[j])
			centre := draws.Centre[here]
			out[here] = b.cell(own[j]*centre, shares[here], func(d int) float64 {
				return own[j] * (centre + width*(draws.Gains[d][here]-centre))
			})
		}
	}
	return out
}

// width is how wide the limits of an absolute gain are, in those of the relative
// one: the first know nothing of how wide the own error is known.
func (b *builder) width(p *grouping.Problem, at grouping.Selection, pool, member int, own float64) float64 {
	members := names(p, p.Pools[pool].Members)
	for g := range b.results.PoolGains(at.Rung, at.Weighting) {
		if g.Domain != members[member] || !slices.Equal(g.Pool, members) || !g.Relative.Limited() || !g.Absolute.Limited() {
			continue
		}
		// Upper limits of relative gains may be cut at 1.
		w := (g.Absolute.Value - g.Absolute.Lo) / (own * (g.Relative.Value - g.Relative.Lo))
		if w > 0.25 && w < 4 {
			return w
		}
	}
	return 1
}

// option adds a candidate.
func (b *builder) option(p *grouping.Problem, rung string, c candidate, cells, levels []int) error {
	o := economics.Option{Name: c.name, Rung: rung}
	out := Option{Name: c.name, Rung: rung, Source: string(grouping.Measured)}
	for _, members := range c.groups {
		pool := names(p, members)
		seconds, s, err := b.meter.take(rung, b.at.Weighting, pool)
		if err != nil {
			return err
		}
		m := economics.Model{Members: members, Seconds: seconds, FLOPs: s.flops, Bytes: s.bytes}
		m.Running = len(members) == 1 && rung == b.at.Rung && slices.Contains(b.prices.Running, pool[0])
		if len(members) > 1 {
			terms, source, _ := p.Terms(members)
			for _, t := range terms {
				if cells[t.Cell] >= 0 && b.domains[t.Domain].Value > 0 {
					m.Terms = append(m.Terms, economics.Term{Domain: t.Domain, Cell: cells[t.Cell], Weight: t.Weight / b.units[t.Domain]})
				}
			}
			if source == grouping.FromPairs {
				out.Source = string(source)
			}
		}
		for _, j := range members {
			if levels[j] >= 0 {
				m.Terms = append(m.Terms, economics.Term{Domain: j, Cell: levels[j], Weight: 1 / b.units[j]})
			}
		}
		if len(members) > 1 {
			for _, j := range members {
				if b.out.Domains[j].By == Unknown {
					out.Without = append(out.Without, pool[slices.Index(members, j)])
				}
			}
		}
		o.Models = append(o.Models, m)
		out.Groups = append(out.Groups, pool)
	}
	b.options = append(b.options, o)
	b.out.Options = append(b.out.Options, out)
	return nil
}
