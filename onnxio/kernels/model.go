package kernels

import (
	"slices"

	"github.com/sharewise/sharewise/onnxio"
)

// Faster returns a model that computes what m does, up to rounding, in a form, and
// what was chosen for its nodes. The model is m itself where nothing is computed
// otherwise, or where its shapes cannot be inferred. m is not changed.
//
// Weights may be initializers: what the pass Fold makes of them is a constant, too.
func Faster(m *onnxio.Model, form Form) (*onnxio.Model, []Choice) {
	if len(form.Passes) == 0 || m.Opset("") == 0 {
		return m, nil
	}
	fast := m.Clone()
	types, err := onnxio.InferShapes(fast)
	if err != nil {
		return m, nil
	}
	if len(form.Kernels) > 0 && fast.Opset(Domain) == 0 {
		fast.Opsets = append(fast.Opsets, onnxio.Opset{Domain: Domain, Version: Version})
	}
	before := len(fast.Graph.Nodes)
	choices := Rewrite(onnxio.NewBuilder(fast.Graph), types, Options{Form: form, Opset: m.Opset("")})
	kernel := slices.ContainsFunc(fast.Graph.Nodes, func(n *onnxio.Node) bool { return n.Domain == Domain })
	if !kernel && len(fast.Graph.Nodes) == before {
		return m, choices
	}
	if !kernel {
		fast.Opsets = slices.DeleteFunc(fast.Opsets, func(o onnxio.Opset) bool { return o.Domain == Domain })
	}
	if onnxio.Check(fast) != nil {
		return m, choices
	}
	return fast, choices
}
