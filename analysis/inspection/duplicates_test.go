package inspection

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/study"
)

// TestDuplicates plants copies whose numbers are known: within training, from
// training into validation and test, with the same and with another label, and
// between domains.
func TestDuplicates(t *testing.T) {
	dir := t.TempDir()
	train := append(plain(20, 0),
		"100,1,a", "100,1,a", "100,1,a", // two copies
		"101,1,a", "101,1,b", // a copy in conflict
	)
	write(t, dir, "train.csv", rows(train...))
	write(t, dir, "val.csv", rows("x,z,y", "0,0,a", "200,0,a", "201,0,b"))
	write(t, dir, "test.csv", rows("x,z,y",
		"0,0,a",               // in training and validation, as rows 0
		"1,1,a",               // in training as b
		"101,1,b",             // in training as a and as b
		"200,0,a",             // in validation only
		"300,0,a", "301,1,b")) // nowhere else
	write(t, dir, "other.csv", rows(append(plain(20, 1000), "300,0,a", "2,2,b")...))
	write(t, dir, "othertest.csv", rows("x,z,y", "3,3,a", "3,3,a", "2000,0,a", "2001,0,b"))
	r := inspect(t, dir, `domains:
  - {name: one, data: train.csv, validation: val.csv, test: test.csv, columns: {label: y}}
  - {name: two, data: other.csv, test: othertest.csv, split: {validation: 0}, columns: {label: y}}
`, exactly)
	d := r.Domains[0].Duplicates
	got := []int{d.Training, d.ValidationInTraining, d.TestInTraining, d.SameAnswer, d.TestInValidation, d.Conflicts}
	// In conflict: 1,1 twice; 101,1 three times.
	if want := []int{3, 1, 3, 2, 2, 5}; !slices.Equal(got, want) {
		t.Errorf("counts %v, want %v", got, want)
	}
	first := Match{
		Place{Domain: "one", Split: "test", Sample: 0, Member: "test.csv:2", Answer: "a"},
		Place{Domain: "one", Split: "train", Sample: 0, Member: "train.csv:2", Answer: "a"},
	}
	if len(d.Examples) != 3 || d.Examples[0] != first || len(d.Disagreements) != 2 {
		t.Errorf("examples %v, disagreements %v", d.Examples, d.Disagreements)
	}
	if d := r.Domains[1].Duplicates; d.Training != 0 || d.TestInTraining != 0 {
		t.Errorf("two: %+v", d)
	}
	p := r.Pairs[0]
	// 300,0 and 2,2 of two's training are in one's test and training; both
	// copies of 3,3 in two's test are in one's training.
	if diff := cmp.Diff([]Both{{3, 4}, {1, 2}}, []Both{p.Equal, p.TestInTraining}); diff != "" {
		t.Error(diff)
	}
	if len(p.Examples) != 3 || p.Examples[0].A.Domain != "two" && p.Examples[0].A.Domain != "one" {
		t.Errorf("examples %v", p.Examples)
	}
	exposed := []study.Exposure{
		{Domain: "one", In: "one", Samples: 3, Of: 6, By: study.SameInputs},
		{Domain: "one", In: "two", Samples: 1, Of: 6, By: study.SameInputs},
		{Domain: "two", In: "one", Samples: 2, Of: 4, By: study.SameInputs},
	}
	if diff := cmp.Diff(exposed, r.Exposures()); diff != "" {
		t.Error(diff)
	}
	for _, w := range []struct {
		kind         Kind
		domain, text string
	}{
		{Leak, "one", "3 of 6 test samples (50 %) and 1 of 3 validation samples (33 %) have inputs equal to a training sample's, such as test test.csv:2 = train train.csv:2"},
		{Leak, "one, two", "1 test sample of one is in the training data of two and 2 test samples of two are in the training data of one"},
		{Caution, "one", "2 of 6 test samples (33 %) have inputs equal to a validation sample's"},
		{Caution, "one", "3 of 25 training samples (12 %) repeat"},
		{Caution, "one", "5 samples share their inputs with samples of other labels"},
	} {
		if !warns(r, w.kind, w.domain, w.text) {
			t.Errorf("no warning %v among %v", w, r.Warnings)
		}
	}
	if !r.Leaks() || r.Warnings[0].Kind != Leak {
		t.Errorf("leaks do not come first: %v", r.Warnings)
	}
}

// TestRegressionConflicts compares targets, not classes.
func TestRegressionConflicts(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a.csv", rows("x,y", "1,1", "2,2", "3,3", "4,4", "4,5", "5,5", "5,5"))
	write(t, dir, "t.csv", rows("x,y", "1,1", "2,7", "8,8"))
	r := inspect(t, dir, `domains:
  - {name: one, data: a.csv, test: t.csv, split: {validation: 0}, columns: {targets: [y]}}
  - {name: two, data: a.csv, test: t.csv, split: {validation: 0}, columns: {targets: [y]}}
`, exactly)
	d := r.Domains[0].Duplicates
	if d.TestInTraining != 2 || d.SameAnswer != 1 || d.Conflicts != 4 || d.Training != 2 {
		t.Errorf("%+v", d)
	}
	if p := r.Pairs[0]; p.TestInTraining != (Both{2, 2}) || p.Equal != (Both{10, 10}) {
		t.Errorf("%+v", p)
	}
	if !warns(r, Caution, "one", "other targets") {
		t.Errorf("%v", r.Warnings)
	}
}

// TestHashCollisions gives all samples one hash: sets come from the inputs.
func TestHashCollisions(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a.csv", rows("x,y", "1,a", "2,b", "1,a", "3,b", "2,b", "1,a", "4,a", "0,a", "-0,b"))
	write(t, dir, "t.csv", rows("x,y", "2,a", "9,b"))
	c := open(t, dir, `domains:
  - {name: one, data: a.csv, test: t.csv, split: {validation: 0}, columns: {label: y}}
  - {name: two, data: t.csv, test: t.csv, split: {validation: 0}, columns: {label: y}}
`)
	for i := range c.entries {
		c.entries[i].hash = 7
	}
	slices.SortFunc(c.entries, entry.compare)
	var got [][]int
	for _, set := range c.sets() {
		var at []int
		for _, e := range set {
			at = append(at, int(e.domain)*100+int(e.split)*10+int(e.at))
		}
		got = append(got, at)
	}
	want := [][]int{{0, 2, 5}, {1, 4, 20, 100, 120}, {21, 101, 121}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestOtherFeatures keeps samples of domains apart whose numbers mean
// different things.
func TestOtherFeatures(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a.csv", rows(plain(20, 0)...))
	other := plain(20, 0)
	other[0] = "x,w,y"
	write(t, dir, "b.csv", rows(other...))
	r := inspect(t, dir, `domains:
  - {name: one, data: a.csv, columns: {label: y}}
  - {name: two, data: b.csv, columns: {label: y}}
`, exactly)
	if p := r.Pairs[0]; p.SameInputs || p.Equal != (Both{}) || p.Distance != nil {
		t.Errorf("%+v", p)
	}
	if !warns(r, Stop, "one, two", "their inputs differ") {
		t.Errorf("%v", r.Warnings)
	}
}

// TestManyDomains looks for equal samples among as many domains as a study may have:
// each has a copy of its own training sample, and none of another's.
func TestManyDomains(t *testing.T) {
	samples, s := map[string]*dataset.Samples{}, study.New("many")
	for k := range study.MaxDomains {
		d := study.NewDomain(fmt.Sprintf("d%d", k))
		d.Format, d.Split.By, d.Split.Val, d.Split.Test = study.InMemory, study.ByTime, 0, 0.5
		s.Domains = append(s.Domains, d)
		// The halves of a domain that train and test begin with the same sample.
		x := float32(1000 * k)
		samples[d.Name] = &dataset.Samples{X: [][]float32{{x, 1}, {x + 1, 2}, {x, 1}, {x + 3, 4}}, Labels: []string{"a", "b", "a", "b"}}
	}
	if err := s.Validate(); err != nil {
		t.Fatal(err)
	}
	domains, err := dataset.OpenAll(t.Context(), s, dataset.FromMemory(samples))
	if err != nil {
		t.Fatal(err)
	}
	c, err := newContents(t.Context(), domains)
	if err != nil {
		t.Fatal(err)
	}
	sets := c.sets()
	if len(sets) != study.MaxDomains {
		t.Errorf("%d pairs of equal samples, want one in each of %d domains", len(sets), study.MaxDomains)
	}
	for k, set := range sets { // in the order of domains
		if len(set) != 2 || int(set[0].domain) != k || int(set[1].domain) != k {
			t.Fatalf("set %d holds samples of domains %d and %d", k, set[0].domain, set[len(set)-1].domain)
		}
	}
}
