package tracking

import (
	"fmt"
	"iter"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/losses"
	"github.com/sharewise/sharewise/analysis/study"
)

// Run is a run that ended as planned.
type Run struct {
	study.PlannedRun
	// Params are what it was trained with, in a fixed order.
	Params []Param
	// Curves are figures by epoch, sorted by epoch; Tests those of the test samples,
	// at the epoch whose parameters were kept.
	Curves, Tests []Scalar
	Done          *layout.Done
	// Ended is when it ended, as far as its files say.
	Ended time.Time
	// Model is the file of the trained model, empty where none was kept.
	Model string
}

// Param is a setting of a run, as text.
type Param struct{ Name, Value string }

// Scalar is a figure at an epoch, see the package for names.
type Scalar struct {
	Name  string
	Epoch int
	Value float64
}

// Read goes through the runs of a folder that ended as planned, in the order of the
// plan. An error, of a file that is missing or damaged, ends it.
func Read(folder layout.Folder) iter.Seq2[*Run, error] {
	return func(yield func(*Run, error) bool) {
		plan, err := folder.ReadPlan()
		if err != nil {
			yield(nil, err)
			return
		}
		for _, r := range plan.Runs {
			state, done, err := folder.State(r)
			if err == nil && state != layout.StateDone {
				continue
			}
			var run *Run
			if err == nil {
				run, err = read(plan, r, done, folder.Run(r.ID))
			}
			if !yield(run, err) || err != nil {
				return
			}
		}
	}
}

func read(plan *study.Plan, r study.PlannedRun, done *layout.Done, dir layout.RunFolder) (*Run, error) {
	if err := dir.VerifyFile(done, filepath.Base(dir.History())); err != nil {
		return nil, err
	}
	if err := dir.VerifyFile(done, filepath.Base(dir.Losses())); err != nil {
		return nil, err
	}
	info, err := os.Stat(dir.Done())
	if err != nil {
		return nil, err
	}
	run := &Run{PlannedRun: r, Done: done, Ended: info.ModTime().UTC().Truncate(time.Millisecond)}
	if run.Params, err = params(plan, r, dir); err != nil {
		return nil, err
	}
	history, err := layout.ReadHistory(dir.History())
	if err != nil {
		return nil, err
	}
	for _, row := range history {
		for _, d := range []string{row.Domain, row.Other} {
			if d != "" && !slices.Contains(r.Domains, d) {
				return nil, fmt.Errorf("%s has %w, %q", dir.History(), ErrDomain, d)
			}
		}
		if splits := []string{layout.TrainSplit, layout.ValSplit, layout.GradientSplit}; !slices.Contains(splits, row.Split) {
			return nil, fmt.Errorf("%s has a split %q; it is none of %s", dir.History(), row.Split, strings.Join(splits, ", "))
		}
	}
	run.Curves = curves(history)
	if run.Tests, err = tests(dir, r.Domains, done.Epoch); err != nil {
		return nil, err
	}
	if name := filepath.Base(dir.Model()); done.Files[name] != "" {
		if err := dir.VerifyFile(done, name); err != nil {
			return nil, err
		}
		run.Model = dir.Model()
	}
	return run, nil
}

// params are what decides a run, and what spec.json records of how it was trained.
func params(plan *study.Plan, r study.PlannedRun, dir layout.RunFolder) ([]Param, error) {
	spec, err := dir.ReadSpec()
	if err != nil {
		return nil, err
	}
	t := spec.Training
	out := []Param{
		{"study", plan.Study},
		{"arm", r.Arm},
		{"domains", strings.Join(r.Domains, ",")},
		{"rung", r.Rung.Name},
		{"weighting", r.Weighting.Name},
		{"seed", strconv.Itoa(r.Seed)},
		{"fold", strconv.Itoa(r.Fold)},
		{"epochs", strconv.Itoa(plan.Epochs)},
		{"steps", strconv.Itoa(r.Steps)},
		{"batch", strconv.Itoa(t.Batch)},
		{"optimizer", t.Optimizer.Name},
		{"rate", number(t.Rate)},
		{"schedule", t.Schedule.Kind},
		{"hash", r.Hash},
		{"sharewise", spec.Sharewise},
	}
	return slices.DeleteFunc(out, func(p Param) bool {
		return p.Value == "" || p.Name == "fold" && r.Fold == 0
	}), nil
}

// curves are the figures of a history that are there, sorted by epoch and name.
func curves(rows []layout.HistoryRow) []Scalar {
	var out []Scalar
	for _, r := range rows {
		of := r.Domain
		if r.Other != "" {
			of += "/" + r.Other
		}
		for _, f := range []struct {
			name  string
			value float64
		}{{"loss", r.Loss}, {"accuracy", r.Accuracy}, {"weight", r.Weight}, {"cosine", r.Cosine}, {"opposed", r.Opposed}, {"norm", r.Norm}} {
			if !math.IsNaN(f.value) {
				out = append(out, Scalar{r.Split + "/" + f.name + "/" + of, int(r.Epoch), f.value})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Scalar) int {
		if a.Epoch != b.Epoch {
			return a.Epoch - b.Epoch
		}
		return strings.Compare(a.Name, b.Name)
	})
	return out
}

// tests are the mean loss of each domain's test samples, and the share of them that is
// right where samples are right or wrong.
func tests(dir layout.RunFolder, domains []string, epoch int) ([]Scalar, error) {
	type sum struct {
		n, judged, right int
		loss             float64
	}
	sums := map[string]*sum{}
	var names []string
	for t, err := range losses.Batches(dir.Losses()) {
		if err != nil {
			return nil, err
		}
		for i, d := range t.Domain {
			s := sums[d]
			if s == nil && !slices.Contains(domains, d) {
				return nil, fmt.Errorf("%s has %w, %q", dir.Losses(), ErrDomain, d)
			}
			if s == nil {
				s = new(sum)
				sums[d] = s
				names = append(names, d)
			}
			s.n++
			s.loss += float64(t.Loss[i])
			if t.Correct != nil && (t.Label == nil || t.Label[i] != losses.LabelRegression) {
				s.judged++
				if t.Correct[i] {
					s.right++
				}
			}
		}
	}
	var out []Scalar
	for _, d := range names {
		s := sums[d]
		out = append(out, Scalar{"test/loss/" + d, epoch, s.loss / float64(s.n)})
		if s.judged > 0 {
			out = append(out, Scalar{"test/accuracy/" + d, epoch, float64(s.right) / float64(s.judged)})
		}
	}
	return out, nil
}

// number writes a number with as many digits as it has.
func number(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
