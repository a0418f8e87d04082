package artifacts

import (
	"slices"

	"github.com/sharewise/sharewise/onnxio/training"
)

// Gradient makes a bundle of a differentiated model. source describes the file
// of the model.
func Gradient(d *training.Differentiated, cfg training.Derivative, source Model) *Bundle {
	b := &Bundle{Manifest: Manifest{Schema: SchemaID, Version: Version, Kind: KindGradient, Model: source}}
	roles := map[string]Role{}
	for _, v := range d.Inputs {
		roles[v.Name] = RoleData
		if b.Batch == 0 && len(v.Shape) > 0 {
			b.Batch = v.Shape[0].Size
		}
	}
	for _, v := range d.Params {
		roles[v.Name] = RoleParameter
	}
	cotangents, gradients := map[string]string{}, map[string]string{}
	for of, name := range d.Cotangents {
		roles[name], cotangents[name] = RoleCotangent, of
	}
	for wrt, name := range d.Gradients {
		gradients[name] = wrt
	}
	if cfg.Loss != nil {
		roles[d.Target] = RoleTarget
		b.Loss = lossOf(d.Loss, d.Loss.Name)
	}
	b.Gradient = b.add(GradientFile, d.Graph, roles, func(o *Output) {
		switch {
		case o.Name == d.Losses:
			o.Role = RoleLosses
		case o.Name == d.SampleLosses:
			o.Role = RoleSampleLosses
		case slices.Contains(d.Outputs, o.Name):
			o.Role = RoleOutput
		default:
			o.Role, o.Wrt = RoleGradient, gradients[o.Name]
		}
	})
	for i := range b.Gradient.Inputs {
		in := &b.Gradient.Inputs[i]
		in.Of = cotangents[in.Name]
	}
	return b
}
