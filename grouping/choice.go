package grouping

import "slices"

// Chosen says what decided which groups are recommended.
type Chosen string

// What may decide.
const (
	// ByGain: they have the largest total, as far as is known.
	ByGain Chosen = "gain"
	// ByModels: the decision is Indifferent, and they need the fewest models of the
	// partitions that were considered. That with the largest total is the
	// alternative [BestGuess].
	ByModels Chosen = "models"
)

// BestGuess is the name of the alternative with the largest total, where another
// grouping is recommended.
const BestGuess = "best guess"

// Choice is the grouping of a problem to recommend.
type Choice struct {
	Recommended *Grouping
	// Guess is the partition with the largest total, where it makes no difference
	// and another needs fewer models; nil where it is the recommended one.
	Guess *Grouping
	// Stability is that of the recommended one; nil where no gain has limits.
	Stability *Stability

	before *Stability // of the guess
}

// Choose finds the partition with the largest total ([Best]) and its stability
// ([Resample], of which draws and seed are). Where the decision is Indifferent, and
// all that is recommended was trained, it recommends the cheapest partition instead.
func Choose(p *Problem, draws int, seed uint64) (*Choice, error) {
	best, err := Best(p)
	if err != nil {
		return nil, err
	}
	stability, err := Resample(p, best, draws, seed)
	if err != nil {
		return nil, err
	}
	c := &Choice{Recommended: best, Stability: stability}
	if stability == nil || stability.Decision == nil || stability.Decision.Cheapest == nil || best.Same(stability.Decision.Cheapest) {
		return c, nil
	}
	g := newGains(p)
	sets, err := g.setsOf(best.Names())
	if err != nil || open(g.grouping(sets).Groups, p.MinGain) {
		return c, err
	}
	return c, c.replace(p, stability.Decision.Cheapest, Context{Draws: draws, Seed: seed})
}

// replace recommends other groups of the problem's domains; the largest total stays
// the guess.
func (c *Choice) replace(p *Problem, groups [][]string, of Context) error {
	g := newGains(p)
	sets, err := g.setsOf(groups)
	if err != nil {
		return err
	}
	kind := Unsettled
	if c.Stability != nil && c.Stability.Decision != nil {
		kind = c.Stability.Decision.Kind
	}
	guess := c.largest()
	next := g.grouping(inOrder(sets))
	next.Bound, next.RunnerUp = guess.Bound, guess
	stability, err := Resample(p, next, of.Draws, of.Seed)
	if err != nil {
		return err
	}
	// The runner-up is not among those considered now, so that nothing that was
	// settled can become open, but by the chance of a search.
	if stability != nil && kind == Indifferent {
		stability.Decision.Kind, stability.Decision.Cheapest = kind, next.Names()
	}
	if c.Guess == nil {
		c.before = c.Stability
	}
	c.Recommended, c.Guess, c.Stability = next, guess, stability
	return nil
}

// ofGuess is the choice of the largest total, although it takes more models.
func (c *Choice) ofGuess() *Choice {
	return &Choice{Recommended: c.Guess, Stability: c.before}
}

// largest is the partition with the largest total.
func (c *Choice) largest() *Grouping {
	if c.Guess != nil {
		return c.Guess
	}
	return c.Recommended
}

// fit reports whether a partition may be recommended for being cheap: every pool of
// it was trained, harms nobody surely, and has the least gain that was asked for.
func (g *gains) fit(partition []set) bool {
	groups := g.grouping(partition).Groups
	return !open(groups, g.problem.MinGain) && !slices.ContainsFunc(groups, func(group Group) bool { return group.Source == Measured && group.Verdict == Apart })
}

// open reports whether some pool was not trained, or lacks the least gain that was
// asked for.
func open(groups []Group, minGain float64) bool {
	return slices.ContainsFunc(groups, func(g Group) bool {
		return g.Source == FromPairs || g.Source == Measured && minGain > 0 && g.Verdict != Share
	})
}
