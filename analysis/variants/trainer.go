package variants

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/train"
	"github.com/sharewise/sharewise/onnxio/exec"
)

// ErrUnsuitable marks studies and settings of which there are no variants to train.
var ErrUnsuitable = errors.New("unsuitable study")

// Trainer trains variants of a study's model of all domains.
type Trainer struct {
	Project *project.Project
	Backend exec.Backend
	Folder  layout.Folder // of the runs
	Rung    string
	Seeds   int // variants have seeds from 1 to this one
	// Jobs is the number of runs side by side, see project.TrainOptions.
	Jobs int
	// Until ends training at that time; the zero time is no limit.
	Until time.Time
	// Observe, which may be nil, is told what is being done.
	Observe func(stage string, done, of int)

	used []string // IDs of runs
}

// Variant is one training.
type Variant struct {
	Weighting study.Weighting
	Rate      float64 // of learning, relative to the study's
	Epochs    int
	Seed      int
}

// Open checks that a study has a model of all domains at a rung, the largest where it is
// empty, that weights have something to act on, and that test samples are kept apart.
// Errors match ErrUnsuitable.
func Open(p *project.Project, rung string) (*Trainer, error) {
	refuse := func(format string, args ...any) (*Trainer, error) {
		return nil, fmt.Errorf("%w: %s", ErrUnsuitable, fmt.Sprintf(format, args...))
	}
	if len(p.Study.Domains) < 2 {
		return refuse("the study has one domain")
	}
	if p.Study.Folds() > 0 {
		return refuse("the study has folds, whose validation samples are tested in others; leave out split.folds")
	}
	rungs := p.Plan.Rungs
	if rung == "" {
		rung = rungs[len(rungs)-1]
	}
	if !slices.Contains(rungs, rung) {
		return refuse("there is no rung %q (choose one of %s)", rung, strings.Join(rungs, ", "))
	}
	if p.FrozenTrunk(rung) {
		return refuse("the whole trunk is frozen, and weights act on nothing else; freeze less")
	}
	return &Trainer{Project: p, Rung: rung}, nil
}

// Names are those of the domains, in the order of the study.
func (t *Trainer) Names() []string {
	var out []string
	for _, d := range t.Project.Domains {
		out = append(out, d.Name)
	}
	return out
}

// Used are the IDs of all runs that were trained or found.
func (t *Trainer) Used() []string { return t.used }

// plan opens the study with the settings of one variant, and all seeds.
func (t *Trainer) plan(ctx context.Context, v Variant) (*project.Project, error) {
	s := t.Project.Study.Only(nil)
	off := false
	s.Weightings = []study.Weighting{v.Weighting}
	s.Arms = study.Arms{Joint: true, Pairs: &off}
	s.Seeds, s.IndependentSeeds = t.Seeds, t.Seeds
	s.Training.Epochs, s.Training.Rate = v.Epochs, s.Training.Rate*v.Rate
	s.Training.Conflict = false
	return t.Project.Again(ctx, s)
}

// Task is the training of a variant into a folder. Weightings that want the losses of
// independent models take those of Alone.
func (t *Trainer) Task(ctx context.Context, folder layout.Folder, v Variant) (study.PlannedRun, train.Task, error) {
	if m := v.Weighting.Method(); m.Has("targets") && v.Weighting.Targets == nil {
		p, err := t.plan(ctx, t.equal())
		if err != nil {
			return study.PlannedRun{}, train.Task{}, err
		}
		alike := study.Run{Domains: t.Names(), Rung: study.Rung{Name: t.Rung}, Seed: v.Seed, Weighting: v.Weighting}
		if v.Weighting.Targets, err = p.Targets(t.Folder, alike); err != nil {
			return study.PlannedRun{}, train.Task{}, err
		}
	}
	p, err := t.plan(ctx, v)
	if err != nil {
		return study.PlannedRun{}, train.Task{}, err
	}
	for _, r := range p.Plan.Runs {
		if r.Arm == study.Joint && r.Rung.Name == t.Rung && r.Seed == v.Seed {
			return r, p.TaskIn(folder, r, t.Backend), nil
		}
	}
	return study.PlannedRun{}, train.Task{}, fmt.Errorf("%w: the rules of the study forbid a model of all domains", ErrUnsuitable)
}

// equal has the study's own settings.
func (t *Trainer) equal() Variant {
	return Variant{Weighting: study.Weighting{Name: "equal"}, Rate: 1, Epochs: t.Project.Study.Training.Epochs}
}

// Alone trains the independent models of the first seeds.
func (t *Trainer) Alone(ctx context.Context, seeds int) error {
	p, err := t.plan(ctx, t.equal())
	if err != nil {
		return err
	}
	var tasks []train.Task
	for _, r := range p.Plan.Runs {
		if r.Arm == study.Independent && r.Rung.Name == t.Rung && r.Seed <= seeds {
			tasks = append(tasks, p.TaskIn(t.Folder, r, t.Backend))
		}
	}
	return t.Train(ctx, "independent models", tasks)
}

// Train trains tasks, as far as there is time. Errors match train.ErrTimeUp and
// train.ErrInterrupted.
func (t *Trainer) Train(ctx context.Context, stage string, tasks []train.Task) error {
	o := train.Options{Jobs: t.Project.SideBySide(t.Jobs)}
	if !t.Until.IsZero() {
		o.MaxTime = max(1, time.Until(t.Until))
	}
	done := 0
	if t.Observe != nil {
		t.Observe(stage, 0, len(tasks))
		o.Observe = func(e train.Event) {
			if e.Kind == train.Ended {
				done++
				t.Observe(stage, done, len(tasks))
			}
		}
	}
	known := map[string]bool{}
	for _, id := range t.used {
		known[id] = true
	}
	var once []train.Task
	seen := map[string]bool{}
	for _, task := range tasks {
		if !known[task.ID] {
			t.used, known[task.ID] = append(t.used, task.ID), true
		}
		if !seen[task.ID] {
			once, seen[task.ID] = append(once, task), true
		}
	}
	_, err := train.Schedule(ctx, t.Backend, t.Folder, once, o)
	return err
}
