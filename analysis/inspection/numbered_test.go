package inspection

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/study"
)

// TestNumberedRows finds columns that follow the rows of a table, and says when
// they tell what is to be predicted.
func TestNumberedRows(t *testing.T) {
	dir := t.TempDir()
	sorted, mixed, numbers := []string{"t,noise,y"}, []string{"t,noise,y"}, []string{"t,noise,y"}
	for i := range 300 {
		noise := i * 7919 % 101
		sorted = append(sorted, fmt.Sprintf("%d,%d,%s", 2*i, noise, []string{"low", "high"}[i/150]))
		mixed = append(mixed, fmt.Sprintf("%g,%d,%s", float64(i*i), noise, []string{"low", "high"}[i*7919%101%2]))
		numbers = append(numbers, fmt.Sprintf("%d,%d,%g", i*7%300, noise, float64(i*7%300)*1.5+float64(noise)))
	}
	write(t, dir, "sorted.csv", rows(sorted...))
	write(t, dir, "mixed.csv", rows(mixed...))
	write(t, dir, "numbers.csv", rows(numbers...))
	r := inspect(t, dir, `domains:
  - {name: sorted, data: sorted.csv, columns: {label: y}}
  - {name: mixed, data: mixed.csv, columns: {label: y}}
  - {name: numbers, data: numbers.csv, columns: {targets: [y]}}
`, exactly)
	for k, want := range []dataset.Numbering{dataset.Counting, dataset.Ordered, dataset.Shuffled} {
		if n := r.Domains[k].Numbered; len(n) != 1 || n[0].Column != "t" || n[0].How != want || n[0].Tells() != (k != 1) {
			t.Errorf("domain %s: %+v, want %s", r.Domains[k].Name, n, want)
		}
	}
	if !warns(r, Leak, "sorted", `column "t" counts the rows and tells the class: along it the class changes 1 time, where chance makes it 150`) {
		t.Errorf("warnings %+v", r.Warnings)
	}
	if !warns(r, Caution, "mixed", `column "t" is in the order of the rows. If it is no property`) || !warns(r, Leak, "numbers", "rank correlation is 0.9") {
		t.Errorf("warnings %+v", r.Warnings)
	}
	var rows []string
	for _, e := range r.Exposures() {
		if e.By == study.ByRows {
			rows = append(rows, e.Domain)
		}
	}
	if !slices.Equal(rows, []string{"sorted", "numbers"}) {
		t.Errorf("exposures of %v", rows)
	}
	// The quick look that every plan takes finds the same.
	s, err := study.ParseBytes([]byte("version: 1\nname: s\ndomains: [{name: sorted, data: sorted.csv, columns: {label: y}}]\n"), "study.yaml", dir)
	if err != nil {
		t.Fatal(err)
	}
	domains, err := Open(context.Background(), s, nil)
	if err != nil {
		t.Fatal(err)
	}
	quick, err := Leaks(context.Background(), domains)
	if err != nil || len(quick.Warnings) != 1 || !strings.Contains(quick.Warnings[0].Text, "counts the rows") {
		t.Errorf("%+v, %v", quick, err)
	}
}

// TestWholeNumbersAreNotRows leaves alone whole numbers that are properties.
func TestWholeNumbersAreNotRows(t *testing.T) {
	dir := t.TempDir()
	table := []string{"pixel,year,income,y"}
	for i := range 300 {
		table = append(table, fmt.Sprintf("%d,%d,%d,%d", i*i%256, 2000+i%20, (i*7919)%100003, i%2))
	}
	write(t, dir, "a.csv", rows(table...))
	r := inspect(t, dir, "domains: [{name: a, data: a.csv, columns: {label: y}}]\n", exactly)
	if n := r.Domains[0].Numbered; len(n) != 0 {
		t.Errorf("%+v", n)
	}
}
