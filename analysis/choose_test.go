package analysis

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/losses"
	"github.com/sharewise/sharewise/analysis/measures"
)

func TestMeasureByAnswers(t *testing.T) {
	usual := effect.Answers{Correct: true, Classes: true, Ranks: true, Two: true, Largest: 0.6}
	several := effect.Answers{Correct: true, Classes: true, Largest: 0.6}
	with := func(k effect.Answers, largest float64) effect.Answers { k.Largest = largest; return k }
	noRanks := effect.Answers{Correct: true, Classes: true, Two: true, Largest: 0.95}
	tests := []struct {
		name   string
		domain DomainInfo
		asked  string
		known  effect.Answers
		want   string
	}{
		{"two classes", DomainInfo{Task: "binary"}, "", usual, measures.Correct},
		{"a fifth", DomainInfo{Task: "binary"}, "", with(usual, 0.8), measures.Correct},
		{"less than a fifth", DomainInfo{Task: "classification"}, "", with(usual, 0.81), measures.AUC},
		{"no scores", DomainInfo{Task: "binary"}, "", noRanks, measures.Balanced},
		{"several classes", DomainInfo{Task: "classification"}, "", several, measures.Correct},
		{"one of several rules", DomainInfo{Task: "classification"}, "", with(several, 0.9), measures.Balanced},
		{"balanced training of two", DomainInfo{Task: "binary", ClassWeights: BalancedWeights}, "", usual, measures.AUC},
		{"balanced training of several", DomainInfo{ClassWeights: BalancedWeights}, "", several, measures.Balanced},
		{"given weights", DomainInfo{ClassWeights: GivenWeights}, "", several, measures.Correct},
		{"the study's word", DomainInfo{Measure: measures.Correct}, "", with(usual, 0.95), measures.Correct},
		{"the user's word", DomainInfo{Measure: measures.Correct}, measures.Balanced, usual, measures.Balanced},
		{"what cannot be", DomainInfo{Measure: measures.Loss}, measures.AUC, several, measures.Loss},
		{"regression", DomainInfo{Task: "regression"}, measures.AUC, effect.Answers{}, measures.Loss},
		{"several labels", DomainInfo{Task: "multilabel"}, "", effect.Answers{Correct: true}, measures.Loss},
	}
	for _, tt := range tests {
		if got, _ := tt.domain.measure(tt.asked, tt.known); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

// rareStudy makes domain a one of two classes of which one in twenty samples is
// positive. Nobody ever calls a sample positive; the arms rank by skill.
func rareStudy(independent, shared float64) *fakeStudy {
	f := newFakeStudy(3)
	f.Domains[0].Task = "binary"
	for _, run := range f.Runs {
		table := f.tables[run.ID]
		table.Confidence = make([]float32, table.Len())
		rng := rand.New(rand.NewPCG(uint64(run.Seed), uint64(len(run.Arm))))
		skill := shared
		if run.Arm == Independent {
			skill = independent
		}
		for i := range table.Len() {
			table.Confidence[i] = float32(math.NaN())
			if table.Domain[i] != "a" {
				continue
			}
			table.Label[i], table.Prediction[i] = 0, 0
			if table.Sample[i].Number%60 == 0 {
				table.Label[i] = 1
			}
			p := 0.4 / (1 + math.Exp(-skill*float64(table.Label[i])-rng.NormFloat64()))
			table.Confidence[i], table.Correct[i] = float32(1-p), table.Label[i] == 0
			table.Loss[i] = float32(-math.Log(math.Abs(float64(table.Label[i]) - (1 - p))))
		}
	}
	return f
}

// A rare class is measured by AUC, which sees what correctness cannot; a word of
// the study is heeded, with a warning.
func TestAnalyzeRareClass(t *testing.T) {
	f := rareStudy(2, 4)
	r, err := Analyze(f.Study)
	if err != nil {
		t.Fatal(err)
	}
	d := r.Domains[0]
	if d.Measure != measures.AUC || d.Metric != "auc" {
		t.Errorf("measured by %s, first figure %s", d.Measure, d.Metric)
	}
	for _, g := range r.Gains {
		if g.Domain == "a" && (g.Metric != "auc" || !(g.Relative.Value > 0.2)) {
			t.Errorf("gain %+v", g.Gain)
		}
	}
	for _, e := range r.Effects {
		if e.Domain == "a" && (e.Measure != measures.Correct || e.Delta.Value != 0) {
			t.Errorf("effect %s %+v", e.Measure, e.Delta)
		}
	}
	warned := func(r *Results, text string) bool {
		return slices.ContainsFunc(r.Warnings, func(w string) bool { return strings.Contains(w, text) })
	}
	if !warned(r, "a: gains reduce 1 − AUC, since 95% of its test samples are of one class; task.measure: error counts errors") {
		t.Errorf("warnings %q", r.Warnings)
	}
	if slices.ContainsFunc(r.Doubts, func(d Doubt) bool { return d.Kind == NoSkill }) {
		t.Errorf("doubts %v of models that rank well", r.Doubts)
	}

	f.Domains[0].Measure = measures.Correct
	f.Domains[1].ClassWeights = BalancedWeights
	if r, err = Analyze(f.Study); err != nil {
		t.Fatal(err)
	}
	if d := r.Domains[0]; d.Measure != measures.Correct || d.Metric != "auc" || !warned(r, "a: gains count errors, and always guessing one class is right for 95%") {
		t.Errorf("measured by %s, warnings %q", d.Measure, r.Warnings)
	}
	if d := r.Domains[1]; d.Measure != measures.Balanced || !warned(r, "b: gains reduce the balanced error") {
		t.Errorf("b is measured by %s, warnings %q", d.Measure, r.Warnings)
	}
	f.Options.Measure = measures.AUC
	if r, err = Analyze(f.Study); err != nil {
		t.Fatal(err)
	}
	if d := r.Domains[2]; d.Measure != measures.Loss || !warned(r, "r: cannot be measured by auc, since its tables do not rank samples of two classes; gains reduce the mean loss") {
		t.Errorf("r is measured by %s, warnings %q", d.Measure, r.Warnings)
	}
}

// Test samples of one class tell nothing of the other.
func TestOneClass(t *testing.T) {
	f := newFakeStudy(3)
	for _, table := range f.tables {
		for i, d := range table.Domain {
			if d == "a" {
				table.Label[i] = 1
			}
		}
	}
	f.Domains[0].Task, f.Domains[0].Outputs, f.Domains[0].Measure = "binary", 1, measures.Balanced
	r, err := Analyze(f.Study)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(r.Doubts, func(d Doubt) bool {
		return d.Kind == OneClass && slices.Equal(d.Domains, []string{"a"}) && d.Brief == "all test samples of a are of one class"
	}) {
		t.Errorf("doubts %+v", r.Doubts)
	}
	if d := r.Domains[0]; d.Measure != measures.Correct || d.Metric != "accuracy" || !slices.Contains(r.Warnings, "a: cannot be measured by balanced, since all its test samples are of one class; gains reduce errors") {
		t.Errorf("measured by %s, warnings %q", d.Measure, r.Warnings)
	}
}

// Ranks by chance are no skill, whatever the division into classes.
func TestNoSkillOfRanks(t *testing.T) {
	r, err := Analyze(rareStudy(0, 3).Study)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(r.Doubts, func(d Doubt) bool { return d.Kind == NoSkill && slices.Equal(d.Domains, []string{"a"}) }) {
		t.Errorf("no doubt of models that rank by chance: %v", r.Doubts)
	}
}

// Tables from elsewhere have a column score, or what follows from prediction and
// confidence.
func TestGainsOfTables(t *testing.T) {
	f := rareStudy(2, 4)
	collect := func(arm string) *losses.Table {
		var all []*losses.Table
		for _, r := range f.Runs {
			if r.Arm == arm && r.Rung == "w1" && r.Domains[0] == "a" {
				table := f.tables[r.ID]
				only := &losses.Table{}
				for i := range table.Len() {
					if table.Domain[i] == "a" {
						only.Domain, only.Seed, only.Sample = append(only.Domain, "a"), append(only.Seed, r.Seed), append(only.Sample, table.Sample[i])
						only.Loss, only.Label, only.Correct = append(only.Loss, table.Loss[i]), append(only.Label, table.Label[i]), append(only.Correct, table.Correct[i])
						only.Prediction, only.Confidence = append(only.Prediction, table.Prediction[i]), append(only.Confidence, table.Confidence[i])
					}
				}
				all = append(all, only)
			}
		}
		return losses.Concat(all...)
	}
	a, b := collect(Independent), collect("joint")
	o := Options{Options: effect.Options{Measure: measures.AUC}}
	want, err := Compare(a, b, o)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := Compare(a, b, Options{})
	if err != nil || !slices.ContainsFunc(plain.Effects[0].Warnings, func(w string) bool {
		return strings.Contains(w, "always guessing one class is right for 95% of the samples") && strings.HasSuffix(w, "the measure auc does")
	}) {
		t.Errorf("no word of the rare class: %q, %v", plain.Effects[0].Warnings, err)
	}
	for _, table := range []*losses.Table{a, b} { // any scale that keeps the order
		for i := range table.Len() {
			table.Score = append(table.Score, 100*(1-table.Confidence[i])-7)
		}
		table.Prediction, table.Confidence, table.Correct = nil, nil, nil
	}
	got, err := Compare(a, b, o)
	if err != nil || len(got.Gains) != 1 || math.Abs(got.Gains[0].Relative.Value-want.Gains[0].Relative.Value) > 1e-3 || !(got.Gains[0].Relative.Value > 0.2) {
		t.Errorf("%+v, want %+v (%v)", got, want, err)
	}
	if got.Effects[0].Measure != measures.Loss {
		t.Errorf("effects without correctness: %+v", got.Effects[0])
	}
	a.Score = nil
	if _, err := Compare(a, b, o); err == nil || !strings.Contains(err.Error(), "columns label") || !strings.Contains(err.Error(), "gain of a") {
		t.Errorf("no scores: %v", err)
	}
}
