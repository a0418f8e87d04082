package study

import (
	"fmt"
	"strings"
)

// namedOptimizer is an update rule as the study sees it: package training
// appends it to the graphs.
type namedOptimizer struct {
	name          string
	rate, epsilon float64 // where the study says nothing
	// used copies the settings that the rule takes, but name and decay.
	used func(from, to *Optimizer)
}

var namedOptimizers = []namedOptimizer{
	{"adamw", 0.001, 1e-8, moments},
	{"sgd", 0.05, 1e-8, func(from, to *Optimizer) {
		to.Momentum, to.Nesterov = from.Momentum, from.Nesterov && from.Momentum > 0
	}},
	{"adam", 0.001, 1e-8, moments},
	{"adagrad", 0.01, 1e-10, func(from, to *Optimizer) { to.Epsilon = from.Epsilon }},
}

func moments(from, to *Optimizer) {
	to.Beta1, to.Beta2, to.Epsilon = from.Beta1, from.Beta2, from.Epsilon
}

func findOptimizer(name string) namedOptimizer {
	for _, o := range namedOptimizers {
		if o.name == name {
			return o
		}
	}
	return namedOptimizers[0]
}

// Optimizers lists the update rules that a study can name.
func Optimizers() []string {
	var names []string
	for _, o := range namedOptimizers {
		names = append(names, o.name)
	}
	return names
}

// Used leaves out the settings of other update rules.
func (o Optimizer) Used() Optimizer {
	out := Optimizer{Name: o.Name, WeightDecay: o.WeightDecay}
	findOptimizer(o.Name).used(&o, &out)
	return out
}

// SetOptimizer changes the update rule, and the rate and the settings with it
// whose defaults are its own.
func (t *Training) SetOptimizer(name string) {
	t.Optimizer.Name, t.Rate, t.Optimizer.Epsilon = name, 0, 0
	t.complete()
}

// complete fills in what depends on the update rule.
func (t *Training) complete() {
	o := findOptimizer(t.Optimizer.Name)
	if t.Rate == 0 {
		t.Rate = o.rate
	}
	if t.Optimizer.Epsilon == 0 {
		t.Optimizer.Epsilon = o.epsilon
	}
}

// defaultRates describes the defaults for the reference.
func defaultRates() string {
	var parts []string
	for _, o := range namedOptimizers {
		parts = append(parts, fmt.Sprintf("%g for %s", o.rate, o.name))
	}
	return strings.Join(parts, ", ")
}
