package training

import (
	"maps"
	"slices"

	"github.com/sharewise/sharewise/onnxio"
)

// lay appends the trunk's nodes to d, reading data from x, and returns the
// name of the features. It may be called several times on one draft: every
// time it computes new values from the same parameters.
func (t *trunk) lay(d *draft, x string) string {
	names := map[string]string{t.data: x}
	maps.Copy(names, t.renamed)
	maps.Copy(names, d.constants)
	for _, n := range t.nodes {
		n = n.Clone()
		for i, name := range n.Inputs {
			if to, ok := names[name]; ok {
				n.Inputs[i] = to
			}
		}
		for i, name := range n.Outputs {
			if name == "" {
				continue
			}
			names[name] = d.Name(name)
			n.Outputs[i] = names[name]
		}
		g := d.Graph()
		g.Nodes = append(g.Nodes, n)
	}
	return names[t.output]
}

// layFlat is lay with features of two dimensions, [batch, features].
func (t *trunk) layFlat(d *draft, x string) string {
	f := t.lay(d, x)
	if t.rank == 2 {
		return f
	}
	return d.Op("Flatten", []string{f}, onnxio.IntAttr("axis", 1))
}

// paramNames lists names in order.
func paramNames(params []Param) []string {
	names := make([]string, len(params))
	for i, p := range params {
		names[i] = p.Name
	}
	return slices.Clip(names)
}
