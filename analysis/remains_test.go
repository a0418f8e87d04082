package analysis

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/sharewise/sharewise/analysis/losses"
)

// TestRemains: sums without each block are those of tallies of the remaining samples, but
// for the order of sums of losses to the last bit: of two classes with tied scores, with groups that are blocks of one class,
// of a seed among several, of many classes, and where some labels are unknown.
func TestRemains(t *testing.T) {
	for _, c := range []struct {
		name            string
		classes, steps  int // steps: different scores
		groups, unknown bool
		seed            int64
	}{
		{"two classes", 2, 1 << 20, false, false, 0},
		{"tied", 2, 7, false, false, 0},
		{"groups of one class", 2, 100, true, false, 0},
		{"a seed", 2, 50, false, false, 2},
		{"many classes", 5, 50, false, false, 0},
		{"a seed of many classes", 5, 50, true, false, 1},
		{"unknown labels", 2, 50, false, true, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(9, uint64(len(c.name))))
			var tables []dealt
			for range 2 {
				table := &losses.Table{}
				for i := range 500 {
					label, answer := int32(rng.IntN(c.classes)), int32(rng.IntN(c.classes))
					if c.groups {
						label = int32(i % 3 % c.classes)
						table.Group = append(table.Group, fmt.Sprint("g", i%3))
					}
					if c.unknown && i%9 == 0 {
						label = -1
					}
					table.Sample, table.Seed = append(table.Sample, losses.SampleID{Number: int64(i)}), append(table.Seed, int64(1+i%2))
					table.Loss, table.Correct = append(table.Loss, rng.Float32()), append(table.Correct, label == answer)
					table.Label, table.Prediction = append(table.Label, label), append(table.Prediction, float32(answer))
					table.Confidence = append(table.Confidence, float32(rng.IntN(c.steps))/float32(c.steps))
				}
				tables = append(tables, dealOut(table))
			}
			info := DomainInfo{Name: "a", Task: "classification", Outputs: c.classes}
			r := resampledOf(tables, info, c.seed)
			other := func(t *losses.Table, row int) bool { return c.seed != 0 && t.Seed[row] != c.seed }
			whole := info.tally()
			for _, table := range tables {
				for row := range table.block {
					if !other(table.Table, row) {
						whole.add(table.Table, row)
					}
				}
			}
			order := inOrder(tables, whole, other)
			if (order != nil) != (c.classes == 2) {
				t.Fatalf("%d places in order", len(order))
			}
			for i, table := range tables { // without scores the rows stand as they are
				for row, block := range table.block {
					if c.classes > 2 && !other(table.Table, row) {
						order = append(order, place{table: int32(i), row: int32(row), block: block})
					}
				}
			}
			same := func(what string, got, want *tally) {
				g, w := *got.figures(), *want.figures()
				near := math.Abs(g.loss-w.loss) < 1e-12
				g.loss, w.loss = 0, 0
				if fmt.Sprintf("%v", g) != fmt.Sprintf("%v", w) || got.n != want.n || !near || got.classified != want.classified || got.right != want.right {
					t.Errorf("%s: %v of %+v, want %v of %+v", what, g, got, w, want)
				}
			}
			left := 0
			for b := range contestBlocks {
				want := info.tally()
				for _, x := range order {
					if x.block != uint8(b) {
						want.add(tables[x.table].Table, int(x.row))
					}
				}
				if empty := want.n == whole.n || want.n == 0; empty != (r.without[b] == nil) {
					t.Fatalf("block %d is empty: %v", b, empty)
				} else if !empty {
					left++
					same(fmt.Sprintf("block %d", b), r.without[b], want)
				}
			}
			same("all", r.whole, whole)
			if !c.groups && left != contestBlocks || left < 2 {
				t.Errorf("%d blocks", left)
			}
		})
	}
}
