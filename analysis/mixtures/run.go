package mixtures

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"slices"
	"time"

	"gonum.org/v1/gonum/stat"

	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/laws"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/train"
	"github.com/sharewise/sharewise/analysis/variants"
	"github.com/sharewise/sharewise/onnxio/exec"
)

// Options say what is trained; zero values stand for the defaults.
type Options struct {
	// Mixtures is their number, DefaultMixtures unless given; the last two are kept back.
	Mixtures int
	// Seeds of each mixture; 0 is 3, and 2 the least.
	Seeds int
	// Rungs are the sizes; the largest alone where there are none, all by the name all.
	Rungs []string
	// Jobs, MaxTime and Observe are as in a comparison of weightings.
	Jobs    int
	MaxTime time.Duration
	Observe func(stage string, done, of int)
}

// ErrUnsuitable marks studies and options that no mixtures are trained of.
var ErrUnsuitable = variants.ErrUnsuitable

// Run trains mixtures of the domains of a study and fits laws to what they lost; it does not
// write the outcome. Its runs are kept in the folder mixtures of the study's folder; called
// again, it goes on, and returns the same. Errors match ErrUnsuitable, train.ErrTimeUp and
// train.ErrInterrupted.
func Run(ctx context.Context, b exec.Backend, p *project.Project, folder layout.Folder, o Options) (*File, error) {
	refuse := func(format string, args ...any) (*File, error) {
		return nil, fmt.Errorf("%w: %s", ErrUnsuitable, fmt.Sprintf(format, args...))
	}
	n := len(p.Study.Domains)
	o.Mixtures, o.Seeds = cmp.Or(o.Mixtures, DefaultMixtures(n)), cmp.Or(o.Seeds, 3)
	if least := laws.LeastBlends(n) + 1; o.Mixtures < least {
		return refuse("%d mixtures of %d domains; a law takes %d, and one more to predict", o.Mixtures, n, least-1)
	}
	if o.Seeds < 2 {
		return refuse("one seed says nothing of noise; give two at least")
	}
	switch {
	case slices.Equal(o.Rungs, []string{"all"}):
		o.Rungs = slices.Clone(p.Plan.Rungs)
	case len(o.Rungs) == 0:
		o.Rungs = []string{""}
	}
	var trainers []*variants.Trainer
	for _, rung := range o.Rungs {
		t, err := variants.Open(p, rung)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(trainers, func(other *variants.Trainer) bool { return other.Rung == t.Rung }) {
			return refuse("rung %s is named twice", t.Rung)
		}
		t.Backend, t.Folder, t.Seeds, t.Jobs, t.Observe = b, folder.MixtureRuns(), o.Seeds, o.Jobs, o.Observe
		if o.MaxTime > 0 {
			t.Until = time.Now().Add(o.MaxTime)
		}
		trainers = append(trainers, t)
	}
	slices.SortFunc(trainers, func(a, b *variants.Trainer) int {
		return cmp.Compare(slices.Index(p.Plan.Rungs, a.Rung), slices.Index(p.Plan.Rungs, b.Rung))
	})
	runs := folder.MixtureRuns()
	if err := os.MkdirAll(string(runs), 0o777); err != nil {
		return nil, err
	}
	lock, err := runs.Lock()
	if err != nil {
		return nil, err
	}
	defer lock.Unlock()
	held := min(heldBack, o.Mixtures-laws.LeastBlends(n))
	f := &File{
		Version: version, Study: p.Study.Name, Domains: trainers[0].Names(), Level: p.Study.Analysis.Level,
		Seeds: o.Seeds, Mixtures: Draw(n, o.Mixtures, held, p.Study.Seed), Warnings: []string{}, plan: p.Plan,
	}
	for _, t := range trainers {
		if err := f.measure(ctx, t); err != nil {
			return nil, err
		}
		f.used = append(f.used, t.Used()...)
	}
	if err := f.fit(p.Study.Seed); err != nil {
		return nil, err
	}
	f.conclude()
	return f, nil
}

// measure trains every mixture at one size and takes in the means over seeds.
func (f *File) measure(ctx context.Context, t *variants.Trainer) error {
	planned := make([][]study.PlannedRun, len(f.Mixtures))
	var tasks []train.Task
	epochs := t.Project.Study.Training.Epochs
	for k, m := range f.Mixtures {
		w := study.Weighting{Name: "static", Weights: map[string]float64{}}
		for d, name := range f.Domains {
			w.Weights[name] = m.Shares[d]
		}
		for seed := 1; seed <= f.Seeds; seed++ {
			r, task, err := t.Task(ctx, t.Folder, variants.Variant{Weighting: w, Rate: 1, Epochs: epochs, Seed: seed})
			if err != nil {
				return err
			}
			planned[k], tasks = append(planned[k], r), append(tasks, task)
		}
	}
	if err := t.Train(ctx, "mixtures at "+t.Rung, tasks); err != nil {
		return err
	}
	size := Size{Rung: t.Rung}
	if at := slices.Index(t.Project.Plan.Rungs, t.Rung); at < len(t.Project.Plan.Parameters) {
		size.Parameters = t.Project.Plan.Parameters[at]
	}
	for k := range f.Mixtures {
		bySeed := make([][]float64, len(f.Domains))
		for _, r := range planned[k] {
			of, err := t.Tested(r, epochs)
			if err != nil {
				return err
			}
			if of == nil {
				f.Warnings = append(f.Warnings, fmt.Sprintf("at %s, mixture %d diverged with seed %d, and is left out", t.Rung, k+1, r.Seed))
				continue
			}
			for d, v := range of.Losses {
				bySeed[d] = append(bySeed[d], stat.Mean(v, nil))
			}
		}
		var row []effect.Interval
		for d := range f.Domains {
			if len(bySeed[d]) < f.Seeds {
				row = append(row, effect.Unknown())
				continue
			}
			row = append(row, effect.OverRuns(bySeed[d], f.Level))
		}
		size.Losses = append(size.Losses, row)
	}
	f.Sizes = append(f.Sizes, size)
	return nil
}
