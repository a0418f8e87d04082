package sessions

import (
	"strconv"

	"github.com/sharewise/sharewise/onnxio"
)

// stateful are the operators whose results depend on how often a session has run.
var stateful = map[string]bool{
	"Dropout": true, "Bernoulli": true, "Multinomial": true, "RandomNormal": true, "RandomNormalLike": true,
	"RandomUniform": true, "RandomUniformLike": true,
}

// renamer gives values and nodes names by the order in which they appear.
type renamer struct {
	values map[string]string
	nodes  int
	fails  bool
}

// rename returns a copy of m in which all names but those of operators are by
// place, and the new names of its inputs and outputs. ok is false for a model that
// must stay as it is.
func rename(m *onnxio.Model) (renamed *onnxio.Model, names map[string]string, ok bool) {
	if m == nil || m.Graph == nil || len(m.Functions) > 0 {
		return nil, nil, false
	}
	c := m.Clone()
	c.Producer, c.ProducerVersion, c.Domain, c.Doc, c.Metadata = "", "", "", "", nil
	r := renamer{values: map[string]string{"": ""}}
	r.graph(c.Graph)
	if r.fails {
		return nil, nil, false
	}
	names = map[string]string{}
	for _, v := range append(append([]*onnxio.Value{}, m.Graph.Inputs...), m.Graph.Outputs...) {
		names[v.Name] = r.values[v.Name]
	}
	return c, names, true
}

// value is the new name of a value.
func (r *renamer) value(name string) string {
	n, ok := r.values[name]
	if !ok {
		n = "v" + strconv.Itoa(len(r.values))
		r.values[name] = n
	}
	return n
}

// graph renames in the order of inputs, initializers and nodes. Values of graphs
// within have names of their own, as ONNX demands.
func (r *renamer) graph(g *onnxio.Graph) {
	g.Doc = ""
	for _, v := range g.Inputs {
		v.Name = r.value(v.Name)
	}
	for _, t := range g.Initializers {
		t.Name, t.Doc = r.value(t.Name), ""
	}
	for _, n := range g.Nodes {
		r.node(n)
	}
	for _, v := range g.Outputs {
		v.Name = r.value(v.Name)
	}
	for _, v := range g.Values {
		v.Name = r.value(v.Name)
	}
}

func (r *renamer) node(n *onnxio.Node) {
	r.fails = r.fails || stateful[n.Op]
	r.nodes++
	n.Name, n.Doc = "n"+strconv.Itoa(r.nodes), ""
	for i, name := range n.Inputs {
		n.Inputs[i] = r.value(name)
	}
	for _, a := range n.Attrs {
		a.Doc = ""
		for _, t := range append([]*onnxio.Tensor{a.Tensor}, a.Tensors...) {
			if t != nil {
				t.Name, t.Doc = "", ""
			}
		}
	}
	for _, g := range n.Subgraphs() {
		g.Name = "within"
		r.graph(g)
	}
	for i, name := range n.Outputs {
		n.Outputs[i] = r.value(name)
	}
}
