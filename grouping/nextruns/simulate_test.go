package nextruns

import (
	"math"
	"math/rand/v2"
	"os"
	"slices"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"github.com/sharewise/sharewise/grouping"
)

// world is a planted study: what runs would give is drawn from what is true of
// them, without training. Errors of runs are measured on test samples of which
// some are hard and some are easy, for every arm alike.
type world struct {
	domains []string
	pools   [][]int
	truth   [][]float64 // gain, by pool and member
	alone   []float64   // error of a domain's independent models
	samples int
	spread  float64 // standard deviation of a run's effect on the logit
	// paired is the correlation of the effects of runs of equal number; where it is
	// not 0, gains rest on these.
	paired float64

	random *rand.Rand
	common map[int][]float64 // by target and run: the effect that arms share
	hard   [][]float64       // by domain: each sample's effect on the logit
	own    [][][]float64     // by domain, arm (0: independent): each sample's effect in this arm
	runs   map[arm][][]bool
}

// arm is a pool with one of its members as the target; pool -1 is the
// independent arm.
type arm struct{ pool, target int }

// newWorld plants gains of pairs and of the pool of all: what domains gain is the
// mean of what each other member brings.
func newWorld(random *rand.Rand, affinity [][]float64, samples int) *world {
	n := len(affinity)
	w := &world{samples: samples, spread: 0.15 + 0.2*random.Float64(), random: random, runs: map[arm][][]bool{}, common: map[int][]float64{}}
	for i := range n {
		w.domains = append(w.domains, string(rune('a'+i)))
		w.alone = append(w.alone, 0.1+0.2*random.Float64())
		for k := range i {
			w.pools = append(w.pools, []int{k, i})
		}
	}
	if n > 2 {
		all := make([]int, n)
		for i := range all {
			all[i] = i
		}
		w.pools = append(w.pools, all)
	}
	for _, pool := range w.pools {
		var gains []float64
		for _, j := range pool {
			sum := 0.0
			for _, i := range pool {
				if i != j {
					sum += affinity[j][i]
				}
			}
			gains = append(gains, sum/float64(len(pool)-1))
		}
		w.truth = append(w.truth, gains)
	}
	for range n {
		hard := make([]float64, samples)
		for i := range hard {
			hard[i] = 1.5 * random.NormFloat64()
		}
		own := make([][]float64, len(w.pools)+1)
		for a := range own {
			own[a] = make([]float64, samples)
			for i := range own[a] {
				own[a][i] = 0.4 * random.NormFloat64()
			}
		}
		w.hard, w.own = append(w.hard, hard), append(w.own, own)
	}
	return w
}

// errorOf is the true error of an arm on a domain.
func (w *world) errorOf(a arm) float64 {
	if a.pool < 0 {
		return w.alone[a.target]
	}
	return w.alone[a.target] * (1 - w.truth[a.pool][slices.Index(w.pools[a.pool], a.target)])
}

// outcomes returns the outcomes of the first runs of an arm on a domain: which
// samples are wrong.
func (w *world) outcomes(a arm, runs int) [][]bool {
	for len(w.runs[a]) < runs {
		// The logit at which the mean error over samples and runs is the true one,
		// by the usual approximation of a logistic-normal mean.
		variance := 1.5*1.5 + 0.4*0.4 + w.spread*w.spread
		p := w.errorOf(a)
		level := math.Log(p/(1-p)) * math.Sqrt(1+variance*math.Pi/8)
		for len(w.common[a.target]) <= len(w.runs[a]) {
			w.common[a.target] = append(w.common[a.target], w.random.NormFloat64())
		}
		shared := w.common[a.target][len(w.runs[a])]
		effect := w.spread * (math.Sqrt(w.paired)*shared + math.Sqrt(1-w.paired)*w.random.NormFloat64())
		wrong := make([]bool, w.samples)
		for i := range wrong {
			x := level + effect + w.hard[a.target][i] + w.own[a.target][a.pool+1][i]
			wrong[i] = w.random.Float64() < 1/(1+math.Exp(-x))
		}
		w.runs[a] = append(w.runs[a], wrong)
	}
	return w.runs[a][:runs]
}

// belief estimates gains, and the variances of runs pooled over all arms on a
// scale on which they are about the same, error·(1-error).
func (w *world) belief(runs Runs) *Belief {
	p := &grouping.Problem{Domains: w.domains}
	b := &Belief{Problem: p}
	mean := func(a arm, k int) float64 { return share(w.outcomes(a, k)) }
	scale, freedom := 0.0, 0.0
	add := func(a arm, k int) {
		m := mean(a, k)
		for _, r := range w.outcomes(a, k) {
			d := share([][]bool{r}) - m
			scale += d * d / (m*(1-m) + 1e-9)
		}
		freedom += float64(k - 1)
	}
	for j := range w.domains {
		add(arm{-1, j}, runs.Alone[j])
	}
	together := w.correlation(runs)
	paired := w.paired > 0 && !(together < 0.5)
	both := func(j, s int) (alone, pool int) {
		if paired {
			k := min(runs.Alone[j], runs.Pools[s])
			return k, k
		}
		return runs.Alone[j], runs.Pools[s]
	}
	for s, pool := range w.pools {
		q := grouping.Pool{Members: pool}
		for _, j := range pool {
			add(arm{s, j}, runs.Pools[s])
			alone, pool := both(j, s)
			q.Gain = append(q.Gain, 1-mean(arm{s, j}, pool)/mean(arm{-1, j}, alone))
		}
		p.Pools = append(p.Pools, q)
	}
	b.Freedom = freedom
	variance := func(m float64) float64 { return scale / freedom * (m*(1-m) + 1e-9) }
	for j := range w.domains {
		t := Target{Paired: paired}
		base := mean(arm{-1, j}, runs.Alone[j])
		var influence [][]float64
		run := []float64{variance(base) / (base * base)}
		for s, pool := range w.pools {
			if !slices.Contains(pool, j) {
				continue
			}
			alone, pool := both(j, s)
			left, outcomes := rates(w.outcomes(arm{-1, j}, alone)), w.outcomes(arm{s, j}, pool)
			m := share(outcomes)
			load := m / base
			t.Pools, t.Load = append(t.Pools, s), append(t.Load, load)
			run = append(run, variance(m)/(base*base))
			d := make([]float64, w.samples)
			for i, q := range rates(outcomes) {
				d[i] = (load*left[i] - q) / base
			}
			influence = append(influence, d)
		}
		m := len(t.Pools)
		t.Run, t.Sample = mat.NewSymDense(m+1, nil), mat.NewSymDense(m, nil)
		for x, v := range run {
			t.Run.SetSym(x, x, v)
			for y := range x {
				if together > 0 {
					t.Run.SetSym(x, y, together*math.Sqrt(v*run[y]))
				}
			}
		}
		for x := range influence {
			for y := x; y < m; y++ {
				t.Sample.SetSym(x, y, covarianceOfMeans(influence[x], influence[y]))
			}
		}
		b.Targets = append(b.Targets, t)
	}
	return b
}

// correlation is that of the errors of independent and shared runs of equal number,
// the mean over all cells with three of them or more; NaN where there is none.
func (w *world) correlation(runs Runs) float64 {
	if w.paired == 0 {
		return 0
	}
	sum, cells := 0.0, 0.0
	for s, pool := range w.pools {
		for _, j := range pool {
			k := min(runs.Alone[j], runs.Pools[s])
			if k < 3 {
				continue
			}
			var x, y []float64
			for r := range k {
				x = append(x, share(w.outcomes(arm{-1, j}, k)[r:r+1]))
				y = append(y, share(w.outcomes(arm{s, j}, k)[r:r+1]))
			}
			if c := stat.Correlation(x, y, nil); !math.IsNaN(c) {
				sum, cells = sum+c, cells+1
			}
		}
	}
	return sum / cells
}

// rates are the shares of runs in which each sample is wrong.
func rates(runs [][]bool) []float64 {
	out := make([]float64, len(runs[0]))
	for _, r := range runs {
		for i, wrong := range r {
			if wrong {
				out[i] += 1 / float64(len(runs))
			}
		}
	}
	return out
}

func share(runs [][]bool) float64 {
	sum := 0.0
	for _, x := range rates(runs) {
		sum += x
	}
	return sum / float64(len(runs[0]))
}

func covarianceOfMeans(x, y []float64) float64 {
	n := float64(len(x))
	mx, my, sum := 0.0, 0.0, 0.0
	for i := range x {
		mx += x[i] / n
		my += y[i] / n
	}
	for i := range x {
		sum += (x[i] - mx) * (y[i] - my)
	}
	return sum / (n * (n - 1))
}

// exhaustive says that tests may take minutes.
func exhaustive() bool { return os.Getenv("SHAREWISE_TESTS") == "exhaustive" }
