package clusters

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// BenchmarkLook views pairs of many domains in clusters of ten, whose errors are known.
func BenchmarkLook(b *testing.B) {
	for _, n := range []int{20, 40, 100} {
		var sizes []int
		for range n / 10 {
			sizes = append(sizes, 10)
		}
		m, _ := planted(rand.New(rand.NewPCG(3, uint64(n))), sizes, 0.1, -0.05, 0.1)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				if _, err := Look(numbered(n), m, Config{Gains: true, Errors: noisy(n, 0.1, 0.05), Seed: 1}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
