package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/evaluate"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/losses"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/ort"
	"github.com/sharewise/sharewise/reports"
)

const crossLong = `Cross tests the independent models of OUT on the test data of the other domains:
what is a model worth on a domain that it has never seen? It trains nothing.

A row of the matrix is the domain that trained, a column the domain that tests;
on the diagonal stands what the model is worth at home. Figures are those that
reports show first for the domain that tests: accuracy, AUC, R² and the like,
means over the runs. A pair whose classes or targets differ is left out.

It reads the data again, from the study file that OUT was trained from, which
must still read and divide them as it did, and writes OUT/cross.json and, for every pair, a loss table that 'sharewise compare'
takes: OUT/cross/RUNG/TRAINED--TESTED.parquet.

Example:
  sharewise cross out`

func newCrossCommand(a *app) *cobra.Command {
	var memory byteSize
	cmd := &cobra.Command{
		Use:     "cross OUT",
		Short:   "Test every independent model on the other domains",
		Long:    crossLong,
		GroupID: "study",
		Args:    exactArgs("OUT"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.cross(cmd.Context(), layout.Folder(args[0]), memory)
		},
	}
	memory.register(cmd.Flags())
	return cmd
}

// crossCell is one cell of the matrix.
type crossCell struct {
	Trained string `json:"trained"`
	Tested  string `json:"tested"`
	Rung    string `json:"rung"`
	Samples int    `json:"samples"`
	// Metric is the figure of the tested domain that readers see first, by its
	// name in the score.
	Metric string `json:"metric"`
	analysis.Score
}

// crossResults is the content of cross.json.
type crossResults struct {
	Version int         `json:"version"`
	Study   string      `json:"study"`
	Level   float64     `json:"level"`
	Cells   []crossCell `json:"cells"`
	Notes   []string    `json:"notes"`
}

func (a *app) cross(ctx context.Context, folder layout.Folder, memory byteSize) error {
	plan, err := readPlan(folder)
	if err != nil {
		return err
	}
	s, domains, err := dataset.OpenPlanned(ctx, plan, dataset.Memory(int64(memory)))
	if err != nil {
		return inputError(fmt.Errorf("cross: %w", err))
	}
	backend, err := ort.Default(a.library)
	if err != nil {
		return err
	}
	c := &crossing{folder: folder, threads: s.Training.Threads, domains: domains, info: map[string]analysis.DomainInfo{}, backend: backend,
		results: crossResults{Version: 1, Study: plan.Study, Level: plan.Analysis.Level, Cells: []crossCell{}, Notes: []string{}}}
	for _, rung := range plan.Rungs {
		for _, d := range domains {
			if err := c.model(ctx, plan, rung, d.Name); err != nil {
				return err
			}
		}
	}
	if len(c.results.Cells) == 0 {
		return inputError(fmt.Errorf("cross: %s has no independent run that has finished and fits another domain", string(folder)))
	}
	path := filepath.Join(string(folder), "cross.json")
	if err := layout.WriteJSON(path, c.results); err != nil {
		return err
	}
	if a.json {
		return a.writeJSON(c.results)
	}
	printCross(a.stdout, plan.Rungs, c.results)
	a.say("\nWritten: %s and %s", path, c.tables())
	return nil
}

// crossing tests models on domains.
type crossing struct {
	folder  layout.Folder
	threads int
	domains []*dataset.Domain
	info    map[string]analysis.DomainInfo // of domains tested so far
	backend exec.Backend
	results crossResults
}

func (c *crossing) tables() string { return filepath.Join(string(c.folder), "cross") }

// model tests the models that learned one domain at one rung.
func (c *crossing) model(ctx context.Context, plan *study.Plan, rung, trained string) error {
	tested := map[string][]*losses.Table{}
	for _, r := range plan.Runs {
		if r.Arm != analysis.Independent || r.Rung.Name != rung || r.Domains[0] != trained {
			continue
		}
		dir := c.folder.Run(r.ID)
		if done, err := dir.ReadDone(r.Hash); err != nil {
			return err
		} else if done == nil || done.Status != layout.Finished {
			continue
		}
		tables, err := c.run(ctx, dir, r.Run)
		if err != nil {
			return err
		}
		for d, t := range tables {
			tested[d] = append(tested[d], t)
		}
	}
	for _, d := range c.domains {
		runs := tested[d.Name]
		if len(runs) == 0 {
			continue
		}
		info, err := c.describe(plan, d.Name, runs[0])
		if err != nil {
			return err
		}
		cell := crossCell{Trained: trained, Tested: d.Name, Rung: rung, Samples: runs[0].Len(), Metric: info.Metric, Score: analysis.ScoreRuns(runs, c.results.Level)}
		cell.Score.Arm, cell.Score.Rung, cell.Score.Domain = analysis.Independent, rung, d.Name
		c.results.Cells = append(c.results.Cells, cell)
		path := filepath.Join(c.tables(), rung, trained+"--"+d.Name+".parquet")
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := losses.WriteFile(path, losses.Concat(runs...)); err != nil {
			return err
		}
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
		return nil, inputError(err)
	}
	form, err := evaluate.FormOf(m, r.Domains[0])
	if err != nil {
		return nil, inputError(fmt.Errorf("%s: %w", dir.Model(), err))
	}
	model, err := evaluate.Open(c.backend, m, *form, exec.Options{Threads: c.threads})
	if err != nil {
		return nil, inputError(fmt.Errorf("%s: %w", dir.Model(), err))
	}
	defer model.Close()
	out := map[string]*losses.Table{}
	for _, domain := range c.domains {
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

// printCross prints a matrix per rung, trained by row, tested by column.
func printCross(w io.Writer, rungs []string, r crossResults) {
	for _, rung := range rungs {
		var names []string
		cells, metrics := map[[2]string]string{}, map[string]string{}
		for _, c := range r.Cells {
			if c.Rung != rung {
				continue
			}
			if len(names) == 0 || names[len(names)-1] != c.Trained {
				names = append(names, c.Trained)
			}
			cells[[2]string{c.Trained, c.Tested}] = crossText(c)
			metrics[c.Tested] = c.Metric
		}
		t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		fmt.Fprintf(t, "%s: trained on \\ tested on", rung)
		for _, n := range names {
			fmt.Fprintf(t, "\t%s", n)
		}
		fmt.Fprintln(t)
		for _, n := range names {
			fmt.Fprintf(t, "\t%s", reports.MetricName(metrics[n], &analysis.DomainInfo{}))
		}
		fmt.Fprintln(t)
		for _, from := range names {
			fmt.Fprint(t, from)
			for _, to := range names {
				fmt.Fprintf(t, "\t%s", dash(cells[[2]string{from, to}]))
			}
			fmt.Fprintln(t)
		}
		t.Flush()
	}
	for _, n := range r.Notes {
		fmt.Fprintln(w, "Note:", n)
	}
}

// crossText is the figure of a cell with half the width of its interval, –
// where it is not known.
func crossText(c crossCell) string {
	v := c.Score.Metric(c.Metric)
	if v == nil {
		return "–"
	}
	if math.IsNaN(v.Lo) {
		return fmt.Sprintf("%.3f", v.Value)
	}
	return fmt.Sprintf("%.3f ±%.3f", v.Value, (v.Hi-v.Lo)/2)
}
