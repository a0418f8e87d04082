package study

import (
	"slices"
	"strings"
	"testing"
)

func TestScaling(t *testing.T) {
	for _, c := range []struct {
		in        Input
		n         int
		mean, std []float32
		err       string
	}{
		{Input{Scale: 255}, 2, []float32{0, 0}, []float32{255, 255}, ""},
		{Input{Mean: []float64{3}}, 2, []float32{3, 3}, []float32{1, 1}, ""},
		{Input{Scale: 4, Mean: []float64{0.5, 0.25}, Std: []float64{2}}, 2, []float32{2, 1}, []float32{8, 8}, ""},
		{Input{Std: []float64{2, 3}}, 3, nil, nil, "2 numbers for std, and samples have 3 channels or features"},
	} {
		mean, std, err := c.in.Scaling(c.n)
		if c.err != "" {
			if err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("%+v: error %v", c.in, err)
			}
			continue
		}
		if err != nil || !slices.Equal(mean, c.mean) || !slices.Equal(std, c.std) || !c.in.Scaled() {
			t.Errorf("%+v: %v, %v, %v", c.in, mean, std, err)
		}
	}
	if (Input{Normalize: "unit"}).Scaled() || (Input{Normalize: "unit"}).Normalization() != "unit" {
		t.Error("unit counts as given")
	}
	if a, b := (Input{Mean: []float64{1}}).Normalization(), (Input{Std: []float64{1}}).Normalization(); a == b {
		t.Errorf("mean and deviation are called the same, %q", a)
	}
}
