package analysis

import (
	"reflect"
	"testing"
)

// TestGainsOnly measures the same gains without effects and placebo.
func TestGainsOnly(t *testing.T) {
	all, err := Analyze(newFakeStudy(4).Study)
	if err != nil {
		t.Fatal(err)
	}
	s := newFakeStudy(4).Study
	s.GainsOnly = true
	gains, err := Analyze(s)
	if err != nil {
		t.Fatal(err)
	}
	if len(gains.Gains) == 0 || !reflect.DeepEqual(gains.Gains, all.Gains) {
		t.Errorf("gains %+v, with effects %+v", gains.Gains, all.Gains)
	}
	if len(all.Effects) == 0 || len(gains.Effects) > 0 || len(gains.Placebo) > 0 {
		t.Errorf("%d effects, %d placebos", len(gains.Effects), len(gains.Placebo))
	}
}
