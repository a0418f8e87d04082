package affinity

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/grouping"
)

// ErrNothingToAudit is returned where an estimator scores none of the pools.
var ErrNothingToAudit = errors.New("no pool has a score and a gain")

// AuditOptions state the rule by which an estimator passes. The zero value is
// the default rule.
type AuditOptions struct {
	// MinCorrelation is what the lower limit of the rank correlation must
	// exceed; 0 asks for more than a random order.
	MinCorrelation float64
	// MaxP is what the permutation test's p must not exceed; 0 stands for 0.1:
	// screening only decides what is measured next.
	MaxP float64
	// MaxRegret is the largest share of the best grouping's total that may be
	// lost by training only the better half of the held-out pools; 0 stands for
	// 0.25.
	MaxRegret float64
	// Level is the coverage of limits; 0 stands for 0.95.
	Level float64
	// Draws is the number of bootstrap samples and of permutations; 0 stands for
	// 2000. Seed is theirs.
	Draws int
	Seed  uint64
}

func (o AuditOptions) withDefaults() AuditOptions {
	if o.MaxP == 0 {
		o.MaxP = 0.1
	}
	if o.MaxRegret == 0 {
		o.MaxRegret = 0.25
	}
	if o.Level == 0 {
		o.Level = 0.95
	}
	if o.Draws == 0 {
		o.Draws = 2000
	}
	return o
}

// Report is what an audit found. Figures are NaN where too little is there for
// them.
type Report struct {
	Method
	// Held and Cells count the held-out pools that have scores, and their
	// members.
	Held  int `json:"held"`
	Cells int `json:"cells"`
	// Spearman is the rank correlation of scores and gains over all cells, with
	// limits by the bootstrap over pools. Kendall is τ_b.
	Spearman effect.Interval `json:"spearman"`
	Kendall  effect.Number   `json:"kendall"`
	// Within is Spearman's correlation after every target's own mean was taken
	// from its scores and gains: does the estimator know whom a domain should be
	// pooled with, or only who gains from anybody? Targets of one cell are left
	// out.
	Within effect.Number `json:"within"`
	// P is the share of orders of the domains' names, among Orders that were
	// tried, under which the estimator does as well as under the right one. It
	// holds whatever cells of a domain have in common (quadratic assignment
	// test: Hubert and Schultz 1976).
	P      effect.Number `json:"p"`
	Orders int           `json:"orders"`
	// Signs is the share of gains whose sign the calibrated score has, UsualSign
	// that of the more frequent sign.
	Signs     effect.Number `json:"signs"`
	UsualSign effect.Number `json:"usual_sign"`
	// Error is the root mean squared error of the calibrated scores, ErrorOfMean
	// that of the mean gain of all other pools, in units of the gains.
	Error       effect.Number `json:"error"`
	ErrorOfMean effect.Number `json:"error_of_mean"`
	// Regret is that of a grouping chosen by the scores alone, Screened that of
	// training the better half by score and choosing by gains.
	Regret   Regret   `json:"regret"`
	Screened Screened `json:"screened"`
	// Passed says that the estimator may be used for screening; Why tells which
	// conditions failed.
	Passed bool     `json:"passed"`
	Why    []string `json:"why"`
	// Tested has the scores beside the gains. Names of pools and domains are those
	// that Name gives them.
	Tested []Tested `json:"tested"`
}

// Tested is the score of a member of a held-out pool beside its measured gain.
type Tested struct {
	Pool   []string `json:"pool"`
	Domain string   `json:"domain"`
	Score  float64  `json:"score"`
	Gain   float64  `json:"gain"`

	members []int
	target  int
}

// NameDomains names the domains of what was tested.
func (r *Report) NameDomains(domains []string) {
	for k := range r.Tested {
		t := &r.Tested[k]
		t.Pool, t.Domain = nil, domains[t.target]
		for _, m := range t.members {
			t.Pool = append(t.Pool, domains[m])
		}
	}
}

// Audit holds an estimator against the measured gains of pools that it does not
// rest on. domains is the number of domains. It fails with ErrNothingToAudit
// where no pool has both.
func Audit(e Estimator, domains int, held []grouping.Pool, o AuditOptions) (*Report, error) {
	o = o.withDefaults()
	names := make([]int, domains)
	for i := range names {
		names[i] = i
	}
	all := cells(e, held, names)
	if len(all) == 0 {
		return nil, fmt.Errorf("affinity: audit of %s: %w", e.Method().Name, ErrNothingToAudit)
	}
	r := &Report{Method: e.Method(), Cells: len(all), Held: len(byPool(all))}
	x, y := columns(all)
	r.Spearman, r.Kendall = overPools(all, o), effect.Number(kendall(x, y))
	r.Within = effect.Number(within(all))
	r.P, r.Orders = permute(e, domains, held, r.Spearman.Value, o)
	predicted, without := calibrate(all)
	r.Error, r.ErrorOfMean = rmse(all, predicted), rmse(all, without)
	r.Signs, r.UsualSign = signs(all, predicted)
	for _, c := range all {
		r.Tested = append(r.Tested, Tested{members: held[c.pool].Members, target: c.target, Score: c.score, Gain: c.gain})
	}
	var err error
	if r.Regret, err = regret(domains, held, all, predicted); err != nil {
		return nil, err
	}
	if r.Screened, err = screened(domains, held, all, predicted, o); err != nil {
		return nil, err
	}
	r.judge(o)
	return r, nil
}

// judge applies the rule.
func (r *Report) judge(o AuditOptions) {
	r.Why = []string{}
	fail := func(format string, args ...any) { r.Why = append(r.Why, fmt.Sprintf(format, args...)) }
	if math.IsNaN(r.Spearman.Value) {
		fail("there is no rank correlation: too few pools, or all scores or gains are the same")
		return
	}
	if math.IsNaN(r.Spearman.Lo) {
		fail("the rank correlation is %.2f, and too few pools are there for limits", r.Spearman.Value)
	} else if !(r.Spearman.Lo > o.MinCorrelation) {
		fail("the rank correlation is %.2f, with a lower limit of %.2f that is not above %g", r.Spearman.Value, r.Spearman.Lo, o.MinCorrelation)
	}
	if !(float64(r.P) <= o.MaxP) {
		fail("of %d orders of the domains' names a share of %.2g does as well, more than %g", r.Orders, r.P, o.MaxP)
	}
	if s := r.Screened; s.Best > 0 && !(float64(s.Share) <= o.MaxRegret) {
		fail("the better half of the pools by its scores loses %.0f %% of the best grouping's total, more than %.0f %%", 100*s.Share, 100*o.MaxRegret)
	}
	r.Passed = len(r.Why) == 0
}

// columns are the scores and the gains.
func columns(cells []cell) (scores, gains []float64) {
	for _, c := range cells {
		scores, gains = append(scores, c.score), append(gains, c.gain)
	}
	return scores, gains
}

// byPool parts cells by their pools, in order.
func byPool(cells []cell) [][]cell {
	var out [][]cell
	for k, c := range cells {
		if k == 0 || cells[k-1].pool != c.pool {
			out = append(out, nil)
		}
		out[len(out)-1] = append(out[len(out)-1], c)
	}
	return out
}

// within is Spearman's correlation of what is left of scores and gains after the
// means of their targets.
func within(cells []cell) float64 {
	score, gain := map[int]*mean{}, map[int]*mean{}
	for _, c := range cells {
		if score[c.target] == nil {
			score[c.target], gain[c.target] = &mean{}, &mean{}
		}
		score[c.target].add(c.score)
		gain[c.target].add(c.gain)
	}
	var x, y []float64
	for _, c := range cells {
		if score[c.target].n > 1 {
			x, y = append(x, c.score-score[c.target].value()), append(y, c.gain-gain[c.target].value())
		}
	}
	return spearman(x, y)
}

// overPools is Spearman's correlation with limits by the percentiles of the
// bootstrap over pools, whose members stay together (cluster bootstrap: Efron and
// Tibshirani 1993). Below four pools there are no limits.
func overPools(cells []cell, o AuditOptions) effect.Interval {
	x, y := columns(cells)
	out := effect.Interval{Value: spearman(x, y), Lo: math.NaN(), Hi: math.NaN()}
	pools := byPool(cells)
	if len(pools) < 4 || math.IsNaN(out.Value) {
		return out
	}
	random := rand.New(rand.NewPCG(o.Seed, 1))
	var drawn []float64
	for range o.Draws {
		var again []cell
		for range pools {
			again = append(again, pools[random.IntN(len(pools))]...)
		}
		x, y := columns(again)
		if v := spearman(x, y); !math.IsNaN(v) {
			drawn = append(drawn, v)
		}
	}
	if len(drawn) < o.Draws/2 {
		return out
	}
	slices.Sort(drawn)
	at := func(p float64) float64 { return drawn[int(math.Round(p*float64(len(drawn)-1)))] }
	out.Lo, out.Hi = min(at((1-o.Level)/2), out.Value), max(at((1+o.Level)/2), out.Value)
	return out
}
