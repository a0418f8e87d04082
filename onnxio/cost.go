package onnxio

import "fmt"

// Cost is what one node takes, for one sample: symbolic dimensions count as
// 1, so that a symbolic batch gives figures per sample.
type Cost struct {
	// Node is the position in Graph.Nodes.
	Node int
	// FLOPs counts floating-point operations, a multiply-add as two, of
	// convolutions, matrix products and recurrent layers; other operators
	// count one per element of their first output (poolings: one per element
	// of each window), which is an order of magnitude and no more. Operators
	// that only move data count none.
	FLOPs int64
	// Params is the number of elements of parameters that this node is the
	// first to read.
	Params int64
	// Exact is false where a shape is unknown, so that FLOPs is missing.
	Exact bool
}

// Costs returns what every node of m's main graph takes. Parameters are the
// float initializers and the inputs for which params, unless nil, reports
// true. Values is what [InferShapes] returns for m.
func Costs(m *Model, values map[string]*Value, params func(name string) bool) []Cost {
	counted := map[string]bool{}
	weight := map[string]int64{}
	for _, t := range m.Graph.Initializers {
		if t.Type.IsFloat() {
			weight[t.Name] = max(elements(t.Shape), 0)
		}
	}
	for _, v := range m.Graph.Inputs {
		if n, ok := perSample(v.Shape); ok && params != nil && params(v.Name) {
			weight[v.Name] = n
		}
	}
	costs := make([]Cost, len(m.Graph.Nodes))
	for i, n := range m.Graph.Nodes {
		c := Cost{Node: i}
		c.FLOPs, c.Exact = flops(n, values)
		for _, name := range n.Inputs {
			if !counted[name] {
				c.Params += weight[name]
				counted[name] = true
			}
		}
		costs[i] = c
	}
	return costs
}

// perSample returns the number of elements with symbols counted as 1; ok is
// false where something is unknown or the number is absurd.
func perSample(s Shape) (n int64, ok bool) {
	if s == nil {
		return 0, false
	}
	n = 1
	for _, d := range s {
		size := d.Size
		if d.Symbol != "" {
			size = max(d.number().coef, 1)
		}
		if n, ok = mulInt(n, size); !ok || size < 0 || n > maxElements {
			return 0, false
		}
	}
	return n, true
}

// movesData lists the operators that compute nothing.
var movesData = map[string]bool{
	"Cast": true, "CastLike": true, "Compress": true, "Concat": true, "Constant": true,
	"ConstantOfShape": true, "DepthToSpace": true, "Dropout": true, "Expand": true,
	"Flatten": true, "Gather": true, "GatherElements": true, "GatherND": true,
	"Identity": true, "OneHot": true, "Pad": true, "Reshape": true,
	"ReverseSequence": true, "ScatterElements": true, "ScatterND": true, "Shape": true,
	"Size": true, "Slice": true, "SpaceToDepth": true, "Split": true, "Squeeze": true,
	"Tile": true, "Transpose": true, "Trilu": true, "Unsqueeze": true, "Where": true,
}

// counter multiplies sizes and remembers whether one was unknown, or the
// product absurd.
type counter struct {
	values map[string]*Value
	lost   bool
}

// shape returns the shape of the value at position i of names, nil if unknown.
func (k *counter) shape(names []string, i int) Shape {
	if i >= len(names) || k.values[names[i]] == nil {
		return nil
	}
	return k.values[names[i]].Shape
}

// size returns the number of elements of s per sample.
func (k *counter) size(s Shape) int64 {
	n, ok := perSample(s)
	k.lost = k.lost || !ok
	return n
}

func (k *counter) times(factors ...int64) int64 {
	n := int64(1)
	for _, f := range factors {
		var ok bool
		if n, ok = mulInt(n, f); !ok {
			k.lost = true
			return 0
		}
	}
	return n
}

// flops estimates the floating-point operations of n; ok is false where shapes
// are unknown.
func flops(n *Node, values map[string]*Value) (count int64, ok bool) {
	k := &counter{values: values}
	if standardDomain(n.Domain) != "" {
		return 0, false
	}
	if count = k.flops(n); k.lost {
		return 0, false
	}
	return count, true
}

func (k *counter) flops(n *Node) int64 {
	if movesData[n.Op] {
		return 0
	}
	in, weights, out := k.shape(n.Inputs, 0), k.shape(n.Inputs, 1), k.shape(n.Outputs, 0)
	switch n.Op {
	case "Conv", "ConvInteger":
		// Every output element adds up one kernel: weights [M, C/group, k...].
		return k.times(2, k.size(out), k.size(tail(weights, 1)))
	case "ConvTranspose":
		// Every input element goes into one kernel: weights [C, M/group, k...].
		return k.times(2, k.size(in), k.size(tail(weights, 1)))
	case "MatMul", "MatMulInteger":
		return k.times(2, k.size(out), k.size(tail(in, len(in)-1)))
	case "Gemm":
		inner := tail(in, 1)
		if n.IntOr("transA", 0) != 0 && inner != nil {
			inner = in[:1]
		}
		return k.times(2, k.size(out), k.size(inner))
	case "AveragePool", "MaxPool", "LpPool":
		return k.times(k.size(out), elements(n.IntsOr("kernel_shape", nil)))
	case "LSTM", "GRU", "RNN":
		// The matrix products of all steps: weights [dirs, gates·H, in] and
		// [dirs, gates·H, H].
		if len(in) != 3 {
			k.lost = true
			return 0
		}
		return k.times(2, k.size(in[:2]), k.size(weights)+k.size(k.shape(n.Inputs, 2)))
	case "If", "Loop", "Scan", "Einsum", "Attention":
		k.lost = true
		return 0
	}
	// Reductions and the like read more than they write.
	if in == nil {
		return k.size(out)
	}
	return max(k.size(out), k.size(in))
}

// tail returns s[from:], nil if s is too short.
func tail(s Shape, from int) Shape {
	if from < 0 || from >= len(s) {
		return nil
	}
	return s[from:]
}

// Totals adds up costs. Exact is true if all are.
func Totals(costs []Cost) Cost {
	t := Cost{Node: -1, Exact: true}
	for _, c := range costs {
		t.FLOPs += c.FLOPs
		t.Params += c.Params
		t.Exact = t.Exact && c.Exact
	}
	return t
}

// FormatCount writes n with three digits and a unit: 12, 3.14k, 1.20M.
func FormatCount(n int64) string {
	v, unit := float64(n), ""
	for _, u := range []string{"k", "M", "G", "T"} {
		if v < 999.5 {
			break
		}
		v, unit = v/1000, u
	}
	switch {
	case unit == "":
		return fmt.Sprintf("%d", n)
	case v < 9.995:
		return fmt.Sprintf("%.2f%s", v, unit)
	case v < 99.95:
		return fmt.Sprintf("%.1f%s", v, unit)
	}
	return fmt.Sprintf("%.0f%s", v, unit)
}
