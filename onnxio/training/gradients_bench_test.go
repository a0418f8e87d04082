package training_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/kernels"
	"github.com/sharewise/sharewise/onnxio/lower"
	"github.com/sharewise/sharewise/onnxio/ort/orttest"
	"github.com/sharewise/sharewise/onnxio/training"
)

// four are domains whose joined minibatch has 128 rows.
var four = []training.Domain{
	{Name: "a", Batch: 32, Loss: training.CrossEntropy, Outputs: 10},
	{Name: "b", Batch: 32, Loss: training.CrossEntropy, Outputs: 10},
	{Name: "c", Batch: 32, Loss: training.CrossEntropy, Outputs: 10},
	{Name: "d", Batch: 32, Loss: training.CrossEntropy, Outputs: 10},
}

// BenchmarkGradients measures, with every kernel, a step at once and the three parts
// of one by which weights follow from gradients. A weighted second backward pass would
// be gradients, gram and step.
func BenchmarkGradients(b *testing.B) {
	backend := orttest.Kernels(b)
	lstm, err := onnxio.Load("../../testdata/architectures/lstm.onnx")
	if err != nil {
		b.Fatal(err)
	}
	for _, net := range []struct {
		name  string
		trunk *onnxio.Model
		mode  training.BatchNorm
	}{
		{"mlp", mustZoo(b, "mlp", 1, 784), ""},
		{"cnn", mustZoo(b, "cnn", 1, 1, 28, 28), ""},
		{"resnet20-shared", mustZoo(b, "resnet20", 1, 3, 32, 32), training.SharedStatistics},
		{"resnet20-domain", mustZoo(b, "resnet20", 1, 3, 32, 32), training.DomainStatistics},
		{"tcn", mustZoo(b, "tcn", 1, 1, 1024), ""},
		{"transformer", mustZoo(b, "transformer", 1, 1, 1024), ""},
		{"lstm", lstm, ""},
	} {
		cfg := training.Config{
			Trunk: net.trunk, Domains: four, BatchNorm: net.mode, Gradients: true,
			Optimizer: training.Optimizer{Kind: training.SGD, Momentum: 0.9, WeightDecay: 5e-4},
			Form:      kernels.Best(kernels.Offered(backend)),
		}
		r := newRig(b, cfg)
		p := r.program
		stacks := map[string]*exec.Tensor{}
		gradients := map[string]*exec.Tensor{}
		for _, v := range p.Params {
			if v.Domain != "" {
				gradients[training.GradientName(v.Domain, v.Name)] = exec.Zeros(onnxio.Float32, v.Shape...)
				continue
			}
			n, length := product(v.Shape), training.StackedLen(v)
			s := exec.Zeros(onnxio.Float32, int64(len(four)), length)
			stacks[training.StackedName(v.Name)] = s
			for i, d := range four {
				from := int64(i) * length
				gradients[training.GradientName(d.Name, v.Name)] = exec.NewTensor(v.Shape, s.Float32()[from:from+n])
			}
		}
		graphs := []*onnxio.Model{p.Step, p.Gradients, p.Gram, p.Update, onlyGram(b, p, false)}
		if net.name == "mlp" {
			graphs = append(graphs, onlyGram(b, p, true))
		}
		for _, m := range graphs {
			b.Run(net.name+"/"+m.Graph.Name, func(b *testing.B) {
				session, err := backend.Open(m, exec.Options{Threads: 1})
				if err != nil {
					b.Fatal(err)
				}
				inputs, outputs := map[string]*exec.Tensor{}, map[string]*exec.Tensor{}
				for _, v := range m.Graph.Inputs {
					switch {
					case stacks[v.Name] != nil:
						inputs[v.Name] = stacks[v.Name]
					case gradients[v.Name] != nil:
						inputs[v.Name] = gradients[v.Name]
					default:
						inputs[v.Name] = float32s(r.values[v.Name])
					}
				}
				for _, v := range m.Graph.Outputs {
					if outputs[v.Name] = gradients[v.Name]; outputs[v.Name] == nil {
						shape, _ := v.Shape.Ints()
						outputs[v.Name] = exec.Zeros(onnxio.Float32, slices.Clone(shape)...)
					}
				}
				binding, err := session.Bind(inputs, outputs)
				if err != nil {
					b.Fatal(err)
				}
				shortest(b, func() {
					if err := binding.Run(); err != nil {
						b.Fatal(err)
					}
				})
				if err := session.Close(); err != nil {
					b.Fatal(err)
				}
			})
		}
	}
}

// onlyGram is Gradients that gives the Gram matrix and keeps no gradients: all of them
// are joined to one matrix J, of which it is J·Jᵀ, or, by pairs, the inner products of
// gradients dᵢᵀ·aᵢ of a layer's weight are the sums of (dᵢ·dⱼᵀ)∘(aᵢ·aⱼᵀ).
func onlyGram(b *testing.B, p *training.Program, pairs bool) *onnxio.Model {
	b.Helper()
	m := p.Gradients.Clone()
	g := m.Graph
	g.Name = "gram-of-all"
	if pairs {
		g.Name = "gram-by-pairs"
	}
	g.Outputs = []*onnxio.Value{{Name: training.OutputGram, Type: onnxio.Float32, Shape: onnxio.Static(int64(len(p.Domains)), int64(len(p.Domains)))}}
	made := map[string]*onnxio.Node{}
	for _, n := range g.Nodes {
		for _, o := range n.Outputs {
			made[o] = n
		}
	}
	builder := onnxio.NewBuilder(g)
	var rows []string
	var sums []string
	factors := map[string][]*onnxio.Node{}
	for _, d := range p.Domains {
		var flat []string
		for _, v := range p.Params {
			if v.Domain != "" {
				continue
			}
			name := made[training.GradientName(d.Name, v.Name)].Inputs[0]
			if n := made[name]; pairs && n.Op == "Gemm" {
				factors[v.Name] = append(factors[v.Name], n)
				continue
			}
			flat = append(flat, builder.Op("Reshape", []string{name, builder.Int64s(1, -1)}))
		}
		rows = append(rows, builder.Op("Concat", flat, onnxio.IntAttr("axis", 1)))
	}
	j := builder.Op("Concat", rows, onnxio.IntAttr("axis", 0))
	sums = append(sums, builder.Op("Gemm", []string{j, j}, onnxio.IntAttr("transB", 1)))
	n := len(p.Domains)
	for _, name := range slices.Sorted(maps.Keys(factors)) {
		entries := make([]string, n*n)
		for i, x := range factors[name] {
			for k, y := range factors[name][:i+1] {
				d := builder.Op("Gemm", []string{x.Inputs[0], y.Inputs[0]}, onnxio.IntAttr("transB", 1))
				a := builder.Op("Gemm", []string{x.Inputs[1], y.Inputs[1]}, onnxio.IntAttr("transB", 1))
				sum := builder.Op("ReduceSum", []string{builder.Op("Mul", []string{d, a})}, onnxio.IntAttr("keepdims", 0))
				entries[i*n+k] = builder.Op("Reshape", []string{sum, builder.Int64s(1)})
				entries[k*n+i] = entries[i*n+k]
			}
		}
		all := builder.Op("Concat", entries, onnxio.IntAttr("axis", 0))
		sums = append(sums, builder.Op("Reshape", []string{all, builder.Int64s(int64(n), int64(n))}))
	}
	builder.OpNamed(training.OutputGram, "Sum", sums)
	for _, n := range g.Nodes {
		n.Name = "" // the new ones have names of old ones
	}
	lower.Prune(g, nil)
	if err := onnxio.Check(m); err != nil {
		b.Fatal(err)
	}
	return m
}
