package onnxio

import (
	"fmt"

	"github.com/sharewise/sharewise/analysis/filelimit"
)

// Function returns the function of the model that n calls, or nil.
func (m *Model) Function(n *Node) *Function {
	for _, f := range m.Functions {
		if f.Name == n.Op && standardDomain(f.Domain) == standardDomain(n.Domain) && f.rest.GetOverload() == n.rest.GetOverload() {
			return f
		}
	}
	return nil
}

// Body returns copies of f's nodes in which references to f's attributes are
// replaced by what the call gives for them, or by their defaults.
func (f *Function) Body(call *Node) []*Node {
	nodes := make([]*Node, len(f.Nodes))
	for i, n := range f.Nodes {
		nodes[i] = bind(n, f, call)
	}
	return nodes
}

// bind is Body for one node. Nodes of subgraphs may refer to attributes too.
func bind(n *Node, f *Function, call *Node) *Node {
	bound := n.Clone()
	attrs := bound.Attrs
	bound.Attrs = nil
	for _, a := range attrs {
		if a.Ref == "" {
			for _, sub := range a.subgraphs() {
				for i := range sub.Nodes {
					sub.Nodes[i] = bind(sub.Nodes[i], f, call)
				}
			}
			bound.Attrs = append(bound.Attrs, a)
			continue
		}
		given := call.Attr(a.Ref)
		for _, d := range f.Default {
			if given == nil && d.Name == a.Ref {
				given = d
			}
		}
		if given == nil {
			continue
		}
		named := given.Clone()
		named.Name = a.Name
		bound.Attrs = append(bound.Attrs, named)
	}
	return bound
}

// CheckCalls returns an error where functions of the model call themselves, or stand
// for more nodes, one call within another, than the limit "nodes" allows: a few lines
// that double each other do, and runtimes write out all of them.
func (m *Model) CheckCalls() error {
	if m.Graph == nil || len(m.Functions) == 0 {
		return nil
	}
	c := callCounter{model: m, sizes: map[*Function]int64{}, most: filelimit.Limits{}.Of(filelimit.Nodes)}
	n, err := c.nodes(m.Graph.Nodes)
	if err == nil && n > c.most {
		err = filelimit.Limits{}.Check(filelimit.Nodes, n, fmt.Sprintf("its functions stand for %d nodes or more", n))
	}
	if err != nil {
		return fmt.Errorf("check: %w", err)
	}
	return nil
}

// callCounter counts the nodes that calls stand for.
type callCounter struct {
	model *Model
	sizes map[*Function]int64 // -1 while one is counted
	most  int64               // counting goes no further
}

func (c *callCounter) nodes(nodes []*Node) (int64, error) {
	var sum int64
	for _, n := range nodes {
		size := int64(1)
		if f := c.model.Function(n); f != nil {
			var err error
			if size, err = c.function(f); err != nil {
				return 0, err
			}
		}
		sum += size
		for _, g := range n.Subgraphs() {
			inner, err := c.nodes(g.Nodes)
			if err != nil {
				return 0, err
			}
			sum += inner
		}
		if sum > c.most {
			return c.most + 1, nil
		}
	}
	return sum, nil
}

func (c *callCounter) function(f *Function) (int64, error) {
	size, ok := c.sizes[f]
	switch {
	case size < 0:
		return 0, fmt.Errorf("function %q calls itself", f.Name)
	case ok:
		return size, nil
	}
	c.sizes[f] = -1
	size, err := c.nodes(f.Nodes)
	c.sizes[f] = size
	return size, err
}
