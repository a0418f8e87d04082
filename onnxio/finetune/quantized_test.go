package finetune_test

import (
	"slices"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/finetune"
	"github.com/sharewise/sharewise/onnxio/training"
)

// quantized is a classifier of 5 classes of 6 numbers as quantizers write it:
// what goes into the last layer, its scores and probabilities are of 8 bits.
// Scores lie in steps of an eighth, probabilities in steps of 1/256. product is
// MatMul with a bias behind the rounding, or Gemm; operator says that a fused
// operator makes probabilities of integers; bare that these are the output.
func quantized(t *testing.T, product string, operator, bare bool) *onnxio.Model {
	s := newSketch(6)
	s.model.Opsets = append(s.model.Opsets, onnxio.Opset{Domain: "com.microsoft", Version: 1})
	number := func(name string, v float32) string { return s.Initializer(onnxio.NewFloat32(name, nil, []float32{v})) }
	zero := s.Initializer(&onnxio.Tensor{Name: "zero", Type: onnxio.Uint8, Data: []byte{128}})
	none := s.Initializer(&onnxio.Tensor{Name: "none", Type: onnxio.Uint8, Data: []byte{0}})
	round := func(x, scale, zero string) (q, y string) {
		q = s.Op("QuantizeLinear", []string{x, scale, zero})
		return q, s.Op("DequantizeLinear", []string{q, scale, zero})
	}
	_, features := round(s.Op("Tanh", []string{"input"}), number("inputScale", 1.0/128), zero)
	weight := make([]byte, 30)
	for i := range weight {
		weight[i] = byte(int8(s.rng.IntN(255) - 127))
	}
	w := s.OpNamed("weight", "DequantizeLinear", []string{s.Initializer(&onnxio.Tensor{Name: "w8", Type: onnxio.Int8, Shape: []int64{6, 5}, Data: weight}), number("weightScale", 1.0/16)})
	bias := s.weight("bias", 5)
	scale := number("scoreScale", 0.125)
	var q, logits string
	if product == "Gemm" {
		q, logits = round(s.Op("Gemm", []string{features, w, bias}), scale, zero)
	} else {
		_, p := round(s.Op("MatMul", []string{features, w}), scale, zero)
		q, logits = round(s.Op("Add", []string{p, bias}), scale, zero)
	}
	share := number("shareScale", 1.0/256)
	var out string
	if operator {
		s.model.Graph.Nodes = append(s.model.Graph.Nodes, &onnxio.Node{Op: "QLinearSoftmax", Domain: "com.microsoft", Inputs: []string{q, scale, zero, share, none}, Outputs: []string{"shares"},
			Attrs: []*onnxio.Attribute{onnxio.IntAttr("opset", 13), onnxio.IntAttr("axis", -1)}})
		out = s.OpNamed("out", "DequantizeLinear", []string{"shares", share, none})
		if bare {
			out = "shares"
		}
	} else {
		shares, y := round(s.Op("Softmax", []string{logits}), share, none)
		if out = y; bare {
			out = shares
		}
	}
	s.model.Graph.Outputs = []*onnxio.Value{{Name: out, Type: onnxio.Float32, Shape: onnxio.Shape{onnxio.Sym("N"), {Size: 5}}}}
	if bare {
		s.model.Graph.Outputs[0].Type = onnxio.Uint8
	}
	if err := onnxio.Check(s.model); err != nil {
		t.Fatal(err)
	}
	return s.model
}

// TestQuantizedScores leaves out a softmax in a quantized model and with it the
// rounding to steps of probabilities, which scores do not fit into, and finds
// the last layer above it.
func TestQuantizedScores(t *testing.T) {
	x := samples(3, 6)
	for _, test := range []struct {
		product        string
		operator, bare bool
		after          []string
	}{
		{"Gemm", false, false, []string{"QuantizeLinear", "DequantizeLinear", "Softmax", "QuantizeLinear", "DequantizeLinear"}},
		{"Gemm", true, false, nil},
		{"Gemm", false, true, nil},
		{"Gemm", true, true, nil},
		{"MatMul", false, false, nil},
		{"MatMul", true, false, nil},
	} {
		m := quantized(t, test.product, test.operator, test.bare)
		op := "Softmax"
		if test.operator {
			op = "QLinearSoftmax"
		}
		if got := finetune.Activation(m); got != op {
			t.Errorf("%+v ends in %q, want %q", test, got, op)
		}
		logits, _ := finetune.Logits(m, training.CrossEntropy)
		if v := m.Graph.Nodes; logits == "" || !slices.ContainsFunc(v, func(n *onnxio.Node) bool { return n.Outputs[0] == logits }) {
			t.Errorf("%+v: the scores are %q", test, logits)
		}
		whole, r := apply(t, m, finetune.Config{Scores: training.CrossEntropy})
		if r.Activation != op {
			t.Errorf("%+v: left out %q", test, r.Activation)
		}
		got := eval(t, whole, x).Float64()
		want := eval(t, quantizedLogits(t, test.product), x).Float64()
		if d := distance(t, got, want); d > 1e-12 {
			t.Errorf("%+v: scores are off by %g", test, d)
		}
		_, r, err := finetune.Apply(m, finetune.Config{Features: finetune.Auto})
		if err != nil {
			t.Errorf("%+v: %v", test, err)
			continue
		}
		if r.Cut.Op != test.product || r.Cut.Weight != "weight" || test.after != nil && !slices.Equal(r.Cut.After, test.after) {
			t.Errorf("%+v: cut off %+v", test, r.Cut)
		}
	}
}

// quantizedLogits is the model without what comes after its scores.
func quantizedLogits(t *testing.T, product string) *onnxio.Model {
	m := quantized(t, product, false, false)
	logits, _ := finetune.Logits(m, training.CrossEntropy)
	cut, _ := apply(t, m, finetune.Config{Features: logits})
	return cut
}
