package study

import (
	"path/filepath"
	"slices"
	"strings"
)

// arrayEndings are those of files that hold arrays.
var arrayEndings = []string{".npy", ".npz", ".safetensors"}

// IsArrayFile reports whether a name is that of a file of arrays, by its
// ending.
func IsArrayFile(name string) bool {
	return slices.Contains(arrayEndings, filepath.Ext(strings.TrimSuffix(strings.ToLower(name), ".gz")))
}

// layout is the kind of input that samples of the study are like, by the
// number of their dimensions; "" where only the data tell.
func (s *Study) layout() string {
	switch {
	case s.Input.Kind == TextInput && s.Input.Text != nil:
		return s.Input.Text.layout()
	case s.Input.Kind != ArrayInput:
		return s.Input.Kind
	}
	switch len(s.Input.Shape) {
	case 1:
		return Table
	case 2:
		return SeriesInput
	case 3:
		return Image
	}
	return ""
}

// arrays checks the keys of a domain of arrays.
func (c *domainChecker) arrays() {
	if c.d.Columns != nil {
		c.fail("columns", "columns are for tables (format csv); arrays are named in data: inputs, labels, targets, groups")
	}
	if c.d.Invert && c.study.Input.Kind != Image {
		c.fail("invert", "invert is for images")
	}
	for _, f := range []struct {
		key string
		at  *Files
	}{{"data", &c.d.Files}, {"validation", c.d.Val}, {"test", c.d.Test}} {
		if f.at == nil || *f.at == (Files{}) {
			continue
		}
		regression := c.d.Task.Kind == Regression
		switch {
		case f.at.Path == "":
			c.fail(f.key, "format array needs a file: {path: FILE, labels: ARRAY}")
		case f.at.Labels != "" && f.at.Targets != "":
			c.fail(f.key, "labels and targets are both given; a domain has one task")
		case regression && f.at.Targets == "":
			c.fail(f.key, "the task is regression: name the array of numbers to predict under targets")
		case !regression && f.at.Labels == "":
			c.fail(f.key, "say what is predicted: {path: FILE, labels: ARRAY} for classes, {path: FILE, targets: ARRAY} for numbers; ARRAY is the name of an array in the file, or another file")
		case (f.at.Groups == "") != (c.d.Files.Groups == ""):
			c.fail(f.key, "groups are named for one part of the data and not for another")
		}
	}
	if c.d.Split.By == ByGroup && c.d.Files.Groups == "" {
		c.fail("split.by", "splitting by group needs data.groups, an array with the group of each sample")
	}
}
