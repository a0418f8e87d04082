package grouping

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/grouping/solve"
)

func TestValidate(t *testing.T) {
	ok := func() *Problem {
		return &Problem{
			Domains: []string{"a", "b", "c"},
			Pools:   []Pool{{Members: []int{0, 1}, Gain: []float64{0.1, 0.2}, Lo: []float64{0, math.NaN()}, Hi: []float64{0.2, math.NaN()}}},
		}
	}
	if err := ok().Validate(); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name   string
		damage func(*Problem)
		want   string
	}{
		{"no domains", func(p *Problem) { p.Domains = nil }, "no domains"},
		{"too many", func(p *Problem) { p.Domains = make([]string, solve.MaxDomains+1) }, "too many"},
		{"groups", func(p *Problem) { p.MaxGroups = -1 }, "-1 groups"},
		{"no name", func(p *Problem) { p.Domains[1] = "" }, "domain 1 has no name"},
		{"one name for two", func(p *Problem) { p.Domains[1] = "a" }, "two domains are named a"},
		{"values", func(p *Problem) { p.Value = []float64{1} }, "1 values for 3 domains"},
		{"negative value", func(p *Problem) { p.Value = []float64{1, -1, 1} }, "domain b"},
		{"level", func(p *Problem) { p.Level = 95 }, "level 95"},
		{"least gain", func(p *Problem) { p.MinGain = math.NaN() }, "least gain"},
		{"empty pool", func(p *Problem) { p.Pools[0].Members = nil }, "no members"},
		{"order", func(p *Problem) { p.Pools[0].Members = []int{1, 0} }, "ascending"},
		{"range", func(p *Problem) { p.Pools[0].Members = []int{0, 3} }, "member 3"},
		{"lengths", func(p *Problem) { p.Pools[0].Gain = []float64{1} }, "1 gains"},
		{"one side", func(p *Problem) { p.Pools[0].Hi = nil }, "one side"},
		{"infinite", func(p *Problem) { p.Pools[0].Gain[0] = math.Inf(1) }, "not finite"},
		{"limits", func(p *Problem) { p.Pools[0].Lo[0] = 0.15 }, "outside its limits"},
		{"single", func(p *Problem) { p.Pools[0] = Pool{Members: []int{1}, Gain: []float64{1}} }, "alone has gain 0"},
		{"twice", func(p *Problem) { p.Pools = append(p.Pools, p.Pools[0]) }, "before"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := ok()
			tt.damage(p)
			for name, f := range map[string]func() error{
				"Best":     func() error { _, err := Best(p); return err },
				"Resample": func() error { _, err := Resample(p, &Grouping{}, 1, 1); return err },
				"Linkage":  func() error { _, err := Linkage(p); return err },
			} {
				if err := f(); err == nil || !strings.Contains(err.Error(), tt.want) {
					t.Errorf("%s: error %v, want one with %q", name, err, tt.want)
				}
			}
		})
	}
	if err := (&Problem{}).Validate(); !errors.Is(err, ErrNoDomains) {
		t.Errorf("error %v, want ErrNoDomains", err)
	}
}

func TestJudge(t *testing.T) {
	nan := math.NaN()
	tests := []struct {
		lo, hi, least float64
		want          Verdict
	}{
		{0.01, 0.2, 0, Share},
		{0, 0.2, 0, Undecided},
		{0.01, 0.2, 0.05, Undecided},
		{-0.2, -0.01, 0, Apart},
		{-0.2, 0, 0, Undecided},
		{-0.1, 0.1, 0, Undecided},
		{nan, nan, 0, Undecided},
		{-0.2, -0.1, -0.5, Share}, // a harm that was declared acceptable
	}
	for _, tt := range tests {
		if got := Judge(tt.lo, tt.hi, tt.least); got != tt.want {
			t.Errorf("Judge(%v, %v, %v) = %q, want %q", tt.lo, tt.hi, tt.least, got, tt.want)
		}
	}
}

// Two product lines help each other; a third harms both.
func ExampleBest() {
	p := &Problem{
		Domains: []string{"bolts", "screws", "apples"},
		Pools: []Pool{
			{Members: []int{0, 1}, Gain: []float64{0.20, 0.10}},
			{Members: []int{0, 2}, Gain: []float64{-0.15, 0.05}},
			{Members: []int{1, 2}, Gain: []float64{-0.10, 0.02}},
		},
	}
	best, err := Best(p)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, g := range best.Groups {
		fmt.Println(g.Names(), g.Source)
	}
	fmt.Printf("total %.2f; next best %.2f\n", best.Total, best.RunnerUp.Total)
	// Output:
	// [bolts screws] measured
	// [apples] single
	// total 0.30; next best 0.06
}
