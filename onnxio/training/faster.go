package training

import (
	"slices"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/autodiff"
	"github.com/sharewise/sharewise/onnxio/kernels"
)

// draft is newDraft for a graph that takes the form that is configured.
func (c *compiler) draft(name string) *draft {
	d := newDraft(name, c.trunk.opsets)
	d.use(c.cfg.Form)
	d.exact = c.cfg.Optimizer.dividesByGradient()
	return d
}

// use sets the form and imports its operators; finish takes them out again if
// no node uses them.
func (d *draft) use(f kernels.Form) {
	d.form = f
	if len(f.Kernels) > 0 && d.model.Opset(kernels.Domain) == 0 {
		d.model.Opsets = append(d.model.Opsets, onnxio.Opset{Domain: kernels.Domain, Version: kernels.Version})
	}
}

// faster rewrites what the graph has so far in the draft's form, and returns the
// types of the values that it then has. The outputs and the values to keep are
// still there. gradient says that it will be differentiated.
func (d *draft) faster(types map[string]*onnxio.Value, keep []string, gradient bool) (map[string]*onnxio.Value, []kernels.Choice, error) {
	if len(d.form.Passes) == 0 {
		return types, nil, nil
	}
	choices := kernels.Rewrite(d.Builder, types, kernels.Options{
		Form: d.form, Keep: slices.Concat(keep, valueNames(d.outputs)), Gradient: gradient, Opset: d.opset(),
	})
	types, err := d.infer()
	return types, choices, err
}

// dividesByGradient reports whether an update rule makes steps of one size of
// gradients of any size.
func (o Optimizer) dividesByGradient() bool { return o.kind() != SGD }

// gradientForm lets derivatives use the kernels of the form's passes.
func (d *draft) gradientForm() []autodiff.Option {
	set := kernels.Set{}
	for pass, op := range map[kernels.Pass]string{kernels.Mask: kernels.ReluGrad, kernels.Rows: kernels.SoftmaxGrad} {
		if d.form.Uses(pass) {
			set[op] = true
		}
	}
	return []autodiff.Option{autodiff.WithKernels(set), autodiff.WithExactZeros(d.exact)}
}

// products replaces matrix products of the whole graph by kernels, if that is
// among the passes.
func (d *draft) products() error {
	if !d.form.Uses(kernels.Matrix) {
		return nil
	}
	types, err := d.infer()
	if err != nil {
		return err
	}
	kernels.Products(d.Builder, types, d.form, valueNames(d.outputs))
	return nil
}
