package ranks

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestOrder sorts as a stable sort by comparisons does.
func TestOrder(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	special := []float32{0, float32(math.Copysign(0, -1)), 1, -1, float32(math.Inf(1)), float32(math.Inf(-1)), math.MaxFloat32, math.SmallestNonzeroFloat32, -math.SmallestNonzeroFloat32, float32(math.NaN()), -float32(math.NaN())}
	for _, n := range []int{0, 1, 2, 50, 5000} {
		for _, draw := range []func() float32{
			func() float32 { return special[rng.IntN(len(special))] },
			func() float32 { return float32(rng.NormFloat64()) },
			func() float32 { return float32(rng.IntN(5)) },
			func() float32 { return math.Float32frombits(rng.Uint32()) },
		} {
			x := make([]float32, n)
			for i := range x {
				x[i] = draw()
			}
			for _, sign := range []int{1, -1} {
				want := make([]int32, n)
				for i := range want {
					want[i] = int32(i)
				}
				slices.SortStableFunc(want, func(a, b int32) int {
					v, w := x[a], x[b]
					switch {
					case v != v || w != w:
						return cmp.Compare(map[bool]int{true: 1}[v != v], map[bool]int{true: 1}[w != w])
					case v == w:
						return 0
					}
					return sign * cmp.Compare(v, w)
				})
				got := Ascending(x)
				if sign < 0 {
					got = Descending(x)
				}
				if !slices.Equal(got, want) {
					t.Fatalf("%d numbers, direction %d: %v, want %v of %v", n, sign, got, want, x)
				}
			}
		}
	}
}
