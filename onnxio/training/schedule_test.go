package training_test

import (
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/sharewise/sharewise/onnxio/training"
)

func TestSchedule(t *testing.T) {
	half := math.Sqrt2 / 2
	tests := []struct {
		name     string
		schedule training.Schedule
		want     []float64
	}{
		{"zero value", training.Schedule{}, []float64{1, 1, 1}},
		{"constant", training.Schedule{Kind: training.Constant, Final: 0.5}, []float64{1, 1, 1, 1}},
		{"warm-up", training.Schedule{Warmup: 0.5}, []float64{1. / 3, 2. / 3, 1, 1}},
		{"linear", training.Schedule{Kind: training.Linear}, []float64{1, 0.75, 0.5, 0.25, 0}},
		{"linear to a fifth", training.Schedule{Kind: training.Linear, Final: 0.2}, []float64{1, 0.8, 0.6, 0.4, 0.2}},
		{"cosine", training.Schedule{Kind: training.Cosine}, []float64{1, (1 + half) / 2, 0.5, (1 - half) / 2, 0}},
		{"cosine with warm-up", training.Schedule{Kind: training.Cosine, Warmup: 0.4, Final: 0.5}, []float64{1. / 3, 2. / 3, 1, 0.75, 0.5}},
		{"one step", training.Schedule{Kind: training.Cosine, Warmup: 0.1}, []float64{1}},
		{"warm-up and one step", training.Schedule{Kind: training.Linear, Warmup: 0.6}, []float64{0.5, 1}},
		{"warm-up all along", training.Schedule{Kind: training.Linear, Warmup: 0.9}, []float64{1. / 3, 2. / 3}},
		{"no steps", training.Schedule{}, nil},
	}
	for _, test := range tests {
		if err := test.schedule.Validate(); err != nil {
			t.Errorf("%s: %v", test.name, err)
		}
		for step, want := range test.want {
			if got := test.schedule.At(step, len(test.want)); math.Abs(got-want) > 1e-12 {
				t.Errorf("%s: step %d of %d: %g, want %g", test.name, step, len(test.want), got, want)
			}
		}
	}
}

func TestScheduleErrors(t *testing.T) {
	for _, s := range []training.Schedule{
		{Kind: "step"}, {Warmup: -0.1}, {Warmup: 1}, {Warmup: math.NaN()}, {Final: -1}, {Final: 1.5}, {Final: math.NaN()},
	} {
		if err := s.Validate(); !errors.Is(err, training.ErrConfig) {
			t.Errorf("%+v: error %v", s, err)
		}
	}
}

func ExampleSchedule() {
	s := training.Schedule{Kind: training.Cosine, Warmup: 0.2, Final: 0.1}
	const peak = 0.01
	for step := range 10 {
		fmt.Printf("%.4f ", peak*s.At(step, 10))
	}
	// Output: 0.0033 0.0067 0.0100 0.0096 0.0083 0.0065 0.0045 0.0027 0.0014 0.0010
}
