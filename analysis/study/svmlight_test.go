package study

import (
	"errors"
	"strings"
	"testing"
)

const sparse = "version: 1\nname: s\ndomains:\n  - {name: a, data: a.svm}\n  - {name: b, data: b.libsvm.gz, svmlight: {zero_based: true}}\n"

func TestSvmlight(t *testing.T) {
	s := mustParse(t, sparse)
	if s.Input.Kind != Table || s.Model.Trunk != "mlp" {
		t.Errorf("input %s, trunk %s", s.Input.Kind, s.Model.Trunk)
	}
	for i, d := range s.Domains {
		if d.Format != SvmlightFormat || d.Columns != nil || *d.Svmlight != (Svmlight{ZeroBased: i == 1}) {
			t.Errorf("domain %s: %s, %+v, %+v", d.Name, d.Format, d.Columns, d.Svmlight)
		}
	}
	for _, c := range []struct{ settings, want string }{
		{"columns: {label: y}", "the lines of svmlight say label, qid (the group) and features themselves"},
		{"format: csv, columns: {label: y}, svmlight: {features: 3}", "these keys are for sparse samples (format svmlight); this domain's format is csv"},
		{"svmlight: {features: 7}", "domains[1].svmlight.features: 0, and domain a has 7; domains that share a trunk have the same inputs"},
		{"invert: true", "invert is for images"},
		{"split: {group: '(.)'}", "group expressions are for folders of images or texts, and for series"},
		{"svmlight: {features: 0}", "\"0\" is not a whole number of at least 1"},
	} {
		text := strings.Replace(sparse, "a.svm", "a.svm, "+c.settings, 1)
		_, err := ParseBytes([]byte(text), "s.yaml", "")
		if e := new(Errors); err == nil || !errors.As(err, e) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %s", c.settings, err, c.want)
		}
	}
}
