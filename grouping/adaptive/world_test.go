package adaptive

import (
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/losses"
	"github.com/sharewise/sharewise/grouping"
)

// kind says how the domains of a planted world are related.
type kind string

const (
	strong  kind = "strong"  // pairs save a quarter of each other's errors, others cost an eighth
	weak    kind = "weak"    // pairs save a twelfth, others cost a twenty-fifth
	none    kind = "none"    // nothing helps or hurts by more than chance
	harmful kind = "harmful" // pairs save a fifth, the last domain costs all others nearly a third
	mixed   kind = "mixed"   // every domain brings something else to every other, good or bad
)

var kinds = []kind{strong, weak, none, harmful}

// The planted world: latent difficulties of samples have these standard deviations
// for all arms alike and for each arm, and runs move the accuracy by the last.
const (
	hardness, armSpread = 1.4, 0.4
	accuracySpread      = 0.02
	worldSamples        = 1000
	otherSpread         = 0.02 // of gains, beside their kind
	mixedSpread         = 0.07 // where there is no kind
)

// world is a study whose truth is known. Outcomes of runs are drawn as if models
// had been trained; they depend on the world's seed, the arm and the run alone.
type world struct {
	names       []string
	seed        uint64
	correlation float64     // of runs of one seed
	alone       []float64   // error of independent models
	brings      [][]float64 // what a source saves of a target's errors, by target
	hard        [][]float64 // of samples, by domain
	pairsOnly   bool        // no arm of all together
	noPairs     bool        // pools are proposed
	blur        float64     // of the estimate by which they are
	most        int         // runs of an arm
	cells       map[string]*plantedCell
	// measured are gains by pool and domain, of a world that was trained and not
	// planted, see replay.
	measured map[string]float64
}

// plantedCell is what the runs of an arm did on a domain.
type plantedCell struct {
	wrong [][]bool // by run
	level []float64
	own   *rand.Rand
}

func newWorld(seed uint64, k kind, n int, correlation float64) *world {
	random := rand.New(rand.NewPCG(seed, 0x776f726c64)) // "world"
	w := &world{seed: seed, correlation: correlation, most: 30, cells: map[string]*plantedCell{}}
	for j := range n {
		w.names = append(w.names, string(rune('a'+j)))
		w.alone = append(w.alone, 0.1+0.2*random.Float64())
		gains := make([]float64, n)
		for i := range gains {
			if i != j {
				spread := otherSpread
				if k == mixed {
					spread = mixedSpread
				}
				gains[i] = k.brings(i, j, n) + spread*random.NormFloat64()
			}
		}
		w.brings = append(w.brings, gains)
		hard := make([]float64, worldSamples)
		for i := range hard {
			hard[i] = hardness * random.NormFloat64()
		}
		w.hard = append(w.hard, hard)
	}
	return w
}

// brings is the mean of what the source saves of the target's errors.
func (k kind) brings(source, target, n int) float64 {
	together := source/2 == target/2
	switch {
	case k == strong && together:
		return 0.25
	case k == strong:
		return -0.12
	case k == weak && together:
		return 0.08
	case k == weak:
		return -0.04
	case k == harmful && source == n-1:
		return -0.3
	case k == harmful && together && target != n-1:
		return 0.2
	}
	return 0
}

// gain is what a domain truly gains in a pool: the mean of what the others bring,
// a little less with each beyond the first, and more or less by the pool.
func (w *world) gain(pool []int, j int) float64 {
	if len(pool) < 2 {
		return 0
	}
	sum, key := 0.0, uint64(0)
	for _, i := range pool {
		key |= 1 << i
		if i != j {
			sum += w.brings[j][i] / float64(len(pool)-1)
		}
	}
	if g, ok := w.measured[fmt.Sprint(pool, j)]; ok {
		return g
	}
	if len(pool) == 2 || w.measured != nil {
		return sum
	}
	random := rand.New(rand.NewPCG(w.seed^key<<16, uint64(j)))
	return sum - 0.005*float64(len(pool)-2) + 0.01*random.NormFloat64()
}

// outcomes are which samples of domain j the first runs of an arm get wrong.
func (w *world) outcomes(pool []int, j, runs int) [][]bool {
	key := fmt.Sprint(pool, j)
	c := w.cells[key]
	if c == nil {
		mask := uint64(0)
		for _, i := range pool {
			mask |= 1 << i
		}
		c = &plantedCell{own: rand.New(rand.NewPCG(w.seed^mask<<16, uint64(j)<<8|1))}
		total := math.Sqrt(1 + hardness*hardness + armSpread*armSpread)
		level := total * distuv.UnitNormal.Quantile(w.alone[j]*(1-w.gain(pool, j)))
		for _, hard := range w.hard[j] {
			c.level = append(c.level, level+hard+armSpread*c.own.NormFloat64())
		}
		w.cells[key] = c
	}
	if len(c.wrong) >= runs {
		return c.wrong[:runs]
	}
	total := math.Sqrt(1 + hardness*hardness + armSpread*armSpread)
	spread := accuracySpread * total / distuv.UnitNormal.Prob(distuv.UnitNormal.Quantile(w.alone[j]))
	own, common := math.Sqrt(1-w.correlation), math.Sqrt(w.correlation)
	for k := len(c.wrong); k < runs; k++ {
		seed := rand.New(rand.NewPCG(w.seed, uint64(k)<<20|uint64(j)<<8|2)) // the same in all arms
		shift := spread * (common*seed.NormFloat64() + own*c.own.NormFloat64())
		wrong := make([]bool, len(c.level))
		for i, level := range c.level {
			noise := own * c.own.NormFloat64()
			if w.correlation > 0 {
				noise += common * seed.NormFloat64()
			}
			wrong[i] = level+shift > noise
		}
		c.wrong = append(c.wrong, wrong)
	}
	return c.wrong[:runs]
}

// table is the loss table of a run.
func (w *world) table(r analysis.Run) *losses.Table {
	t := &losses.Table{}
	pool := w.members(r.Domains)
	for _, j := range pool {
		for i, wrong := range w.outcomes(pool, j, int(r.Seed))[r.Seed-1] {
			t.Domain, t.Seed = append(t.Domain, w.names[j]), append(t.Seed, r.Seed)
			t.Sample = append(t.Sample, losses.SampleID{Number: int64(i)})
			loss := float32(0)
			if wrong {
				loss = 1
			}
			t.Loss, t.Correct = append(t.Loss, loss), append(t.Correct, !wrong)
		}
	}
	return t
}

func (w *world) members(names []string) []int {
	var out []int
	for _, name := range names {
		out = append(out, slices.Index(w.names, name))
	}
	return out
}

// study is what analysis starts from, with these runs.
func (w *world) study(runs []analysis.Run) analysis.Study {
	s := analysis.Study{
		Name: "planted", Rungs: []string{"w1"}, Weightings: []string{"equal"}, Runs: runs, GainsOnly: true,
		Options: analysis.Options{Options: effect.Options{SharedSeeds: w.correlation > 0}},
		Open: func(r analysis.Run) iter.Seq2[*losses.Table, error] {
			return func(yield func(*losses.Table, error) bool) { yield(w.table(r), nil) }
		},
	}
	for j, name := range w.names {
		test := worldSamples
		if w.hard != nil { // nothing is planted in what was trained
			test = len(w.hard[j])
		}
		s.Domains = append(s.Domains, analysis.DomainInfo{Name: name, Task: "classification", Outputs: 2, Test: test})
	}
	return s
}

// arms are those of a plan of pairs and all together: domains alone first.
func (w *world) arms() [][]int {
	var out [][]int
	n := len(w.names)
	all := make([]int, n)
	for j := range n {
		out, all[j] = append(out, []int{j}), j
	}
	for j := range n {
		for i := range j {
			out = append(out, []int{i, j})
		}
	}
	if n > 2 {
		out = append(out, all)
	}
	return out
}

// fixed are the runs of a plan of so many seeds of every arm.
func (w *world) fixed(seeds int) []analysis.Run {
	var out []analysis.Run
	for _, arm := range w.arms() {
		r := analysis.Run{Arm: analysis.Independent, Rung: "w1", Weighting: "equal", Status: analysis.Finished}
		for _, j := range arm {
			r.Domains = append(r.Domains, w.names[j])
		}
		if len(arm) > 1 {
			r.Arm = fmt.Sprint("pool", r.Domains)
		}
		for k := range seeds {
			r.Seed = int64(k + 1)
			r.ID = fmt.Sprint(r.Arm, r.Domains, k)
			out = append(out, r)
		}
	}
	return out
}

// regret is by how much the best partition of all is better than this one, for
// each domain on average.
func (w *world) regret(groups [][]string) float64 {
	n := len(w.names)
	p := &grouping.Problem{Domains: w.names}
	for mask := 1; mask < 1<<n; mask++ {
		var pool grouping.Pool
		for j := range n {
			if mask>>j&1 == 1 {
				pool.Members = append(pool.Members, j)
			}
		}
		if len(pool.Members) < 2 {
			continue
		}
		for _, j := range pool.Members {
			pool.Gain = append(pool.Gain, w.gain(pool.Members, j))
		}
		p.Pools = append(p.Pools, pool)
	}
	best, err := grouping.Best(p)
	if err != nil {
		panic(err)
	}
	total := 0.0
	for _, names := range groups {
		pool := w.members(names)
		for _, j := range pool {
			total += w.gain(pool, j)
		}
	}
	return (best.Total - total) / float64(n)
}
