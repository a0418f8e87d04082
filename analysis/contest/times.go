package contest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/train"
	"github.com/sharewise/sharewise/analysis/variants"
	"github.com/sharewise/sharewise/analysis/versioned"
	"github.com/sharewise/sharewise/analysis/weighting"
)

const (
	// timedRounds is how often each method's steps are timed, in turns with the others;
	// timedSteps how many steps at least, each time. The least time counts: whatever else
	// a machine does only adds to it.
	timedRounds = 7
	timedSteps  = 100
)

// times are what steps take, by method, measured once in a folder: what follows from
// them, the epochs of a method, must not change when a contest goes on.
type times struct {
	Version int             `json:"version"`
	Costs   map[string]Cost `json:"costs"`
}

// Validate returns an error where a cost is none that is measured.
func (t *times) Validate() error {
	for name, c := range t.Costs {
		if !(c.Relative >= 1 && c.Relative <= mostRelative) || c.Seconds < 0 {
			return fmt.Errorf("costs: %s takes %g s, %g times what equal weights do", name, float64(c.Seconds), float64(c.Relative))
		}
	}
	return nil
}

// mostRelative is more than any method takes.
const mostRelative = 1e6

func timesFile(f layout.Folder) string { return filepath.Join(string(f), "times.json") }

// measure times steps with every method that is not timed yet.
func (c *contest) measure(ctx context.Context) error {
	t := times{Version: 1, Costs: map[string]Cost{}}
	if err := versioned.Read(timesFile(c.Folder), 1, &t); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if t.Costs == nil { // the file may say null
		t.Costs = map[string]Cost{}
	}
	c.costs = t.Costs
	var missing []string
	for _, m := range c.methods {
		if _, ok := t.Costs[m.Name]; !ok {
			missing = append(missing, m.Name)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	if !slices.Contains(missing, "equal") {
		missing = append(missing, "equal") // what the others are relative to
	}
	seconds := map[string]float64{}
	for range timedRounds {
		for _, name := range missing {
			s, err := c.time(ctx, name)
			if err != nil {
				return err
			}
			if least, ok := seconds[name]; !ok || s < least {
				seconds[name] = s
			}
		}
	}
	for _, name := range missing {
		class := classOf(name)
		cost := Cost{Class: string(class), Seconds: effect.Number(seconds[name]), Relative: 1}
		// What others differ by is noise of the clock.
		if class != weighting.Free && class != weighting.After {
			cost.Relative = max(1, seconds[name]/seconds["equal"])
		}
		if _, ok := t.Costs[name]; !ok {
			t.Costs[name] = cost
		}
	}
	return layout.WriteJSON(timesFile(c.Folder), t)
}

// time trains some steps with a method's defaults and returns the seconds of one.
func (c *contest) time(ctx context.Context, name string) (seconds float64, err error) {
	dir, err := os.MkdirTemp(string(c.Folder), "timing-")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	w := study.Weighting{Name: name}
	w.Complete()
	domains := map[string]float64{}
	for _, d := range c.Names() {
		domains[d] = 1
	}
	if m := w.Method(); m.Has("weights") {
		w.Weights = domains
	} else if m.Has("targets") {
		w.Targets = domains
	}
	epochs := max(1, (timedSteps+c.Project.Plan.StepsPerEpoch-1)/c.Project.Plan.StepsPerEpoch)
	r, task, err := c.Task(ctx, layout.Folder(dir), variants.Variant{Weighting: w, Rate: 1, Epochs: epochs, Seed: searchSeed})
	if err != nil {
		return 0, err
	}
	if _, err := train.Schedule(ctx, c.Backend, layout.Folder(dir), []train.Task{task}, train.Options{Jobs: 1}); err != nil {
		return 0, err
	}
	done, err := layout.Folder(dir).Run(r.ID).ReadDone(r.Hash)
	if err != nil {
		return 0, err
	}
	return done.Spent.Steps / float64(max(1, done.Steps)), nil
}

func classOf(name string) weighting.Cost {
	for _, d := range weighting.Methods() {
		if d.Name == name {
			return d.Cost
		}
	}
	return weighting.Free
}
