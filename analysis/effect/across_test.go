package effect

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// Correlations of runs across domains are found where they are planted, in the mean,
// and none is found where there is none.
func TestAcrossDomains(t *testing.T) {
	const domains, seeds, studies = 6, 3, 200
	for _, planted := range []struct{ pool, seed float64 }{{0, 0}, {0.6, 0}, {0.6, 0.3}} {
		random := rand.New(rand.NewPCG(5, 5))
		var pool, seed, unpaired float64
		for range studies {
			var all [seeds]float64
			for k := range all {
				all[k] = random.NormFloat64()
			}
			var list []RunErrors
			var names, pools []string
			for i := range domains {
				for j := range i {
					var common [seeds]float64
					for k := range common {
						common[k] = math.Sqrt(planted.seed)*all[k] + math.Sqrt(planted.pool-planted.seed)*random.NormFloat64()
					}
					for _, d := range []int{i, j} {
						e := RunErrors{Paired: true, Variance: 1}
						mean := 0.0
						for k := range seeds {
							x := common[k] + math.Sqrt(1-planted.pool)*random.NormFloat64()
							e.Seeds, e.Errors = append(e.Seeds, int64(k)), append(e.Errors, x)
							mean += x / seeds
						}
						for k := range e.Errors {
							e.Errors[k] -= mean
						}
						list, names, pools = append(list, e), append(names, fmt.Sprint(d)), append(pools, fmt.Sprint(i, j))
					}
				}
			}
			found := AcrossDomains(list, names, pools)
			if found.Seeds != seeds {
				t.Fatalf("%d seeds", found.Seeds)
			}
			pool, seed = pool+found.Pool/studies, seed+found.Seed/studies
			for i := range list {
				list[i].Paired = false
			}
			unpaired += AcrossDomains(list, names, pools).Seed
		}
		t.Logf("planted %+v: found %.2f in a pool, %.2f between pools", planted, pool, seed)
		if math.Abs(pool-planted.pool) > 0.12 || math.Abs(seed-planted.seed) > 0.1 || unpaired != 0 {
			t.Errorf("planted %+v: found %.2f in a pool, %.2f between pools, %v where runs are not paired", planted, pool, seed, unpaired)
		}
	}
}
