package dataset

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/study"
)

// TestExclude leaves listed samples out of training, and nothing else: samples for
// validation and testing, and those of given test data with the same numbers, stay.
func TestExclude(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	rows := "x,y\n"
	for i := range 100 {
		rows += fmt.Sprintf("%d,%d\n", i, i%2)
	}
	for _, name := range []string{"a.csv", "b.csv", "c.csv"} {
		write(name, rows)
	}
	open := func(keys string) (*Domain, error) {
		t.Helper()
		s, err := study.ParseBytes([]byte("version: 1\nname: t\n"+keys+"domains: [{name: a, data: a.csv, columns: {label: y}, limit: {train: 40}}, {name: b, data: b.csv, test: c.csv, columns: {label: y}, split: {validation: 0}}]\n"), "study.yaml", dir)
		if err != nil {
			t.Fatal(err)
		}
		all, err := OpenAll(context.Background(), s)
		if err != nil {
			return nil, err
		}
		if n := all[1].Test.Len(); n != 100 {
			t.Errorf("%d given test samples", n)
		}
		return all[0], nil
	}
	ids := func(s *Split) (out []int64) {
		for i := range s.Len() {
			out = append(out, s.ID(i))
		}
		return out
	}
	before, err := open("")
	if err != nil {
		t.Fatal(err)
	}
	train := ids(before.Train)
	var list []string
	for _, domain := range []string{"a", "b"} {
		for _, id := range []int64{train[0], train[5], before.Test.ID(0), before.Val.ID(0)} {
			list = append(list, fmt.Sprintf(`{"domain": %q, "sample": %d}`, domain, id))
		}
	}
	write("out.json", `{"version": 1, "samples": [`+strings.Join(list, ",")+`]}`)
	after, err := open("exclude: out.json\n")
	if err != nil {
		t.Fatal(err)
	}
	want := slices.Concat(train[1:5], train[6:])
	if got := ids(after.Train); !slices.Equal(got, want) {
		t.Errorf("training samples %v, want %v", got, want)
	}
	if !slices.Equal(ids(after.Test), ids(before.Test)) || !slices.Equal(ids(after.Val), ids(before.Val)) || after.SHA256 == before.SHA256 {
		t.Error("other splits changed, or the identity did not")
	}
	if note := "2 training samples left out of 40 by out.json; 2 samples that it names are not among them"; !slices.Contains(after.Notes, note) {
		t.Errorf("notes %q, want %q", after.Notes, note)
	}
	for text, want := range map[string]string{
		"exclude: none.json\n": "none.json: there is no such file",
		"exclude: a.csv\n":     "a.csv",
	} {
		if _, err := open(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v", text, err)
		}
	}
}
