package affinity

import (
	"fmt"
	"math"
	"testing"
)

// nested scores pairs by the smallest of nested groups that has both.
func nested(n int, groups ...[]int) Estimator {
	p := &pairwise{from: square(n, -3)}
	for depth, sizes := range groups {
		for i := range n {
			for j := range n {
				if place(sizes, i) == place(sizes, j) {
					p.from[i][j] = float64(depth) - 2 + 0.01*float64((i*j)%3)
				}
			}
		}
	}
	return p
}

// place is the number of the group that a domain is in, by the groups' sizes.
func place(sizes []int, domain int) int {
	for k, s := range sizes {
		if domain -= s; domain < 0 {
			return k
		}
	}
	return -1
}

// TestLevels finds planted groups of unequal sizes, and those that they fall into and
// are parts of.
func TestLevels(t *testing.T) {
	for _, c := range []struct {
		name string
		e    Estimator
		n    int
		want string
	}{
		{"three families", nested(12, []int{6, 4, 2}), 12, "[[0 1 2 3 4 5] [6 7 8 9] [10 11]]"},
		{"one apart", nested(8, []int{7, 1}), 8, "[[0 1 2 3 4 5 6] [7]]"},
		{"families of families", nested(12, []int{8, 4}, []int{4, 4, 4}), 12, "[[0 1 2 3] [4 5 6 7] [8 9 10 11]]"},
	} {
		levels, err := Levels(c.e, c.n)
		if err != nil {
			t.Fatal(err)
		}
		if len(levels) == 0 || fmt.Sprint(levels[0].Groups) != c.want {
			t.Errorf("%s: %v, want %s first", c.name, levels, c.want)
		}
		for k, l := range levels {
			if n := len(l.Groups); n < 2 || n > c.n/2 || k > 0 && l.Silhouette > levels[0].Silhouette {
				t.Errorf("%s: level %d: %+v", c.name, k, l)
			}
		}
	}
	levels, err := Levels(nested(12, []int{8, 4}, []int{4, 4, 4}), 12)
	if err != nil || len(levels) != 3 || fmt.Sprint(levels[1].Groups) != "[[0 1 2 3 4 5 6 7] [8 9 10 11]]" || len(levels[2].Groups) < 5 {
		t.Errorf("coarser and finer: %+v, %v", levels, err)
	}
}

// TestNoLevels has none of few domains or without scores, and takes pairs without a
// score for unlike ones.
func TestNoLevels(t *testing.T) {
	for _, e := range []Estimator{&pairwise{from: square(3, 1)}} {
		if levels, err := Levels(e, 3); levels != nil || err != nil {
			t.Errorf("three domains: %v, %v", levels, err)
		}
	}
	if levels, err := Levels(&pairwise{from: square(8, math.NaN())}, 8); levels != nil || err != nil {
		t.Errorf("no scores: %v, %v", levels, err)
	}
	known := nested(8, []int{4, 4}).(*pairwise)
	for i := range 4 {
		for j := 4; j < 8; j++ {
			known.from[i][j], known.from[j][i] = math.NaN(), math.NaN()
		}
	}
	if levels, err := Levels(known, 8); err != nil || len(levels) == 0 || fmt.Sprint(levels[0].Groups) != "[[0 1 2 3] [4 5 6 7]]" {
		t.Errorf("two kinds: %v, %v", levels, err)
	}
}
