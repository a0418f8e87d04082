package economics

import (
	"fmt"
	"math"
)

// Case is what is to be decided.
type Case struct {
	Prices  Prices
	Domains []Domain
	// Options are what there is to choose from. The first is the reference.
	Options []Option
	// Centre is what is expected of each cell, Draws are joint draws of all cells.
	Centre []float64
	Draws  [][]float64
	// Level is the coverage of limits; 0 stands for 0.95.
	Level float64
}

// Domain is what a domain's gains are worth, and how much it is used.
type Domain struct {
	Name string
	// Value is what a unit of gain is worth a month or, where it is PerDecision, at
	// every decision.
	Value float64
	// Decisions is the number of samples that are served a month.
	Decisions   float64
	PerDecision bool
	// Unit says what values are given in, such as "EUR per point and month"; where
	// it is empty a value is no input by itself, and can only be multiplied.
	Unit string
}

// monthly is what a unit of gain is worth a month.
func (d *Domain) monthly() float64 {
	if d.PerDecision {
		return d.Value * d.Decisions
	}
	return d.Value
}

// Option is a set of models that together serve every domain once.
type Option struct {
	Name   string
	Rung   string
	Models []Model
}

// Model serves some domains.
type Model struct {
	Members []int // indices of domains
	// Terms say what its domains gain, in comparison with the reference.
	Terms []Term
	// Seconds is the time of a training, FLOPs what serving a sample takes,
	// Bytes the size of the model.
	Seconds float64
	FLOPs   float64
	Bytes   float64
	// Running says that the model is in use already.
	Running bool
}

// Term adds a cell, times a weight, to what a domain gains.
type Term struct {
	Domain, Cell int
	Weight       float64
}

// Validate reports what is wrong with the case.
func (c *Case) Validate() error {
	if err := c.Prices.Validate(); err != nil {
		return err
	}
	if len(c.Options) < 2 {
		return fmt.Errorf("economics: %w", ErrNoOptions)
	}
	if c.Level != 0 && !(c.Level > 0 && c.Level < 1) {
		return fmt.Errorf("economics: level %v is not between 0 and 1", c.Level)
	}
	worth := false
	for _, d := range c.Domains {
		if !finite(d.Value) || d.Value < 0 || !finite(d.Decisions) || d.Decisions < 0 {
			return fmt.Errorf("economics: domain %s has the value %v and %v decisions a month: want finite numbers of 0 or more", d.Name, d.Value, d.Decisions)
		}
		worth = worth || d.Value > 0
	}
	if !worth {
		return fmt.Errorf("economics: %w", ErrNoValue)
	}
	if len(c.Draws) == 0 {
		return fmt.Errorf("economics: no draws")
	}
	for i, d := range append([][]float64{c.Centre}, c.Draws...) {
		if len(d) != len(c.Centre) {
			return fmt.Errorf("economics: draw %d has %d cells instead of %d", i-1, len(d), len(c.Centre))
		}
		for k, x := range d {
			if !finite(x) {
				return fmt.Errorf("economics: draw %d: cell %d is %v", i-1, k, x)
			}
		}
	}
	for _, o := range c.Options {
		if err := o.validate(c); err != nil {
			return fmt.Errorf("economics: option %s: %w", o.Name, err)
		}
	}
	return nil
}

func (o *Option) validate(c *Case) error {
	served := make([]int, len(c.Domains))
	for _, m := range o.Models {
		for _, j := range m.Members {
			if j < 0 || j >= len(served) {
				return fmt.Errorf("serves domain %d of %d", j, len(served))
			}
			served[j]++
		}
		for _, t := range m.Terms {
			if t.Domain < 0 || t.Domain >= len(served) || t.Cell < 0 || t.Cell >= len(c.Centre) || !finite(t.Weight) {
				return fmt.Errorf("has a term with domain %d, cell %d and weight %v", t.Domain, t.Cell, t.Weight)
			}
		}
		for _, x := range []float64{m.Seconds, m.FLOPs, m.Bytes} {
			if !finite(x) || x < 0 {
				return fmt.Errorf("has a model with %v seconds of training, %v operations a sample and %v bytes", m.Seconds, m.FLOPs, m.Bytes)
			}
		}
	}
	for j, n := range served {
		if n != 1 {
			return fmt.Errorf("serves domain %s by %d models", c.Domains[j].Name, n)
		}
	}
	return nil
}

func (c *Case) level() float64 {
	if c.Level == 0 {
		return 0.95
	}
	return c.Level
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
