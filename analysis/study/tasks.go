package study

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/measures"
)

// objective is what a run's identity says of how training judges a domain,
// where that is not what its kind of task does by default.
type objective struct {
	Loss         string        `json:"loss"`
	Delta        float64       `json:"delta,omitempty"`
	ClassWeights *ClassWeights `json:"class_weights,omitempty"`
	Smoothing    float64       `json:"smoothing,omitempty"`
}

func (t Task) objective() *objective {
	o := &objective{Loss: t.Loss, Smoothing: t.Smoothing}
	if t.Loss == Huber {
		o.Delta = t.Delta
	}
	if t.ClassWeights.Given() {
		w := t.ClassWeights
		if w.ByClass != nil {
			w.Rule = ""
		}
		o.ClassWeights = &w
	}
	if o.Loss == lossOf[t.Kind] && o.ClassWeights == nil && o.Smoothing == 0 {
		return nil
	}
	return o
}

// task checks the kind of task with everything that depends on it.
func (c *domainChecker) task() {
	t := &c.d.Task
	c.taskMeasure()
	table := IsTable(c.d.Format) || c.d.Format == SeriesFormat || c.d.Format == ArrayFormat || c.d.Format == SvmlightFormat || c.d.Format == InMemory || c.d.Indexed()
	switch {
	case t.Kind == Regression && !table:
		c.fail("task.kind", "regression needs a table with columns.targets; format %s has classes", c.d.Format)
	case t.Kind == Multilabel && !IsTable(c.d.Format) && c.d.Format != SvmlightFormat && c.d.Format != InMemory && !c.d.Indexed():
		c.fail("task.kind", "multilabel needs a table with columns.labels; this domain's format is %s", c.d.Format)
	}
	choices := []string{lossOf[t.Kind]}
	if t.Kind == Regression {
		choices = append(choices, Huber)
	}
	if !slices.Contains(choices, t.Loss) {
		c.fail("task.loss", "%s is not a loss of %s; choose %s", t.Loss, t.Kind, strings.Join(choices, " or "))
	}
	if t.Delta != 0 && t.Loss != Huber {
		c.fail("task.delta", "delta is for the loss %s, not for %s", Huber, t.Loss)
	}
	if t.Kind == Regression && t.Smoothing != 0 {
		c.fail("task.label_smoothing", "regression has no classes to smooth")
	}
	if t.Kind == Regression && t.ClassWeights.Given() {
		c.fail("task.class_weights", "regression has no classes to weight")
	}
	c.taskClasses()
}

// measureDoc says what task.measure means, measure by measure.
func measureDoc() string {
	var means, adds []string
	for _, m := range measures.All {
		means = append(means, m.Setting+" "+m.Doc)
		if m.Effects == measures.Loss {
			adds = append(adds, m.Setting)
		}
	}
	return "What gains rest on: " + strings.Join(means, "; ") + ". Transfer and interference add up losses with " + strings.Join(adds, " and ") + ", and count answers with the others."
}

// taskMeasure checks that answers can be measured so.
func (c *domainChecker) taskMeasure() {
	t := &c.d.Task
	m := measures.Of(t.Measure)
	switch {
	case t.Kind == Regression && m.Needs.Has(measures.Answers|measures.Classes|measures.Scores):
		c.fail("task.measure", "regression has no right or wrong answers; measure it by loss")
	case t.Kind == Multilabel && m.Needs.Has(measures.Classes|measures.Scores):
		c.fail("task.measure", "%s is for samples of one class each; measure several labels by loss or error", t.Measure)
	case m.Needs.Has(measures.Scores) && len(t.Classes) > 2:
		c.fail("task.measure", "%s is for two classes, and %d are listed; balanced counts every class the same", t.Measure, len(t.Classes))
	}
}

// checkMeasures refuses a measure that the classes found in the data do not
// allow.
func (s *Study) checkMeasures(domains []DomainSize) error {
	for i, d := range domains {
		if t := s.Domains[i].Task; measures.Of(t.Measure).Needs.Has(measures.Scores) && d.Outputs > 2 {
			return fmt.Errorf("domain %s: task.measure: %s is for two classes, and its data have %d; balanced counts every class the same", d.Name, t.Measure, d.Outputs)
		}
	}
	return nil
}

// partedMeasures are warnings of domains whose training weights classes while their
// measure counts every sample the same.
func (s *Study) partedMeasures() []string {
	var out []string
	for _, d := range s.Domains {
		if t := d.Task; t.ClassWeights.Given() && t.Measure != "" && !measures.Of(t.Measure).Alike {
			out = append(out, fmt.Sprintf("domain %s: task.class_weights changes what training reduces, and task.measure: %s counts every sample the same; what training improves may read as a loss", d.Name, t.Measure))
		}
	}
	return out
}

func (c *domainChecker) taskClasses() {
	t := &c.d.Task
	switch n := len(t.Classes); {
	case n == 0:
	case t.Kind == Regression || t.Kind == Multilabel:
		c.fail("task.classes", "%s has no classes", t.Kind)
	case n == 1:
		c.fail("task.classes", "one class leaves nothing to tell apart")
	case t.Kind == Binary && n != 2:
		c.fail("task.classes", "binary takes two classes, the negative one first; %d are listed", n)
	}
	if t.ClassOrder != "" && len(t.Classes) > 0 {
		c.fail("task.class_order", "task.classes lists the classes in their order")
	}
	listed := map[string]bool{}
	for i, name := range t.Classes {
		if listed[name] {
			c.fail(fmt.Sprintf("task.classes[%d]", i), "class %q is listed twice", name)
		}
		listed[name] = true
	}
	names := t.Classes
	if t.Kind == Multilabel && c.d.Columns != nil {
		names = c.d.Columns.Labels
	}
	if names == nil {
		return // the data will tell
	}
	for _, name := range sortedKeys(t.ClassWeights.ByClass) {
		if !slices.Contains(names, name) {
			c.fail("task.class_weights."+name, "there is no class %q%s", name, DidYouMean(name, names))
		}
	}
}
