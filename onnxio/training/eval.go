package training

import (
	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/kernels"
)

// eval builds the evaluation graph of one domain.
func (c *compiler) eval(h *head, form kernels.Form) (*onnxio.Model, error) {
	d, n := c.forward("eval", h)
	d.use(form)
	target := h.target(d, n)
	d.output(OutputSampleLosses, onnxio.Float32, onnxio.Shape{n})
	for _, v := range h.rule.outputs(n, h.Outputs) {
		d.output(v.Name, v.Type, v.Shape)
	}
	scores := h.scores(d, "", c.trunk.layFlat(d, c.trunk.inputs(), c.statistics(h, false)))
	l := h.judgePlain(scores, target)
	h.rule.samples(d, OutputSampleLosses, l)
	h.rule.verdict(d, l)
	types, err := d.infer()
	if err != nil {
		return nil, err
	}
	if _, _, err := d.faster(types, nil, false); err != nil {
		return nil, err
	}
	return d.finish()
}

// predict builds the deployable graph of one domain.
func (c *compiler) predict(h *head) (*onnxio.Model, error) {
	d, n := c.forward("predict", h)
	if c.cfg.KeepHead {
		d.output(OutputScores, onnxio.Float32, append(onnxio.Shape{n}, onnxio.Static(c.trunk.shape...)...))
		d.OpNamed(OutputScores, "Identity", []string{c.trunk.lay(d, c.trunk.inputs(), c.statistics(h, false))})
	} else {
		d.output(OutputScores, onnxio.Float32, onnxio.Shape{n, {Size: int64(h.Outputs)}})
		h.scores(d, OutputScores, c.trunk.layFlat(d, c.trunk.inputs(), c.statistics(h, false)))
	}
	d.model.SetProperty(domainProperty, h.Name)
	return d.finish()
}

// forward drafts a graph for any number of rows.
func (c *compiler) forward(name string, h *head) (*draft, onnxio.Dim) {
	d := newDraft(name, c.trunk.opsets)
	n := onnxio.Sym(batchSymbol)
	if c.trunk.bound != 0 {
		n = onnxio.Dim{Size: c.trunk.bound}
	}
	d.declareTrunk(c.trunk, n, c.trunk.buffers(c.statistics(h, false).domain))
	d.params(h.params)
	return d, n
}
