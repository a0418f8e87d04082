package analysis

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/losses"
	"github.com/sharewise/sharewise/analysis/measures"
)

// Independent is the name of the arm of models that learn one domain.
const Independent = "independent"

// Study is what a study's results are computed from.
type Study struct {
	Name, Title string
	Domains     []DomainInfo
	Rungs       []string // small to large
	// Parameters are those of the trunk of every rung; nil where they are not known.
	Parameters []int64
	Weightings []string
	Runs       []Run
	// Folds is the number of parts of the data of which every run was tested on one;
	// 0 where all were tested on the same samples.
	Folds int
	// Open yields the rows of a finished run's loss table, in pieces. Concurrent says
	// that it may be used for several runs at the same time.
	Open       func(Run) iter.Seq2[*losses.Table, error]
	Concurrent bool
	Conflict   []Conflict
	// Curves are the validation curves of finished runs.
	Curves []Curve
	// Doubts are what was known before: of the data, of how training went.
	Doubts []Doubt
	// Warnings are caveats that were known before.
	Warnings []string
	// Baselines are what the independent runs are held against; at most one for
	// a domain.
	Baselines []BaselineRun
	// GainsOnly leaves effects and placebo out, which take most of the time.
	GainsOnly bool
	// Options are those of every comparison. SharedSeeds says that runs of one
	// seed have random streams in common, whatever their arm.
	Options Options
}

// Run is one training of a study.
type Run struct {
	ID        string
	Arm       string // Independent, or the name of a shared arm
	Domains   []string
	Rung      string
	Weighting string
	Seed      int64
	Status    Status
}

// Status says what became of a run.
type Status string

// What becomes of runs. Only finished runs count; the others are reported.
const (
	Finished Status = "done"
	Diverged Status = "diverged"
	Missing  Status = "missing"
)

// evidence is all runs of one key.
type evidence struct {
	Key
	pool     []string
	outcomes []*outcome
	tallies  []*tally
	runs     *effect.Runs
	// resampled are those of the runs of a domain with a baseline.
	resampled []*resampled
}

// Analyze reads the finished runs' tables, one after another, and measures
// every shared arm against the independent runs of the same rung. Where a
// weighting was run for independent models too, arms are compared within it.
func Analyze(s Study) (*Results, error) {
	if err := s.Options.Validate(); err != nil {
		return nil, fmt.Errorf("analyze: %w", err)
	}
	s.Options.Options = s.Options.WithDefaults()
	s.Domains = slices.Clone(s.Domains)
	a := &analyzer{Study: s, results: &Results{
		Version: resultsVersion, Study: s.Name, Title: s.Title, Level: s.Options.Level, Domains: s.Domains, Rungs: s.Rungs, Weightings: s.Weightings,
		Folds: s.Folds, Scores: []Score{}, Effects: []Effect{}, Placebo: []Effect{}, Gains: []Gain{}, Conflict: s.Conflict, Doubts: []Doubt{}, Warnings: []string{},
	}}
	a.results.Warnings = append(a.results.Warnings, s.Warnings...)
	for _, d := range s.Doubts {
		a.doubt(d)
	}
	if a.results.Conflict == nil {
		a.results.Conflict = []Conflict{}
	}
	if err := a.read(); err != nil {
		return nil, fmt.Errorf("analyze: %w", err)
	}
	if err := a.fill(); err != nil {
		return nil, fmt.Errorf("analyze: %w", err)
	}
	return a.results, nil
}

type analyzer struct {
	Study
	results  *Results
	evidence []*evidence
	samples  map[string]*outcome // by domain: the first outcome read, whose samples all must have
	groups   map[string][]int32  // by domain
	names    groupNames          // groups that the tables name
	// baselines by domain: one, or that of every fold
	baselines map[string][]*resampled
}

func (a *analyzer) warn(format string, args ...any) {
	a.results.Warnings = append(a.results.Warnings, fmt.Sprintf(format, args...))
}

// nameOf names an arm with what distinguishes it in this study.
func (a *analyzer) nameOf(r Run) string {
	name := r.Arm
	if r.Arm == Independent {
		name += " " + strings.Join(r.Domains, ", ")
	}
	if len(a.Rungs) > 1 {
		name += ", rung " + r.Rung
	}
	if len(a.Weightings) > 1 && r.Arm != Independent {
		name += ", weighting " + r.Weighting
	}
	return name
}

// order sorts evidence: independent first, then by arm in the order of the
// runs, rung, weighting and domain in the study's order.
func (a *analyzer) order(x, y *evidence) int {
	arm := func(e *evidence) int {
		if e.Arm == Independent {
			return -1
		}
		return slices.IndexFunc(a.Runs, func(r Run) bool { return r.Arm == e.Arm })
	}
	domain := func(e *evidence) int {
		return slices.IndexFunc(a.Domains, func(d DomainInfo) bool { return d.Name == e.Domain })
	}
	return cmp.Or(cmp.Compare(arm(x), arm(y)),
		cmp.Compare(slices.Index(a.Rungs, x.Rung), slices.Index(a.Rungs, y.Rung)),
		cmp.Compare(slices.Index(a.Weightings, x.Weighting), slices.Index(a.Weightings, y.Weighting)),
		cmp.Compare(domain(x), domain(y)))
}

// domain is what the study says of a domain.
func (a *analyzer) domain(name string) DomainInfo { return domainOf(a.Domains, name) }

// at returns the evidence of a key, new or known.
func (a *analyzer) at(k Key) *evidence {
	for _, e := range a.evidence {
		if e.Key == k {
			return e
		}
	}
	e := &evidence{Key: k}
	a.evidence = append(a.evidence, e)
	return e
}

// fill fills in scores, effects, placebo and gains.
func (a *analyzer) fill() error {
	few := false
	for _, e := range a.evidence {
		if err := a.putTogether(e); err != nil {
			return err
		}
		d := a.domain(e.Domain)
		score := scoreOf(e.tallies, a.Options.Level)
		d.nameOutputs(&score)
		if doubt := d.doubt(e.tallies[0].figures()); doubt != "" && !slices.Contains(a.results.Warnings, doubt) {
			a.warn("%s", doubt)
		}
		score.Key = e.Key
		a.results.Scores = append(a.results.Scores, score)
	}
	a.chooseMeasures()
	a.capLosses()
	a.absent()
	a.noSkill()
	a.convergence()
	a.contests()
	if err := a.pairing(); err != nil {
		return err
	}
	var compared []*evidence
	var comparisons []*effect.Comparison
	for _, e := range a.evidence {
		if e.Arm == Independent && a.GainsOnly {
			continue
		}
		if e.Arm == Independent {
			few = few || e.runs.K() < 4
			if err := a.placebo(e); err != nil {
				return err
			}
			continue
		}
		base := a.alone(e.Key)
		if base == nil {
			a.warn("%s on %s: no independent run to compare with", e.Arm, e.Domain)
			continue
		}
		o, _ := a.options(e.Domain)
		o.Floor = a.floorOf(base)
		c, err := a.compare(base, e, o.Options)
		if err != nil {
			return err
		}
		compared, comparisons = append(compared, e), append(comparisons, c)
	}
	effect.Moderate(comparisons)
	for i, e := range compared {
		if err := a.against(comparisons[i], e); err != nil {
			return err
		}
	}
	a.together(comparisons)
	a.results.LeftOut = a.results.leaveOut()
	a.byLoss(comparisons)
	if err := a.capacity(comparisons); err != nil {
		return err
	}
	a.fewCarry()
	if few {
		a.warn("no placebo where a domain has fewer than four independent runs")
	}
	return nil
}

// usualMetric is what readers of the domain's task see first, by its name in
// [Score]: of two classes and of several labels AUC, which unlike accuracy does
// not look good for rare faults that are never found.
func (d DomainInfo) usualMetric() string {
	switch d.Task {
	case "classification":
		return "accuracy"
	case "binary", "multilabel":
		return "auc"
	case "regression":
		return "r2"
	}
	return ""
}

// options are those of comparisons on a domain, and its metric.
func (a *analyzer) options(domain string) (o Options, metric string) {
	o = a.Options
	d := a.domain(domain)
	o.Measure = cmp.Or(d.Measure, o.Measure)
	if d.Task == "regression" {
		return o, measures.SquaredError.Name
	}
	return o, measures.Of(o.Measure).Metric.Name
}

// alone is the independent evidence that an arm is held against: same
// domain and rung, and same weighting where independent models have several.
func (a *analyzer) alone(k Key) *evidence {
	var any *evidence
	for _, e := range a.evidence {
		if e.Arm != Independent || e.Domain != k.Domain || e.Rung != k.Rung {
			continue
		}
		if e.Weighting == k.Weighting {
			return e
		}
		if any == nil {
			any = e
		}
	}
	return any
}

// against adds effect and gain of one arm on one domain, held against the
// independent runs.
func (a *analyzer) against(c *effect.Comparison, e *evidence) error {
	o, metric := a.options(e.Domain)
	if !a.GainsOnly {
		if err := a.addEffect(c, e); err != nil {
			return err
		}
	}
	gain, err := c.Gain(o.Measure)
	if err != nil {
		return err
	}
	gain.Metric = metric
	a.results.Gains = append(a.results.Gains, Gain{e.Key, e.pool, *gain})
	return nil
}

// addEffect adds the effect of a comparison, if there are runs enough.
func (a *analyzer) addEffect(c *effect.Comparison, e *evidence) error {
	found, err := c.Effect()
	if errors.Is(err, effect.ErrOneRun) {
		a.warn("%s on %s: one run on a side; transfer and interference need at least two seeds per arm", e.Arm, e.Domain)
		return nil
	}
	if err != nil {
		return err
	}
	nameCalls(found, a.samples[e.Domain].ids)
	a.results.Effects = append(a.results.Effects, Effect{e.Key, *found})
	return nil
}

// placebo adds the independent runs against themselves, where there are
// enough.
func (a *analyzer) placebo(e *evidence) error {
	o, _ := a.options(e.Domain)
	p, err := effect.Placebo(e.runs, o.Options)
	if errors.Is(err, effect.ErrOneRun) {
		return nil
	}
	if err != nil {
		return err
	}
	a.results.Placebo = append(a.results.Placebo, Effect{e.Key, *p})
	return nil
}
