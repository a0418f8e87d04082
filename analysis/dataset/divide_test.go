package dataset

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/sharewise/sharewise/analysis/datafile/filetest"
)

func TestApportion(t *testing.T) {
	for _, c := range []struct {
		sizes []int
		n     int
		leave int
		want  []int
	}{
		{[]int{50, 50}, 20, 1, []int{10, 10}},
		{[]int{90, 10}, 20, 1, []int{18, 2}},
		{[]int{97, 2, 1}, 10, 1, []int{9, 1, 0}}, // the last keeps its only one
		{[]int{97, 2, 1}, 10, 0, []int{8, 1, 1}}, // every class has one
		{[]int{3, 3, 3}, 4, 0, []int{2, 1, 1}},   // the first of equals
		{[]int{5, 5}, 100, 1, []int{4, 4}},
		{[]int{5, 5}, 0, 1, []int{0, 0}},
		{nil, 3, 1, []int{}},
	} {
		if got := apportion(c.sizes, c.n, c.leave); !slices.Equal(got, c.want) {
			t.Errorf("%d of %v, leaving %d: %v, want %v", c.n, c.sizes, c.leave, got, c.want)
		}
	}
	rng := rand.New(rand.NewPCG(3, 4))
	for range 2000 {
		sizes := make([]int, 1+rng.IntN(8))
		sum := 0
		for k := range sizes {
			sizes[k] = 1 + rng.IntN(60)
			sum += sizes[k]
		}
		n, leave := rng.IntN(sum+1), rng.IntN(2)
		got := apportion(sizes, n, leave)
		total, most := 0, 0
		for k, g := range got {
			total += g
			most += max(0, sizes[k]-leave)
			if g < 0 || g > max(0, sizes[k]-leave) {
				t.Fatalf("%d of %v, leaving %d: %v", n, sizes, leave, got)
			}
			// Largest remainders, moved by at most the classes that would
			// otherwise have none or give too much.
			if ideal := float64(n) * float64(sizes[k]) / float64(sum); math.Abs(float64(g)-ideal) > float64(len(sizes)+1) {
				t.Fatalf("%d of %v: %v, far from %g", n, sizes, got, ideal)
			}
		}
		if total != min(n, most) {
			t.Fatalf("%d of %v, leaving %d: %v", n, sizes, leave, got)
		}
	}
}

// TestGroupsStayTogether splits tables of groups of many sizes and looks for a
// group on two sides.
func TestGroupsStayTogether(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for trial := range 30 {
		content := []string{"x,g,y"}
		groups := 4 + rng.IntN(12)
		for g := range groups {
			for range 1 + rng.IntN(20) {
				content = append(content, fmt.Sprintf("%d,g%d,%d", rng.IntN(100), g, g%2))
			}
		}
		dir := t.TempDir()
		filetest.Write(t, dir, "a.csv", filetest.Lines(content...))
		d := mustOpen(t, dir, tableStudy("columns: {label: y, group: g}, split: {test: 0.25, validation: 0.1}"))
		side := map[string]string{}
		for name, s := range map[string]*Split{"train": d.Train, "val": d.Val, "test": d.Test} {
			for i := range s.Len() {
				if other, ok := side[s.Group(i)]; ok && other != name {
					t.Fatalf("trial %d: group %s is in %s and %s", trial, s.Group(i), name, other)
				}
				side[s.Group(i)] = name
			}
		}
		if len(side) != groups {
			t.Errorf("trial %d: %d of %d groups are used", trial, len(side), groups)
		}
	}
}

// TestGroupedSharesAreKept mixes classes within many small groups: the shares
// of the splits must come out although no class has groups of its own.
func TestGroupedSharesAreKept(t *testing.T) {
	content := []string{"x,g,y"}
	rng := rand.New(rand.NewPCG(7, 8))
	for i := range 3000 {
		content = append(content, fmt.Sprintf("%d,g%d,%d", i, i/30, rng.IntN(15)))
	}
	dir := t.TempDir()
	filetest.Write(t, dir, "a.csv", filetest.Lines(content...))
	d := mustOpen(t, dir, tableStudy("columns: {label: y, group: g}"))
	if math.Abs(float64(d.Test.Len())-600) > 60 || math.Abs(float64(d.Val.Len())-300) > 60 {
		t.Errorf("%d test and %d validation rows, want about 600 and 300", d.Test.Len(), d.Val.Len())
	}
}

// TestSplitsOfEqualGroups has a known answer: ten groups of ten per class, of
// which two per class are for testing and one for validation.
func TestSplitsOfEqualGroups(t *testing.T) {
	content := []string{"x,g,y"}
	for i := range 200 {
		content = append(content, fmt.Sprintf("%d,g%d,%d", i, i/10, i/100))
	}
	dir := t.TempDir()
	filetest.Write(t, dir, "a.csv", filetest.Lines(content...))
	d := mustOpen(t, dir, tableStudy("columns: {label: y, group: g}"))
	for name, c := range map[string]struct {
		s    *Split
		want int
	}{"train": {d.Train, 70}, "val": {d.Val, 10}, "test": {d.Test, 20}} {
		ones := 0
		for i := range c.s.Len() {
			ones += c.s.Label(i)
		}
		if c.s.Len() != 2*c.want || ones != c.want {
			t.Errorf("%s has %d samples, %d of class 1; want %d of each class", name, c.s.Len(), ones, c.want)
		}
	}
}

// TestSplitsDependOnSeedAndName makes sure that a split does not move when
// something else in the study does.
func TestSplitsDependOnSeedAndName(t *testing.T) {
	dir := t.TempDir()
	filetest.Write(t, dir, "a.csv", filetest.Lines(rows(60)...))
	ids := func(text string) []int64 {
		d := mustOpen(t, dir, text)
		out := make([]int64, d.Test.Len())
		for i := range out {
			out[i] = d.Test.ID(i)
		}
		return out
	}
	base := tableStudy("columns: {label: y, ignore: [lot]}")
	want := ids(base)
	if len(want) != 12 || !slices.IsSorted(want) {
		t.Fatalf("test samples %v", want)
	}
	if !slices.Equal(ids(base+"title: Other\nseeds: 9\ntraining: {epochs: 3}\n"), want) {
		t.Error("the split depends on something else")
	}
	if slices.Equal(ids(base+"seed: 2\n"), want) {
		t.Error("the split does not depend on the study's seed")
	}
	if slices.Equal(ids(tableStudy("columns: {label: y, ignore: [lot]}")[:10]+"{name: other, data: a.csv, columns: {label: y, ignore: [lot]}}, {name: b, data: b.csv, columns: {label: y}}]\n"), want) {
		t.Error("the split does not depend on the domain's name")
	}
	// A cap on training samples leaves the test samples alone.
	if !slices.Equal(ids(tableStudy("columns: {label: y, ignore: [lot]}, limit: {train: 10}")), want) {
		t.Error("the test samples depend on the cap of the training samples")
	}
}

// TestSplitByContent keeps copies on one side, and the shares of splits and
// classes as a random split would.
func TestSplitByContent(t *testing.T) {
	dir := t.TempDir()
	content := []string{"x,y"}
	for i := range 400 {
		content = append(content, fmt.Sprintf("%d,%s", i%150, []string{"good", "bad"}[i%150%2]))
	}
	filetest.Write(t, dir, "a.csv", filetest.Lines(content...))
	d := mustOpen(t, dir, tableStudy("columns: {label: y}, split: {by: content, validation: 0.1, test: 0.25}"))
	side := map[float32]string{}
	for name, s := range map[string]*Split{"train": d.Train, "validation": d.Val, "test": d.Test} {
		good := 0
		for i := range s.Len() {
			v := s.Preview(i).Values[0]
			if other := side[v]; other != "" && other != name {
				t.Errorf("copies of %g are in %s and in %s", v, other, name)
			}
			side[v] = name
			good += s.Label(i)
		}
		if share := float64(good) / float64(s.Len()); share < 0.4 || share > 0.6 {
			t.Errorf("%s: %g of %d are good", name, share, s.Len())
		}
	}
	if n, v := d.Test.Len(), d.Val.Len(); n < 97 || n > 103 || v < 37 || v > 43 {
		t.Errorf("%d test and %d validation samples", n, v)
	}
}
