package finetune

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/training"
)

// Adapters asks for low-rank adapters: a layer with weight W becomes one with
// W + (Alpha/Rank)·B·A, where A has Rank rows, B Rank columns and only these
// two train (Hu and others: LoRA: Low-Rank Adaptation of Large Language Models,
// ICLR 2022, section 4.1). A starts with normal numbers and B with zeros, so
// that training begins at the model as it was. The paper does not say how wide
// A is drawn; here it is the standard deviation 1/√(inputs).
type Adapters struct {
	// Rank of the change, at least 1; 0 means no adapters.
	Rank int
	// Alpha scales the change; 0 stands for Rank, so that the factor is 1.
	Alpha float64
	// Match has patterns of names of weights or of nodes, as
	// training.Config.Freeze has them. None stands for all layers.
	Match []string
}

func (a Adapters) factor() float32 {
	if a.Alpha == 0 {
		return 1
	}
	return float32(a.Alpha / float64(a.Rank))
}

func (a Adapters) validate() error {
	switch {
	case a.Rank < 0:
		return fmt.Errorf("finetune: %w: adapters of rank %d; give 1 or more, 0 for none", ErrConfig, a.Rank)
	case !(a.Alpha >= 0) || a.Alpha > math.MaxFloat32:
		return fmt.Errorf("finetune: %w: adapters scaled by %g; give a number above 0", ErrConfig, a.Alpha)
	}
	return nil
}

// Suffixes of the names of an adapter's parameters, behind that of the weight.
const (
	suffixA = ".lora_A"
	suffixB = ".lora_B"
)

// Adapt gives layers of m adapters and marks all other parameters as frozen. It
// returns the names of the weights that have one, and of those that match and
// are so small that an adapter of this rank would not be smaller.
//
// Gemm, MatMul with a matrix on the right, and Conv are adapted. The adapter
// of a product is x·A·B beside x·W, with A [in, rank] and B [rank, out]; that of
// a convolution is one to rank channels in every group, then one of kernel 1.
// m is changed.
func Adapt(m *onnxio.Model, a Adapters) (adapted, small []string, err error) {
	if err := a.validate(); err != nil {
		return nil, nil, err
	}
	g := newGraph(m)
	matched := make([]bool, len(a.Match))
	names := map[adapterKey]string{}
	b := onnxio.NewBuilder(m.Graph)
	nodes := m.Graph.Nodes
	m.Graph.Nodes = nil
	var weights []string
	for _, n := range nodes {
		w, input, ok := g.weight(n)
		if !ok || !adaptable(n, w.shape, input) {
			m.Graph.Nodes = append(m.Graph.Nodes, n)
			continue
		}
		weights = append(weights, w.param)
		selected, err := a.selects(w.param, n.Name, matched)
		if err != nil {
			return nil, nil, err
		}
		rows, cols := sides(n, w.shape)
		switch {
		case !selected:
			m.Graph.Nodes = append(m.Graph.Nodes, n)
		case int64(a.Rank)*(rows+cols) >= rows*cols:
			m.Graph.Nodes = append(m.Graph.Nodes, n)
			small = append(small, w.param)
		default:
			// Nodes that use a weight alike share its adapter.
			key := adapterKey{w.param, n.OpName(), w.turned, n.IntOr("group", 1)}
			name, ok := names[key]
			if !ok {
				name = w.param
				for i := 2; m.Graph.Input(name+suffixA) != nil || m.Graph.Initializer(name+suffixA) != nil; i++ {
					name = fmt.Sprintf("%s_%d", w.param, i)
				}
				names[key] = name
				adapted = append(adapted, w.param)
				declare(m, b, n, w, name, a.Rank)
			}
			beside(b, n, name, a.factor())
		}
	}
	for i, ok := range matched {
		if !ok {
			return nil, nil, fmt.Errorf("finetune: adapters: %w", &training.NoMatchError{Pattern: a.Match[i], Params: weights})
		}
	}
	if len(adapted) == 0 {
		return nil, nil, fmt.Errorf("finetune: %w: no layer takes an adapter of rank %d; weights are %s", ErrConfig, a.Rank, strings.Join(slices.Compact(weights), ", "))
	}
	for param := range g.params {
		m.SetProperty(training.FreezeProperty+param, "")
	}
	slices.SortFunc(m.Metadata, func(a, b onnxio.Property) int { return strings.Compare(a.Key, b.Key) })
	return adapted, small, nil
}

// adapterKey says what nodes have in common that share an adapter.
type adapterKey struct {
	param, op string
	turned    bool
	group     int64
}

func (a Adapters) selects(weight, node string, matched []bool) (selected bool, err error) {
	for i, pattern := range a.Match {
		for _, name := range []string{weight, node} {
			ok, err := training.Matches(pattern, name)
			if err != nil {
				return false, fmt.Errorf("finetune: %w: pattern %q of adapters: %w", ErrConfig, pattern, err)
			}
			matched[i] = matched[i] || ok
			selected = selected || ok
		}
	}
	return selected || len(a.Match) == 0, nil
}

// adaptable reports whether a layer can have an adapter.
func adaptable(n *onnxio.Node, shape []int64, input int) bool {
	switch n.OpName() {
	case "Gemm", "MatMul":
		return input == 1 && len(shape) == 2
	case "Conv":
		return len(shape) > 2
	}
	return false
}

// sides are the outputs and inputs of one group of a layer's matrix.
func sides(n *onnxio.Node, shape []int64) (rows, cols int64) {
	if n.OpName() == "Conv" {
		return shape[0] / n.IntOr("group", 1), product(shape[1:])
	}
	return shape[len(shape)-1], shape[len(shape)-2]
}

// adapterShapes are the shapes of A and B of an adapter of a layer whose weight
// has the given shape as the layer sees it.
func adapterShapes(n *onnxio.Node, weight []int64, rank int64) (a, b []int64) {
	if n.OpName() == "Conv" {
		a = append([]int64{rank * n.IntOr("group", 1)}, weight[1:]...)
		return a, append([]int64{weight[0], rank}, slices.Repeat([]int64{1}, len(weight)-2)...)
	}
	rows, cols := sides(n, weight)
	return []int64{cols, rank}, []int64{rank, rows}
}

// declare adds the parameters of a layer's adapter, which start as training
// draws them.
func declare(m *onnxio.Model, b *onnxio.Builder, n *onnxio.Node, w operand, name string, rank int) {
	_, inputs := sides(n, w.shape)
	shapeA, shapeB := adapterShapes(n, w.shape, int64(rank))
	for _, p := range []struct {
		name  string
		shape []int64
		init  training.Init
	}{
		{name + suffixA, shapeA, training.Init{Rule: "normal", Scale: 1 / math.Sqrt(float64(inputs))}},
		{name + suffixB, shapeB, training.Init{Rule: "zeros"}},
	} {
		m.Graph.Inputs = append(m.Graph.Inputs, &onnxio.Value{Name: p.name, Type: onnxio.Float32, Shape: onnxio.Static(p.shape...)})
		b.Name(p.name)
		m.SetProperty(training.InitProperty+p.name, p.init.String())
	}
}

// beside appends a node, and its adapter beside it.
func beside(b *onnxio.Builder, n *onnxio.Node, adapter string, factor float32) {
	g := b.Graph()
	y := n.Outputs[0]
	base := b.Name(y + "/base")
	n = n.Clone()
	n.Outputs[0] = base
	g.Nodes = append(g.Nodes, n)
	var change string
	if n.OpName() == "Conv" {
		var attrs []*onnxio.Attribute
		for _, a := range n.Attrs {
			attrs = append(attrs, a.Clone())
		}
		change = b.Op("Conv", []string{n.Inputs[0], adapter + suffixA}, attrs...)
		change = b.Op("Conv", []string{change, adapter + suffixB}, onnxio.IntAttr("group", n.IntOr("group", 1)))
	} else {
		change = b.Op("MatMul", []string{n.Inputs[0], adapter + suffixA})
		change = b.Op("MatMul", []string{change, adapter + suffixB})
	}
	if factor != 1 {
		change = b.Op("Mul", []string{change, b.Float(factor)})
	}
	b.OpNamed(y, "Add", []string{base, change})
}

// IsAdapter reports whether a parameter is one of those that Adapt adds, by its name.
func IsAdapter(name string) bool {
	return strings.HasSuffix(name, suffixA) || strings.HasSuffix(name, suffixB)
}
