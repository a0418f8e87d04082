package linearise

import (
	"fmt"
	"math/rand/v2"
	"slices"
)

// draw lists different random subsets of two members and more that are allowed, and
// then the pairs that none of them holds.
func draw(n int, c Config, allowed func([]int) bool) [][]int {
	random := rand.New(rand.NewPCG(c.Seed, 1))
	taken := map[string]bool{}
	var out [][]int
	for range 20 * c.Subsets {
		if len(out) == c.Subsets {
			break
		}
		members := random.Perm(n)[:2+random.IntN(c.Size-1)]
		slices.Sort(members)
		if key := fmt.Sprint(members); !taken[key] && allowed(members) {
			taken[key] = true
			out = append(out, members)
		}
	}
	held := map[[2]int]bool{}
	for _, members := range out {
		for k, j := range members {
			for _, i := range members[:k] {
				held[[2]int{i, j}] = true
			}
		}
	}
	for i := range n {
		for j := i + 1; j < n; j++ {
			if pair := []int{i, j}; !held[[2]int{i, j}] && allowed(pair) {
				out = append(out, pair)
			}
		}
	}
	return out
}
