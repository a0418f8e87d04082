package lower_test

import (
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/lower"
	"github.com/sharewise/sharewise/onnxio/ort"
	"github.com/sharewise/sharewise/onnxio/reference"
)

func TestMain(m *testing.M) {
	ort.MaybeProbe()
	os.Exit(m.Run())
}

// A sample is one node with its inputs.
type sample struct {
	about   string
	domain  string
	op      string
	opset   int64 // of ai.onnx; 17 unless given
	attrs   []*onnxio.Attribute
	in      []operand
	outputs int // 1 unless given
	// kept says in part why the node stays as it is.
	kept string
	// foreign: ONNX Runtime does not run the node.
	foreign bool
}

// An operand is drawn from a normal distribution unless it has integers or
// truth values; one without a shape is left out.
type operand struct {
	shape   []int64
	ints    []int32
	longs   []int64
	bools   []bool
	bytes   []byte          // elements of the type below
	small   onnxio.DataType // Int8, Uint8, ...
	fixed   bool            // an initializer
	value   float32         // all of its elements, unless 0
	numbers []float32
}

func of(shape ...int64) operand { return operand{shape: append([]int64{}, shape...)} }

func weight(shape ...int64) operand { return operand{shape: append([]int64{}, shape...), fixed: true} }

var none = operand{}

func lengths(v ...int32) operand { return operand{shape: []int64{int64(len(v))}, ints: v} }

// model is the sample as a model with inputs in0, in1, … and outputs out0, ….
func (s sample) model(rng *rand.Rand) (*onnxio.Model, map[string]*exec.Tensor) {
	g := &onnxio.Graph{Name: s.about}
	inputs := map[string]*exec.Tensor{}
	n := &onnxio.Node{Name: "node", Domain: s.domain, Op: s.op, Attrs: s.attrs}
	for i, x := range s.in {
		name := "in" + string(rune('0'+i))
		if x.shape == nil {
			n.Inputs = append(n.Inputs, "")
			continue
		}
		n.Inputs = append(n.Inputs, name)
		v := &onnxio.Value{Name: name, Type: onnxio.Float32, Shape: onnxio.Static(x.shape...)}
		switch {
		case x.bytes != nil && x.fixed:
			g.Initializers = append(g.Initializers, &onnxio.Tensor{Name: name, Type: x.small, Shape: x.shape, Data: x.bytes})
			continue
		case x.bytes != nil:
			v.Type, inputs[name] = x.small, exec.NewTensor(x.shape, x.bytes)
		case x.longs != nil && x.fixed:
			g.Initializers = append(g.Initializers, onnxio.NewInt64(name, x.shape, x.longs))
			continue
		case x.numbers != nil:
			g.Initializers = append(g.Initializers, onnxio.NewFloat32(name, x.shape, x.numbers))
			continue
		case x.ints != nil:
			v.Type, inputs[name] = onnxio.Int32, exec.NewTensor(x.shape, x.ints)
		case x.longs != nil:
			v.Type, inputs[name] = onnxio.Int64, exec.NewTensor(x.shape, x.longs)
		case x.bools != nil:
			v.Type, inputs[name] = onnxio.Bool, exec.NewTensor(x.shape, x.bools)
		default:
			t := exec.Zeros(onnxio.Float32, x.shape...)
			for i := range t.Float32() {
				t.Float32()[i] = x.value
				if x.value == 0 {
					t.Float32()[i] = float32(rng.NormFloat64())
				}
			}
			if x.fixed {
				g.Initializers = append(g.Initializers, onnxio.NewFloat32(name, x.shape, t.Float32()))
				continue
			}
			inputs[name] = t
		}
		g.Inputs = append(g.Inputs, v)
	}
	for j := range max(s.outputs, 1) {
		name := "out" + string(rune('0'+j))
		n.Outputs = append(n.Outputs, name)
		g.Outputs = append(g.Outputs, &onnxio.Value{Name: name})
	}
	g.Nodes = []*onnxio.Node{n}
	m := &onnxio.Model{IRVersion: 8, Opsets: []onnxio.Opset{{Version: 17}}, Graph: g}
	if s.opset > 0 {
		m.Opsets[0].Version = s.opset
	}
	if s.domain != "" {
		m.Opsets = append(m.Opsets, onnxio.Opset{Domain: s.domain, Version: 1})
	}
	return m, inputs
}

// TestLowering compares every sample, lowered and evaluated, with the
// reference where that has the operator, and with ONNX Runtime.
func TestLowering(t *testing.T) {
	backend, err := ort.Default("")
	if err != nil {
		t.Logf("without ONNX Runtime, which is the only judge of many operators: run 'make runtime' (%v)", err)
	}
	judged := 0
	for _, s := range samples() {
		t.Run(s.op+"/"+s.about, func(t *testing.T) {
			m, inputs := s.model(rand.New(rand.NewPCG(3, 5)))
			low, kept, err := lower.Model(m)
			if err != nil {
				t.Fatal(err)
			}
			if s.kept != "" {
				if len(kept) != 1 || kept[0].Op == "" || !strings.Contains(kept[0].Error(), s.kept) {
					t.Errorf("kept %v, want %q", kept, s.kept)
				}
				return
			}
			if len(kept) > 0 {
				t.Fatal(kept[0])
			}
			for _, n := range low.Graph.Nodes {
				if n.Domain != "" || n.Domain == s.domain && n.Op == s.op {
					t.Fatalf("operator %s is left", n.OpName())
				}
			}
			checkNames(t, m, low)
			got, err := reference.Eval(low, inputs)
			if err != nil {
				t.Fatal(err)
			}
			if reference.Supports(s.domain, s.op, m.Opset(s.domain)) {
				want, err := reference.Eval(m, inputs)
				if err != nil {
					t.Fatal(err)
				}
				agree(t, "the reference", got, want, 1e-6)
				judged++
			}
			if backend == nil || s.foreign {
				return
			}
			session, err := backend.Open(m, exec.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer session.Close()
			want, err := session.Run(inputs)
			if err != nil {
				t.Fatal(err)
			}
			agree(t, "ONNX Runtime", got, want, 2e-5)
			judged++
		})
	}
	if judged == 0 {
		t.Error("nothing was compared")
	}
}

// checkNames: inputs, outputs and initializers keep their names.
func checkNames(t *testing.T, m, low *onnxio.Model) {
	t.Helper()
	for _, v := range m.Graph.Inputs {
		if low.Graph.Input(v.Name) == nil {
			t.Errorf("input %s is gone", v.Name)
		}
	}
	for _, v := range m.Graph.Outputs {
		if low.Graph.Output(v.Name) == nil {
			t.Errorf("output %s is gone", v.Name)
		}
	}
	for _, w := range m.Graph.Initializers {
		if low.Graph.Initializer(w.Name) == nil {
			t.Errorf("initializer %s is gone", w.Name)
		}
	}
}

func agree(t *testing.T, who string, got, want map[string]*exec.Tensor, tolerance float64) {
	t.Helper()
	for name, w := range want {
		g := got[name]
		if g == nil || !slices.Equal(g.Shape, w.Shape) {
			t.Errorf("%s: got %v, %s says %v", name, g, who, w.Shape)
			continue
		}
		if !slices.Equal(g.Int32(), w.Int32()) {
			t.Errorf("%s: got %v, %s says %v", name, g.Int32(), who, w.Int32())
		}
		if !slices.Equal(g.Int64(), w.Int64()) {
			t.Errorf("%s: got %v, %s says %v", name, g.Int64(), who, w.Int64())
		}
		// Whole numbers may be rounded to the next one.
		for i, x := range w.Uint8() {
			if d := int(g.Uint8()[i]) - int(x); d < -1 || d > 1 {
				t.Errorf("%s: element %d is %d, %s says %d", name, i, g.Uint8()[i], who, x)
				break
			}
		}
		for i, x := range w.Float32() {
			if d := math.Abs(float64(g.Float32()[i] - x)); !(d <= tolerance*max(1, math.Abs(float64(x)))) {
				t.Errorf("%s: element %d is %g, %s says %g", name, i, g.Float32()[i], who, x)
				break
			}
		}
	}
}

func samples() []sample {
	return slices.Concat(recurrentSamples(), fusedSamples(), attentionSamples(), embedSamples(), quantizedSamples(), mlSamples(), signalSamples())
}

var (
	intA    = onnxio.IntAttr
	intsA   = onnxio.IntsAttr
	floatA  = onnxio.FloatAttr
	floatsA = onnxio.FloatsAttr
	stringA = onnxio.StringAttr
)

func attrs(a ...*onnxio.Attribute) []*onnxio.Attribute { return a }

func stringsA(name string, v ...string) *onnxio.Attribute {
	a := &onnxio.Attribute{Name: name, Type: onnxio.AttrStrings}
	for _, s := range v {
		a.Strings = append(a.Strings, []byte(s))
	}
	return a
}
