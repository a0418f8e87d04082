package gaintable

import (
	"fmt"
	"math"
	"slices"

	"github.com/sharewise/sharewise/analysis/policy"
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
	// Policy forbids pools beside them; its domains are those of the table, see
	// [Table.Govern].
	Policy *policy.Checker
	// Extrapolate values pools that the table does not list by their pairs.
	Extrapolate bool
	// Draws is the number of draws of gains that stability is read from, where
	// gains have limits; 0 stands for 200, or fewer for large tables; negative for
	// none.
	Draws int
	Seed  uint64
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
			return fmt.Errorf("gaintable: the objective %s needs limits: no row has lo and hi", objective)
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

// weights are the shares of the domains in the mean.
func (o *Options) weights(t *Table) ([]float64, error) {
	out := make([]float64, len(t.Domains))
	for j := range out {
		out[j] = 1
	}
	if objective := o.objective(); objective == Value || objective == Risk {
		for name, v := range o.Values {
			at, err := t.indices([]string{name})
			if err != nil {
				return nil, err
			}
			if !(v >= 0) || math.IsInf(v, 0) {
				return nil, fmt.Errorf("gaintable: value %g of %s: must be finite and not negative", v, name)
			}
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
