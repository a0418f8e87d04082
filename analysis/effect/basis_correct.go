package effect

import "github.com/sharewise/sharewise/analysis/measures"

// correctBasis measures transfer and interference on correctness.
type correctBasis struct {
	*Comparison
	list  []cluster
	table [][]int
	mix   *mixture
}

func newCorrectBasis(c *Comparison) correctBasis {
	list := c.patterns()
	table := counts(list, c.a.K(), c.b.K())
	return correctBasis{c, list, table, fitMixture(table)}
}

func (correctBasis) name() string           { return measures.Correct }
func (c correctBasis) moments() moments     { return c.momentsOn(onCorrect) }
func (c correctBasis) distances() distances { return distancesOf(c.list, c.arrangement) }

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
