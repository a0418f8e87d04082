package onnxio

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// ErrSetting is what an error of Specialise matches that a setting is to blame
// for.
var ErrSetting = errors.New("unsuitable setting")

// Specialise returns a copy of m with some freedoms of its interface settled:
// exporters leave sizes open, and turn settings such as a sampling rate into
// inputs. Each setting is one of
//
//	INPUT=[N,3,224,224]   the shape of an input, with names for sizes that stay open
//	SYMBOL=224            the size of a symbolic dimension, wherever it occurs in inputs
//	INPUT=16000           the input is this number in all of its elements, and no input any more
//
// Settings apply in this order, whatever order they are given in. Sizes that
// are known already must agree. A constant whose shape has symbols takes
// these sizes from the other inputs. Shapes that were declared for outputs and
// intermediate values are dropped, for they may no longer be true.
func Specialise(m *Model, settings []string) (*Model, error) {
	if m == nil || m.Graph == nil {
		return nil, fmt.Errorf("specialise: %w: no graph", ErrFormat)
	}
	s := &specialiser{model: m.Clone()}
	steps := []func(name, value string) (bool, error){s.shape, s.size, s.constant}
	done := make([]bool, len(settings))
	for _, step := range steps {
		for i, setting := range settings {
			name, value, ok := cutSetting(setting)
			if !ok {
				return nil, fmt.Errorf("specialise: %w: %q is not of the form NAME=VALUE", ErrSetting, setting)
			}
			if done[i] {
				continue
			}
			var err error
			if done[i], err = step(name, value); err != nil {
				return nil, fmt.Errorf("specialise: %w: %s: %w", ErrSetting, setting, err)
			}
		}
	}
	if i := slices.Index(done, false); i >= 0 {
		return nil, fmt.Errorf("specialise: %w: %s: there is no input and no symbolic dimension of that name; there are %s", ErrSetting, settings[i], s.names())
	}
	g := s.model.Graph
	g.Nodes = append(s.nodes, g.Nodes...)
	if len(settings) > 0 {
		forgetShapes(g)
	}
	if err := Check(s.model); err != nil {
		return nil, fmt.Errorf("specialise: %w", err)
	}
	return s.model, nil
}

// cutSetting separates a name, which may contain equal signs, from its value.
func cutSetting(s string) (name, value string, ok bool) {
	i := strings.LastIndex(s, "=")
	if i < 1 || i == len(s)-1 {
		return "", "", false
	}
	return s[:i], s[i+1:], true
}

type specialiser struct {
	model *Model

	nodes []*Node // of the constants
	b     *Builder
}

// input returns an input that is no initializer.
func (s *specialiser) input(name string) *Value {
	if s.model.Graph.Initializer(name) != nil {
		return nil
	}
	return s.model.Graph.Input(name)
}

// names lists inputs with their shapes, which show the symbols.
func (s *specialiser) names() string {
	var list []string
	for _, v := range s.model.Graph.Inputs {
		if s.model.Graph.Initializer(v.Name) == nil {
			list = append(list, v.Name+" "+v.Shape.String())
		}
	}
	return strings.Join(list, ", ")
}

// shape applies a setting of the form INPUT=[...].
func (s *specialiser) shape(name, value string) (bool, error) {
	inner, bracketed := strings.CutPrefix(value, "[")
	if !bracketed {
		return false, nil
	}
	inner, closed := strings.CutSuffix(inner, "]")
	v := s.input(name)
	switch {
	case !closed:
		return false, errors.New("the bracket is not closed")
	case v == nil:
		return false, nil
	}
	shape := Shape{}
	for _, part := range strings.Split(inner, ",") {
		part = strings.TrimSpace(part)
		n, err := strconv.ParseInt(part, 10, 64)
		switch {
		case part == "" && inner == "":
		case part == "" || err == nil && n < 1:
			return false, fmt.Errorf("%q is neither a size from 1 up nor a name", part)
		case err == nil:
			shape = append(shape, Dim{Size: n})
		default:
			shape = append(shape, Sym(part))
		}
	}
	agrees := v.Shape == nil || len(v.Shape) == len(shape)
	for i := range v.Shape {
		agrees = agrees && (!v.Shape[i].Known() || v.Shape[i] == shape[i])
	}
	if dims, ok := shape.Ints(); !agrees || ok && elements(dims) < 0 {
		return false, fmt.Errorf("the input has shape %v", v.Shape)
	}
	v.Shape = shape
	return true, nil
}

// size applies a setting of the form SYMBOL=size.
func (s *specialiser) size(symbol, value string) (bool, error) {
	if s.input(symbol) != nil {
		return false, nil
	}
	found := false
	for _, v := range s.model.Graph.Inputs {
		for i, d := range v.Shape {
			if d.Symbol != symbol {
				continue
			}
			n, err := strconv.ParseInt(value, 10, 64)
			if err != nil || n < 1 {
				return false, errors.New("a size is a whole number from 1 up")
			}
			v.Shape[i], found = Dim{Size: n}, true
		}
	}
	return found, nil
}

// constant applies a setting of the form INPUT=number.
func (s *specialiser) constant(name, value string) (bool, error) {
	g := s.model.Graph
	v := s.input(name)
	if v == nil {
		return false, nil
	}
	fill, err := filling(v.Type, value)
	if err != nil {
		return false, err
	}
	if s.b == nil {
		s.b = NewBuilder(g)
	}
	g.Inputs = slices.DeleteFunc(g.Inputs, func(in *Value) bool { return in == v })
	given := g.Nodes
	g.Nodes = nil
	sizes, err := s.sizes(v)
	s.nodes, g.Nodes = append(s.nodes, g.Nodes...), given
	if err != nil {
		return false, err
	}
	// A node and no initializer: those are parameters to training.
	s.nodes = append(s.nodes, &Node{
		Name: name, Op: "ConstantOfShape", Inputs: []string{sizes}, Outputs: []string{name},
		Attrs: []*Attribute{TensorAttr("value", fill)},
	})
	return true, nil
}

// sizes returns a value that holds the sizes of an input's shape.
func (s *specialiser) sizes(v *Value) (string, error) {
	if dims, ok := v.Shape.Ints(); ok {
		return s.b.Int64s(dims...), nil
	}
	if v.Shape == nil {
		return "", errors.New("the input has no shape; set it, too")
	}
	var parts []string
	for _, d := range v.Shape {
		if d.Known() {
			parts = append(parts, s.b.Int64s(d.Size))
			continue
		}
		source, axis := s.source(d)
		if source == "" {
			return "", fmt.Errorf("the input has shape %v and no other input has %v; set its shape, too", v.Shape, d)
		}
		shape := s.b.Op("Shape", []string{source})
		parts = append(parts, s.b.Op("Gather", []string{shape, s.b.Int64s(axis)}))
	}
	return s.b.Op("Concat", parts, IntAttr("axis", 0)), nil
}

// source finds an input that has a symbolic dimension.
func (s *specialiser) source(d Dim) (input string, axis int64) {
	for _, v := range s.model.Graph.Inputs {
		if s.model.Graph.Initializer(v.Name) != nil || d.Symbol == "" {
			continue
		}
		if i := slices.Index(v.Shape, d); i >= 0 {
			return v.Name, int64(i)
		}
	}
	return "", 0
}

// filling is a tensor of the one element that a setting gives.
func filling(dt DataType, value string) (*Tensor, error) {
	x, err := strconv.ParseFloat(value, 64)
	whole, wholeErr := strconv.ParseInt(value, 10, 64)
	switch dt {
	case Float32:
		return NewFloat32("", []int64{1}, []float32{float32(x)}), err
	case Float64:
		return NewFloat64("", []int64{1}, []float64{x}), err
	case Int64:
		return NewInt64("", []int64{1}, []int64{whole}), wholeErr
	case Int32:
		whole, err := strconv.ParseInt(value, 10, 32)
		return NewInt32("", []int64{1}, []int32{int32(whole)}), err
	case Bool:
		truth, err := strconv.ParseBool(value)
		return NewBool("", []int64{1}, []bool{truth}), err
	}
	return nil, fmt.Errorf("constants of type %v cannot be set", dt)
}

// forgetShapes drops what is declared about values that nodes compute.
func forgetShapes(g *Graph) {
	g.Values = nil
	for _, v := range g.Outputs {
		if g.Input(v.Name) == nil {
			v.Shape = nil
		}
	}
	for _, n := range g.Nodes {
		for _, sub := range n.Subgraphs() {
			forgetShapes(sub)
		}
	}
}
