package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestPlanOfManyDomains reads the plan of 40 domains and all their pairs: what
// it costs comes first, and the rest is short unless all is asked for.
func TestPlanOfManyDomains(t *testing.T) {
	dir := t.TempDir()
	table, domains := "site,x,y\n", ""
	for i := range 40 {
		domains += fmt.Sprintf("  - {name: s%02d, columns: {where: {site: s%02d}}}\n", i, i)
		for k := range 10 + i {
			table += fmt.Sprintf("s%02d,%d,%c\n", i, k, "ab"[k%2])
		}
	}
	file := filepath.Join(dir, "study.yaml")
	for name, content := range map[string]string{
		"all.csv":    table,
		"study.yaml": "version: 1\nname: s\nseeds: 3\ndefaults: {data: all.csv, columns: {label: y}}\narms: {pairs: true}\ndomains:\n" + domains,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	p, err := reading{}.open(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	f, err := p.Forecast(t.Context(), outputFolder(file, ""))
	if err != nil {
		t.Fatal(err)
	}
	var short, long strings.Builder
	if err := printForecast(&short, f, false); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(short.String(), "\n")
	if len(lines) > 24 {
		t.Errorf("the plan has %d lines:\n%s", len(lines), short.String())
	}
	for i, want := range []string{
		"s: 2463 runs of", "To train: 2463 of 2463 runs.", "Estimate: ",
		"Note: the pairs of 40 domains are 2340 of the 2463 runs and 95 % of the work; with arms.pairs: false 123 runs and 5 % of the work are left",
	} {
		if !strings.HasPrefix(lines[i], want) {
			t.Errorf("line %d is %q, want %q", i+1, lines[i], want)
		}
	}
	for _, want := range []string{"s00 (smallest)", "s20 (median)", "s39 (largest)", "and 37 more; --runs lists all", "\nData: s10 and 29 others: column \"x\" counts the rows", "\n780 pairs    2340"} {
		if !strings.Contains(short.String(), want) {
			t.Errorf("%q is not in\n%s", want, short.String())
		}
	}
	if n := strings.Count(short.String(), "the pairs of"); n != 1 {
		t.Errorf("the warning about pairs is told %d times", n)
	}
	if err := printForecast(&long, f, true); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"\ns17 ", "\npool{s17,s31} ", "\nindependent-s17_w1_s1_"} {
		if !strings.Contains(long.String(), want) {
			t.Errorf("%q is not among all lines", want)
		}
	}
}
