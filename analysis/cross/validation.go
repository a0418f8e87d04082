package cross

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/evaluate"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/losses"
	"github.com/sharewise/sharewise/analysis/policy"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
)

// mostModels is how many models of a domain Validation looks at: differences between
// domains show in a few.
const mostModels = 5

// Validation returns at [i][j] the mean loss of the independent models of domain i on
// the validation samples of domain j, both in the order of folds[0]: of those that a plan
// has at a rung and that have finished in the folder, five of a domain at most. It is NaN
// where a domain has no such model or no validation samples, where model and domain do
// not fit, and where the plan's policy forbids it. Nothing is written, and no test sample
// is looked at.
//
// Inputs and targets are scaled as those of the domain at hand are, as they come to a
// model that the domain shares. A domain whose sensors have other units is therefore not
// far from others, as it is in what [Folder] measures.
//
// folds are all domains of the study, once for every fold that it has; threads are those
// of one session, and 0 stands for 1.
func Validation(ctx context.Context, b exec.Backend, folder layout.Folder, plan *study.Plan, rung string, folds [][]*dataset.Domain, threads int) ([][]float64, error) {
	rules, err := plan.Checker()
	if err != nil {
		return nil, fmt.Errorf("cross: %w", err)
	}
	v := &validation{folder: folder, threads: threads, folds: folds, backend: b, rules: rules}
	out := make([][]float64, len(folds[0]))
	for i, d := range folds[0] {
		if out[i], err = v.model(ctx, plan, rung, d.Name); err != nil {
			return nil, fmt.Errorf("cross: %w", err)
		}
	}
	return out, nil
}

// validation tests models on validation samples.
type validation struct {
	folder  layout.Folder
	threads int
	folds   [][]*dataset.Domain
	backend exec.Backend
	rules   *policy.Checker
}

// model is what the models that learned one domain lose on every domain.
func (v *validation) model(ctx context.Context, plan *study.Plan, rung, trained string) ([]float64, error) {
	sum, models := make([]float64, len(v.folds[0])), 0
	err := eachModel(v.folder, plan, rung, trained, mostModels, func(dir layout.RunFolder, r study.Run) error {
		lost, err := v.run(ctx, dir, r)
		for j, l := range lost {
			sum[j] += l
		}
		models++
		return err
	})
	if err != nil {
		return nil, err
	}
	for j := range sum {
		sum[j] /= float64(models)
	}
	return sum, nil
}

// run is what one trained model loses on every domain.
func (v *validation) run(ctx context.Context, dir layout.RunFolder, r study.Run) ([]float64, error) {
	m, err := onnxio.Load(dir.Model())
	if err != nil {
		return nil, err
	}
	own, err := evaluate.FormOf(m, r.Domains[0])
	if err != nil {
		return nil, fmt.Errorf("%s: %w", dir.Model(), err)
	}
	domains := v.folds[max(0, r.Fold-1)]
	forms := make([]evaluate.Form, len(domains))
	for j, d := range domains {
		forms[j] = asShared(*own, d)
	}
	models, err := evaluate.OpenAll(v.backend, m, forms, exec.Options{Threads: v.threads})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", dir.Model(), err)
	}
	defer models[0].Close()
	out := make([]float64, len(domains))
	for j, d := range domains {
		if out[j] = math.NaN(); d.Val.Len() == 0 {
			continue
		}
		if d.Name != r.Domains[0] && v.rules.RefuseAct(policy.Evaluation, []string{r.Domains[0], d.Name}) != nil {
			continue
		}
		t := &losses.Table{}
		err := models[j].Judge(ctx, t, d, d.Val, int64(r.Seed))
		if errors.Is(err, evaluate.ErrFit) {
			continue
		}
		if err != nil {
			return nil, err
		}
		sum := 0.0
		for _, l := range t.Loss {
			sum += float64(l)
		}
		out[j] = sum / float64(len(t.Loss))
	}
	return out, nil
}

// asShared is a form by which a domain comes to a model as to one that it shares: its
// inputs and, where it has the same targets, these in units of its own.
func asShared(f evaluate.Form, d *dataset.Domain) evaluate.Form {
	f.ScaleAs(d)
	if f.Gives == evaluate.Values && slices.Equal(f.Names, d.Task.Targets) {
		n := d.TargetNorm
		f.TargetOffset, f.TargetMean, f.TargetStd = n.Offset, n.Mean, n.Std
	}
	return f
}
