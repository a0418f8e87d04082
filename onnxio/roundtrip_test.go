package onnxio

import (
	"bytes"
	"encoding/binary"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/sharewise/sharewise/onnxio/internal/onnxpb"
)

// TestRoundTrip fills models at random, every field of the format included and
// unknown fields added, and expects them back from Parse and Marshal. Only
// typed tensor data may change: they come back as raw data.
func TestRoundTrip(t *testing.T) {
	for seed := range uint64(60) {
		rng := rand.New(rand.NewPCG(seed, 1))
		want := &onnxpb.ModelProto{}
		fill(want.ProtoReflect(), rng, 6)
		if want.Graph == nil {
			want.Graph = &onnxpb.GraphProto{}
		}
		data, err := proto.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		m, err := Parse(data)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		eachTensor(want.ProtoReflect(), typedToRaw)
		for what, m := range map[string]*Model{"parsed": m, "cloned": m.Clone()} {
			data, err := m.Marshal()
			if err != nil {
				t.Fatal(err)
			}
			got := &onnxpb.ModelProto{}
			if err := proto.Unmarshal(data, got); err != nil {
				t.Fatal(err)
			}
			if !proto.Equal(got, want) {
				t.Fatalf("seed %d: the %s model differs after a round trip (-want +got):\n%s",
					seed, what, cmp.Diff(want, got, protocmp.Transform()))
			}
			if again, _ := m.Marshal(); !bytes.Equal(again, data) {
				t.Fatalf("seed %d: encoding the %s model twice gives different bytes", seed, what)
			}
		}
	}
}

// fill sets the fields of m at random, zero values included.
func fill(m protoreflect.Message, rng *rand.Rand, depth int) {
	fields := m.Descriptor().Fields()
	for i := range fields.Len() {
		f := fields.Get(i)
		if rng.IntN(10) < 3 {
			continue
		}
		switch {
		case f.IsList():
			list := m.Mutable(f).List()
			for range rng.IntN(3) {
				if f.Message() == nil {
					list.Append(randomScalar(f, rng))
				} else if depth > 0 {
					fill(list.AppendMutable().Message(), rng, depth-1)
				}
			}
			if list.Len() == 0 {
				m.Clear(f)
			}
		case f.Message() != nil:
			if depth > 0 {
				fill(m.Mutable(f).Message(), rng, depth-1)
			}
		default:
			m.Set(f, randomScalar(f, rng))
		}
	}
	if rng.IntN(4) == 0 {
		unknown := protowire.AppendTag(nil, 1000, protowire.VarintType)
		m.SetUnknown(protowire.AppendVarint(unknown, rng.Uint64()))
	}
	if p, ok := m.Interface().(*onnxpb.TensorProto); ok && rng.IntN(2) == 0 {
		p.RawData = nil // else typed data are rarely looked at
	}
}

func randomScalar(f protoreflect.FieldDescriptor, rng *rand.Rand) protoreflect.Value {
	n := rng.Int64N(30) - 2
	if f.Name() == "elem_type" || f.Name() == "data_type" {
		n = rng.Int64N(27)
	}
	switch f.Kind() {
	case protoreflect.Int32Kind:
		return protoreflect.ValueOfInt32(int32(n))
	case protoreflect.Int64Kind:
		return protoreflect.ValueOfInt64(n)
	case protoreflect.Uint64Kind:
		return protoreflect.ValueOfUint64(rng.Uint64())
	case protoreflect.FloatKind:
		return protoreflect.ValueOfFloat32(float32(n) / 4)
	case protoreflect.DoubleKind:
		return protoreflect.ValueOfFloat64(float64(n) / 4)
	case protoreflect.EnumKind:
		values := f.Enum().Values()
		return protoreflect.ValueOfEnum(values.Get(rng.IntN(values.Len())).Number())
	case protoreflect.StringKind:
		return protoreflect.ValueOfString([]string{"", "a", "N", "4*N"}[rng.IntN(4)])
	case protoreflect.BytesKind:
		return protoreflect.ValueOfBytes([]byte("12345678")[:rng.IntN(9)])
	}
	panic(f.Kind())
}

// eachTensor calls do for every tensor in m that decoding looks into.
func eachTensor(m protoreflect.Message, do func(*onnxpb.TensorProto)) {
	if t, ok := m.Interface().(*onnxpb.TensorProto); ok {
		do(t)
	}
	m.Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		switch {
		case f.Message() == nil, f.Name() == "training_info", f.Message().Name() == "SparseTensorProto":
			// Carried along unseen.
		case f.IsList():
			for i := range v.List().Len() {
				eachTensor(v.List().Get(i).Message(), do)
			}
		default:
			eachTensor(v.Message(), do)
		}
		return true
	})
}

// typedToRaw moves typed data into raw data as the format describes it.
func typedToRaw(p *onnxpb.TensorProto) {
	if p.RawData != nil {
		return
	}
	put := func(elems any) {
		raw, err := binary.Append(nil, binary.LittleEndian, elems)
		if err != nil {
			panic(err)
		}
		if len(raw) > 0 {
			p.RawData = raw
		}
	}
	switch t := DataType(p.GetDataType()); t {
	case Float32, Complex64:
		put(p.FloatData)
		p.FloatData = nil
	case Float64, Complex128:
		put(p.DoubleData)
		p.DoubleData = nil
	case Int64:
		put(p.Int64Data)
		p.Int64Data = nil
	case Uint64:
		put(p.Uint64Data)
		p.Uint64Data = nil
	case Uint32:
		put(convert[uint32](p.Uint64Data))
		p.Uint64Data = nil
	case Undefined, String:
	default:
		switch t.Bits() {
		case 32:
			put(p.Int32Data)
		case 16:
			put(convert[uint16](p.Int32Data))
		default:
			put(convert[uint8](p.Int32Data))
		}
		p.Int32Data = nil
	}
}

func convert[To uint8 | uint16 | uint32, From int32 | uint64](in []From) []To {
	out := make([]To, len(in))
	for i, x := range in {
		out[i] = To(x)
	}
	return out
}

// TestEditedFields verifies that edits win over what decoding remembered.
func TestEditedFields(t *testing.T) {
	data, err := proto.Marshal(&onnxpb.ModelProto{
		ProducerName: proto.String("old"),
		DocString:    proto.String(""),
		OpsetImport:  []*onnxpb.OperatorSetIdProto{{Version: proto.Int64(7)}},
		Graph: &onnxpb.GraphProto{
			Node: []*onnxpb.NodeProto{{
				OpType: proto.String("LeakyRelu"),
				Attribute: []*onnxpb.AttributeProto{{
					Name: proto.String("alpha"), F: proto.Float32(0.5), Type: onnxpb.AttributeProto_FLOAT.Enum(),
				}},
			}},
			Input: []*onnxpb.ValueInfoProto{{
				Name: proto.String("x"),
				Type: &onnxpb.TypeProto{
					Denotation: proto.String("IMAGE"),
					Value: &onnxpb.TypeProto_TensorType{TensorType: &onnxpb.TypeProto_Tensor{
						ElemType: proto.Int32(1),
						Shape: &onnxpb.TensorShapeProto{Dim: []*onnxpb.TensorShapeProto_Dimension{
							{Value: &onnxpb.TensorShapeProto_Dimension_DimValue{DimValue: 4}, Denotation: proto.String("DATA_BATCH")},
							{Value: &onnxpb.TensorShapeProto_Dimension_DimValue{DimValue: -1}},
						}},
					}},
				},
			}},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	m, err := Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	m.Producer, m.Opsets[0].Version = "new", 17
	m.Graph.Nodes[0].Attrs[0].Float = 0
	m.Graph.Inputs[0].Shape[0] = Sym("N")
	out, err := m.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	var p onnxpb.ModelProto
	if err := proto.Unmarshal(out, &p); err != nil {
		t.Fatal(err)
	}
	if p.GetProducerName() != "new" || p.OpsetImport[0].GetVersion() != 17 || p.DocString == nil {
		t.Errorf("model fields: %v", &p)
	}
	if f := p.Graph.Node[0].Attribute[0].F; f == nil || *f != 0 {
		t.Errorf("alpha = %v, want an explicit 0", f)
	}
	in := p.Graph.Input[0].Type
	dims := in.GetTensorType().Shape.Dim
	if in.GetDenotation() != "IMAGE" || dims[0].GetDimParam() != "N" || dims[0].GetDenotation() != "DATA_BATCH" || dims[1].GetDimValue() != -1 {
		t.Errorf("type of x = %v", in)
	}
}

func TestSaveLoad(t *testing.T) {
	m := testModel()
	path := filepath.Join(t.TempDir(), "m.onnx")
	if err := Save(path, m); err != nil {
		t.Fatal(err)
	}
	got, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	sameModel(t, got, m)
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) != 1 {
		t.Errorf("folder holds %v, %v; want the model alone", entries, err)
	}
	if err := Save(filepath.Join(path, "no", "folder.onnx"), m); err == nil {
		t.Error("Save into a folder that does not exist succeeded")
	}
}

func TestProperties(t *testing.T) {
	m := testModel()
	m.SetProperty("k", "w")
	m.SetProperty("new", "")
	if v, ok := m.Property("k"); v != "w" || !ok {
		t.Errorf("k = %q, %v", v, ok)
	}
	if v, ok := m.Property("new"); v != "" || !ok {
		t.Errorf("new = %q, %v", v, ok)
	}
	if _, ok := m.Property("gone"); ok || len(m.Metadata) != 2 {
		t.Errorf("metadata %v", m.Metadata)
	}
	if m.Opset("ai.onnx") != 17 || m.Opset("com.example") != 1 || m.Opset("gone") != 0 {
		t.Error("operator sets are not found by their domains")
	}
	if m.Graph.Output("y") == nil || m.Graph.Output("x") != nil || m.Graph.Input("x") == nil {
		t.Error("inputs and outputs are not found by their names")
	}
}

// sameModel compares models by what they are written as.
func sameModel(t *testing.T, got, want *Model) {
	t.Helper()
	a, err := got.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	b, err := want.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(a, b) {
		t.Errorf("models differ:\n got %d bytes %q\nwant %d bytes %q", len(a), a, len(b), b)
	}
}

// testModel is y = x·W + b with a bit of everything around it.
func testModel() *Model {
	w := make([]float32, 600)
	for i := range w {
		w[i] = float32(i) / 8
	}
	m := &Model{
		IRVersion: 8,
		Opsets:    []Opset{{Version: 17}, {Domain: "com.example", Version: 1}},
		Producer:  "test",
		Metadata:  []Property{{"k", "v"}},
		Graph: &Graph{
			Name:    "linear",
			Inputs:  []*Value{{Name: "x", Type: Float32, Shape: Shape{Sym("N"), {Size: 300}}}},
			Outputs: []*Value{{Name: "y", Type: Float32, Shape: Shape{Sym("N"), {Size: 2}}}},
			Initializers: []*Tensor{
				NewFloat32("w", []int64{300, 2}, w),
				NewFloat32("b", []int64{2}, []float32{1, float32(math.Inf(-1))}),
			},
			Nodes: []*Node{{
				Name: "fc", Op: "Gemm", Inputs: []string{"x", "w", "b"}, Outputs: []string{"y"},
				Attrs: []*Attribute{IntAttr("transA", 0), FloatAttr("alpha", 1)},
			}},
		},
	}
	return m
}
