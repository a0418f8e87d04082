package onnxio

import (
	"fmt"
	"slices"
)

// Bounds of what Upgrade reads and writes.
const (
	minUpgrade = 6
	maxUpgrade = 17
)

// Upgrade returns m rewritten for standard operator set to, 13 to 17. A model
// that is as new or newer comes back as a copy. Exporters still write operator
// sets from 7 on, and old ones wrote 6; what is needed for training exists from 13 on.
//
// Results stay the same. What newer operator sets take as inputs (axes, bounds,
// pads, ratios) becomes constants of the main graph, Upsample becomes Resize,
// a Softmax over several dimensions is spelled out. Files below IR version 4
// had to list initializers as inputs too: these inputs go. A node that cannot
// be rewritten is a [*NodeError].
func Upgrade(m *Model, to int64) (*Model, error) {
	from := m.Opset("")
	c := m.Clone()
	if from >= to {
		return c, nil
	}
	if from < minUpgrade || to < 13 || to > maxUpgrade {
		return nil, fmt.Errorf("upgrade: operator set %d to %d; can do %d and newer to 13 ... %d", from, to, minUpgrade, maxUpgrade)
	}
	if m.Graph == nil {
		return nil, fmt.Errorf("upgrade: %w: no graph", ErrFormat)
	}
	scopes, err := scopesOf(m)
	if err != nil {
		return nil, fmt.Errorf("upgrade: %w", err)
	}
	if c.IRVersion < 4 {
		c.Graph.Inputs = slices.DeleteFunc(c.Graph.Inputs, func(v *Value) bool { return c.Graph.Initializer(v.Name) != nil })
	}
	u := &upgrader{from: from, to: to, b: NewBuilder(c.Graph), scopes: scopes, made: map[string]string{}}
	if err := u.graph(c.Graph, m.Graph); err != nil {
		return nil, fmt.Errorf("upgrade: %w", err)
	}
	c.Graph.Nodes = append(u.constants, c.Graph.Nodes...)
	for i := range c.Opsets {
		if standardDomain(c.Opsets[i].Domain) == "" {
			c.Opsets[i].Version = to
		}
	}
	c.IRVersion = max(c.IRVersion, 8)
	if err := Check(c); err != nil {
		return nil, fmt.Errorf("upgrade: %w", err)
	}
	return c, nil
}

// upgrader rewrites the nodes of a copy of a model.
type upgrader struct {
	from, to int64
	b        *Builder // of the main graph, where all constants go
	scopes   map[*Graph]*scope
	values   *scope // of the graph at hand

	constants []*Node // to put before all others
	made      map[string]string
}

// upgradeStep is one row of the table: nodes of op from before operator set
// since are rewritten into the nodes returned. Steps of one operator apply in
// the order of the table.
type upgradeStep struct {
	op      string
	since   int64
	rewrite func(u *upgrader, n *Node) ([]*Node, error)
}

var upgradeSteps = []upgradeStep{
	{"Add", 7, broadcastFrom},
	{"And", 7, broadcastFrom},
	{"BatchNormalization", 7, dropTest},
	{"BatchNormalization", 9, dropSpatial},
	{"BatchNormalization", 14, trainingMode},
	{"Clip", 11, clipBounds},
	{"Div", 7, broadcastFrom},
	{"Dropout", 7, dropTest},
	{"Dropout", 12, dropoutRatio},
	{"Equal", 7, broadcastFrom},
	{"GRU", 7, wholeSequence},
	{"Gemm", 7, dropBroadcast},
	{"Greater", 7, broadcastFrom},
	{"Hardmax", 13, softmaxAxis},
	{"LSTM", 7, wholeSequence},
	{"Less", 7, broadcastFrom},
	{"LogSoftmax", 13, softmaxAxis},
	{"Mul", 7, broadcastFrom},
	{"Or", 7, broadcastFrom},
	{"PRelu", 7, slopePerChannel},
	{"Pad", 11, padInputs},
	{"Pow", 7, broadcastFrom},
	{"RNN", 7, wholeSequence},
	{"ReduceSum", 13, listInputs("axes")},
	{"Resize", 11, toResize},
	{"RoiAlign", 16, roiAlignMode},
	{"Scan", 9, refuse("its batch dimension went away")},
	{"Scatter", 11, renamed("ScatterElements")},
	{"Slice", 10, listInputs("starts", "ends", "axes")},
	{"Softmax", 13, softmaxAxis},
	{"Split", 13, listInputs("split")},
	{"Squeeze", 13, listInputs("axes")},
	{"Sub", 7, broadcastFrom},
	{"TopK", 10, topKInput},
	{"Unsqueeze", 13, listInputs("axes")},
	{"Upsample", 7, refuse("its scales had other names; export it again")},
	{"Upsample", 10, toResize},
	{"Xor", 7, broadcastFrom},
}

// graph rewrites g, a copy of old.
func (u *upgrader) graph(g, old *Graph) error {
	outer := u.values
	u.values = u.scopes[old]
	defer func() { u.values = outer }()

	var nodes []*Node
	for i, n := range g.Nodes {
		for k, sub := range n.Subgraphs() {
			if err := u.graph(sub, old.Nodes[i].Subgraphs()[k]); err != nil {
				return err
			}
		}
		out, err := u.node(n)
		if err != nil {
			return &NodeError{Graph: g.Name, Node: n.Name, Op: n.OpName(), Index: i, Err: err}
		}
		nodes = append(nodes, out...)
	}
	g.Nodes = nodes
	return nil
}

func (u *upgrader) node(n *Node) ([]*Node, error) {
	if standardDomain(n.Domain) != "" {
		return []*Node{n}, nil
	}
	op := n.Op
	for _, s := range upgradeSteps {
		if s.op != op || u.from >= s.since || u.to < s.since {
			continue
		}
		out, err := s.rewrite(u, n)
		if err != nil {
			return nil, fmt.Errorf("cannot be written in operator set %d: %w", u.to, err)
		}
		if len(out) != 1 || out[0] != n {
			return out, nil
		}
	}
	return []*Node{n}, nil
}

// typ returns the element type of a value, as inferred before.
func (u *upgrader) typ(name string) DataType {
	if def := u.values.find(name); def != nil {
		return def.values[name].Type
	}
	return Undefined
}

// shape returns the shape of a value, as inferred before.
func (u *upgrader) shape(name string) Shape {
	if def := u.values.find(name); def != nil {
		return def.values[name].Shape
	}
	return nil
}

// scalar returns the name of a constant of the element type of a value.
func (u *upgrader) scalar(like string, v float32) (string, error) {
	switch dt := u.typ(like); dt {
	case Float32:
		return u.constant(NewFloat32("", nil, []float32{v})), nil
	case Float64:
		return u.constant(NewFloat64("", nil, []float64{float64(v)})), nil
	default:
		return "", fmt.Errorf("no constants of type %v", dt)
	}
}

// constant returns the name of a constant, equal ones shared. It is a node and
// no initializer: float initializers are parameters to training, and a bound
// or a ratio must not become one.
func (u *upgrader) constant(t *Tensor) string {
	key := fmt.Sprint(t.Type, t.Shape, t.Data)
	if name, ok := u.made[key]; ok {
		return name
	}
	name := u.b.Name("const")
	u.made[key] = name
	u.constants = append(u.constants, &Node{Name: name, Op: "Constant", Outputs: []string{name}, Attrs: []*Attribute{TensorAttr("value", t)}})
	return name
}

// take removes an attribute and returns it, or nil.
func (n *Node) take(name string) *Attribute {
	a := n.Attr(name)
	n.Attrs = slices.DeleteFunc(n.Attrs, func(b *Attribute) bool { return b == a })
	return a
}
