package training

import (
	"slices"
	"strings"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/kernels"
)

// link is a dense layer of a chain: relu(x·W + bias), of which relu and bias may be
// missing. weight and bias name its parameters.
type link struct {
	weight, bias string
	units        int64
	relu, turned bool // turned: W is [units, inputs]
}

// chain returns the trunk as dense layers of which each takes what the one before gives, nil
// if it is none, or not all of it is trained.
func (t *trunk) chain() []link {
	if len(t.data) != 1 || t.data[0].dtype != onnxio.Float32 || len(t.adapters) > 0 {
		return nil
	}
	params := map[string]Param{} // by name in the trunk; what is used is taken out
	for _, p := range t.params {
		if p.Frozen || p.Stop != nil {
			return nil
		}
		params[p.Source] = p
	}
	take := func(n *onnxio.Node, input int, shape ...int64) (string, bool) {
		if len(n.Inputs) <= input {
			return "", false
		}
		p, ok := params[n.Inputs[input]]
		delete(params, n.Inputs[input])
		return p.Name, ok && slices.Equal(p.Shape, shape)
	}
	var links []link
	in, matrix, last := size(t.data[0].sample), len(t.data[0].sample) == 1, t.data[0].source
	for _, n := range t.nodes {
		if n.Domain != "" && n.Domain != "ai.onnx" || len(n.Inputs) == 0 || n.Inputs[0] != last {
			return nil
		}
		switch op := n.OpName(); {
		case op == "Identity":
		case op == "Flatten" && n.IntOr("axis", 1) == 1:
			matrix = true
		case op == "Relu" && len(links) > 0 && !links[len(links)-1].relu:
			links[len(links)-1].relu = true
		case op == "Gemm" && n.FloatOr("alpha", 1) == 1 && n.FloatOr("beta", 1) == 1 && n.IntOr("transA", 0) == 0, op == "MatMul" && matrix:
			l := link{turned: n.IntOr("transB", 0) != 0}
			shape := params[n.Inputs[1]].Shape
			if len(shape) != 2 {
				return nil
			}
			want := []int64{in, shape[1]}
			if l.units = shape[1]; l.turned {
				l.units = shape[0]
				want = []int64{l.units, in}
			}
			ok, biased := false, true
			if l.weight, ok = take(n, 1, want...); len(n.Inputs) > 2 && n.Inputs[2] != "" {
				l.bias, biased = take(n, 2, l.units)
			}
			if !ok || !biased {
				return nil
			}
			links, in = append(links, l), l.units
		case op == "Add" && len(links) > 0 && links[len(links)-1].bias == "" && !links[len(links)-1].relu:
			bias, ok := take(n, 1, in)
			if !ok {
				return nil
			}
			links[len(links)-1].bias = bias
		default:
			return nil
		}
		last = n.Outputs[0]
	}
	if last != t.output || len(params) > 0 {
		return nil
	}
	return links
}

// rules and kinds are the numbers by which the kernel knows update rules and losses.
var (
	rules = map[string]int64{kernels.SGD: 0, kernels.AdamW: 1, kernels.Adagrad: 2}
	kinds = map[Loss]int64{CrossEntropy: 0, BinaryCrossEntropy: 1, SquaredError: 2, Huber: 3}
)

// steps builds Program.Steps.
func (c *compiler) steps() (*onnxio.Model, error) {
	links := c.trunk.chain()
	if len(links) == 0 || !c.cfg.Form.Uses(kernels.Steps) || c.cfg.KeepHead || len(c.buffers) > 0 || slices.ContainsFunc(c.heads, func(h head) bool { return len(h.params) != 2 }) {
		return nil, nil
	}
	d := c.draft("steps")
	steps := onnxio.Sym("steps")
	stacked := func(shape ...int64) onnxio.Shape { return append(onnxio.Shape{steps}, onnxio.Static(shape...)...) }
	sizes, rows := c.batches()
	x := c.trunk.data[0]
	d.input(x.name, x.dtype, stacked(append([]int64{rows}, x.sample...)...))
	d.params(c.params)
	var targets []string
	var classes, shapes []float32
	byDomain := map[string][]int64{}
	for i := range c.heads {
		h := &c.heads[i]
		dt, shape := h.rule.target(onnxio.Dim{Size: sizes[i]}, h.Outputs)
		name := d.input(TargetName(h.Name), dt, append(onnxio.Shape{steps}, shape...))
		if dt != onnxio.Float32 {
			name = d.Op("Cast", []string{name}, onnxio.IntAttr("to", int64(onnxio.Float32)))
		}
		if len(shape) > 1 {
			name = d.Op("Reshape", []string{name, d.Int64s(0, -1)})
		}
		targets = append(targets, name)
		weights := h.ClassWeights
		if weights == nil {
			weights = slices.Repeat([]float32{1}, h.Outputs)
		}
		classes = append(classes, weights...)
		shapes = append(shapes, float32(h.Smoothing), float32(h.Delta))
		for name, v := range map[string]int64{"outputs": int64(h.Outputs), "rows": sizes[i], "losses": kinds[h.Loss], "masked": truth(h.Masked)} {
			byDomain[name] = append(byDomain[name], v)
		}
	}
	d.params(c.state)
	domains := int64(len(c.heads))
	d.input(InputWeights, onnxio.Float32, stacked(domains))
	d.input(InputRate, onnxio.Float32, stacked())
	d.input(InputStep, onnxio.Float32, stacked())
	d.output(OutputLosses, onnxio.Float32, stacked(domains))
	d.output(OutputSampleLosses, onnxio.Float32, stacked(rows))
	d.output(OutputGradNorm, onnxio.Float32, stacked(1))
	for _, p := range slices.Concat(c.params, c.state) {
		d.output(NextName(p.Name), onnxio.Float32, onnxio.Static(p.Shape...))
	}

	var params []string
	byLayer := map[string][]int64{}
	for _, l := range links {
		params = append(params, l.weight)
		if l.bias != "" {
			params = append(params, l.bias)
		}
		for name, v := range map[string]int64{"units": l.units, "relu": truth(l.relu), "turned": truth(l.turned), "biased": truth(l.bias != "")} {
			byLayer[name] = append(byLayer[name], v)
		}
	}
	for i := range c.heads {
		params = append(params, paramNames(c.heads[i].params)...)
	}
	tensors := slices.Clone(params)
	for _, slot := range c.update.slots() {
		for _, p := range params {
			tensors = append(tensors, stateName(slot, p))
		}
	}
	inputs := []string{InputRate, InputStep, InputWeights, x.name, d.join("", targets, 1), d.floats(classes...), d.Initializer(onnxio.NewFloat32("const", []int64{domains, 2}, shapes))}
	outputs := []string{OutputLosses, OutputSampleLosses, OutputGradNorm}
	for _, v := range tensors {
		outputs = append(outputs, NextName(v))
	}
	op, attrs := c.update.kernel()
	attrs = append(attrs, onnxio.IntAttr("rule", rules[op]), onnxio.FloatAttr("clip", float32(c.cfg.Clip)), onnxio.IntAttr("features", size(x.sample)))
	for _, lists := range []map[string][]int64{byLayer, byDomain} {
		for name, v := range lists {
			attrs = append(attrs, onnxio.IntsAttr(name, v...))
		}
	}
	slices.SortFunc(attrs, func(a, b *onnxio.Attribute) int { return strings.Compare(a.Name, b.Name) })
	g := d.Graph()
	g.Nodes = append(g.Nodes, &onnxio.Node{Name: "steps", Domain: kernels.Domain, Op: kernels.DenseSteps, Inputs: append(inputs, tensors...), Outputs: outputs, Attrs: attrs})
	return d.finish()
}
