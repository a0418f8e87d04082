package baseline

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"

	"github.com/sharewise/sharewise/analysis/atomicfile"
	"github.com/sharewise/sharewise/analysis/claim"
	"github.com/sharewise/sharewise/analysis/datafile"
	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/evaluate"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/losses"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/train"
)

// Arm is what loss tables call the model.
const Arm = "linear"

// spec is the exact input of a baseline, as spec.json records it.
type spec struct {
	Hash      string `json:"hash"`
	Domain    string `json:"domain"`
	Data      string `json:"data"` // SHA-256
	Sharewise string `json:"sharewise"`
}

// Config says what is fitted and where it is kept.
type Config struct {
	Study  string
	Plan   *study.Plan
	Folder layout.Folder
	// Domains by name, each once for every fold of the study, or once; those of the
	// plan must be there. A model is fitted for every fold and tested on its test
	// samples, which are rows of one table; the fold, from 1, stands for the seed.
	Domains map[string][]*dataset.Domain
	// Ordered reports whether a domain's samples follow each other in time.
	Ordered func(domain string) bool
	// Sharewise is the version of the program, for the record.
	Sharewise string
	// Claims, where it is not nil, keeps apart several processes that fit models in the folder;
	// Mirror is as in train.Options.
	Claims *claim.Claimer
	Mirror train.Mirror
}

// Report says what became of the baselines.
type Report struct {
	Fitted, Reused int
	// Notes are what to know of those that were fitted, by domain.
	Notes []string
}

// Run fits the linear models that a plan asks for and that are not there yet,
// several domains at a time.
func Run(ctx context.Context, c Config) (*Report, error) {
	out := &Report{}
	var missing []study.PlanDomain
	for _, p := range c.Plan.Domains {
		if p.Baseline == "" {
			continue
		}
		dir := c.Folder.Baseline(p.Name)
		done, err := dir.ReadDone(p.Baseline)
		if err != nil {
			return out, err
		}
		if done != nil && dir.Verify(done) == nil {
			out.Reused++
			continue
		}
		missing = append(missing, p)
	}
	fits, errs := make([]*layout.Fit, len(missing)), make([]error, len(missing))
	g, limited := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	room := semaphore.NewWeighted(sideBySide * mostNumbers)
	for i, p := range missing {
		g.Go(func() error {
			numbers := c.numbers(p.Name)
			if err := room.Acquire(limited, numbers); err != nil {
				return err
			}
			defer room.Release(numbers)
			err := datafile.Guard(func() (err error) {
				fits[i], err = c.claimed(limited, c.Folder.Baseline(p.Name), p)
				return err
			})
			if err != nil {
				errs[i] = fmt.Errorf("linear model of %s: %w", p.Name, err)
			}
			return errs[i]
		})
	}
	first := g.Wait()
	for i, f := range fits {
		if f == nil || errs[i] != nil {
			if first == nil {
				out.Reused++ // another process fitted it meanwhile
			}
			continue
		}
		out.Fitted++
		for _, n := range f.Notes {
			out.Notes = append(out.Notes, fmt.Sprintf("linear model of %s: %s", missing[i].Name, n))
		}
	}
	for _, err := range errs { // that of the first domain which failed of itself
		if err != nil && !errors.Is(err, context.Canceled) {
			return out, err
		}
	}
	return out, first
}

// sideBySide is how many domains of the largest size are fitted at a time.
const sideBySide = 4

// numbers is about how many numbers the fit of a domain's model holds.
func (c Config) numbers(domain string) int64 {
	most := int64(1)
	for _, d := range c.Domains[domain] {
		size := int64(1)
		for _, s := range d.Shape {
			size *= int64(s)
		}
		most = max(most, min(mostNumbers, size*int64(d.Train.Len())))
	}
	return most
}

// claimed is domain for several processes at a time. It returns nothing where another one
// fitted the model.
func (c Config) claimed(ctx context.Context, dir layout.RunFolder, p study.PlanDomain) (fit *layout.Fit, err error) {
	if c.Claims == nil {
		return c.domain(ctx, dir, p)
	}
	held, err := c.take(ctx, dir)
	if err != nil {
		return nil, err
	}
	ended := false
	defer func() { err = errors.Join(err, held.Release(ended)) }()
	if c.Mirror != nil {
		if err := c.Mirror.Fetch(ctx, dir); err != nil {
			return nil, err
		}
	}
	done, err := dir.ReadDone(p.Baseline)
	if err != nil {
		return nil, err
	}
	if done == nil || dir.Verify(done) != nil {
		if fit, err = c.domain(ctx, dir, p); err != nil {
			return nil, err
		}
	}
	ended = true
	if c.Mirror != nil {
		err = c.Mirror.Publish(ctx, dir, held.Confirm)
	}
	return fit, err
}

// take waits until nobody else fits the model.
func (c Config) take(ctx context.Context, dir layout.RunFolder) (*claim.Claim, error) {
	for {
		held, err := c.Claims.Take(string(dir))
		if !errors.Is(err, claim.ErrHeld) {
			return held, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(c.Claims.Beat() / 8):
		}
	}
}

// domain fits and tests one domain's model and writes its folder.
func (c Config) domain(ctx context.Context, dir layout.RunFolder, p study.PlanDomain) (*layout.Fit, error) {
	folds := c.Domains[p.Name]
	start := time.Now()
	if err := os.MkdirAll(string(dir), 0o777); err != nil {
		return nil, err
	}
	if err := atomicfile.RemoveFile(dir.Done()); err != nil {
		return nil, err
	}
	files := []string{dir.Spec(), dir.FitFile()}
	status, reason := layout.Finished, ""
	if err := layout.WriteJSON(dir.Spec(), spec{Hash: p.Baseline, Domain: p.Name, Data: p.SHA256, Sharewise: c.Sharewise}); err != nil {
		return nil, err
	}
	t := &losses.Table{Meta: losses.Meta{Study: c.Study, Run: "linear_" + p.Name, Hash: p.Baseline, Arm: Arm, Domains: []string{p.Name}, Split: "test"}}
	l, err := c.fit(ctx, t, folds)
	switch {
	case errors.Is(err, ErrTooLarge):
		d := folds[0]
		status, reason = layout.LeftOut, err.Error()
		l = &Linear{Fit: layout.Fit{Model: modelName(d.Task), Train: d.Train.Len(), Penalties: []float64{}, Notes: []string{"left out: " + reason}}}
	case err != nil:
		return nil, err
	default:
		evaluate.Trim(t, folds[:1])
		if err := losses.WriteFile(dir.Losses(), t); err != nil {
			return nil, err
		}
		files = append(files, dir.Losses())
	}
	if err := layout.WriteJSON(dir.FitFile(), l.Fit); err != nil {
		return nil, err
	}
	for _, d := range folds {
		if err := d.Unchanged(context.WithoutCancel(ctx), false); err != nil {
			return nil, err
		}
	}
	done := &layout.Done{Hash: p.Baseline, Status: status, Reason: reason, Files: map[string]string{}, Seconds: time.Since(start).Seconds()}
	for _, f := range files {
		if done.Files[filepath.Base(f)], err = layout.HashFile(f); err != nil {
			return nil, err
		}
	}
	return &l.Fit, dir.WriteDone(done)
}

// fit fits and tests a model for every fold and returns that of the first, with
// what there is to note of any.
func (c Config) fit(ctx context.Context, t *losses.Table, folds []*dataset.Domain) (*Linear, error) {
	var first *Linear
	for f, d := range folds {
		l, err := Fit(ctx, d, c.Ordered(d.Name))
		if err != nil {
			return nil, err
		}
		from := t.Len()
		if err := l.Test(ctx, t, d.Test); err != nil {
			return nil, err
		}
		if first == nil {
			first = l
		}
		for _, n := range l.Notes {
			first.note(n)
		}
		if len(folds) > 1 {
			for i := from; i < t.Len(); i++ {
				t.Seed[i] = int64(f + 1)
			}
		}
	}
	return first, nil
}
