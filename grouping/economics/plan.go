package economics

import (
	"cmp"
	"slices"
)

// Advice says what is to be done about a step.
type Advice string

// The advices.
const (
	Go      Advice = "go"
	Stop    Advice = "stop"
	Unknown Advice = "unknown"
	// Hold: it would be Go, if the results that it rests on were not in doubt.
	Hold Advice = "hold"
)

// Staged says in which order to spend money, and where to stop.
type Staged struct {
	// Introduce are the models of the best option, each held against the
	// reference's models of its domains, the one that is worth most first.
	Introduce []Introduction `json:"introduce"`
	// Sizes are the rungs, small to large, each with its best option.
	Sizes []Size `json:"sizes"`
	// Learn are the sources of information.
	Learn []Lesson `json:"learn"`
}

// Introduction is a model in place of those of the reference.
type Introduction struct {
	Domains []string `json:"domains"`
	// Once is spent at the start, beyond what the reference's models take; below
	// zero: saved.
	Once float64 `json:"once"`
	// Gain is the net present value, Pays the share of draws in which it is
	// above zero.
	Gain   Estimate `json:"gain"`
	Pays   float64  `json:"pays"`
	Advice Advice   `json:"advice"`
}

// Size is a rung with its best option.
type Size struct {
	Rung   string `json:"rung"`
	Option int    `json:"option"`
	// Step is what it has over the best option of all smaller rungs; of the
	// smallest, over the reference.
	Step   Estimate `json:"step"`
	Pays   float64  `json:"pays"`
	Advice Advice   `json:"advice"`
}

// Lesson is what further information of one kind may cost.
type Lesson struct {
	What  string  `json:"what"`
	Price float64 `json:"price"` // of a unit
	Have  float64 `json:"have"`
	// Limit is what it would be worth to know all that this source can tell.
	Limit float64 `json:"limit"`
	// Look are the numbers that were looked at. Best is the one with the largest
	// value less cost: beyond it, further units cost more than they are worth.
	Look   []Purchase `json:"look"`
	Best   *Purchase  `json:"best"`
	Advice Advice     `json:"advice"`
	// Why says why nothing is known.
	Why string `json:"why,omitempty"`
}

// Stage makes the plan of a case. Rungs are named small to large.
func Stage(c *Case, rungs []string, sources []Source) (*Staged, error) {
	r, err := Appraise(c)
	if err != nil {
		return nil, err
	}
	out := &Staged{Introduce: c.introduce(r.Best), Sizes: c.sizes(r, rungs), Learn: []Lesson{}}
	for _, s := range sources {
		lesson, err := c.lesson(s)
		if err != nil {
			return nil, err
		}
		out.Learn = append(out.Learn, *lesson)
	}
	return out, nil
}

// Hold turns every Go that rests on doubtful results into Hold: models for these
// domains and, where all is in doubt, sizes and lessons.
func (s *Staged) Hold(doubted func(domain string) bool, all bool) {
	for i := range s.Introduce {
		if in := &s.Introduce[i]; in.Advice == Go && (all || slices.ContainsFunc(in.Domains, doubted)) {
			in.Advice = Hold
		}
	}
	for i := range s.Sizes {
		if all && s.Sizes[i].Advice == Go {
			s.Sizes[i].Advice = Hold
		}
	}
	for i := range s.Learn {
		if all && s.Learn[i].Advice == Go {
			s.Learn[i].Advice = Hold
		}
	}
}

// introduce holds each model of an option against those of the reference that serve
// its domains.
func (c *Case) introduce(option int) []Introduction {
	f := c.Prices.factors()
	out := []Introduction{}
	if option == 0 {
		return out
	}
	for i := range c.Options[option].Models {
		m := &c.Options[option].Models[i]
		costs := c.costs(m, f)
		in := Introduction{Once: costs.Once}
		present := -costs.Present
		for _, j := range m.Members {
			in.Domains = append(in.Domains, c.Domains[j].Name)
		}
		var instead []*Model
		for k := range c.Options[0].Models {
			// Models of the reference that serve domains of several models here
			// are nobody's to replace.
			other := &c.Options[0].Models[k]
			if within(other.Members, m.Members) {
				instead = append(instead, other)
				saved := c.costs(other, f)
				in.Once -= saved.Once
				present += saved.Present
			}
		}
		brings := func(cells []float64) float64 {
			sum := c.benefit(m, cells)
			for _, other := range instead {
				sum -= c.benefit(other, cells)
			}
			return sum
		}
		draws := make([]float64, len(c.Draws))
		for d, cells := range c.Draws {
			draws[d] = f.monthly*brings(cells) + present
			if draws[d] > 0 {
				in.Pays += 1 / float64(len(draws))
			}
		}
		in.Gain = c.estimate(f.monthly*brings(c.Centre)+present, draws)
		if in.Advice = Stop; in.Gain.Value > 0 {
			in.Advice = Go
		}
		if in.Gain.Value == 0 && in.Once == 0 && in.Gain.Hi == in.Gain.Lo {
			continue // the reference's own model
		}
		out = append(out, in)
	}
	slices.SortStableFunc(out, func(a, b Introduction) int { return cmp.Compare(b.Gain.Value, a.Gain.Value) })
	return out
}

func within(members, of []int) bool {
	for _, j := range members {
		if !slices.Contains(of, j) {
			return false
		}
	}
	return true
}

// sizes walks up the rungs.
func (c *Case) sizes(r *Appraisal, rungs []string) []Size {
	f := c.Prices.factors()
	values := c.presents(f)
	below := 0 // the best option so far
	out := []Size{}
	for k, rung := range rungs {
		best := -1
		for a := range c.Options {
			if c.Options[a].Rung == rung && (best < 0 || r.Options[a].Present.Value > r.Options[best].Present.Value) {
				best = a
			}
		}
		if best < 0 {
			continue
		}
		s := Size{Rung: rung, Option: best}
		steps := make([]float64, len(c.Draws))
		for d := range steps {
			steps[d] = values[best][d] - values[below][d]
			if steps[d] > 0 {
				s.Pays += 1 / float64(len(steps))
			}
		}
		s.Step = c.estimate(r.Options[best].Present.Value-r.Options[below].Present.Value, steps)
		if s.Advice = Stop; s.Step.Value > 0 {
			s.Advice = Go
		}
		if k == 0 || s.Step.Value > 0 {
			below = best
		}
		out = append(out, s)
	}
	return out
}

// lesson looks for the number of units that is worth most beyond its price.
func (c *Case) lesson(s Source) (*Lesson, error) {
	l := &Lesson{What: s.What, Price: s.Price, Have: s.Have, Look: []Purchase{}, Advice: Stop}
	all := s
	all.Have, all.Units = 0, []float64{1} // one unit tells everything
	limit, err := c.Information(all)
	if err != nil {
		return nil, err
	}
	l.Limit = limit[0].Value
	look, err := c.Information(s)
	if err != nil {
		return nil, err
	}
	l.Look = append(l.Look, look...)
	for i := range l.Look {
		p := &l.Look[i]
		if surplus := p.Value - p.Cost; surplus > 0 && (l.Best == nil || surplus > l.Best.Value-l.Best.Cost) {
			l.Best, l.Advice = p, Go
		}
	}
	return l, nil
}
