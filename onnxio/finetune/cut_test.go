package finetune_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/finetune"
	"github.com/sharewise/sharewise/onnxio/training"
)

// TestCutAuto puts the layer that was found back on the features by hand: that
// must give the logits of the whole model.
func TestCutAuto(t *testing.T) {
	x := samples(3, 3, 8, 8)
	for _, n := range networks {
		t.Run(n.name, func(t *testing.T) {
			m, logits := n.model(t)
			before := m.Clone()
			trunk, r := apply(t, m, finetune.Config{Features: finetune.Auto})
			if r.Cut == nil || r.Cut.Weight != "fc.weight" {
				t.Fatalf("cut off %+v", r.Cut)
			}
			if n.features != "" && trunk.Graph.Outputs[0].Name != n.features {
				t.Errorf("features are %q, want %q", trunk.Graph.Outputs[0].Name, n.features)
			}
			for _, gone := range []string{"fc.weight", "fc.bias"} {
				if trunk.Graph.Initializer(gone) != nil {
					t.Errorf("%s is still there", gone)
				}
			}
			whole, _ := apply(t, m, finetune.Config{Features: logits})
			want := eval(t, whole, x)
			weight, bias := floats(t, m, "fc.weight"), floats(t, m, "fc.bias")
			var got []float64
			for features := eval(t, trunk, x).Float64(); len(features) > 0; features = features[6:] {
				for i, b := range bias {
					sum := float64(b)
					for j, f := range features[:6] {
						sum += f * float64(weight[i*6+j])
					}
					got = append(got, sum)
				}
			}
			if d := distance(t, got, want.Float64()); d > 1e-12 {
				t.Errorf("the layer on the features gives logits that are off by %g", d)
			}
			if !slices.EqualFunc(m.Graph.Nodes, before.Graph.Nodes, func(a, b *onnxio.Node) bool { return a.Name == b.Name && slices.Equal(a.Inputs, b.Inputs) }) {
				t.Error("the model was changed")
			}
		})
	}
}

// floats are the elements of a weight, wherever the model has it.
func floats(t testing.TB, m *onnxio.Model, name string) []float32 {
	t.Helper()
	tensor := m.Graph.Initializer(name)
	for _, n := range m.Graph.Nodes {
		if n.Op == "Constant" && n.Outputs[0] == name {
			tensor = n.Attr("value").Tensor
		}
	}
	v, err := tensor.Float32()
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestCutByName(t *testing.T) {
	m, _ := networks[0].model(t)
	// A node stands for its first output; both names are those of the file.
	m.Graph.Nodes[3].Name = "second convolution"
	for name, want := range map[string]string{"map": "map", "second convolution": "conv2", "logits": "logits"} {
		trunk, r := apply(t, m, finetune.Config{Features: name})
		if got := trunk.Graph.Outputs[0].Name; got != want || r.Cut != nil {
			t.Errorf("features %q end at %q, with cut %+v", name, got, r.Cut)
		}
	}
	_, r := apply(t, m, finetune.Config{Features: "map", Adapters: finetune.Adapters{Rank: 1}})
	if r.Dropped != 4 {
		t.Errorf("%d nodes were left out", r.Dropped)
	}
	trunk, _ := apply(t, m, finetune.Config{Features: "map"})
	if shape := trunk.Graph.Outputs[0].Shape.String(); shape != "[N,6,4,4]" {
		t.Errorf("features have shape %s", shape)
	}
	if trunk.Graph.Initializer("fc.weight") != nil || len(trunk.Graph.Nodes) != 5 {
		t.Errorf("%d nodes are left", len(trunk.Graph.Nodes))
	}
}

// TestCutDropsInputs cuts a model below a second input, which goes.
func TestCutDropsInputs(t *testing.T) {
	s := newSketch(4)
	hidden := s.OpNamed("hidden", "MatMul", []string{"input", s.weight("w", 4, 3)})
	s.model.Graph.Inputs = append(s.model.Graph.Inputs, &onnxio.Value{Name: s.Name("target"), Type: onnxio.Float32, Shape: onnxio.Static(1, 3)})
	m := s.end(t, s.Op("Sub", []string{hidden, "target"}))
	if _, _, err := finetune.Apply(m, finetune.Config{Sample: []int64{4}}); !errors.Is(err, finetune.ErrInput) || !strings.Contains(err.Error(), `2 data inputs ["input" "target"]`) {
		t.Errorf("error %v", err)
	}
	trunk, _ := apply(t, m, finetune.Config{Features: "hidden", Sample: []int64{4}})
	if len(trunk.Graph.Inputs) != 1 {
		t.Errorf("%d inputs are left", len(trunk.Graph.Inputs))
	}
}

func TestCutErrors(t *testing.T) {
	residual := newSketch(4)
	y := residual.Op("MatMul", []string{"input", residual.weight("w", 4, 4)})
	sum := residual.end(t, residual.OpNamed("sum", "Add", []string{y, "input"}))
	dense := newSketch(3, 8, 8)
	segments := dense.end(t, dense.Op("Conv", []string{dense.backbone(), dense.weight("fc.weight", 5, 6, 1, 1)}))
	bare := newSketch(4)
	relu := bare.end(t, bare.Op("Relu", []string{"input"}))
	two, _ := networks[0].model(t)
	two.Graph.Outputs = append(two.Graph.Outputs, &onnxio.Value{Name: "map", Type: onnxio.Float32, Shape: onnxio.Shape{{Symbol: "N"}, {Size: 6}, {Size: 4}, {Size: 4}}})
	for _, test := range []struct {
		m        *onnxio.Model
		features string
		want     string
	}{
		{sum, finetune.Auto, `node 1 "sum" (Add): it adds up two values; name the value that holds the features`},
		{segments, finetune.Auto, "(Conv): the last layer is a convolution that gives a map"},
		{relu, finetune.Auto, "(Relu): no linear layer stands after it"},
		{two, finetune.Auto, `there are 2 outputs of floating point, ["softmax" "map"]`},
		{sum, "summ", `the model has no value or node "summ"`},
	} {
		_, _, err := finetune.Apply(test.m, finetune.Config{Features: test.features})
		if !errors.Is(err, finetune.ErrFeatures) || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%v\nlacks %s", err, test.want)
		}
	}
	_, _, err := finetune.Apply(sum, finetune.Config{Features: "summ"})
	var unknown *training.UnknownNameError
	if !errors.As(err, &unknown) || !slices.Contains(unknown.Names, "sum") {
		t.Errorf("error %v names %v", err, unknown)
	}
}

// TestScores leaves out what makes probabilities, and only that.
func TestScores(t *testing.T) {
	x := samples(3, 3, 8, 8)
	for i, want := range map[int]struct {
		loss training.Loss
		op   string
	}{
		0: {training.CrossEntropy, "Softmax"}, 1: {training.CrossEntropy, "LogSoftmax"}, 2: {training.BinaryCrossEntropy, "Sigmoid"}, 3: {training.CrossEntropy, ""},
	} {
		m, logits := networks[i].model(t)
		whole, r := apply(t, m, finetune.Config{Scores: want.loss})
		if r.Activation != want.op || (want.op == "") != (whole == m) {
			t.Errorf("%s: left out %q, want %q", networks[i].name, r.Activation, want.op)
		}
		if got := finetune.Activation(m); got != want.op {
			t.Errorf("%s ends in %q, want %q", networks[i].name, got, want.op)
		}
		before, _ := apply(t, m, finetune.Config{Features: logits})
		if d := distance(t, eval(t, whole, x).Float64(), eval(t, before, x).Float64()); d != 0 {
			t.Errorf("%s: scores are off by %g", networks[i].name, d)
		}
		if whole.Graph.Outputs[0].Name != m.Graph.Outputs[0].Name {
			t.Errorf("%s: the output is called %q", networks[i].name, whole.Graph.Outputs[0].Name)
		}
		// Another loss takes the output as it is.
		if same, _ := apply(t, m, finetune.Config{Scores: training.SquaredError}); same != m {
			t.Errorf("%s: a regression leaves out something", networks[i].name)
		}
	}
}

// TestLabelsBeside: labels and maps beside the scores do no harm; several scores
// are told apart by name.
func TestLabelsBeside(t *testing.T) {
	s := newSketch(4)
	y := s.OpNamed("scores", "Gemm", []string{"input", s.weight("w", 4, 3), s.weight("b", 3)})
	m := s.end(t, y)
	g := m.Graph
	m.Opsets = append(m.Opsets, onnxio.Opset{Domain: "ai.onnx.ml", Version: 3})
	g.Nodes = append(g.Nodes,
		&onnxio.Node{Op: "ArgMax", Inputs: []string{"scores"}, Outputs: []string{"label"}, Attrs: []*onnxio.Attribute{onnxio.IntAttr("axis", 1), onnxio.IntAttr("keepdims", 0)}},
		&onnxio.Node{Op: "ZipMap", Domain: "ai.onnx.ml", Inputs: []string{"scores"}, Outputs: []string{"maps"}})
	for _, outputs := range [][]*onnxio.Value{
		{{Name: "label", Type: onnxio.Int64}, {Name: "scores", Type: onnxio.Float32}},
		{{Name: "label", Type: onnxio.Int64}, {Name: "maps"}},
	} {
		g.Outputs = outputs
		whole, r := apply(t, m, finetune.Config{})
		if len(whole.Graph.Outputs) != 1 || whole.Graph.Outputs[0].Name != "scores" || len(whole.Graph.Nodes) != 1 || r.Dropped != 2 {
			t.Errorf("outputs %v, %d nodes, %d dropped", whole.Graph.Outputs[0], len(whole.Graph.Nodes), r.Dropped)
		}
	}
}
