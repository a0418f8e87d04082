package analysis

import "math"

// correctMeasure measures transfer and interference on correctness.
type correctMeasure struct {
	*comparison
	list  []cluster
	table [][]int
	mix   *mixture
}

func newCorrectMeasure(c *comparison) correctMeasure {
	list := c.clusters()
	table := counts(list, c.a.K(), c.b.K())
	return correctMeasure{c, list, table, fitMixture(table)}
}

func (correctMeasure) name() string           { return MeasureCorrect }
func (c correctMeasure) moments() moments     { return momentsOf(c.list, c.arrangement) }
func (c correctMeasure) distances() distances { return distancesOf(c.list, c.arrangement) }

func (c correctMeasure) levels(e *Effect, m moments) {
	mean := m.mean()
	e.AccuracyA, e.AccuracyB = 1-mean[vA], 1-mean[vB]
	e.Changed = m.changedShare()
}

func (c correctMeasure) estimates(*Effect) (transfer, interference float64) { return c.mix.sides() }

// room is the independent models' share of wrong answers, and of right ones.
func (correctMeasure) room(e *Effect) (gain, loss float64) { return 1 - e.AccuracyA, e.AccuracyA }

func (c correctMeasure) calls(moments) Calls { return callsOf(c.a, c.b, c.table, c.mix, c.o) }

func (correctMeasure) warnings(moments) []string { return nil }

// meanLoss is the mean loss over samples and runs, NaN where unknown.
func (r *Runs) meanLoss() float64 {
	if r.Loss == nil {
		return math.NaN()
	}
	return meanError(r, false)
}
