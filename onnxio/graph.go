package onnxio

// Opset returns the version of the operator set that m imports for domain, or
// 0 if it imports none. "" and "ai.onnx" are the same domain.
func (m *Model) Opset(domain string) int64 { return opsetVersion(m.Opsets, domain) }

func opsetVersion(opsets []Opset, domain string) int64 {
	domain = standardDomain(domain)
	for _, o := range opsets {
		if standardDomain(o.Domain) == domain {
			return o.Version
		}
	}
	return 0
}

// Property returns the metadata value under key.
func (m *Model) Property(key string) (value string, ok bool) {
	for _, p := range m.Metadata {
		if p.Key == key {
			return p.Value, true
		}
	}
	return "", false
}

// SetProperty sets the metadata value under key, in place or at the end.
func (m *Model) SetProperty(key, value string) {
	for i := range m.Metadata {
		if m.Metadata[i].Key == key {
			m.Metadata[i].Value = value
			return
		}
	}
	m.Metadata = append(m.Metadata, Property{key, value})
}

// Initializer returns the initializer of that name, or nil.
func (g *Graph) Initializer(name string) *Tensor {
	for _, t := range g.Initializers {
		if t.Name == name {
			return t
		}
	}
	return nil
}

// Input returns the graph input of that name, or nil.
func (g *Graph) Input(name string) *Value { return valueNamed(g.Inputs, name) }

// Output returns the graph output of that name, or nil.
func (g *Graph) Output(name string) *Value { return valueNamed(g.Outputs, name) }

func valueNamed(values []*Value, name string) *Value {
	for _, v := range values {
		if v.Name == name {
			return v
		}
	}
	return nil
}

// Subgraphs returns the graphs among n's attributes, as those of If, Loop and Scan, in the
// order of the attributes.
func (n *Node) Subgraphs() []*Graph {
	var all []*Graph
	for _, a := range n.Attrs {
		all = append(all, a.subgraphs()...)
	}
	return all
}

func (a *Attribute) subgraphs() []*Graph {
	if a.Graph == nil {
		return a.Graphs
	}
	return append([]*Graph{a.Graph}, a.Graphs...)
}
