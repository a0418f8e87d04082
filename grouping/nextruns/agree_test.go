package nextruns

import (
	"math"
	"testing"

	"github.com/sharewise/sharewise/grouping"
)

// TestAgree has the problem's covariance now, and less with more runs.
func TestAgree(t *testing.T) {
	b := two(0.05, 0.01, false)
	runs := Runs{Alone: []int{4, 4}, Pools: []int{4}}
	b.Problem.Covariances = []grouping.Covariance{
		{Cells: []grouping.Cell{{Pool: 0, Member: 1}}, Matrix: [][]float64{{0.04}}},
		{Cells: []grouping.Cell{{Pool: 0, Member: 0}, {Pool: 0, Member: 1}}, Matrix: [][]float64{{1, 0}, {0, 1}}}, // of two targets
	}
	b.Problem.Conditional = true
	b.Agree(runs)
	if v := b.Targets[1].covariance(4, []int{4}, 1).At(0, 0); math.Abs(v-0.045) > 1e-12 {
		t.Errorf("where limits leave out how runs vary, the variance became %v", v)
	}
	b.Problem.Conditional = false
	b.Agree(runs)
	if v := b.Targets[1].covariance(4, []int{4}, 1).At(0, 0); math.Abs(v-0.04) > 1e-12 {
		t.Errorf("the variance is %v, the problem's is 0.04", v)
	}
	if v, want := b.Targets[1].covariance(8, []int{8}, 1).At(0, 0), 0.04-0.01/4; math.Abs(v-want) > 1e-12 {
		t.Errorf("with twice the runs it is %v, want %v", v, want)
	}
	if v := b.Targets[0].covariance(4, []int{4}, 1).At(0, 0); math.Abs(v-0.005) > 1e-12 {
		t.Errorf("a target without a covariance of its own has the variance %v", v)
	}
	b.Problem.Covariances[0].Matrix[0][0] = 0.001 // less than runs alone were thought to make
	b.Agree(runs)
	if v := b.Targets[1].covariance(4, []int{4}, 1).At(0, 0); math.Abs(v-0.001) > 1e-12 {
		t.Errorf("the variance is %v, the problem's is 0.001", v)
	}
	if v := b.Targets[1].covariance(8, []int{8}, 1).At(0, 0); math.Abs(v-0.0005) > 1e-12 {
		t.Errorf("with twice the runs it is %v, want half of it", v)
	}
}
