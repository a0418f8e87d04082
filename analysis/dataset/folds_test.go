package dataset

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/study"
)

func openFoldStudy(t *testing.T, domain string, files map[string]string) [][]*Domain {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join(dir, "study.yaml")
	if err := os.WriteFile(file, []byte("version: 1\nname: s\nseeds: 4\n"+domain), 0o644); err != nil {
		t.Fatal(err)
	}
	s, err := study.Parse(file)
	if err != nil {
		t.Fatal(err)
	}
	folds, err := OpenFolds(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	return folds
}

// tested returns how often each sample is tested, and makes sure that no sample is
// in two parts of one fold and that normalisation follows the fold's training part.
func tested(t *testing.T, folds [][]*Domain, k int) map[int64]int {
	t.Helper()
	count := map[int64]int{}
	sums := map[string]bool{}
	for f, domains := range folds {
		d := domains[k]
		in := map[int64]int{}
		for _, s := range []*Split{d.Train, d.Val, d.Test} {
			for i := range s.Len() {
				in[s.ID(i)]++
			}
		}
		for id, n := range in {
			if n > 1 {
				t.Errorf("fold %d: sample %d is in %d parts", f+1, id, n)
			}
		}
		for i := range d.Test.Len() {
			count[d.Test.ID(i)]++
		}
		sums[d.SHA256] = true
	}
	if len(sums) != len(folds) {
		t.Errorf("%d folds have %d identities", len(folds), len(sums))
	}
	return count
}

func onceEach(t *testing.T, count map[int64]int, n int) {
	t.Helper()
	if len(count) != n {
		t.Errorf("%d samples are tested, want %d", len(count), n)
	}
	for id, times := range count {
		if times != 1 {
			t.Errorf("sample %d is tested %d times", id, times)
		}
	}
}

// TestFoldsOfRows: every row is tested in one fold, classes in their share, and the
// only row of a class never.
func TestFoldsOfRows(t *testing.T) {
	var b strings.Builder
	b.WriteString("x,y\n")
	for i := range 40 {
		fmt.Fprintf(&b, "%d,%s\n", i*i%17, []string{"a", "a", "a", "b"}[i%4])
	}
	b.WriteString("3,rare\n")
	folds := openFoldStudy(t, "domains: [{name: d, data: d.csv, split: {folds: 4}, columns: {label: y}}]\n", map[string]string{"d.csv": b.String()})
	onceEach(t, tested(t, folds, 0), 40)
	for f, domains := range folds {
		d, n := domains[0], 0
		for i := range d.Test.Len() {
			if d.Task.Classes[d.Test.Label(i)] == "b" {
				n++
			}
		}
		if d.Test.Len() != 10 || n < 2 || n > 3 || d.Val.Len() != 4 {
			t.Errorf("fold %d: %d test samples, %d of the smaller class, %d for validation", f+1, d.Test.Len(), n, d.Val.Len())
		}
	}
}

// TestFoldsOfTargets: targets are standardised by what the fold learns from.
func TestFoldsOfTargets(t *testing.T) {
	var b strings.Builder
	b.WriteString("x,y\n")
	for i := range 24 {
		fmt.Fprintf(&b, "%d,%d\n", i, i*i)
	}
	folds := openFoldStudy(t, "domains: [{name: d, data: d.csv, split: {folds: 3, by: time}, columns: {targets: [y]}}]\n", map[string]string{"d.csv": b.String()})
	onceEach(t, tested(t, folds, 0), 24)
	means := map[float32]bool{}
	for f, domains := range folds {
		d := domains[0]
		means[d.TargetNorm.Mean[0]] = true
		for i := range d.Test.Len() {
			if at := d.Test.ID(i); int(at)/8 != f {
				t.Errorf("fold %d tests row %d, want a stretch of time", f+1, at)
			}
		}
		if d.Val.Len() != 2 {
			t.Errorf("fold %d: %d rows for validation", f+1, d.Val.Len())
		}
	}
	if len(means) != 3 {
		t.Errorf("targets are standardised by %d means", len(means))
	}
}

// TestFoldsOfGroups: no group is on both sides of a fold.
func TestFoldsOfGroups(t *testing.T) {
	var b strings.Builder
	b.WriteString("x,lot,y\n")
	for i := range 60 {
		fmt.Fprintf(&b, "%d,l%d,%s\n", i, i/5, []string{"a", "b"}[i/5%2])
	}
	folds := openFoldStudy(t, "domains: [{name: d, data: d.csv, split: {folds: 4}, columns: {label: y, group: lot}}]\n", map[string]string{"d.csv": b.String()})
	onceEach(t, tested(t, folds, 0), 60)
	for f, domains := range folds {
		d := domains[0]
		var test []string
		for i := range d.Test.Len() {
			test = append(test, d.Test.Group(i))
		}
		for _, s := range []*Split{d.Train, d.Val} {
			for i := range s.Len() {
				if slices.Contains(test, s.Group(i)) {
					t.Fatalf("fold %d: group %s is on both sides", f+1, s.Group(i))
				}
			}
		}
		if d.Test.Len() != 15 {
			t.Errorf("fold %d: %d test samples", f+1, d.Test.Len())
		}
	}
}

// TestFoldsOfSharedRows: what one domain is tested on, another has not learnt in the
// same fold.
func TestFoldsOfSharedRows(t *testing.T) {
	var b strings.Builder
	b.WriteString("x,y,z\n")
	for i := range 40 {
		fmt.Fprintf(&b, "%d,%d,%d\n", i, i%2, i/2%2)
	}
	folds := openFoldStudy(t, `defaults: {data: d.csv, split: {folds: 4}}
domains: [{name: p, columns: {label: y, features: [x]}}, {name: q, columns: {label: z, features: [x]}}]
`, map[string]string{"d.csv": b.String()})
	for f, domains := range folds {
		for i := range domains[0].Test.Len() {
			for k := range domains[1].Train.Len() {
				if domains[0].Test.ID(i) == domains[1].Train.ID(k) {
					t.Fatalf("fold %d: row %d tests p and trains q", f+1, domains[0].Test.ID(i))
				}
			}
		}
	}
	onceEach(t, tested(t, folds, 0), 40)
	onceEach(t, tested(t, folds, 1), 40)
}
