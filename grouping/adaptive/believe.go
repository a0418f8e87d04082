package adaptive

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/losses"
	"github.com/sharewise/sharewise/analysis/measures"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/grouping"
	"github.com/sharewise/sharewise/grouping/nextruns"
)

// believe says by how much the gains of a problem may be wrong, from the losses of
// the runs that have ended: the variance of runs around their arm, and that of
// samples around their domain.
//
// What runs of one arm differ by is known badly from few runs. Over V_i, what they
// would differ by if runs moved every sample by itself, it is taken as the same
// for all arms, in the mean.
func believe(folder layout.Folder, plan *study.Plan, results *analysis.Results, p *grouping.Problem) (*nextruns.Belief, nextruns.Runs, error) {
	runs := nextruns.Runs{Alone: make([]int, len(p.Domains)), Pools: make([]int, len(p.Pools))}
	b := &nextruns.Belief{Problem: p, Targets: make([]nextruns.Target, len(p.Domains))}
	sets := map[string]*outcomes{} // by arm and domain
	var order []*outcomes
	for _, r := range plan.Runs {
		done, err := folder.Run(r.ID).ReadDone(r.Hash)
		if err != nil {
			return nil, runs, err
		}
		if done == nil || done.Status != layout.Finished {
			continue
		}
		byDomain, err := readOutcomes(folder.Run(r.ID).Losses(), results)
		if err != nil {
			return nil, runs, err
		}
		for _, name := range r.Domains {
			key := fmt.Sprint(r.Domains, name)
			if sets[key] == nil {
				sets[key] = &outcomes{}
				order = append(order, sets[key])
			}
			sets[key].add(byDomain[name])
		}
	}
	ratio, freedom := 0.0, 0.0
	for _, s := range order {
		between, within := s.variances()
		if within > 0 {
			ratio += float64(len(s.runs)-1) * between / within
			freedom += float64(len(s.runs) - 1)
		}
	}
	if freedom > 0 {
		ratio /= freedom
		b.Freedom = freedom
	}
	for j, name := range p.Domains {
		together, paired := correlation(results, name)
		alone := sets[fmt.Sprint([]string{name}, name)]
		if alone == nil {
			continue
		}
		runs.Alone[j] = len(alone.runs)
		t, base := &b.Targets[j], alone.mean()
		t.Paired = paired
		_, within := alone.variances()
		variances := []float64{ratio * within / (base * base)}
		var influence [][]float64
		for k, pool := range p.Pools {
			if !slices.Contains(pool.Members, j) {
				continue
			}
			s := sets[fmt.Sprint(members(p, k), name)]
			runs.Pools[k] = len(s.runs)
			from := alone
			if paired {
				n := min(len(alone.runs), len(s.runs))
				from, s = &outcomes{alone.runs[:n]}, &outcomes{s.runs[:n]}
			}
			load := s.mean() / from.mean()
			_, within := s.variances()
			t.Pools, t.Load = append(t.Pools, k), append(t.Load, load)
			variances = append(variances, ratio*within/(base*base))
			d := make([]float64, len(alone.runs[0]))
			left, right := from.sampleMeans(), s.sampleMeans()
			for i := range d {
				d[i] = (load*left[i] - right[i]) / base
			}
			influence = append(influence, d)
		}
		if len(t.Pools) == 0 {
			continue
		}
		t.Run, t.Sample = mat.NewSymDense(len(variances), nil), mat.NewSymDense(len(influence), nil)
		for x, v := range variances {
			for y, w := range variances[:x] {
				t.Run.SetSym(x, y, together*math.Sqrt(v*w))
			}
			t.Run.SetSym(x, x, v)
		}
		for x := range influence {
			for y := x; y < len(influence); y++ {
				t.Sample.SetSym(x, y, covarianceOfMeans(influence[x], influence[y]))
			}
		}
	}
	return b, runs, nil
}

// correlation is that of runs of one seed, 0 where it is not known, and whether
// gains of a domain rest on these alone: analysis keeps to them unless the
// correlation is known to be less than a half.
func correlation(results *analysis.Results, domain string) (together float64, paired bool) {
	if results.Pairing == nil {
		return 0, false
	}
	c := results.Pairing.Errors
	for _, d := range results.Domains {
		if d.Name == domain && d.Measure == measures.Loss {
			c = results.Pairing.Losses
		}
	}
	if !c.Value.Known() {
		return 0, true
	}
	v := float64(c.Value)
	return max(0, v), v >= 0.5
}

// outcomes are the errors or losses of an arm's runs on the samples of a domain.
type outcomes struct {
	runs [][]float64 // run, sample
}

func (s *outcomes) add(run []float64) { s.runs = append(s.runs, run) }

func (s *outcomes) sampleMeans() []float64 {
	out := make([]float64, len(s.runs[0]))
	for _, r := range s.runs {
		for i, x := range r {
			out[i] += x / float64(len(s.runs))
		}
	}
	return out
}

func (s *outcomes) mean() float64 { return mean(s.sampleMeans()) }

// variances are that of a run's mean between runs, and what it would be if runs
// moved every sample by itself.
func (s *outcomes) variances() (between, within float64) {
	k, n := float64(len(s.runs)), float64(len(s.runs[0]))
	if k < 2 {
		return 0, 0
	}
	centre := s.sampleMeans()
	all := mean(centre)
	for _, r := range s.runs {
		d := mean(r) - all
		between += d * d / (k - 1)
		for i, x := range r {
			within += (x - centre[i]) * (x - centre[i]) / ((k - 1) * n * n)
		}
	}
	return between, within
}

// readOutcomes reads a run's table: of every domain what its gains rest on.
func readOutcomes(path string, results *analysis.Results) (map[string][]float64, error) {
	onLoss := map[string]bool{}
	for _, d := range results.Domains {
		onLoss[d.Name] = d.Measure == measures.Loss
	}
	out := map[string][]float64{}
	for t, err := range losses.Batches(path) {
		if err != nil {
			return nil, err
		}
		for i, name := range t.Domain {
			x := float64(t.Loss[i])
			if !onLoss[name] && t.Correct != nil {
				if x = 1; t.Correct[i] {
					x = 0
				}
			}
			out[name] = append(out[name], x)
		}
	}
	return out, nil
}

func mean(v []float64) float64 {
	sum := 0.0
	for _, x := range v {
		sum += x
	}
	return sum / float64(len(v))
}

func covarianceOfMeans(x, y []float64) float64 {
	n, mx, my, sum := float64(len(x)), mean(x), mean(y), 0.0
	for i := range x {
		sum += (x[i] - mx) * (y[i] - my)
	}
	return sum / (n * (n - 1))
}
