package analysis

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/effect"
)

func TestChance(t *testing.T) {
	nan := math.NaN()
	score := func(r2, balanced effect.Interval) *Score {
		s := NewScore(Key{})
		s.R2, s.BalancedAccuracy = r2, balanced
		return &s
	}
	tests := []struct {
		name    string
		score   *Score
		outputs int
		auc     effect.Interval
		want    string
	}{
		{"good regression", score(effect.Interval{Value: 0.4, Lo: 0.3, Hi: 0.5}, effect.Unknown()), 1, effect.Unknown(), ""},
		{"bad regression", score(effect.Interval{Value: -0.35, Lo: -0.4, Hi: -0.3}, effect.Unknown()), 1, effect.Unknown(), "R² -0.350 is no better"},
		{"uncertain regression", score(effect.Interval{Value: 0.1, Lo: -0.05, Hi: 0.25}, effect.Unknown()), 1, effect.Unknown(), "R² 0.100 is no better"},
		{"one run", score(effect.Interval{Value: 0.1, Lo: nan, Hi: nan}, effect.Unknown()), 1, effect.Unknown(), ""},
		{"good classification", score(effect.Unknown(), effect.Interval{Value: 0.5, Lo: 0.4, Hi: 0.6}), 4, effect.Unknown(), ""},
		{"guessing", score(effect.Unknown(), effect.Interval{Value: 0.26, Lo: 0.24, Hi: 0.28}), 4, effect.Unknown(), "balanced accuracy 0.260 is no better than guessing, 0.25"},
		{"guessing of two", score(effect.Unknown(), effect.Interval{Value: 0.51, Lo: 0.49, Hi: 0.53}), 1, effect.Unknown(), "guessing, 0.5"},
		{"rare class, ranked well", score(effect.Unknown(), effect.Interval{Value: 0.5, Lo: 0.5, Hi: 0.5}), 1, effect.Interval{Value: 0.92, Lo: 0.85, Hi: 0.99}, ""},
		{"rare class, ranked by chance", score(effect.Unknown(), effect.Interval{Value: 0.53, Lo: 0.52, Hi: 0.54}), 1, effect.Interval{Value: 0.58, Lo: 0.46, Hi: 0.70}, "AUC 0.580 (0.460 to 0.700) is no better than guessing, 0.5"},
		{"imported", score(effect.Unknown(), effect.Unknown()), 2, effect.Unknown(), ""},
	}
	for _, tt := range tests {
		got := chance(tt.score, &DomainInfo{Outputs: tt.outputs}, tt.auc)
		if got == "" != (tt.want == "") || !strings.Contains(got, tt.want) {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// TestNoSkill gives one domain predictions that know nothing of the targets.
func TestNoSkill(t *testing.T) {
	f := newFakeStudy(3)
	warned := func() bool {
		r, err := Analyze(f.Study)
		if err != nil {
			t.Fatal(err)
		}
		warns := strings.Contains(strings.Join(r.Warnings, "\n"), "r, rung w2: the independent models show no skill: R²")
		doubts := slices.ContainsFunc(r.Doubts, func(d Doubt) bool { return d.Kind == NoSkill && slices.Equal(d.Domains, []string{"r"}) })
		if warns != doubts {
			t.Errorf("a warning: %v, a doubt: %v (%v)", warns, doubts, r.Doubts)
		}
		return warns
	}
	if warned() {
		t.Error("a warning of models that have skill")
	}
	rng := rand.New(rand.NewPCG(8, 8))
	for id, table := range f.tables {
		if strings.HasPrefix(id, Independent+"-r-w2") {
			for i := range table.Len() {
				table.Prediction[i] = float32(25 + 20*rng.NormFloat64())
			}
		}
	}
	if !warned() {
		t.Error("no warning of models without skill")
	}
}
