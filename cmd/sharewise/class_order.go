package main

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/evaluate"
	"github.com/sharewise/sharewise/analysis/losses"
	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
)

// orderClasses puts the order of classes that a flag names into a task; the flag
// is empty if it is not given.
func orderClasses(t *study.Task, order string) error {
	switch {
	case order == "":
	case t.Classes != nil:
		return errors.New("its classes are listed in their order, so --class-order has nothing to say")
	default:
		t.ClassOrder = order
	}
	return nil
}

// orderNote says that the order of a model's classes is a guess.
func orderNote(o *evaluate.Order) string {
	return o.String() + " Say which with --class-order numbers or text, or with --labels"
}

// shortList lists the first classes.
func shortList(names []string) string {
	const most = 13
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return strings.Join(names[:most], ", ") + ", ..."
}

// headForm is how a model that is to keep its outputs is used before it is
// trained, nil where that cannot be told.
func (f *trainFlags) headForm(path string, p *project.Project, d *dataset.Domain) (*onnxio.Model, *evaluate.Form) {
	m, err := onnxio.Open(path, append(project.Settings(p.Study.Model), f.set...))
	if err != nil {
		return nil, nil
	}
	given := evaluate.Form{Offset: d.Norm.Offset, Mean: d.Norm.Mean, Std: d.Norm.Std, Rows: d.Norm.Rows}
	if f.given("features") {
		given.Output = f.model.Features
	}
	form, err := evaluate.Guess(m, d, given)
	if err != nil {
		return nil, nil
	}
	return m, form
}

// statedOrder is the order of classes that a model which is to keep its outputs
// states, where it is another one than that of the data and nobody else has said
// one; else nil.
func (f *trainFlags) statedOrder(path string, p *project.Project, d *dataset.Domain) []string {
	task := p.Study.Domain(d.Name).Task
	if !f.keepHead || task.Classes != nil || task.ClassOrder != "" || d.Task.Classes == nil {
		return nil
	}
	_, form := f.headForm(path, p, d)
	if form == nil || form.NamesFrom != evaluate.FromModel || len(form.Names) != len(d.Task.Classes) || slices.Equal(form.Names, d.Task.Classes) {
		return nil
	}
	return form.Names
}

// headOrder says of a model that is to keep its outputs, before it is trained,
// that the order of its classes is a guess, and which order fits the data better,
// if the model can be judged; "" if it is no guess.
func (f *trainFlags) headOrder(ctx context.Context, backend exec.Backend, path string, p *project.Project, d *dataset.Domain) string {
	task := p.Study.Domain(d.Name).Task
	if !f.keepHead || task.Classes != nil || task.ClassOrder != "" {
		return ""
	}
	o := evaluate.Orders(d)
	if o == nil {
		return ""
	}
	m, form := f.headForm(path, p, d)
	if form == nil {
		return orderNote(o)
	}
	if form.NamesFrom == evaluate.FromModel {
		return ""
	}
	split := d.Val
	if split.Len() == 0 {
		split = d.Train
	}
	model, err := evaluate.Open(backend, m, *form, exec.Options{})
	if err != nil {
		return orderNote(o)
	}
	defer model.Close()
	if err := model.Judge(ctx, &losses.Table{}, d, split, 0); err == nil && model.Order() != nil {
		o = model.Order()
	}
	return orderNote(o)
}
