package training_test

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/reference"
	"github.com/sharewise/sharewise/onnxio/training"
)

// scorer is a model of an exporter: two data inputs, one of token numbers, and
// scores of its own. Its inner nodes and outputs are for a test to change.
func scorer() *onnxio.Model {
	rng := rand.New(rand.NewPCG(8, 8))
	random := func(name string, shape ...int64) *onnxio.Tensor {
		v := make([]float32, product(shape))
		for i := range v {
			v[i] = float32(rng.NormFloat64())
		}
		return onnxio.NewFloat32(name, shape, v)
	}
	n := onnxio.Sym("N")
	g := &onnxio.Graph{Name: "scorer"}
	g.Inputs = []*onnxio.Value{
		{Name: "token", Type: onnxio.Int64, Shape: onnxio.Shape{n}},
		{Name: "x", Type: onnxio.Float32, Shape: onnxio.Shape{n, {Size: 3}}},
	}
	g.Initializers = []*onnxio.Tensor{random("table", 5, 3), random("w", 3, 4)}
	g.Nodes = []*onnxio.Node{
		{Op: "Gather", Name: "embed", Inputs: []string{"table", "token"}, Outputs: []string{"embedded"}},
		{Op: "Add", Name: "add", Inputs: []string{"embedded", "x"}, Outputs: []string{"sum"}},
		{Op: "Tanh", Name: "tanh", Inputs: []string{"sum"}, Outputs: []string{"hidden"}},
		{Op: "MatMul", Name: "head", Inputs: []string{"hidden", "w"}, Outputs: []string{"scores"}},
	}
	g.Outputs = []*onnxio.Value{{Name: "scores", Type: onnxio.Float32, Shape: onnxio.Shape{n, {Size: 4}}}}
	return &onnxio.Model{IRVersion: 8, Opsets: []onnxio.Opset{{Version: 17}}, Graph: g}
}

// whole trains a model as it is.
func whole(m *onnxio.Model, loss training.Loss) training.Config {
	return training.Config{
		Trunk: m, OwnInputs: true, KeepHead: true,
		Domains: []training.Domain{{Name: "task", Batch: 3, Loss: loss}},
	}
}

// TestWholeModel compares a step's gradients with central differences of the
// loss that Eval reports.
func TestWholeModel(t *testing.T) {
	p, err := training.Compile(whole(scorer(), training.CrossEntropy))
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Params) != 2 || len(p.Inputs) != 2 || p.Inputs[0].Name != "token" || p.Inputs[1].Name != "x" {
		t.Fatalf("parameters %+v, inputs %v and %v", p.Params, p.Inputs[0].Name, p.Inputs[1].Name)
	}
	feeds := map[string]*exec.Tensor{
		"token":                     exec.NewTensor([]int64{3}, []int64{4, 1, 4}),
		"x":                         exec.NewTensor([]int64{3, 3}, []float32{1, -0.5, 0.25, 0, 1, 2, -1, 0.5, 0}),
		training.TargetName("task"): exec.NewTensor([]int64{3}, []int64{0, 3, 2}),
		training.InputWeights:       exec.NewTensor([]int64{1}, []float32{1}),
		training.InputRate:          exec.Scalar(float32(1)),
		training.InputStep:          exec.Scalar(float32(1)),
	}
	at := map[string][]float64{}
	for _, q := range p.Params {
		if q.Source != q.Name || q.Domain != "" {
			t.Errorf("parameter %+v", q)
		}
		for _, v := range training.Initialize(q, nil) {
			at[q.Name] = append(at[q.Name], float64(v))
		}
	}
	run := func(m *onnxio.Model) map[string]*exec.Tensor {
		inputs := map[string]*exec.Tensor{}
		for _, v := range m.Graph.Inputs {
			inputs[v.Name] = feeds[v.Name]
		}
		for _, q := range p.Params {
			inputs[q.Name] = exec.NewTensor(q.Shape, at[q.Name])
		}
		out, err := reference.Eval(m, inputs, reference.Float64)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	loss := func() float64 { return mean(run(p.Eval[0])[training.OutputSampleLosses].Float64()) }
	step := run(p.Step)
	for _, q := range p.Params {
		const h = 1e-5
		var got, want []float64
		for i, next := range step[training.NextName(q.Name)].Float64() {
			v := at[q.Name][i]
			got = append(got, v-next)
			at[q.Name][i] = v + h
			up := loss()
			at[q.Name][i] = v - h
			want = append(want, (up-loss())/(2*h))
			at[q.Name][i] = v
		}
		if d := distance(got, want); d > 1e-6 {
			t.Errorf("gradient by %s is %g off", q.Name, d)
		}
	}
	if scores := run(p.Predict[0])[training.OutputScores]; scores.Shape[0] != 3 || scores.Shape[1] != 4 {
		t.Errorf("scores of shape %v", scores.Shape)
	}
}

// TestWholeModelErrors makes models and settings that do not go together.
func TestWholeModelErrors(t *testing.T) {
	classes := whole(scorer(), training.CrossEntropy)
	change := func(f func(*training.Config)) training.Config {
		c := whole(scorer(), training.CrossEntropy)
		f(&c)
		return c
	}
	insert := func(nodes ...*onnxio.Node) func(*training.Config) {
		return func(c *training.Config) {
			g := c.Trunk.Graph
			g.Nodes = append(append(g.Nodes[:3:3], nodes...), g.Nodes[3])
			g.Nodes[len(g.Nodes)-1].Inputs[0] = nodes[len(nodes)-1].Outputs[0]
		}
	}
	branch := func(name, op string) *onnxio.Attribute {
		return onnxio.GraphAttr(name, &onnxio.Graph{Name: name, Outputs: []*onnxio.Value{{Name: name + "_out"}},
			Nodes: []*onnxio.Node{{Op: op, Inputs: []string{"hidden"}, Outputs: []string{name + "_out"}}}})
	}
	for name, test := range map[string]struct {
		cfg  training.Config
		is   error
		says []string
	}{
		"two domains": {change(func(c *training.Config) {
			c.Domains = append(c.Domains, training.Domain{Name: "b", Batch: 1, Loss: training.CrossEntropy})
		}), training.ErrConfig, []string{"one domain, not 2"}},
		"outputs":       {change(func(c *training.Config) { c.Domains[0].Outputs = 3 }), training.ErrConfig, []string{"3 outputs", `"scores" has 4`}},
		"class weights": {change(func(c *training.Config) { c.Domains[0].ClassWeights = []float32{1, 2} }), training.ErrConfig, []string{"2 class weights for 4 outputs"}},
		"one class": {change(func(c *training.Config) {
			c.Features = "narrow"
			insert(&onnxio.Node{Op: "ReduceSum", Inputs: []string{"hidden"}, Outputs: []string{"all"}}, &onnxio.Node{Op: "Identity", Inputs: []string{"hidden"}, Outputs: []string{"narrow"}})(c)
			c.Domains[0].Outputs = 1
		}), training.ErrConfig, []string{"at least 2 outputs"}},
		"class axis beyond":       {change(func(c *training.Config) { c.Domains[0].ClassAxis = 2 }), training.ErrConfig, []string{"2 dimensions", "dimension 2"}},
		"class axis of the batch": {change(func(c *training.Config) { c.Domains[0].ClassAxis = -2 }), training.ErrConfig, []string{"dimension -2"}},
		"class axis of values":    {change(func(c *training.Config) { c.Domains[0].ClassAxis, c.Domains[0].Loss = 1, training.SquaredError }), training.ErrConfig, []string{"is for cross_entropy"}},
		"class axis of a head":    {change(func(c *training.Config) { c.Domains[0].ClassAxis, c.Domains[0].Outputs, c.KeepHead = 1, 3, false }), training.ErrConfig, []string{"keeps its head"}},
		"classes of tokens":       {change(func(c *training.Config) { c.Trunk = scoresOfPositions() }), training.ErrConfig, []string{"3 dimensions", "which dimension classes lie along"}},
		"no such value":           {change(func(c *training.Config) { c.Features = "nothing" }), training.ErrTrunk, []string{`"nothing"`}},
		"undecided branch": {
			change(insert(
				&onnxio.Node{Op: "ReduceMax", Inputs: []string{"x"}, Outputs: []string{"top"}, Attrs: []*onnxio.Attribute{onnxio.IntAttr("keepdims", 0)}},
				&onnxio.Node{Op: "Cast", Inputs: []string{"top"}, Outputs: []string{"large"}, Attrs: []*onnxio.Attribute{onnxio.IntAttr("to", int64(onnxio.Bool))}},
				&onnxio.Node{Op: "If", Name: "choose", Inputs: []string{"large"}, Outputs: []string{"chosen"}, Attrs: []*onnxio.Attribute{branch("then_branch", "Neg"), branch("else_branch", "Abs")}})),
			training.ErrTrunk, []string{`"choose" (If)`, "condition"},
		},
		"fused operator": {
			change(func(c *training.Config) {
				c.Trunk.Opsets = append(c.Trunk.Opsets, onnxio.Opset{Domain: "com.microsoft", Version: 1})
				insert(&onnxio.Node{Op: "QAttention", Domain: "com.microsoft", Name: "fused", Inputs: []string{"hidden"}, Outputs: []string{"attended"}})(c)
			}),
			training.ErrTrunk, []string{`"scores"`, `"fused" (com.microsoft.QAttention)`},
		},
	} {
		_, err := training.Compile(test.cfg)
		if err == nil || !errors.Is(err, test.is) {
			t.Errorf("%s: error %v, want %v", name, err, test.is)
			continue
		}
		for _, s := range test.says {
			if !strings.Contains(err.Error(), s) {
				t.Errorf("%s: %q lacks %q", name, err, s)
			}
		}
	}
	if _, err := training.Compile(classes); err != nil {
		t.Error(err)
	}
}

// TestFixedBatch compiles a model that works for one batch size only.
func TestFixedBatch(t *testing.T) {
	bound := func(rows int) training.Config {
		m := scorer()
		g := m.Graph
		// By way of a shape that does not keep rows, which no other number fits.
		g.Initializers = append(g.Initializers, onnxio.NewInt64("turned", []int64{2}, []int64{3, 2}), onnxio.NewInt64("fixed", []int64{2}, []int64{2, 3}))
		g.Nodes = append(g.Nodes[:3:3],
			&onnxio.Node{Op: "Reshape", Name: "bind", Inputs: []string{"hidden", "turned"}, Outputs: []string{"loose"}},
			&onnxio.Node{Op: "Reshape", Inputs: []string{"loose", "fixed"}, Outputs: []string{"bound"}}, g.Nodes[3])
		g.Nodes[5].Inputs[0] = "bound"
		for _, v := range append(g.Inputs, g.Outputs...) {
			v.Shape[0] = onnxio.Dim{Size: 2}
		}
		cfg := whole(m, training.SquaredError)
		cfg.Domains[0].Batch = rows
		return cfg
	}
	p, err := training.Compile(bound(2))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range []*onnxio.Model{p.Step, p.Eval[0], p.Predict[0]} {
		if s := m.Graph.Input("x").Shape.String(); s != "[2,3]" {
			t.Errorf("%s takes x%s", m.Graph.Name, s)
		}
	}
	_, err = training.Compile(bound(3))
	var batch *training.BatchError
	if !errors.As(err, &batch) || batch.Bound != 2 || batch.Rows != 3 || !errors.Is(err, training.ErrConfig) || !strings.Contains(err.Error(), `"bind"`) {
		t.Errorf("three rows: %v", err)
	}
	other := bound(3)
	other.OwnInputs = false
	if _, err := training.Compile(other); errors.As(err, &batch) || !errors.Is(err, training.ErrTrunk) {
		t.Errorf("a study's trunk: %v", err)
	}
}
