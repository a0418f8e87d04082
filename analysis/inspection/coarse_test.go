package inspection

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestCoarseInputs tells rows that chance makes equal from copies: tables of
// three columns of four values, whose answers are noise, follow from the inputs
// with errors or are numbers, with and without copies, and numbers that repeat by
// copies only.
func TestCoarseInputs(t *testing.T) {
	coarse := func(rng *rand.Rand) string {
		return fmt.Sprintf("%d,%d,%d", rng.IntN(4), rng.IntN(4), rng.IntN(4))
	}
	fine := func(rng *rand.Rand) string {
		return fmt.Sprintf("%g,%g,%g", rng.Float64(), rng.Float64(), rng.Float64())
	}
	noise := func(_ string, rng *rand.Rand) string { return []string{"a", "b"}[rng.IntN(2)] }
	follows := func(x string, rng *rand.Rand) string {
		if (x[0] < '2') == (rng.Float64() < 0.9) {
			return "a"
		}
		return "b"
	}
	number := func(_ string, rng *rand.Rand) string { return fmt.Sprint(rng.NormFloat64()) }
	for k, c := range []struct {
		name   string
		inputs func(*rand.Rand) string
		answer func(string, *rand.Rand) string
		role   string
		copies int // of 200 test samples
		low    int // of those likely to be copies
		high   int
		equal  int // test samples with equal inputs, at least
	}{
		{"noise", coarse, noise, "label: y", 0, 0, 0, 190},
		{"follows", coarse, follows, "label: y", 0, 0, 0, 190},
		{"numbers", coarse, number, "targets: [y]", 0, 0, 0, 190},
		{"numbers with copies", coarse, number, "targets: [y]", 40, 38, 42, 190},
		{"fine", fine, noise, "label: y", 0, 0, 0, 0},
		{"fine with copies", fine, noise, "label: y", 40, 40, 40, 40},
		{"fine with conflicts", fine, number, "targets: [y]", 40, 40, 40, 40},
	} {
		rng := rand.New(rand.NewPCG(uint64(k), 9))
		table := func(n int) []string {
			out := []string{"u,v,w,y"}
			for range n {
				x := c.inputs(rng)
				out = append(out, x+","+c.answer(x, rng))
			}
			return out
		}
		dir := t.TempDir()
		train, test := table(1000), table(200)
		for i := range c.copies {
			test[1+i] = train[1+5*i]
		}
		write(t, dir, "a.csv", rows(train...))
		write(t, dir, "t.csv", rows(test...))
		write(t, dir, "b.csv", rows(table(1000)...))
		r := inspect(t, dir, fmt.Sprintf(`domains:
  - {name: one, data: a.csv, test: t.csv, split: {validation: 0}, columns: {%s}}
  - {name: two, data: b.csv, split: {validation: 0}, columns: {%[1]s}}
`, c.role), exactly)
		d := r.Domains[0].Duplicates
		if d.Likely.Test < c.low || d.Likely.Test > c.high || d.TestInTraining < c.equal {
			t.Errorf("%s: %d of %d equal ones are likely copies, want %d to %d", c.name, d.Likely.Test, d.TestInTraining, c.low, c.high)
		}
		leaks := slices.ContainsFunc(r.Warnings, func(w Warning) bool { return w.Kind == Leak })
		if leaks != (d.Likely.Test > 0) || len(r.Exposures()) > 0 != leaks {
			t.Errorf("%s: warnings %v, exposures %v", c.name, r.Warnings, r.Exposures())
		}
		if c.equal == 190 && c.copies == 0 && !warns(r, Caution, "one", "as chance has it where inputs hold few values") {
			t.Errorf("%s: warnings %v", c.name, r.Warnings)
		}
	}
}

// TestHalfCoarse estimates the copies among rows of which chance makes some
// equal: 30 columns' worth of values, numbers to predict.
func TestHalfCoarse(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 5))
	table := func(n int) []string {
		out := []string{"u,v,y"}
		for range n {
			out = append(out, fmt.Sprintf("%d,%d,%g", rng.IntN(100), rng.IntN(100), rng.NormFloat64()))
		}
		return out
	}
	dir := t.TempDir()
	train, test := table(2000), table(400)
	for i := range 100 {
		test[1+i] = train[1+7*i]
	}
	write(t, dir, "a.csv", rows(train...))
	write(t, dir, "t.csv", rows(test...))
	r := inspect(t, dir, `domains:
  - {name: one, data: a.csv, test: t.csv, split: {validation: 0}, columns: {targets: [y]}}
  - {name: two, data: a.csv, test: t.csv, split: {validation: 0}, columns: {targets: [y]}}
`, exactly)
	// Of 300 others chance gives 1 - exp(-0.2), or 54, an equal one. The copies
	// are those with the target too.
	d := r.Domains[0].Duplicates
	if d.SameAnswer != 100 || d.Likely.Test < 98 || d.Likely.Test > 102 {
		t.Errorf("%d of %d are likely copies", d.Likely.Test, d.TestInTraining)
	}
}

// TestCoarseSmallDomains suspects nothing in many small domains of columns that
// hold few values and numbers of few values to predict, and finds the domain that
// has copies.
func TestCoarseSmallDomains(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 7))
	dir := t.TempDir()
	names := make([]string, 60)
	content := "domains:\n"
	for k := range names {
		row := func() string {
			u, v, w := rng.IntN(3), rng.IntN(3), rng.IntN(10)
			return fmt.Sprintf("%d,%d,%d,%.0f", u, v, w, 20+6*float64(v)+9*rng.NormFloat64())
		}
		train, test := []string{"u,v,w,y"}, []string{"u,v,w,y"}
		for range 40 + rng.IntN(100) {
			train = append(train, row())
		}
		for range 20 {
			test = append(test, row())
		}
		if k == 7 {
			copy(test[1:], train[1:13])
		}
		write(t, dir, fmt.Sprintf("%d.csv", k), rows(train...))
		write(t, dir, fmt.Sprintf("t%d.csv", k), rows(test...))
		content += fmt.Sprintf("  - {name: d%d, data: %[1]d.csv, test: t%[1]d.csv, split: {validation: 0}, columns: {targets: [y]}}\n", k)
	}
	r := inspect(t, dir, content, exactly)
	found := 0
	for k := range r.Domains {
		d := &r.Domains[k].Duplicates
		found += d.TestInTraining
		if (d.Likely.Test > 0) != (k == 7) {
			t.Errorf("domain %d: %d of %d equal ones are likely copies, %d with the same answer", k, d.Likely.Test, d.TestInTraining, d.SameAnswer)
		}
	}
	if found < 300 {
		t.Errorf("only %d test samples have equal inputs", found)
	}
}

// TestFewEqual holds what is said of twenty domains of thirty rows, among whose
// pairs some rows are equal and agree by chance, to a copy planted in two of them.
func TestFewEqual(t *testing.T) {
	for _, planted := range []bool{false, true} {
		rng := rand.New(rand.NewPCG(7, 7))
		dir := t.TempDir()
		file := "domains:\n"
		var first []string
		for k := range 20 {
			lines := []string{"u,v,w,y"}
			for range 30 {
				u := rng.IntN(5)
				if planted {
					u += 10 * min(k, 2) // rows of the first two are equal to no others
				}
				lines = append(lines, fmt.Sprintf("%d,%d,%d,%d", u, rng.IntN(8), rng.IntN(4), 10+rng.IntN(20)))
			}
			switch {
			case planted && k == 0:
				lines[1] = "77,78,79,15"
				first = lines
			case planted && k == 1:
				lines[30] = first[1]
			}
			train, test := lines[:25], append(lines[:1:1], lines[25:]...)
			write(t, dir, fmt.Sprintf("d%d.csv", k), rows(train...))
			write(t, dir, fmt.Sprintf("t%d.csv", k), rows(test...))
			file += fmt.Sprintf("  - {name: d%d, data: d%[1]d.csv, test: t%[1]d.csv, split: {validation: 0}, columns: {targets: [y]}}\n", k)
		}
		r := inspect(t, dir, file, exactly)
		equal, leaks := 0, []string{}
		for _, p := range r.Pairs {
			equal += p.TestInTraining.A + p.TestInTraining.B
		}
		for _, w := range r.Warnings {
			if w.Kind == Leak {
				leaks = append(leaks, w.Domain)
			}
		}
		want := []string{}
		if planted {
			want = []string{"d0, d1"}
		}
		if equal < 100 || !slices.Equal(leaks, want) {
			t.Errorf("%d equal rows across domains, leaks of %q, want %q", equal, leaks, want)
		}
	}
}
