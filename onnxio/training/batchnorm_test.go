package training_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/training"
)

// normed is a trunk with batch normalisations of the data, of maps and of rows,
// as an exporter writes it: with stored statistics and a momentum of its own.
func normed() *onnxio.Model {
	rng := rand.New(rand.NewPCG(4, 4))
	tensor := func(name string, mean float64, shape ...int64) *onnxio.Tensor {
		v := make([]float32, product(shape))
		for i := range v {
			v[i] = float32(mean + 0.3*rng.Float64())
		}
		return onnxio.NewFloat32(name, shape, v)
	}
	g := &onnxio.Graph{
		Name:    "normed",
		Inputs:  []*onnxio.Value{{Name: "image", Type: onnxio.Float32, Shape: onnxio.Shape{onnxio.Sym("N"), {Size: 2}, {Size: 4}, {Size: 4}}}},
		Outputs: []*onnxio.Value{{Name: "out", Type: onnxio.Float32}},
		Initializers: []*onnxio.Tensor{
			tensor("conv.weight", -0.15, 3, 2, 3, 3), tensor("dense.weight", -0.15, 4, 12),
		},
	}
	norm := func(name, x string, channels int64, attrs ...*onnxio.Attribute) *onnxio.Node {
		inputs := []string{x}
		for i, part := range []string{"weight", "bias", "running_mean", "running_var"} {
			c := tensor(name+"."+part, []float64{0.8, -0.1, -0.1, 0.9}[i], channels)
			g.Initializers = append(g.Initializers, c)
			inputs = append(inputs, c.Name)
		}
		return &onnxio.Node{Name: name, Op: "BatchNormalization", Inputs: inputs, Outputs: []string{name + ".out"}, Attrs: attrs}
	}
	g.Nodes = []*onnxio.Node{
		norm("first", "image", 2, onnxio.FloatAttr("momentum", 0.75)),
		{Op: "Conv", Inputs: []string{"first.out", "conv.weight"}, Outputs: []string{"maps"}, Attrs: []*onnxio.Attribute{onnxio.IntsAttr("strides", 2, 2), onnxio.IntsAttr("pads", 1, 1, 1, 1)}},
		norm("second", "maps", 3, onnxio.FloatAttr("epsilon", 0.01)),
		{Op: "Tanh", Inputs: []string{"second.out"}, Outputs: []string{"bent"}},
		{Op: "Flatten", Inputs: []string{"bent"}, Outputs: []string{"row"}},
		{Op: "Gemm", Inputs: []string{"row", "dense.weight"}, Outputs: []string{"wide"}, Attrs: []*onnxio.Attribute{onnxio.IntAttr("transB", 1)}},
		norm("third", "wide", 4),
		{Op: "Reshape", Inputs: []string{"third.out", "shape"}, Outputs: []string{"out"}},
	}
	// Features of more than two dimensions, so that they are flattened.
	g.Initializers = append(g.Initializers, onnxio.NewInt64("shape", []int64{3}, []int64{-1, 2, 2}))
	return &onnxio.Model{IRVersion: 8, Opsets: []onnxio.Opset{{Version: 17}}, Graph: g}
}

// pairs are domains of at least two rows each.
var pairs = []training.Domain{
	{Name: "a", Batch: 4, Loss: training.CrossEntropy, Outputs: 3},
	{Name: "b/c", Batch: 2, Loss: training.SquaredError, Outputs: 2},
	{Name: "d e", Batch: 3, Loss: training.CrossEntropy, Outputs: 2},
}

var bothStatistics = []training.BatchNorm{training.SharedStatistics, training.DomainStatistics}

// normedTrunks have batch normalisations.
func normedTrunks(t *testing.T) map[string]*onnxio.Model {
	return map[string]*onnxio.Model{"normed": normed(), "resnet20": mustZoo(t, "resnet20", 0.25, 1, 8, 8)}
}

// TestBatchNormGradient compares the gradient that a step follows with central
// differences of what the step itself reports: of the weighted losses for the trunk, and
// of its own domain's loss for a head.
func TestBatchNormGradient(t *testing.T) {
	const h, perTensor = 1e-6, 3
	for _, mode := range bothStatistics {
		r := newRig(t, training.Config{Trunk: normed(), Domains: pairs, BatchNorm: mode})
		weights := r.values[training.InputWeights].Float64()
		objective := func(param string) float64 {
			sum := 0.0
			for d, l := range r.run(t, r.program.Step)[training.OutputLosses].Float64() {
				switch param {
				case training.HeadWeight(pairs[d].Name), training.HeadBias(pairs[d].Name):
					return l
				}
				sum += weights[d] * l
			}
			return sum
		}
		rng := rand.New(rand.NewPCG(1, 1))
		for param, grad := range r.gradients(t) {
			v := r.values[param].Float64()
			for range perTensor {
				i := rng.IntN(len(v))
				at := v[i]
				v[i] = at + h
				up := objective(param)
				v[i] = at - h
				down := objective(param)
				v[i] = at
				if want := (up - down) / (2 * h); math.Abs(grad[i]-want) > 1e-6*(1+math.Abs(want)) {
					t.Errorf("%s: %s[%d] has gradient %g, central differences give %g", mode, param, i, grad[i], want)
				}
			}
		}
	}
}

// TestRunningStatistics works out the running statistics of the first batch
// normalisation, which sees the data, after one step.
func TestRunningStatistics(t *testing.T) {
	for _, mode := range bothStatistics {
		r := newRig(t, training.Config{Trunk: normed(), Domains: pairs, BatchNorm: mode})
		before := map[string][]float64{}
		for _, p := range r.program.Buffers {
			before[p.Name] = r.values[p.Name].Float64()
		}
		x := r.values[training.InputX]
		r.advance(t)
		check := func(prefix string, rows *exec.Tensor) {
			for c := range 2 {
				var seen []float64
				for n := range int(rows.Shape[0]) {
					seen = append(seen, rows.Float64()[(n*2+c)*16:(n*2+c+1)*16]...)
				}
				m, squares := mean(seen), 0.0
				for _, v := range seen {
					squares += (v - m) * (v - m)
				}
				for name, batch := range map[string]float64{"first.running_mean": m, "first.running_var": squares / float64(len(seen)-1)} {
					name = prefix + name
					want := 0.75*before[name][c] + 0.25*batch
					if got := r.values[name].Float64()[c]; math.Abs(got-want) > 1e-6 {
						t.Errorf("%s: %s[%d] is %g after a step, want %g", mode, name, c, got, want)
					}
				}
			}
		}
		if mode == training.SharedStatistics {
			check("", x)
			continue
		}
		r.values[training.InputX] = x
		check("domain/a/", r.rows(0, 4))
		check("domain/b%2Fc/", r.rows(4, 6))
		check("domain/d%20e/", r.rows(6, 9))
	}
}

// TestDomainStatistics checks that a step with statistics by domain is the sum
// of steps of the domains alone, running statistics included.
func TestDomainStatistics(t *testing.T) {
	for name, trunk := range normedTrunks(t) {
		joint := newRig(t, training.Config{Trunk: trunk, Domains: pairs, BatchNorm: training.DomainStatistics})
		want, next := map[string][]float64{}, map[string]*exec.Tensor{}
		from := 0
		for d, domain := range pairs {
			prefix := []string{"domain/a/", "domain/b%2Fc/", "domain/d%20e/"}[d]
			single := joint.with(t, training.Config{Trunk: trunk, Domains: pairs[d : d+1]})
			single.values[training.InputX] = joint.rows(from, from+domain.Batch)
			single.values[training.InputWeights] = exec.NewTensor([]int64{1}, joint.values[training.InputWeights].Float64()[d:d+1])
			from += domain.Batch
			for param, g := range single.gradients(t) {
				want[param] = sum(want[param], g)
			}
			single.advance(t)
			for _, b := range single.program.Buffers {
				next[prefix+b.Name] = single.values[b.Name]
			}
		}
		for param, g := range joint.gradients(t) {
			if d := distance(g, want[param]); d > 1e-6 {
				t.Errorf("%s: gradient of %s differs by %g from the sum over domains", name, param, d)
			}
		}
		joint.advance(t)
		if len(joint.program.Buffers) != len(next) {
			t.Errorf("%s: %d buffers, want %d", name, len(joint.program.Buffers), len(next))
		}
		for buffer, v := range next {
			if d := distance(joint.values[buffer].Float64(), v.Float64()); d > 1e-12 {
				t.Errorf("%s: %s differs by %g from the domain's alone", name, buffer, d)
			}
		}
	}
}

func sum(a, b []float64) []float64 {
	s := slices.Clone(b)
	for i := range a {
		s[i] += a[i]
	}
	return s
}

// TestBatchNormGradients checks that the domains' gradients are those that make up
// the step: with weights w, wᵀ·Gram·w is the squared norm of the step's
// gradient of the trunk.
func TestBatchNormGradients(t *testing.T) {
	for _, mode := range append(bothStatistics, training.FrozenStatistics) {
		r := newRig(t, training.Config{Trunk: normed(), Domains: pairs, BatchNorm: mode, Gradients: true})
		out := r.apart(t)
		w, gram := r.values[training.InputWeights].Float64(), out[training.OutputGram].Float64()
		got := 0.0
		for i := range w {
			for j := range w {
				got += w[i] * w[j] * gram[i*len(w)+j]
			}
		}
		want := 0.0
		grads := r.gradients(t)
		for _, p := range r.program.Params {
			for _, g := range grads[p.Name] {
				if p.Domain == "" {
					want += g * g
				}
			}
		}
		if math.Abs(got-want) > 1e-6*want {
			t.Errorf("%s: the domains' gradients add up to a squared norm of %g, that of the step is %g", mode, got, want)
		}
	}
}

// TestFrozenStatistics checks that frozen statistics are constants and that
// evaluation then sees what training sees.
func TestFrozenStatistics(t *testing.T) {
	for name, trunk := range normedTrunks(t) {
		r := newRig(t, training.Config{Trunk: trunk, Domains: pairs, BatchNorm: training.FrozenStatistics})
		if len(r.program.Buffers) != 0 {
			t.Errorf("%s: there are %d buffers", name, len(r.program.Buffers))
		}
		losses := r.run(t, r.program.Step)[training.OutputLosses].Float64()
		for d := range pairs {
			want := mean(r.eval(t, d)[training.OutputSampleLosses].Float64())
			if math.Abs(losses[d]-want) > 1e-6 {
				t.Errorf("%s: the step says loss %g, evaluation %g", name, losses[d], want)
			}
		}
	}
	// One normalisation may be frozen by its rule.
	trunk := normed()
	trunk.SetProperty(training.InitProperty+"second.running_mean", "frozen")
	r := newRig(t, training.Config{Trunk: trunk, Domains: pairs})
	var names []string
	for _, b := range r.program.Buffers {
		names = append(names, b.Name)
	}
	if want := []string{"first.running_mean", "first.running_var", "third.running_mean", "third.running_var"}; !slices.Equal(names, want) {
		t.Errorf("buffers are %q, want %q", names, want)
	}
}

// TestExportedBatchNorm goes through the ways in which exporters write a batch
// normalisation: all give the same step.
func TestExportedBatchNorm(t *testing.T) {
	plain := newRig(t, training.Config{Trunk: normed(), Domains: pairs})
	want := plain.run(t, plain.program.Step)
	tests := map[string]func(g *onnxio.Graph){
		"training mode": func(g *onnxio.Graph) {
			g.Nodes[0].Attrs = append(g.Nodes[0].Attrs, onnxio.IntAttr("training_mode", 1))
			g.Nodes[0].Outputs = append(g.Nodes[0].Outputs, "running_mean", "running_var")
		},
		"identity": func(g *onnxio.Graph) {
			g.Nodes = append([]*onnxio.Node{{Op: "Identity", Inputs: []string{"first.running_mean"}, Outputs: []string{"same"}}}, g.Nodes...)
			g.Nodes[1].Inputs[3] = "same"
		},
		"constant": func(g *onnxio.Graph) {
			value := g.Initializer("first.running_var")
			g.Initializers = slices.DeleteFunc(g.Initializers, func(c *onnxio.Tensor) bool { return c == value })
			g.Nodes = append([]*onnxio.Node{{Op: "Constant", Outputs: []string{"first.running_var"}, Attrs: []*onnxio.Attribute{onnxio.TensorAttr("value", value)}}}, g.Nodes...)
		},
		"our name": func(g *onnxio.Graph) {
			g.Initializer("first.running_mean").Name = "step"
			g.Nodes[0].Inputs[3] = "step"
		},
	}
	for name, edit := range tests {
		trunk := normed()
		edit(trunk.Graph)
		r := plain.with(t, training.Config{Trunk: trunk, Domains: pairs})
		out := r.run(t, r.program.Step)
		if d := distance(out[training.OutputGradNorm].Float64(), want[training.OutputGradNorm].Float64()); d > 1e-12 {
			t.Errorf("%s: the norm of the gradient is off by %g", name, d)
		}
		if len(r.program.Buffers) != len(plain.program.Buffers) {
			t.Fatalf("%s: %d buffers", name, len(r.program.Buffers))
		}
		for i, b := range r.program.Buffers {
			base := plain.program.Buffers[i]
			if d := distance(out[training.NextName(b.Name)].Float64(), want[training.NextName(base.Name)].Float64()); d > 1e-12 || !slices.Equal(b.Value, base.Value) {
				t.Errorf("%s: %s is off by %g", name, b.Name, d)
			}
		}
	}
	// Normalisations that start from one tensor keep statistics of their own.
	trunk := normed()
	g := trunk.Graph
	g.Nodes[2].Inputs[4], g.Nodes[2].Inputs[3], g.Nodes[2].Inputs[1] = "second.bias", "second.bias", "second.bias"
	r := newRig(t, training.Config{Trunk: trunk, Domains: pairs})
	var names []string
	for _, b := range r.program.Buffers {
		names = append(names, b.Name)
	}
	if want := []string{"first.running_mean", "first.running_var", "second.bias_1", "second.bias_2", "third.running_mean", "third.running_var"}; !slices.Equal(names, want) {
		t.Errorf("buffers are %q, want %q", names, want)
	}
	r.advance(t)
}

func TestBatchNormErrors(t *testing.T) {
	tests := []struct {
		name  string
		edit  func(*onnxio.Model)
		mode  training.BatchNorm
		batch int // of the first domain
		want  string
		is    error
	}{
		{"word", nil, "group", 2, `"group"`, training.ErrConfig},
		{"single row", nil, training.DomainStatistics, 1, `domain a has 1 rows per step, so its own statistics in "third.running_mean"`, training.ErrConfig},
		{"computed statistics", func(m *onnxio.Model) {
			g := m.Graph
			g.Nodes = append([]*onnxio.Node{{Op: "Neg", Inputs: []string{"first.running_mean"}, Outputs: []string{"other"}}}, g.Nodes...)
			g.Nodes[1].Inputs[3] = "other"
		}, "", 2, `"other"`, training.ErrTrunk},
		{"statistics used", func(m *onnxio.Model) {
			g := m.Graph
			g.Nodes[6].Outputs = append(g.Nodes[6].Outputs, "running_mean", "running_var")
			g.Nodes[6].Attrs = append(g.Nodes[6].Attrs, onnxio.IntAttr("training_mode", 1))
			add := &onnxio.Node{Op: "Add", Inputs: []string{"third.out", "running_var"}, Outputs: []string{"sum"}}
			g.Nodes = slices.Insert(g.Nodes, 7, add)
			g.Nodes[8].Inputs[0] = "sum"
		}, "", 2, `"running_var"`, training.ErrTrunk},
		{"rule", func(m *onnxio.Model) { m.SetProperty(training.InitProperty+"first.running_var", "normal std=1") }, "", 2, "normal std=1", training.ErrTrunk},
		{"four inputs", func(m *onnxio.Model) { m.Graph.Nodes[0].Inputs = m.Graph.Nodes[0].Inputs[:4] }, "", 2, "4 inputs", training.ErrTrunk},
	}
	for _, test := range tests {
		m := normed()
		if test.edit != nil {
			test.edit(m)
		}
		domains := slices.Clone(pairs)
		domains[0].Batch = test.batch
		_, err := training.Compile(training.Config{Trunk: m, Domains: domains, BatchNorm: test.mode})
		if !errors.Is(err, test.is) || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: error %v", test.name, err)
		}
		// A preview refuses what compilation does, and takes what it would.
		if test.name == "computed statistics" {
			_, refused := training.Preview(m, nil, training.SharedStatistics)
			_, taken := training.Preview(m, nil, training.FrozenStatistics)
			if !errors.Is(refused, training.ErrTrunk) || taken != nil {
				t.Errorf("previews with shared and frozen statistics: %v, %v", refused, taken)
			}
		}
	}
	one := []training.Domain{{Name: "a", Batch: 1, Loss: training.CrossEntropy, Outputs: 3}}
	if _, err := training.Compile(training.Config{Trunk: normed(), Domains: one}); !errors.Is(err, training.ErrConfig) || !strings.Contains(err.Error(), "1 rows per step") {
		t.Errorf("one row in all: error %v", err)
	}
	// One row is enough where a channel has several elements.
	if _, err := training.Compile(training.Config{Trunk: mustZoo(t, "resnet20", 0.25, 1, 8, 8), Domains: one}); err != nil {
		t.Error(err)
	}
}

// TestBakeBatchNorm compares baked models with the Predict graphs. With
// statistics by domain only what lies below the first normalisation is computed
// once.
func TestBakeBatchNorm(t *testing.T) {
	for _, mode := range bothStatistics {
		r := newRig(t, training.Config{Trunk: normed(), Domains: pairs, BatchNorm: mode})
		r.advance(t)
		got := r.baked(t)
		for d, domain := range pairs {
			want := r.run(t, r.program.Predict[d])[training.OutputScores]
			if scores := got[training.ScoresName(domain.Name)]; !slices.Equal(scores.Float64(), want.Float64()) {
				t.Errorf("%s: scores of %s are %v, want %v", mode, domain.Name, scores, want)
			}
			if fmt.Sprint(want) == fmt.Sprint(r.run(t, r.program.Predict[(d+1)%len(pairs)])[training.OutputScores]) {
				t.Errorf("%s: domains have the same scores", mode)
			}
		}
	}
}
