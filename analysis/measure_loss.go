package analysis

// lossMeasure measures transfer and interference on losses.
type lossMeasure struct{ *comparison }

func newLossMeasure(c *comparison) lossMeasure { return lossMeasure{c} }

func (lossMeasure) name() string       { return MeasureLoss }
func (c lossMeasure) moments() moments { return c.lossMoments() }

func (c lossMeasure) distances() distances {
	a, b := c.arranged()
	return distancesBetween(a, b, c.layout)
}

func (lossMeasure) levels(*Effect, moments) {}

// estimates are the cross-fitted figures. Losses have no model like the grid of
// probabilities of correctness that would deserve the name; this one is known
// to lean low, by as much as other runs err about the direction of a sample.
func (lossMeasure) estimates(e *Effect) (transfer, interference float64) {
	return e.Transfer.Crossfit.Value, e.Interference.Crossfit.Value
}

// room is the independent models' mean loss, in both directions.
func (lossMeasure) room(e *Effect) (gain, loss float64) { return e.LossA, e.LossA }

func (c lossMeasure) calls(m moments) Calls { return c.lossCalls(m) }

func (lossMeasure) warnings(*Effect) []string { return nil }
