package contest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/losses"
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

// trial is a candidate's run.
type trial struct {
	method, at int
	run        study.PlannedRun
}

// search tunes every method by successive halving, all side by side.
func (c *contest) search(ctx context.Context) ([]candidate, error) {
	left := make([][]candidate, len(c.methods))
	for i, m := range c.methods {
		left[i] = candidates(m, c.o.Trials, c.names(), c.project.Study.Seed)
		for k := range left[i] {
			w := left[i][k].weighting
			left[i][k].relative = 1 + (c.costs[m.Name].Relative-1)/float64(max(1, w.Every))
		}
	}
	counts := rounds(c.o.Trials)
	for round, n := range counts {
		var trials []trial
		var tasks []train.Task
		for i := range left {
			left[i] = best(left[i], n)
			for k, candidate := range left[i] {
				epochs := epochsOf(c.project.Study.Training.Epochs, round, len(counts), candidate.relative)
				r, task, err := c.task(ctx, c.folder, candidate, epochs, searchSeed)
				if err != nil {
					return nil, err
				}
				trials, tasks = append(trials, trial{i, k, r}), append(tasks, task)
			}
		}
		if err := c.schedule(ctx, fmt.Sprintf("tuning, round %d of %d", round+1, len(counts)), tasks); err != nil {
			return nil, err
		}
		for _, t := range trials {
			score, err := c.validation(t.run)
			if err != nil {
				return nil, err
			}
			left[t.method][t.at].score = score
		}
	}
	out := make([]candidate, len(left))
	for i := range left {
		out[i] = left[i][0]
	}
	return out, nil
}

// validation is the mean over domains of the log loss of validation samples at the
// epoch that a run would be used at.
func (c *contest) validation(r study.PlannedRun) (float64, error) {
	dir := c.folder.Run(r.ID)
	done, err := dir.ReadDone(r.Hash)
	if err != nil {
		return 0, err
	}
	if done == nil || done.Status != layout.Finished {
		return math.Inf(1), nil
	}
	history, err := layout.ReadHistory(dir.History())
	if err != nil {
		return 0, err
	}
	sum, n := 0.0, 0
	for _, row := range history {
		if row.Split == layout.ValSplit && int(row.Epoch) == done.Epoch {
			sum, n = sum+math.Log(max(row.Loss, 1e-6)), n+1
		}
	}
	if n == 0 || math.IsNaN(sum) {
		return math.Inf(1), nil
	}
	return sum / float64(n), nil
}

// test trains the best candidates with fresh seeds and compares them.
func (c *contest) test(ctx context.Context, tuned []candidate) (*File, error) {
	s := c.project.Study
	runs := make([][]study.PlannedRun, len(tuned))
	var tasks []train.Task
	epochs := make([]int, len(tuned))
	for i, k := range tuned {
		epochs[i] = epochsOf(s.Training.Epochs, 0, 1, k.relative)
	}
	for seed := searchSeed + 1; seed <= searchSeed+c.o.Seeds; seed++ {
		for i, k := range tuned {
			r, task, err := c.task(ctx, c.folder, k, epochs[i], seed)
			if err != nil {
				return nil, err
			}
			runs[i], tasks = append(runs[i], r), append(tasks, task)
		}
	}
	if err := c.schedule(ctx, "test", tasks); err != nil {
		return nil, err
	}
	f := &File{
		Version: version, Study: s.Name, Rung: c.rung, Domains: c.names(), Epochs: s.Training.Epochs,
		Trials: c.o.Trials, Seeds: c.o.Seeds, Level: s.Analysis.Level, Warnings: []string{},
	}
	var byLoss, byError []*scores
	least := math.Inf(1)
	for i, k := range tuned {
		m := c.methods[i]
		e := Entry{
			Method: m.Name, Cost: c.costs[m.Name], Setting: k.weighting, Rate: k.rate, Epochs: epochs[i], Validation: effect.Number(k.score),
		}
		e.Cost.Relative = k.relative
		tested, err := c.tested(&e, runs[i])
		if err != nil {
			return nil, err
		}
		if tested == nil {
			f.Warnings = append(f.Warnings, fmt.Sprintf("%s diverged with %d of %d seeds and is left out of the ranking", m.Name, e.Diverged, c.o.Seeds))
			continue
		}
		if k.score < least {
			least, f.Chosen = k.score, m.Name
		}
		f.Entries = append(f.Entries, e)
		byLoss = append(byLoss, tested.losses)
		if tested.errors != nil {
			byError = append(byError, tested.errors)
		}
	}
	at := slices.IndexFunc(f.Entries, func(e Entry) bool { return e.Method == control })
	if at < 0 {
		return nil, fmt.Errorf("%w: static weights diverged; a smaller training.rate may do", ErrUnsuitable)
	}
	for i, st := range standings(byLoss, at, byLosses, f.Level) {
		f.Entries[i].Loss = st
	}
	if len(byError) == len(f.Entries) {
		for i, st := range standings(byError, at, byErrors, f.Level) {
			f.Entries[i].Error = &st
		}
	}
	slices.SortStableFunc(f.Entries, func(a, b Entry) int { return cmp.Compare(a.Loss.Rank, b.Loss.Rank) })
	f.conclude()
	return f, nil
}

// outcome are the test samples of all runs of a method, by losses and errors.
type outcome struct{ losses, errors *scores }

// tested reads what the runs of a method made of the test samples; nil where one
// diverged.
func (c *contest) tested(e *Entry, runs []study.PlannedRun) (*outcome, error) {
	names := c.names()
	at := map[string]int{}
	for d, name := range names {
		at[name] = d
	}
	out := outcome{losses: &scores{}, errors: &scores{}}
	wrongs := true
	weights := make([]float64, len(names))
	for _, r := range runs {
		dir := c.folder.Run(r.ID)
		done, err := dir.ReadDone(r.Hash)
		if err != nil {
			return nil, err
		}
		if done == nil || done.Status != layout.Finished {
			e.Diverged++
			continue
		}
		t, err := losses.ReadFile(dir.Losses())
		if err != nil {
			return nil, err
		}
		byDomain := make([][2][]float64, len(names))
		for i, name := range t.Domain {
			d := &byDomain[at[name]]
			d[0] = append(d[0], float64(t.Loss[i]))
			if t.Correct != nil && t.Label[i] >= 0 {
				wrong := 1.0
				if t.Correct[i] {
					wrong = 0
				}
				d[1] = append(d[1], wrong)
			}
		}
		var losses, errs [][]float64
		for _, d := range byDomain {
			losses, errs = append(losses, d[0]), append(errs, d[1])
			wrongs = wrongs && len(d[1]) == len(d[0])
		}
		out.losses.add(losses, len(runs))
		out.errors.add(errs, len(runs))
		history, err := layout.ReadHistory(dir.History())
		if err != nil {
			return nil, err
		}
		for _, row := range history {
			if row.Split == layout.TrainSplit {
				weights[at[row.Domain]] += row.Weight / float64(e.Epochs*len(runs))
			}
		}
	}
	if e.Diverged > 0 {
		return nil, nil
	}
	if !wrongs {
		out.errors = nil
	}
	for d, name := range names {
		score := DomainScore{Domain: name, Loss: effect.Number(mean(out.losses.samples[d])), Error: effect.Number(math.NaN()), Weight: effect.Number(weights[d])}
		if wrongs {
			score.Error = effect.Number(mean(out.errors.samples[d]))
		}
		e.Domains = append(e.Domains, score)
	}
	return &out, nil
}

// add takes in the samples of one run of several.
func (s *scores) add(samples [][]float64, runs int) {
	var means []float64
	for d, v := range samples {
		means = append(means, mean(v))
		if len(s.samples) <= d {
			s.samples = append(s.samples, make([]float64, len(v)))
		}
		for i, x := range v {
			s.samples[d][i] += x / float64(runs)
		}
	}
	s.seeds = append(s.seeds, means)
}

func mean(v []float64) float64 {
	sum := 0.0
	for _, x := range v {
		sum += x
	}
	return sum / float64(len(v))
}
