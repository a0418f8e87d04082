package study

import (
	"path/filepath"
	"slices"
	"strings"
)

// Svmlight says how text of the formats svmlight and libsvm is read.
type Svmlight struct {
	Features  int  // numbers of a sample; 0: the largest index in any domain
	ZeroBased bool // indices count from 0
}

// svmlightEndings are those of files of sparse samples.
var svmlightEndings = []string{".svm", ".svmlight", ".libsvm"}

// IsSvmlightFile reports whether a name is that of a file of sparse samples, by
// its ending. Many such files have none.
func IsSvmlightFile(name string) bool {
	return slices.Contains(svmlightEndings, filepath.Ext(strings.TrimSuffix(strings.ToLower(name), ".gz")))
}

// MaxFeatures bounds the numbers of a sparse sample: minibatches are dense.
const MaxFeatures = 1 << 22

var svmlightFields = []field{
	{key: "features", doc: "Numbers of a sample: indices beyond it are errors.", typ: integer(1, MaxFeatures), note: "the largest index in any domain",
		at: at(func(s *Svmlight) *int { return &s.Features })},
	{key: "zero_based", doc: "Indices count from 0, not from 1.", typ: flag(), def: "false",
		at: at(func(s *Svmlight) *bool { return &s.ZeroBased })},
}

// svmlight checks the keys of a domain of sparse samples.
func (c *domainChecker) svmlight() {
	if c.d.Columns != nil {
		c.fail("columns", "columns are for tables (format csv); the lines of svmlight say label, qid (the group) and features themselves")
	}
	if c.d.Files.Path == "" {
		c.fail("data", "format svmlight needs a file: {path: FILE}")
	}
	first := c.study.Domains[0].Svmlight
	if first != nil && c.d.Svmlight.Features != first.Features {
		c.fail("svmlight.features", "%d, and domain %s has %d; domains that share a trunk have the same inputs", c.d.Svmlight.Features, c.study.Domains[0].Name, first.Features)
	}
}
