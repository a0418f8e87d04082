package training

import (
	"fmt"
	"net/url"
	"slices"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
)

// gradients builds the graph that keeps the domains' gradients apart. It lays the
// trunk once per domain, over the domain's own rows, so that the gradients of all
// domains together cost about as much as one of the joined minibatch. Where
// domains share the statistics of the minibatch, though, a domain's loss
// depends on all rows: the trunk is laid as for a step, and every domain's
// gradient goes back through all of it.
func (c *compiler) gradients() (*onnxio.Model, error) {
	d := c.draft("gradients")
	sizes, rows := c.batches()
	d.declareTrunk(c.trunk, onnxio.Dim{Size: rows}, c.buffers)
	targets := c.declareHeads(d, sizes)
	d.output(OutputLosses, onnxio.Float32, onnxio.Static(int64(len(c.heads))))
	shared := trainable(c.trunk.params)
	for i := range c.heads {
		for _, p := range slices.Concat(shared, c.heads[i].params) {
			d.output(GradientName(c.heads[i].Name, p.Name), onnxio.Float32, onnxio.Static(p.Shape...))
		}
	}
	for _, p := range c.buffers {
		d.output(NextName(p.Name), onnxio.Float32, onnxio.Static(p.Shape...))
	}

	var features []string
	if c.buffers != nil && !c.apart {
		features = c.features(d, sizes)
	} else {
		features = c.separate(d, sizes)
	}
	losses := c.losses(d, features, targets)
	c.means(d, losses)
	types, err := d.infer()
	if err != nil {
		return nil, err
	}
	plain := types
	seeds := make([]map[string]string, len(losses))
	for i, l := range losses {
		seeds[i] = map[string]string{l.scores: l.cotangent}
	}
	if types, _, err = d.faster(types, kept(seeds...), true); err != nil {
		return nil, err
	}
	for i := range losses {
		wrt := slices.Concat(shared, c.heads[i].params)
		grads, err := gradient(d, types, seeds[i], paramNames(wrt), c.trunk.kept)
		if err != nil {
			return nil, err
		}
		for _, p := range wrt {
			d.OpNamed(GradientName(c.heads[i].Name, p.Name), "Identity", []string{grads[p.Name]})
		}
	}
	d.follow(plain)
	return d.finish()
}

// gram builds the graph that multiplies the gradients of all domains with each
// other, parameter by parameter.
func (c *compiler) gram() (*onnxio.Model, error) {
	d := newDraft("gram", c.trunk.opsets)
	domains := int64(len(c.heads))
	d.output(OutputGram, onnxio.Float32, onnxio.Static(domains, domains))
	var parts []string
	for _, p := range trainable(c.trunk.params) {
		g := d.stacked(p, domains)
		parts = append(parts, d.Op("Gemm", []string{g, g}, onnxio.IntAttr("transB", 1)))
	}
	d.OpNamed(OutputGram, "Sum", parts)
	return d.finish()
}

// combine builds the graph that makes a step of gradients that are kept apart:
// those of the trunk and of adapters by the weights of their domains, those of heads as
// they are.
func (c *compiler) combine() (*onnxio.Model, error) {
	d := c.draft("update")
	domains := int64(len(c.heads))
	d.params(trainable(c.params))
	d.params(c.state)
	d.input(InputWeights, onnxio.Float32, onnxio.Static(domains))
	d.input(InputRate, onnxio.Float32, onnxio.Static())
	d.input(InputStep, onnxio.Float32, onnxio.Static())
	shared := trainable(c.trunk.params)
	grads := map[string]string{}
	for _, p := range shared {
		grads[p.Name] = d.stacked(p, domains)
	}
	for i := range c.heads {
		for _, p := range c.heads[i].params {
			grads[p.Name] = d.input(GradientName(p.Domain, p.Name), onnxio.Float32, onnxio.Static(p.Shape...))
		}
	}
	d.output(OutputGradNorm, onnxio.Float32, onnxio.Static(1))
	for _, p := range slices.Concat(trainable(c.params), c.state) {
		d.output(NextName(p.Name), onnxio.Float32, onnxio.Static(p.Shape...))
	}
	if len(c.trunk.adapters) > 0 {
		own := d.split(InputWeights, ones(len(c.heads)))
		for i := range c.heads {
			for _, p := range c.heads[i].adapters {
				grads[p.Name] = d.Op("Mul", []string{grads[p.Name], own[i]})
			}
		}
	}
	weights := d.Op("Reshape", []string{InputWeights, d.Int64s(1, -1)})
	for _, p := range shared {
		g := d.Op("MatMul", []string{weights, grads[p.Name]})
		if n := size(p.Shape); n < StackedLen(p) {
			g = d.Op("Slice", []string{g, d.Int64s(0), d.Int64s(n), d.Int64s(1)})
		}
		grads[p.Name] = d.Op("Reshape", []string{g, d.Int64s(p.Shape...)})
	}
	c.updates(d, grads)
	return d.finish()
}

// stacked declares the input that holds the gradients of all domains by a parameter.
func (d *draft) stacked(p Param, domains int64) string {
	return d.input(StackedName(p.Name), onnxio.Float32, onnxio.Static(domains, StackedLen(p)))
}

// GradientName is the output of Gradients that holds the gradient of a domain's
// mean loss by a parameter of the trunk, or of its own head.
func GradientName(domain, param string) string {
	return fmt.Sprintf("gradient/%s/%s", url.PathEscape(domain), param)
}

// StackedName is the input of Gram and Update that holds the gradients of all
// domains by a parameter of the trunk, [domains, StackedLen].
func StackedName(param string) string { return "gradients/" + param }

// StackedLen is the length of a row of StackedName: the elements of the parameter,
// and zeros so that every row starts at a multiple of exec.Alignment bytes. So
// Gradients can write right into it.
func StackedLen(p Param) int64 {
	const step = exec.Alignment / 4
	return (size(p.Shape) + step - 1) / step * step
}
