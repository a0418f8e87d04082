package solve

import (
	"fmt"
	"math"
	"strings"

	"github.com/sharewise/sharewise/analysis/wording"
)

// blameEffort is what is spent on each question whether some constraints can be kept.
const blameEffort = 0.05

// blame finds constraints that cannot be kept together, none of which can be left out:
// without any one of them there is a choice that keeps the others. It is a problem
// with these alone.
func (p *Problem) blame() *Problem {
	rules := append([]Rule(nil), p.Rules...)
	q := *p
	q.Objective, q.Effort, q.Start = Sum, blameEffort, nil
	impossible := func() bool {
		q.Rules = rules
		a := newModel(&q, negative).exists()
		return a.found == nil && a.proved
	}
	for k := 0; k < len(rules); {
		all := rules
		rules = append(append([]Rule(nil), all[:k]...), all[k+1:]...)
		if !impossible() {
			rules = all
			k++
		}
	}
	if q.Budget = 0; !impossible() {
		q.Budget = p.Budget
	}
	if q.MaxPools = 0; !impossible() {
		q.MaxPools = p.MaxPools
	}
	q.Rules = rules
	return &q
}

// constraints names each constraint of a problem.
func (p *Problem) constraints() []string {
	words := []string{}
	if p.MaxPools > 0 {
		words = append(words, "at most "+wording.Plural(p.MaxPools, "pool"))
	}
	if p.Budget > 0 {
		words = append(words, fmt.Sprintf("a budget of %.6g", max(0, p.Budget)))
	}
	for _, r := range p.Rules {
		words = append(words, r.Name)
	}
	return words
}

// inTheWay says that all constraints of the problem together cannot be kept, and any
// but one of them can.
func (p *Problem) inTheWay() string {
	var words []string
	if p.MaxPools > 0 {
		words = append(words, fmt.Sprintf("at most %s allowed%s", counted(p.MaxPools), p.morePools()))
	}
	if p.Budget > 0 {
		words = append(words, p.moreBudget())
	}
	for _, r := range p.Rules {
		words = append(words, "rule "+r.Name)
	}
	const apart = "the pools cannot be put together so that each domain is served once"
	switch len(words) {
	case 0:
		return apart
	case 1:
		if p.MaxPools > 0 || p.Budget > 0 {
			return words[0]
		}
		return apart + " under " + words[0]
	}
	return "these cannot all be kept, and without any one of them the others can: " + strings.Join(words, "; ")
}

func counted(pools int) string {
	if pools == 1 {
		return "1 pool is"
	}
	return fmt.Sprintf("%d pools are", pools)
}

// exists says whether a choice keeps to the problem.
func (p *Problem) exists() bool { return newModel(p, negative).exists().found != nil }

// morePools says how many pools it takes, all else as it is.
func (p *Problem) morePools() string {
	q := *p
	low, high := p.MaxPools, p.Domains
	for q.MaxPools = high; low+1 < high; {
		q.MaxPools = (low + high) / 2
		if q.exists() {
			high = q.MaxPools
		} else {
			low = q.MaxPools
		}
	}
	if q.MaxPools = high; high == p.MaxPools || !q.exists() {
		return ""
	}
	return fmt.Sprintf(", and it takes %d to serve every domain", high)
}

// moreBudget says what the cheapest choice costs, all else as it is.
func (p *Problem) moreBudget() string {
	q := *p
	q.Budget = 0
	cost := func() float64 {
		m := newModel(&q, negative)
		sum := 0.0
		found := m.exists().found
		for _, c := range found {
			sum += c.cost
		}
		if found == nil {
			return math.NaN()
		}
		return sum
	}
	text := fmt.Sprintf("the budget is %.6g", p.Budget)
	high := cost()
	if math.IsNaN(high) {
		return text
	}
	for low := p.Budget; high-low > 1e-6*high; {
		q.Budget = (low + high) / 2
		if c := cost(); math.IsNaN(c) {
			low = q.Budget
		} else {
			high = min(c, q.Budget)
		}
	}
	return text + fmt.Sprintf(", and the cheapest choice that serves every domain costs %.6g", high)
}
