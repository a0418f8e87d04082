package drafting

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/study"

	"github.com/sharewise/sharewise/analysis/datafile/filetest"

	"github.com/sharewise/sharewise/analysis/dataset"
)

func parseDraft(t *testing.T, dir string, draft *study.Draft) *study.Study {
	t.Helper()
	text := draft.Encode("study.yaml")
	s, err := study.ParseBytes(text, "study.yaml", dir)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return s
}

// TestSettle mends drafts until their data open, and says how.
func TestSettle(t *testing.T) {
	dir := t.TempDir()
	good := trialTable(60, nil)
	filetest.Write(t, dir, "a.csv", good)
	filetest.Write(t, dir, "b.csv", append(slices.Clone(good), filetest.Lines("1,x,yes", "1,2,")...))
	filetest.Write(t, dir, "c.csv", trialTable(60, map[string]func(int) string{"extra": upTo(7)}))
	filetest.Write(t, dir, "d.csv", filetest.Lines("a,b,y", "1,2,yes"))
	s, domains, draft := settled(t, dir)
	if got := names(domains); len(s.Domains) != len(domains) || !slices.Equal(got[:3], []string{"a", "b", "c"}) {
		t.Errorf("domains %q", got)
	}
	text := strings.Join(draft.Found, "\n")
	for _, want := range []string{
		`b: 1 of 61 samples are bad and left out (skip_bad), the first: b.csv:62: column "b": not a number ("x")`,
		`all: rows without a value in column "y" are left out and counted (columns.missing_labels), the first: b.csv:63`,
		`passed over "d.csv": a table of fewer than 4 rows`,
		`inputs are the columns that all tables have; left out are "extra"`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("found\n%s\nlacks %s", text, want)
		}
	}
	if !s.Domain("b").SkipBad || s.Domain("a").SkipBad || !slices.Equal(domains[2].Features, domains[0].Features) {
		t.Errorf("skip_bad %v and %v, features %q", s.Domain("a").SkipBad, s.Domain("b").SkipBad, domains[2].Features)
	}
	again := parseDraft(t, dir, draft)
	if _, err := dataset.OpenAll(t.Context(), again); err != nil {
		t.Errorf("the settled draft: %v", err)
	}
}

// TestSettleUnlabelled has tables with rows without a label, few or most of them:
// these are no bad samples, and what is labelled can be learned from.
func TestSettleUnlabelled(t *testing.T) {
	for _, unlabelled := range []int{30, 90} {
		settleUnlabelled(t, unlabelled)
	}
}

func settleUnlabelled(t *testing.T, unlabelled int) {
	dir := t.TempDir()
	for _, name := range []string{"a", "b"} {
		table := trialTable(60, nil)
		for i := range unlabelled {
			table = append(table, fmt.Sprintf("%d,%d,\n", i, 2*i)...)
		}
		filetest.Write(t, dir, name+".csv", table)
	}
	s, domains, draft := settled(t, dir)
	for _, d := range domains {
		if n := d.Train.Len() + d.Val.Len() + d.Test.Len(); n != 60 || len(d.Dropped) != 1 || d.Dropped[0].Count != unlabelled || s.Domain(d.Name).SkipBad {
			t.Errorf("%s: %d samples, dropped %+v", d.Name, n, d.Dropped)
		}
	}
	if text := strings.Join(draft.Found, "\n"); !strings.Contains(text, `rows without a value in column "y" are left out`) {
		t.Errorf("found\n%s", text)
	}
}

// TestSettleDialects has training data with semicolons and test data with commas.
func TestSettleDialects(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a", "b", "c"} {
		table := string(trialTable(60, nil))
		filetest.Write(t, dir, name+"_train.csv", []byte(strings.ReplaceAll(table, ",", ";")))
		filetest.Write(t, dir, name+"_test.csv", []byte(table))
	}
	s, domains, draft := settled(t, dir)
	if len(domains) != 3 || domains[0].Test.Len() != 60 || s.Domains[0].Columns.Delimiter != "" {
		t.Errorf("%d domains, %d test samples, delimiter %q", len(domains), domains[0].Test.Len(), s.Domains[0].Columns.Delimiter)
	}
	if text := strings.Join(draft.Found, "\n"); !strings.Contains(text, "files are written in different ways") {
		t.Errorf("found\n%s", text)
	}
}

// TestSettleLeavesOut drops domains that cannot be used, while two remain.
func TestSettleLeavesOut(t *testing.T) {
	dir := t.TempDir()
	for i, name := range []string{"a", "b", "c"} {
		content := filetest.Lines(filetest.SparseLines(40, 5)...)
		if i == 2 {
			content = filetest.Lines(slices.Repeat([]string{"+1 1:0.5 2:0.25"}, 20)...)
		}
		filetest.Write(t, dir, name+".svm", content)
	}
	draft, err := Scan(dir, Config{Name: "n", Base: dir, Least: 2})
	if err != nil {
		t.Fatal(err)
	}
	if _, domains, err := Settle(t.Context(), draft, dir); err != nil || !slices.Equal(names(domains), []string{"a", "b"}) {
		t.Errorf("domains %q, %v", names(domains), err)
	}
	if want := `c is left out: c.svm: all samples are of one class, "1"; there is nothing to tell apart`; !slices.Contains(draft.Found, want) {
		t.Errorf("found %q, want %s", draft.Found, want)
	}
	filetest.Write(t, dir, "b.svm", filetest.Lines(slices.Repeat([]string{"-1 1:0.5"}, 20)...))
	if draft, err = Scan(dir, Config{Name: "n", Base: dir, Least: 2}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := Settle(t.Context(), draft, dir); err == nil || !strings.Contains(err.Error(), "domain b: b.svm: all samples are of one class") || !strings.Contains(err.Error(), "domain c: ") {
		t.Errorf("one usable domain: %v", err)
	}
}
