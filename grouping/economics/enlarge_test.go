package economics

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"
)

// enlargeable has two options for three domains, of which the last is worth nothing.
func enlargeable() *Case {
	return &Case{
		Prices:  Prices{Currency: "EUR", Horizon: 2, Setup: 40, Training: 5, Hour: 3600, Operation: 9, Memory: 1e9},
		Domains: []Domain{{Name: "a", Value: 10}, {Name: "b", Value: 2, Decisions: 50, PerDecision: true}, {Name: "c"}},
		Options: []Option{
			{Name: "apart", Models: []Model{{Members: []int{0}, Seconds: 1, Bytes: 3}, {Members: []int{1}, Seconds: 1}, {Members: []int{2}}}},
			{Name: "together", Models: []Model{{Members: []int{0, 1, 2}, Seconds: 1, Bytes: 3, Running: true}}},
		},
		Centre: []float64{}, Draws: [][]float64{{}},
	}
}

// TestEnlarge counts by hand, with limits in closed form.
func TestEnlarge(t *testing.T) {
	c := enlargeable()
	random := rand.New(rand.NewPCG(3, 4))
	const n = 200_000
	less := make([][]float64, 3)
	for range n { // deviations in money: 30 of a, 40 of b
		less[0] = append(less[0], 20+3*random.NormFloat64())
		less[1] = append(less[1], 5+0.4*random.NormFloat64())
	}
	const z = 1.6449
	for option, want := range []float64{700 + z*50, 700 + z*70} {
		got, err := c.Enlarge(option, 2, less, 1)
		if err != nil {
			t.Fatal(err)
		}
		if math.Abs(got.AtMost-want) > 0.6 || math.Abs(got.Present-2*got.AtMost) > 1e-9 {
			t.Errorf("%s: %+v, by hand %.1f a month", c.Options[option].Name, got, want)
		}
		// Every model costs setup and a training of twice the seconds; memory of as many
		// bytes more in two months.
		cost := []float64{3*45 + 2*2 + 2*3, 45 + 2 + 2*3}[option]
		if math.Abs(got.Cost-cost) > 1e-9 || got.Advice != Unknown {
			t.Errorf("%s: costs %v, by hand %v; %s", c.Options[option].Name, got.Cost, cost, got.Advice)
		}
	}
	c.Prices.Setup = 2000
	if got, err := c.Enlarge(1, 2, less, 1); err != nil || got.Advice != Stop {
		t.Errorf("%+v, %v", got, err)
	}
	for i := range less[0] {
		less[0][i], less[1][i] = -1, -1
	}
	if got, err := c.Enlarge(0, 2, less, 1); err != nil || got.AtMost != 0 || got.Advice != Stop {
		t.Errorf("worse models: %+v, %v", got, err)
	}
	if _, err := c.Enlarge(0, 2, make([][]float64, 3), 1); !errors.Is(err, ErrNoValue) {
		t.Error(err)
	}
	for _, bad := range [][][]float64{{{1}}, {{1}, {1, 2}, nil}, {{math.NaN()}, nil, nil}} {
		if _, err := c.Enlarge(0, 2, bad, 1); err == nil {
			t.Errorf("%v accepted", bad)
		}
	}
	if _, err := c.Enlarge(0, 1, less, 1); err == nil {
		t.Error("no larger")
	}
}
