package training

import (
	"fmt"
	"slices"

	"github.com/sharewise/sharewise/onnxio"
)

// adapter is a change of a layer's output that every domain learns for itself, channel
// by channel: y·(1+scale)+shift. Scale and shift start at zero, so that a trunk with
// adapters starts as the one without, and weight decay pulls them back to that (Perez
// et al.: FiLM, AAAI 2018, eq. 2; Rebuffi, Bilen, Vedaldi: Learning multiple visual
// domains with residual adapters, NeurIPS 2017).
type adapter struct {
	name  string  // of the layer's weight
	shape []int64 // of scale and shift: channels, and ones for what lies behind them
	rows  []int64 // shape after ones for what lies between the batch and channels
	each  int64   // rows of the output that a row of the minibatch has
}

// rowsOf is the part of a minibatch that belongs to a domain.
type rowsOf struct {
	domain string
	rows   int64
}

// findAdapters puts an adapter after every layer whose output has the rows of the
// minibatch in its first dimension: after normalisations, and after a convolution or
// product with a weight that no batch normalisation takes right away. Layers that share
// a weight, as unrolled ones do, share their adapter.
func (t *trunk) findAdapters() error {
	const batch = 1009 // no likely number of anything else
	d := newDraft(t.name, t.opsets)
	d.declareTrunk(t, onnxio.Dim{Size: batch}, t.buffers(""))
	names := t.layNamed(d, t.inputs(), statistics{})
	types, err := d.infer()
	if err != nil {
		return err
	}
	shape := func(value string) []int64 {
		s, _ := shapeOf(types[names[value]])
		return s
	}
	stored, normed := map[string]bool{}, map[string]bool{}
	for _, p := range t.params {
		stored[p.Source] = true
	}
	for _, c := range t.constants {
		stored[c.Name] = true
	}
	for _, n := range t.nodes {
		if n.OpName() == "BatchNormalization" {
			normed[n.Inputs[0]] = true
		}
	}
	t.adapted = map[*onnxio.Node]*adapter{}
	byWeight := map[string]*adapter{}
	positions := map[string]int64{} // by value: rows that a row of the minibatch has
	for _, in := range t.data {
		positions[in.source] = 1
	}
	for _, n := range t.nodes {
		if len(n.Inputs) == 0 {
			continue
		}
		x, y := shape(n.Inputs[0]), shape(n.Outputs[0])
		positions[n.Outputs[0]] = positionsOf(n, positions[n.Inputs[0]], x, y, batch)
		if len(n.Inputs) < 2 || !stored[n.Inputs[1]] || normed[n.Outputs[0]] {
			continue
		}
		axis, each := channelAxis(n.OpName(), len(y)), positions[n.Outputs[0]]
		if axis < 1 || each == 0 {
			continue
		}
		weight := n.Inputs[1]
		key := n.OpName() + " " + weight
		if byWeight[key] == nil {
			a := &adapter{name: weight, shape: []int64{y[axis]}, each: each}
			for range y[axis+1:] {
				a.shape = append(a.shape, 1)
			}
			for range axis - 1 {
				a.rows = append(a.rows, 1)
			}
			a.rows = append(a.rows, a.shape...)
			for i := 2; slices.ContainsFunc(t.adapters, func(b *adapter) bool { return a.name == b.name }); i++ {
				a.name = fmt.Sprintf("%s_%d", weight, i)
			}
			byWeight[key] = a
			t.adapters = append(t.adapters, a)
		}
		if byWeight[key].each == each {
			t.adapted[n] = byWeight[key]
		}
	}
	if len(t.adapters) == 0 {
		return fmt.Errorf("training: %w: no layer of the trunk takes an adapter of each domain: none is a normalisation, a convolution or a product with a stored weight whose first dimension is the batch", ErrConfig)
	}
	return nil
}

// positionsOf is how many rows of a node's output, one after another, belong to a row of
// a minibatch of so many; 0 where that is not known, as where time comes first. The
// input has that many for each, x and y are the shapes of input and output.
func positionsOf(n *onnxio.Node, each int64, x, y []int64, batch int64) int64 {
	switch {
	case len(y) == 0:
		return 0
	case y[0] == batch:
		return 1
	case each == 0 || len(x) == 0:
		return 0
	case y[0] == x[0] && n.OpName() != "Transpose":
		return each
	case n.OpName() == "Reshape" && y[0]%batch == 0:
		return y[0] / batch
	}
	return 0
}

// channelAxis is the dimension of a layer's output, of so many, that channels lie
// along; 0 where the operator is no layer.
func channelAxis(op string, rank int) int {
	switch op {
	case "Conv", "BatchNormalization":
		return min(1, rank-1)
	case "Gemm", "MatMul", "LayerNormalization":
		return rank - 1
	}
	return 0
}

// adaptersOf are the parameters of a domain's adapters, in the order of the layers.
func (t *trunk) adaptersOf(domain string) (params []Param) {
	for _, a := range t.adapters {
		for _, name := range []string{a.scale(domain), a.shift(domain)} {
			params = append(params, Param{Name: name, Shape: a.shape, Init: Init{Rule: "zeros"}, Domain: domain})
		}
	}
	return params
}

func (a *adapter) scale(domain string) string { return scoped(domain, a.name+"/adapter_scale") }
func (a *adapter) shift(domain string) string { return scoped(domain, a.name+"/adapter_shift") }

// adapt appends the adapter of a layer's output, and returns what comes of it. All
// values are named after the domain where there is one, since graphs of several
// domains are joined by names.
func (d *draft) adapt(a *adapter, y string, of []rowsOf) string {
	owner := ""
	if len(of) == 1 {
		owner = of[0].domain
	}
	named := func(what, op string, inputs ...string) string {
		return d.OpNamed(d.Name(scoped(owner, a.name+"/"+what)), op, inputs)
	}
	joined := func(what string, param func(domain string) string) string {
		if len(of) == 1 {
			return param(of[0].domain)
		}
		var parts []string
		for _, r := range of {
			parts = append(parts, d.Op("Expand", []string{param(r.domain), d.Int64s(append([]int64{r.rows * a.each}, a.rows...)...)}))
		}
		return d.OpNamed(d.Name(a.name+"/"+what), "Concat", parts, onnxio.IntAttr("axis", 0))
	}
	factor := named("adapter_factor", "Add", joined("adapter_scales", a.scale), d.Float(1))
	return named("adapted", "Add", named("scaled", "Mul", y, factor), joined("adapter_shifts", a.shift))
}
