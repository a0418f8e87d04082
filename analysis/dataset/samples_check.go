package dataset

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/sharewise/sharewise/analysis/datafile"
	"github.com/sharewise/sharewise/analysis/study"
)

// sampleChecker looks for what is wrong with samples.
type sampleChecker struct {
	*samplesReader
	*Samples
	name  string
	shape []int
}

func (c *sampleChecker) error(format string, args ...any) *Error {
	return &Error{File: c.name, Reason: fmt.Sprintf(format, args...)}
}

func sampleName(i int) string { return "sample " + strconv.Itoa(i) }

// check makes sure that all parts of the samples go together.
func (c *sampleChecker) check() error {
	switch n := c.len(); {
	case n == 0:
		return c.error("no samples")
	case c.X != nil && c.Pixels != nil:
		return c.error("X and Pixels are both given; samples have one kind of input")
	case c.Pixels != nil && (len(c.shape) != 3 || c.shape[0] != 1 && c.shape[0] != 3):
		return c.error("Pixels of shape %v; pictures have [1 or 3, height, width]", c.shape)
	case c.X != nil && c.study.Input.Normalize == "unit":
		return c.error("input.normalize unit is for bytes, which are Pixels")
	case c.shape == nil:
		c.shape = []int{len(c.X[0])}
	}
	if want := c.study.Input.Shape; len(want) > 0 && !slices.Equal(want, c.shape) {
		return c.error("samples have shape %v, and input.array is %v", c.shape, want)
	}
	size := 1
	for _, d := range c.shape {
		if d < 1 {
			return c.error("shape %v: a sample has at least one number in each dimension", c.shape)
		}
		size *= d
	}
	if c.Features != nil && (len(c.shape) != 1 || len(c.Features) != size) {
		return c.error("%d names of features, and samples have shape %v", len(c.Features), c.shape)
	}
	for i := range c.len() {
		n := 0
		if c.Pixels != nil {
			n = len(c.Pixels[i])
		} else {
			n = len(c.X[i])
		}
		if n != size {
			return &Error{File: c.name, Member: sampleName(i), Reason: fmt.Sprintf("%d numbers, and samples of shape %v have %d", n, c.shape, size)}
		}
	}
	return c.answers()
}

// answers makes sure that there is what the task predicts, for every sample.
func (c *sampleChecker) answers() error {
	numbers := c.d.Task.Kind == study.Regression || c.d.Task.Kind == study.Multilabel
	switch {
	case numbers && (c.Targets == nil || c.Labels != nil):
		return c.error("the task is %s, which takes Targets and no Labels", c.d.Task.Kind)
	case !numbers && (c.Labels == nil || c.Targets != nil):
		return c.error("the task is %s, which takes Labels and no Targets; task.kind regression predicts numbers", c.d.Task.Kind)
	case c.d.Split.By == study.ByGroup && c.Groups == nil:
		return c.error("split.by is group, and the samples have no Groups")
	}
	for _, part := range []struct {
		name  string
		n     int
		given bool
	}{
		{"Labels", len(c.Labels), c.Labels != nil}, {"Targets", len(c.Targets), c.Targets != nil},
		{"Groups", len(c.Groups), c.Groups != nil}, {"Names", len(c.Names), c.Names != nil},
	} {
		if part.given && part.n != c.len() {
			return c.error("%d %s, and there are %d samples", part.n, part.name, c.len())
		}
	}
	if c.Targets == nil {
		return nil
	}
	width := len(c.Targets[0])
	if width == 0 || c.TargetNames != nil && len(c.TargetNames) != width {
		return c.error("%d target names, and samples have %d targets", len(c.TargetNames), width)
	}
	for i, row := range c.Targets {
		if len(row) != width {
			return &Error{File: c.name, Member: sampleName(i), Reason: fmt.Sprintf("%d targets, and the first sample has %d", len(row), width)}
		}
	}
	return nil
}

// like makes sure that given validation or test samples are like the domain's
// others.
func (c *sampleChecker) like(first *Samples) error {
	shape := first.Shape
	if shape == nil {
		shape = []int{len(first.X[0])}
	}
	for _, part := range []struct {
		name  string
		alike bool
	}{
		{"Shape", slices.Equal(shape, c.shape)},
		{"Pixels", (first.Pixels == nil) == (c.Pixels == nil)},
		{"Features", slices.Equal(first.Features, c.Features)},
		{"TargetNames", slices.Equal(first.TargetNames, c.TargetNames)},
		{"Targets", c.Targets == nil || len(first.Targets[0]) == len(c.Targets[0])},
		{"Groups", (first.Groups == nil) == (c.Groups == nil)},
		{"Names", (first.Names == nil) == (c.Names == nil)},
	} {
		if !part.alike {
			return c.error("%s differ from those of %q, the domain's other samples: all have the same shape, names and kinds of data", part.name, c.d.Files.Path)
		}
	}
	return nil
}

// targetNames call the targets, as those of arrays are called.
func (c *sampleChecker) targetNames() []string {
	switch {
	case c.Targets == nil || c.TargetNames != nil:
		return c.TargetNames
	case len(c.Targets[0]) == 1:
		return []string{"target"}
	}
	out := make([]string, len(c.Targets[0]))
	for k := range out {
		out[k] = "target" + strconv.Itoa(k+1)
	}
	return out
}

// fault says what is wrong with one sample, nil for nothing.
func (c *sampleChecker) fault(i int) *Error {
	bad := func(what string, k int, value float64, reason string) *Error {
		return &Error{File: c.name, Member: fmt.Sprintf("%s, %s %d", sampleName(i), what, k), Value: strconv.FormatFloat(value, 'g', -1, 64), Reason: reason}
	}
	if c.Pixels == nil {
		for k, v := range c.X[i] {
			if reason := unusable(float64(v)); reason != "" {
				return bad("input", k, float64(v), reason)
			}
		}
	}
	if c.Targets != nil {
		for k, v := range c.Targets[i] {
			reason := unusable(v)
			if reason == "" && c.d.Task.Kind == study.Multilabel && v != 0 && v != 1 {
				reason = "neither 0 nor 1"
			}
			if reason != "" {
				return bad("target", k, v, reason)
			}
		}
	}
	if c.Labels != nil && c.Labels[i] == "" {
		return &Error{File: c.name, Member: sampleName(i) + ", label", Reason: datafile.MissingValue}
	}
	if c.Groups != nil && c.Groups[i] == "" {
		return &Error{File: c.name, Member: sampleName(i) + ", group", Reason: datafile.MissingValue}
	}
	return nil
}
