package effect

import (
	"strings"

	"github.com/sharewise/sharewise/analysis/measures"
)

// moderation is a set of comparisons that share what their runs tell of
// dispersions.
type moderation struct {
	list    []*Comparison
	sharing map[kind]bool // pools that were made
}

// Moderate lets the comparisons of one study share what their runs tell of how
// much runs vary (see dispersion.go), so that limits of few runs come near those
// of many. It is to be called before figures are asked for; until then every
// comparison has itself alone. Comparisons of one domain with the same runs a,
// such as arms that are held against one set of independent runs, count these
// once.
func Moderate(list []*Comparison) {
	study := &moderation{list: list, sharing: map[kind]bool{}}
	for _, c := range list {
		c.study = study
		for _, m := range c.known {
			m.pool = nil
		}
	}
}

// share puts the moments of c, and of those others that rest on the same kind
// of values, into one pool.
func (s *moderation) share(c *Comparison, of kind) {
	var members []member
	for _, other := range s.list {
		if other == c || !s.sharing[of] && other.restsOn(of) {
			members = append(members, other.member(of))
		}
	}
	s.sharing[of] = true
	newPool(members)
}

// restsOn says whether figures of the comparison rest on values of a kind.
func (c *Comparison) restsOn(of kind) bool {
	if c.enoughRuns() != nil {
		return false
	}
	if of == onCorrect || of == onLosses {
		if c.inFolds() {
			return false
		}
		name, err := c.basisName()
		return err == nil && (name == measures.Correct) == (of == onCorrect)
	}
	measure := strings.TrimPrefix(string(of), string(onErrors))
	own := measure == c.o.Measure || c.o.Measure == "" && measure == measures.Correct
	return (measure == measures.Loss || own) && c.lacking(measure) == nil
}

// member is the comparison's part in a pool.
func (c *Comparison) member(of kind) member {
	m := member{jackknife: c.alone(of).jackknife, domain: c.a.Domain}
	for _, s := range m.strata {
		var runs any
		if !s.arm {
			runs = c.a
		}
		m.runs = append(m.runs, runs)
	}
	return m
}
