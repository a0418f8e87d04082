package onnxio

import (
	"google.golang.org/protobuf/proto"

	"github.com/sharewise/sharewise/onnxio/internal/onnxpb"
)

// Encoding puts the Go fields back over the rest that decoding kept. A scalar
// is written if it is not zero or was present in the file.

func encodeModel(m *Model) *onnxpb.ModelProto {
	p := fresh(m.rest)
	if p == nil {
		p = &onnxpb.ModelProto{}
	}
	setInt(&p.IrVersion, m.IRVersion)
	setString(&p.ProducerName, m.Producer)
	setString(&p.ProducerVersion, m.ProducerVersion)
	setString(&p.Domain, m.Domain)
	setInt(&p.ModelVersion, m.Version)
	setString(&p.DocString, m.Doc)
	if m.Graph != nil {
		p.Graph = encodeGraph(m.Graph)
	}
	p.OpsetImport = encodeEntries(p.OpsetImport, m.Opsets, decodeOpset, encodeOpset)
	p.Functions = encodeAll(m.Functions, encodeFunction)
	p.MetadataProps = encodeEntries(p.MetadataProps, m.Metadata, decodeProperty, encodeProperty)
	return p
}

func encodeOpset(o Opset) *onnxpb.OperatorSetIdProto {
	return &onnxpb.OperatorSetIdProto{Domain: proto.String(o.Domain), Version: proto.Int64(o.Version)}
}

func encodeProperty(e Property) *onnxpb.StringStringEntryProto {
	return &onnxpb.StringStringEntryProto{Key: proto.String(e.Key), Value: proto.String(e.Value)}
}

func encodeGraph(g *Graph) *onnxpb.GraphProto {
	p := fresh(g.rest)
	if p == nil {
		p = &onnxpb.GraphProto{}
	}
	setString(&p.Name, g.Name)
	setString(&p.DocString, g.Doc)
	p.Node = encodeAll(g.Nodes, encodeNode)
	p.Initializer = encodeAll(g.Initializers, encodeTensor)
	p.Input = encodeAll(g.Inputs, encodeValue)
	p.Output = encodeAll(g.Outputs, encodeValue)
	p.ValueInfo = encodeAll(g.Values, encodeValue)
	return p
}

func encodeNode(n *Node) *onnxpb.NodeProto {
	p := fresh(n.rest)
	if p == nil {
		p = &onnxpb.NodeProto{}
	}
	setString(&p.Name, n.Name)
	setString(&p.OpType, n.Op)
	setString(&p.Domain, n.Domain)
	setString(&p.DocString, n.Doc)
	p.Input, p.Output = n.Inputs, n.Outputs
	p.Attribute = encodeAll(n.Attrs, encodeAttribute)
	return p
}

func encodeAttribute(a *Attribute) *onnxpb.AttributeProto {
	p := fresh(a.rest)
	if p == nil {
		p = &onnxpb.AttributeProto{}
	}
	setString(&p.Name, a.Name)
	setString(&p.DocString, a.Doc)
	setString(&p.RefAttrName, a.Ref)
	// The one value of an attribute is written even if it is zero, unless a
	// reference stands in for it or the file left it out.
	own := a.Ref == "" && AttributeType(p.GetType()) != a.Type
	if a.Type != AttrUndefined || p.Type != nil {
		p.Type = onnxpb.AttributeProto_AttributeType(a.Type).Enum()
	}
	if a.Float != 0 || p.F != nil || own && a.Type == AttrFloat {
		p.F = proto.Float32(a.Float)
	}
	if a.Int != 0 || p.I != nil || own && a.Type == AttrInt {
		p.I = proto.Int64(a.Int)
	}
	if len(a.String) > 0 || p.S != nil || own && a.Type == AttrString {
		p.S = append([]byte{}, a.String...)
	}
	if a.Tensor != nil {
		p.T = encodeTensor(a.Tensor)
	}
	if a.Graph != nil {
		p.G = encodeGraph(a.Graph)
	}
	p.Floats, p.Ints, p.Strings = a.Floats, a.Ints, a.Strings
	p.Tensors = encodeAll(a.Tensors, encodeTensor)
	p.Graphs = encodeAll(a.Graphs, encodeGraph)
	return p
}

func encodeFunction(f *Function) *onnxpb.FunctionProto {
	p := fresh(f.rest)
	if p == nil {
		p = &onnxpb.FunctionProto{}
	}
	setString(&p.Name, f.Name)
	setString(&p.Domain, f.Domain)
	setString(&p.DocString, f.Doc)
	p.OpsetImport = encodeEntries(p.OpsetImport, f.Opsets, decodeOpset, encodeOpset)
	p.Input, p.Output, p.Attribute = f.Inputs, f.Outputs, f.Attrs
	p.AttributeProto = encodeAll(f.Default, encodeAttribute)
	p.Node = encodeAll(f.Nodes, encodeNode)
	p.ValueInfo = encodeAll(f.Values, encodeValue)
	return p
}

func encodeTensor(t *Tensor) *onnxpb.TensorProto {
	p := fresh(t.rest)
	if p == nil {
		p = &onnxpb.TensorProto{}
	}
	setString(&p.Name, t.Name)
	setString(&p.DocString, t.Doc)
	if t.Type != Undefined || p.DataType != nil {
		p.DataType = proto.Int32(int32(t.Type))
	}
	p.Dims = t.Shape
	switch {
	case t.Type == String:
		p.StringData = t.Strings
	case len(t.Data) > 0 || p.RawData != nil:
		p.RawData = t.Data
	}
	return p
}

// encodeValue keeps the type found in the file where it still says the same.
func encodeValue(v *Value) *onnxpb.ValueInfoProto {
	p := fresh(v.rest)
	if p == nil {
		p = &onnxpb.ValueInfoProto{}
	}
	setString(&p.Name, v.Name)
	setString(&p.DocString, v.Doc)
	tensor := p.GetType().GetTensorType()
	if tensor == nil {
		if v.Type == Undefined && v.Shape == nil {
			return p // no type, or one that is no tensor
		}
		if p.Type == nil {
			p.Type = &onnxpb.TypeProto{}
		}
		tensor = &onnxpb.TypeProto_Tensor{}
		p.Type.Value = &onnxpb.TypeProto_TensorType{TensorType: tensor}
	}
	if v.Type != Undefined || tensor.ElemType != nil {
		tensor.ElemType = proto.Int32(int32(v.Type))
	}
	if v.Shape == nil {
		tensor.Shape = nil
		return p
	}
	if tensor.Shape == nil {
		tensor.Shape = &onnxpb.TensorShapeProto{}
	}
	dims := make([]*onnxpb.TensorShapeProto_Dimension, len(v.Shape))
	for i, d := range v.Shape {
		if i < len(tensor.Shape.Dim) {
			dims[i] = tensor.Shape.Dim[i]
		} else {
			dims[i] = &onnxpb.TensorShapeProto_Dimension{}
		}
		if decodeDim(dims[i]) != d {
			setDim(dims[i], d)
		}
	}
	tensor.Shape.Dim = dims
	return p
}

func setDim(p *onnxpb.TensorShapeProto_Dimension, d Dim) {
	switch {
	case d.Symbol != "":
		p.Value = &onnxpb.TensorShapeProto_Dimension_DimParam{DimParam: d.Symbol}
	case d.Size >= 0:
		p.Value = &onnxpb.TensorShapeProto_Dimension_DimValue{DimValue: d.Size}
	default:
		p.Value = nil
	}
}

func setString(field **string, v string) {
	if v != "" || *field != nil {
		*field = &v
	}
}

func setInt(field **int64, v int64) {
	if v != 0 || *field != nil {
		*field = &v
	}
}

func encodeAll[T, P any](all []T, encode func(T) P) []P {
	if all == nil {
		return nil
	}
	out := make([]P, len(all))
	for i, x := range all {
		out[i] = encode(x)
	}
	return out
}

// encodeEntries encodes entries that are plain Go values and so cannot carry a
// rest of their own: the message found in the file stands in for every entry
// that it still describes.
func encodeEntries[T comparable, P any](old []P, all []T, decode func(P) T, encode func(T) P) []P {
	if all == nil {
		return nil
	}
	out := make([]P, len(all))
	for i, x := range all {
		switch {
		case i < len(old) && decode(old[i]) == x:
			out[i] = old[i]
		default:
			out[i] = encode(x)
		}
	}
	return out
}
