package study

import (
	"slices"
	"testing"
)

// TestInOrder trains seed by seed, the longest run of each first.
func TestInOrder(t *testing.T) {
	run := func(id string, seed int, work float64) PlannedRun {
		return PlannedRun{Run: Run{ID: id, Seed: seed}, Cost: Cost{FLOPs: work}}
	}
	plan := []PlannedRun{run("a1", 1, 1), run("a2", 2, 1), run("b1", 1, 1), run("b2", 2, 1), run("joint1", 1, 2), run("joint2", 2, 2)}
	var order []string
	for _, r := range InOrder(plan) {
		order = append(order, r.ID)
	}
	if want := []string{"joint1", "a1", "b1", "joint2", "a2", "b2"}; !slices.Equal(order, want) {
		t.Errorf("order %v, want %v", order, want)
	}
	if plan[0].ID != "a1" {
		t.Error("the plan itself was sorted")
	}
}
