package onnxio

import (
	"errors"
	"fmt"
	"slices"
)

// one is what most steps return: the node, changed.
func one(n *Node) ([]*Node, error) { return []*Node{n}, nil }

// renamed changes nothing but the operator's name.
func renamed(op string) func(*upgrader, *Node) ([]*Node, error) {
	return func(_ *upgrader, n *Node) ([]*Node, error) {
		n.Op = op
		return one(n)
	}
}

func refuse(why string) func(*upgrader, *Node) ([]*Node, error) {
	return func(*upgrader, *Node) ([]*Node, error) { return nil, errors.New(why) }
}

// listInputs turns attributes that are lists of integers into inputs behind
// the first one.
func listInputs(names ...string) func(*upgrader, *Node) ([]*Node, error) {
	return func(u *upgrader, n *Node) ([]*Node, error) {
		for _, name := range names {
			if a := n.take(name); a != nil {
				n.Inputs = append(n.Inputs, u.b.Int64s(a.Ints...))
			}
		}
		return one(n)
	}
}

func topKInput(u *upgrader, n *Node) ([]*Node, error) {
	if k := n.take("k"); k != nil {
		n.Inputs = append(n.Inputs, u.b.Int64s(k.Int))
	}
	return one(n)
}

// clipBounds turns min and max into inputs. The old defaults, the ends of
// float32, are what leaving them out means now.
func clipBounds(u *upgrader, n *Node) ([]*Node, error) {
	bounds := []string{"", ""}
	for i, name := range []string{"min", "max"} {
		a := n.take(name)
		if a == nil {
			continue
		}
		bound, err := u.scalar(n.Inputs[0], a.Float)
		if err != nil {
			return nil, err
		}
		bounds[i] = bound
	}
	for len(bounds) > 0 && bounds[len(bounds)-1] == "" {
		bounds = bounds[:len(bounds)-1]
	}
	n.Inputs = append(n.Inputs, bounds...)
	return one(n)
}

func padInputs(u *upgrader, n *Node) ([]*Node, error) {
	pads := n.take("pads")
	if pads == nil {
		return nil, errors.New("attribute pads is missing")
	}
	n.Inputs = append(n.Inputs, u.b.Int64s(pads.Ints...))
	if v := n.take("value"); v != nil && v.Float != 0 {
		value, err := u.scalar(n.Inputs[0], v.Float)
		if err != nil {
			return nil, err
		}
		n.Inputs = append(n.Inputs, value)
	}
	return one(n)
}

// dropoutRatio: without the input training_mode a Dropout passes its input on,
// as it did before in inference.
func dropoutRatio(u *upgrader, n *Node) ([]*Node, error) {
	if a := n.take("ratio"); a != nil {
		n.Inputs = append(n.Inputs, u.constant(NewFloat32("", nil, []float32{a.Float})))
	}
	return one(n)
}

func dropSpatial(_ *upgrader, n *Node) ([]*Node, error) {
	if a := n.take("spatial"); a != nil && a.Int != 1 {
		return nil, errors.New("statistics per position are no longer supported")
	}
	return one(n)
}

// trainingMode: a BatchNormalization with more outputs than one was exported in
// training mode. The statistics that it saves for a backward pass went away.
func trainingMode(u *upgrader, n *Node) ([]*Node, error) {
	if len(n.Outputs) == 1 {
		return one(n)
	}
	for i, name := range n.Outputs {
		if i >= 3 && name != "" && u.reads(u.b.Graph(), name) {
			return nil, fmt.Errorf("its output %d, %q, went away, and something reads it; export it for inference", i, name)
		}
	}
	n.Outputs = n.Outputs[:min(3, len(n.Outputs))]
	n.Attrs = append(n.Attrs, IntAttr("training_mode", 1))
	return one(n)
}

// reads reports whether a node of a graph or of those inside it reads a value, or
// the graph hands it out.
func (u *upgrader) reads(g *Graph, name string) bool {
	if g.Output(name) != nil {
		return true
	}
	for _, n := range g.Nodes {
		if slices.Contains(n.Inputs, name) {
			return true
		}
		for _, sub := range n.Subgraphs() {
			if u.reads(sub, name) {
				return true
			}
		}
	}
	return false
}

func roiAlignMode(_ *upgrader, n *Node) ([]*Node, error) {
	n.Attrs = append(n.Attrs, StringAttr("coordinate_transformation_mode", "output_half_pixel"))
	return one(n)
}

// toResize rewrites Upsample, and Resize as it was in operator set 10: both
// took scales only and mapped coordinates without regard to pixel centers.
func toResize(u *upgrader, n *Node) ([]*Node, error) {
	n.Op = "Resize"
	scales := ""
	switch a := n.take("scales"); {
	case a != nil:
		scales = u.constant(NewFloat32("", []int64{int64(len(a.Floats))}, a.Floats))
	case len(n.Inputs) == 2:
		scales = n.Inputs[1]
	default:
		return nil, errors.New("it has no scales")
	}
	nearest := "floor"
	if n.StringOr("mode", "nearest") == "nearest" {
		var err error
		if nearest, err = u.nearestOf(scales); err != nil {
			return nil, err
		}
	}
	roi := ""
	if u.to < 13 {
		roi = u.constant(NewFloat32("", []int64{0}, nil))
	}
	n.Inputs = []string{n.Inputs[0], roi, scales}
	n.Attrs = append(n.Attrs,
		StringAttr("coordinate_transformation_mode", "asymmetric"),
		StringAttr("nearest_mode", nearest))
	return one(n)
}

// nearestOf is how the nearest elements were chosen before operator set 11, of
// which ONNX says nothing: ONNX Runtime rounds up along axes that shrink and down
// along others.
func (u *upgrader) nearestOf(scales string) (string, error) {
	t := u.b.Graph().Initializer(scales)
	for _, c := range u.constants {
		if c.Outputs[0] == scales {
			t = c.Attr("value").Tensor
		}
	}
	if def := u.values.find(scales); t == nil && def != nil {
		t = def.tensors[scales]
	}
	if t == nil {
		return "floor", nil
	}
	v, err := t.Float32()
	if err != nil || len(v) == 0 {
		return "", fmt.Errorf("its scales: %w", err)
	}
	switch least, most := slices.Min(v), slices.Max(v); {
	case least < 1 && most > 1:
		return "", errors.New("some axes shrink and others grow; export it in operator set 11 or newer")
	case least < 1:
		return "ceil", nil
	}
	return "floor", nil
}

// softmaxAxis: before operator set 13 all dimensions from axis on were one.
// Where only one of them is larger than 1 that makes no difference; otherwise
// they are flattened, and unfolded again.
func softmaxAxis(u *upgrader, n *Node) ([]*Node, error) {
	a := int64(1)
	if attr := n.take("axis"); attr != nil {
		a = attr.Int
	}
	x := u.shape(n.Inputs[0])
	if x != nil && a < 0 {
		a += int64(len(x))
	}
	if x != nil && a >= 0 && a < int64(len(x)) {
		wide := 0
		at := a
		for i, d := range x[a:] {
			if d != (Dim{Size: 1}) {
				wide++
				at = a + int64(i)
			}
		}
		if wide <= 1 {
			n.Attrs = append(n.Attrs, IntAttr("axis", at))
			return one(n)
		}
	} else if a == -1 {
		n.Attrs = append(n.Attrs, IntAttr("axis", -1))
		return one(n)
	}
	if x == nil && a < 0 {
		return nil, fmt.Errorf("axis %d of a value of unknown rank", a)
	}
	in, out := n.Inputs[0], n.Outputs[0]
	shape, flat, soft := u.b.Name(out+"_shape"), u.b.Name(out+"_flat"), u.b.Name(out+"_softmax")
	n.Inputs, n.Outputs = []string{flat}, []string{soft}
	n.Attrs = append(n.Attrs, IntAttr("axis", -1))
	return []*Node{
		{Name: shape, Op: "Shape", Inputs: []string{in}, Outputs: []string{shape}},
		{Name: flat, Op: "Flatten", Inputs: []string{in}, Outputs: []string{flat}, Attrs: []*Attribute{IntAttr("axis", a)}},
		n,
		{Name: out, Op: "Reshape", Inputs: []string{soft, shape}, Outputs: []string{out}},
	}, nil
}
