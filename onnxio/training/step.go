package training

import (
	"maps"
	"slices"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/kernels"
)

// step builds the graph of one training step.
func (c *compiler) step() (*onnxio.Model, []kernels.Choice, error) {
	d := c.draft("step")
	sizes, rows := c.batches()
	domains := int64(len(c.heads))
	d.declareTrunk(c.trunk, onnxio.Dim{Size: rows}, c.buffers)
	targets := c.declareHeads(d, sizes)
	d.params(c.state)
	d.input(InputWeights, onnxio.Float32, onnxio.Static(domains))
	d.input(InputRate, onnxio.Float32, onnxio.Static())
	d.input(InputStep, onnxio.Float32, onnxio.Static())
	d.output(OutputLosses, onnxio.Float32, onnxio.Static(domains))
	d.output(OutputSampleLosses, onnxio.Float32, onnxio.Static(rows))
	d.output(OutputGradNorm, onnxio.Float32, onnxio.Static(1))
	for _, p := range slices.Concat(trainable(c.params), c.state, c.buffers) {
		d.output(NextName(p.Name), onnxio.Float32, onnxio.Static(p.Shape...))
	}

	features := c.features(d, sizes)
	losses := c.losses(d, features, targets)
	c.means(d, losses)
	own, weighted := map[string]string{}, map[string]string{} // cotangents of scores, for heads and trunk
	weights := d.split(InputWeights, ones(len(c.heads)))
	var samples []string
	for i, l := range losses {
		own[l.scores] = l.cotangent
		weighted[l.scores] = d.Op("Mul", []string{l.cotangent, weights[i]})
		samples = append(samples, l.samples)
	}
	d.join(OutputSampleLosses, samples, 0)
	types, err := d.infer()
	if err != nil {
		return nil, nil, err
	}
	plain := types
	types, choices, err := d.faster(types, kept(own, weighted), true)
	if err != nil {
		return nil, nil, err
	}
	forward := len(d.model.Graph.Nodes)
	within, above := trainable(c.trunk.params), []Param(nil)
	for i := range c.heads {
		h := &c.heads[i]
		within = append(within, h.adapters...)
		above = append(above, h.layer()...)
	}
	grads, err := gradient(d, types, weighted, paramNames(within), c.trunk.kept)
	if err != nil {
		return nil, nil, err
	}
	heads, err := gradient(d, types, own, paramNames(above), c.trunk.kept)
	if err != nil {
		return nil, nil, err
	}
	maps.Copy(grads, heads)
	if err := c.findStuck(d, forward, types, slices.Sorted(maps.Keys(own)), grads); err != nil {
		return nil, nil, err
	}
	c.updates(d, grads)
	d.follow(plain)
	m, err := d.finish()
	return m, choices, err
}

// kept lists the values that cotangents are of, and the cotangents.
func kept(seeds ...map[string]string) (names []string) {
	for _, s := range seeds {
		for _, of := range slices.Sorted(maps.Keys(s)) {
			names = append(names, of, s[of])
		}
	}
	return names
}

// updates appends the norm of the gradient, clipping and the optimizer.
func (c *compiler) updates(d *draft, grads map[string]string) {
	params := trainable(c.params)
	if op, attrs := c.update.kernel(); c.cfg.Form.Uses(kernels.Update) && c.cfg.Form.Kernels.Has(op, kernels.SumSquares) {
		c.updateAtOnce(d, op, attrs, params, grads)
		return
	}
	var squares []string
	for _, p := range params {
		squares = append(squares, d.Op("ReduceSumSquare", []string{grads[p.Name]}, onnxio.IntAttr("keepdims", 0)))
	}
	norm := d.Op("Sqrt", []string{d.sum(squares)})
	d.OpNamed(OutputGradNorm, "Reshape", []string{norm, d.Int64s(1)})
	clip := ""
	if c.cfg.Clip > 0 {
		clip = clipFactor(d, norm, c.cfg.Clip)
	}
	c.update.begin(d)
	for _, p := range params {
		g := grads[p.Name]
		if clip != "" {
			g = d.Op("Mul", []string{g, clip})
		}
		var state []string
		for _, slot := range c.update.slots() {
			state = append(state, stateName(slot, p.Name))
		}
		c.update.append(d, p.Name, g, state)
	}
}

// updateAtOnce is updates by one kernel for all parameters.
func (c *compiler) updateAtOnce(d *draft, op string, attrs []*onnxio.Attribute, params []Param, grads map[string]string) {
	var gradients, outputs []string
	for _, p := range params {
		gradients = append(gradients, grads[p.Name])
		outputs = append(outputs, NextName(p.Name))
	}
	inputs := []string{InputRate, d.floats(1)}
	if c.cfg.Clip > 0 {
		squares := d.OpsOf(kernels.Domain, kernels.SumSquares, 1, gradients)
		inputs[1] = clipFactor(d, d.Op("Sqrt", squares), c.cfg.Clip)
	}
	if op == kernels.AdamW {
		inputs = append(inputs, InputStep)
	}
	inputs = append(inputs, paramNames(params)...)
	inputs = append(inputs, gradients...)
	for _, slot := range c.update.slots() {
		for _, p := range params {
			inputs = append(inputs, stateName(slot, p.Name))
			outputs = append(outputs, NextName(stateName(slot, p.Name)))
		}
	}
	squares := d.Name("squares")
	g := d.Graph()
	g.Nodes = append(g.Nodes, &onnxio.Node{
		Name: "update", Domain: kernels.Domain, Op: op, Inputs: inputs, Outputs: append([]string{squares}, outputs...),
		Attrs: append(attrs, onnxio.IntAttr("count", int64(len(params)))),
	})
	d.OpNamed(OutputGradNorm, "Sqrt", []string{squares})
}

// clipFactor appends min(1, clip/(norm+1e-6)), the factor of PyTorch's
// clip_grad_norm_.
func clipFactor(d *draft, norm string, clip float64) string {
	norm = d.Op("Add", []string{norm, d.Float(1e-6)})
	return d.Op("Min", []string{d.Op("Div", []string{d.Float(float32(clip)), norm}), d.Float(1)})
}

func ones(n int) []int64 {
	v := make([]int64, n)
	for i := range v {
		v[i] = 1
	}
	return v
}
