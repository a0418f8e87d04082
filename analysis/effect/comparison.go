package effect

import "fmt"

// Comparison holds an arm's runs against the independent runs, on one domain.
// Effect and Gain read their figures off the same moments, each of which is
// computed once, when it is first asked for.
type Comparison struct {
	a, b           *Runs
	o              Options
	arrangement    arrangement
	placeA, placeB []int // of runs in the arrangement
	shared         []int64

	onCorrect *correctMoments
	onLosses  *moments
}

// correctMoments are the patterns of correctness and their moments.
type correctMoments struct {
	list []cluster
	moments
}

// Compare prepares the comparison of the independent runs a with the runs b of
// an arm. Both must hold the same samples in the same order.
func Compare(a, b *Runs, o Options) (*Comparison, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	for _, r := range []*Runs{a, b} {
		if err := r.check(); err != nil {
			return nil, err
		}
	}
	if a.K() == 0 || b.K() == 0 || a.Samples == 0 || a.Samples != b.Samples {
		return nil, fmt.Errorf("domain %s: %w: %d independent in %d runs, %d of the arm in %d", a.Domain, ErrSamples, a.Samples, a.K(), b.Samples, b.K())
	}
	c := &Comparison{a: a, b: b, o: o.WithDefaults()}
	if o.SharedSeeds {
		c.shared = sharedSeeds(a, b)
	}
	c.arrangement, c.placeA, c.placeB = arrangementOf(a, b, c.shared)
	return c, nil
}

// enoughRuns returns an error where seed noise cannot be told from an effect.
func (c *Comparison) enoughRuns() error {
	if min(c.a.K(), c.b.K()) < 2 {
		return fmt.Errorf("domain %s: %w: seed noise cannot be told from an effect (independent %d, arm %d)", c.a.Domain, ErrOneRun, c.a.K(), c.b.K())
	}
	if len(c.shared) > 0 && min(c.a.K(), c.b.K()) < 3 {
		return fmt.Errorf("domain %s: %w: both sides share seeds, so at least three per arm are needed", c.a.Domain, ErrOneRun)
	}
	return nil
}

// correct returns the patterns of correctness and their moments.
func (c *Comparison) correct() *correctMoments {
	if c.onCorrect == nil {
		list := clusters(rearrange(c.a.Correct, c.placeA), rearrange(c.b.Correct, c.placeB), c.a.Group)
		c.onCorrect = &correctMoments{list, momentsOf(list, c.arrangement)}
	}
	return c.onCorrect
}

// losses returns the moments of the losses.
func (c *Comparison) losses() moments {
	if c.onLosses == nil {
		m := c.lossMoments()
		c.onLosses = &m
	}
	return *c.onLosses
}

// meanLosses returns the jackknife of the mean losses, of the independent runs
// and of the arm's, which are the first two of its values: that of all moments
// where they are known, else one that has nothing else.
func (c *Comparison) meanLosses() *jackknife {
	if c.onLosses != nil {
		return c.onLosses.jackknife
	}
	return c.meanLossJackknife()
}
