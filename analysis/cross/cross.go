// Package cross tests the independent models of a study on the test data of the
// other domains: what is a model worth on a domain that it has never seen?
//
// [Folder] reads a study's output folder and its data, or [Domains] takes data that
// are at hand; it runs every independent
// model that was trained on every domain that it fits, and writes cross.json
// and a loss table for every pair. A pair whose classes or targets differ is left
// out with the reason. Nothing is trained.
//
// What it measures is how far models carry, and no gain from sharing.
//
// [Validation] holds models against validation samples and in the units of the domain at
// hand, to find domains that are alike before anything is tested.
package cross

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/evaluate"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/losses"
	"github.com/sharewise/sharewise/analysis/policy"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
)

// Cell is what the models of one domain are worth on another, or at home.
type Cell struct {
	Trained string `json:"trained"`
	Tested  string `json:"tested"`
	Rung    string `json:"rung"`
	Samples int    `json:"samples"`
	// Metric is the figure of the tested domain that readers see first, by its
	// name in the score.
	Metric string `json:"metric"`
	analysis.Score
}

// Results is the content of cross.json.
type Results struct {
	Version int      `json:"version"`
	Study   string   `json:"study"`
	Level   float64  `json:"level"`
	Rungs   []string `json:"rungs"`
	Cells   []Cell   `json:"cells"`
	// Notes say which pairs were left out, and why.
	Notes []string `json:"notes"`
}

// ErrNothing is returned where no model that was trained fits another domain.
var ErrNothing = errors.New("no independent run has finished and fits another domain")

// Folder tests the models in a study's output folder on the data that the study
// file names, see dataset.OpenPlanned. It fails with layout.ErrNoPlan where no
// study was run, and with ErrNothing where there is nothing to test.
func Folder(ctx context.Context, b exec.Backend, folder layout.Folder, how ...dataset.Option) (*Results, error) {
	plan, err := folder.ReadPlan()
	if err != nil {
		return nil, fmt.Errorf("cross: %w", err)
	}
	s, folds, err := dataset.OpenPlanned(ctx, plan, how...)
	if err != nil {
		return nil, fmt.Errorf("cross: %w", err)
	}
	return test(ctx, b, folder, plan, folds, s.Training.Threads)
}

// Domains is [Folder] for data that were read before, or that a program holds:
// all domains of the study, once for every fold that it has. It refuses others than
// the runs were trained on. threads are those of one session; 0 stands for 1.
func Domains(ctx context.Context, b exec.Backend, folder layout.Folder, folds [][]*dataset.Domain, threads int) (*Results, error) {
	plan, err := folder.ReadPlan()
	if err != nil {
		return nil, fmt.Errorf("cross: %w", err)
	}
	if err := dataset.Planned(plan, folds); err != nil {
		return nil, fmt.Errorf("cross: %w", err)
	}
	return test(ctx, b, folder, plan, folds, threads)
}

// test runs every model of a plan on every domain that it fits: on the test samples
// of the fold that the model was tested on.
func test(ctx context.Context, b exec.Backend, folder layout.Folder, plan *study.Plan, folds [][]*dataset.Domain, threads int) (*Results, error) {
	c := &crossing{folder: folder, threads: threads, folds: folds, info: map[string]analysis.DomainInfo{}, backend: b,
		results: &Results{Version: 1, Study: plan.Study, Level: plan.Analysis.Level, Rungs: plan.Rungs, Cells: []Cell{}, Notes: []string{}}}
	origin, err := folder.Origin(layout.IndependentRuns)
	if err != nil {
		return nil, fmt.Errorf("cross: %w", err)
	}
	origin.While(func() error { return dataset.Steady(context.WithoutCancel(ctx), folds) })
	if c.rules, err = plan.Checker(); err != nil {
		return nil, fmt.Errorf("cross: %w", err)
	}
	for _, rung := range plan.Rungs {
		for _, d := range folds[0] {
			if err := c.model(ctx, plan, rung, d.Name); err != nil {
				return nil, fmt.Errorf("cross: %w", err)
			}
		}
	}
	if len(c.results.Cells) == 0 {
		return nil, fmt.Errorf("cross: %s: %w", string(folder), ErrNothing)
	}
	if err := origin.Write(nil, folder.Cross(), c.results, c.tables...); err != nil {
		return nil, fmt.Errorf("cross: %w", err)
	}
	return c.results, nil
}

// crossing tests models on domains.
type crossing struct {
	folder  layout.Folder
	threads int
	folds   [][]*dataset.Domain
	info    map[string]analysis.DomainInfo // of domains tested so far
	backend exec.Backend
	rules   *policy.Checker
	results *Results
	tables  []string // paths of those written
}

// model tests the models that learned one domain at one rung.
func (c *crossing) model(ctx context.Context, plan *study.Plan, rung, trained string) error {
	tested := map[string][]*losses.Table{}
	err := eachModel(c.folder, plan, rung, trained, len(plan.Runs), func(dir layout.RunFolder, r study.Run) error {
		tables, err := c.run(ctx, dir, r)
		for d, t := range tables {
			tested[d] = append(tested[d], t)
		}
		return err
	})
	if err != nil {
		return err
	}
	for _, d := range c.folds[0] {
		runs := tested[d.Name]
		if len(runs) == 0 {
			continue
		}
		info, err := c.describe(plan, d.Name, runs[0])
		if err != nil {
			return err
		}
		cell := Cell{Trained: trained, Tested: d.Name, Rung: rung, Samples: runs[0].Len(), Metric: info.Metric, Score: analysis.ScoreRuns(runs, c.results.Level)}
		cell.Score.Arm, cell.Score.Rung, cell.Score.Domain = analysis.Independent, rung, d.Name
		c.results.Cells = append(c.results.Cells, cell)
		path := filepath.Join(c.folder.CrossTables(), rung, trained+"--"+d.Name+".parquet")
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			return err
		}
		if err := losses.WriteFile(path, losses.Concat(runs...)); err != nil {
			return err
		}
		c.tables = append(c.tables, path)
	}
	return nil
}

// eachModel does something with the first models, so many at most, that learned one domain by
// itself at a rung and have finished. It fails where a model is not what its run wrote.
func eachModel(folder layout.Folder, plan *study.Plan, rung, trained string, most int, do func(layout.RunFolder, study.Run) error) error {
	for _, r := range plan.Runs {
		if r.Arm != analysis.Independent || r.Rung.Name != rung || r.Domains[0] != trained || most == 0 {
			continue
		}
		dir := folder.Run(r.ID)
		done, err := dir.ReadDone(r.Hash)
		switch {
		case err != nil:
			return err
		case done == nil || done.Status != layout.Finished:
			continue
		}
		if err := dir.VerifyFile(done, filepath.Base(dir.Model())); err != nil {
			return err
		}
		if err := do(dir, r.Run); err != nil {
			return err
		}
		most--
	}
	return nil
}

// describe says how a domain is measured, as analyze does.
func (c *crossing) describe(plan *study.Plan, name string, t *losses.Table) (analysis.DomainInfo, error) {
	if info, ok := c.info[name]; ok {
		return info, nil
	}
	info, err := analysis.DomainOf(*plan.Domain(name)).Describe(t)
	if err != nil {
		return info, err
	}
	c.info[name] = info
	return info, nil
}

// run tests one trained model on every domain that it fits.
func (c *crossing) run(ctx context.Context, dir layout.RunFolder, r study.Run) (map[string]*losses.Table, error) {
	m, err := onnxio.Load(dir.Model())
	if err != nil {
		return nil, err
	}
	form, err := evaluate.FormOf(m, r.Domains[0])
	if err != nil {
		return nil, fmt.Errorf("%s: %w", dir.Model(), err)
	}
	model, err := evaluate.Open(c.backend, m, *form, exec.Options{Threads: c.threads})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", dir.Model(), err)
	}
	defer model.Close()
	out := map[string]*losses.Table{}
	for _, domain := range c.folds[max(0, r.Fold-1)] {
		if domain.Name != r.Domains[0] {
			if err := c.rules.RefuseAct(policy.Evaluation, []string{r.Domains[0], domain.Name}); err != nil {
				c.note(err)
				continue
			}
		}
		t := &losses.Table{}
		err := model.Judge(ctx, t, domain, domain.Test, int64(r.Seed))
		if errors.Is(err, evaluate.ErrFit) {
			c.note(err)
			continue
		}
		if err != nil {
			return nil, err
		}
		evaluate.Trim(t, []*dataset.Domain{domain})
		out[domain.Name] = t
	}
	return out, nil
}

// note records once why a pair was left out.
func (c *crossing) note(err error) {
	if !slices.Contains(c.results.Notes, err.Error()) {
		c.results.Notes = append(c.results.Notes, err.Error())
	}
}
