// Package random draws uses of operators for tests.
package random

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"os"
	"strconv"
)

// usesEnv is the environment variable that says how many uses are drawn.
const usesEnv = "SHAREWISE_RANDOM_USES"

// Uses is how many uses of every operator are drawn: def, if the environment
// does not say.
func Uses(def int) int {
	if n, err := strconv.Atoi(os.Getenv(usesEnv)); err == nil {
		return n
	}
	return def
}

// Draw is where random uses come from.
type Draw struct{ *rand.Rand }

// New is the source of use i of what has a name: always the same.
func New(name string, i int) Draw {
	h := fnv.New64a()
	fmt.Fprint(h, name)
	return Draw{rand.New(rand.NewPCG(h.Sum64(), uint64(i)))}
}

// Chance is true with probability p.
func (d Draw) Chance(p float64) bool { return d.Float64() < p }

// In draws an integer from an interval, both ends included.
func (d Draw) In(lo, hi int64) int64 { return lo + d.Int64N(hi-lo+1) }

// List draws n integers from an interval.
func (d Draw) List(n int, lo, hi int64) []int64 {
	v := make([]int64, n)
	for i := range v {
		v[i] = d.In(lo, hi)
	}
	return v
}

// OneOf draws one of several values.
func OneOf[T any](d interface{ IntN(n int) int }, v ...T) T { return v[d.IntN(len(v))] }
