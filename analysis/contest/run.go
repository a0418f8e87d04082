package contest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/train"
	"github.com/sharewise/sharewise/onnxio/exec"
)

// control is what every method is held against; searchSeed the seed of tuning, after
// which those of the test begin.
const (
	control    = "static"
	searchSeed = 1
)

// Options say how methods are compared.
type Options struct {
	// Methods are those to compare, static and rlw beside them; all where there are none.
	Methods []string
	// Trials is the number of candidates of each method; 0 is 9.
	Trials int
	// Seeds is the number of fresh seeds of the test; 0 is 5.
	Seeds int
	// Rung is the capacity; the largest where it is empty.
	Rung string
	// Jobs is the number of runs side by side, see project.TrainOptions.
	Jobs int
	// MaxTime ends training after this long; a contest run again goes on. 0 is no
	// limit.
	MaxTime time.Duration
	// Observe, which may be nil, is told what is being done.
	Observe func(stage string, done, of int)
}

// ErrUnsuitable marks studies and options that methods cannot be compared with.
var ErrUnsuitable = errors.New("weightings cannot be compared")

// contest is a comparison under way.
type contest struct {
	project *project.Project
	backend exec.Backend
	folder  layout.Folder
	o       Options
	until   time.Time
	rung    string
	methods []study.WeightingMethod
	costs   map[string]Cost
	used    []string // IDs of runs
}

// Run compares methods on the domains of a study, all of them in one model, and
// returns the outcome, which it does not write. Its runs are kept in the folder
// weightings of the study's folder; called again, it goes on, and returns the same.
// Errors match ErrUnsuitable, train.ErrTimeUp and train.ErrInterrupted.
func Run(ctx context.Context, b exec.Backend, p *project.Project, folder layout.Folder, o Options) (*File, error) {
	c := &contest{project: p, backend: b, folder: folder.WeightingRuns(), o: o}
	if err := c.prepare(); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(string(c.folder), 0o755); err != nil {
		return nil, err
	}
	lock, err := c.folder.Lock()
	if err != nil {
		return nil, err
	}
	defer lock.Unlock()
	if err := c.measure(ctx); err != nil {
		return nil, err
	}
	if err := c.alone(ctx); err != nil {
		return nil, err
	}
	tuned, err := c.search(ctx)
	if err != nil {
		return nil, err
	}
	return c.test(ctx, tuned)
}

// prepare completes the options and refuses what cannot be compared.
func (c *contest) prepare() error {
	o, s := &c.o, c.project.Study
	o.Trials, o.Seeds = cmp.Or(o.Trials, 9), cmp.Or(o.Seeds, 5)
	refuse := func(format string, args ...any) error {
		return fmt.Errorf("%w: %s", ErrUnsuitable, fmt.Sprintf(format, args...))
	}
	if len(s.Domains) < 2 {
		return refuse("the study has one domain")
	}
	if s.Folds() > 0 {
		return refuse("the study has folds, whose validation samples are tested in others; leave out split.folds")
	}
	for _, d := range c.project.Domains {
		if d.Val.Len() == 0 {
			return refuse("domain %s has no validation samples to tune on; give it some by split.val or validation", d.Name)
		}
	}
	if o.MaxTime > 0 {
		c.until = time.Now().Add(o.MaxTime)
	}
	rungs := c.project.Plan.Rungs
	c.rung = cmp.Or(o.Rung, rungs[len(rungs)-1])
	if !slices.Contains(rungs, c.rung) {
		return refuse("there is no rung %q (choose one of %s)", c.rung, strings.Join(rungs, ", "))
	}
	if c.project.FrozenTrunk(c.rung) {
		return refuse("the whole trunk is frozen, and weights act on nothing else; freeze less")
	}
	known := map[string]bool{}
	for _, m := range study.WeightingMethods() {
		known[m.Name] = true
		if len(o.Methods) == 0 || m.Name == control || m.Name == "rlw" || slices.Contains(o.Methods, m.Name) {
			c.methods = append(c.methods, m)
		}
	}
	for _, name := range o.Methods {
		if !known[name] {
			return refuse("there is no method %q", name)
		}
	}
	return nil
}

func (c *contest) names() []string {
	var out []string
	for _, d := range c.project.Domains {
		out = append(out, d.Name)
	}
	return out
}

// plan opens the study with one weighting, for so many epochs at a rate relative to the
// study's, with all seeds of the contest.
func (c *contest) plan(ctx context.Context, w study.Weighting, epochs int, rate float64) (*project.Project, error) {
	s := c.project.Study.Only(nil)
	off := false
	s.Weightings = []study.Weighting{w}
	s.Arms = study.Arms{Joint: true, Pairs: &off}
	s.Seeds, s.IndependentSeeds = searchSeed+c.o.Seeds, searchSeed+c.o.Seeds
	s.Training.Epochs, s.Training.Rate = epochs, s.Training.Rate*rate
	s.Training.Conflict = false
	return c.project.Again(ctx, s)
}

// task is the training of a candidate with one seed.
func (c *contest) task(ctx context.Context, folder layout.Folder, k candidate, epochs, seed int) (study.PlannedRun, train.Task, error) {
	w := k.weighting
	if m := w.Method(); m.Has("targets") && w.Targets == nil {
		p, err := c.plan(ctx, study.Weighting{Name: "equal"}, c.project.Study.Training.Epochs, 1)
		if err != nil {
			return study.PlannedRun{}, train.Task{}, err
		}
		alike := study.Run{Domains: c.names(), Rung: study.Rung{Name: c.rung}, Seed: seed, Weighting: w}
		if w.Targets, err = p.Targets(c.folder, alike); err != nil {
			return study.PlannedRun{}, train.Task{}, err
		}
	}
	p, err := c.plan(ctx, w, epochs, k.rate)
	if err != nil {
		return study.PlannedRun{}, train.Task{}, err
	}
	for _, r := range p.Plan.Runs {
		if r.Arm == study.Joint && r.Rung.Name == c.rung && r.Seed == seed {
			return r, p.TaskIn(folder, r, c.backend), nil
		}
	}
	return study.PlannedRun{}, train.Task{}, fmt.Errorf("%w: the rules of the study forbid a model of all domains", ErrUnsuitable)
}

// schedule trains tasks, as far as there is time.
func (c *contest) schedule(ctx context.Context, stage string, tasks []train.Task) error {
	o := train.Options{Jobs: c.project.SideBySide(c.o.Jobs)}
	if !c.until.IsZero() {
		o.MaxTime = max(1, time.Until(c.until))
	}
	done := 0
	if c.o.Observe != nil {
		c.o.Observe(stage, 0, len(tasks))
		o.Observe = func(e train.Event) {
			if e.Kind == train.Ended {
				done++
				c.o.Observe(stage, done, len(tasks))
			}
		}
	}
	for _, t := range tasks {
		c.used = append(c.used, t.ID)
	}
	_, err := train.Schedule(ctx, c.backend, c.folder, tasks, o)
	return err
}

// alone trains the independent models whose losses some methods need.
func (c *contest) alone(ctx context.Context) error {
	if !slices.ContainsFunc(c.methods, func(m study.WeightingMethod) bool { return m.Has("targets") }) {
		return nil
	}
	p, err := c.plan(ctx, study.Weighting{Name: "equal"}, c.project.Study.Training.Epochs, 1)
	if err != nil {
		return err
	}
	var tasks []train.Task
	for _, r := range p.Plan.Runs {
		if r.Arm == study.Independent && r.Rung.Name == c.rung {
			tasks = append(tasks, p.TaskIn(c.folder, r, c.backend))
		}
	}
	return c.schedule(ctx, "independent models", tasks)
}
