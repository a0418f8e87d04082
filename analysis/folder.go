package analysis

import (
	"iter"
	"os"
	"path/filepath"

	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/losses"
	"github.com/sharewise/sharewise/analysis/measures"
	"github.com/sharewise/sharewise/analysis/study"
)

// AnalyzeFolder measures what has been trained in a study's output folder, and
// writes results.json and the tables beside it. measure overrides what the study
// says, unless it is empty. It can be called while training goes on: runs that
// have not ended are counted as missing. It fails with layout.ErrNoPlan where no
// study was run.
func AnalyzeFolder(folder layout.Folder, measure string) (*Results, error) {
	// Runs that end from here on are in the results, perhaps, and not in what these say
	// that they come from: they are then taken for older than they are.
	origin, err := folder.Origin(folder.Plan(), layout.AllRuns)
	if err != nil {
		return nil, err
	}
	s, err := OpenFolder(folder)
	if err != nil {
		return nil, err
	}
	s.Options.Measure = measure
	results, err := Analyze(s)
	if err != nil {
		return nil, err
	}
	var tables []string
	for _, name := range []string{TransferFile, MatrixFile, CapacityFile, WeightingFile, OutputsFile, SourcesFile} {
		tables = append(tables, filepath.Join(folder.Tables(), name))
	}
	return results, origin.Derive(func(d *layout.Derivation) error {
		if err := os.MkdirAll(folder.Tables(), 0o777); err != nil {
			return err
		}
		if err := results.WriteTables(folder.Tables()); err != nil {
			return err
		}
		if err := layout.WriteJSON(folder.Results(), results); err != nil {
			return err
		}
		if err := d.Record(origin, Settings{Measure: measure}, folder.Results()); err != nil {
			return err
		}
		made, err := folder.Origin(folder.Results())
		if err != nil {
			return err
		}
		return d.Record(made, nil, tables...)
	})
}

// Settings are those that [AnalyzeFolder] records beside results, so that these can be
// made again.
type Settings struct {
	Measure string `json:"measure,omitempty"`
}

// OpenFolder gathers what the analysis of a study's output folder starts from:
// the plan, the runs that have ended with their hashes verified, their learning
// curves, the linear models, and what was known of the data.
func OpenFolder(folder layout.Folder) (Study, error) {
	plan, err := folder.ReadPlan()
	if err != nil {
		return Study{}, err
	}
	s := Study{
		Name: plan.Study, Title: plan.Title, Rungs: plan.Rungs, Parameters: plan.Parameters, Weightings: plan.Weightings,
		Options: Options{
			Options: effect.Options{Level: plan.Analysis.Level, Alpha: plan.Analysis.Alpha, Exemplars: plan.Analysis.Exemplars, SharedSeeds: plan.Randomness == study.Paired},
			LossCap: plan.Analysis.LossCap,
		},
		Open: func(r Run) iter.Seq2[*losses.Table, error] {
			return losses.Batches(folder.Run(r.ID).Losses())
		},
		Concurrent: true,
	}
	for _, d := range plan.Domains {
		s.Domains = append(s.Domains, DomainOf(d))
	}
	s.Doubts = leaked(plan.Exposures)
	for _, e := range plan.Exposures {
		s.Warnings = append(s.Warnings, e.String())
	}
	var conflict ConflictMeter
	for _, planned := range plan.Runs {
		s.Folds = max(s.Folds, len(plan.Domain(planned.Domains[0]).Folds))
		run := Run{
			ID: planned.ID, Arm: planned.Arm, Domains: planned.Domains,
			Rung: planned.Rung.Name, Weighting: planned.Weighting.Name,
			Seed: int64(planned.Seed), Status: Missing,
		}
		done, err := folder.Run(planned.ID).ReadDone(planned.Hash)
		if err != nil {
			return s, err
		}
		if done != nil {
			if err := folder.Run(planned.ID).Verify(done); err != nil {
				return s, err
			}
			run.Status = Status(done.Status)
		}
		if run.Status == Finished {
			rows, err := layout.ReadHistory(folder.Run(planned.ID).History())
			if err != nil {
				return s, err
			}
			conflict.Add(run, rows)
			s.Curves = append(s.Curves, curvesOf(plan, rows, run, done)...)
		}
		s.Runs = append(s.Runs, run)
	}
	s.Conflict = conflict.Conflicts(plan.Analysis.Level)
	s.Warnings = append(s.Warnings, conflict.Warnings()...)
	s.Baselines, err = baselinesOf(plan, folder)
	return s, err
}

// DomainOf is what the analysis is told of a planned domain.
func DomainOf(d study.PlanDomain) DomainInfo {
	return DomainInfo{
		Name: d.Name, Task: d.Task, Outputs: d.Outputs, Names: d.Names,
		Train: d.Train, Val: d.Val, Test: d.Test, Dropped: d.Dropped, Notes: d.Notes, Measure: measures.Of(d.Measure).Name, ClassWeights: d.ClassWeights, Confidential: d.Confidential,
	}
}

// curvesOf are the validation curves of a run, by domain.
func curvesOf(plan *study.Plan, rows []layout.HistoryRow, run Run, done *layout.Done) []Curve {
	var out []Curve
	for _, name := range run.Domains {
		c := Curve{Run: run, Domain: name, Tested: done.Epoch, Steps: done.Steps}
		if d := plan.Domain(name); d != nil {
			c.Samples = d.Val
		}
		for _, r := range rows {
			if r.Split == layout.ValSplit && r.Domain == name {
				c.Loss, c.Accuracy = append(c.Loss, r.Loss), append(c.Accuracy, r.Accuracy)
			}
		}
		if len(c.Loss) > 0 {
			out = append(out, c)
		}
	}
	return out
}

// baselinesOf lists the linear models in a folder that are those of a plan.
func baselinesOf(plan *study.Plan, folder layout.Folder) ([]BaselineRun, error) {
	var out []BaselineRun
	for _, d := range plan.Domains {
		if d.Baseline == "" {
			continue
		}
		dir := folder.Baseline(d.Name)
		done, err := dir.ReadDone(d.Baseline)
		if err != nil {
			return nil, err
		}
		if done == nil {
			continue // not fitted yet
		}
		if err := dir.Verify(done); err != nil {
			return nil, err
		}
		s, err := dir.ReadFit()
		if err != nil {
			return nil, err
		}
		run := BaselineRun{Domain: d.Name, Model: s.Model, Text: s.Text(), Hint: s.Hint}
		if done.Status == layout.Finished {
			run.Open = func() iter.Seq2[*losses.Table, error] { return losses.Batches(dir.Losses()) }
		}
		out = append(out, run)
	}
	return out, nil
}
