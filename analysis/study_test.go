package analysis

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/parquet-go/parquet-go"

	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/losses"
	"github.com/sharewise/sharewise/analysis/measures"
)

// fakeStudy has two domains of classification, a and b, and one of regression,
// r: independent runs, a pair and the joint arm, three seeds each, at two
// rungs.
type fakeStudy struct {
	Study
	tables map[string]*losses.Table
}

func newFakeStudy(seedsPerArm int) *fakeStudy {
	f := &fakeStudy{tables: map[string]*losses.Table{}}
	f.Study = Study{
		Name: "fake", Title: "A fake study", Rungs: []string{"w1", "w2"}, Weightings: []string{"equal"},
		Domains: []DomainInfo{{Name: "a", Task: "classification", Outputs: 2, Test: 60}, {Name: "b", Task: "classification", Outputs: 2, Test: 40}, {Name: "r", Task: "regression", Outputs: 1, Test: 50}},
		Open: func(r Run) iter.Seq2[*losses.Table, error] {
			return func(yield func(*losses.Table, error) bool) { yield(f.tables[r.ID], nil) }
		},
	}
	arms := []struct {
		name    string
		domains []string
	}{
		{Independent, []string{"a"}}, {Independent, []string{"b"}}, {Independent, []string{"r"}},
		{"pool{a,b}", []string{"a", "b"}}, {"joint", []string{"a", "b", "r"}},
	}
	for _, rung := range f.Rungs {
		for _, arm := range arms {
			for seed := 1; seed <= seedsPerArm; seed++ {
				id := fmt.Sprintf("%s-%s-%s-%d", arm.name, strings.Join(arm.domains, ""), rung, seed)
				f.Runs = append(f.Runs, Run{ID: id, Arm: arm.name, Domains: arm.domains, Rung: rung, Weighting: "equal", Seed: int64(seed), Status: Finished})
				f.tables[id] = fakeRun(arm.name, arm.domains, rung, seed)
			}
		}
	}
	return f
}

// fakeRun is the table of one run: pooling helps b, and the joint arm halves
// the errors of the regression.
func fakeRun(arm string, domains []string, rung string, seed int) *losses.Table {
	r := rand.New(rand.NewPCG(uint64(seed), uint64(len(arm)*100+len(rung))+uint64(rung[1])))
	t := &losses.Table{Correct: []bool{}, Label: []int32{}, Prediction: []float32{}, Target: []float32{}}
	size := map[string]int{"a": 60, "b": 40, "r": 50}
	for _, d := range domains {
		for i := range size[d] {
			t.Domain = append(t.Domain, d)
			t.Seed = append(t.Seed, int64(seed))
			t.Sample = append(t.Sample, losses.SampleID{Number: int64(3 * i)})
			if d == "r" {
				scale := 1.0
				if arm != Independent {
					scale = math.Sqrt(0.5)
				}
				y := float64(i)
				e := scale * (1 + 0.1*r.NormFloat64())
				t.Loss = append(t.Loss, float32(e*e))
				t.Correct = append(t.Correct, false)
				t.Label = append(t.Label, -1)
				t.Prediction = append(t.Prediction, float32(y+e))
				t.Target = append(t.Target, float32(y))
				continue
			}
			p := 0.6 + 0.3*float64(i%2)
			if d == "b" && arm != Independent {
				p = 0.95
			}
			ok := r.Float64() < p
			label := int32(i % 2)
			t.Correct = append(t.Correct, ok)
			t.Loss = append(t.Loss, map[bool]float32{true: 0.1, false: 2}[ok])
			t.Label = append(t.Label, label)
			t.Prediction = append(t.Prediction, map[bool]float32{true: float32(label), false: float32(1 - label)}[ok])
			t.Target = append(t.Target, float32(math.NaN()))
		}
	}
	return t
}

func TestAnalyze(t *testing.T) {
	f := newFakeStudy(4)
	got, err := Analyze(f.Study)
	if err != nil {
		t.Fatal(err)
	}
	if want := (RunCounts{Planned: 40, Done: 40}); got.Runs != want {
		t.Errorf("runs %+v, want %+v", got.Runs, want)
	}
	// Per rung: 3 independent, 2 of the pair, 3 joint.
	if len(got.Scores) != 16 || len(got.Effects) != 10 || len(got.Gains) != 10 || len(got.Placebo) != 6 {
		t.Errorf("%d scores, %d effects, %d gains, %d placebos", len(got.Scores), len(got.Effects), len(got.Gains), len(got.Placebo))
	}
	for _, g := range got.Gains {
		name := fmt.Sprintf("gain of %s in %s at %s: %+v", g.Domain, g.Arm, g.Rung, g.Gain)
		switch g.Domain {
		case "r":
			if g.Metric != measures.SquaredError.Name || math.Abs(g.Relative.Value-0.5) > 0.05 || g.Relative.Lo > 0.5 || g.Relative.Hi < 0.5 {
				t.Error(name)
			}
		case "b":
			if g.Metric != "error" || g.Relative.Value < 0.5 || g.Relative.Lo < 0.2 {
				t.Error(name)
			}
		}
		if g.Arm == "joint" && cmp.Diff([]string{"a", "b", "r"}, g.Pool) != "" {
			t.Errorf("pool %v", g.Pool)
		}
	}
	// An effect of the study is that of its runs, with limits that are narrower:
	// other domains tell how much runs vary, and no warning says that few do.
	collect := func(arm string) *losses.Table {
		all := &losses.Table{Correct: []bool{}}
		for _, r := range f.Runs {
			if r.Arm == arm && r.Rung == "w2" {
				x := f.tables[r.ID]
				b := filter(x, func(i int) bool { return x.Domain[i] == "b" })
				all = filter(join(all, b), func(int) bool { return true })
			}
		}
		return all
	}
	want, err := Compare(collect(Independent), collect("joint"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range got.Effects {
		if e.Arm == "joint" && e.Rung == "w2" && e.Domain == "b" {
			limits := cmp.FilterPath(func(p cmp.Path) bool {
				return slices.Contains([]string{"Lo", "Hi", "BoundLo", "BoundHi", "P", "Warnings"}, strings.TrimPrefix(p.Last().String(), "."))
			}, cmp.Ignore())
			if d := cmp.Diff(want.Effects[0].Effect, e.Effect, equateUnknown, limits); d != "" {
				t.Errorf("joint on b at w2 (-tables +study):\n%s", d)
			}
			if few := "these runs alone tell"; !strings.Contains(strings.Join(want.Effects[0].Warnings, ""), few) || strings.Contains(strings.Join(e.Warnings, ""), few) {
				t.Errorf("joint on b at w2: warnings %q among others, %q by itself", e.Warnings, want.Effects[0].Warnings)
			}
			if alone := want.Effects[0].Delta; !(e.Delta.Lo > alone.Lo && e.Delta.Hi <= alone.Hi) {
				t.Errorf("joint on b at w2: Δ %v among others, %v by itself", e.Delta, alone)
			}
		}
	}
}

func TestAnalyzeMeasures(t *testing.T) {
	for name, c := range map[string]struct {
		asked   string
		setting string // of domain b
		task    string // of domain a
		want    string // of a, b and r
		metrics string
	}{
		"defaults":            {"", "", "classification", "correct correct loss", "error error mse"},
		"a domain by loss":    {"", measures.Loss, "classification", "correct loss loss", "error loss mse"},
		"all by loss":         {measures.Loss, measures.Correct, "classification", "loss loss loss", "loss loss mse"},
		"all by correctness":  {measures.Correct, measures.Loss, "classification", "correct correct loss", "error error mse"},
		"several labels":      {"", "", "multilabel", "loss correct loss", "loss error mse"},
		"several, by exact":   {measures.Correct, "", "multilabel", "correct correct loss", "error error mse"},
		"task is not told":    {"", "", "", "correct correct loss", "error error mse"},
		"two classes, binary": {"", "", "binary", "correct correct loss", "error error mse"},
	} {
		f := newFakeStudy(2)
		f.Domains[0].Task, f.Domains[1].Measure = c.task, c.setting
		f.Options.Measure = c.asked
		got, err := Analyze(f.Study)
		if err != nil {
			t.Fatal(err)
		}
		var measures []string
		for _, d := range got.Domains {
			measures = append(measures, d.Measure)
		}
		if s := strings.Join(measures, " "); s != c.want {
			t.Errorf("%s: measures %s, want %s", name, s, c.want)
		}
		metrics := strings.Fields(c.metrics)
		for _, g := range got.Gains {
			if i := strings.Index("abr", g.Domain); g.Metric != metrics[i] {
				t.Errorf("%s: gain of %s in %s, want %s", name, g.Domain, g.Metric, metrics[i])
			}
		}
		for _, e := range got.Effects {
			if i := strings.Index("abr", e.Domain); e.Measure != measures[i] || !e.Transfer.BoundHi.Known() {
				t.Errorf("%s: effect on %s by %s: %+v", name, e.Domain, e.Measure, e.Transfer)
			}
		}
	}
}

func join(a, b *losses.Table) *losses.Table {
	a.Domain = append(a.Domain, b.Domain...)
	a.Seed = append(a.Seed, b.Seed...)
	a.Sample = append(a.Sample, b.Sample...)
	a.Loss = append(a.Loss, b.Loss...)
	a.Correct = append(a.Correct, b.Correct...)
	return a
}

func TestScores(t *testing.T) {
	// Classes of 3 and 1 samples: accuracy 3/4, balanced (1 + 0)/2.
	table := &losses.Table{Loss: []float32{1, 2, 3, 6}, Correct: []bool{true, true, true, false}, Label: []int32{0, 0, 0, 1}}
	var c tally
	for i := range table.Len() {
		c.add(table, i)
	}
	s := scoreOf([]*tally{&c}, .95)
	if s.Loss.Value != 3 || s.Accuracy.Value != 0.75 || s.BalancedAccuracy.Value != 0.5 || s.R2.Known() || s.MAE.Known() || !math.IsNaN(s.Accuracy.Lo) {
		t.Errorf("classification: %+v %+v %+v", s, s.Accuracy, s.BalancedAccuracy)
	}
	// Targets 1, 2, 3 around 1000; errors 0, 0, 1: R² = 1 - 1/2, MAE = 1/3.
	table = &losses.Table{Loss: []float32{0, 0, 1}, Target: []float32{1001, 1002, 1003}, Prediction: []float32{1001, 1002, 1004}}
	var r tally
	for i := range table.Len() {
		r.add(table, i)
	}
	s = scoreOf([]*tally{&r}, .95)
	if !near(s.R2.Value, 0.5) || !near(s.MAE.Value, 1./3) || s.Accuracy.Known() || s.BalancedAccuracy.Known() {
		t.Errorf("regression: %+v %+v", s.R2, s.MAE)
	}
	// Limits from three runs: mean 2, sd 1, t(2) 4.303.
	if v := effect.OverRuns([]float64{1, 2, 3}, .95); math.Abs(v.Hi-(2+4.30265/math.Sqrt(3))) > 1e-4 || v.Value != 2 {
		t.Errorf("interval over runs %v", v)
	}
}

func TestAnalyzeKeepsDivergedRunsOut(t *testing.T) {
	f := newFakeStudy(3)
	for i, r := range f.Runs {
		switch {
		case r.Arm == "joint" && r.Seed == 2:
			f.Runs[i].Status = Diverged
			delete(f.tables, r.ID)
		case r.Arm == "pool{a,b}" && r.Seed > 1:
			f.Runs[i].Status = Missing
		}
	}
	got, err := Analyze(f.Study)
	if err != nil {
		t.Fatal(err)
	}
	if want := (RunCounts{Planned: 30, Done: 24, Diverged: 2, Missing: 4}); got.Runs != want {
		t.Errorf("runs %+v, want %+v", got.Runs, want)
	}
	all := strings.Join(got.Warnings, "\n")
	for _, want := range []string{
		"joint, rung w1: diverged with seed 2", "joint, rung w2: diverged with seed 2", "4 of 30 planned runs are missing",
		"pool{a,b} on a: one run on a side",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("no warning …%s… among\n%s", want, all)
		}
	}
	// Of the largest rung they are reasons not to act on the figures.
	var doubts []string
	for _, d := range got.Doubts {
		if d.Next != "" {
			doubts = append(doubts, fmt.Sprintf("%s %v: %s. %s.", d.Kind, d.Domains, d.Brief, d.Text))
		}
	}
	want := []string{
		"missing_runs [a b]: 2 of 15 planned runs are missing. 2 of 15 planned runs are missing (pool{a,b}, rung w2).",
		"diverged_runs [a b r]: 1 of 15 runs diverged. 1 of 15 runs diverged (joint, rung w2), and all figures leave them out.",
	}
	if len(doubts) < 2 || !slices.Equal(doubts[:2], want) {
		t.Errorf("doubts %q, want %q", doubts, want)
	}
	for _, s := range got.Scores {
		if s.Arm == "joint" && s.Seeds != 2 {
			t.Errorf("score of joint rests on %d seeds", s.Seeds)
		}
	}
	for _, g := range got.Gains {
		if g.Arm == "pool{a,b}" && (math.IsNaN(g.Relative.Value) || !math.IsNaN(g.Relative.Lo)) {
			t.Errorf("gain from one run: %+v", g.Relative)
		}
	}
}

func TestAnalyzeRefuses(t *testing.T) {
	f := newFakeStudy(2)
	first := f.Runs[1].ID
	f.tables[first] = filter(f.tables[first], func(i int) bool { return i != 4 })
	if _, err := Analyze(f.Study); !errors.Is(err, ErrSamples) || !strings.Contains(err.Error(), "run "+first+": domain a: samples differ: only in other runs: 12") {
		t.Errorf("missing sample: %v", err)
	}
	f = newFakeStudy(2)
	f.Runs[0].Domains = []string{"b"}
	if _, err := Analyze(f.Study); !errors.Is(err, ErrDomains) {
		t.Errorf("wrong domain: %v", err)
	}
	f = newFakeStudy(2)
	broken := errors.New("broken file")
	f.Open = func(Run) iter.Seq2[*losses.Table, error] {
		return func(yield func(*losses.Table, error) bool) { yield(nil, broken) }
	}
	if _, err := Analyze(f.Study); !errors.Is(err, broken) {
		t.Errorf("broken file: %v", err)
	}
}

// The number of samples listed is what was asked for, none included.
func TestAnalyzeLists(t *testing.T) {
	for _, n := range []int{0, 1, 3} {
		f := newFakeStudy(3)
		f.Options.Exemplars = n
		got, err := Analyze(f.Study)
		if err != nil {
			t.Fatal(err)
		}
		most := 0
		for _, e := range got.Effects {
			most = max(most, len(e.Calls.HelpedSamples), len(e.Calls.HarmedSamples))
		}
		if most != n {
			t.Errorf("%d exemplars asked for, %d listed", n, most)
		}
	}
}

func TestReadResults(t *testing.T) {
	path := filepath.Join(t.TempDir(), "results.json")
	for _, c := range []struct{ text, want string }{
		{`{"version": 2, "study": "s"}`, ""},
		{`{"version": 3, "study": "s"}`, "newer"},
		{`{"version": 1, "study": "s"}`, "'sharewise analyze OUT'"},
		{`{"study": "s"}`, "no version"},
		{`{"version": 1,`, "ends too early"},
	} {
		if err := os.WriteFile(path, []byte(c.text), 0o644); err != nil {
			t.Fatal(err)
		}
		r, err := ReadResults(path)
		if c.want == "" {
			if err != nil || r.Study != "s" {
				t.Errorf("%s: %+v, %v", c.text, r, err)
			}
		} else if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v, want an error that names the file and says %q", c.text, err, c.want)
		}
	}
}

func TestResultsJSON(t *testing.T) {
	f := newFakeStudy(4)
	f.Options.Exemplars = DefaultExemplars
	want, err := Analyze(f.Study)
	if err != nil {
		t.Fatal(err)
	}
	want.Conflict = append(want.Conflict, Conflict{Arm: "joint", A: "a", B: "b", Cosine: effect.Interval{Value: 0.5, Lo: math.NaN(), Hi: math.NaN()}})
	data, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var got Results
	if err := json.Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, &got, equateUnknown, cmpopts.IgnoreFields(effect.Call{}, "Row")); d != "" {
		t.Errorf("JSON changes the results (-want +got):\n%s", d)
	}
	for _, s := range []string{`"arm":"joint"`, `"bound_lo":`, `"accuracy":{"independent":null`, `"smallest":`, `"p_value":`, `"lo":null`, `"r2":null`, `"loss_reduction":`} {
		if !bytes.Contains(data, []byte(s)) {
			t.Errorf("JSON lacks %s", s)
		}
	}
	if bytes.Contains(data, []byte("NaN")) || bytes.Contains(data, []byte(`"warnings":null`)) || bytes.Contains(data, []byte("Value")) {
		t.Error("JSON has NaN, null lists or Go names")
	}
}

func TestWriteTables(t *testing.T) {
	f := newFakeStudy(3)
	results, err := Analyze(f.Study)
	if err != nil {
		t.Fatal(err)
	}
	one, two := t.TempDir(), t.TempDir()
	for _, dir := range []string{one, two} {
		if err := results.WriteTables(dir); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{TransferFile, MatrixFile, CapacityFile, WeightingFile, OutputsFile, SourcesFile} {
		x, err := os.ReadFile(filepath.Join(one, name))
		if err != nil {
			t.Fatal(err)
		}
		if y, _ := os.ReadFile(filepath.Join(two, name)); !bytes.Equal(x, y) {
			t.Errorf("%s differs when written again", name)
		}
	}
	if entries, _ := os.ReadDir(one); len(entries) != 6 {
		t.Errorf("files %v", entries)
	}
	matrix, err := parquet.ReadFile[matrixRow](filepath.Join(one, MatrixFile))
	if err != nil {
		t.Fatal(err)
	}
	for i, g := range results.Gains {
		if matrix[i].Target != g.Domain || matrix[i].Relative != g.Relative.Value || g.Arm == "pool{a,b}" && matrix[i].Source == g.Domain {
			t.Errorf("row %d of the matrix is %+v, gain %+v", i, matrix[i], g)
		}
	}
	capacity, err := parquet.ReadFile[summaryRow](filepath.Join(one, CapacityFile))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(capacity); i += 2 {
		if capacity[i].Rung != "w1" || capacity[i+1].Rung != "w2" || capacity[i].Domain != capacity[i+1].Domain {
			t.Errorf("rows %d and %d of capacity: %+v, %+v", i, i+1, capacity[i], capacity[i+1])
		}
	}
	transfer, err := parquet.ReadFile[transferRow](filepath.Join(one, TransferFile))
	if err != nil || len(transfer) != len(results.Effects)+len(results.Placebo) {
		t.Fatalf("%d rows, %v", len(transfer), err)
	}
	if transfer[0].TBoundHi != results.Effects[0].Transfer.BoundHi || transfer[0].IRaw != results.Effects[0].Interference.Raw.Value {
		t.Errorf("row %+v", transfer[0])
	}
	for i, row := range transfer[:len(results.Effects)] {
		e := results.Effects[i]
		if row.Measure != e.Measure || row.LossA != e.Loss.Independent || row.LossB != e.Loss.Arm || row.Delta != e.Delta.Value {
			t.Errorf("row %+v of effect %+v", row, e)
		}
	}
	for _, row := range capacity {
		want := map[string]string{"a": "correct error", "b": "correct error", "r": "loss mse"}[row.Domain]
		if got := row.Measure + " " + row.Metric; row.Arm != Independent && got != want {
			t.Errorf("%s on %s: measure and metric %q, want %q", row.Arm, row.Domain, got, want)
		}
	}
	if err := results.WriteTables(filepath.Join(one, "none")); err == nil {
		t.Error("wrote into a folder that does not exist")
	}
}
