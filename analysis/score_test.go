package analysis

import (
	"math"
	"testing"

	"github.com/sharewise/sharewise/analysis/losses"
)

// TestTallyOfKinds checks that unknown first targets do not spoil R², and that
// samples with several labels are no class of their own.
func TestTallyOfKinds(t *testing.T) {
	nan := float32(math.NaN())
	values := &losses.Table{
		Loss: []float32{1, 1, 1}, Prediction: []float32{1, 5, 3}, Target: []float32{1, nan, 4},
		More: []losses.Output{{Prediction: []float32{0, 0, 0}, Target: []float32{1, 2, 3}}},
	}
	labels := &losses.Table{
		Loss: []float32{1, 1}, Correct: []bool{true, false}, Label: []int32{losses.LabelMultilabel, losses.LabelMultilabel},
		Prediction: []float32{0.9, 0.9}, Target: []float32{1, 0},
	}
	var v, l tally
	for i := range values.Len() {
		v.add(values, i)
	}
	for i := range labels.Len() {
		l.add(labels, i)
	}
	// 1 - Σ(f-y)²/Σ(y-ȳ)² over the two known targets 1 and 4.
	if r2, ok := v.r2(); !ok || math.Abs(r2-(1-1/4.5)) > 1e-12 {
		t.Errorf("R² is %g", r2)
	}
	if a, ok := l.accuracy(); !ok || a != 0.5 {
		t.Errorf("accuracy is %g", a)
	}
	if _, ok := l.balancedAccuracy(); ok {
		t.Error("several labels have a balanced accuracy")
	}
}
