package training

import (
	"maps"
	"slices"

	"github.com/sharewise/sharewise/onnxio"
)

// lay appends the trunk's nodes to d, reading data from the values xs, one for
// every data input, and returns the name of the features. It may be called
// several times on one draft: every time it computes new values from the same
// parameters. Values that depend on a domain's own statistics are named after
// the domain.
func (t *trunk) lay(d *draft, xs []string, s statistics) string {
	names := map[string]string{}
	maps.Copy(names, t.renamed)
	maps.Copy(names, d.constants)
	for i, in := range t.data {
		names[in.source] = xs[i]
	}
	owned := map[string]bool{}
	for _, n := range t.nodes {
		norm := t.norms[n]
		n = n.Clone()
		own := norm != nil && !norm.frozen
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
			owned[name] = own && s.domain != ""
			hint := name
			if owned[name] {
				hint = scoped(s.domain, name)
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
	}
	return names[t.output]
}

// layFlat is lay with features of two dimensions, [batch, features].
func (t *trunk) layFlat(d *draft, xs []string, s statistics) string {
	f := t.lay(d, xs, s)
	if t.rank == 2 {
		return f
	}
	return d.OpNamed(d.Name(scoped(s.domain, "flatten")), "Flatten", []string{f}, onnxio.IntAttr("axis", 1))
}

// paramNames lists names in order.
func paramNames(params []Param) []string {
	names := make([]string, len(params))
	for i, p := range params {
		names[i] = p.Name
	}
	return slices.Clip(names)
}
