package analysis

import (
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/sharewise/sharewise/analysis/losses"
)

// read gathers the outcomes of the finished runs and counts the others.
func (a *analyzer) read() error {
	a.samples, a.groups, a.names = map[string]*outcome{}, map[string][]int32{}, groupNames{}
	if err := a.readBaselines(); err != nil {
		return err
	}
	count := &a.results.Runs
	diverged := map[string][]string{}
	var finished []Run
	for _, r := range a.Runs {
		count.Planned++
		switch r.Status {
		case Finished:
			count.Done++
			finished = append(finished, r)
		case Diverged:
			count.Diverged++
			name := a.nameOf(r)
			diverged[name] = append(diverged[name], fmt.Sprint(r.Seed))
		default:
			count.Missing++
		}
	}
	if err := a.readRuns(finished); err != nil {
		return err
	}
	names := make([]string, 0, len(diverged))
	for name := range diverged {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		a.warn("%s: diverged with seed %s; kept out of all figures, which so describe the runs that went well", name, strings.Join(diverged[name], ", "))
	}
	if count.Missing > 0 {
		a.warn("%d of %d planned runs are missing: figures rest on those that are done", count.Missing, count.Planned)
	}
	slices.SortFunc(a.evidence, a.order)
	if a.Folds > 0 {
		return a.gatherFolds()
	}
	return nil
}

// runRead is what the table of a run says.
type runRead struct {
	domains map[string]*runOnDomain
	names   groupNames
}

// runOnDomain is what the table of a run says of a domain.
type runOnDomain struct {
	*loader
	*tally
	resampled *resampled // of an independent run with a baseline
}

// readRuns reads the tables of runs, several at the same time where that is allowed,
// and takes them in one after another.
func (a *analyzer) readRuns(runs []Run) error {
	together := 1
	if a.Concurrent {
		together = runtime.GOMAXPROCS(0)
	}
	for some := range slices.Chunk(runs, together) {
		read, errs := make([]*runRead, len(some)), make([]error, len(some))
		var wait sync.WaitGroup
		for i, r := range some {
			wait.Go(func() { read[i], errs[i] = a.readRun(r) })
		}
		wait.Wait()
		for i, r := range some {
			if errs[i] == nil {
				errs[i] = a.takeRun(r, read[i])
			}
			if errs[i] != nil {
				return fmt.Errorf("run %s: %w", r.ID, errs[i])
			}
		}
	}
	return nil
}

// readRun reads one run's table. It changes nothing, since others are read at the
// same time.
func (a *analyzer) readRun(r Run) (*runRead, error) {
	out := &runRead{domains: map[string]*runOnDomain{}, names: groupNames{}}
	var tables []dealt // of an independent run with a baseline
	for t, err := range a.Open(r) {
		if err != nil {
			return nil, err
		}
		out.names.add(t)
		if r.Arm == Independent && a.baselines[r.Domains[0]] != nil {
			tables = append(tables, dealOut(t))
		}
		set := losses.SetOf(t)
		for _, d := range set.Domains() {
			if out.domains[d] != nil {
				continue
			}
			if !slices.Contains(r.Domains, d) {
				return nil, fmt.Errorf("%w: its table has domain %s, which it does not train", ErrDomains, d)
			}
			l := newLoader(d)
			if first := a.samples[d]; first != nil {
				l.ids, l.label = &first.ids, first.label
			}
			l.expect(r.Seed, 0)
			out.domains[d] = &runOnDomain{loader: l, tally: a.domain(d).tally()}
		}
		err := set.Each(set.Domains(), func(p *losses.Part) error {
			of := out.domains[p.Domain]
			if err := of.runs[r.Seed].take(of.loader, p); err != nil {
				return err
			}
			rows, err := p.Columns(losses.Correct | losses.Label | losses.Prediction | losses.Confidence | losses.Score | losses.Targets)
			if err != nil {
				return err
			}
			for i := range p.N {
				of.tally.add(rows, i)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	for _, d := range r.Domains {
		of := out.domains[d]
		if of == nil {
			return nil, fmt.Errorf("%w: its table lacks domain %s", ErrDomains, d)
		}
		run := of.runs[r.Seed]
		if err := run.complete(of.loader); err != nil {
			return nil, err
		}
		run.group = nil // see names
		of.figures()    // keeps the figures only
		if tables != nil {
			of.resampled = resampledOf(tables, a.domain(d), 0)
			of.resampled.seed = r.Seed
		}
	}
	return out, nil
}

// takeRun takes in what a run's table says and holds it against the samples that
// other runs had.
func (a *analyzer) takeRun(r Run, read *runRead) error {
	maps.Copy(a.names, read.names)
	for _, d := range r.Domains {
		of := read.domains[d]
		c := &of.runs[r.Seed].outcome
		switch first := a.samples[d]; {
		case a.Folds > 0: // see gatherFolds
		case first == nil:
			a.samples[d] = c
			if group := a.names.grouper(d, a.Options); group != nil {
				a.groups[d] = groupsOf(d, c.ids, group)
			}
		default:
			if err := sameSamples(d, "other runs", first.ids, "this run", c.ids); err != nil {
				return err
			}
			c.ids = first.ids // share
			share(&first.label, &c.label)
		}
		e := a.at(Key{r.Arm, r.Rung, r.Weighting, d})
		e.pool = r.Domains
		e.outcomes = append(e.outcomes, c)
		e.tallies = append(e.tallies, of.tally)
		if of.resampled != nil {
			e.resampled = append(e.resampled, of.resampled)
		}
	}
	return nil
}
