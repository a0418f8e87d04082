package ort_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/ort"
	"github.com/sharewise/sharewise/onnxio/ort/orttest"
)

func TestRun(t *testing.T) {
	batch := onnxio.Shape{onnxio.Sym("N"), {Size: 2}}
	tests := []struct {
		name  string
		model func() *onnxio.Model
		in    tensors
		want  tensors
	}{
		{
			name: "gemm with a dynamic batch",
			model: func() *onnxio.Model {
				g := newGraph("gemm", value("x", onnxio.Float32, batch))
				w := g.Initializer(onnxio.NewFloat32("w", []int64{2, 2}, []float32{1, 2, 3, 4}))
				b := g.Initializer(onnxio.NewFloat32("b", []int64{2}, []float32{10, 20}))
				g.OpNamed("y", "Gemm", []string{"x", w, b})
				return g.model(value("y", onnxio.Float32, batch))
			},
			in:   tensors{"x": exec.NewTensor([]int64{3, 2}, []float32{1, 0, 0, 1, 1, 1})},
			want: tensors{"y": exec.NewTensor([]int64{3, 2}, []float32{11, 22, 13, 24, 14, 26})},
		},
		{
			name: "all element types",
			model: func() *onnxio.Model {
				g := newGraph("types")
				var outputs []*onnxio.Value
				for _, dt := range []onnxio.DataType{onnxio.Float32, onnxio.Float64, onnxio.Int64, onnxio.Int32, onnxio.Uint8, onnxio.Bool} {
					in := value("in "+dt.String(), dt, onnxio.Static(3))
					g.Graph().Inputs = append(g.Graph().Inputs, in)
					out := g.OpNamed("out "+dt.String(), "Identity", []string{in.Name})
					outputs = append(outputs, value(out, dt, onnxio.Static(3)))
				}
				return g.model(outputs...)
			},
			in: tensors{
				"in float32": floats(1, -2, float32(math.Inf(1))),
				"in float64": exec.NewTensor([]int64{3}, []float64{1, -2, 1e300}),
				"in int64":   exec.NewTensor([]int64{3}, []int64{1, -2, math.MaxInt64}),
				"in int32":   exec.NewTensor([]int64{3}, []int32{1, -2, math.MaxInt32}),
				"in uint8":   exec.NewTensor([]int64{3}, []uint8{1, 2, 255}),
				"in bool":    exec.NewTensor([]int64{3}, []bool{true, false, true}),
			},
			want: tensors{
				"out float32": floats(1, -2, float32(math.Inf(1))),
				"out float64": exec.NewTensor([]int64{3}, []float64{1, -2, 1e300}),
				"out int64":   exec.NewTensor([]int64{3}, []int64{1, -2, math.MaxInt64}),
				"out int32":   exec.NewTensor([]int64{3}, []int32{1, -2, math.MaxInt32}),
				"out uint8":   exec.NewTensor([]int64{3}, []uint8{1, 2, 255}),
				"out bool":    exec.NewTensor([]int64{3}, []bool{true, false, true}),
			},
		},
		{
			name: "scalars in and out",
			model: func() *onnxio.Model {
				g := newGraph("scalars", vector("x", 3), scalar("a"))
				g.OpNamed("scaled", "Mul", []string{"x", "a"})
				g.OpNamed("sum", "ReduceSum", []string{"scaled"}, onnxio.IntAttr("keepdims", 0))
				g.OpNamed("positive", "Greater", []string{"sum", g.Float(0)})
				return g.model(vector("scaled", 3), scalar("sum"), value("positive", onnxio.Bool, onnxio.Static()))
			},
			in: tensors{"x": floats(1, 2, 3), "a": exec.Scalar(float32(2))},
			want: tensors{
				"scaled":   floats(2, 4, 6),
				"sum":      exec.Scalar(float32(12)),
				"positive": exec.Scalar(true),
			},
		},
		{
			name: "outputs of undeclared rank",
			model: func() *onnxio.Model {
				g := newGraph("rank", value("x", onnxio.Float32, nil))
				g.OpNamed("y", "Neg", []string{"x"})
				g.OpNamed("sum", "ReduceSum", []string{"x"}, onnxio.IntAttr("keepdims", 0))
				return g.model(value("y", onnxio.Float32, nil), value("sum", onnxio.Float32, nil))
			},
			in: tensors{"x": exec.NewTensor([]int64{2, 1, 2}, []float32{1, 2, 3, 4})},
			want: tensors{
				"y":   exec.NewTensor([]int64{2, 1, 2}, []float32{-1, -2, -3, -4}),
				"sum": exec.Scalar(float32(10)),
			},
		},
		{
			name: "outputs of undeclared type",
			model: func() *onnxio.Model {
				g := newGraph("type", vector("x", 2))
				g.OpNamed("y", "Neg", []string{"x"})
				return g.model(&onnxio.Value{Name: "y"})
			},
			in:   tensors{"x": floats(1, 2)},
			want: tensors{"y": floats(-1, -2)},
		},
		{
			name: "no inputs",
			model: func() *onnxio.Model {
				g := newGraph("constant")
				c := g.Initializer(onnxio.NewFloat32("c", []int64{2}, []float32{3, 4}))
				g.OpNamed("y", "Neg", []string{c})
				return g.model(vector("y", 2))
			},
			in:   nil,
			want: tensors{"y": floats(-3, -4)},
		},
		{
			name: "empty tensors",
			model: func() *onnxio.Model {
				g := newGraph("empty", value("x", onnxio.Float32, batch))
				g.OpNamed("y", "Neg", []string{"x"})
				g.OpNamed("z", "Neg", []string{"x"})
				return g.model(value("y", onnxio.Float32, batch), value("z", onnxio.Float32, nil))
			},
			in: tensors{"x": exec.NewTensor([]int64{0, 2}, []float32{})},
			want: tensors{
				"y": exec.NewTensor([]int64{0, 2}, []float32{}),
				"z": exec.NewTensor([]int64{0, 2}, []float32{}),
			},
		},
		{
			name: "an input that is an output, and an initializer that is one",
			model: func() *onnxio.Model {
				g := newGraph("through", vector("x", 2))
				c := g.Initializer(onnxio.NewFloat32("c", []int64{2}, []float32{3, 4}))
				return g.model(vector("x", 2), vector(c, 2))
			},
			in:   tensors{"x": floats(1, 2)},
			want: tensors{"x": floats(1, 2), "c": floats(3, 4)},
		},
		{
			name: "outputs that optimizers could take for an input or a constant",
			model: func() *onnxio.Model {
				g := newGraph("folded", value("x", onnxio.Float32, batch), scalar("a"))
				g.OpNamed("same", "Identity", []string{"x"})
				g.OpNamed("again", "Identity", []string{"same"})
				g.OpNamed("cast", "Cast", []string{"x"}, onnxio.IntAttr("to", int64(onnxio.Float32)))
				g.OpNamed("shaped", "Reshape", []string{"x", g.Int64s(-1, 2)})
				g.OpNamed("dropped", "Dropout", []string{"x"})
				g.OpNamed("plus", "Add", []string{"x", g.Float(0)})
				c := g.Initializer(onnxio.NewFloat32("c", []int64{2}, []float32{3, 4}))
				g.OpNamed("negc", "Neg", []string{c})
				g.OpNamed("a2", "Identity", []string{"a"})
				return g.model(value("same", onnxio.Float32, batch), value("again", onnxio.Float32, batch), value("cast", onnxio.Float32, batch),
					value("shaped", onnxio.Float32, batch), value("dropped", onnxio.Float32, nil), value("plus", onnxio.Float32, batch),
					vector("negc", 2), scalar("a2"), scalar("a"))
			},
			in: tensors{"x": exec.NewTensor([]int64{1, 2}, []float32{5, 6}), "a": exec.Scalar(float32(7))},
			want: tensors{
				"same":    exec.NewTensor([]int64{1, 2}, []float32{5, 6}),
				"again":   exec.NewTensor([]int64{1, 2}, []float32{5, 6}),
				"cast":    exec.NewTensor([]int64{1, 2}, []float32{5, 6}),
				"shaped":  exec.NewTensor([]int64{1, 2}, []float32{5, 6}),
				"dropped": exec.NewTensor([]int64{1, 2}, []float32{5, 6}),
				"plus":    exec.NewTensor([]int64{1, 2}, []float32{5, 6}),
				"negc":    floats(-3, -4),
				"a2":      exec.Scalar(float32(7)),
				"a":       exec.Scalar(float32(7)),
			},
		},
		{
			name: "an input with a default value",
			model: func() *onnxio.Model {
				g := newGraph("default", vector("x", 2), vector("c", 2))
				g.Graph().Initializers = append(g.Graph().Initializers, onnxio.NewFloat32("c", []int64{2}, []float32{3, 4}))
				g.OpNamed("y", "Add", []string{"x", "c"})
				return g.model(vector("y", 2))
			},
			in:   tensors{"x": floats(1, 2)},
			want: tensors{"y": floats(4, 6)},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := openModel(t, test.model(), exec.Options{})
			for range 3 {
				got, err := s.Run(test.in)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(test.want, got); diff != "" {
					t.Fatalf("run (-want +got):\n%s", diff)
				}
			}
			// The same through memory of ours.
			out := tensors{}
			for name, want := range test.want {
				out[name] = exec.Zeros(want.Type(), want.Shape...)
			}
			b, err := s.Bind(test.in, out)
			if err != nil {
				t.Fatal(err)
			}
			for range 3 {
				for name, want := range test.want {
					clear(out[name], want)
				}
				if err := b.Run(); err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(test.want, out); diff != "" {
					t.Fatalf("binding (-want +got):\n%s", diff)
				}
			}
			if err := b.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

// clear overwrites a tensor's elements in place.
func clear(t, like *exec.Tensor) {
	zero := exec.Zeros(like.Type(), like.Shape...)
	switch d := t.Data.(type) {
	case []float32:
		copy(d, zero.Float32())
	case []float64:
		copy(d, zero.Float64())
	case []int64:
		copy(d, zero.Int64())
	case []int32:
		copy(d, zero.Int32())
	case []uint8:
		copy(d, zero.Uint8())
	case []bool:
		copy(d, zero.Bool())
	}
}

// TestModelIsNotChanged opens a model that has to be adapted and compares it
// with what it was.
func TestModelIsNotChanged(t *testing.T) {
	build := func() *onnxio.Model {
		g := newGraph("m", scalar("x"))
		g.OpNamed("y", "Neg", []string{"x"})
		return g.model(scalar("y"))
	}
	m := build()
	openModel(t, m, exec.Options{})
	a, err := m.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	b, err := build().Marshal()
	if err != nil {
		t.Fatal(err)
	}
	if string(a) != string(b) {
		t.Error("Open changed the model")
	}
}

func TestErrors(t *testing.T) {
	g := newGraph("adder", value("x", onnxio.Float32, onnxio.Shape{onnxio.Sym("N"), {Size: 2}}),
		value("y", onnxio.Float32, onnxio.Shape{onnxio.Sym("N"), {Size: 2}}))
	g.OpNamed("z", "Add", []string{"x", "y"})
	s := openModel(t, g.model(value("z", onnxio.Float32, onnxio.Shape{onnxio.Sym("N"), {Size: 2}})), exec.Options{})

	at := func(n int64) *exec.Tensor { return exec.Zeros(onnxio.Float32, n, 2) }
	shared := make([]float32, 12)
	part := func(from, n int64) *exec.Tensor { return exec.NewTensor([]int64{n, 2}, shared[2*from:2*(from+n)]) }
	one := part(0, 3)
	tests := []struct {
		name    string
		in, out tensors
		is      error
		says    string
	}{
		{"missing input", tensors{"x": at(3)}, tensors{"z": at(3)}, exec.ErrName, `no tensor for input "y"`},
		{"unknown input", tensors{"x": at(3), "y": at(3), "q": at(3)}, tensors{"z": at(3)}, exec.ErrName, `no input "q"; it has "x", "y"`},
		{"unknown output", tensors{"x": at(3), "y": at(3)}, tensors{"zz": at(3)}, exec.ErrName, `no output "zz"; it has "z"`},
		{"no output", tensors{"x": at(3), "y": at(3)}, nil, exec.ErrName, "no output"},
		{"type", tensors{"x": exec.Zeros(onnxio.Int64, 3, 2), "y": at(3)}, tensors{"z": at(3)}, exec.ErrTensor, "int64 given, the model declares float32"},
		{"rank", tensors{"x": floats(1, 2), "y": at(3)}, tensors{"z": at(3)}, exec.ErrTensor, "shape [2] given, the model declares [N,2]"},
		{"size", tensors{"x": exec.Zeros(onnxio.Float32, 3, 3), "y": at(3)}, tensors{"z": at(3)}, exec.ErrTensor, "shape [3 3] given, the model declares [N,2]"},
		{"symbol", tensors{"x": at(3), "y": at(4)}, tensors{"z": at(3)}, exec.ErrTensor, `N is 3 in "x"`},
		{"symbol of output", tensors{"x": at(3), "y": at(3)}, tensors{"z": at(4)}, exec.ErrTensor, `output "z"`},
		{"nil tensor", tensors{"x": nil, "y": at(3)}, tensors{"z": at(3)}, exec.ErrTensor, `input "x"`},
		{"short data", tensors{"x": exec.NewTensor([]int64{3, 2}, []float32{1}), "y": at(3)}, tensors{"z": at(3)}, exec.ErrTensor, "needs 6 elements, not 1"},
		{"same tensor", tensors{"x": one, "y": at(3)}, tensors{"z": one}, exec.ErrOverlap, `input "x" and output "z"`},
		{"same memory", tensors{"x": part(0, 3), "y": at(3)}, tensors{"z": part(2, 3)}, exec.ErrOverlap, `input "x" and output "z"`},
	}
	for _, test := range tests {
		_, err := s.Bind(test.in, test.out)
		if !errors.Is(err, test.is) || err == nil || !strings.Contains(err.Error(), test.says) || !strings.Contains(err.Error(), `model "adder"`) {
			t.Errorf("%s: error %v, want one that says %q", test.name, err, test.says)
		}
	}
	// Inputs may share, and neighbors are no overlap.
	b, err := s.Bind(tensors{"x": part(0, 3), "y": part(0, 3)}, tensors{"z": part(3, 3)})
	if err != nil {
		t.Fatal(err)
	}
	for i := range shared[:6] {
		shared[i] = float32(i)
	}
	if err := b.Run(); err != nil {
		t.Fatal(err)
	}
	if shared[11] != 10 {
		t.Errorf("5+5 = %v", shared[11])
	}
}

func TestOverlapOfOutputs(t *testing.T) {
	g := newGraph("two", vector("x", 2))
	g.OpNamed("y", "Neg", []string{"x"})
	g.OpNamed("z", "Abs", []string{"x"})
	s := openModel(t, g.model(vector("y", 2), vector("z", 2)), exec.Options{})
	same := floats(0, 0)
	if _, err := s.Bind(tensors{"x": floats(1, 2)}, tensors{"y": same, "z": same}); !errors.Is(err, exec.ErrOverlap) {
		t.Errorf("two outputs in one place: error %v", err)
	}
	// An input that spans everything hides no overlap behind it.
	all := make([]float32, 8)
	in := exec.NewTensor([]int64{2}, all[6:])
	if _, err := s.Bind(tensors{"x": in}, tensors{"y": exec.NewTensor([]int64{2}, all[0:2]), "z": exec.NewTensor([]int64{2}, all[1:3])}); !errors.Is(err, exec.ErrOverlap) {
		t.Errorf("outputs that overlap in part: error %v", err)
	}
}

func TestOpenErrors(t *testing.T) {
	g := newGraph("broken", vector("x", 2))
	g.OpNamed("y", "NoSuchOperator", []string{"x"})
	_, err := orttest.Backend(t).Open(g.model(vector("y", 2)), exec.Options{})
	if err == nil || !strings.Contains(err.Error(), `"broken"`) || !strings.Contains(err.Error(), "NoSuchOperator") {
		t.Errorf("unknown operator: error %v", err)
	}
	if _, err := orttest.Backend(t).Open(nil, exec.Options{}); err == nil {
		t.Error("a nil model opened")
	}
	ok := newGraph("ok", vector("x", 2))
	ok.OpNamed("y", "Neg", []string{"x"})
	if _, err := orttest.Backend(t).Open(ok.model(vector("y", 2)), exec.Options{Threads: -1}); err == nil {
		t.Error("a session of -1 threads opened")
	}
}

// TestRunError makes an operator fail while it runs.
func TestRunError(t *testing.T) {
	g := newGraph("gather", value("i", onnxio.Int64, onnxio.Static(1)))
	c := g.Initializer(onnxio.NewFloat32("c", []int64{2}, []float32{3, 4}))
	g.OpNamed("y", "Gather", []string{c, "i"})
	s := openModel(t, g.model(vector("y", 1)), exec.Options{})
	in := tensors{"i": exec.NewTensor([]int64{1}, []int64{7})}
	if _, err := s.Run(in); err == nil || !strings.Contains(err.Error(), `run model "gather"`) || !strings.Contains(err.Error(), "idx=7") {
		t.Errorf("index out of range: error %v", err)
	}
	b, err := s.Bind(in, tensors{"y": floats(0)})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Run(); err == nil || !strings.Contains(err.Error(), `run model "gather"`) || !strings.Contains(err.Error(), "idx=7") {
		t.Errorf("index out of range: error %v", err)
	}
	// The session is as good as before.
	in["i"].Int64()[0] = 1
	if err := b.Run(); err != nil {
		t.Error(err)
	}
}

// TestWrongDeclaration runs a model that gives another shape than it declares.
func TestWrongDeclaration(t *testing.T) {
	g := newGraph("liar", value("x", onnxio.Float32, onnxio.Shape{onnxio.Sym("N")}))
	g.OpNamed("y", "Concat", []string{"x", "x"}, onnxio.IntAttr("axis", 0))
	s := openModel(t, g.model(value("y", onnxio.Float32, onnxio.Shape{onnxio.Sym("M")})), exec.Options{})
	y := floats(0, 0, 0)
	b, err := s.Bind(tensors{"x": floats(1, 2)}, tensors{"y": y})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Run(); err == nil {
		t.Error("four elements were put into three")
	}
}

func TestUnsupportedType(t *testing.T) {
	g := newGraph("half", vector("x", 2))
	g.OpNamed("h", "Cast", []string{"x"}, onnxio.IntAttr("to", int64(onnxio.Float16)))
	g.OpNamed("y", "Neg", []string{"x"})
	s := openModel(t, g.model(value("h", onnxio.Float16, onnxio.Static(2)), vector("y", 2)), exec.Options{})
	if _, err := s.Run(tensors{"x": floats(1, 2)}); !errors.Is(err, exec.ErrTensor) || !strings.Contains(err.Error(), "float16") {
		t.Errorf("error %v", err)
	}
	y := floats(0, 0)
	b, err := s.Bind(tensors{"x": floats(1, 2)}, tensors{"y": y})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Run(); err != nil || y.Float32()[1] != -2 {
		t.Errorf("y = %v, error %v", y.Float32(), err)
	}
}

func TestClose(t *testing.T) {
	g := newGraph("closed", vector("x", 2))
	g.OpNamed("y", "Neg", []string{"x"})
	s := openModel(t, g.model(vector("y", 2)), exec.Options{})
	in, out := tensors{"x": floats(1, 2)}, tensors{"y": floats(0, 0)}
	first, err := s.Bind(in, out)
	if err != nil {
		t.Fatal(err)
	}
	second, err := s.Bind(in, tensors{"y": floats(0, 0)})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := first.Close(); err != nil {
			t.Error(err)
		}
	}
	if err := first.Run(); !errors.Is(err, exec.ErrClosed) {
		t.Errorf("run of a closed binding: error %v", err)
	}
	if err := second.Run(); err != nil {
		t.Errorf("run of the other binding: %v", err)
	}
	for range 2 {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	if err := second.Run(); !errors.Is(err, exec.ErrClosed) {
		t.Errorf("run of a binding whose session is closed: error %v", err)
	}
	if _, err := s.Run(in); !errors.Is(err, exec.ErrClosed) {
		t.Errorf("run of a closed session: error %v", err)
	}
	if _, err := s.Bind(in, out); !errors.Is(err, exec.ErrClosed) {
		t.Errorf("bind of a closed session: error %v", err)
	}
	if err := second.Close(); err != nil {
		t.Error(err)
	}
}

// TestConcurrentRuns runs one session from many goroutines, and many sessions
// side by side, and closes while others still run.
func TestConcurrentRuns(t *testing.T) {
	build := func(i int) *onnxio.Model {
		g := newGraph(fmt.Sprint("m", i), vector("x", 64))
		g.OpNamed("y", "Add", []string{"x", g.Float(float32(i))})
		return g.model(vector("y", 64))
	}
	var wg sync.WaitGroup
	for i := range 8 {
		s := openModel(t, build(i), exec.Options{})
		for j := range 4 {
			wg.Go(func() {
				x := exec.Zeros(onnxio.Float32, 64)
				for k := range x.Float32() {
					x.Float32()[k] = float32(1000*j + k)
				}
				for range 100 {
					out, err := s.Run(tensors{"x": x})
					if errors.Is(err, exec.ErrClosed) {
						return
					}
					if err != nil {
						t.Error(err)
						return
					}
					for k, y := range out["y"].Float32() {
						if want := float32(1000*j + k + i); y != want {
							t.Errorf("session %d, element %d: %v, want %v", i, k, y, want)
							return
						}
					}
				}
				if j == 3 {
					if err := s.Close(); err != nil {
						t.Error(err)
					}
				}
			})
		}
	}
	wg.Wait()
}

func TestOpenAnotherLibrary(t *testing.T) {
	orttest.Backend(t)
	if _, err := ort.Open("/no/such/library"); err == nil || !strings.Contains(err.Error(), "already uses") {
		t.Errorf("a second library: error %v", err)
	}
}
