package baseline

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/losses"
	"github.com/sharewise/sharewise/analysis/study"
)

// open reads the domains of a study whose files stand in dir.
func open(t *testing.T, dir, text string) (*study.Study, []*dataset.Domain) {
	t.Helper()
	s, err := study.ParseBytes([]byte("version: 1\nname: s\n"+text), "s.yaml", dir)
	if err != nil {
		t.Fatal(err)
	}
	domains, err := dataset.OpenAll(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	return s, domains
}

func write(t *testing.T, dir, name string, lines []string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(strings.Join(lines, "\n")+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
}

// scored fits a domain's model and scores it on the test data.
func scored(t *testing.T, d *dataset.Domain) (*Linear, analysis.Score) {
	t.Helper()
	l, err := Fit(context.Background(), d, false)
	if err != nil {
		t.Fatal(err)
	}
	var table losses.Table
	if err := l.Test(context.Background(), &table, d.Test); err != nil {
		t.Fatal(err)
	}
	if table.Len() != d.Test.Len() {
		t.Fatalf("%d rows of %d test samples", table.Len(), d.Test.Len())
	}
	return l, analysis.ScoreRuns([]*losses.Table{&table}, 0.95)
}

// TestRegression finds two targets that are linear in the inputs, one of which
// is unknown in some rows, with columns in units of their own, a constant one
// and a column of words.
func TestRegression(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	dir, lines := t.TempDir(), []string{"a,b,c,kind,u,v"}
	word := []string{"red", "green", "blue"}
	for i := range 600 {
		a, b, k := rng.NormFloat64(), rng.NormFloat64(), rng.IntN(3)
		v := fmt.Sprintf("%g", 1000*b+10*rng.NormFloat64())
		if i%5 == 0 {
			v = ""
		}
		lines = append(lines, fmt.Sprintf("%g,%g,7,%s,%g,%s", 1e6+1e3*a, b/100, word[k], a-b+float64(3*k)+0.1*rng.NormFloat64(), v))
	}
	write(t, dir, "a.csv", lines)
	_, ds := open(t, dir, "domains: [{name: a, data: a.csv, columns: {targets: [u, v], categorical: [kind], missing_labels: drop}}]\n")
	l, s := scored(t, ds[0])
	if !s.R2.Known() || s.R2.Value < 0.995 || len(s.Targets) != 2 {
		t.Errorf("R² %+v of %v", s.R2, l.Fit)
	}
	if l.Columns != 3+4 || len(l.Penalties) != 2 || l.Rows != ds[0].Train.Len() || !strings.HasPrefix(l.ChosenBy, "10 folds of the training rows") {
		t.Errorf("summary %+v", l.Fit)
	}
}

// TestClasses finds four classes by which of four columns is largest, and two
// classes of which one is rare, and says which rows chose.
func TestClasses(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	dir := t.TempDir()
	many, two := []string{"a,b,c,d,y,split"}, []string{"a,b,y"}
	for i := range 2500 {
		x := make([]float64, 4)
		best := 0
		for j := range x {
			if x[j] = rng.NormFloat64(); x[j] > x[best] {
				best = j
			}
		}
		split := []string{"train", "train", "test"}[i%3]
		many = append(many, fmt.Sprintf("%g,%g,%g,%g,k%d,%s", x[0], x[1], x[2], x[3], best, split))
		y := "ok"
		if x[0]-x[1]+rng.NormFloat64() > 3 {
			y = "fault"
		}
		two = append(two, fmt.Sprintf("%g,%g,%s", x[0], x[1], y))
	}
	write(t, dir, "many.csv", many)
	write(t, dir, "two.csv", two)
	_, ds := open(t, dir, "domains: [{name: a, data: many.csv, columns: {label: y, split: split}, split: {validation: 0}, task: {classes: [k0, k1, k2, k3]}}]\n")
	_, s := scored(t, ds[0])
	if !s.Accuracy.Known() || s.Accuracy.Value < 0.95 {
		t.Errorf("accuracy %+v", s.Accuracy)
	}
	_, ds = open(t, dir, "domains: [{name: a, data: two.csv, columns: {label: y}, task: {kind: binary, classes: [ok, fault], class_weights: balanced}}]\n")
	l, s := scored(t, ds[0])
	if !s.AUC.Known() || s.AUC.Value < 0.93 || l.ChosenBy != fmt.Sprintf("%d validation rows", ds[0].Val.Len()) {
		t.Errorf("AUC %+v, %s", s.AUC, l.ChosenBy)
	}
	if s.BalancedAccuracy.Value < 0.85 { // without weights it is near 0.6
		t.Errorf("balanced accuracy %+v", s.BalancedAccuracy)
	}
}

// TestLabels fits each label by itself, one of which is unknown in some rows
// and one always 1.
func TestLabels(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	dir, lines := t.TempDir(), []string{"a,b,p,q,r"}
	yes := func(v float64) string {
		if v > 0 {
			return "1"
		}
		return "0"
	}
	for i := range 800 {
		a, b := rng.NormFloat64(), rng.NormFloat64()
		q := yes(b + 0.2*rng.NormFloat64())
		if i%4 == 0 {
			q = ""
		}
		lines = append(lines, fmt.Sprintf("%g,%g,%s,%s,1", a, b, yes(a+b), q))
	}
	write(t, dir, "a.csv", lines)
	_, ds := open(t, dir, "domains: [{name: a, data: a.csv, columns: {labels: [p, q, r], missing_labels: drop}}]\n")
	l, s := scored(t, ds[0])
	if !s.AUC.Known() || s.AUC.Value < 0.97 || len(l.Penalties) != 3 || l.Model != "logistic regression of each label" {
		t.Errorf("AUC %+v, %+v", s.AUC, l.Fit)
	}
}

// TestSparse has rare words decide. Scaled to deviation 1 they are noise; as
// they are in the file they tell, and the baseline finds out.
func TestSparse(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	dir := t.TempDir()
	var lines []string
	for range 900 {
		topic := rng.IntN(2)
		words := map[int]bool{}
		for range 12 {
			words[1+int(3000*math.Pow(rng.Float64(), 4))] = true // noise, most of it rare
		}
		for range 2 {
			words[3001+topic*40+rng.IntN(40)] = true
		}
		line := fmt.Sprint(topic)
		for w := range 3081 {
			if words[w] {
				line += fmt.Sprintf(" %d:0.3", w)
			}
		}
		lines = append(lines, line)
	}
	write(t, dir, "a.svmlight", lines)
	_, ds := open(t, dir, "input: {normalize: standard}\ndomains: [{name: a, data: a.svmlight}]\n")
	l, s := scored(t, ds[0])
	if s.Accuracy.Value < 0.9 || !strings.Contains(l.Hint, "input.normalize: scale") || !slices.ContainsFunc(l.Notes, func(n string) bool { return strings.Contains(n, "in their own units, not standardised") }) {
		t.Errorf("accuracy %+v, notes %q", s.Accuracy, l.Notes)
	}
}

// TestAverages brings large pictures down by averaging.
func TestAverages(t *testing.T) {
	in := inputsOf(&dataset.Domain{Shape: []int{3, 100, 50}})
	if in.block != 2 || in.columns != 3*50*25 {
		t.Fatalf("block %d, columns %d", in.block, in.columns)
	}
	in = inputsOf(&dataset.Domain{Shape: []int{1, 3, 5}})
	in.block, in.columns, in.planes, in.height, in.width = 2, 6, 1, 3, 5
	out := make([]float32, 6)
	in.row([]float32{1, 3, 5, 7, 9, 1, 3, 5, 7, 9, 2, 4, 6, 8, 10}, out)
	if want := []float32{2, 6, 9, 3, 7, 10}; !slices.Equal(out, want) {
		t.Errorf("averages %v, want %v", out, want)
	}
	if in = inputsOf(&dataset.Domain{Shape: []int{2, 5000}}); in.columns != 3334 || in.block != 3 {
		t.Errorf("windows: %d columns by %d", in.columns, in.block)
	}
}

// TestParts keeps groups together, moments in order, and classes in every fold.
func TestParts(t *testing.T) {
	dir, lines := t.TempDir(), []string{"x,y,g"}
	for i := range 120 {
		lines = append(lines, fmt.Sprintf("%d,%s,%s", i, []string{"a", "b", "b", "b", "b", "b"}[i%6], []string{"p", "q", "r"}[i%3]))
	}
	write(t, dir, "a.csv", lines)
	write(t, dir, "b.csv", lines)
	_, ds := open(t, dir, "domains: [{name: a, data: a.csv, test: a.csv, columns: {label: y, group: g}, split: {validation: 0}}, {name: b, data: b.csv, test: b.csv, columns: {label: y, ignore: [g]}, split: {validation: 0, by: random}}]\n")
	rows := drawn(ds[0], ds[0].Train, 1000, "x")
	part, by := parts(ds[0], rows, nil, 10, false)
	fold := map[string]int{}
	for k, i := range rows {
		g := ds[0].Train.Group(i)
		if f, ok := fold[g]; ok && f != part[k] {
			t.Fatalf("group %s stands in folds %d and %d", g, f, part[k])
		}
		fold[g] = part[k]
	}
	if len(fold) != 3 || slices.Max(part) != 2 || by != "3 folds of the training rows, by group" {
		t.Errorf("folds of groups %v, %s", fold, by)
	}
	part, _ = parts(ds[1], rows, nil, 10, true)
	if !slices.IsSorted(part) || part[0] != 0 || slices.Max(part) != 9 {
		t.Errorf("folds in time: %v", part)
	}
	part, _ = parts(ds[1], rows, nil, 10, false)
	count := map[[2]int]int{}
	for k, i := range rows {
		count[[2]int{part[k], ds[1].Train.Label(i)}]++
	}
	for f := range 10 {
		if count[[2]int{f, 0}] != 2 || count[[2]int{f, 1}] != 10 {
			t.Errorf("fold %d has %d and %d rows of the classes", f, count[[2]int{f, 0}], count[[2]int{f, 1}])
		}
	}
	if part, _ = parts(ds[1], rows, nil, fewWeights, false); slices.Max(part) != 4 {
		t.Errorf("folds of many weights: %v", part)
	}
	if part, by = parts(ds[1], rows, nil, manyWeights, false); slices.Max(part) != 2 || by != "3 folds of the training rows" {
		t.Errorf("%s of very many weights: %v", by, part)
	}
	if few := drawn(ds[1], ds[1].Train, 30, "x"); len(few) != 30 || !slices.IsSorted(few) || few[29] == 29 {
		t.Errorf("drawn %v", few)
	}
}

// TestRun fits once, reuses, gives the same bytes, fits again where data
// changed or files are damaged, and leaves out what is asked for.
func TestRun(t *testing.T) {
	dir := t.TempDir()
	table := func(shift int) []string {
		lines := []string{"x,z,y"}
		for i := range 100 {
			lines = append(lines, fmt.Sprintf("%d,%d,%g", (i*37)%100, i%7, float64(i%50+shift)))
		}
		return lines
	}
	write(t, dir, "a.csv", table(0))
	write(t, dir, "b.csv", table(3))
	const text = "domains: [{name: a, data: a.csv, columns: {targets: [y]}}, {name: b, data: b.csv, columns: {targets: [y]}}]\n"
	run := func(text, out string) (*Report, *study.Plan) {
		t.Helper()
		s, ds := open(t, dir, text)
		byName, sizes := map[string][]*dataset.Domain{}, []study.DomainSize{}
		for _, d := range ds {
			byName[d.Name] = []*dataset.Domain{d}
			sizes = append(sizes, study.DomainSize{Name: d.Name, Task: "regression", Outputs: 1, Train: d.Train.Len(), Test: d.Test.Len(), SHA256: d.SHA256})
		}
		plan, err := s.Plan(sizes, map[string]study.ModelSize{s.Model.Rungs[0].Name: {}})
		if err != nil {
			t.Fatal(err)
		}
		r, err := Run(context.Background(), Config{Study: "s", Plan: plan, Folder: layout.Folder(out), Domains: byName, Ordered: func(string) bool { return false }})
		if err != nil {
			t.Fatal(err)
		}
		return r, plan
	}
	out, again := t.TempDir(), t.TempDir()
	r, plan := run(text, out)
	if r.Fitted != 2 || r.Reused != 0 {
		t.Errorf("first: %+v", r)
	}
	if r, _ := run(text, out); r.Fitted != 0 || r.Reused != 2 {
		t.Errorf("second: %+v", r)
	}
	run(text, again)
	for _, name := range []string{"losses.parquet", "fit.json", "spec.json"} {
		x, err := os.ReadFile(filepath.Join(out, "baseline", "a", name))
		if err != nil {
			t.Fatal(err)
		}
		y, err := os.ReadFile(filepath.Join(again, "baseline", "a", name))
		if err != nil || !slices.Equal(x, y) {
			t.Errorf("%s differs between folders (%v)", name, err)
		}
	}
	summary, err := layout.Folder(out).Baseline("a").ReadFit()
	if err != nil || summary.Model != "ridge regression" || summary.Rows != plan.Domains[0].Train {
		t.Errorf("summary %+v, %v", summary, err)
	}
	if err := os.WriteFile(filepath.Join(out, "baseline", "a", "losses.parquet"), []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	write(t, dir, "b.csv", table(5))
	if r, _ := run(text, out); r.Fitted != 2 {
		t.Errorf("after damage and a change of data: %+v", r)
	}
	write(t, dir, "b.csv", table(3))
	r, plan = run("baseline: none\n"+text, t.TempDir())
	if r.Fitted+r.Reused != 0 || plan.Domains[0].Baseline != "" {
		t.Errorf("none: %+v, plan %q", r, plan.Domains[0].Baseline)
	}
}

// TestTooLarge says why there is no model instead of failing.
func TestTooLarge(t *testing.T) {
	d := &dataset.Domain{Shape: []int{1 << 24}, Task: dataset.Task{Kind: dataset.Classification, Classes: []string{"a", "b", "c"}}}
	if _, err := Fit(context.Background(), d, false); err == nil || !strings.Contains(err.Error(), "16777216 columns of 3 outputs") {
		t.Errorf("error %v", err)
	}
}
