package appraisal

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/laws"
	"github.com/sharewise/sharewise/grouping/economics"
)

// doubled is how many times as large the next size is that money is put on.
const doubled = 2

// NextSize says what models of twice the parameters of the largest size are worth at
// most, by how errors fell with size so far: where that is less than they cost, stop.
type NextSize struct {
	// Rung is the largest size, Option the index of the one whose models are doubled:
	// of those at that size of which all is known, the one that is worth most.
	Rung   string `json:"rung"`
	Option int    `json:"option"`
	// Doubling is null where nothing is known, for the reason that Why gives.
	Doubling *economics.Enlarged `json:"doubling"`
	Why      string              `json:"why,omitempty"`
}

// nextSize follows the laws of the domains' errors beyond the largest size.
func (b *builder) nextSize(c *economics.Case) error {
	rungs := b.results.Rungs
	out := &NextSize{Rung: rungs[len(rungs)-1], Option: -1}
	b.out.NextSize = out
	if len(rungs) < laws.LeastSizes {
		out.Why = fmt.Sprintf("the study has %d sizes, and a law of size takes %d", len(rungs), laws.LeastSizes)
		return nil
	}
	if len(b.parameters) != len(rungs) {
		out.Why = "numbers of parameters are not known by size"
		return nil
	}
	var order []int
	for i := range b.out.Options {
		if b.out.Options[i].Rung == out.Rung {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(x, y int) int {
		return cmp.Compare(b.out.Options[y].Present.Value, b.out.Options[x].Present.Value)
	})
	if len(order) == 0 {
		out.Why = fmt.Sprintf("nothing is known of what sharing is worth at size %s", out.Rung)
		return nil
	}
	for _, i := range order {
		less, why, err := b.lessOf(&b.out.Options[i])
		if err != nil {
			return err
		}
		if why != "" {
			out.Why = cmp.Or(out.Why, why)
			continue
		}
		out.Option, out.Why = i, ""
		out.Doubling, err = c.Enlarge(i, doubled, less, b.seed)
		return err
	}
	return nil
}

// lessOf has draws, by domain, of what twice the parameters take off the errors of an
// option, or says why there are none.
func (b *builder) lessOf(o *Option) (less [][]float64, why string, err error) {
	less = make([][]float64, len(b.domains))
	for j, d := range b.results.Domains {
		if b.domains[j].Value == 0 {
			continue
		}
		at := slices.IndexFunc(o.Groups, func(g []string) bool { return slices.Contains(g, d.Name) })
		law, why, err := b.law(o.Groups[at], d, uint64(j))
		if err != nil || why != "" {
			return nil, why, err
		}
		_, less[j] = law.Less(doubled)
		for i := range less[j] {
			less[j][i] /= b.units[j]
		}
	}
	return less, "", nil
}

// law fits one to the errors of a domain in a pool at all sizes, or says why not.
func (b *builder) law(pool []string, d analysis.DomainInfo, seed uint64) (law *laws.Law, why string, err error) {
	if j := slices.IndexFunc(b.out.Domains, func(o Domain) bool { return o.Name == d.Name }); b.relative[j] {
		return nil, fmt.Sprintf("the value of %s is by the percent of an error that is not known", d.Name), nil
	}
	arm := b.armOf(pool)
	if arm == "" {
		return nil, fmt.Sprintf("the pool of %s was never trained", strings.Join(pool, ", ")), nil
	}
	var points []laws.Point
	for k, rung := range b.results.Rungs {
		x, ok := b.errorOf(b.results, arm, rung, d)
		seeds := b.seedsOf(arm, rung, d.Name)
		if !ok || seeds < 2 || !(x.Value > 0) {
			continue
		}
		se, freedom := x.StandardError(seeds, b.results.Level)
		points = append(points, laws.Point{Size: float64(b.parameters[k]), Value: x.Value, SE: se, Freedom: freedom})
	}
	largest := float64(b.parameters[len(b.parameters)-1])
	if len(points) == 0 || points[len(points)-1].Size != largest {
		return nil, fmt.Sprintf("%s has no error above zero with limits at the largest size", d.Name), nil
	}
	law, err = laws.Fit(points, laws.Options{Level: b.results.Level, Draws: b.draws, Seed: b.seed + seed})
	if errors.Is(err, laws.ErrFew) {
		return nil, fmt.Sprintf("%s has an error above zero with limits at %d sizes, and a law of size takes %d", d.Name, len(points), laws.LeastSizes), nil
	}
	if err != nil {
		return nil, "", err
	}
	if err := law.Fits(); err != nil {
		return nil, fmt.Sprintf("no law of size fits %s: %s", d.Name, strings.TrimPrefix(err.Error(), "laws: ")), nil
	}
	return law, "", nil
}

// armOf is the arm of a pool; empty where it was never trained.
func (b *builder) armOf(pool []string) string {
	if len(pool) == 1 {
		return analysis.Independent
	}
	for i := range b.results.Gains {
		if g := &b.results.Gains[i]; slices.Equal(g.Pool, pool) {
			return g.Arm
		}
	}
	return ""
}

// seedsOf is from how many runs the error of a domain is known.
func (b *builder) seedsOf(arm, rung, domain string) int {
	for i := range b.results.Scores {
		s := &b.results.Scores[i]
		if s.Domain == domain && s.Arm == arm && s.Rung == rung && (arm == analysis.Independent || s.Weighting == b.at.Weighting) {
			return s.Seeds
		}
	}
	return 0
}
