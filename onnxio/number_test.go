package onnxio

import (
	"math"
	"testing"
)

func TestNumber(t *testing.T) {
	n, m := Sym("N").number(), Sym("M").number()
	three := integer(3)
	tests := []struct {
		name string
		got  number
		want string // as a dimension
	}{
		{"N", n, "N"},
		{"N·M", n.mul(m), "M*N"},
		{"M·N", m.mul(n), "M*N"},
		{"3·N·M", three.mul(n).mul(m), "3*M*N"},
		{"parsed product", Sym("M*3*N").number(), "3*M*N"},
		{"an expression of others", Sym("floor(N*2/3)").number().mul(three), "3*floor(N*2/3)"},
		{"0·N", integer(0).mul(n), "0"},
		{"0·?", unknown.mul(integer(0)), "0"},
		{"?·3", unknown.mul(three), "?"},
		{"6N/3", integer(6).mul(n).div(three), "2*N"},
		{"N/3", n.div(three), "?"},
		{"6N/3N", integer(6).mul(n).div(three.mul(n)), "2"},
		{"N/M", n.div(m), "?"},
		{"N·M/M", n.mul(m).div(m), "N"},
		{"7/3", integer(7).div(three), "2"},
		{"7/0", integer(7).div(integer(0)), "?"},
		{"N+N", n.add(n), "2*N"},
		{"N+M", n.add(m), "?"},
		{"N+1", n.add(integer(1)), "?"},
		{"N+0", n.add(integer(0)), "N"},
		{"N−N", n.sub(n), "0"},
		{"N−2N", n.sub(n.add(n)), "?"},
		{"5−3", integer(5).sub(three), "2"},
		{"overflow of a product", integer(math.MaxInt64).mul(three), "?"},
		{"overflow of a sum", integer(math.MaxInt64).add(three), "?"},
		{"smallest integer, negated", integer(math.MinInt64).neg(), "?"},
		{"many symbols", func() number {
			p := n
			for range 10 {
				p = p.mul(p)
			}
			return p
		}(), "?"},
	}
	for _, tt := range tests {
		if got := tt.got.dim().String(); got != tt.want {
			t.Errorf("%s = %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestElements(t *testing.T) {
	tests := []struct {
		dims []int64
		want int64
	}{
		{nil, 1},
		{[]int64{2, 3}, 6},
		{[]int64{1 << 40, 0}, 0},
		{[]int64{0, 1 << 62}, 0},
		{[]int64{2, -1}, -1},
		{[]int64{0, -1}, -1},
		{[]int64{1 << 40, 1 << 40}, -1},
		{[]int64{math.MaxInt64}, -1},
	}
	for _, tt := range tests {
		if got := elements(tt.dims); got != tt.want {
			t.Errorf("elements(%v) = %d, want %d", tt.dims, got, tt.want)
		}
	}
}
