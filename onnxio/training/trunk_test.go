package training_test

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/autodiff"
	"github.com/sharewise/sharewise/onnxio/training"
)

func classes(name string, batch, outputs int) training.Domain {
	return training.Domain{Name: name, Batch: batch, Loss: training.CrossEntropy, Outputs: outputs}
}

func TestProgram(t *testing.T) {
	p, err := training.Compile(training.Config{
		Trunk:     exported(),
		Domains:   []training.Domain{classes("a", 3, 4), classes("b", 2, 2)},
		Optimizer: training.Optimizer{Kind: training.AdamW},
	})
	if err != nil {
		t.Fatal(err)
	}
	// Parameters keep their names, unless these mean something to us.
	want := map[string]string{
		"trunk/step": "[3,2,3,3]", "trunk/next/bias": "[3]", "trunk/target/scale": "[3,1,1]",
		"head/a/weight": "[4,12]", "head/a/bias": "[4]", "head/b/weight": "[2,12]", "head/b/bias": "[2]",
	}
	for _, p := range p.Params {
		if got := onnxio.Static(p.Shape...).String(); want[p.Name] != got {
			t.Errorf("parameter %q has shape %s, want %q", p.Name, got, want[p.Name])
		}
		if inHead := strings.HasPrefix(p.Name, "head/"); inHead != (p.Domain != "") || inHead == (p.Init.Rule == "value") {
			t.Errorf("parameter %q of domain %q starts by rule %q", p.Name, p.Domain, p.Init)
		}
		if p.Init.Rule == "value" && len(p.Value) == 0 {
			t.Errorf("parameter %q has no value", p.Name)
		}
	}
	if len(p.Params) != len(want) || len(p.State) != 2*len(want) {
		t.Errorf("%d parameters and %d tensors of state", len(p.Params), len(p.State))
	}
	if p.Gradients != nil {
		t.Error("there are graphs of gradients that nobody asked for")
	}
	models := slices.Concat([]*onnxio.Model{p.Step}, p.Eval, p.Predict)
	for _, m := range models {
		if err := onnxio.Check(m); err != nil {
			t.Error(err)
		}
		if m.IRVersion < 8 || m.IRVersion > 10 {
			t.Errorf("%s has IR version %d", m.Graph.Name, m.IRVersion)
		}
		if m.Graph.Initializer("unused") != nil {
			t.Errorf("%s carries an initializer that nothing reads", m.Graph.Name)
		}
	}
	if x := p.Step.Graph.Input(training.InputX).Shape.String(); x != "[5,2,4,4]" {
		t.Errorf("a step takes %s", x)
	}
	if x := p.Eval[0].Graph.Input(training.InputX).Shape.String(); x != "[N,2,4,4]" {
		t.Errorf("evaluation takes %s", x)
	}
}

// TestStepIsStatic checks that every value of the step graph has a known
// shape, which ONNX Runtime needs to plan memory.
func TestStepIsStatic(t *testing.T) {
	for name, trunk := range trunks(t) {
		p, err := training.Compile(training.Config{Trunk: trunk, Domains: every, Optimizer: training.Optimizer{Kind: training.AdamW}, Clip: 1})
		if err != nil {
			t.Fatal(err)
		}
		types, err := onnxio.InferShapes(p.Step)
		if err != nil {
			t.Fatal(err)
		}
		for value, v := range types {
			if _, ok := v.Shape.Ints(); !ok {
				t.Errorf("%s: %q has shape %v", name, value, v.Shape)
			}
		}
	}
}

// TestNothingIsWasted checks that every node and constant of the graphs is
// there for an output.
func TestNothingIsWasted(t *testing.T) {
	for name, trunk := range trunks(t) {
		for _, kind := range []training.OptimizerKind{training.SGD, training.AdamW} {
			p, err := training.Compile(training.Config{Trunk: trunk, Domains: every, Optimizer: training.Optimizer{Kind: kind}, Clip: 1, Gradients: true})
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range slices.Concat([]*onnxio.Model{p.Step, p.Gradients, p.Gram, p.Update}, p.Eval, p.Predict) {
				used := map[string]bool{}
				for _, v := range m.Graph.Outputs {
					used[v.Name] = true
				}
				for _, n := range slices.Backward(m.Graph.Nodes) {
					if !slices.ContainsFunc(n.Outputs, func(o string) bool { return used[o] }) {
						t.Errorf("%s, %s: nobody reads the output of %s %q", name, m.Graph.Name, n.Op, n.Name)
					}
					for _, in := range n.Inputs {
						used[in] = true
					}
				}
				for _, c := range m.Graph.Initializers {
					if !used[c.Name] {
						t.Errorf("%s, %s: nobody reads constant %q", name, m.Graph.Name, c.Name)
					}
				}
			}
		}
	}
}

// TestCompileIsPure checks that the trunk is left alone and that compiling
// again gives the same graphs.
func TestCompileIsPure(t *testing.T) {
	trunk := exported()
	before, err := trunk.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	var first []byte
	for range 3 {
		p, err := training.Compile(training.Config{Trunk: trunk, Domains: every, Clip: 1, Gradients: true})
		if err != nil {
			t.Fatal(err)
		}
		step, err := p.Step.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		apart, err := p.Gradients.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		both := slices.Concat(step, apart)
		if first == nil {
			first = both
		}
		if !slices.Equal(both, first) {
			t.Error("compiling again gave another graph")
		}
	}
	if after, err := trunk.Marshal(); err != nil || !slices.Equal(before, after) {
		t.Errorf("Compile changed the trunk (%v)", err)
	}
}

// TestOldTrunk checks that a trunk of an old operator set trains like its
// modern twin, and that the constants of its upgrade are no parameters.
func TestOldTrunk(t *testing.T) {
	build := func(opset int64) *onnxio.Model {
		m := exported()
		m.Opsets[0].Version = opset
		bounds := []*onnxio.Attribute{onnxio.FloatAttr("min", -0.5), onnxio.FloatAttr("max", 0.5)}
		m.Graph.Nodes[1] = &onnxio.Node{Name: "act", Op: "Clip", Inputs: []string{"x"}, Outputs: []string{"gram"}, Attrs: bounds}
		if opset > 10 {
			m.Graph.Nodes[1].Inputs, m.Graph.Nodes[1].Attrs = []string{"x", "low", "half"}, nil
			m.Graph.Initializers = append(m.Graph.Initializers, onnxio.NewFloat32("low", nil, []float32{-0.5}))
		}
		return m
	}
	modern := newRig(t, training.Config{Trunk: build(17), Domains: mixed})
	want := modern.gradients(t)
	for _, opset := range []int64{7, 9, 10, 12, 13} {
		old := modern.with(t, training.Config{Trunk: build(opset), Domains: mixed})
		if got := old.program.Step.Opset(""); got != 17 {
			t.Errorf("version %d: a step imports version %d", opset, got)
		}
		got := old.gradients(t)
		if len(got) != len(want) {
			t.Errorf("version %d: %d parameters, want %d", opset, len(got), len(want))
		}
		for name, g := range got {
			if d := distance(g, want[name]); d > 1e-12 {
				t.Errorf("version %d: gradient of %s is off by %g", opset, name, d)
			}
		}
	}
}

func TestFeatures(t *testing.T) {
	trunk := mustZoo(t, "cnn", 0.02, 1, 8, 8)
	pool := trunk.Graph.Nodes[slices.IndexFunc(trunk.Graph.Nodes, func(n *onnxio.Node) bool { return n.Op == "MaxPool" })]
	p, err := training.Compile(training.Config{Trunk: trunk, Features: pool.Outputs[0], Domains: []training.Domain{classes("a", 2, 3)}})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, p := range p.Params {
		names = append(names, p.Name)
	}
	if want := []string{"conv1.weight", "conv1.bias", "head/a/weight", "head/a/bias"}; !slices.Equal(names, want) {
		t.Errorf("parameters are %q, want %q", names, want)
	}
	if p.Params[2].Shape[1] != 4*4*4 {
		t.Errorf("the head reads %d features", p.Params[2].Shape[1])
	}
}

// TestConstants checks which initializers are trained.
func TestConstants(t *testing.T) {
	trunk := func() *onnxio.Model {
		vector := func(name string, v ...float32) *onnxio.Tensor {
			return onnxio.NewFloat32(name, []int64{int64(len(v))}, v)
		}
		return &onnxio.Model{
			IRVersion: 8, Opsets: []onnxio.Opset{{Version: 17}},
			Graph: &onnxio.Graph{
				Name:    "main",
				Inputs:  []*onnxio.Value{{Name: "data", Type: onnxio.Float32, Shape: onnxio.Shape{onnxio.Sym("B"), {Size: 2}}}},
				Outputs: []*onnxio.Value{{Name: "out", Type: onnxio.Float32, Shape: onnxio.Shape{onnxio.Sym("B"), {Size: 2}}}},
				Initializers: []*onnxio.Tensor{
					vector("gamma", 1, 2), vector("beta", 0, 1), vector("mean", 0.1, 0.2), vector("var", 1, 2),
					onnxio.NewFloat32("weight", []int64{2, 2}, []float32{1, 2, 3, 4}),
					onnxio.NewFloat32("fixed", []int64{2, 2}, []float32{1, 2, 3, 4}),
					onnxio.NewFloat32("high", nil, []float32{6}),
					onnxio.NewInt64("shape", []int64{2}, []int64{-1, 2}),
				},
				Nodes: []*onnxio.Node{
					{Op: "BatchNormalization", Inputs: []string{"data", "gamma", "beta", "mean", "var"}, Outputs: []string{"bn"}},
					{Op: "MatMul", Inputs: []string{"bn", "fixed"}, Outputs: []string{"a"}},
					{Op: "Clip", Inputs: []string{"a", "", "high"}, Outputs: []string{"b"}},
					{Op: "MatMul", Inputs: []string{"b", "weight"}, Outputs: []string{"c"}},
					{Op: "Reshape", Inputs: []string{"c", "shape"}, Outputs: []string{"out"}},
				},
			},
			Metadata: []onnxio.Property{
				{Key: training.InitProperty + "fixed", Value: "frozen"},
				{Key: training.InitProperty + "weight", Value: "normal std=0.1"},
			},
		}
	}
	r := newRig(t, training.Config{Trunk: trunk(), Domains: mixed})
	rules := map[string]string{}
	for _, p := range r.program.Params {
		if p.Domain == "" {
			rules[p.Name] = p.Init.String()
		}
	}
	want := map[string]string{"gamma": "value", "beta": "value", "weight": "normal std=0.1"}
	if len(rules) != len(want) {
		t.Errorf("parameters start by %v, want %v", rules, want)
	}
	for name, rule := range want {
		if rules[name] != rule {
			t.Errorf("%s starts by %q, want %q", name, rules[name], rule)
		}
	}
	r.advance(t)
}

func TestTrunkErrors(t *testing.T) {
	tests := []struct {
		name string
		edit func(*onnxio.Model)
		want string // part of the message
	}{
		{"opset", func(m *onnxio.Model) { m.Opsets[0].Version = 5 }, "5"},
		{"function", func(m *onnxio.Model) {
			m.Functions = []*onnxio.Function{{Name: "Twice", Domain: "local", Inputs: []string{"x"}, Outputs: []string{"y"}, Opsets: []onnxio.Opset{{Version: 9}}}}
			m.Graph.Nodes[3] = &onnxio.Node{Op: "Twice", Domain: "local", Inputs: []string{"scores"}, Outputs: []string{"losses"}}
		}, `"Twice"`},
		{"two outputs", func(m *onnxio.Model) {
			m.Graph.Outputs = append(m.Graph.Outputs, &onnxio.Value{Name: "x"})
		}, "2 outputs"},
		{"no such output", func(m *onnxio.Model) { m.Graph.Outputs[0].Name = "logits" }, `"logits"`},
		{"output is an input", func(m *onnxio.Model) { m.Graph.Outputs[0].Name = "image" }, `"image"`},
		{"two data inputs", func(m *onnxio.Model) {
			m.Graph.Inputs = append(m.Graph.Inputs, &onnxio.Value{Name: "mask", Type: onnxio.Float32, Shape: onnxio.Static(1, 3, 2, 2)})
			m.Graph.Nodes[3].Inputs[1] = "mask"
		}, `"mask"`},
		{"no data input", func(m *onnxio.Model) { m.SetProperty("sharewise.init/image", "zeros") }, "depends on no data input"},
		{"integer data", func(m *onnxio.Model) { m.Graph.Inputs[0].Type = onnxio.Uint8 }, "uint8"},
		{"scalar data", func(m *onnxio.Model) { m.Graph.Inputs[0].Shape = onnxio.Static() }, "[]"},
		{"unknown rank", func(m *onnxio.Model) { m.Graph.Inputs[0].Shape = nil }, "[...]"},
		{"unknown side", func(m *onnxio.Model) { m.Graph.Inputs[0].Shape[3] = onnxio.Sym("W") }, "[1,2,4,W]"},
		{"bad rule", func(m *onnxio.Model) { m.SetProperty("sharewise.init/step", "he_normal") }, "he_normal takes 1"},
		{"input of unknown shape", func(m *onnxio.Model) {
			m.Graph.Inputs = append(m.Graph.Inputs, &onnxio.Value{Name: "p", Type: onnxio.Float32, Shape: onnxio.Shape{onnxio.Sym("K")}})
			m.Graph.Nodes[3].Inputs[1] = "p"
			m.SetProperty("sharewise.init/p", "zeros")
		}, "float32[K]"},
		{"input without value", func(m *onnxio.Model) {
			m.Graph.Inputs = append(m.Graph.Inputs, &onnxio.Value{Name: "p", Type: onnxio.Float32, Shape: onnxio.Static(1)})
			m.Graph.Nodes[3].Inputs[1] = "p"
			m.SetProperty("sharewise.init/p", "value")
		}, "rule value"},
		{"everything frozen", func(m *onnxio.Model) {
			for _, c := range m.Graph.Initializers {
				m.SetProperty("sharewise.init/"+c.Name, "frozen")
			}
		}, "no parameters"},
		{"features are a vector", func(m *onnxio.Model) {
			m.Graph.Nodes[3] = &onnxio.Node{Op: "ReduceMax", Inputs: []string{"scores"}, Outputs: []string{"losses"},
				Attrs: []*onnxio.Attribute{onnxio.IntsAttr("axes", 1, 2, 3), onnxio.IntAttr("keepdims", 0)}}
		}, "at least two dimensions"},
		{"features are integers", func(m *onnxio.Model) {
			m.Graph.Nodes[3] = &onnxio.Node{Op: "Cast", Inputs: []string{"scores"}, Outputs: []string{"losses"},
				Attrs: []*onnxio.Attribute{onnxio.IntAttr("to", int64(onnxio.Int64))}}
		}, "int64"},
		{"samples are mixed", func(m *onnxio.Model) {
			m.Graph.Inputs[0].Shape[0].Size = 2
			m.Graph.Nodes[3] = &onnxio.Node{Op: "Softmax", Inputs: []string{"scores"}, Outputs: []string{"losses"}, Attrs: []*onnxio.Attribute{onnxio.IntAttr("axis", 0)}}
			m.Graph.Nodes[1] = &onnxio.Node{Op: "Transpose", Inputs: []string{"x"}, Outputs: []string{"gram"}, Attrs: []*onnxio.Attribute{onnxio.IntsAttr("perm", 1, 0, 2, 3)}}
			m.Graph.Nodes[2].Op, m.Graph.Nodes[2].Inputs = "ReduceMax", []string{"gram"}
			m.Graph.Nodes[2].Attrs = []*onnxio.Attribute{onnxio.IntsAttr("axes", 1)}
		}, "works along dimension 1, which holds the batch"},
		{"rows of two samples cut", func(m *onnxio.Model) {
			m.Graph.Inputs[0].Shape[0].Size = 2
			m.Graph.Initializers = append(m.Graph.Initializers, onnxio.NewInt64("shape", []int64{2}, []int64{3, 8}))
			m.Graph.Nodes[3] = &onnxio.Node{Op: "Reshape", Inputs: []string{"scores", "shape"}, Outputs: []string{"losses"}}
		}, "export the model with an open batch"},
		{"control flow", func(m *onnxio.Model) {
			branch := &onnxio.Graph{Name: "branch", Outputs: []*onnxio.Value{{Name: "scores"}}}
			m.Graph.Nodes[3] = &onnxio.Node{Op: "If", Inputs: []string{"half"}, Outputs: []string{"losses"},
				Attrs: []*onnxio.Attribute{onnxio.GraphAttr("then_branch", branch), onnxio.GraphAttr("else_branch", branch)}}
		}, "node 3"},
	}
	for _, test := range tests {
		m := exported()
		m.Graph.Outputs[0].Shape = nil
		test.edit(m)
		_, err := training.Compile(training.Config{Trunk: m, Domains: mixed})
		if !errors.Is(err, training.ErrTrunk) || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: error %v", test.name, err)
		}
	}
}

func TestOperatorWithoutGradient(t *testing.T) {
	m := exported()
	m.Graph.Nodes[1].Op = "Det2"
	m.Graph.Nodes[1].Domain = "com.example"
	m.Opsets = append(m.Opsets, onnxio.Opset{Domain: "com.example", Version: 1})
	m.Graph.Values = append(m.Graph.Values, &onnxio.Value{Name: "gram", Type: onnxio.Float32, Shape: onnxio.Static(1, 3, 2, 2)})
	if _, err := training.Compile(training.Config{Trunk: m, Domains: mixed}); !errors.Is(err, training.ErrTrunk) {
		t.Errorf("unknown operator: error %v", err)
	}
	m = exported()
	m.Graph.Nodes[1] = &onnxio.Node{Name: "hard", Op: "Hardmax", Inputs: []string{"x"}, Outputs: []string{"gram"}}
	_, err := training.Compile(training.Config{Trunk: m, Domains: mixed})
	var noRule *autodiff.NoRuleError
	if !errors.As(err, &noRule) || noRule.Op != "Hardmax" || noRule.Node != "hard" {
		t.Errorf("Hardmax: error %v", err)
	}
}

func TestConfigErrors(t *testing.T) {
	tests := []struct {
		name string
		edit func(*training.Config)
	}{
		{"no trunk", func(c *training.Config) { c.Trunk = nil }},
		{"no graph", func(c *training.Config) { c.Trunk = &onnxio.Model{} }},
		{"no domains", func(c *training.Config) { c.Domains = nil }},
		{"two of one name", func(c *training.Config) { c.Domains = []training.Domain{mixed[0], mixed[0]} }},
		{"no name", func(c *training.Config) { c.Domains = []training.Domain{classes("", 1, 2)} }},
		{"no rows", func(c *training.Config) { c.Domains = []training.Domain{classes("a", 0, 2)} }},
		{"one class", func(c *training.Config) { c.Domains = []training.Domain{classes("a", 1, 1)} }},
		{"no targets", func(c *training.Config) {
			c.Domains = []training.Domain{{Name: "a", Batch: 1, Loss: training.SquaredError}}
		}},
		{"loss", func(c *training.Config) {
			c.Domains = []training.Domain{{Name: "a", Batch: 1, Loss: "hinge", Outputs: 2}}
		}},
		{"no delta", func(c *training.Config) {
			c.Domains[0] = training.Domain{Name: "a", Batch: 1, Loss: training.Huber, Outputs: 1}
		}},
		{"delta of another loss", func(c *training.Config) { c.Domains[0].Delta = 1 }},
		{"masked classes", func(c *training.Config) { c.Domains[0].Masked = true }},
		{"smoothing", func(c *training.Config) { c.Domains[0].Smoothing = 1 }},
		{"smoothing NaN", func(c *training.Config) { c.Domains[0].Smoothing = math.NaN() }},
		{"smooth values", func(c *training.Config) { c.Domains[1].Smoothing = 0.1 }},
		{"weighted values", func(c *training.Config) { c.Domains[1].ClassWeights = []float32{1, 1} }},
		{"weights", func(c *training.Config) { c.Domains[0].ClassWeights = []float32{1, 1} }},
		{"weight 0", func(c *training.Config) { c.Domains[0].ClassWeights = []float32{1, 1, 0} }},
		{"clip", func(c *training.Config) { c.Clip = -1 }},
		{"clip NaN", func(c *training.Config) { c.Clip = math.NaN() }},
		{"optimizer", func(c *training.Config) { c.Optimizer.Kind = "lion" }},
		{"momentum", func(c *training.Config) { c.Optimizer.Momentum = 1 }},
		{"nesterov", func(c *training.Config) { c.Optimizer.Nesterov = true }},
		{"decay", func(c *training.Config) { c.Optimizer.WeightDecay = math.Inf(1) }},
		{"beta", func(c *training.Config) { c.Optimizer.Beta2 = 1 }},
		{"epsilon", func(c *training.Config) { c.Optimizer.Epsilon = -1 }},
	}
	for _, test := range tests {
		cfg := training.Config{Trunk: exported(), Domains: slices.Clone(mixed)}
		test.edit(&cfg)
		if _, err := training.Compile(cfg); !errors.Is(err, training.ErrConfig) {
			t.Errorf("%s: error %v", test.name, err)
		}
	}
}
