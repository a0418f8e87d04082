package training

import (
	"maps"
	"slices"

	"github.com/sharewise/sharewise/onnxio"
)

// lay appends the trunk's nodes to d, reading data from the values xs, one for
// every data input, and returns the name of the features. It may be called
// several times on one draft: every time it computes new values from the same
// parameters. Values that depend on a domain's own statistics or adapters are named
// after the domain.
func (t *trunk) lay(d *draft, xs []string, s statistics) string {
	return t.layNamed(d, xs, s)[t.output]
}

// layNamed is lay, and returns the names of all values by those in the trunk.
func (t *trunk) layNamed(d *draft, xs []string, s statistics) map[string]string {
	names := map[string]string{}
	maps.Copy(names, t.renamed)
	maps.Copy(names, d.constants)
	for i, in := range t.data {
		names[in.source] = xs[i]
	}
	owned := map[string]bool{}
	for _, source := range t.nodes {
		norm, adapter := t.norms[source], t.adapted[source]
		n := source.Clone()
		own := norm != nil && !norm.frozen && s.domain != ""
		for i, name := range n.Inputs {
			own = own || owned[name]
			if to, ok := names[name]; ok {
				n.Inputs[i] = to
			}
		}
		for i, name := range n.Outputs {
			if name == "" {
				continue
			}
			owned[name] = own
			hint := name
			if own {
				hint = scoped(s.owner(), name)
			}
			names[name] = d.Name(hint)
			n.Outputs[i] = names[name]
		}
		switch {
		case norm != nil:
			d.normalise(norm, n, s)
		case n.OpName() == "Dropout" && s.batch, drawsNoise(n):
			d.seed(n)
		case n.OpName() == "Dropout":
			keepAll(n)
		}
		g := d.Graph()
		g.Nodes = append(g.Nodes, n)
		if adapter != nil && len(s.of) > 0 {
			y := source.Outputs[0]
			names[y] = d.adapt(adapter, names[y], s.of)
			owned[y] = s.owner() != ""
		}
	}
	return names
}

// layFlat is lay with features of two dimensions, [batch, features].
func (t *trunk) layFlat(d *draft, xs []string, s statistics) string {
	f := t.lay(d, xs, s)
	if t.rank == 2 {
		return f
	}
	return d.OpNamed(d.Name(scoped(s.owner(), "flatten")), "Flatten", []string{f}, onnxio.IntAttr("axis", 1))
}

// paramNames lists names in order.
func paramNames(params []Param) []string {
	names := make([]string, len(params))
	for i, p := range params {
		names[i] = p.Name
	}
	return slices.Clip(names)
}
