package gaintable

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/policy"
	"github.com/sharewise/sharewise/analysis/wording"
	"github.com/sharewise/sharewise/grouping/solve"
)

// Objective is what a choice is judged by.
type Objective string

// The objectives, see the package documentation.
const (
	Mean   Objective = "mean"
	Value  Objective = "value"
	Worst  Objective = "worst"
	NoHarm Objective = "no-harm"
	Risk   Objective = "risk"
)

// Objectives are all of them, the default first.
var Objectives = []Objective{Mean, Value, Worst, NoHarm, Risk}

// Options say what is chosen.
type Options struct {
	// Helpers allows pools that train domains which another pool serves.
	Helpers bool
	// MaxModels bounds the number of pools; 0: no bound.
	MaxModels int
	// Budget bounds their costs; nil: no bound.
	Budget *float64
	// Objective is Value where there are Values, else Mean, where it is empty.
	Objective Objective
	// Values are the worths of one unit of gain of domains; others have 1.
	Values map[string]float64
	// Aversion is what a standard error of the mean costs, for the objective Risk;
	// nil: 1.
	Aversion *float64
	solve.Constraints
	// Stated are what pools cost and take, in place of what the table says.
	Stated []Stated
	// Policy forbids pools beside them; its domains are those of the table, see
	// [Table.Govern].
	Policy *policy.Checker
	// Refused are pools that a study asked for and that were not trained, since rules
	// forbid them: what they would gain is not known, and so is what a rule costs that
	// alone keeps one out, unless pools with known gains show a cost.
	Refused [][]string
	// Extrapolate values pools that the table does not list by their pairs.
	Extrapolate bool
	// Draws is the number of draws of gains that stability is read from, where
	// gains have limits; 0 stands for 200, or fewer for large tables; negative for
	// none.
	Draws int
	Seed  uint64
}

// Stated is what the model of a pool costs and takes; nil where that is not said.
type Stated struct {
	Pool                  []string
	Cost, Memory, Latency *float64
}

// stated is the table with what options say of its pools. Pools that it does not list
// are an error.
func (o *Options) stated(t *Table) (*Table, error) {
	if len(o.Stated) == 0 {
		return t, nil
	}
	out := *t
	out.Pools = slices.Clone(t.Pools)
	for _, s := range o.Stated {
		members, err := t.indices(s.Pool)
		if err != nil {
			return nil, err
		}
		train := solve.SetOf(members...)
		k := slices.IndexFunc(out.Pools, func(p Pool) bool { return p.Train == train })
		if k < 0 {
			return nil, fmt.Errorf("gaintable: there is no pool %s, of which a cost, memory or latency is stated: it was not measured", strings.Join(s.Pool, "+"))
		}
		p := &out.Pools[k]
		for _, x := range []struct{ from, to *float64 }{{s.Cost, &p.Cost}, {s.Memory, &p.Memory}, {s.Latency, &p.Latency}} {
			if x.from == nil {
				continue
			}
			if !(*x.from >= 0 && *x.from <= largest) {
				return nil, fmt.Errorf("gaintable: pool %s: %g must be a number from 0 to %g", strings.Join(s.Pool, "+"), *x.from, float64(largest))
			}
			*x.to = *x.from
		}
	}
	return &out, nil
}

// needs are what pools take at their sites: of a pool that is not listed that is not
// known.
func (t *Table) needs() solve.Needs {
	at := map[solve.Set]int{}
	for k := range t.Pools {
		at[t.Pools[k].Train] = k
	}
	of := func(field func(*Pool) float64) func(solve.Set) float64 {
		return func(train solve.Set) float64 {
			if k, ok := at[train]; ok {
				return field(&t.Pools[k])
			}
			return math.NaN()
		}
	}
	return solve.Needs{
		Memory:  of(func(p *Pool) float64 { return p.Memory }),
		Latency: of(func(p *Pool) float64 { return p.Latency }),
	}
}

// siteNotes say which pools are no candidates since nobody knows what they take.
func (o *Options) siteNotes(t *Table) []string {
	var out []string
	for _, what := range []struct {
		name  string
		limit func(solve.Site) float64
		need  func(*Pool) float64
	}{
		{"memory", func(s solve.Site) float64 { return s.Memory }, func(p *Pool) float64 { return p.Memory }},
		{"latency", func(s solve.Site) float64 { return s.Latency }, func(p *Pool) float64 { return p.Latency }},
	} {
		var sites []string
		unknown := 0
		for _, s := range o.Sites {
			if what.limit(s) == 0 {
				continue
			}
			sites = append(sites, s.Domain)
			j := slices.Index(t.Domains, s.Domain)
			for k := range t.Pools {
				if p := &t.Pools[k]; slices.Contains(p.Serves, j) && math.IsNaN(what.need(p)) {
					unknown++
				}
			}
		}
		if unknown > 0 {
			out = append(out, fmt.Sprintf("Pools whose %s is not stated serve no domain whose site limits it (%s): %s.", what.name, wording.First(sites, 6), wording.Plural(unknown, "case")))
		}
	}
	return out
}

func (o *Options) objective() Objective {
	switch {
	case o.Objective != "":
		return o.Objective
	case len(o.Values) > 0:
		return Value
	}
	return Mean
}

func (o *Options) aversion() float64 {
	if o.Aversion == nil {
		return 1
	}
	return *o.Aversion
}

// validate reports what is wrong with the options for a table.
func (o *Options) validate(t *Table) error {
	switch {
	case !slices.Contains(Objectives, o.objective()):
		return fmt.Errorf("gaintable: there is no objective %q", o.Objective)
	case o.MaxModels < 0:
		return fmt.Errorf("gaintable: %d models at most: must be 1 or more, or 0 for no bound", o.MaxModels)
	case o.Budget != nil && (!(*o.Budget >= 0) || math.IsInf(*o.Budget, 0)):
		return fmt.Errorf("gaintable: budget %g: must be a number from 0 on", *o.Budget)
	case o.Policy != nil && !slices.EqualFunc(o.Policy.Domains(), t.Domains, func(d policy.Domain, name string) bool { return d.Name == name }):
		return fmt.Errorf("gaintable: the policy knows other domains than the table")
	case o.LargestPool < 0:
		return fmt.Errorf("gaintable: pools of at most %d domains: must be 1 or more, or 0 for no bound", o.LargestPool)
	case !(o.aversion() >= 0) || math.IsInf(o.aversion(), 0):
		return fmt.Errorf("gaintable: aversion %g to risk: must be a number from 0 on", o.aversion())
	case len(o.Values) > 0 && o.Objective == Mean:
		return fmt.Errorf("gaintable: the objective %s has no use for values; choose %s", Mean, Value)
	}
	if objective := o.objective(); objective == NoHarm || objective == Risk {
		if !t.limited() {
			return fmt.Errorf("gaintable: the objective %s %w", objective, ErrNoLimits)
		}
	}
	return nil
}

// limited says whether some gain has limits.
func (t *Table) limited() bool {
	for k := range t.Pools {
		for _, lo := range t.Pools[k].Lo {
			if !math.IsNaN(lo) {
				return true
			}
		}
	}
	return false
}

// indices finds domains by their names.
func (t *Table) indices(names []string) ([]int, error) {
	out := make([]int, len(names))
	for i, name := range names {
		at := slices.Index(t.Domains, name)
		if at < 0 {
			return nil, &UnknownDomainError{name, t.Domains}
		}
		out[i] = at
	}
	return out, nil
}

// valued says that the objective counts domains by their values.
func (o *Options) valued() bool { return o.objective() == Value || o.objective() == Risk }

// weights are the shares of the domains in the mean.
func (o *Options) weights(t *Table) ([]float64, error) {
	out := make([]float64, len(t.Domains))
	for j := range out {
		out[j] = 1
	}
	for _, name := range slices.Sorted(maps.Keys(o.Values)) {
		v := o.Values[name]
		at, err := t.indices([]string{name})
		if err != nil {
			return nil, err
		}
		if !(v >= 0) || math.IsInf(v, 0) {
			return nil, fmt.Errorf("gaintable: value %g of %s: must be finite and not negative", v, name)
		}
		if o.valued() {
			out[at[0]] = v
		}
	}
	sum := 0.0
	for _, w := range out {
		sum += w
	}
	if sum == 0 {
		return nil, fmt.Errorf("gaintable: all values are 0, so that every choice is worth the same")
	}
	for j := range out {
		out[j] /= sum
	}
	return out, nil
}
