package finetune

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/training"
)

// method is one way to start the weights of layers, given what they add up
// and reach.
type method struct {
	name string
	rule func(fanIn, fanOut int64) training.Init
}

// std is that of truncated normal starts, as BERT and vision transformers have
// it (Devlin and others: BERT, NAACL 2019; Dosovitskiy and others: An image is
// worth 16x16 words, ICLR 2021).
const std = 0.02

var methods = []method{
	{Keep, nil},
	{"he", func(in, _ int64) training.Init { return training.Init{Rule: "he_normal", FanIn: in} }},
	{"xavier", func(in, out int64) training.Init {
		return training.Init{Rule: "xavier_uniform", FanIn: in, FanOut: out}
	}},
	{"orthogonal", func(_, _ int64) training.Init { return training.Init{Rule: "orthogonal", Scale: 1} }},
	{"truncated_normal", func(_, _ int64) training.Init { return training.Init{Rule: "truncated_normal", Scale: std} }},
}

// Keep leaves weights as the model holds them.
const Keep = "keep"

// Methods names the ways to start weights.
func Methods() []string {
	names := make([]string, len(methods))
	for i, m := range methods {
		names[i] = m.name
	}
	return names
}

// initialize gives every parameter of m a rule by its role: weights of layers
// that of a method, biases 0, scales of normalisations 1, embeddings a truncated
// normal. Those whose role is not clear, positions and tokens for instance, are
// returned and keep their values. before is the model as it was before it was
// lowered, whose recurrent layers are still whole.
func initialize(before, m *onnxio.Model, name string) (kept []string, err error) {
	i := slices.IndexFunc(methods, func(m method) bool { return m.name == name })
	if i < 0 {
		return nil, fmt.Errorf("finetune: %w: weights cannot start by %q (choose %s)", ErrConfig, name, strings.Join(Methods(), ", "))
	}
	if methods[i].rule == nil {
		return nil, nil
	}
	g := newGraph(m)
	rules := map[string]training.Init{}
	for _, source := range []*graph{newGraph(before), g} {
		s := &starts{graph: source, method: methods[i], rules: rules, norms: map[*onnxio.Node]bool{}}
		for _, n := range source.model.Graph.Nodes {
			s.node(n)
		}
	}
	for param := range g.params {
		if rule, ok := rules[param]; ok {
			m.SetProperty(training.InitProperty+param, rule.String())
		} else {
			kept = append(kept, param)
		}
	}
	slices.Sort(kept)
	slices.SortFunc(m.Metadata, func(a, b onnxio.Property) int { return strings.Compare(a.Key, b.Key) })
	return kept, nil
}

// starts collects rules by the roles of parameters. The first role counts.
type starts struct {
	*graph
	method method
	rules  map[string]training.Init
	// norms are products that scale what was normalised.
	norms map[*onnxio.Node]bool
}

func (s *starts) set(n *onnxio.Node, input int, rule training.Init) {
	o, ok := s.operand(n, input)
	if _, ruled := s.rules[o.param]; ok && !ruled {
		s.rules[o.param] = rule
	}
}

func (s *starts) node(n *onnxio.Node) {
	zeros, ones := training.Init{Rule: "zeros"}, training.Init{Rule: "ones"}
	switch op := n.OpName(); op {
	case "Gemm", "Conv", "ConvTranspose", "MatMul", "RNN", "GRU", "LSTM":
		s.layer(n)
		switch op {
		case "MatMul":
		case "RNN", "GRU", "LSTM":
			s.set(n, 3, zeros)
		default:
			s.set(n, 2, zeros)
		}
	case "Gather":
		s.set(n, 0, training.Init{Rule: "truncated_normal", Scale: std})
	case "BatchNormalization":
		s.set(n, 1, ones)
		s.set(n, 2, zeros)
		s.set(n, 3, zeros)
		s.set(n, 4, ones)
	case "LayerNormalization", "InstanceNormalization", "GroupNormalization", "RMSNormalization":
		s.set(n, 1, ones)
		s.set(n, 2, zeros)
	case "Mul":
		// A normalisation taken apart: (x − mean)/deviation · scale + bias.
		for i := range 2 {
			if from := s.producer[n.Inputs[i]]; from != nil && from.OpName() == "Div" {
				s.norms[n] = true
				s.set(n, 1-i, ones)
			}
		}
	case "Add":
		for i := range 2 {
			if from := s.producer[n.Inputs[i]]; from != nil && (s.norms[from] || from.OpName() == "MatMul" || from.OpName() == "Conv") {
				s.set(n, 1-i, zeros)
			}
		}
	}
}

// layer starts the weight of a layer, and that of the recurrence.
func (s *starts) layer(n *onnxio.Node) {
	o, input, ok := s.weight(n)
	if !ok {
		return
	}
	in, out := fans(n, o.shape, input)
	s.set(n, input, s.method.rule(in, out))
	if n.OpName() == "RNN" || n.OpName() == "GRU" || n.OpName() == "LSTM" {
		if r, ok := s.operand(n, 2); ok && len(r.shape) == 3 {
			s.set(n, 2, s.method.rule(r.shape[2], r.shape[1]))
		}
	}
}

// fans counts the inputs that an output of a layer adds up, and the outputs
// that an input reaches. shape is that of the weight as the node sees it.
func fans(n *onnxio.Node, shape []int64, input int) (in, out int64) {
	group := n.IntOr("group", 1)
	rank := len(shape)
	switch op := n.OpName(); {
	case op == "Conv" && rank > 2:
		return product(shape[1:]), shape[0] * product(shape[2:]) / group
	case op == "ConvTranspose" && rank > 2:
		return shape[0] * product(shape[2:]) / group, product(shape[1:])
	case rank == 3 && (op == "RNN" || op == "GRU" || op == "LSTM"):
		return shape[2], shape[1]
	case rank < 2:
		return product(shape), 1
	case input == 0: // weight · x
		return shape[rank-1], shape[rank-2]
	}
	return shape[rank-2], shape[rank-1]
}
