package dataset

import (
	"context"
	"testing"

	"github.com/sharewise/sharewise/analysis/study"
)

// parse reads a study whose files are in dir. The text lacks version and name.
func parse(t testing.TB, dir, text string) *study.Study {
	t.Helper()
	s, err := study.ParseBytes([]byte("version: 1\nname: test\n"+text), "study.yaml", dir)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// open reads the first domain of a study.
func open(t testing.TB, dir, text string) (*Domain, error) {
	t.Helper()
	s := parse(t, dir, text)
	return Open(context.Background(), s, s.Domains[0])
}

func mustOpen(t testing.TB, dir, text string) *Domain {
	t.Helper()
	d, err := open(t, dir, text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// tableStudy is a study of two domains, the first of which is in a.csv.
func tableStudy(settings string) string {
	return "domains: [{name: a, data: a.csv, " + settings + "}, {name: b, data: b.csv, columns: {label: y}}]\n"
}

// idxStudy is a study of two domains, the first of which is in i and l.
func idxStudy(input, settings string) string {
	return "input: {" + input + "}\ndomains: [{name: a, data: {images: i, labels: l}" + settings + "}, {name: b, data: {images: x, labels: y}}]\n"
}

// imageStudy is a study of two domains, the first of which is in folder a.
func imageStudy(input, settings string) string {
	return "input: {" + input + "}\ndomains: [{name: a, data: a, format: images" + settings + "}, {name: b, data: b, format: images}]\n"
}

func ids(s *Split) []int64 {
	var out []int64
	for i := range s.Len() {
		out = append(out, s.ID(i))
	}
	return out
}
