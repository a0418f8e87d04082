package onnxio

import (
	"fmt"
	"math"
	"slices"
)

// arithmeticOps compute with each element, most of them broadcasting.
var arithmeticOps = []operator{
	{"", "Abs", 1, "X -> Y", "consumed_inputs:ints", sameAsInput},
	{"", "Abs", 6, "X -> Y", "", sameAsInput},
	{"", "Acos", 7, "input -> output", "", sameAsInput},
	{"", "Acosh", 9, "input -> output", "", sameAsInput},
	{"", "Add", 1, "A B -> C", "axis:int broadcast:int consumed_inputs:ints", legacyBroadcast},
	{"", "Add", 6, "A B -> C", "axis:int broadcast:int", legacyBroadcast},
	{"", "Add", 7, "A B -> C", "", arithmetic(number.add)},
	{"", "Asin", 7, "input -> output", "", sameAsInput},
	{"", "Asinh", 9, "input -> output", "", sameAsInput},
	{"", "Atan", 7, "input -> output", "", sameAsInput},
	{"", "Atanh", 9, "input -> output", "", sameAsInput},
	{"", "BitShift", 11, "X Y -> Z", "direction:string!", arithmetic(nil)},
	{"", "BitwiseAnd", 18, "A B -> C", "", arithmetic(nil)},
	{"", "BitwiseNot", 18, "X -> Y", "", sameAsInput},
	{"", "BitwiseOr", 18, "A B -> C", "", arithmetic(nil)},
	{"", "BitwiseXor", 18, "A B -> C", "", arithmetic(nil)},
	{"", "Cast", 1, "input -> output", "to:string!", nil},
	{"", "Cast", 6, "input -> output", "to:int!", cast},
	{"", "BitCast", 26, "input -> output", "to:int!", cast},
	{"", "Cast", 19, "input -> output", "saturate:int to:int!", cast},
	{"", "Cast", 24, "input -> output", "round_mode:string saturate:int to:int!", cast},
	{"", "CastLike", 15, "input target_type -> output", "", castLike},
	{"", "CastLike", 19, "input target_type -> output", "saturate:int", castLike},
	{"", "CastLike", 24, "input target_type -> output", "round_mode:string saturate:int", castLike},
	{"", "CumProd", 26, "x axis -> y", "exclusive:int reverse:int", sameAsInput},
	{"", "Ceil", 1, "X -> Y", "consumed_inputs:ints", rounding},
	{"", "Ceil", 6, "X -> Y", "", rounding},
	{"", "Cos", 7, "input -> output", "", sameAsInput},
	{"", "Cosh", 9, "input -> output", "", sameAsInput},
	{"", "CumSum", 11, "x axis -> y", "exclusive:int reverse:int", cumSum},
	{"", "Det", 11, "X -> Y", "", determinant},
	{"", "Div", 1, "A B -> C", "axis:int broadcast:int consumed_inputs:ints", legacyBroadcast},
	{"", "Div", 6, "A B -> C", "axis:int broadcast:int", legacyBroadcast},
	{"", "Div", 7, "A B -> C", "", division},
	{"", "Erf", 9, "input -> output", "", sameAsInput},
	{"", "Exp", 1, "input -> output", "consumed_inputs:ints", sameAsInput},
	{"", "Exp", 6, "input -> output", "", sameAsInput},
	{"", "Floor", 1, "X -> Y", "consumed_inputs:ints", rounding},
	{"", "Floor", 6, "X -> Y", "", rounding},
	{"", "Log", 1, "input -> output", "consumed_inputs:ints", sameAsInput},
	{"", "Log", 6, "input -> output", "", sameAsInput},
	{"", "Max", 1, "data_0... -> max", "consumed_inputs:ints", variadic},
	{"", "Max", 6, "data_0... -> max", "", variadic},
	{"", "Mean", 1, "data_0... -> mean", "consumed_inputs:ints", variadic},
	{"", "Mean", 6, "data_0... -> mean", "", variadic},
	{"", "Min", 1, "data_0... -> min", "consumed_inputs:ints", variadic},
	{"", "Min", 6, "data_0... -> min", "", variadic},
	{"", "Mod", 10, "A B -> C", "fmod:int", remainder},
	{"", "Mul", 1, "A B -> C", "axis:int broadcast:int consumed_inputs:ints", legacyBroadcast},
	{"", "Mul", 6, "A B -> C", "axis:int broadcast:int", legacyBroadcast},
	{"", "Mul", 7, "A B -> C", "", arithmetic(number.mul)},
	{"", "Neg", 1, "X -> Y", "consumed_inputs:ints", negation},
	{"", "Neg", 6, "X -> Y", "", negation},
	{"", "Pow", 1, "X Y -> Z", "axis:int broadcast:int", legacyBroadcast},
	{"", "Pow", 7, "X Y -> Z", "", power},
	{"", "Reciprocal", 1, "X -> Y", "consumed_inputs:ints", sameAsInput},
	{"", "Reciprocal", 6, "X -> Y", "", sameAsInput},
	{"", "Round", 11, "X -> Y", "", rounding},
	{"", "Sign", 9, "input -> output", "", sameAsInput},
	{"", "Sin", 7, "input -> output", "", sameAsInput},
	{"", "Sinh", 9, "input -> output", "", sameAsInput},
	{"", "Sqrt", 1, "X -> Y", "consumed_inputs:ints", sameAsInput},
	{"", "Sqrt", 6, "X -> Y", "", sameAsInput},
	{"", "Sub", 1, "A B -> C", "axis:int broadcast:int consumed_inputs:ints", legacyBroadcast},
	{"", "Sub", 6, "A B -> C", "axis:int broadcast:int", legacyBroadcast},
	{"", "Sub", 7, "A B -> C", "", arithmetic(number.sub)},
	{"", "Sum", 1, "data_0... -> sum", "consumed_inputs:ints", variadic},
	{"", "Sum", 6, "data_0... -> sum", "", variadic},
	{"", "Tan", 7, "input -> output", "", sameAsInput},
}

// arithmetic broadcasts two inputs of one type. Shape arithmetic is followed
// through f, if given.
func arithmetic(f func(a, b number) number) rule {
	return func(c *call) error {
		dt, err := c.sameType(0, 1)
		if err != nil {
			return err
		}
		shape, err := broadcast(c.shape(0), c.shape(1))
		if err != nil {
			return err
		}
		c.set(0, dt, shape)
		if f != nil && len(shape) <= 1 {
			c.setContent(0, elementwise(c.content(0), c.content(1), f))
		}
		return nil
	}
}

// division follows integers, which truncate, and floats where the quotient is
// exact.
func division(c *call) error {
	if err := c.divides(); err != nil {
		return err
	}
	return arithmetic(func(a, b number) number {
		q := a.div(b)
		if !c.typ(0).IsInteger() && q.mul(b) != a {
			return unknown
		}
		return q
	})(c)
}

// remainder is not followed.
func remainder(c *call) error {
	if err := c.divides(); err != nil {
		return err
	}
	return arithmetic(nil)(c)
}

// divides returns an error where whole numbers are known to be divided by zero, or the
// least of them by -1, whose quotient there is none of. ONNX leaves open what that
// gives; a processor ends the program.
func (c *call) divides() error {
	if !c.typ(0).IsInteger() {
		return nil
	}
	numerators, divisors := c.content(0), c.content(1)
	for _, d := range divisors {
		if d == integer(0) {
			return fmt.Errorf("whole numbers are divided by zero")
		}
		if d == integer(-1) && slices.ContainsFunc(numerators, func(n number) bool {
			return n == integer(math.MinInt64) || n == integer(math.MinInt32) && c.typ(0) == Int32
		}) {
			return fmt.Errorf("the least of all whole numbers is divided by -1, which has no result")
		}
	}
	return nil
}

// power takes its type from the base; the exponent may have another.
func power(c *call) error {
	shape, err := broadcast(c.shape(0), c.shape(1))
	if err != nil {
		return err
	}
	c.set(0, c.typ(0), shape)
	return nil
}

// legacyBroadcast is the broadcasting before operator set 7: the second input
// stretches to the first along given axes.
func legacyBroadcast(c *call) error {
	dt, err := c.sameType(0, 1)
	if err != nil {
		return err
	}
	c.set(0, dt, c.shape(0))
	return nil
}

// variadic broadcasts any number of inputs of one type.
func variadic(c *call) error {
	all := make([]int, len(c.in))
	shapes := make([]Shape, len(c.in))
	for i := range c.in {
		all[i], shapes[i] = i, c.shape(i)
	}
	dt, err := c.sameType(all...)
	if err != nil {
		return err
	}
	shape, err := broadcast(shapes...)
	if err != nil {
		return err
	}
	c.set(0, dt, shape)
	return nil
}

// negation follows shape arithmetic.
func negation(c *call) error {
	if in := c.content(0); in != nil {
		out := make([]number, len(in))
		for i, n := range in {
			out[i] = n.neg()
		}
		c.setContent(0, out)
	}
	return sameAsInput(c)
}

// rounding keeps whole numbers, the only ones that are followed, as they are.
func rounding(c *call) error {
	c.setContent(0, c.content(0))
	return sameAsInput(c)
}

func cast(c *call) error {
	to := DataType(c.node.IntOr("to", 0))
	if !to.valid() {
		return fmt.Errorf("attribute to: %v is no element type", to)
	}
	c.set(0, to, c.shape(0))
	if to != Bool && to != String {
		c.setContent(0, c.content(0))
	}
	return nil
}

func castLike(c *call) error {
	c.set(0, c.typ(1), c.shape(0))
	return nil
}

// determinant drops the last two dimensions, which must be square.
func determinant(c *call) error {
	if err := c.minRank(0, 2); err != nil {
		return err
	}
	s := c.shape(0)
	if s == nil {
		c.set(0, c.typ(0), nil)
		return nil
	}
	c.set(0, c.typ(0), s[:len(s)-2])
	return nil
}

// cumSum adds up along an axis that is a scalar, or a list of one.
func cumSum(c *call) error {
	if dt := c.typ(1); dt != Undefined && dt != Int64 && dt != Int32 {
		return fmt.Errorf("the axis is %v, need %v", dt, Int64)
	}
	return sameAsInput(c)
}
