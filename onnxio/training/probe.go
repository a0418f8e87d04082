package training

import "github.com/sharewise/sharewise/onnxio"

// probe builds the graph that measures gradient conflict. It lays the trunk
// once per domain, over the domain's own rows, so that the gradients of all
// domains together cost about as much as one of the joined minibatch.
func (c *compiler) probe() (*onnxio.Model, error) {
	d := newDraft("probe", c.trunk.opsets)
	sizes, rows := c.batches()
	domains := int64(len(c.heads))
	d.declareTrunk(c.trunk, onnxio.Dim{Size: rows})
	targets := c.declareHeads(d, sizes)
	d.output(OutputGram, onnxio.Float32, onnxio.Static(domains, domains))
	d.output(OutputLosses, onnxio.Float32, onnxio.Static(domains))

	var features, factors []string
	for i, x := range d.split(InputX, sizes) {
		features = append(features, c.trunk.layFlat(d, x))
		factors = append(factors, d.floats(c.heads[i].factor()))
	}
	losses := c.losses(d, features, targets, factors)
	c.means(d, losses)
	types, err := d.infer()
	if err != nil {
		return nil, err
	}
	var all []string // one gradient per domain, [1, elements]
	for _, l := range losses {
		grads, err := gradient(d, types, map[string]string{l.scores: l.cotangent}, c.trunk.params)
		if err != nil {
			return nil, err
		}
		var flat []string
		for _, p := range c.trunk.params {
			flat = append(flat, d.Op("Reshape", []string{grads[p.Name], d.Int64s(1, -1)}))
		}
		all = append(all, d.join("", flat, 1))
	}
	g := d.join("", all, 0)
	d.OpNamed(OutputGram, "Gemm", []string{g, g}, onnxio.IntAttr("transB", 1))
	return d.finish()
}
