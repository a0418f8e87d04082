package retrain

import (
	"context"
	"slices"

	"github.com/sharewise/sharewise/analysis/evaluate"
	"github.com/sharewise/sharewise/analysis/losses"
	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
)

// Order says of a model that keeps its head, before it is trained, that the order
// of its classes is a guess, and which order fits the data better, if the model
// can be judged; nil if it is no guess.
func (t *Training) Order(ctx context.Context, b exec.Backend) *evaluate.Order {
	if !t.config.KeepHead || t.ordered() {
		return nil
	}
	d := t.Domain()
	o := evaluate.Orders(d)
	if o == nil {
		return nil
	}
	m, form := t.form()
	if form == nil {
		return o
	}
	if form.NamesFrom == evaluate.FromModel {
		return nil
	}
	split := d.Val
	if split.Len() == 0 {
		split = d.Train
	}
	model, err := evaluate.Open(b, m, *form, exec.Options{})
	if err != nil {
		return o
	}
	defer model.Close()
	if err := model.Judge(ctx, &losses.Table{}, d, split, 0); err == nil && model.Order() != nil {
		o = model.Order()
	}
	return o
}

// ordered reports whether somebody has listed or sorted the classes.
func (t *Training) ordered() bool {
	task := t.Project.Study.Domains[0].Task
	return task.Classes != nil || task.ClassOrder != ""
}

// form is how a model that keeps its head is used before it is trained, nil where
// that cannot be told.
func (t *Training) form() (*onnxio.Model, *evaluate.Form) {
	c, d := t.config, t.Domain()
	m, err := onnxio.Open(c.Model, append(project.Settings(c.Tuning), c.Options.Set...))
	if err != nil {
		return nil, nil
	}
	given := evaluate.Form{Output: c.Tuning.Features, Offset: d.Norm.Offset, Mean: d.Norm.Mean, Std: d.Norm.Std, Rows: d.Norm.Rows}
	form, err := evaluate.Guess(m, d, given)
	if err != nil {
		return nil, nil
	}
	return m, form
}

// statedOrder is the order of classes that a model which keeps its head states,
// where it is another one than that of the data and nobody else has said one; else
// nil.
func (t *Training) statedOrder() []string {
	classes := t.Domain().Task.Classes
	if !t.config.KeepHead || t.ordered() || classes == nil {
		return nil
	}
	_, form := t.form()
	if form == nil || form.NamesFrom != evaluate.FromModel || len(form.Names) != len(classes) || slices.Equal(form.Names, classes) {
		return nil
	}
	return form.Names
}
