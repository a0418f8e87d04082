package merging

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/policy"
	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/train"
	"github.com/sharewise/sharewise/onnxio/exec"
)

// Config says what is merged. The zero value is what the command does.
type Config struct {
	Rung string // empty stands for the last
	// Pools is the largest number of pools: those that were trained, then pairs
	// in an order by chance, of which Seed is the seed; 0 stands for 1000.
	Pools int
	Seed  uint64
	// Scale is λ of task arithmetic, Density the share of elements that TIES
	// keeps; 0 stands for their defaults.
	Scale, Density float64
	// Minibatches measure statistics of batch normalisations; 0 stands for 20.
	Minibatches int
}

// ways are the ways of merging, in the order of results.
var ways = []struct {
	trial layout.Trial
	merge func(c Config, start []float32, models [][]float32) []float32
}{
	{layout.Trial{Name: "merged, average", Definition: "trunk of the pool: mean of its members' trunks", Source: "McMahan et al., Communication-Efficient Learning of Deep Networks from Decentralized Data, AISTATS 2017"},
		func(_ Config, _ []float32, models [][]float32) []float32 { return Average(models) }},
	{layout.Trial{Name: "merged, task arithmetic", Definition: "trunk of the pool: θ0 + λ Σ (θ_i − θ0), λ = 1/√n", Source: "Ilharco et al., Editing Models with Task Arithmetic, ICLR 2023"},
		func(c Config, start []float32, models [][]float32) []float32 {
			return Arithmetic(start, models, c.Scale)
		}},
	{layout.Trial{Name: "merged, TIES", Definition: "trunk of the pool: θ0 + merged vector, a fifth of the elements kept", Source: "Yadav et al., TIES-Merging: Resolving Interference When Merging Models, NeurIPS 2023"},
		func(c Config, start []float32, models [][]float32) []float32 {
			return TIES(start, models, c.Density, 1)
		}},
}

// Try merges the independent models of a study, seed by seed, for pools of its
// domains, and returns the losses of members on their validation data, means over
// seeds. It fails with ErrStart for a study whose runs have nothing in common, and
// with ErrNothing where fewer than two domains have trained models and validation
// data. Pools that the study's policy forbids are left out.
func Try(ctx context.Context, b exec.Backend, p *project.Project, folder layout.Folder, c Config) (*layout.Trials, error) {
	if c.Rung == "" {
		c.Rung = p.Plan.Rungs[len(p.Plan.Rungs)-1]
	}
	if c.Minibatches == 0 {
		c.Minibatches = 20
	}
	t := &trial{Config: c, project: p, out: &layout.Trials{Version: 1, Study: p.Plan.Study, Rung: c.Rung, Methods: []layout.Trial{}, Notes: []string{}}}
	for _, d := range p.Plan.Domains {
		t.out.Domains = append(t.out.Domains, d.Name)
	}
	runs, err := p.Finished(folder, study.Independent, c.Rung)
	if err != nil {
		return nil, fmt.Errorf("merging: %w", err)
	}
	if err := t.choose(runs); err != nil {
		return nil, fmt.Errorf("merging: %w", err)
	}
	for _, seed := range seeds(runs) {
		if err := t.seed(ctx, b, folder, seed, runs); err != nil {
			return nil, fmt.Errorf("merging: seed %d: %w", seed, err)
		}
	}
	return t.results()
}

func seeds(runs []study.PlannedRun) []int {
	var out []int
	for _, r := range runs {
		if !slices.Contains(out, r.Seed) {
			out = append(out, r.Seed)
		}
	}
	slices.Sort(out)
	return out
}

// trial sums losses up.
type trial struct {
	Config
	project *project.Project
	pools   [][]string
	sums    []sum // of way w and pool k, at w·len(pools)+k
	samples float64
	out     *layout.Trials
}

// sum adds up the losses of a pool's members, and alone.
type sum struct {
	loss, alone []float64
	seeds       int
}

// choose lists the pools of domains that have a model and validation data.
func (t *trial) choose(runs []study.PlannedRun) error {
	checker, err := t.project.Study.Checker()
	if err != nil {
		return err
	}
	usable := map[string]bool{}
	for _, r := range runs {
		name := r.Domains[0]
		if usable[name] = t.project.Domain(name).Val.Len() > 0; !usable[name] {
			t.note("domain %s has no validation samples, on which merged models are judged, and is in no merged pool", name)
		}
	}
	tried := map[string]bool{}
	forbidden := 0
	add := func(pool []string) {
		if key := strings.Join(pool, "\x00"); tried[key] || slices.ContainsFunc(pool, func(name string) bool { return !usable[name] }) {
			return
		} else {
			tried[key] = true
		}
		if checker.RefuseAct(policy.Pooling, pool) != nil {
			forbidden++
			return
		}
		t.pools = append(t.pools, pool)
	}
	most := t.Pools
	if most == 0 {
		most = 1000
	}
	for _, r := range t.project.Plan.Runs {
		if len(r.Domains) > 1 && len(t.pools) < most {
			add(r.Domains)
		}
	}
	pairs := pairsByChance(t.out.Domains, t.Seed)
	for _, pair := range pairs {
		if len(t.pools) < most {
			add(pair)
		}
	}
	if forbidden > 0 {
		t.note("the policy forbids %d of the pools", forbidden)
	}
	if len(t.pools) == 0 {
		return ErrNothing
	}
	t.sums = make([]sum, len(ways)*len(t.pools))
	return nil
}

func (t *trial) note(format string, args ...any) {
	if n := fmt.Sprintf(format, args...); !slices.Contains(t.out.Notes, n) {
		t.out.Notes = append(t.out.Notes, n)
	}
}

// opened is an independent model of one seed.
type opened struct {
	point *train.Point
	start []float32
	model []float32
	alone float64
}

// seed merges the models of one seed.
func (t *trial) seed(ctx context.Context, b exec.Backend, folder layout.Folder, seed int, runs []study.PlannedRun) (err error) {
	models := map[string]*opened{}
	defer func() {
		for _, m := range models {
			err = errors.Join(err, m.point.Close())
		}
	}()
	var first *opened
	for _, r := range runs {
		if r.Seed != seed {
			continue
		}
		point, err := t.project.At(b, folder, r)
		if err != nil {
			return err
		}
		m := &opened{point: point}
		models[r.Domains[0]] = m
		for _, q := range point.Trunk() {
			m.start = append(m.start, point.Start(q)...)
			m.model = append(m.model, point.Values(q.Name)...)
		}
		if first == nil {
			first = m
		} else if !slices.Equal(first.start, m.start) {
			return fmt.Errorf("%w: %s", ErrStart, r.ID)
		}
		if m.alone, err = point.Loss(0, point.Domains()[0].Val); err != nil {
			return err
		}
	}
	for w := range ways {
		for k, pool := range t.pools {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := t.pool(w, k, pool, models); err != nil {
				return err
			}
		}
	}
	return nil
}

// pool merges the models of a pool in one way and adds what it is worth. A pool of
// which a member has no model of this seed is left out.
func (t *trial) pool(w, k int, pool []string, models map[string]*opened) error {
	var trunks [][]float32
	for _, name := range pool {
		if models[name] == nil {
			return nil
		}
		trunks = append(trunks, models[name].model)
	}
	merged := ways[w].merge(t.Config, models[pool[0]].start, trunks)
	s := &t.sums[w*len(t.pools)+k]
	if s.seeds == 0 {
		s.loss, s.alone = make([]float64, len(pool)), make([]float64, len(pool))
	}
	s.seeds++
	for i, name := range pool {
		m := models[name]
		at := 0
		for _, q := range m.point.Trunk() {
			at += copy(m.point.Values(q.Name), merged[at:])
		}
		if err := m.point.Recalibrate(t.Minibatches); err != nil {
			return err
		}
		val := m.point.Domains()[0].Val
		loss, err := m.point.Loss(0, val)
		if err != nil {
			return err
		}
		s.loss[i] += layout.Bounded(loss)
		s.alone[i] += layout.Bounded(m.alone)
		t.samples += float64(val.Len())
		if m.point.Normalised() {
			t.samples += float64(t.Minibatches * t.project.Plan.Domain(name).Rows)
		}
	}
	return nil
}

// results are the means over seeds.
func (t *trial) results() (*layout.Trials, error) {
	pair, forward := t.project.PairWork(t.Rung)
	for w, way := range ways {
		trial := way.trial
		trial.Needs = "the independent models, paired in their starts"
		trial.Definition += "; score −log L_j(pool)/L_j(alone) on validation data, heads their own, statistics measured again"
		trial.Work = t.samples * forward / float64(len(ways)) / pair
		trial.Pools = []layout.TriedPool{}
		for k, pool := range t.pools {
			s := t.sums[w*len(t.pools)+k]
			if s.seeds == 0 {
				continue
			}
			found := layout.TriedPool{Pool: pool}
			for i := range pool {
				found.Loss = append(found.Loss, layout.Bounded(s.loss[i]/float64(s.seeds)))
				found.Alone = append(found.Alone, layout.Bounded(s.alone[i]/float64(s.seeds)))
			}
			trial.Pools = append(trial.Pools, found)
		}
		if len(trial.Pools) == 0 {
			return nil, fmt.Errorf("merging: %w: no seed has models of two domains", ErrNothing)
		}
		t.out.Methods = append(t.out.Methods, trial)
	}
	return t.out, nil
}
