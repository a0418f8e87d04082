package grouping

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// pairsOfClusters is a problem with all pairs of n domains in clusters of five.
func pairsOfClusters(n int) *Problem {
	random := rand.New(rand.NewPCG(5, uint64(n)))
	p := pairsOf(n, 0.05, func(i, j int) float64 {
		gain := -0.05
		if i/5 == j/5 {
			gain = 0.08
		}
		return gain + 0.03*random.NormFloat64()
	})
	for i := range p.Domains {
		p.Domains[i] = fmt.Sprintf("domain-%03d", i)
	}
	return p
}

// BenchmarkRecommend times what 'group' does with pairs of many domains: the
// recommendation, and its views.
func BenchmarkRecommend(b *testing.B) {
	for _, n := range []int{20, 40, 100} {
		p := pairsOfClusters(n)
		b.Run(fmt.Sprintf("groups/%d", n), func(b *testing.B) {
			for b.Loop() {
				if _, err := Recommend(p, Context{Seed: 1}); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(fmt.Sprintf("views/%d", n), func(b *testing.B) {
			for b.Loop() {
				if _, err := ViewsOf(p, nil, 1); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
