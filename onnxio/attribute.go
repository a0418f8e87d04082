package onnxio

// IntAttr returns an attribute of one integer.
func IntAttr(name string, v int64) *Attribute {
	return &Attribute{Name: name, Type: AttrInt, Int: v}
}

// IntsAttr returns an attribute of a list of integers.
func IntsAttr(name string, v ...int64) *Attribute {
	return &Attribute{Name: name, Type: AttrInts, Ints: v}
}

// FloatAttr returns an attribute of one number.
func FloatAttr(name string, v float32) *Attribute {
	return &Attribute{Name: name, Type: AttrFloat, Float: v}
}

// FloatsAttr returns an attribute of a list of numbers.
func FloatsAttr(name string, v ...float32) *Attribute {
	return &Attribute{Name: name, Type: AttrFloats, Floats: v}
}

// StringAttr returns an attribute of one string.
func StringAttr(name, v string) *Attribute {
	return &Attribute{Name: name, Type: AttrString, String: []byte(v)}
}

// TensorAttr returns an attribute that holds a tensor.
func TensorAttr(name string, v *Tensor) *Attribute {
	return &Attribute{Name: name, Type: AttrTensor, Tensor: v}
}

// GraphAttr returns an attribute that holds a graph, such as a branch of If.
func GraphAttr(name string, v *Graph) *Attribute {
	return &Attribute{Name: name, Type: AttrGraph, Graph: v}
}

// Attr returns the attribute of that name, or nil.
func (n *Node) Attr(name string) *Attribute {
	for _, a := range n.Attrs {
		if a.Name == name {
			return a
		}
	}
	return nil
}

// typed returns the attribute of that name if it has type t and is no
// reference to an attribute of an enclosing function, else nil.
func (n *Node) typed(name string, t AttributeType) *Attribute {
	if a := n.Attr(name); a != nil && a.Type == t && a.Ref == "" {
		return a
	}
	return nil
}

// IntOr returns the integer attribute of that name, or def.
func (n *Node) IntOr(name string, def int64) int64 {
	if a := n.typed(name, AttrInt); a != nil {
		return a.Int
	}
	return def
}

// IntsOr returns the integers attribute of that name, or def. The slice is not
// a copy.
func (n *Node) IntsOr(name string, def []int64) []int64 {
	if a := n.typed(name, AttrInts); a != nil {
		return a.Ints
	}
	return def
}

// FloatOr returns the float attribute of that name, or def.
func (n *Node) FloatOr(name string, def float32) float32 {
	if a := n.typed(name, AttrFloat); a != nil {
		return a.Float
	}
	return def
}

// StringOr returns the string attribute of that name, or def.
func (n *Node) StringOr(name, def string) string {
	if a := n.typed(name, AttrString); a != nil {
		return string(a.String)
	}
	return def
}

// OpName returns the operator with its domain unless that is ai.onnx.
func (n *Node) OpName() string {
	if d := standardDomain(n.Domain); d != "" {
		return d + "." + n.Op
	}
	return n.Op
}

// standardDomain maps both spellings of the standard operators' domain to the
// empty string.
func standardDomain(domain string) string {
	if domain == "ai.onnx" {
		return ""
	}
	return domain
}
