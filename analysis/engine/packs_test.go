package engine

import (
	"fmt"
	"path/filepath"
	"reflect"
	"testing"
)

func TestPacks(t *testing.T) {
	var work []Work
	for i := range 1000 {
		work = append(work, Work{fmt.Sprintf("r%04d", i), float64(1 + i%17)})
	}
	for _, n := range []int{1, 7, 1000, 1500} {
		seen := map[string]bool{}
		costs := map[string]float64{}
		for _, w := range work {
			costs[w.ID] = w.Cost
		}
		least, most := 1e9, 0.0
		for _, part := range Divide(work, n) {
			sum := 0.0
			for _, id := range part {
				if seen[id] {
					t.Fatalf("%s stands twice", id)
				}
				seen[id] = true
				sum += costs[id]
			}
			least, most = min(least, sum), max(most, sum)
		}
		if len(seen) != len(work) || most-least > 17 {
			t.Errorf("%d parts: %d runs, from %g to %g", n, len(seen), least, most)
		}
	}
	packs := Pack(work, 100, 0)
	if len(packs) < 80 || len(packs) > 95 {
		t.Errorf("%d parts of about 100 of 8960", len(packs))
	}
	if n := len(Pack(work, 0, 0)); n != len(work) {
		t.Errorf("%d parts where each run is to have its own", n)
	}
	file := filepath.Join(t.TempDir(), "packs")
	if err := WritePacks(file, packs); err != nil {
		t.Fatal(err)
	}
	if got, err := ReadPacks(file); err != nil || !reflect.DeepEqual(got, packs) {
		t.Errorf("read %d parts, %v", len(got), err)
	}
	if Pack(nil, 1, 1) != nil {
		t.Error("parts of nothing")
	}
}
