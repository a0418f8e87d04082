package ort_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/internal/mutate"
	"github.com/sharewise/sharewise/onnxio/ort/orttest"
)

// refusals are reasons for which ONNX Runtime refuses a model that passes
// [onnxio.Check], with a part of its message.
var refusals = []struct{ message, why string }{
	{"Invalid tensor data type 0", "an input has no element type; Check cannot tell it from one that is no tensor"},
	{"nothing here computes node", "the operator has no kernel for the element type, such as sums of int8"},
	{"NOT_IMPLEMENTED", "the same, found out later"},
	{"Unrecognized attribute", "Check lets operator sets pass that are newer than it knows"},
	{"hidden_size", "ONNX lets it be left out, ONNX Runtime needs it"},
	{"Dimension product overflow", "sizes of more than 2^62 elements in all"},
	{"[ShapeInferenceError] Incompatible dimensions", "sizes of operands that ONNX Runtime follows through constants, where Check knows symbols"},
	{"All inputs to Concat must have same rank", "the same of a rank"},
	{"Pads has incorrect number of values", "the same of pads"},
	{"Scale value should be greater than 0", "the same of the factors of a Resize"},
	{"Integer overflow", "the same, or pads and strides of which ONNX Runtime makes such"},
	{"in unification between", "ONNX Runtime cuts flags such as transB off after 32 bits"},
	{"missing input value for starts and ends", "lengths that ONNX Runtime finds by computing constants, which Check does not"},
	{"'axis' must be in", "before operator set 13 Softmax took an axis one past the last dimension"},
	{"Dimension could not be inferred", "sizes of a Reshape that ONNX Runtime finds by computing constants"},
	{"Product cannot be 0", "a Reshape of no elements has a size of -1, which ONNX Runtime finds by following sizes further than Check"},
	{"Invalid position of 0", "a Reshape copies a size of a value whose rank Check does not know"},
	{"Incompatible dimensions for matrix", "ONNX Runtime does not multiply matrices of no rows"},
	{"must be same as rank of input", "the rank is known to ONNX Runtime and not to us"},
	{"must have non-negative elements", "a shape that ONNX Runtime finds by computing constants"},
	{"Invalid dimension value", "a size of a Reshape found in the same way"},
	{"Unexpected axis value", "an axis found in the same way"},
	{"Integer division by zero", "a division of integers by a constant zero, of which Check does not know that it is computed"},
	{"Pad should be smaller than kernel", "ONNX asks no such thing of a pool, whose windows then hold padding alone"},
	{"is referred to more than once", "the same: an axis is given from the front and from the back"},
}

// FuzzAccepted opens whatever is left of changed real models that passes Check
// in ONNX Runtime: it accepts them, or refuses for a reason that is known.
func FuzzAccepted(f *testing.F) {
	seeds, err := mutate.Seeds("../../testdata")
	if err != nil {
		f.Fatal(err)
	}
	for i := range seeds {
		f.Add(uint8(i), []byte{5, 17, 2, 130})
		f.Add(uint8(i), []byte{})
	}
	b := orttest.Backend(f)
	f.Fuzz(func(t *testing.T, seed uint8, code []byte) {
		m, err := onnxio.Parse(seeds[int(seed)%len(seeds)])
		if err != nil {
			t.Fatal(err)
		}
		m = mutate.Graph(m, code[:min(len(code), 16)])
		if onnxio.Check(m) != nil {
			return
		}
		session, err := b.Open(m, exec.Options{})
		if err == nil {
			if err := session.Close(); err != nil {
				t.Error(err)
			}
			return
		}
		known := func(r struct{ message, why string }) bool { return strings.Contains(err.Error(), r.message) }
		if !slices.ContainsFunc(refusals, known) {
			t.Errorf("passes Check and is refused, which no entry of refusals explains: %v", err)
		}
	})
}
