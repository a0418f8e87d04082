package reference_test

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/lower"
	"github.com/sharewise/sharewise/onnxio/ort/orttest"
	"github.com/sharewise/sharewise/onnxio/reference"
)

// conformanceData is where Debian's libonnx-testdata puts the test cases of the
// ONNX project: those of every operator under node, and small models that
// early PyTorch wrote in operator set 6 under pytorch-converted and
// pytorch-operator.
const conformanceData = "/usr/share/libonnx-testdata/data"

// conformanceLeast is how many of the cases must be evaluated and agree; it
// keeps the test from passing because operators went missing.
const conformanceLeast = 965

// conformanceDisputed are cases in which the evaluator does what ONNX Runtime
// does (TestDisputedResize of package ort, TestRulesOnRuntime of package
// autodiff), not what the data say:
var conformanceDisputed = map[string]string{
	"test_resize_downsample_scales_cubic_align_corners":  "the data align corners of the fractional size, 4·0.8, not of the size itself",
	"test_maxunpool_export_with_output_shape":            "the data take indices as of an output without output_shape",
	"test_resize_downsample_scales_linear_align_corners": "the data align corners of the fractional size, 4·0.6, not of the size itself",
}

// elsewhere are the operators of the table that no case covers, for the data are
// of an older operator set, or of ONNX alone, and the tests that compare them with
// ONNX Runtime.
var elsewhere = map[string]string{
	"AffineGrid": rulesOnRuntime, "CenterCropPad": rulesOnRuntime, "Col2Im": rulesOnRuntime, "Gelu": rulesOnRuntime,
	"GlobalLpPool": rulesOnRuntime, "GroupNormalization": rulesOnRuntime, "LpNormalization": rulesOnRuntime, "LpPool": rulesOnRuntime,
	"Mish": rulesOnRuntime, "RMSNormalization": rulesOnRuntime, "Swish": rulesOnRuntime,
	"BitwiseAnd": bitwise, "BitwiseNot": bitwise, "BitwiseOr": bitwise, "BitwiseXor": bitwise,
	"com.microsoft.Gelu": lowering, "com.microsoft.QuickGelu": lowering,
}

const (
	rulesOnRuntime = "TestRulesOnRuntime of package autodiff"
	lowering       = "TestLowering of package lower"
	bitwise        = "TestBitwise"
)

// TestConformance evaluates every case whose operators are in the table, or
// are lowered to such, and compares with the expected outputs. Every operator
// must be in one, or else be compared with ONNX Runtime: what this package makes
// of an operator is nowhere taken on its own word.
func TestConformance(t *testing.T) {
	var dirs []string
	for _, kind := range []string{"node", "pytorch-converted", "pytorch-operator"} {
		found, err := filepath.Glob(filepath.Join(conformanceData, kind, "test_*"))
		if err != nil {
			t.Fatal(err)
		}
		dirs = append(dirs, found...)
	}
	if len(dirs) == 0 {
		orttest.Missing(t, "no %s: install libonnx-testdata to compare with the ONNX project's cases", conformanceData)
	}
	passed, lowered, disputed, failed := 0, 0, 0, 0
	unsupported, witnessed := map[string]int{}, map[string]bool{}
	for _, dir := range dirs {
		low, operators, err := conform(dir)
		var node *onnxio.NodeError
		switch {
		case err == nil:
			passed++
			if low {
				lowered++
			}
			for _, op := range operators {
				witnessed[op] = true
			}
		case conformanceDisputed[filepath.Base(dir)] != "":
			disputed++
		case errors.Is(err, reference.ErrUnsupported) && errors.As(err, &node):
			unsupported[node.Op]++
		case errors.Is(err, errNotTensors):
			unsupported["(no tensors)"]++
		default:
			failed++
			t.Errorf("%s: %v", filepath.Base(dir), err)
		}
	}
	var names []string
	for op, n := range unsupported {
		names = append(names, fmt.Sprintf("%s:%d", op, n))
	}
	sort.Strings(names)
	t.Logf("%d of %d cases agree, %d of them once lowered; %d disputed, %d disagree; not supported: %s",
		passed, len(dirs), lowered, disputed, failed, strings.Join(names, " "))
	if passed < conformanceLeast {
		t.Errorf("only %d cases were evaluated, expected at least %d", passed, conformanceLeast)
	}
	for _, op := range reference.Operators() {
		if witnessed[op] == (elsewhere[op] != "") {
			t.Errorf("%s: in a case that agrees: %t; compared with ONNX Runtime instead by %q", op, witnessed[op], elsewhere[op])
		}
	}
}

var errNotTensors = errors.New("the case has inputs or outputs that are no tensors of numbers")

// conform evaluates a case and says by which operators.
func conform(dir string) (lowered bool, operators []string, err error) {
	m, err := onnxio.Load(filepath.Join(dir, "model.onnx"))
	if err != nil {
		return false, nil, err
	}
	for _, v := range slices.Concat(m.Graph.Inputs, m.Graph.Outputs) {
		// The data of bfloat16 cases are stored as uint16.
		if v.Type == onnxio.Undefined || v.Type == onnxio.String || v.Type == onnxio.BFloat16 {
			return false, nil, errNotTensors
		}
	}
	if m.Opset("") == 6 {
		if m, err = onnxio.Upgrade(m, lower.Opset); err != nil {
			return true, nil, err
		}
	}
	inputs := map[string]*exec.Tensor{}
	for i, in := range m.Graph.Inputs {
		t, err := readTensor(filepath.Join(dir, "test_data_set_0", fmt.Sprintf("input_%d.pb", i)))
		if err != nil {
			return false, nil, err
		}
		inputs[in.Name] = t
	}
	got, err := reference.Eval(m, inputs)
	if errors.Is(err, reference.ErrUnsupported) {
		if low, _, lowerErr := lower.Model(m); lowerErr == nil {
			m, lowered = low, true
			got, err = reference.Eval(low, inputs)
		}
	}
	if err != nil {
		return false, nil, err
	}
	for i, out := range m.Graph.Outputs {
		want, err := readTensor(filepath.Join(dir, "test_data_set_0", fmt.Sprintf("output_%d.pb", i)))
		if err != nil {
			return false, nil, err
		}
		if err := agree(got[out.Name], want); err != nil {
			return false, nil, fmt.Errorf("output %q: %w", out.Name, err)
		}
	}
	for _, n := range m.Graph.Nodes {
		operators = append(operators, n.OpName())
	}
	return lowered, operators, nil
}

// readTensor reads a serialized TensorProto by wrapping it up as a model
// that hands out its only initializer.
func readTensor(file string) (*exec.Tensor, error) {
	tensor, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	graph := protowire.AppendBytes(protowire.AppendTag(nil, 5, protowire.BytesType), tensor)
	model := protowire.AppendVarint(protowire.AppendTag(nil, 1, protowire.VarintType), 8)
	model = protowire.AppendBytes(protowire.AppendTag(model, 7, protowire.BytesType), graph)
	m, err := onnxio.Parse(model)
	if err != nil {
		return nil, err
	}
	t := m.Graph.Initializers[0]
	m.Graph.Outputs = []*onnxio.Value{{Name: t.Name}}
	got, err := reference.Eval(m, nil)
	if err != nil {
		return nil, err
	}
	return got[t.Name], nil
}

// agree compares two tensors; numbers may differ by what float32 arithmetic
// (and float16, where types are narrower) leaves uncertain.
func agree(got, want *exec.Tensor) error {
	if fmt.Sprint(got.Shape) != fmt.Sprint(want.Shape) {
		return fmt.Errorf("shape %v, want %v", got.Shape, want.Shape)
	}
	g, w := numbers(got), numbers(want)
	for i := range w {
		same := g[i] == w[i] || math.IsNaN(g[i]) && math.IsNaN(w[i])
		if !same && !(math.Abs(g[i]-w[i]) <= 1e-5+1e-3*math.Abs(w[i])) {
			return fmt.Errorf("element %d is %g, want %g", i, g[i], w[i])
		}
	}
	return nil
}

func numbers(t *exec.Tensor) []float64 {
	out := make([]float64, 0, t.Len())
	switch d := t.Data.(type) {
	case []float32:
		for _, v := range d {
			out = append(out, float64(v))
		}
	case []float64:
		out = append(out, d...)
	case []int64:
		for _, v := range d {
			out = append(out, float64(v))
		}
	case []int32:
		for _, v := range d {
			out = append(out, float64(v))
		}
	case []uint8:
		for _, v := range d {
			out = append(out, float64(v))
		}
	case []bool:
		for _, v := range d {
			if v {
				out = append(out, 1)
			} else {
				out = append(out, 0)
			}
		}
	}
	return out
}
