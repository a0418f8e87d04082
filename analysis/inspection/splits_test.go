package inspection

import (
	"fmt"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestGroupOverlap plants groups in two splits.
func TestGroupOverlap(t *testing.T) {
	dir := t.TempDir()
	out := []string{"x,who,y,part"}
	add := func(n int, who, part string) {
		for range n {
			i := len(out)
			out = append(out, fmt.Sprintf("%d,%s,%s,%s", i, who, []string{"a", "b"}[i%2], part))
		}
	}
	add(20, "p1", "train")
	add(6, "p2", "train")
	add(4, "p2", "test")
	add(3, "p3", "val")
	add(2, "p1", "val")
	add(5, "p4", "test")
	write(t, dir, "a.csv", rows(out...))
	write(t, dir, "b.csv", rows(out...))
	r := inspect(t, dir, `domains:
  - {name: one, data: a.csv, split: {by: random}, columns: {label: y, group: who, split: part}}
  - {name: two, data: b.csv, split: {by: random}, columns: {label: y, split: part, ignore: [who]}}
`, exactly)
	want := &Groups{
		Train: 2, Validation: 2, Test: 2, Largest: 22.0 / 40, InTraining: 2, ValidationSamples: 2, TestSamples: 4,
		Examples: []GroupOverlap{{"p1", 20, 2, 0}, {"p2", 6, 0, 4}},
	}
	if diff := cmp.Diff(want, r.Domains[0].Groups); diff != "" {
		t.Error(diff)
	}
	if r.Domains[1].Groups != nil {
		t.Errorf("groups of a domain without any: %+v", r.Domains[1].Groups)
	}
	if !warns(r, Leak, "one", `2 groups are in training and in test or validation data, with 4 of 9 test samples (44 %), such as group "p1"`) ||
		!warns(r, Caution, "one", "55 % of all samples are of one group") || !warns(r, Caution, "one", "2 groups in test data") {
		t.Errorf("%v", r.Warnings)
	}
}

// TestBalance counts classes whose shares are known.
func TestBalance(t *testing.T) {
	dir := t.TempDir()
	table := func(first int, counts ...int) []string {
		out := []string{"x,y"}
		for k, n := range counts {
			for range n {
				out = append(out, fmt.Sprintf("%d,%c", first+len(out), 'a'+k))
			}
		}
		return out
	}
	write(t, dir, "a.csv", rows(table(0, 60, 30, 6)...))
	write(t, dir, "t.csv", rows(table(500, 50, 50, 0)...))
	r := inspect(t, dir, `domains:
  - {name: one, data: a.csv, test: t.csv, split: {validation: 0}, columns: {label: y}}
  - {name: two, data: t.csv, test: t.csv, split: {validation: 0}, columns: {label: y}}
`, exactly)
	b := r.Domains[0].Balance
	if diff := cmp.Diff([]ClassCount{{"a", 60, 0, 50}, {"b", 30, 0, 50}, {"c", 6, 0, 0}}, b.Classes); diff != "" {
		t.Error(diff)
	}
	entropy := 0.0
	for _, p := range []float64{0.625, 0.3125, 0.0625} {
		entropy -= p * math.Log(p)
	}
	if b.Ratio != 10 || math.Abs(b.Effective-math.Exp(entropy)) > 1e-12 || b.Majority != 0.5 || math.Abs(b.Shift-0.1875) > 1e-12 {
		t.Errorf("%+v", b)
	}
	// scipy.stats.chi2_contingency([[60, 30, 6], [50, 50, 0]], correction=False)
	if math.Abs(b.ShiftP-0.0026954417273010447) > 1e-9 {
		t.Errorf("p = %.12g", b.ShiftP)
	}
	if two := r.Domains[1].Balance; math.Abs(two.Effective-2) > 1e-12 || two.Ratio != 1 || two.Shift != 0 || two.ShiftP != 1 {
		t.Errorf("equal classes: %+v", two)
	}
	for _, text := range []string{"10 to 1", "fewer than 10 training samples of 1 class: c (6)", "other shares in test"} {
		if !warns(r, Caution, "one", text) {
			t.Errorf("no warning %q among %v", text, r.Warnings)
		}
	}
	if p := r.Pairs[0]; !cmp.Equal(p.SharedClasses, []string{"a", "b"}) {
		t.Errorf("shared classes %v", p.SharedClasses)
	}
}
