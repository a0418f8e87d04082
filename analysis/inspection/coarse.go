package inspection

import (
	"math"
	"slices"

	"github.com/sharewise/sharewise/analysis/dataset"
)

// Samples with equal inputs need not be copies. Where columns hold few values,
// chance alone brings equal rows about, and what is to be predicted then differs
// as it does between any two samples. Of n held samples with an equal one in
// training, the number that is likely to be copies is the smaller of two
// estimates, 0 where that is no more than three standard deviations of what chance
// makes of it, and of answers one sample besides, since few agree by chance or none.
//
//   - by answers: a sample that is no copy agrees with one of m equal training
//     samples at least by a chance of c = 1 - (1-q)^m, q being the share of its
//     answer among training. d disagreements are then those of d / mean(1-c)
//     samples; the others, n less these, are copies.
//   - by inputs of a table: were its columns independent, a sample would have an
//     equal one among N of training with a chance of e = 1 - exp(-N Πp), p being
//     the shares of its values in the columns. n - Σe are more than chance, the
//     sum being over all samples of the split.
//
// Where columns hang together, chance brings about more than that; where answers
// follow from inputs, more than chance agree. Either estimate alone would take
// these for copies. But answers that differ among equal inputs and seldom agree
// by chance, as numbers do, tell copies by themselves. Fewer than fewHeld tell
// little: answers then count only where they seldom agree by chance, and all
// samples are suspected where the estimate is more than half of them.

const fewHeld = 20

// held is a sample outside training with equal ones in it.
type held struct {
	at    entry
	equal int  // training samples with its inputs
	same  bool // one of them has its answer
}

// echoes are the held samples of a domain's split that have equal ones in the
// training data of a domain, the same or another.
type echoes struct {
	of, in *dataset.Domain
	held   []held
}

// allEchoes are found by domain of the samples, domain of the training data and
// split of the samples.
type allEchoes map[[3]int]*echoes

// add takes the samples of a split in one set of equal samples of a domain that
// have equal ones in the training data among another.
func (a allEchoes) add(c *contents, of, in []entry, split uint8) {
	var train []entry
	for _, e := range in {
		if e.split == 0 {
			train = append(train, e)
		}
	}
	if len(train) == 0 {
		return
	}
	answers := map[string]bool{}
	for _, e := range of {
		if e.split != split {
			continue
		}
		if len(answers) == 0 {
			for _, t := range train {
				answers[c.answer(t)] = true
			}
		}
		key := [3]int{int(of[0].domain), int(in[0].domain), int(split)}
		if a[key] == nil {
			a[key] = &echoes{of: c.domains[key[0]], in: c.domains[key[1]]}
		}
		a[key].held = append(a[key].held, held{e, len(train), answers[c.answer(e)]})
	}
}

// copies is how many samples of a split of a domain are likely to be copies of
// training samples of another.
func (a allEchoes) copies(c *contents, of, in, split int) int {
	e := a[[3]int{of, in, split}]
	if e == nil {
		return 0
	}
	return e.copies(c)
}

// copies is how many of them are likely to be copies.
func (e *echoes) copies(c *contents) int {
	few := len(e.held) < fewHeld
	out, apart := e.byAnswers(c)
	switch {
	case apart > 0.9:
	case few && apart < 0.75:
		out = e.byInputs(c)
	default:
		out = min(out, e.byInputs(c))
	}
	if few && out > float64(len(e.held))/2 {
		return len(e.held)
	}
	return int(math.Round(max(0, out)))
}

// byAnswers is an estimate of the copies, 0 within chance; all where answers
// cannot be compared. apart is the share of the samples whose answers chance
// would let differ, 0 where that tells nothing.
func (e *echoes) byAnswers(c *contents) (copies, apart float64) {
	n := float64(len(e.held))
	if !sameTask(e.of, e.in) {
		return n, 0
	}
	shares := map[string]float64{}
	for _, h := range e.held {
		shares[c.answer(h.at)] = 0
	}
	for i := range e.in.Train.Len() {
		a := answer(e.in, e.in.Train, i)
		if k, ok := shares[a]; ok {
			shares[a] = k + 1/float64(e.in.Train.Len())
		}
	}
	disagree, expected, variance := 0.0, 0.0, 0.0
	for _, h := range e.held {
		differs := math.Pow(1-shares[c.answer(h.at)], float64(h.equal))
		expected += differs
		variance += differs * (1 - differs)
		if !h.same {
			disagree++
		}
	}
	scale := expected / n
	switch {
	case disagree == 0:
		return n, 0
	case scale == 0:
		return 0, 0
	}
	return beyondChance(n, n-disagree/scale, (3*math.Sqrt(variance)+1)/scale), scale
}

// mostChances bounds the samples of a split whose chances are added up, evenly
// spaced ones of more.
const mostChances = 20000

// byInputs is an estimate of the copies, 0 within chance; all where samples are
// no rows of tables.
func (e *echoes) byInputs(c *contents) float64 {
	n := float64(len(e.held))
	if kindOf(e.in) != "table" {
		return n
	}
	split := splitsOf(e.of)[e.held[0].at.split]
	every := 1 + (split.Len()-1)/mostChances
	x := make([]float64, sizeOf(e.in))
	counts := make([]map[uint64]float64, len(x))
	for j := range counts {
		counts[j] = map[uint64]float64{}
	}
	for i := 0; i < split.Len(); i += every {
		split.Raw(i, x)
		for j, v := range x {
			counts[j][math.Float64bits(v)] = 0
		}
	}
	train := float64(e.in.Train.Len())
	for i := range e.in.Train.Len() {
		e.in.Train.Raw(i, x)
		for j, v := range x {
			if k, ok := counts[j][math.Float64bits(v)]; ok {
				counts[j][math.Float64bits(v)] = k + 1
			}
		}
	}
	expected, variance := 0.0, 0.0
	for i := 0; i < split.Len(); i += every {
		split.Raw(i, x)
		log := math.Log(train)
		for j, v := range x {
			log += math.Log(counts[j][math.Float64bits(v)] / train)
		}
		chance := -math.Expm1(-math.Exp(log))
		expected += chance * float64(every)
		variance += chance * (1 - chance) * float64(every)
	}
	return beyondChance(n, n-expected, 3*math.Sqrt(variance))
}

// beyondChance is an excess among n, 0 where chance makes as much.
func beyondChance(n, excess, chance float64) float64 {
	if excess <= chance && (n >= fewHeld || excess <= n/2) {
		return 0
	}
	return excess
}

// sameTask reports whether two domains predict the same.
func sameTask(a, b *dataset.Domain) bool {
	if a == b {
		return true
	}
	if a.Task.Kind != b.Task.Kind {
		return false
	}
	if len(a.Task.Classes) > 0 {
		return slices.ContainsFunc(a.Task.Classes, func(c string) bool { return slices.Contains(b.Task.Classes, c) })
	}
	return slices.Equal(a.Task.Targets, b.Task.Targets)
}

// answer is that of an entry.
func (c *contents) answer(e entry) string {
	d := c.domains[e.domain]
	return answer(d, splitsOf(d)[e.split], int(e.at))
}
