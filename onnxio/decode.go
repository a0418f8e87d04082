package onnxio

import (
	"encoding/binary"
	"math"

	"google.golang.org/protobuf/proto"

	"github.com/sharewise/sharewise/onnxio/internal/onnxpb"
)

// Decoding takes the wire form apart. What has a Go field moves there; the
// message itself, less its lists, sub-messages and tensor elements, is kept as
// the rest: it remembers fields without a Go field, unknown fields, and which
// scalars were present. Encoding starts from it.

type (
	modelRest     = *onnxpb.ModelProto
	graphRest     = *onnxpb.GraphProto
	nodeRest      = *onnxpb.NodeProto
	attributeRest = *onnxpb.AttributeProto
	tensorRest    = *onnxpb.TensorProto
	valueRest     = *onnxpb.ValueInfoProto
	functionRest  = *onnxpb.FunctionProto
)

// decodeModel consumes p.
func decodeModel(p *onnxpb.ModelProto) *Model {
	m := &Model{
		IRVersion:       p.GetIrVersion(),
		Opsets:          decodeAll(p.OpsetImport, decodeOpset),
		Producer:        p.GetProducerName(),
		ProducerVersion: p.GetProducerVersion(),
		Domain:          p.GetDomain(),
		Version:         p.GetModelVersion(),
		Doc:             p.GetDocString(),
		Functions:       decodeAll(p.Functions, decodeFunction),
		Metadata:        decodeAll(p.MetadataProps, decodeProperty),
		rest:            p,
	}
	if p.Graph != nil {
		m.Graph = decodeGraph(p.Graph)
	}
	p.Graph, p.Functions = nil, nil
	return m
}

func decodeOpset(p *onnxpb.OperatorSetIdProto) Opset {
	return Opset{Domain: p.GetDomain(), Version: p.GetVersion()}
}

func decodeProperty(p *onnxpb.StringStringEntryProto) Property {
	return Property{Key: p.GetKey(), Value: p.GetValue()}
}

func decodeGraph(p *onnxpb.GraphProto) *Graph {
	g := &Graph{
		Name:         p.GetName(),
		Doc:          p.GetDocString(),
		Nodes:        decodeAll(p.Node, decodeNode),
		Initializers: decodeAll(p.Initializer, decodeTensor),
		Inputs:       decodeAll(p.Input, decodeValue),
		Outputs:      decodeAll(p.Output, decodeValue),
		Values:       decodeAll(p.ValueInfo, decodeValue),
		rest:         p,
	}
	p.Node, p.Initializer, p.Input, p.Output, p.ValueInfo = nil, nil, nil, nil, nil
	return g
}

func decodeNode(p *onnxpb.NodeProto) *Node {
	n := &Node{
		Name:    p.GetName(),
		Op:      p.GetOpType(),
		Domain:  p.GetDomain(),
		Doc:     p.GetDocString(),
		Inputs:  p.Input,
		Outputs: p.Output,
		Attrs:   decodeAll(p.Attribute, decodeAttribute),
		rest:    p,
	}
	p.Input, p.Output, p.Attribute = nil, nil, nil
	return n
}

func decodeAttribute(p *onnxpb.AttributeProto) *Attribute {
	a := &Attribute{
		Name:    p.GetName(),
		Type:    AttributeType(p.GetType()),
		Doc:     p.GetDocString(),
		Ref:     p.GetRefAttrName(),
		Float:   p.GetF(),
		Int:     p.GetI(),
		String:  p.S,
		Floats:  p.Floats,
		Ints:    p.Ints,
		Strings: p.Strings,
		Tensors: decodeAll(p.Tensors, decodeTensor),
		Graphs:  decodeAll(p.Graphs, decodeGraph),
		rest:    p,
	}
	if p.T != nil {
		a.Tensor = decodeTensor(p.T)
	}
	if p.G != nil {
		a.Graph = decodeGraph(p.G)
	}
	p.Floats, p.Ints, p.Strings = nil, nil, nil
	p.T, p.G, p.Tensors, p.Graphs = nil, nil, nil, nil
	return a
}

func decodeFunction(p *onnxpb.FunctionProto) *Function {
	f := &Function{
		Name:    p.GetName(),
		Domain:  p.GetDomain(),
		Doc:     p.GetDocString(),
		Opsets:  decodeAll(p.OpsetImport, decodeOpset),
		Inputs:  p.Input,
		Outputs: p.Output,
		Attrs:   p.Attribute,
		Default: decodeAll(p.AttributeProto, decodeAttribute),
		Nodes:   decodeAll(p.Node, decodeNode),
		Values:  decodeAll(p.ValueInfo, decodeValue),
		rest:    p,
	}
	p.Input, p.Output, p.Attribute = nil, nil, nil
	p.AttributeProto, p.Node, p.ValueInfo = nil, nil, nil
	return f
}

// decodeValue leaves the whole type in the rest: it is small, and holds
// denotations and types that are no tensors.
func decodeValue(p *onnxpb.ValueInfoProto) *Value {
	v := &Value{Name: p.GetName(), Doc: p.GetDocString(), rest: p}
	if t := p.GetType().GetTensorType(); t != nil {
		v.Type = DataType(t.GetElemType())
		if t.Shape != nil {
			v.Shape = decodeAll(t.Shape.Dim, decodeDim)
			if v.Shape == nil {
				v.Shape = Shape{}
			}
		}
	}
	return v
}

func decodeDim(p *onnxpb.TensorShapeProto_Dimension) Dim {
	switch v := p.Value.(type) {
	case *onnxpb.TensorShapeProto_Dimension_DimValue:
		// Some exporters write -1 for a size they do not know.
		return Dim{Size: max(v.DimValue, -1)}
	case *onnxpb.TensorShapeProto_Dimension_DimParam:
		return Dim{Size: -1, Symbol: v.DimParam}
	}
	return Dim{Size: -1}
}

// decodeTensor moves the elements into Data whichever field they are in. A
// field that does not fit the element type, or stands beside raw data, stays
// in the rest.
func decodeTensor(p *onnxpb.TensorProto) *Tensor {
	t := &Tensor{
		Name:  p.GetName(),
		Type:  DataType(p.GetDataType()),
		Shape: p.Dims,
		Doc:   p.GetDocString(),
		rest:  p,
	}
	p.Dims = nil
	switch {
	case t.Type == String:
		t.Strings, p.StringData = p.StringData, nil
	case p.RawData != nil:
		t.Data, p.RawData = p.RawData, p.RawData[:0:0]
	default:
		t.Data = takeTyped(p)
	}
	return t
}

// takeTyped returns the elements in p's typed field as raw data and clears the
// field.
func takeTyped(p *onnxpb.TensorProto) []byte {
	var data []byte
	switch t := DataType(p.GetDataType()); t {
	case Float32, Complex64:
		data = appendAll(data, 4, p.FloatData, func(b []byte, x float32) []byte {
			return binary.LittleEndian.AppendUint32(b, math.Float32bits(x))
		})
		p.FloatData = nil
	case Float64, Complex128:
		data = appendAll(data, 8, p.DoubleData, func(b []byte, x float64) []byte {
			return binary.LittleEndian.AppendUint64(b, math.Float64bits(x))
		})
		p.DoubleData = nil
	case Int64:
		data = appendAll(data, 8, p.Int64Data, func(b []byte, x int64) []byte {
			return binary.LittleEndian.AppendUint64(b, uint64(x))
		})
		p.Int64Data = nil
	case Uint64:
		data = appendAll(data, 8, p.Uint64Data, binary.LittleEndian.AppendUint64)
		p.Uint64Data = nil
	case Uint32:
		data = appendAll(data, 4, p.Uint64Data, func(b []byte, x uint64) []byte {
			return binary.LittleEndian.AppendUint32(b, uint32(x))
		})
		p.Uint64Data = nil
	default:
		// Everything narrower comes in int32 elements; types below eight bits
		// are packed into the low byte of each.
		width := t.Bits() / 8
		switch {
		case t.Bits() == 0:
			return nil
		case width == 0:
			width = 1
		}
		data = appendAll(data, width, p.Int32Data, func(b []byte, x int32) []byte {
			switch width {
			case 1:
				return append(b, byte(x))
			case 2:
				return binary.LittleEndian.AppendUint16(b, uint16(x))
			}
			return binary.LittleEndian.AppendUint32(b, uint32(x))
		})
		p.Int32Data = nil
	}
	return data
}

func appendAll[T any](data []byte, width int, elems []T, app func([]byte, T) []byte) []byte {
	if len(elems) == 0 {
		return data
	}
	data = make([]byte, 0, len(elems)*width)
	for _, x := range elems {
		data = app(data, x)
	}
	return data
}

func decodeAll[P, T any](all []P, decode func(P) T) []T {
	if all == nil {
		return nil
	}
	out := make([]T, len(all))
	for i, p := range all {
		out[i] = decode(p)
	}
	return out
}

// fresh returns a copy of rest to encode into.
func fresh[P proto.Message](rest P) P { return proto.CloneOf(rest) }
