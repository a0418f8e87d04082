package affinity

import (
	"math"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/layout"
)

// TestSimilarity scores pools by means over partners, and passes over strangers.
func TestSimilarity(t *testing.T) {
	e := NewSimilarity([]string{"a", "b", "c"}, layout.Similarity{Name: "likeness", Pairs: []layout.SimilarPair{{A: "a", B: "b", Score: 1}, {A: "b", B: "c", Score: 3}, {A: "a", B: "x", Score: 9}}})
	if s := e.Score([]int{0, 1}); s[0].Value != 1 || s[1].Value != 1 {
		t.Errorf("a and b: %v", s)
	}
	if s := e.Score([]int{0, 1, 2}); s[1].Value != 2 || !math.IsNaN(s[0].Value) {
		t.Errorf("all: %v", s)
	}
}

// TestByChance says of many audits how many pass anyhow.
func TestByChance(t *testing.T) {
	audits := make([]Report, 12)
	if got := byChance(audits, AuditOptions{}); got != nil {
		t.Errorf("none passed: %q", got)
	}
	audits[3].Passed = true
	if got := strings.Join(byChance(audits, AuditOptions{}), ""); !strings.Contains(got, "1 of 12 estimators passed") || !strings.Contains(got, "up to 1.2") {
		t.Errorf("one passed: %q", got)
	}
}
