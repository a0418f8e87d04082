package onnxio

import (
	"slices"
	"strconv"
	"strings"
)

// number is an element of an integer tensor during shape inference: a known
// integer, a known multiple of symbols such as 4·N, or unknown (the zero
// value). Sizes of dimensions are numbers too.
//
// A multiple of symbols is written into [Dim.Symbol] as "4*N", symbols sorted,
// so that equal texts mean equal sizes.
type number struct {
	known bool
	coef  int64
	syms  string // sorted symbols joined by "*"; empty for an integer
}

var unknown number

// maxFactors bounds products of symbols, which a hostile file could double
// with every node.
const maxFactors = 16

// integer returns the number of value v.
func integer(v int64) number { return number{known: true, coef: v} }

// number returns d's size as a number.
func (d Dim) number() number {
	if d.Symbol == "" {
		if d.Size < 0 {
			return unknown
		}
		return integer(d.Size)
	}
	if strings.ContainsAny(d.Symbol, "()+-/ ") {
		return number{known: true, coef: 1, syms: d.Symbol} // an expression of somebody else's
	}
	n := integer(1)
	for _, factor := range strings.Split(d.Symbol, "*") {
		if k, err := strconv.ParseInt(factor, 10, 64); err == nil {
			n = n.mul(integer(k))
		} else {
			n = n.mul(number{known: true, coef: 1, syms: factor})
		}
	}
	return n
}

// dim returns n as a size. A negative number is no size: it gives an unknown
// one.
func (n number) dim() Dim {
	switch {
	case !n.known || n.coef < 0:
		return Dim{Size: -1}
	case n.syms == "" || n.coef == 0:
		return Dim{Size: n.coef}
	case n.coef == 1:
		return Sym(n.syms)
	}
	return Sym(strconv.FormatInt(n.coef, 10) + "*" + n.syms)
}

// value returns the integer that n is, if it is one.
func (n number) value() (v int64, ok bool) {
	return n.coef, n.known && n.syms == ""
}

// is reports whether n is known to be v.
func (n number) is(v int64) bool { return n == integer(v) }

func (n number) mul(m number) number {
	switch {
	case n.is(0) || m.is(0):
		return integer(0)
	case !n.known || !m.known:
		return unknown
	}
	coef, ok := mulInt(n.coef, m.coef)
	if !ok {
		return unknown
	}
	factors := append(n.factors(), m.factors()...)
	if len(factors) > maxFactors {
		return unknown
	}
	slices.Sort(factors)
	return number{known: true, coef: coef, syms: strings.Join(factors, "*")}
}

// div returns n/m where that is exact or both are integers, truncated as ONNX
// divides integers; otherwise unknown.
func (n number) div(m number) number {
	if !n.known || !m.known || m.coef == 0 || n.syms != "" && n.coef%m.coef != 0 {
		return unknown
	}
	left := n.factors()
	for _, f := range m.factors() {
		i := slices.Index(left, f)
		if i < 0 {
			return unknown
		}
		left = slices.Delete(left, i, i+1)
	}
	return number{known: true, coef: n.coef / m.coef, syms: strings.Join(left, "*")}
}

// add returns n+m where the symbols agree or one is an integer zero.
func (n number) add(m number) number {
	switch {
	case n.is(0):
		return m
	case m.is(0):
		return n
	case !n.known || !m.known || n.syms != m.syms:
		return unknown
	}
	sum := n.coef + m.coef
	if (sum > n.coef) != (m.coef > 0) {
		return unknown
	}
	if sum == 0 {
		return integer(0)
	}
	return number{known: true, coef: sum, syms: n.syms}
}

func (n number) neg() number { return n.mul(integer(-1)) }

func (n number) sub(m number) number { return n.add(m.neg()) }

func (n number) factors() []string {
	if n.syms == "" {
		return nil
	}
	if strings.ContainsAny(n.syms, "()+-/ ") {
		return []string{n.syms}
	}
	return strings.Split(n.syms, "*")
}

// mulInt multiplies and reports whether the product stayed within bounds.
func mulInt(a, b int64) (int64, bool) {
	if a == 0 || b == 0 {
		return 0, true
	}
	p := a * b
	return p, p/b == a && !(a == -1 && b == p) && !(b == -1 && a == p)
}

// product returns the product of the sizes in s.
func product(s Shape) number {
	n := integer(1)
	for _, d := range s {
		n = n.mul(d.number())
	}
	return n
}
