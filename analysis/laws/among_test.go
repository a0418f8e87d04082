package laws

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestCrossAmong checks that limits among eight domains hold the crossings of all of
// them as often as they say, where those of each by itself do not.
func TestCrossAmong(t *testing.T) {
	const domains, studies = 8, 150
	random := rand.New(rand.NewPCG(7, 8))
	alone, together, wrong := 0, 0, 0
	for range studies {
		all, each, right := true, true, true
		for range domains {
			truth := 3 * random.Float64()
			var list []Gain
			for k := range 4 {
				v := 0.1*(float64(k)-truth) + 0.05*random.NormFloat64()
				list = append(list, Gain{Size: math.Pow(2, float64(k)), Value: v, Lo: v - 1.96*0.05, Hi: v + 1.96*0.05})
			}
			got, err := Cross(list, nil, Options{Draws: 8000, Seed: random.Uint64(), Among: domains})
			if err != nil {
				t.Fatal(err)
			}
			if got.Among.Lo > got.Lo || got.Among.Hi < got.Hi {
				t.Fatalf("limits among many are no wider: %+v", got)
			}
			at := math.Pow(2, truth)
			each = each && got.Lo <= at && at <= got.Hi
			all = all && got.Among.Lo <= at && at <= got.Among.Hi
			right = right && (got.Among.Where == Unsettled || got.Among.Where == Between)
		}
		if each {
			alone++
		}
		if all {
			together++
		}
		if !right {
			wrong++
		}
	}
	t.Logf("of %d studies of %d domains, limits by themselves hold all crossings in %d, those among all in %d; a wrong answer in %d", studies, domains, alone, together, wrong)
	if together < studies*92/100 || alone > studies*85/100 || wrong > studies*6/100 {
		t.Errorf("limits hold in %d and %d of %d, answers are wrong in %d", alone, together, studies, wrong)
	}
	one, err := Cross(gains(0.01, -0.2, -0.1, 0.1, 0.2), nil, Options{})
	if err != nil || one.Among != (Settled{one.Where, one.Lo, one.Hi}) {
		t.Errorf("alone: %+v, %v", one, err)
	}
}
