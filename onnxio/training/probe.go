package training

import "github.com/sharewise/sharewise/onnxio"

// probe builds the graph that measures gradient conflict. It lays the trunk
// once per domain, over the domain's own rows, so that the gradients of all
// domains together cost about as much as one of the joined minibatch. Where
// domains share the statistics of the minibatch, though, a domain's loss
// depends on all rows: the trunk is laid as for a step, and every domain's
// gradient goes back through all of it.
func (c *compiler) probe() (*onnxio.Model, error) {
	d := c.draft("probe")
	sizes, rows := c.batches()
	domains := int64(len(c.heads))
	d.declareTrunk(c.trunk, onnxio.Dim{Size: rows}, c.buffers)
	targets := c.declareHeads(d, sizes)
	d.output(OutputGram, onnxio.Float32, onnxio.Static(domains, domains))
	d.output(OutputLosses, onnxio.Float32, onnxio.Static(domains))

	var features, factors []string
	if c.buffers != nil && !c.apart {
		features = c.features(d, sizes)
	} else {
		features = c.separate(d, sizes)
	}
	for i := range c.heads {
		factors = append(factors, d.floats(c.heads[i].factor()))
	}
	losses := c.losses(d, features, targets, factors)
	c.means(d, losses)
	types, err := d.infer()
	if err != nil {
		return nil, err
	}
	var keep []string
	for _, l := range losses {
		keep = append(keep, l.scores, l.cotangent)
	}
	if types, _, err = d.faster(types, keep, true); err != nil {
		return nil, err
	}
	params := trainable(c.trunk.params)
	var all []string // one gradient per domain, [1, elements]
	for _, l := range losses {
		grads, err := gradient(d, types, map[string]string{l.scores: l.cotangent}, paramNames(params), c.trunk.kept)
		if err != nil {
			return nil, err
		}
		var flat []string
		for _, p := range params {
			flat = append(flat, d.Op("Reshape", []string{grads[p.Name], d.Int64s(1, -1)}))
		}
		all = append(all, d.join("", flat, 1))
	}
	g := d.join("", all, 0)
	d.OpNamed(OutputGram, "Gemm", []string{g, g}, onnxio.IntAttr("transB", 1))
	return d.finish()
}
