package analysis

import (
	"math"
	"math/bits"
	"math/rand/v2"

	"gonum.org/v1/gonum/stat/combin"
)

// gram holds, for all runs of both arms, the share of samples that two runs
// both get right. S of any labelling of the runs follows from it:
//
//	S = mean over pairs k≠l of one arm, both arms - 2 · mean over cross pairs
//
// which is why permuting millions of samples costs no more than ten.
type gram struct {
	m      [][]float64
	ka, kb int
	// shared is the number of seeds that both arms have; run s of the first arm
	// and run ka+s of the second have the same seed for s < shared.
	shared int
}

func gramOf(list []cluster, l layout) gram {
	ka, kb := l.runs()
	g := gram{m: square(ka + kb), ka: ka, kb: kb, shared: bits.OnesCount64(l.shared)}
	n := 0.0
	for _, c := range list {
		for _, x := range c.cells {
			w := float64(c.times * x.n)
			n += w
			right := make([]int, 0, ka+kb)
			for a := x.a; a != 0; a &= a - 1 {
				right = append(right, bits.TrailingZeros64(a))
			}
			for b := x.b; b != 0; b &= b - 1 {
				right = append(right, ka+bits.TrailingZeros64(b))
			}
			for _, r := range right {
				for _, s := range right {
					g.m[r][s] += w
				}
			}
		}
	}
	for _, row := range g.m {
		for s := range row {
			row[s] /= n
		}
	}
	return g
}

// statistic returns S when the runs with arm[r] true are the second arm's.
func (g gram) statistic(arm []bool) float64 {
	var a, b, cross float64
	var pa, pb, pc float64
	for r := range g.m {
		for s := range r {
			switch {
			case arm[r] && arm[s]:
				b += g.m[r][s]
				pb++
			case !arm[r] && !arm[s]:
				a += g.m[r][s]
				pa++
			case s < g.shared && r == g.ka+s: // two runs of one seed
			default:
				cross += g.m[r][s]
				pc++
			}
		}
	}
	return a/pa + b/pb - 2*cross/pc
}

// noEffect permutes the arm labels of the runs. Without an effect all runs are
// alike, so that every choice of K' runs to be the second arm is as likely as
// the one that happened. Two runs of the same seed only change places.
//
// All choices are looked at if there are at most limit, else that many drawn
// by seed, the one that happened included.
func (g gram) noEffect(limit int, seed uint64) Test {
	free := g.ka + g.kb - 2*g.shared // runs whose seed only one arm has
	take := g.kb - g.shared
	total := math.Exp2(float64(g.shared)) * math.Round(combin.GeneralizedBinomial(float64(free), float64(take)))
	observed := make([]bool, g.ka+g.kb)
	for r := g.ka; r < len(observed); r++ {
		observed[r] = true
	}
	t := Test{Statistic: g.statistic(observed)}
	// A choice that gives the same split of the samples gives the same S up to
	// rounding.
	least := t.Statistic - 1e-9*(1+math.Abs(t.Statistic))
	extreme := 0
	count := func(arm []bool) {
		t.Choices++
		if g.statistic(arm) >= least {
			extreme++
		}
	}
	mirrored := g.ka == g.kb // exchanging the arms gives the same S
	if total <= float64(limit) {
		g.allChoices(free, take, count)
	} else {
		t.Sampled = true
		count(observed)
		r := rand.New(rand.NewPCG(seed, uint64(len(observed))))
		for t.Choices < limit {
			count(g.choice(r.Uint64(), r.Perm(free)[:take]))
		}
	}
	t.P = float64(extreme) / float64(t.Choices)
	t.Smallest = 1 / float64(t.Choices)
	if mirrored && !t.Sampled {
		t.Smallest *= 2
	}
	return t
}

// allChoices calls f with every labelling.
func (g gram) allChoices(free, take int, f func([]bool)) {
	for swap := range uint64(1) << g.shared {
		if take == 0 || take == free {
			all := make([]int, take)
			for i := range all {
				all[i] = i
			}
			f(g.choice(swap, all))
			continue
		}
		gen := combin.NewCombinationGenerator(free, take)
		for gen.Next() {
			f(g.choice(swap, gen.Combination(nil)))
		}
	}
}

// choice is the labelling in which the seeds in swap have changed arms and the
// given ones of the runs without a partner are the second arm's.
func (g gram) choice(swap uint64, second []int) []bool {
	arm := make([]bool, g.ka+g.kb)
	for s := range g.shared {
		swapped := swap>>s&1 == 1
		arm[s], arm[g.ka+s] = swapped, !swapped
	}
	for _, i := range second {
		r := g.shared + i // runs without a partner: the first arm's, then the second's
		if r >= g.ka {
			r += g.shared
		}
		arm[r] = true
	}
	return arm
}
