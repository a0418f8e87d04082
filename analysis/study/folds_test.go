package study

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func parseFolds(t *testing.T, text string) (*Study, error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "study.yaml")
	if err := os.WriteFile(file, []byte("version: 1\nname: s\n"+text), 0o644); err != nil {
		t.Fatal(err)
	}
	return Parse(file)
}

// TestFoldsRefused: errors say what does not go with folds, and what to do.
func TestFoldsRefused(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"domains: [{name: a, data: a.csv, test: t.csv, columns: {label: y}, split: {folds: 5}}, {name: b, data: b.csv, columns: {label: y}, split: {folds: 5}}]", "leave out one of the two"},
		{"domains: [{name: a, data: a.csv, columns: {label: y, split: set}, split: {folds: 5}}, {name: b, data: b.csv, columns: {label: y}, split: {folds: 5}}]", "which rows are for testing"},
		{"domains: [{name: a, data: a.csv, columns: {label: y}, split: {folds: 5}}, {name: b, data: b.csv, columns: {label: y}}]", "under defaults"},
		{"defaults: {split: {folds: 1}}\ndomains: [{name: a, data: a.csv, columns: {label: y}}, {name: b, data: b.csv, columns: {label: y}}]", "none for training"},
		{"defaults: {split: {folds: 2, validation: 0.5}}\ndomains: [{name: a, data: a.csv, columns: {label: y}}, {name: b, data: b.csv, columns: {label: y}}]", "leave nothing for training"},
	} {
		if _, err := parseFolds(t, c.text); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s\n%v\nwant %q", c.text, err, c.want)
		}
	}
}

// TestFoldsPlanned: a run's hash covers its fold and no other, runs of one seed have
// one fold, and the plan says how often samples are tested.
func TestFoldsPlanned(t *testing.T) {
	s, err := parseFolds(t, "seeds: 5\ndefaults: {split: {folds: 5}, columns: {label: y}}\ndomains: [{name: a, data: a.csv}, {name: b, data: b.csv}]")
	if err != nil {
		t.Fatal(err)
	}
	plan := func(changed string) *Plan {
		t.Helper()
		var sizes []DomainSize
		for _, name := range []string{"a", "b"} {
			var at []DomainSize
			for f := range 5 {
				sum := name + string(rune('1'+f))
				if sum == "a2" {
					sum = changed
				}
				at = append(at, DomainSize{Name: name, Task: Classification, Outputs: 2, Train: 40 - f, Val: 5, Test: 11, SHA256: sum})
			}
			sizes = append(sizes, OverFolds(at))
		}
		p, err := s.Plan(sizes, map[string]ModelSize{"w1": {SHA256: "m", Folds: []string{"m", "m", "m", "m", "m"}}})
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	before, after := plan("a2"), plan("x")
	for i, r := range before.Runs {
		if r.Fold != r.Seed {
			t.Errorf("%s is tested on fold %d", r.ID, r.Fold)
		}
		touched := r.Seed == 2 && r.Domains[0] == "a"
		if changed := r.Hash != after.Runs[i].Hash; changed != touched {
			t.Errorf("%s: changed %v by another second fold of a", r.ID, changed)
		}
	}
	if d := before.Domain("a"); d.Test != 55 || d.Train != 36 || len(d.Folds) != 5 {
		t.Errorf("domain %+v", d)
	}
	if text := before.Tests(); !strings.Contains(text, "every sample once") {
		t.Error(text)
	}
	for seeds, want := range map[string]string{"3": "never tested", "7": "more often than others"} {
		s, err := parseFolds(t, "seeds: "+seeds+"\ndefaults: {split: {folds: 5}, columns: {label: y}}\ndomains: [{name: a, data: a.csv}, {name: b, data: b.csv}]")
		if err != nil {
			t.Fatal(err)
		}
		if text := strings.Join(s.Warnings, " "); !strings.Contains(text, want) {
			t.Errorf("%s seeds: %q", seeds, text)
		}
	}
}

// TestFoldsLine finds the line that gives folds, and none where there is none.
func TestFoldsLine(t *testing.T) {
	for text, want := range map[string]int{
		"version: 1\nname: x\ndefaults:\n  data: a.csv\n  split:\n    folds: 5\ndomains: [{name: a}, {name: b}]":                  6,
		"version: 1\nname: x\ndefaults: {split: {folds: 3}}\ndomains: [{name: a, data: a.csv}, {name: b, data: b.csv}]":           3,
		"version: 1\nname: x\ndomains:\n- {name: a, data: a.csv, split: {folds: 2}}\n- {name: b, data: b.csv, split: {folds: 2}}": 4,
		"version: 1\nname: x\ndomains: [{name: a, data: a.csv}, {name: b, data: b.csv}]":                                          0,
		"[": 0,
	} {
		file := filepath.Join(t.TempDir(), "study.yaml")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if line := (&Study{File: file}).FoldsLine(); line != want {
			t.Errorf("line %d, not %d, of %q", line, want, text)
		}
	}
	if line := (&Study{}).FoldsLine(); line != 0 {
		t.Errorf("line %d without a file", line)
	}
}
