package merging

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/versioned"
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
	// NoTest leaves out what merged models are worth on test data.
	NoTest bool `json:",omitempty"`
	// Margin is what a merged model may gain less than a trained one and still be as
	// good, in units of relative gains; 0 stands for the study's tolerance, or 0.02.
	Margin float64 `json:",omitempty"`
}

// ways are the ways of merging, in the order of results.
var ways = []struct {
	trial layout.Trial
	merge func(c Config, members []*opened) []float32
}{
	{layout.Trial{Name: "merged by average", Definition: "trunk of the pool: mean of its members' trunks", Source: "McMahan et al., Communication-Efficient Learning of Deep Networks from Decentralized Data, AISTATS 2017"},
		func(_ Config, members []*opened) []float32 { return Average(each(members, (*opened).trunk)) }},
	{layout.Trial{Name: "merged by task arithmetic", Definition: "trunk of the pool: θ0 + λ Σ (θ_i − θ0), λ = 1/√n", Source: "Ilharco et al., Editing Models with Task Arithmetic, ICLR 2023"},
		func(c Config, members []*opened) []float32 {
			return Arithmetic(members[0].start, each(members, (*opened).trunk), c.Scale)
		}},
	{layout.Trial{Name: "merged by TIES", Definition: "trunk of the pool: θ0 + merged vector, a fifth of the elements kept", Source: "Yadav et al., TIES-Merging: Resolving Interference When Merging Models, NeurIPS 2023"},
		func(_ Config, members []*opened) []float32 {
			return elected(members[0].start, each(members, (*opened).trimmed), 1)
		}},
}

// File is the content of merge.json.
type File struct {
	layout.Trials
	// Judged is what merged models are worth on test data beside pools that were
	// trained; nil without such pools, and where it was not asked for.
	Judged *Judgement `json:"judged,omitempty"`
}

// Read reads a folder's merge.json; nil where there is none.
func Read(folder layout.Folder) (*File, error) {
	f := &File{}
	err := versioned.Read(folder.Merged(), 1, f)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return f, nil
}

// Try merges the independent models of a study, seed by seed, for pools of its
// domains, and returns the losses of members on their validation data, means over
// seeds. What merged models of trained pools are worth on test data, with their heads
// fitted again, is written as loss tables to the folder's MergedTables and judged. It fails with ErrStart for a study whose runs have nothing in common, and
// with ErrNothing where fewer than two domains have trained models and validation
// data. Pools that the study's policy forbids are left out.
func Try(ctx context.Context, b exec.Backend, p *project.Project, folder layout.Folder, c Config) (*File, error) {
	if err := versioned.Asked("pools or minibatches", c.Pools, c.Minibatches); err != nil {
		return nil, fmt.Errorf("merging: %w", err)
	}
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
	if err := t.trained(folder); err != nil {
		return nil, fmt.Errorf("merging: %w", err)
	}
	for _, seed := range seeds(runs) {
		if err := t.seed(ctx, b, folder, seed, runs); err != nil {
			return nil, fmt.Errorf("merging: seed %d: %w", seed, err)
		}
	}
	found, err := t.results()
	if err != nil {
		return nil, err
	}
	if err := t.controls(ctx, b, folder, runs); err != nil {
		return nil, fmt.Errorf("merging: %w", err)
	}
	f := &File{Trials: *found}
	if f.Judged, err = t.judge(folder); err != nil {
		return nil, fmt.Errorf("merging: %w", err)
	}
	return f, nil
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
	tested  tests
}

// sum adds up the losses of a pool's members, and alone.
type sum struct {
	loss, alone []float64
	seeds       int
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
