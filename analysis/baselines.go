package analysis

import (
	"cmp"
	"fmt"
	"hash"
	"hash/fnv"
	"iter"
	"math"
	"slices"
	"strconv"

	"gonum.org/v1/gonum/stat"

	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/losses"
	"github.com/sharewise/sharewise/analysis/measures"
	"github.com/sharewise/sharewise/analysis/ranks"
)

// BaselineRun is a simple model of one domain that its networks are held
// against, such as a logistic regression.
type BaselineRun struct {
	Domain string
	Model  string // what it is
	// Text says how it came about, as a sentence.
	Text string
	// Hint says, as what follows "the model", which change of the study may help
	// networks too; empty for none.
	Hint string
	// Open yields the rows of its loss table, in pieces; nil where it was left
	// out.
	Open func() iter.Seq2[*losses.Table, error]
}

// Baseline is what a simple model of a domain scores, and how the domain's
// independent networks compare with it.
type Baseline struct {
	Domain string `json:"domain"`
	Model  string `json:"model"`
	Text   string `json:"text"`
	// Score has no limits: there is one run, and seeds play no part. It is nil
	// where the model was left out.
	Score *Score `json:"score"`
	// Against are the domain's independent networks, by rung and weighting.
	Against []Contest `json:"against"`
}

// Contest is a baseline against networks: by the figure of the domain's measure,
// such as AUC, where it has one, else by the figure that readers see first.
type Contest struct {
	Rung      string `json:"rung"`
	Weighting string `json:"weighting"`
	Metric    string `json:"metric"` // as in DomainInfo
	// Lead is how much better the baseline is than the networks are in the
	// mean. Its limits allow for the test samples, which both have, and for the
	// seeds of the networks.
	Lead effect.Interval `json:"lead"`
	// Weaker says that the networks are weaker: the lead is above Tolerance,
	// and above 0 by more than chance, which the more domains the more often
	// looks like a lead.
	Weaker    bool    `json:"weaker"`
	Tolerance float64 `json:"tolerance"`
	chance    float64 // of such a lead where there is none
}

// tolerances are the leads of a baseline that are not worth a word. Figures in
// units of their own, such as the loss, have none and are not compared.
var tolerances = map[string]float64{
	"accuracy": 0.01, "balanced_accuracy": 0.01, "exact_match": 0.01,
	"auc": 0.01, "average_precision": 0.01, "r2": 0.02,
}

// contestBlocks is the number of parts that test samples are dealt to, each of
// which is left out once: groups stay together. It also bounds the degrees of
// freedom.
const contestBlocks = 20

// resampled are the figures of one run on one domain, of all samples and of all
// but those of each block; nil for blocks without samples.
type resampled struct {
	seed    int64 // of the run; of a baseline, its fold from 1, and 0 for all
	whole   *tally
	without [contestBlocks]*tally
}

// at leaves a block out; all are there where it has no samples.
func (r *resampled) at(block int) *tally {
	if r.without[block] == nil {
		return r.whole
	}
	return r.without[block]
}

// dealt is a table without what says which samples its rows are of, which is most of it,
// and the block of each row instead.
type dealt struct {
	*losses.Table
	block []uint8
}

func dealOut(t *losses.Table) dealt {
	deal := dealer{hash: fnv.New32a()}
	slim := *t
	slim.Domain, slim.Sample, slim.Group = nil, nil, nil
	d := dealt{&slim, make([]uint8, t.Len())}
	for row := range d.block {
		d.block[row] = deal.block(t, row)
	}
	return d
}

// resampledOf takes the rows of one domain that are of a seed, 0 for any.
func resampledOf(tables []dealt, d DomainInfo, seed int64) *resampled {
	r := &resampled{seed: seed, whole: d.tally()}
	other := func(t *losses.Table, row int) bool { return seed != 0 && t.Seed[row] != seed }
	var sizes [contestBlocks]int
	for _, t := range tables {
		for row, b := range t.block {
			if !other(t.Table, row) {
				r.whole.add(t.Table, row)
				sizes[b]++
			}
		}
	}
	order := inOrder(tables, r.whole, other)
	many := d.tally().many && len(r.whole.targets) == 0 && len(r.whole.labels) == 0
	classes, ranked := r.whole.classes, order != nil && len(order) == len(r.whole.two.samples)
	r.whole.figures() // lets go of the samples
	if ranked || order == nil && many {
		r.leaveOut(newRemains(tables, order, other), classes, d)
		return r
	}
	for b, size := range sizes {
		if size == 0 || size == int(r.whole.n) {
			continue
		}
		part := d.tally()
		if order != nil {
			for _, x := range order {
				if x.block != uint8(b) {
					part.add(tables[x.table].Table, int(x.row))
				}
			}
		} else {
			for _, t := range tables {
				for row, block := range t.block {
					if block != uint8(b) && !other(t.Table, row) {
						part.add(t.Table, row)
					}
				}
			}
		}
		part.figures()
		r.without[b] = part
	}
	return r
}

// place is where a row is.
type place struct {
	score      float32 // NaN where it has none
	table, row int32
	block      uint8
	positive   bool // of class 1
}

// inOrder lists the rows by how likely they are taken for class 1 of two, downwards,
// so that tallies of most of them find them in order, which is quick to sort; nil
// where there are not two classes.
func inOrder(tables []dealt, whole *tally, other func(*losses.Table, int) bool) []place {
	if len(whole.two.samples) == 0 || whole.two.incomplete {
		return nil
	}
	var rows []place
	var scores []float32
	for i, t := range tables {
		for row, block := range t.block {
			if !other(t.Table, row) {
				rows = append(rows, place{t.PositiveScore(row), int32(i), int32(row), block, t.Label != nil && t.Label[row] == 1})
				scores = append(scores, rows[len(rows)-1].score)
			}
		}
	}
	order := make([]place, 0, len(rows))
	for _, at := range ranks.Descending(scores) {
		order = append(order, rows[at])
	}
	return order
}

// dealer deals samples to blocks.
type dealer struct {
	hash hash.Hash32
	text []byte
}

// block deals a sample to a block by its group, or by its own identity: the
// same in every table.
func (d *dealer) block(t *losses.Table, row int) uint8 {
	d.hash.Reset()
	switch id := t.Sample[row]; {
	case t.Group != nil && t.Group[row] != "":
		d.text = append(append(d.text[:0], "group\x00"...), t.Group[row]...)
	case id.Name != "":
		d.text = append(d.text[:0], id.Name...)
	default:
		d.text = strconv.AppendInt(d.text[:0], id.Number, 10)
	}
	d.hash.Write(d.text)
	return uint8(d.hash.Sum32() % contestBlocks)
}

// figure is a metric of a tally, NaN where it is unknown.
func figure(t *tally, metric string) float64 {
	s := scoreOf([]*tally{t}, 0.95)
	return s.Metric(metric).Value
}

// contest holds a baseline against runs of networks.
//
// The variance is that between samples, of which both sides have the same, by a
// jackknife over the B blocks, and that between the K runs:
//
//	V = (B-1)/B Σ_b (θ_-b - mean θ_-b)² + s²/K
//
// with Student's t and the degrees of freedom of Satterthwaite.
//
// bases has the baseline for every run: where data have folds, that of the run's
// fold.
func contest(bases, runs []*resampled, metric string, level float64) Contest {
	c := Contest{Metric: metric, Tolerance: tolerances[metric], Lead: effect.Unknown(), chance: 1}
	values := make([]float64, len(runs))
	for k, r := range runs {
		values[k] = figure(r.whole, metric) - figure(bases[k].whole, metric)
	}
	c.Lead.Value = -stat.Mean(values, nil)
	var leads []float64
	for b := range contestBlocks {
		if !slices.ContainsFunc(bases, func(base *resampled) bool { return base.without[b] != nil }) {
			continue
		}
		lead := 0.0
		for k, r := range runs {
			base := bases[k]
			if (base.without[b] == nil) != (r.without[b] == nil) {
				return c // other samples: no interval
			}
			lead += (figure(base.at(b), metric) - figure(r.at(b), metric)) / float64(len(runs))
		}
		leads = append(leads, lead)
	}
	if len(leads) < 2 {
		return c
	}
	n := float64(len(leads))
	vs := (n - 1) * (n - 1) / n * stat.Variance(leads, nil)
	v := effect.Variance{Value: vs, Freedom: n - 1}
	if k := float64(len(runs)); k > 1 {
		vr := stat.Variance(values, nil) / k
		if total := vs + vr; total > 0 {
			v = effect.Variance{Value: total, Freedom: total * total / (vs*vs/(n-1) + vr*vr/(k-1))}
		}
	}
	limits := v.Interval(c.Lead.Value, level)
	c.Lead.Lo, c.Lead.Hi = limits.Lo, limits.Hi
	c.chance = v.Chance(c.Lead.Value)
	return c
}

// judge says which of the contests of a study's domains networks lose: at a
// false discovery rate of half of what the limits leave out, by the procedure of
// Benjamini and Hochberg (1995). One contest alone is lost where its lower limit
// is above 0.
func judge(contests []*Contest, level float64) {
	order := slices.SortedStableFunc(slices.Values(contests), func(x, y *Contest) int { return cmp.Compare(x.chance, y.chance) })
	found := 0
	for i, c := range order {
		if c.chance <= (1-level)/2*float64(i+1)/float64(len(order)) {
			found = i + 1
		}
	}
	for i, c := range order {
		c.Weaker = i < found && c.Lead.Value > c.Tolerance
	}
}

// contestMetric is the figure by which a domain's baseline is compared.
func (d DomainInfo) contestMetric() string {
	return cmp.Or(measures.Of(d.Measure).Figure, d.Metric)
}

// readBaselines reads the tables of the baselines.
func (a *analyzer) readBaselines() error {
	a.baselines = map[string][]*resampled{}
	for _, b := range a.Baselines {
		if b.Open == nil {
			continue
		}
		var tables []dealt
		for t, err := range b.Open() {
			if err != nil {
				return fmt.Errorf("baseline of %s: %w", b.Domain, err)
			}
			if i := slices.IndexFunc(t.Domain, func(d string) bool { return d != b.Domain }); i >= 0 {
				return fmt.Errorf("baseline of %s: %w: its table has domain %s", b.Domain, ErrDomains, t.Domain[i])
			}
			tables = append(tables, dealOut(t))
		}
		if a.Folds == 0 {
			a.baselines[b.Domain] = []*resampled{resampledOf(tables, a.domain(b.Domain), 0)}
		}
		for f := range a.Folds {
			a.baselines[b.Domain] = append(a.baselines[b.Domain], resampledOf(tables, a.domain(b.Domain), int64(f+1)))
		}
	}
	return nil
}

// contests fills in what the baselines say of the networks, once it is known
// what each domain is measured by.
func (a *analyzer) contests() {
	type at struct{ rung, weighting string }
	beside := map[at][]*Contest{}
	for _, run := range a.Baselines {
		b := Baseline{Domain: run.Domain, Model: run.Model, Text: run.Text, Against: []Contest{}}
		d := a.domain(run.Domain)
		metric := d.contestMetric()
		if a.baselines[run.Domain] != nil {
			score := a.baselineScore(run.Domain)
			d.nameOutputs(&score)
			score.Arm, score.Domain = run.Model, run.Domain
			b.Score = &score
			for _, e := range a.evidence {
				if e.Arm != Independent || e.Domain != run.Domain || tolerances[metric] == 0 {
					continue
				}
				c := contest(a.basesOf(e), e.resampled, metric, a.Options.Level)
				c.Rung, c.Weighting = e.Rung, e.Weighting
				b.Against = append(b.Against, c)
			}
		}
		for i := range b.Against {
			if c := &b.Against[i]; !math.IsNaN(c.Lead.Value) {
				beside[at{c.Rung, c.Weighting}] = append(beside[at{c.Rung, c.Weighting}], c)
			}
		}
		a.results.Baselines = append(a.results.Baselines, b)
	}
	for _, contests := range beside {
		judge(contests, a.Options.Level)
	}
	a.worseThanBaseline()
}

// last is the contest at the largest rung, where it is one of figures that can
// be compared.
func (b *Baseline) last(rungs []string) *Contest {
	for i := range b.Against {
		if c := &b.Against[i]; len(rungs) > 0 && c.Rung == rungs[len(rungs)-1] && !math.IsNaN(c.Lead.Value) {
			return c
		}
	}
	return nil
}

// words are the figures of a contest: accuracy 0.816 against 0.862.
func (c *Contest) words(b Baseline) string {
	own := b.Score.Metric(c.Metric).Value
	name := cmp.Or(map[string]string{
		"r2": "R²", "auc": "AUC", "balanced_accuracy": "balanced accuracy",
		"average_precision": "average precision", "exact_match": "all labels right",
	}[c.Metric], c.Metric)
	return fmt.Sprintf("%s %.3f against %.3f", name, own-c.Lead.Value, own)
}

// basesOf are the baselines that the runs of independent models are held against: where
// data have folds, those of the same fold.
func (a *analyzer) basesOf(e *evidence) []*resampled {
	folds := a.baselines[e.Domain]
	out := make([]*resampled, len(e.resampled))
	for k, r := range e.resampled {
		out[k] = folds[foldOf(r.seed, len(folds))]
	}
	return out
}

// baselineScore is what a domain's baseline scores. Where data have folds it is the mean
// over those of the independent models at the largest rung, as theirs is.
func (a *analyzer) baselineScore(domain string) Score {
	bases := a.baselines[domain]
	for _, e := range a.evidence {
		if e.Arm == Independent && e.Domain == domain && e.Rung == a.results.LargestRung() && len(e.resampled) > 0 {
			bases = a.basesOf(e)
		}
	}
	tallies := make([]*tally, len(bases))
	for k, b := range bases {
		tallies[k] = b.whole
	}
	score := scoreBy(tallies, func(v []float64) effect.Interval { return effect.Point(stat.Mean(v, nil)) })
	score.Seeds = 1
	return score
}
