package inspection

import (
	"fmt"
	"slices"
	"testing"
)

// TestCoded tells which domain has a number that looks like a code for a missing
// value, seen beside the numbers of all domains, and counts missing words.
func TestCoded(t *testing.T) {
	dir := t.TempDir()
	table := func(code string) []string {
		out := []string{"pulse,pain,y"}
		for i := range 80 {
			pulse := fmt.Sprint(60 + i*7%90)
			if i%8 == 1 {
				pulse = code
			}
			out = append(out, fmt.Sprintf("%s,%s,%d", pulse, []string{"low", "high", "?"}[i%3], i%2))
		}
		return out
	}
	write(t, dir, "a.csv", rows(table("70")...))
	write(t, dir, "b.csv", rows(table("-9")...))
	r := inspect(t, dir, `domains:
  - {name: a, data: a.csv, columns: {label: y, categorical: [pain]}}
  - {name: b, data: b.csv, columns: {label: y, categorical: [pain]}}
`, exactly)
	if len(r.Domains[0].Coded) != 0 || len(r.Domains[1].Coded) != 1 || r.Domains[1].Coded[0].Samples != 10 {
		t.Errorf("coded %v and %v", r.Domains[0].Coded, r.Domains[1].Coded)
	}
	if !warns(r, Caution, "b", `column "pulse" has -9 in 10 samples, and all others are 60 to 149: if that stands for a missing value, list it in columns.missing`) {
		t.Errorf("warnings %v", r.Warnings)
	}
	c := r.Domains[0].Categories[0]
	if c.Words != 2 || c.Missing < 15 || c.Missing > 23 { // a third of 56
		t.Errorf("%+v", c)
	}
}

// TestSpelledApart tells which classes of two domains may be the same under other names.
func TestSpelledApart(t *testing.T) {
	for _, c := range []struct {
		a, b []string
		want []string
	}{
		{[]string{"bad", "ok"}, []string{"BAD", "OK"}, []string{`"bad" and "BAD"`, `"ok" and "OK"`}},
		{[]string{"bad", "ok"}, []string{"bad", "ＯＫ"}, []string{`"ok" and "ＯＫ"`}},
		{[]string{"0", "1"}, []string{"no", "yes"}, []string{`"0" and "no"`, `"1" and "yes"`}},
		{[]string{"False", "True"}, []string{"0", "1"}, []string{`"False" and "0"`, `"True" and "1"`}},
		{[]string{"0", "1", "2"}, []string{"no", "yes"}, nil},
		{[]string{"cat", "dog"}, []string{"cat", "dog"}, nil},
		{[]string{"cat", "dog"}, []string{"car", "van"}, nil},
		{[]string{"A", "a"}, []string{"A", "a"}, nil},
	} {
		if got := spelledApart(c.a, c.b); !slices.Equal(got, c.want) {
			t.Errorf("%q, %q: %q, want %q", c.a, c.b, got, c.want)
		}
	}
	dir := t.TempDir()
	table := func(classes ...string) []string {
		out := []string{"v,faulty"}
		for i := range 60 {
			out = append(out, fmt.Sprintf("%d,%s", i*37%91, classes[i%2]))
		}
		return out
	}
	write(t, dir, "a.csv", rows(table("0", "1")...))
	write(t, dir, "b.csv", rows(table("no", "yes")...))
	r := inspect(t, dir, `domains:
  - {name: a, data: a.csv, columns: {label: faulty}}
  - {name: b, data: b.csv, columns: {label: faulty}}
`, exactly)
	if !warns(r, Caution, "a, b", `classes that may be the same are spelled differently, "0" and "no", "1" and "yes": spell them alike where they are, since models are tested on another domain by the names of classes`) {
		t.Errorf("warnings %v", r.Warnings)
	}
}

// TestUnitsApart warns of columns that two domains write with other units, or one of them with none.
func TestUnitsApart(t *testing.T) {
	dir := t.TempDir()
	for name, form := range map[string]string{"a": "%d %%,%d kg,$%d,%d", "b": "%d,%d kg,€%d,%d"} {
		lines := []string{"share,weight,debt,price"}
		for i := range 60 {
			lines = append(lines, fmt.Sprintf(form, 1+i*7%50, i%9, 100+i*i%70, i*13%40))
		}
		write(t, dir, name+".csv", rows(lines...))
	}
	r := inspect(t, dir, `domains:
  - {name: a, data: a.csv, columns: {targets: [price], units: {share: '%', weight: kg, debt: $}}}
  - {name: b, data: b.csv, columns: {targets: [price], units: {weight: kg, debt: €}}}
`, exactly)
	if got := r.Pairs[0].UnitsApart; !slices.Equal(got, []string{"debt ($ and €)", "share (% and none)"}) {
		t.Errorf("%q", got)
	}
	if !warns(r, Caution, "a, b", "numbers of a column are written with different units, and are taken as they are: debt ($ and €), share (% and none). Where they are not the same, convert one domain's, or leave the column out by columns.ignore") {
		t.Errorf("warnings %v", r.Warnings)
	}
}
