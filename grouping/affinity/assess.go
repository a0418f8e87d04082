package affinity

import (
	"errors"
	"math/rand/v2"

	"github.com/sharewise/sharewise/grouping"
)

// Assessed is an estimator with its audit.
type Assessed struct {
	Estimator Estimator
	// Report is nil where nothing could be audited.
	Report *Report
}

// Assess makes every estimator that the material allows and audits each on
// measured pools that it does not rest on:
//
//   - cross-evaluation, gradients, merged and linearised models, and similarities on
//     all pools but that of all domains;
//   - the mean of pairs on the pools of three and more;
//   - surrogates on a third of the pools, drawn at random, by a fit to the others;
//     the estimator itself is then fitted to all.
func (m *Material) Assess(o AuditOptions) ([]Assessed, error) {
	var out []Assessed
	n := len(m.Domains)
	add := func(e Estimator, held []grouping.Pool) error {
		r, err := Audit(e, n, held, o)
		if errors.Is(err, ErrNothingToAudit) {
			r, err = nil, nil
		}
		if r != nil {
			r.NameDomains(m.Domains)
		}
		out = append(out, Assessed{e, r})
		return err
	}
	parts := m.pools()
	if m.Loss != nil {
		for _, directed := range []bool{false, true} {
			e, err := NewCross(m.Loss, directed)
			if err == nil {
				err = add(e, parts)
			}
			if err != nil {
				return nil, err
			}
		}
	}
	if m.Gradients != nil {
		for _, e := range []Estimator{m.Gradients.Cosine(), m.Gradients.LookAhead()} {
			if err := add(e, parts); err != nil {
				return nil, err
			}
		}
	}
	for _, t := range m.Trials {
		if err := add(NewTrial(m.Domains, t), parts); err != nil {
			return nil, err
		}
	}
	for _, s := range m.Similarities {
		if err := add(NewSimilarity(m.Domains, s), parts); err != nil {
			return nil, err
		}
	}
	pairs, larger := bySize(m.Pools)
	if len(pairs) > 0 && len(larger) > 0 {
		if err := add(NewPairMean(n, pairs), larger); err != nil {
			return nil, err
		}
	}
	fitted, held := part(m.Pools, o.Seed)
	if len(held) == 0 {
		return out, nil
	}
	for _, k := range []Kernel{Linear, LinearPairs, Radial} {
		e, err := NewSurrogate(k, n, fitted)
		if err == nil {
			err = add(e, held)
		}
		if err == nil {
			out[len(out)-1].Estimator, err = NewSurrogate(k, n, m.Pools)
		}
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// pools are the measured ones, but for that of all domains, whose members all
// have the same partners.
func (m *Material) pools() []grouping.Pool {
	var out []grouping.Pool
	for _, p := range m.Pools {
		if len(p.Members) < len(m.Domains) || len(m.Domains) == 2 {
			out = append(out, p)
		}
	}
	return out
}

func bySize(pools []grouping.Pool) (pairs, larger []grouping.Pool) {
	for _, p := range pools {
		if len(p.Members) == 2 {
			pairs = append(pairs, p)
		} else {
			larger = append(larger, p)
		}
	}
	return pairs, larger
}

// part draws a third of the pools, to be held out. Below nine pools it draws
// none.
func part(pools []grouping.Pool, seed uint64) (fitted, held []grouping.Pool) {
	if len(pools) < 9 {
		return pools, nil
	}
	order := rand.New(rand.NewPCG(seed, 4)).Perm(len(pools))
	out := map[int]bool{}
	for _, k := range order[:len(pools)/3] {
		out[k] = true
	}
	for k, p := range pools {
		if out[k] {
			held = append(held, p)
		} else {
			fitted = append(fitted, p)
		}
	}
	return fitted, held
}

// Passed is the estimator to screen by: of those that passed their audit the one
// that took fewest pools, and of these the one with the highest lower limit of
// its rank correlation. Nil where none passed.
func Passed(all []Assessed) *Assessed {
	var best *Assessed
	for k := range all {
		r := all[k].Report
		if r == nil || !r.Passed {
			continue
		}
		if best == nil || r.Pools < best.Report.Pools || r.Pools == best.Report.Pools && r.Spearman.Lo > best.Report.Spearman.Lo {
			best = &all[k]
		}
	}
	return best
}
