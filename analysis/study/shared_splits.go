package study

import (
	"cmp"
	"fmt"
	"path"
	"path/filepath"
	"strings"
)

// shareSplits decides which domains draw their split by the rows of the file:
// those that name the same data and whose rows columns.where does not keep
// apart. Domains that meet, or that a third one meets, draw from the stream of
// the first of them.
func (s *Study) shareSplits() {
	first := make([]int, len(s.Domains)) // of the domains that meet
	for i := range s.Domains {
		first[i] = i
		for j := range i {
			if a, b := first[i], first[j]; a != b && s.Domains[i].meets(&s.Domains[j]) {
				for k := range i + 1 {
					if first[k] == max(a, b) {
						first[k] = min(a, b)
					}
				}
			}
		}
	}
	members := make([]int, len(s.Domains))
	for _, f := range first {
		members[f]++
	}
	for i := range s.Domains {
		d := &s.Domains[i]
		if members[first[i]] == 1 {
			continue
		}
		d.Split.key = s.Domains[first[i]].Files.splitKey()
		if d.Split.Shared == nil {
			shared := true
			d.Split.Shared = &shared
		}
	}
}

// SplitKey names the stream that draws a domain's split: its name, or, where
// the split is shared, the name of the file without folder and compression.
func (d *Domain) SplitKey() string {
	switch {
	case !d.sharesSplit():
		return d.Name
	case d.Split.key != "":
		return d.Split.key
	}
	return d.Files.splitKey()
}

func (f Files) splitKey() string {
	file := cmp.Or(f.Index, f.Path, f.Images)
	return "file " + strings.TrimSuffix(path.Base(filepath.ToSlash(file)), ".gz")
}

func (d *Domain) sharesSplit() bool { return d.Split.Shared != nil && *d.Split.Shared }

// meets reports whether two domains may use the same rows.
func (d *Domain) meets(e *Domain) bool {
	if !d.Files.meets(e.Files) {
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

// meets reports whether two domains may read the same samples. Arrays are the
// same where file and name are; one without a name may be any of its file. Two
// arrays of one file hold the same samples where their labels or targets are
// one array.
func (f Files) meets(g Files) bool {
	if f.rowFile() == "" || f.rowFile() != g.rowFile() {
		return false
	}
	a, b := f.rowArray(), g.rowArray()
	same := func(a, b string) bool { return a != "" && a == b }
	return a == b || a == "" || b == "" || same(f.Labels, g.Labels) || same(f.Targets, g.Targets)
}

// rowFile is the file or folder whose rows are the samples.
func (f Files) rowFile() string {
	switch {
	case IsArrayFile(f.Inputs):
		return filepath.Clean(f.Inputs)
	case f.Index != "":
		return filepath.Clean(f.Index)
	case f.Path != "":
		return filepath.Clean(f.Path)
	case f.Images != "":
		return filepath.Clean(f.Images)
	}
	return ""
}

// rowArray is the name of the array with the samples; empty where none is
// given.
func (f Files) rowArray() string {
	if IsArrayFile(f.Inputs) {
		return ""
	}
	return f.Inputs
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
				c.warnf("domains %s and %s may use the same rows of %s and split them each for itself: what one is tested on, the other may have learnt; remove split.shared: false", e.Name, d.Name, d.Files.rowFile())
			case d.Split.Val != e.Split.Val || d.Split.Test != e.Split.Test || d.Split.Folds != e.Split.Folds || d.Split.By != e.Split.By || d.groups() != e.groups() || (d.Test == nil) != (e.Test == nil) || (d.Val == nil) != (e.Val == nil):
				c.errorf(at, "domains %s and %s may use the same rows of %s, and their splits differ: give both the same validation, test, by and group, so that neither is tested on what the other has learnt", e.Name, d.Name, d.Files.rowFile())
			}
		}
	}
}

// groups is what a domain's groups and given parts come from.
func (d *Domain) groups() string {
	if d.Columns == nil {
		return d.Split.Group
	}
	return d.Split.Group + "\x00" + d.Columns.Group + "\x00" + d.Columns.Split
}
