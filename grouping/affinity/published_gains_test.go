package affinity

import (
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"

	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/grouping"
	"github.com/sharewise/sharewise/grouping/internal/published"
)

// summary is a line of published.json: the audit of an estimator on a table, or the
// medians of audits where pools are parted at random in several ways.
type summary struct {
	Table     string  `json:"table"`
	Domains   int     `json:"domains"`
	Estimator string  `json:"estimator"`
	Pools     int     `json:"pools_trained"`
	Held      int     `json:"pools_held_out"`
	Splits    int     `json:"splits"`
	Spearman  float64 `json:"spearman"`
	Lo        float64 `json:"lo"`
	Hi        float64 `json:"hi"`
	Kendall   float64 `json:"kendall"`
	P         float64 `json:"p"`
	Signs     float64 `json:"signs"`
	UsualSign float64 `json:"usual_sign"`
	Error     float64 `json:"error"`
	OfMean    float64 `json:"error_of_mean"`
	// Null where the best grouping pools none.
	Regret   effect.Number `json:"regret"`
	Half     effect.Number `json:"half_trained"`
	AtRandom effect.Number `json:"half_at_random"`
	Passed   float64       `json:"passed"` // share of splits
}

// summarise audits estimators on the pools that each leaves.
func summarise(t *testing.T, name string, domains int, audits ...func(split int) (Estimator, []grouping.Pool)) summary {
	t.Helper()
	var reports []*Report
	for split, audit := range audits {
		e, held := audit(split)
		r, err := Audit(e, domains, held, AuditOptions{Draws: 500, Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		reports = append(reports, r)
	}
	median := func(f func(*Report) float64) float64 {
		var v []float64
		for _, r := range reports {
			if x := f(r); finite(x) {
				v = append(v, x)
			}
		}
		if len(v) == 0 {
			return math.NaN()
		}
		slices.Sort(v)
		return math.Round(1e4*(v[(len(v)-1)/2]+v[len(v)/2])/2) / 1e4
	}
	s := summary{
		Table: name, Domains: domains, Estimator: reports[0].Name, Pools: reports[0].Pools, Held: reports[0].Held, Splits: len(reports),
		Spearman: median(func(r *Report) float64 { return r.Spearman.Value }), Lo: median(func(r *Report) float64 { return r.Spearman.Lo }), Hi: median(func(r *Report) float64 { return r.Spearman.Hi }),
		Kendall: median(func(r *Report) float64 { return float64(r.Kendall) }), P: median(func(r *Report) float64 { return float64(r.P) }),
		Signs: median(func(r *Report) float64 { return float64(r.Signs) }), UsualSign: median(func(r *Report) float64 { return float64(r.UsualSign) }),
		Error: median(func(r *Report) float64 { return float64(r.Error) }), OfMean: median(func(r *Report) float64 { return float64(r.ErrorOfMean) }),
		Regret: effect.Number(median(func(r *Report) float64 { return float64(r.Regret.Share) })), Half: effect.Number(median(func(r *Report) float64 { return float64(r.Screened.Share) })),
		AtRandom: effect.Number(median(func(r *Report) float64 { return float64(r.Screened.AtRandom) })),
	}
	for _, r := range reports {
		if r.Passed {
			s.Passed += 1 / float64(len(reports))
		}
	}
	s.Passed = math.Round(100*s.Passed) / 100
	return s
}

// fitted are audits of a surrogate fitted to some pools, parted in ten ways.
func fitted(t *testing.T, k Kernel, domains, fit int, pools []grouping.Pool) (out []func(int) (Estimator, []grouping.Pool)) {
	for range 10 {
		out = append(out, func(split int) (Estimator, []grouping.Pool) {
			order := rand.New(rand.NewPCG(uint64(split), 6)).Perm(len(pools))
			var train, held []grouping.Pool
			for i, at := range order {
				if i < fit {
					train = append(train, pools[at])
				} else {
					held = append(held, pools[at])
				}
			}
			e, err := NewSurrogate(k, domains, train)
			if err != nil {
				t.Fatal(err)
			}
			return e, held
		})
	}
	return out
}

// TestPublishedGains audits estimators on gains and losses that others measured
// for all subsets of some tasks.
func TestPublishedGains(t *testing.T) {
	dir := published.Folder(t)
	file := func(name string) string { return filepath.Join(dir, name) }
	type study struct {
		name    string
		domains int
		pools   []grouping.Pool
		others  []Estimator
		fits    []int
	}
	ett, task := file("mtg_ETTm1_x.csv"), file("mtg_taskonomy_x.csv")
	studies := []study{
		{"ETTm1", 7, gains(t, ett, file("mtg_ETTm1_y.csv")), []Estimator{
			tableOf(t, "HOA of validation gains, published", 21, ett, file("mtg_ETTm1_HOA.csv")),
			tableOf(t, "TAG, published", 1, ett, file("mtg_ETTm1_TAG_HOA.csv"))}, []int{21, 40}},
		{"Taskonomy", 5, gains(t, task, file("mtg_taskonomy.csv")), []Estimator{tableOf(t, "TAG, published", 1, task, file("mtg_taskonomy_TAGHOA.csv"))}, []int{13}},
		{"Standley", 5, standley(t, file("standley_results_test.txt")), nil, []int{13}},
		{"Standley, large", 5, standley(t, file("standley_results_large_test.txt")), nil, []int{13}},
	}
	var all []summary
	for _, s := range studies {
		pairs, larger := bySize(s.pools)
		all = append(all, summarise(t, s.name, s.domains, func(int) (Estimator, []grouping.Pool) { return NewPairMean(s.domains, pairs), larger }))
		for _, e := range s.others {
			all = append(all, summarise(t, s.name, s.domains, func(int) (Estimator, []grouping.Pool) { return e, s.pools }))
		}
		for _, fit := range s.fits {
			for _, k := range []Kernel{Linear, LinearPairs, Radial} {
				all = append(all, summarise(t, s.name, s.domains, fitted(t, k, s.domains, fit, s.pools)...))
			}
		}
	}
	checkPublished(t, "gains.json", all)
}
