package dataset

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/datafile/filetest"
)

// TestSpellingsOfClasses takes what programs spell differently for one class,
// and a class of one spelling as it is.
func TestSpellingsOfClasses(t *testing.T) {
	for _, c := range []struct {
		train, test []string // spellings of classes
		task        string
		want        []string
		note        string
	}{
		{train: []string{"0", "1"}, test: []string{"0.0", "1.0"}, want: []string{"0", "1"}, note: `class "1" is also spelled "1.0"`},
		{train: []string{"0.0", "1.0"}, test: []string{"0", "1"}, want: []string{"0", "1"}, note: `class "0" is also spelled "0.0"`},
		{train: []string{"0.0", "1.0"}, test: []string{"0.0", "1.0"}, want: []string{"0.0", "1.0"}},
		{train: []string{"1.0", "1.1"}, test: []string{"1.0", "1.1"}, want: []string{"1.0", "1.1"}},
		{train: []string{"0.0", "1.0"}, test: []string{"0", "1"}, task: "task: {classes: ['1.0', '0.0']}", want: []string{"1.0", "0.0"}, note: `class "1.0" is also spelled "1"`},
		{train: []string{"0", "1"}, test: []string{"0", "1"}, task: "task: {classes: ['1.0', '0.0']}", want: []string{"1.0", "0.0"}, note: `class "1.0" is also spelled "1"`},
		{train: []string{"1", "1.0"}, test: []string{"1", "1.0"}, task: "task: {classes: ['1', '1.0']}", want: []string{"1", "1.0"}},
		{train: []string{"TRUE", "FALSE"}, test: []string{"True", "False"}, want: []string{"FALSE", "TRUE"}, note: `class "TRUE" is also spelled "True"`},
		{train: []string{"Good", "bad", "good"}, test: []string{"good", "bad", "Good"}, want: []string{"Good", "bad", "good"}, note: `classes "Good", "good" differ in case alone, and are taken for different ones`},
		{train: []string{"caf\u00e9", "bar"}, test: []string{"cafe\u0301", "bar"}, want: []string{"bar", "caf\u00e9"}, note: "class \"caf\u00e9\" is also spelled \"cafe\u0301\", with accents as letters of their own"},
		{train: []string{"hair crack", "none"}, test: []string{"hair\u00a0crack", "no\u200bne"}, want: []string{"hair crack", "none"}, note: `class "hair crack" is also spelled`},
		{train: []string{"01", "1", "2"}, test: []string{"01", "1", "2"}, want: []string{"01", "1", "2"}, note: `classes "01", "1" differ in leading zeros alone, and are taken for different ones`},
		{train: []string{"ja", "yes", "no", "No"}, test: []string{"ja", "yes", "no", "No"}, want: []string{"No", "ja", "no", "yes"}, note: `classes "ja", "yes" may mean the same, and are taken for different ones`},
		{train: []string{"t", "f", "y", "n"}, test: []string{"t", "f", "y", "n"}, want: []string{"f", "n", "t", "y"}},
	} {
		dir := t.TempDir()
		for name, spellings := range map[string][]string{"train": c.train, "test": c.test} {
			content := []string{"x,z,y"}
			for i := range map[string]int{"train": 60, "test": 30}[name] {
				content = append(content, fmt.Sprintf("%d,%d,%s", i, i*i%7, spellings[i%len(spellings)]))
			}
			filetest.Write(t, dir, name+".csv", filetest.Lines(content...))
		}
		d := mustOpen(t, dir, "defaults: {data: train.csv, test: test.csv, columns: {label: y}}\ndomains: [{name: a, "+c.task+"}, {name: b}]\n")
		if !slices.Equal(d.Task.Classes, c.want) || d.Test.Len() != 30 {
			t.Errorf("%q, %q: classes %q, %d test samples", c.train, c.test, d.Task.Classes, d.Test.Len())
		}
		if notes := strings.Join(d.Notes, "; "); !strings.Contains(notes, c.note) || c.note == "" && (strings.Contains(notes, "spelled") || strings.Contains(notes, "taken for different")) {
			t.Errorf("%q, %q: notes %q", c.train, c.test, d.Notes)
		}
		for i := range d.Test.Len() {
			spelled := c.test[int(d.Test.ID(i)-d.Test.ID(0))%len(c.test)]
			if got := d.Task.Classes[d.Test.Label(i)]; plainClass(got) != plainClass(spelled) {
				t.Fatalf("sample %d of %q is taken for %q", i, spelled, got)
			}
		}
	}
}
