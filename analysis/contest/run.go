package contest

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/variants"
	"github.com/sharewise/sharewise/onnxio/exec"
)

// control is what every method is held against, longControl the same tuned with the
// budget of all methods together; searchSeed the seed of tuning, after which those of the
// test begin. After these come further ones for the last round of longControl, which
// has longSeeds of them.
const (
	control     = "static"
	longControl = "static-long"
	searchSeed  = 1
	longSeeds   = 3
)

// Options say how methods are compared.
type Options struct {
	// Methods are those to compare, static and rlw beside them; all where there are none.
	Methods []string
	// Trials is the number of candidates of each method; 0 is 9.
	Trials int
	// Seeds is the number of fresh seeds of the test; 0 is 5.
	Seeds int
	// NoLong leaves out the control that has the budget of all methods together.
	NoLong bool
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
var ErrUnsuitable = variants.ErrUnsuitable

// contest is a comparison under way.
type contest struct {
	*variants.Trainer
	o       Options
	methods []study.WeightingMethod
	costs   map[string]Cost
}

// Run compares methods on the domains of a study, all of them in one model, and
// returns the outcome, which it does not write. Its runs are kept in the folder
// weightings of the study's folder; called again, it goes on, and returns the same.
// Errors match ErrUnsuitable, train.ErrTimeUp and train.ErrInterrupted.
func Run(ctx context.Context, b exec.Backend, p *project.Project, folder layout.Folder, o Options) (*File, error) {
	c := &contest{o: o}
	if err := c.prepare(p, b, folder.WeightingRuns()); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(string(c.Folder), 0o777); err != nil {
		return nil, err
	}
	lock, err := c.Folder.Lock()
	if err != nil {
		return nil, err
	}
	defer lock.Unlock()
	if err := c.measure(ctx); err != nil {
		return nil, err
	}
	if slices.ContainsFunc(c.methods, func(m study.WeightingMethod) bool { return m.Has("targets") }) {
		if err := c.Alone(ctx, searchSeed+c.o.Seeds); err != nil {
			return nil, err
		}
	}
	entrants := c.entrants()
	tuned, err := c.search(ctx, entrants)
	if err != nil {
		return nil, err
	}
	return c.test(ctx, entrants, tuned)
}

// prepare completes the options and refuses what cannot be compared.
func (c *contest) prepare(p *project.Project, b exec.Backend, runs layout.Folder) (err error) {
	o := &c.o
	o.Trials, o.Seeds = cmp.Or(o.Trials, 9), cmp.Or(o.Seeds, 5)
	refuse := func(format string, args ...any) error {
		return fmt.Errorf("%w: %s", ErrUnsuitable, fmt.Sprintf(format, args...))
	}
	if c.Trainer, err = variants.Open(p, o.Rung); err != nil {
		return err
	}
	c.Backend, c.Folder, c.Jobs, c.Observe = b, runs, o.Jobs, o.Observe
	c.Seeds = searchSeed + o.Seeds + longSeeds - 1
	for _, d := range p.Domains {
		if d.Val.Len() == 0 {
			return refuse("domain %s has no validation samples to tune on; give it some by split.val or validation", d.Name)
		}
	}
	if o.MaxTime > 0 {
		c.Until = time.Now().Add(o.MaxTime)
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
