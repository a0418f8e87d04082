package study

import (
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"
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
	if t.Kind == Regression && t.Measure == ByError {
		c.fail("task.measure", "regression has no right or wrong answers; measure it by loss")
	}
	table := IsTable(c.d.Format) || c.d.Format == SeriesFormat || c.d.Format == ArrayFormat || c.d.Format == SvmlightFormat
	switch {
	case t.Kind == Regression && !table:
		c.fail("task.kind", "regression needs a table with columns.targets; format %s has classes", c.d.Format)
	case t.Kind == Multilabel && !IsTable(c.d.Format) && c.d.Format != SvmlightFormat:
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
	known := map[string]bool{}
	for i, name := range t.Classes {
		if known[name] {
			c.fail(fmt.Sprintf("task.classes[%d]", i), "class %q is listed twice", name)
		}
		known[name] = true
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

// shareSplits decides which domains draw their split by the rows of the file:
// those that name the same data and whose rows columns.where does not keep
// apart.
func (s *Study) shareSplits() {
	for i := range s.Domains {
		d := &s.Domains[i]
		if d.Split.Shared != nil {
			continue
		}
		for j := range s.Domains {
			if i != j && d.meets(&s.Domains[j]) {
				shared := true
				d.Split.Shared = &shared
				break
			}
		}
	}
}

// SplitKey names the stream that draws a domain's split: its name, or, where
// the split is shared, the name of the file without folder and compression.
func (d *Domain) SplitKey() string {
	if !d.sharesSplit() {
		return d.Name
	}
	file := d.Files.Path
	if file == "" {
		file = d.Files.Images + d.Files.Inputs
	}
	return "file " + strings.TrimSuffix(path.Base(filepath.ToSlash(file)), ".gz")
}

func (d *Domain) sharesSplit() bool { return d.Split.Shared != nil && *d.Split.Shared }

// meets reports whether two domains may use the same rows.
func (d *Domain) meets(e *Domain) bool {
	same := func(a, b string) bool { return a != "" && filepath.Clean(a) == filepath.Clean(b) }
	if !same(d.Files.Path, e.Files.Path) && !same(d.Files.Images, e.Files.Images) && !same(d.Files.Inputs, e.Files.Inputs) {
		return false
	}
	if d.Columns == nil || e.Columns == nil {
		return true
	}
	for column, value := range d.Columns.Where {
		if other, ok := e.Columns.Where[column]; ok && other != value {
			return false
		}
	}
	return true
}

// sharedSplits makes sure that domains which may use the same rows divide them
// alike.
func (c *checker) sharedSplits() {
	for i := range c.study.Domains {
		d := &c.study.Domains[i]
		for j := range i {
			e := &c.study.Domains[j]
			if !d.meets(e) {
				continue
			}
			at := fmt.Sprintf("domains[%d].split", i)
			switch {
			case !d.sharesSplit() || !e.sharesSplit():
				c.warnf("domains %s and %s may use the same rows of %s and split them each for itself: what one is tested on, the other may have learnt; remove split.shared: false", e.Name, d.Name, d.Files.name())
			case d.Split.Val != e.Split.Val || d.Split.Test != e.Split.Test || d.Split.By != e.Split.By || d.groups() != e.groups() || (d.Test == nil) != (e.Test == nil) || (d.Val == nil) != (e.Val == nil):
				c.errorf(at, "domains %s and %s may use the same rows of %s, and their splits differ: give both the same validation, test, by and group, so that neither is tested on what the other has learnt", e.Name, d.Name, d.Files.name())
			}
		}
	}
}

func (f Files) name() string {
	if f.Path != "" {
		return f.Path
	}
	return f.Images + f.Inputs
}

// groups is what a domain's groups and given parts come from.
func (d *Domain) groups() string {
	if d.Columns == nil {
		return d.Split.Group
	}
	return d.Split.Group + "\x00" + d.Columns.Group + "\x00" + d.Columns.Split
}
