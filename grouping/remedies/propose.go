package remedies

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/contest"
	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/wording"
	"github.com/sharewise/sharewise/grouping"
	"github.com/sharewise/sharewise/grouping/sources"
)

// Known is what remedies are proposed from beside the results; each may be nil.
type Known struct {
	Plan    *study.Plan
	Groups  *grouping.Recommendation
	Contest *contest.File
	Study   *study.Study
	// Weights are those that training gave the members of a pool, on average.
	Weights func(at grouping.Selection, arm string) (map[string]float64, error)
}

// raised are the weights of harmed domains that are tried, in multiples of those that
// the study gives them.
var raised = []float64{2, 5}

// Propose lists the harm that results show at one capacity and weighting, those of the
// selection, else of the groups, else those that groups would be chosen at, and what may
// help against it. It fails with grouping.ErrNoGains where no pool was measured.
func Propose(r *analysis.Results, at grouping.Selection, k Known) (*File, error) {
	if g := k.Groups; g != nil && g.Study == r.Study && at == (grouping.Selection{}) {
		at = grouping.Selection{Rung: g.Rung, Weighting: g.Weighting}
	}
	_, at, _, err := grouping.FromResults(r, at)
	if err != nil && (!errors.Is(err, grouping.ErrNoGains) || at.Rung == "" || at.Weighting == "") {
		return nil, err
	}
	f := &File{
		Version: version, Study: r.Study, Rung: at.Rung, Weighting: at.Weighting, Level: r.Level,
		Harms: []Harm{}, Remedies: []Remedy{}, Verdict: []string{}, Warnings: []string{},
	}
	f.gains = map[string]effect.Interval{}
	for g := range r.PoolGains(at.Rung, at.Weighting) {
		f.gains[g.Arm+"\x00"+g.Domain] = g.Relative
		if !g.Relative.Limited() || !(g.Relative.Hi < 0) {
			continue
		}
		h := Harm{Key: g.Key, Pool: g.Pool, Gain: g.Relative, Established: g.Distinct()}
		if e := r.Effect(g.Key); e != nil && e.Interference.BoundLo.Known() {
			h.Interference = e.Interference.BoundLo
		}
		f.Harms = append(f.Harms, h)
	}
	slices.SortStableFunc(f.Harms, func(x, y Harm) int {
		return cmp.Or(order(y.Established, x.Established), cmp.Compare(x.Gain.Value, y.Gain.Value))
	})
	for _, arm := range f.arms() {
		p := proposer{file: f, results: r, known: k, arm: arm, pool: f.poolOf(arm), harmed: f.harmed(arm)}
		if k.Weights != nil {
			if p.given, err = k.Weights(at, arm); err != nil {
				return nil, err
			}
		}
		p.propose()
	}
	f.summarise()
	return f, nil
}

func order(x, y bool) int {
	switch {
	case x == y:
		return 0
	case x:
		return 1
	}
	return -1
}

// arms are the pools that harm: all domains first, then those that harm most domains.
func (f *File) arms() []string {
	var out []string
	for _, h := range f.Harms {
		if !slices.Contains(out, h.Arm) {
			out = append(out, h.Arm)
		}
	}
	slices.SortStableFunc(out, func(x, y string) int {
		return cmp.Or(order(y == study.Joint, x == study.Joint), cmp.Compare(len(f.harmed(y)), len(f.harmed(x))))
	})
	return out
}

func (f *File) poolOf(arm string) []string {
	for _, h := range f.Harms {
		if h.Arm == arm {
			return h.Pool
		}
	}
	return nil
}

// harmed are the domains that lose in a pool, in its order.
func (f *File) harmed(arm string) []string {
	var out []string
	for _, name := range f.poolOf(arm) {
		if slices.ContainsFunc(f.Harms, func(h Harm) bool { return h.Arm == arm && h.Domain == name }) {
			out = append(out, name)
		}
	}
	return out
}

// summarise says what was found before anything was tried.
func (f *File) summarise() {
	if len(f.Harms) == 0 {
		f.Verdict = append(f.Verdict, "No pool surely harms a domain: there is nothing to remedy that these runs show.")
		return
	}
	sure := 0
	for _, h := range f.Harms {
		if h.Established {
			sure++
		}
	}
	f.Verdict = append(f.Verdict, fmt.Sprintf("%s in pools, %d of them established among all gains of the study; nothing was tried yet.", wording.PluralAs(len(f.Harms), "case of a domain that loses", "cases of domains that lose"), sure))
}

// proposer lists the remedies of one pool.
type proposer struct {
	file    *File
	results *analysis.Results
	known   Known
	arm     string
	pool    []string
	harmed  []string
	given   map[string]float64 // weights by training; nil where they are not known
}

func (p *proposer) add(kind Kind, name, reason, expected string, s Setting) {
	r := Remedy{
		Name: name, Kind: kind, Arm: p.arm, Pool: p.pool, Harmed: p.harmed,
		Reason: reason, Expected: expected, Setting: s, Cost: effect.NaN,
	}
	if kind != Own {
		r.Trainings = p.seeds()
	}
	p.file.Remedies = append(p.file.Remedies, r)
}

// seeds are those that the pool was trained with.
func (p *proposer) seeds() int {
	s := p.results.Score(analysis.Key{Arm: p.arm, Rung: p.file.Rung, Weighting: p.file.Weighting, Domain: p.harmed[0]})
	if s == nil {
		return 0
	}
	return s.Seeds
}

// planned is a run of the pool, nil where there is no plan.
func (p *proposer) planned() *study.PlannedRun {
	if p.known.Plan == nil {
		return nil
	}
	i := slices.IndexFunc(p.known.Plan.Runs, func(r study.PlannedRun) bool {
		return r.Arm == p.arm && r.Rung.Name == p.file.Rung && r.Weighting.Name == p.file.Weighting
	})
	if i < 0 {
		return nil
	}
	return &p.known.Plan.Runs[i]
}

func (p *proposer) propose() {
	who := wording.First(p.harmed, 3)
	p.add(Own, "own model", fmt.Sprintf("in the pool, %s", p.losses()), "ends the loss by definition, and costs a model each; what the others gained from these domains' data ends too", Setting{})
	p.weights(who)
	run := p.planned()
	if run == nil || !run.DomainAdapters {
		reason := fmt.Sprintf("all layers are shared, so that %s can differ from the others by its head alone", who)
		if c, other, ok := p.cosine(); ok && c < 0 {
			reason = fmt.Sprintf("gradients of %s oppose those of %s in the shared layers (mean cosine %+.2f)", p.harmed[0], other, c)
		}
		p.add(Adapters, "adapters by domain", reason, "helps where domains differ in kind rather than in what is to be told apart (Rebuffi et al. 2017)", Setting{DomainAdapters: true})
	}
	if run != nil && run.BatchNorm == study.SharedStatistics {
		p.add(Statistics, "batch normalisation by domain", "batch normalisations use the statistics of all domains together", "helps where inputs differ in level or scale (Li et al., Revisiting Batch Normalization, 2016)", Setting{BatchNorm: study.DomainStatistics})
	}
	if s := p.known.Study; s != nil && !standard(s.Input) {
		p.add(Normalising, "inputs normalised by domain", "inputs are taken as they are, or scaled alike for all domains", "helps where inputs differ in level or scale", Setting{Normalize: "standard"})
	}
	p.sources()
	p.capacity()
	p.add(Samples, "without doubtful samples", "samples whose neighbours all have another class, and repeated ones, may be mislabelled or count too much; the trial takes those of suspects.json, or finds some in the data", "helps where labels are wrong (Wilson 1972), and costs samples where they are not", Setting{})
}

// standard reports whether inputs have mean 0 and deviation 1 by domain.
func standard(in study.Input) bool {
	return in.Normalize == "standard" && in.Scale == 0 && in.Mean == nil && in.Std == nil
}

// losses says what harmed domains lose.
func (p *proposer) losses() string {
	var parts []string
	for _, name := range p.harmed {
		for _, h := range p.file.Harms {
			if h.Arm == p.arm && h.Domain == name {
				parts = append(parts, fmt.Sprintf("%s loses %.1f%% of its own error", name, -100*h.Gain.Value))
			}
		}
	}
	return strings.Join(parts, ", ")
}

// worst is the domain that loses most in the pool.
func (p *proposer) worst() string {
	worst, least := "", math.Inf(1)
	for _, h := range p.file.Harms {
		if h.Arm == p.arm && h.Gain.Value < least {
			worst, least = h.Domain, h.Gain.Value
		}
	}
	return worst
}

// cosine is the lowest mean cosine of gradients between the first harmed domain and
// another in the pool.
func (p *proposer) cosine() (value float64, other string, ok bool) {
	value = math.Inf(1)
	for _, c := range p.results.Conflict {
		if c.Arm != p.arm || c.Rung != p.file.Rung || c.Weighting != p.file.Weighting || !c.Cosine.Known() || c.A != p.harmed[0] && c.B != p.harmed[0] {
			continue
		}
		if c.Cosine.Value < value {
			value, other, ok = c.Cosine.Value, c.A, true
			if c.A == p.harmed[0] {
				other = c.B
			}
		}
	}
	return value, other, ok
}

// mostSources is how many sources of a pool are proposed to go.
const mostSources = 2

// sources proposes the pool without members that harm, or are suspected to.
func (p *proposer) sources() {
	if len(p.pool) < 3 {
		return
	}
	type suspect struct {
		name, reason, expected string
		score                  float64
	}
	var all []suspect
	for _, name := range p.pool {
		if len(p.harmed) == 1 && name == p.harmed[0] {
			continue
		}
		s := suspect{name: name, score: math.Inf(1)}
		if l := p.results.LeftOut; l != nil {
			for i := range l.Effects {
				e := &l.Effects[i]
				if e.Arm == p.arm && e.At(p.file.Rung, p.file.Weighting) && e.Source == name && slices.Contains(p.harmed, e.Domain) && e.Brings.Value < min(0, s.score) {
					s.score, s.reason = e.Brings.Value, "measured: "+sources.Words(e)
					if s.expected = "likely to help, as measured"; e.Discovery && e.Brings.Value < 0 {
						s.expected = "helps, as the study measured"
					}
				}
			}
		}
		if math.IsInf(s.score, 1) {
			for g := range p.results.PoolGains(p.file.Rung, p.file.Weighting) {
				if len(g.Pool) == 2 && slices.Contains(g.Pool, name) && slices.Contains(p.harmed, g.Domain) && g.Domain != name && g.Relative.Value < min(0, s.score) {
					s.score, s.reason = g.Relative.Value, fmt.Sprintf("in a pair with %s alone, %s loses %.1f%%", name, g.Domain, -100*g.Relative.Value)
					s.expected = "a pair tells of the pool what it may: a rule of thumb"
				}
			}
		}
		if math.IsInf(s.score, 1) {
			for _, c := range p.results.Conflict {
				if c.Arm == p.arm && c.Rung == p.file.Rung && c.Weighting == p.file.Weighting && c.Cosine.Value < min(0, s.score) && (c.A == name && slices.Contains(p.harmed, c.B) || c.B == name && slices.Contains(p.harmed, c.A)) {
					s.score, s.reason = c.Cosine.Value, fmt.Sprintf("its gradients oppose those of harmed domains most (mean cosine %+.2f)", c.Cosine.Value)
					s.expected = "opposed gradients are grounds for looking, and no finding"
				}
			}
		}
		if !math.IsInf(s.score, 1) {
			all = append(all, s)
		}
	}
	slices.SortStableFunc(all, func(x, y suspect) int { return cmp.Compare(x.score, y.score) })
	for _, s := range all[:min(mostSources, len(all))] {
		p.add(Source, "without "+s.name, s.reason, s.expected, Setting{Without: s.name})
	}
}

// capacity proposes the next larger model: of the ladder, or twice as wide.
func (p *proposer) capacity() {
	at := slices.Index(p.results.Rungs, p.file.Rung)
	if at < 0 {
		return
	}
	if at+1 < len(p.results.Rungs) {
		next := p.results.Rungs[at+1]
		var parts []string
		expected := "a larger model has room for what differs; sharing may gain as it grows, or not"
		for _, name := range p.harmed {
			if g := p.results.Gain(analysis.Key{Arm: p.arm, Rung: next, Weighting: p.file.Weighting, Domain: name}); g != nil && g.Relative.Known() {
				parts = append(parts, fmt.Sprintf("%s gains %s%% there", name, withSign(g.Relative.Value)))
				expected = "as the study measured at that size"
			}
		}
		reason := fmt.Sprintf("the study has the size %s", next)
		if len(parts) > 0 {
			reason += ": " + strings.Join(parts, ", ")
		}
		p.add(Capacity, "size "+next, reason, expected, Setting{Rung: next})
		return
	}
	run := p.planned()
	if run == nil || run.Rung.Width == 0 {
		return
	}
	width := 2 * run.Rung.Width
	p.add(Capacity, fmt.Sprintf("width %g", width), fmt.Sprintf("%s is the largest size of the study", p.file.Rung), "a larger model has room for what differs; sharing may gain as it grows, or not", Setting{Width: width})
}
