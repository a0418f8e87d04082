package effect

import "github.com/sharewise/sharewise/analysis/measures"

// correctMeasure measures transfer and interference on correctness.
type correctMeasure struct {
	*Comparison
	list  []cluster
	table [][]int
	mix   *mixture
}

func newCorrectMeasure(c *Comparison) correctMeasure {
	list := c.patterns()
	table := counts(list, c.a.K(), c.b.K())
	return correctMeasure{c, list, table, fitMixture(table)}
}

func (correctMeasure) name() string           { return measures.Correct }
func (c correctMeasure) moments() moments     { return c.momentsOn(onCorrect) }
func (c correctMeasure) distances() distances { return distancesOf(c.list, c.arrangement) }

func (c correctMeasure) levels(e *Effect, m moments) {
	mean := m.mean()
	e.Accuracy = Pair[Number]{Number(1 - mean[vA]), Number(1 - mean[vB])}
	e.Changed = Number(m.changedShare())
}

func (c correctMeasure) estimates(*Effect) (transfer, interference float64) { return c.mix.sides() }

// room is the independent models' share of wrong answers, and of right ones.
func (correctMeasure) room(e *Effect) (gain, loss float64) {
	alone := float64(e.Accuracy.Independent)
	return 1 - alone, alone
}

func (c correctMeasure) calls(moments) Calls { return callsOf(c.a, c.b, c.table, c.mix, c.o) }

func (correctMeasure) warnings(moments) []string { return nil }
