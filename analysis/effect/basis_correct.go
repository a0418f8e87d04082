package effect

import "github.com/sharewise/sharewise/analysis/measures"

// correctBasis measures transfer and interference on correctness.
type correctBasis struct {
	*Comparison
	table [][]int
	mix   *mixture
}

func newCorrectBasis(c *Comparison) correctBasis {
	table := c.answers().counts
	return correctBasis{c, table, fitMixture(table)}
}

func (correctBasis) name() string       { return measures.Correct }
func (c correctBasis) moments() moments { return c.momentsOn(onCorrect) }

func (c correctBasis) distances() distances {
	a, b := c.arrangedAnswers()
	d := newDistances(c.arrangement)
	for r, row := range disagreements(a, b, d.ka, d.kb) {
		for s, n := range row {
			d.m[r][s] = float64(n)
		}
	}
	d.divide(float64(c.a.Samples))
	return d
}

func (c correctBasis) levels(e *Effect, m moments) {
	mean := m.mean()
	e.Accuracy = Pair[Number]{Number(1 - mean[vA]), Number(1 - mean[vB])}
	e.Changed = Number(m.changedShare())
}

func (c correctBasis) estimates(*Effect) (transfer, interference float64) { return c.mix.sides() }

// room is the independent models' share of wrong answers, and of right ones.
func (correctBasis) room(e *Effect) (gain, loss float64) {
	alone := float64(e.Accuracy.Independent)
	return 1 - alone, alone
}

func (c correctBasis) calls(moments) Calls { return callsOf(c.a, c.b, c.table, c.mix, c.o) }

func (correctBasis) warnings(moments) []string { return nil }

// answers are the counts of right answers, with the moments that follow from them.
type answers struct {
	counts  [][]int
	moments moments
}

// arrangedAnswers returns the correctness of both arms, runs in the order of the
// arrangement.
func (c *Comparison) arrangedAnswers() (a, b []uint64) {
	return rearrange(c.a.Correct, c.placeA), rearrange(c.b.Correct, c.placeB)
}

// answers counts those of all samples, once.
func (c *Comparison) answers() answers {
	return remember(c, "answers", func() answers {
		a, b := c.arrangedAnswers()
		if c.a.Group != nil {
			list := clusters(a, b, c.a.Group)
			return answers{counts(list, c.a.K(), c.b.K()), momentsOf(list, c.arrangement)}
		}
		kinds := kindsOf(a, b, c.arrangement)
		return answers{kinds.counts(), kindMoments(kinds)}
	})
}
