package onnxio

import (
	"fmt"
)

// comparisonOps give truth values or choose by them.
var comparisonOps = []operator{
	{"", "And", 1, "A B -> C", "axis:int broadcast:int", legacyComparison},
	{"", "And", 7, "A B -> C", "", comparison},
	{"", "Equal", 1, "A B -> C", "axis:int broadcast:int", legacyComparison},
	{"", "Equal", 7, "A B -> C", "", comparison},
	{"", "Greater", 1, "A B -> C", "axis:int broadcast:int", legacyComparison},
	{"", "Greater", 7, "A B -> C", "", comparison},
	{"", "GreaterOrEqual", 12, "A B -> C", "", comparison},
	{"", "IsInf", 10, "X -> Y", "detect_negative:int detect_positive:int", predicate},
	{"", "IsNaN", 9, "X -> Y", "", predicate},
	{"", "Less", 1, "A B -> C", "axis:int broadcast:int", legacyComparison},
	{"", "Less", 7, "A B -> C", "", comparison},
	{"", "LessOrEqual", 12, "A B -> C", "", comparison},
	{"", "Not", 1, "X -> Y", "", predicate},
	{"", "Or", 1, "A B -> C", "axis:int broadcast:int", legacyComparison},
	{"", "Or", 7, "A B -> C", "", comparison},
	{"", "Where", 9, "condition X Y -> output", "", where},
	{"", "Xor", 1, "A B -> C", "axis:int broadcast:int", legacyComparison},
	{"", "Xor", 7, "A B -> C", "", comparison},
}

func comparison(c *call) error {
	if _, err := c.sameType(0, 1); err != nil {
		return err
	}
	shape, err := broadcast(c.shape(0), c.shape(1))
	if err != nil {
		return err
	}
	c.set(0, Bool, shape)
	if c.node.Op == "Equal" && len(shape) <= 1 {
		c.setContent(0, elementwise(c.content(0), c.content(1), equalNumbers))
	}
	return nil
}

// equalNumbers is 1 for true and 0 for false. Sizes are never negative, so a
// symbol differs from every negative number.
func equalNumbers(a, b number) number {
	va, oka := a.value()
	vb, okb := b.value()
	switch {
	case !a.known || !b.known:
		return unknown
	case a == b:
		return integer(1)
	case oka && okb, oka && va < 0, okb && vb < 0:
		return integer(0)
	}
	return unknown
}

func legacyComparison(c *call) error {
	c.set(0, Bool, c.shape(0))
	return nil
}

func predicate(c *call) error {
	c.set(0, Bool, c.shape(0))
	return nil
}

func where(c *call) error {
	if t := c.typ(0); t != Undefined && t != Bool {
		return fmt.Errorf("condition must be bool, but is %v", t)
	}
	dt, err := c.sameType(1, 2)
	if err != nil {
		return err
	}
	shape, err := broadcast(c.shape(0), c.shape(1), c.shape(2))
	if err != nil {
		return err
	}
	c.set(0, dt, shape)
	if len(shape) <= 1 {
		c.setContent(0, choose(c.content(0), c.content(1), c.content(2)))
	}
	return nil
}

// choose picks from a where cond is 1 and from b where it is 0.
func choose(cond, a, b []number) []number {
	n := max(len(cond), len(a), len(b))
	for _, x := range [][]number{cond, a, b} {
		if x == nil || len(x) != n && len(x) != 1 {
			return nil
		}
	}
	out := make([]number, n)
	for i := range out {
		x, y := a[min(i, len(a)-1)], b[min(i, len(b)-1)]
		switch c := cond[min(i, len(cond)-1)]; {
		case c.is(1), x == y:
			out[i] = x
		case c.is(0):
			out[i] = y
		}
	}
	return out
}
