package inspection

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mathext"
	"gonum.org/v1/gonum/stat/combin"

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
// little: answers then count only where they seldom agree by chance, all samples
// are suspected where the estimate is more than half of them, and none where of
// all comparisons of domains more than one is expected to come by as many that
// agree as often: among the pairs of many small domains some rows are always equal.

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
	if few && e.byCoincidence(c) > 1/float64(2*len(c.domains)*len(c.domains)) {
		return 0
	}
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
	disagree, expected, variance := 0.0, 0.0, 0.0
	for i, differs := range e.differs(c) {
		h := e.held[i]
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

// differs is for each held sample the chance that a sample which is no copy has
// none of the answers of its equal ones: (1-q)^m at most.
func (e *echoes) differs(c *contents) []float64 {
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
	out := make([]float64, len(e.held))
	for i, h := range e.held {
		out[i] = math.Pow(1-shares[c.answer(h.at)], float64(h.equal))
	}
	return out
}

// byCoincidence bounds the probability that chance makes as many samples of a table
// equal, were its columns independent, and lets as many of them agree: the smaller
// of two bounds, of any such samples by the tail of a Poisson distribution, and of
// samples as rare as these by the product of their own chances, times the choices
// that there are. It is 0 where samples are no rows of tables.
func (e *echoes) byCoincidence(c *contents) float64 {
	if kindOf(e.in) != "table" {
		return 0
	}
	n := float64(len(e.held))
	chances, every := e.chances()
	expected, rare := 0.0, 0.0
	for _, p := range chances {
		expected += p * float64(every)
	}
	for _, h := range e.held {
		if every > 1 {
			break
		}
		rare += math.Log(chances[h.at.at])
	}
	if every == 1 {
		rare += combin.LogGeneralizedBinomial(float64(len(chances)), n)
	}
	p := min(mathext.GammaIncReg(n, expected), math.Exp(rare))
	if !sameTask(e.of, e.in) {
		return p
	}
	agree, log := 0.0, 0.0
	for i, differs := range e.differs(c) {
		if e.held[i].same {
			agree++
			log += math.Log1p(-differs)
		}
	}
	return p * min(1, math.Exp(log+combin.LogGeneralizedBinomial(n, agree)))
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
	expected, variance := 0.0, 0.0
	chances, every := e.chances()
	for _, p := range chances {
		expected += p * float64(every)
		variance += p * (1 - p) * float64(every)
	}
	return beyondChance(n, n-expected, 3*math.Sqrt(variance))
}

// chances are those of the samples of the split of a table, every so many of them,
// to have an equal one in training, were columns independent.
func (e *echoes) chances() (chances []float64, every int) {
	split := splitsOf(e.of)[e.held[0].at.split]
	every = 1 + (split.Len()-1)/mostChances
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
	for i := 0; i < split.Len(); i += every {
		split.Raw(i, x)
		log := math.Log(train)
		for j, v := range x {
			log += math.Log(counts[j][math.Float64bits(v)] / train)
		}
		chances = append(chances, -math.Expm1(-math.Exp(log)))
	}
	return chances, every
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
