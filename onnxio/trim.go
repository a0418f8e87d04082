package onnxio

// TrimInputs returns m without the empty names that end the inputs of its
// nodes, in subgraphs and functions too: an optional input at the end is left
// out either way. Inputs that stay are those an operator needs by position, and
// those of operators that the table does not know. A model without such names
// is returned as it is; another one is copied as [Model.Clone] does.
//
// ONNX Runtime 1.30 needs this: fusing a LayerNormalization whose bias has an
// empty name, it reads through a null pointer.
func TrimInputs(m *Model) *Model {
	trimmed := false
	for n, opsets := range m.nodes() {
		trimmed = trimmed || m.needed(n, opsets) < len(n.Inputs)
	}
	if !trimmed {
		return m
	}
	m = m.Clone()
	for n, opsets := range m.nodes() {
		n.Inputs = n.Inputs[:m.needed(n, opsets)]
	}
	return m
}

// needed returns how many of a node's inputs cannot be left out.
func (m *Model) needed(n *Node, opsets []Opset) int {
	count := len(n.Inputs)
	if count == 0 || n.Inputs[count-1] != "" || m.Function(n) != nil {
		return count
	}
	s := lookup(n.Domain, n.Op, opsetVersion(opsets, n.Domain))
	if s == nil {
		return count
	}
	for count > s.minInputs && n.Inputs[count-1] == "" {
		count--
	}
	return count
}
