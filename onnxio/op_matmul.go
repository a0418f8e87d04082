package onnxio

import (
	"fmt"
)

// matmulOps multiply matrices.
var matmulOps = []operator{
	{"", "Attention", 23, "Q K V attn_mask? past_key? past_value? -> Y present_key? present_value? qk_matmul_output?", "is_causal:int kv_num_heads:int q_num_heads:int qk_matmul_output_mode:int scale:float softcap:float softmax_precision:int", attention},
	{"", "Attention", 24, "Q K V attn_mask? past_key? past_value? nonpad_kv_seqlen? -> Y present_key? present_value? qk_matmul_output?", "is_causal:int kv_num_heads:int q_num_heads:int qk_matmul_output_mode:int scale:float softcap:float softmax_precision:int", attention},
	{"", "Einsum", 12, "Inputs... -> Output", "equation:string!", einsum},
	{"", "Gemm", 1, "A B C -> Y", "alpha:float beta:float broadcast:int transA:int transB:int", gemm},
	{"", "Gemm", 7, "A B C -> Y", "alpha:float beta:float transA:int transB:int", gemm},
	{"", "Gemm", 11, "A B C? -> Y", "alpha:float beta:float transA:int transB:int", gemm},
	{"", "MatMul", 1, "A B -> Y", "", matmul},
	{"", "MatMulInteger", 10, "A B a_zero_point? b_zero_point? -> Y", "", matmulInteger},
	{"", "QLinearMatMul", 10, "a a_scale a_zero_point b b_scale b_zero_point y_scale y_zero_point -> y", "", qlinearMatmul},
}

func matmul(c *call) error {
	dt, err := c.sameType(0, 1)
	if err != nil {
		return err
	}
	return c.multiply(dt, 0, 1)
}

func matmulInteger(c *call) error { return c.multiply(Int32, 0, 1) }

func qlinearMatmul(c *call) error { return c.multiply(c.typ(7), 0, 3) }

// multiply sets output 0 to the product of inputs a and b by NumPy's rule:
// leading dimensions broadcast, a vector is a row on the left and a column on
// the right and leaves no dimension.
func (c *call) multiply(dt DataType, a, b int) error {
	x, y := c.shape(a), c.shape(b)
	if x == nil || y == nil {
		c.set(0, dt, nil)
		return nil
	}
	if len(x) == 0 || len(y) == 0 {
		return fmt.Errorf("shapes %v and %v do not multiply: a scalar is no matrix", x, y)
	}
	row, column := len(x) == 1, len(y) == 1
	if row {
		x = Shape{{Size: 1}, x[0]}
	}
	if column {
		y = Shape{y[0], {Size: 1}}
	}
	inner, other := x[len(x)-1], y[len(y)-2]
	if inner.Known() && other.Known() && inner != other {
		return fmt.Errorf("shapes %v and %v do not multiply: %v against %v", c.shape(a), c.shape(b), inner, other)
	}
	out, err := broadcast(x[:len(x)-2], y[:len(y)-2])
	if err != nil {
		return err
	}
	if !row {
		out = append(out, x[len(x)-2])
	}
	if !column {
		out = append(out, y[len(y)-1])
	}
	c.set(0, dt, out)
	return nil
}

func gemm(c *call) error {
	dt, err := c.sameType(0, 1, 2)
	if err != nil {
		return err
	}
	out := unknownShape(2)
	inner := [2]Dim{{Size: -1}, {Size: -1}}
	for i, trans := range []string{"transA", "transB"} {
		s := c.shape(i)
		if s == nil {
			continue
		}
		if len(s) != 2 {
			return fmt.Errorf("input %d has shape %v, need rank 2", i, s)
		}
		outer := i
		if c.node.IntOr(trans, 0) != 0 {
			outer = 1 - i
		}
		out[i], inner[i] = s[outer], s[1-outer]
	}
	if inner[0].Known() && inner[1].Known() && inner[0] != inner[1] {
		return fmt.Errorf("shapes %v and %v do not multiply: %v against %v", c.shape(0), c.shape(1), inner[0], inner[1])
	}
	if err := broadcastTo(c.shape(2), out); err != nil {
		return err
	}
	c.set(0, dt, out)
	return nil
}

// einsum gives the sizes of the letters of the output. Letters of size 1
// stretch.
func einsum(c *call) error {
	c.set(0, c.typ(0), nil)
	ranks := make([]int, len(c.in))
	for i := range ranks {
		if c.shape(i) == nil {
			return nil
		}
		ranks[i] = len(c.shape(i))
	}
	equation := c.node.StringOr("equation", "")
	terms, output, err := EinsumTerms(equation, ranks)
	if err != nil {
		return err
	}
	sizes := map[rune]Dim{}
	for i, term := range terms {
		for k, letter := range term {
			d, seen := sizes[letter]
			joined, err := broadcast(Shape{d}, Shape{c.shape(i)[k]})
			switch {
			case !seen:
				sizes[letter] = c.shape(i)[k]
			case err != nil:
				return fmt.Errorf("equation %q: %q is %v and %v", equation, letter, d, c.shape(i)[k])
			default:
				sizes[letter] = joined[0]
			}
		}
	}
	out := Shape{}
	for _, letter := range output {
		out = append(out, sizes[letter])
	}
	c.set(0, c.typ(0), out)
	return nil
}

// attention takes queries, keys and values [batch, heads, steps, size], or
// [batch, steps, heads·size] with the heads given as attributes. What is kept
// for later steps stays unknown.
func attention(c *call) error {
	dt, err := c.sameType(0, 1)
	if err != nil {
		return err
	}
	q, v := c.shape(0), c.shape(2)
	switch {
	case q == nil || v == nil:
		c.set(0, dt, nil)
	case len(q) == 4 && len(v) == 4:
		c.set(0, dt, Shape{q[0], q[1], q[2], v[3]})
	case len(q) == 3 && len(v) == 3:
		queries, values := c.node.IntOr("q_num_heads", 0), c.node.IntOr("kv_num_heads", 0)
		if queries < 1 || values < 1 {
			return fmt.Errorf("attributes q_num_heads and kv_num_heads are needed for shapes %v and %v", q, v)
		}
		size := v[2].number().div(integer(values)).mul(integer(queries))
		c.set(0, dt, Shape{q[0], q[1], size.dim()})
	default:
		return fmt.Errorf("queries %v and values %v must both have rank 3 or 4", q, v)
	}
	for i := 1; i < len(c.out); i++ {
		c.set(i, dt, nil)
	}
	return nil
}
