package effect

// compareRuns and gainOf read one figure off a comparison of their own.

func compareRuns(a, b *Runs, o Options) (*Effect, error) {
	c, err := Compare(a, b, o)
	if err != nil {
		return nil, err
	}
	return c.Effect()
}

func gainOf(a, b *Runs, measure string, o Options) (*Gain, error) {
	c, err := Compare(a, b, o)
	if err != nil {
		return nil, err
	}
	return c.Gain(measure)
}
