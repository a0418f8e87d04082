package effect

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/stat/combin"
)

// noEffect permutes the arm labels of the runs. Without an effect all runs are
// alike, so that every choice of K' runs to be the second arm is as likely as
// the one that happened. Two runs of the same seed only change places.
//
// All choices are looked at if there are at most limit, else that many drawn
// by seed, the one that happened included.
func (d distances) noEffect(limit int, seed uint64) Test {
	free := d.ka + d.kb - 2*d.shared // runs whose seed only one arm has
	take := d.kb - d.shared
	total := math.Exp2(float64(d.shared)) * math.Round(combin.GeneralizedBinomial(float64(free), float64(take)))
	observed := make([]bool, d.ka+d.kb)
	for r := d.ka; r < len(observed); r++ {
		observed[r] = true
	}
	seen := d.statistic(observed)
	t := Test{Statistic: Number(seen)}
	// A choice that gives the same split of the samples gives the same S up to
	// rounding.
	least := seen - 1e-9*d.largest()
	extreme := 0
	count := func(arm []bool) {
		t.Choices++
		if d.statistic(arm) >= least {
			extreme++
		}
	}
	mirrored := d.ka == d.kb // exchanging the arms gives the same S
	if total <= float64(limit) {
		d.allChoices(free, take, count)
	} else {
		t.Sampled = true
		count(observed)
		r := rand.New(rand.NewPCG(seed, uint64(len(observed))))
		for t.Choices < limit {
			count(d.choice(r.Uint64(), r.Perm(free)[:take]))
		}
	}
	t.P = Number(extreme) / Number(t.Choices)
	t.Smallest = 1 / Number(t.Choices)
	if mirrored && !t.Sampled {
		t.Smallest *= 2
	}
	return t
}

// allChoices calls f with every labelling.
func (d distances) allChoices(free, take int, f func([]bool)) {
	for swap := range uint64(1) << d.shared {
		if take == 0 || take == free {
			all := make([]int, take)
			for i := range all {
				all[i] = i
			}
			f(d.choice(swap, all))
			continue
		}
		gen := combin.NewCombinationGenerator(free, take)
		for gen.Next() {
			f(d.choice(swap, gen.Combination(nil)))
		}
	}
}

// choice is the labelling in which the seeds in swap have changed arms and the
// given ones of the runs without a partner are the second arm's.
func (d distances) choice(swap uint64, second []int) []bool {
	arm := make([]bool, d.ka+d.kb)
	for s := range d.shared {
		swapped := swap>>s&1 == 1
		arm[s], arm[d.ka+s] = swapped, !swapped
	}
	for _, i := range second {
		r := d.shared + i // runs without a partner: the first arm's, then the second's
		if r >= d.ka {
			r += d.shared
		}
		arm[r] = true
	}
	return arm
}
