package study

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/policy"
)

const governed = `version: 1
name: plants
defaults: {columns: {label: y}, labels: {confidentiality: open, purpose: [quality]}}
domains:
  - {name: lyon, data: a.csv, labels: {owner: acme, jurisdiction: EU, confidentiality: confidential}}
  - {name: bonn, data: b.csv, labels: {owner: bolt, jurisdiction: EU}}
  - {name: kobe, data: c.csv, labels: {owner: acme, jurisdiction: JP, purpose: [quality, repair]}}
arms: {pools: [[lyon, kobe]]}
policy:
  rules:
    - name: EU data stay apart
      because: data transfer agreement
      separate: {jurisdiction: EU}
`

// sizesOf are data of the study's domains, for planning.
func sizesOf(s *Study) ([]DomainSize, map[string]ModelSize) {
	var sizes []DomainSize
	for _, d := range s.Domains {
		sizes = append(sizes, DomainSize{Name: d.Name, Task: Classification, Outputs: 2, Train: 100, Val: 20, Test: 40, SHA256: "data of " + d.Name})
	}
	models := map[string]ModelSize{}
	for _, r := range s.Model.Rungs {
		models[r.Name] = ModelSize{SHA256: "model", FLOPs: 10, Params: 5}
	}
	return sizes, models
}

// TestPolicyInPlan leaves out what rules forbid, replaces the joint arm, and says so.
func TestPolicyInPlan(t *testing.T) {
	s := mustParse(t, governed)
	if got := s.Domain("lyon").Labels; got["confidentiality"][0] != "confidential" || got["purpose"][0] != "quality" {
		t.Errorf("labels of lyon %v", got)
	}
	if !s.Confidential("lyon") || s.Confidential("kobe") {
		t.Error("lyon alone is confidential")
	}
	p, err := s.Plan(sizesOf(s))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := p.Arms(), []string{Independent, "pool{lyon,bonn}"}; !slices.Equal(got, want) {
		t.Errorf("arms %q, want %q", got, want)
	}
	var refused []string
	for _, r := range p.Refused {
		refused = append(refused, r.Arm)
	}
	if want := []string{Joint, "pool{lyon,kobe}", "pool{bonn,kobe}"}; !slices.Equal(refused, want) {
		t.Errorf("refused %q, want %q", refused, want)
	}
	words := strings.Join(p.RefusedWords(), "\n")
	for _, want := range []string{"no model of all domains", "instead the largest pools that are allowed: lyon, bonn", "forbids 2 pools"} {
		if !strings.Contains(words, want) {
			t.Errorf("%s\nlacks %q", words, want)
		}
	}
	if !p.Domain("lyon").Confidential || len(p.PolicySHA256) != 64 {
		t.Errorf("plan %+v, policy %q", p.Domains[0], p.PolicySHA256)
	}
	rules, err := p.Checker()
	if err != nil {
		t.Fatal(err)
	}
	if err := rules.Refuse([]string{"bonn", "kobe"}); !errors.Is(err, policy.ErrForbidden) {
		t.Errorf("a forbidden run passes: %v", err)
	}
	s.Policy = nil
	open, err := s.Plan(sizesOf(s))
	if err != nil || len(open.Arms()) != 5 || open.PolicySHA256 != "" {
		t.Errorf("without a policy: arms %q, %v", open.Arms(), err)
	}
	// Rules do not change the runs that they allow.
	for _, r := range p.Runs {
		if _, err := open.Run(r.ID); err != nil {
			t.Error(err)
		}
	}
}

// TestEverythingForbidden refuses to plan where nothing could be compared.
func TestEverythingForbidden(t *testing.T) {
	s := mustParse(t, strings.Replace(governed, "separate: {jurisdiction: EU}", "at_most: 1", 1))
	if _, err := s.Plan(sizesOf(s)); !errors.Is(err, policy.ErrForbidden) || !strings.Contains(err.Error(), "EU data stay apart") {
		t.Errorf("error %v", err)
	}
}

// TestPolicyMistakes finds mistakes in labels and rules where they are.
func TestPolicyMistakes(t *testing.T) {
	for _, test := range []struct{ old, new, want string }{
		{"separate: {jurisdiction: EU}", "separate: {region: EU}", "study.yaml:13:17: policy.rules[0].separate: domains lyon, bonn, kobe have no label region"},
		{"separate:", "seprate:", `policy.rules[0].seprate: unknown key; did you mean "separate"?`},
		{"      separate: {jurisdiction: EU}\n", "", "study.yaml:11:7: policy.rules[0]: the rule says nothing"},
		{"- name: EU data stay apart", "- same: owner", `policy.rules[0]: the key "name" is missing`},
		{"owner: bolt", "owner: ['']", "domains[1].labels.owner"},
		{"labels: {owner: bolt, jurisdiction: EU}", "labels: bolt", "domains[1].labels: \"bolt\" is not a mapping from labels"},
		{"labels: {owner: bolt, jurisdiction: EU}", "labels: {owner: bolt, owner: acme, jurisdiction: EU}", "owner"},
		{"separate: {jurisdiction: EU}", "lasts: {owner: 2030}", "label owner of domain lyon"},
		{"separate: {jurisdiction: EU}", "separate: {jurisdiction: EU}\n      covers: [reading]", "policy.rules[0].covers[0]"},
		{"policy:\n", "policy:\n  values: {jurisdiction: [EU, US]}\n", `label jurisdiction of domain kobe has the value "JP"; policy.values has EU, US`},
		{"policy:\n", "policy:\n  file: x.yaml\n", "give either the file or its keys"},
	} {
		if !strings.Contains(governed, test.old) {
			t.Fatalf("%q is not in the study", test.old)
		}
		_, err := ParseBytes([]byte(strings.Replace(governed, test.old, test.new, 1)), "study.yaml", t.TempDir())
		if !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", test.new, err, test.want)
		}
	}
	near := mustParse(t, strings.Replace(governed, "confidentiality: confidential}", "confidentiality: Confidential}", 1))
	if !slices.ContainsFunc(near.Warnings, func(w string) bool { return strings.Contains(w, `is "Confidential" of some domain meant?`) }) {
		t.Errorf("warnings %q", near.Warnings)
	}
	ends := mustParse(t, strings.Replace(strings.Replace(governed, "separate: {jurisdiction: EU}", "lasts: {retention: 2030}", 1), "purpose: [quality]", "retention: 2029-06-30", 1))
	if !slices.ContainsFunc(ends.Warnings, func(w string) bool { return strings.Contains(w, "models of their own would outlive") }) {
		t.Errorf("warnings %q", ends.Warnings)
	}
}

// TestPolicyFile reads rules from a file of their own, whose mistakes are said there.
func TestPolicyFile(t *testing.T) {
	dir := t.TempDir()
	head, rules, _ := strings.Cut(governed, "policy:\n")
	rules = strings.ReplaceAll(rules, "\n  ", "\n")[2:]
	write := func(text string) {
		if err := os.WriteFile(filepath.Join(dir, "rules.yaml"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write(rules)
	s, err := ParseBytes([]byte(head+"policy: rules.yaml\n"), "study.yaml", dir)
	if err != nil || len(s.Policy.Rules) != 1 || s.Policy.File != "rules.yaml" {
		t.Fatalf("%+v, %v", s, err)
	}
	if p, err := ParsePolicy(filepath.Join(dir, "rules.yaml")); err != nil || len(p.Rules) != 1 {
		t.Errorf("%+v, %v", p, err)
	}
	for text, want := range map[string]string{
		strings.Replace(rules, "jurisdiction", "region", 1): "rules.yaml:4:15: policy.rules[0].separate: domains lyon, bonn, kobe have no label region",
		strings.Replace(rules, "separate", "divided", 1):    "rules.yaml:4:5: policy.rules[0].divided: unknown key",
		"":                         "the file is empty",
		"rules":                    "a policy is a mapping",
		"rules: [{name: a}, {name": "not YAML",
		"rules: [{same: owner}]\n": `the key "name" is missing`,
	} {
		write(text)
		if _, err := ParseBytes([]byte(head+"policy: rules.yaml\n"), "study.yaml", dir); !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
	if _, err := ParseBytes([]byte(head+"policy: none.yaml\n"), "study.yaml", dir); err == nil || !strings.Contains(err.Error(), "none.yaml") {
		t.Errorf("no file: %v", err)
	}
}
