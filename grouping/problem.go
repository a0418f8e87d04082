package grouping

import (
	"fmt"
	"math"

	"github.com/sharewise/sharewise/analysis/policy"

	"github.com/sharewise/sharewise/grouping/solve"
)

// Problem is what a grouping is chosen from.
type Problem struct {
	Domains []string
	// Value is the worth of one unit of gain of a domain; nil means 1 each.
	Value []float64
	// Pools are the measured pools.
	Pools []Pool
	// MaxGroups bounds the number of groups; 0 means one per domain.
	MaxGroups int
	// MinGain is the least gain worth having: what a lower limit must exceed
	// for the verdict Share. It does not enter the total.
	MinGain float64
	// Level is the coverage of Lo and Hi of the pools; 0 means 0.95.
	Level float64
	// Covariances are the errors that gains have in common. Gains that are in
	// none are taken to err independently, as widely as their limits.
	Covariances []Covariance
	// Across says how far runs move gains of different domains together, beside what
	// Covariances say of one domain's; nil: not at all.
	Across *Across
	// Conditional says that the limits of some gains hold for the runs at hand
	// only, since there are two on a side: they leave out how runs vary, so that
	// nothing is settled by them.
	Conditional bool
	// Policy forbids pools; nil allows all. Recommend takes measured pools that it
	// forbids out by itself; elsewhere they must not be among Pools, see Governed.
	Policy *policy.Checker
	// Rules say which pools may not be trained, and which domains one group must
	// hold. Recommend takes measured pools that they forbid out by itself; elsewhere
	// they must not be among Pools, see Ruled.
	Rules []solve.Rule
	// Tolerance is the difference that does not matter: a relative gain averaged
	// over domains, weighted by value, that nobody would change a grouping for;
	// 0 means DefaultTolerance.
	Tolerance float64
	// Relative says that gains are relative to an error that cannot fall below
	// zero, so that no true gain exceeds 1, whatever its limits.
	Relative bool
}

// DefaultTolerance is a fiftieth of the error or loss. Where a domain makes 5 %
// errors, that is one wrong answer in a thousand, less than another start of
// training usually changes; what it costs to run two models instead of one is
// mostly worth more.
const DefaultTolerance = 0.02

// Pool is a subset of the domains with the gain of each member. A pool of one
// has gain zero and need not be listed.
type Pool struct {
	Members []int // ascending
	Gain    []float64
	// Lo and Hi are the limits of each gain, nil or NaN where unknown.
	Lo, Hi []float64
	// DF are the degrees of freedom of Student's t that the limits were made
	// with, nil or 0 where they are those of the normal distribution or unknown.
	DF []float64
	// Distinct says of each gain that it differs from zero, said of all gains
	// together, of which some exclude zero by chance. A gain that is not distinct
	// is undecided, whatever its own limits. nil: limits alone decide.
	Distinct []bool
}

// mostValue is the largest worth of a domain's gains of which sums are still numbers.
const mostValue = 1e100

// Validate reports what is wrong with the problem.
func (p *Problem) Validate() error {
	n := len(p.Domains)
	switch {
	case n == 0:
		return fmt.Errorf("grouping: %w", ErrNoDomains)
	case n > solve.MaxDomains:
		return fmt.Errorf("grouping: %w: %d, at most %d can be grouped", ErrTooManyDomains, n, solve.MaxDomains)
	case p.MaxGroups < 0:
		return fmt.Errorf("grouping: %d groups at most: must be 1 or more, or 0 for no bound", p.MaxGroups)
	case p.Value != nil && len(p.Value) != n:
		return fmt.Errorf("grouping: %d values for %d domains", len(p.Value), n)
	case p.Level != 0 && !(p.Level > 0 && p.Level < 1):
		return fmt.Errorf("grouping: level %v is not between 0 and 1", p.Level)
	case !(p.Tolerance >= 0 && p.Tolerance <= 1):
		return fmt.Errorf("grouping: tolerance %v is not between 0 and 1", p.Tolerance)
	case !finite(p.MinGain):
		return fmt.Errorf("grouping: least gain %v is not a number", p.MinGain)
	}
	named := make(map[string]bool, n)
	for i, name := range p.Domains {
		switch {
		case name == "":
			return fmt.Errorf("grouping: domain %d has no name", i)
		case named[name]:
			return fmt.Errorf("grouping: two domains are named %s: rename one", name)
		}
		named[name] = true
	}
	for i, v := range p.Value {
		if !(v >= 0 && v <= mostValue) {
			return fmt.Errorf("grouping: value %v of domain %s: must be from 0 to %g", v, p.Domains[i], mostValue)
		}
	}
	seen := map[set]bool{}
	for i, pool := range p.Pools {
		if err := pool.validate(n); err != nil {
			return fmt.Errorf("grouping: pool %d: %w", i, err)
		}
		m := solve.SetOf(pool.Members...)
		if seen[m] {
			return fmt.Errorf("grouping: pool %d: members %v were listed before", i, pool.Members)
		}
		seen[m] = true
	}
	if err := p.Across.validate(p); err != nil {
		return fmt.Errorf("grouping: across domains: %w", err)
	}
	for i := range p.Covariances {
		if err := p.Covariances[i].validate(p); err != nil {
			return fmt.Errorf("grouping: covariance %d: %w", i, err)
		}
	}
	if err := solve.Contradiction(n, p.Rules, func(j int) string { return p.Domains[j] }); err != nil {
		return fmt.Errorf("grouping: %w", err)
	}
	return nil
}

func (p *Pool) validate(n int) error {
	k := len(p.Members)
	if k == 0 {
		return fmt.Errorf("has no members")
	}
	for i, m := range p.Members {
		if m < 0 || m >= n {
			return fmt.Errorf("member %d is not one of %d domains", m, n)
		}
		if i > 0 && m <= p.Members[i-1] {
			return fmt.Errorf("members %v are not ascending", p.Members)
		}
	}
	if len(p.Gain) != k || p.Lo != nil && len(p.Lo) != k || p.Hi != nil && len(p.Hi) != k {
		return fmt.Errorf("has %d members, %d gains and %d, %d limits", k, len(p.Gain), len(p.Lo), len(p.Hi))
	}
	if p.DF != nil && len(p.DF) != k {
		return fmt.Errorf("has %d members and %d degrees of freedom", k, len(p.DF))
	}
	for _, df := range p.DF {
		if !(df >= 0) {
			return fmt.Errorf("has %v degrees of freedom", df)
		}
	}
	if (p.Lo == nil) != (p.Hi == nil) {
		return fmt.Errorf("has limits on one side only")
	}
	for i, g := range p.Gain {
		if !finite(g) {
			return fmt.Errorf("gain %v of member %d is not finite: leave the pool out", g, p.Members[i])
		}
		if k == 1 && g != 0 {
			return fmt.Errorf("a domain alone has gain 0, not %v", g)
		}
		if p.Lo != nil && (p.Lo[i] > g || p.Hi[i] < g) {
			return fmt.Errorf("gain %v of member %d is outside its limits [%v, %v]", g, p.Members[i], p.Lo[i], p.Hi[i])
		}
	}
	return nil
}

// distinct reports whether the verdict on a gain may be other than undecided.
func (p *Pool) distinct(i int) bool { return p.Distinct == nil || p.Distinct[i] }

// limits returns the limits of member i's gain, NaN where unknown.
func (p *Pool) limits(i int) (lo, hi float64) {
	if p.Lo == nil || !finite(p.Lo[i]) || !finite(p.Hi[i]) {
		return math.NaN(), math.NaN()
	}
	return p.Lo[i], p.Hi[i]
}

// df are the degrees of freedom of member i's limits, 0 where they are many.
func (p *Pool) df(i int) float64 {
	if p.DF == nil || math.IsInf(p.DF[i], 1) {
		return 0
	}
	return p.DF[i]
}

func (p *Problem) tolerance() float64 {
	if p.Tolerance == 0 {
		return DefaultTolerance
	}
	return p.Tolerance
}

func (p *Problem) value(domain int) float64 {
	if p.Value == nil {
		return 1
	}
	return p.Value[domain]
}

func (p *Problem) maxGroups() int {
	n := len(p.Domains)
	if p.MaxGroups == 0 {
		return n
	}
	return min(p.MaxGroups, n)
}

func (p *Problem) level() float64 {
	if p.Level == 0 {
		return 0.95
	}
	return p.Level
}

// Indices finds domains by their names. It fails with an UnknownDomainError.
func (p *Problem) Indices(names []string) ([]int, error) {
	index := make(map[string]int, len(p.Domains))
	for i, name := range p.Domains {
		index[name] = i
	}
	list := make([]int, len(names))
	for i, name := range names {
		at, ok := index[name]
		if !ok {
			return nil, &UnknownDomainError{name, p.Domains}
		}
		list[i] = at
	}
	return list, nil
}

// names returns the names of the given domains.
func (p *Problem) names(members []int) []string {
	names := make([]string, len(members))
	for i, m := range members {
		names[i] = p.Domains[m]
	}
	return names
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
