package sessions_test

import (
	"errors"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/ort"
	"github.com/sharewise/sharewise/onnxio/ort/orttest"
	"github.com/sharewise/sharewise/onnxio/reference"
	"github.com/sharewise/sharewise/onnxio/sessions"
	"github.com/sharewise/sharewise/onnxio/training"
	"github.com/sharewise/sharewise/onnxio/zoo"
)

func TestMain(m *testing.M) {
	ort.MaybeProbe()
	os.Exit(m.Run())
}

// counter counts what is open in a backend, and in all.
type counter struct {
	exec.Backend
	opened, open int
}

type counted struct {
	exec.Session
	of *counter
}

func (c *counter) Open(m *onnxio.Model, opt exec.Options) (exec.Session, error) {
	s, err := c.Backend.Open(m, opt)
	if err != nil {
		return nil, err
	}
	c.opened++
	c.open++
	return &counted{s, c}, nil
}

func (s *counted) Close() error {
	if s.of != nil {
		s.of.open--
		s.of = nil
	}
	return s.Session.Close()
}

// scaled is a model that takes one vector and multiplies it.
func scaled(graph, in, out, op string, by float32) *onnxio.Model {
	vector := func(name string) *onnxio.Value {
		return &onnxio.Value{Name: name, Type: onnxio.Float32, Shape: onnxio.Static(2)}
	}
	return &onnxio.Model{
		IRVersion: 8, Opsets: []onnxio.Opset{{Version: 17}},
		Graph: &onnxio.Graph{
			Name: graph, Inputs: []*onnxio.Value{vector(in)}, Outputs: []*onnxio.Value{vector(out)},
			Initializers: []*onnxio.Tensor{onnxio.NewFloat32(in+" times", nil, []float32{by})},
			Nodes:        []*onnxio.Node{{Name: "scale " + in, Op: op, Inputs: []string{in, in + " times"}, Outputs: []string{out}}},
		},
	}
}

func run(t *testing.T, s exec.Session, in, out string, want ...float32) {
	t.Helper()
	got, err := s.Run(map[string]*exec.Tensor{in: exec.NewTensor([]int64{2}, []float32{1, 2})})
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 1 || !reflect.DeepEqual(got[out].Float32(), want) {
		t.Errorf("%v, want %s of %v", got, out, want)
	}
}

func open(t *testing.T, b exec.Backend, m *onnxio.Model) exec.Session {
	t.Helper()
	s, err := b.Open(m, exec.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestReuse uses a session for all models that differ in names, one owner at a
// time, and for no other model.
func TestReuse(t *testing.T) {
	c := &counter{Backend: reference.Backend()}
	b := sessions.New(c)
	first := open(t, b, scaled("a", "x", "y", "Mul", 3))
	run(t, first, "x", "y", 3, 6)
	other := open(t, b, scaled("a", "p", "q", "Mul", 3)) // the first is in use
	if c.opened != 2 {
		t.Errorf("%d sessions for two owners", c.opened)
	}
	for range 2 { // closing again does nothing
		if err := first.Close(); err != nil {
			t.Fatal(err)
		}
	}
	again := open(t, b, scaled("a", "from", "to", "Mul", 3))
	run(t, again, "from", "to", 3, 6)
	run(t, other, "p", "q", 3, 6)
	if c.opened != 2 {
		t.Errorf("%d sessions opened, though one was free", c.opened)
	}
	if _, err := first.Run(nil); !errors.Is(err, exec.ErrClosed) {
		t.Errorf("a closed session runs: %v", err)
	}
	if err := errors.Join(again.Close(), other.Close()); err != nil {
		t.Fatal(err)
	}
	// Another constant, operator or number of threads makes another model; the
	// two that wait are of a graph of the same name, and go.
	if s := open(t, b, scaled("b", "x", "y", "Mul", 3)); c.open != 3 {
		t.Errorf("%d open beside a graph of another name", c.open)
	} else if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for i, m := range []*onnxio.Model{scaled("a", "x", "y", "Mul", 4), scaled("a", "x", "y", "Add", 4)} {
		s := open(t, b, m)
		run(t, s, "x", "y", []float32{4, 5}[i], []float32{8, 6}[i])
		if c.open != 2 {
			t.Errorf("%d open after a graph of the same name and other contents", c.open)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := b.Open(scaled("a", "x", "y", "Add", 4), exec.Options{Threads: 2}); err != nil || c.opened != 6 {
		t.Errorf("%d sessions opened, %v", c.opened, err)
	}
	if err := b.Close(); err != nil || c.open != 1 {
		t.Errorf("%d open after Close, %v", c.open, err)
	}
}

// TestLimit keeps no more of one kind than trainings side by side use.
func TestLimit(t *testing.T) {
	c := &counter{Backend: reference.Backend()}
	b := sessions.New(c)
	var all []exec.Session
	for range 9 {
		all = append(all, open(t, b, scaled("a", "x", "y", "Mul", 3)))
	}
	for _, s := range all {
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if c.open != 4 {
		t.Errorf("%d wait", c.open)
	}
}

// TestOwnNames makes errors tell the names of the model that was opened.
func TestOwnNames(t *testing.T) {
	backends := map[string]exec.Backend{"reference": reference.Backend(), "runtime": orttest.Backend(t)}
	for name, inner := range backends {
		b := sessions.New(inner)
		s := open(t, b, scaled("a", "speed", "force", "Mul", 3))
		_, err := s.Run(map[string]*exec.Tensor{"time": exec.NewTensor([]int64{2}, []float32{1, 2})})
		if !errors.Is(err, exec.ErrName) || !strings.Contains(err.Error(), `"time"`) && !strings.Contains(err.Error(), `"speed"`) {
			t.Errorf("%s: %v", name, err)
		}
		short := map[string]*exec.Tensor{"speed": exec.NewTensor([]int64{1}, []float32{1})}
		if _, err := s.Bind(short, nil); !errors.Is(err, exec.ErrTensor) || !strings.Contains(err.Error(), `"speed"`) {
			t.Errorf("%s: %v", name, err)
		}
		bad := scaled("a", "speed", "force", "Mul", 3)
		bad.Graph.Nodes[0].Inputs[1] = "nowhere"
		if name != "runtime" {
			continue // the reference looks at a graph when it runs it
		}
		if _, err := b.Open(bad, exec.Options{}); err == nil || !strings.Contains(err.Error(), "nowhere") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestFailingRun tells the node that fails, where the model runs into it.
func TestFailingRun(t *testing.T) {
	m := scaled("a", "speed", "force", "Mul", 3)
	m.Graph.Inputs = append(m.Graph.Inputs, &onnxio.Value{Name: "row", Type: onnxio.Int64, Shape: onnxio.Static(2)})
	m.Graph.Nodes = append(m.Graph.Nodes, &onnxio.Node{Name: "look up", Op: "Gather", Inputs: []string{"force", "row"}, Outputs: []string{"found"}})
	m.Graph.Outputs[0].Name = "found"
	b := sessions.New(orttest.Backend(t))
	defer func() { _ = b.Close() }()
	s := open(t, b, m)
	in := map[string]*exec.Tensor{"speed": exec.NewTensor([]int64{2}, []float32{1, 2}), "row": exec.NewTensor([]int64{2}, []int64{0, 7})}
	bound, err := s.Bind(in, map[string]*exec.Tensor{"found": exec.Zeros(onnxio.Float32, 2)})
	if err != nil {
		t.Fatal(err)
	}
	if err := bound.Run(); err == nil || !strings.Contains(err.Error(), "look up") {
		t.Errorf("%v", err)
	}
	in["row"].Int64()[1] = 1
	if err := bound.Run(); err != nil {
		t.Errorf("the binding is of no use after an error: %v", err)
	}
	if err := errors.Join(bound.Close(), bound.Close(), s.Close(), bound.Close()); err != nil {
		t.Error(err)
	}
}

// TestStateful leaves models alone that draw numbers, in graphs within too.
func TestStateful(t *testing.T) {
	for _, within := range []bool{false, true} {
		m := scaled("a", "x", "y", "Mul", 3)
		draw := &onnxio.Node{Op: "RandomUniformLike", Inputs: []string{"x"}, Outputs: []string{"noise"}}
		if within {
			yes := &onnxio.Tensor{Name: "yes", Type: onnxio.Bool, Shape: []int64{}, Data: []byte{1}}
			m.Graph.Initializers = append(m.Graph.Initializers, yes)
			inner := *draw
			branch := func(name string) *onnxio.Graph {
				d := inner
				d.Outputs = []string{name}
				return &onnxio.Graph{Name: "branch", Nodes: []*onnxio.Node{&d}, Outputs: []*onnxio.Value{{Name: d.Outputs[0], Type: onnxio.Float32, Shape: onnxio.Static(2)}}}
			}
			draw = &onnxio.Node{Op: "If", Inputs: []string{"yes"}, Outputs: []string{"noise"}}
			draw.Attrs = append(draw.Attrs, onnxio.GraphAttr("then_branch", branch("noise of then")), onnxio.GraphAttr("else_branch", branch("noise of else")))
		}
		m.Graph.Nodes = append(m.Graph.Nodes, draw)
		c := &counter{Backend: orttest.Backend(t)}
		b := sessions.New(c)
		for range 2 {
			s, err := b.Open(m, exec.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
		}
		if c.opened != 2 || c.open != 0 {
			t.Errorf("within %v: %d opened, %d open", within, c.opened, c.open)
		}
	}
}

// TestSameBits trains through kept sessions and through fresh ones: two pairs of
// domains share a session, and every number is the same to the bit.
func TestSameBits(t *testing.T) {
	runtime := orttest.Backend(t)
	c := &counter{Backend: runtime}
	kept := sessions.New(c)
	for i, names := range [][2]string{{"north", "south"}, {"a", "b"}, {"z", "c"}} {
		trunk, err := zoo.Build("cnn", zoo.Config{Input: []int{1, 9, 8}, Width: 0.3})
		if err != nil {
			t.Fatal(err)
		}
		p, err := training.Compile(training.Config{Trunk: trunk, Optimizer: training.Optimizer{Kind: training.AdamW}, Domains: []training.Domain{
			{Name: names[0], Batch: 3, Loss: training.CrossEntropy, Outputs: 4},
			{Name: names[1], Batch: 2, Loss: training.SquaredError, Outputs: 2},
		}})
		if err != nil {
			t.Fatal(err)
		}
		inputs := map[string]*exec.Tensor{}
		for k, v := range p.Step.Graph.Inputs {
			shape, _ := v.Shape.Ints()
			inputs[v.Name] = exec.Zeros(v.Type, shape...)
			for j := range inputs[v.Name].Float32() {
				inputs[v.Name].Float32()[j] = float32((j*7+k+i)%11)/50 + 0.01
			}
		}
		var got []map[string]*exec.Tensor
		for _, b := range []exec.Backend{runtime, kept, kept} {
			s := open(t, b, p.Step)
			out, err := s.Run(inputs)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, out)
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
		}
		if len(got[0]) < 10 || !reflect.DeepEqual(got[0], got[1]) || !reflect.DeepEqual(got[0], got[2]) {
			t.Errorf("%v: kept sessions give other numbers", names)
		}
	}
	if c.opened != 1 {
		t.Errorf("three pairs of equal shape opened %d sessions", c.opened)
	}
	if err := kept.Close(); err != nil || c.open != 0 {
		t.Errorf("%d open, %v", c.open, err)
	}
}
