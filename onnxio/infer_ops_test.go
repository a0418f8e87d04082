package onnxio

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// opCase is one call: inputs as "float32[N,3]", constants as "int64{0,-1}"
// (a list), "int64{}" (an empty one) or "int64 3" (a scalar), "_" for an input
// left out. Want lists the outputs, or, after "error:", a part of the error.
type opCase struct {
	op    string
	opset int64 // 0 means 17
	in    string
	attrs []*Attribute
	want  string
}

func (c opCase) name() string { return fmt.Sprintf("%s-%d(%s)", c.op, c.opset, c.in) }

// call builds the model of the case.
func (c opCase) model(t *testing.T) *Model {
	g := &Graph{Name: "test"}
	n := &Node{Op: c.op, Attrs: c.attrs}
	for i, in := range strings.Fields(strings.ReplaceAll(c.in, "int64 ", "int64:")) {
		if in == "_" {
			n.Inputs = append(n.Inputs, "")
			continue
		}
		name := "in" + strconv.Itoa(i)
		n.Inputs = append(n.Inputs, name)
		if strings.ContainsAny(in, "{:") {
			tensor := parseConstant(t, in)
			tensor.Name = name
			g.Initializers = append(g.Initializers, tensor)
			continue
		}
		v := parseValue(t, in)
		v.Name = name
		g.Inputs = append(g.Inputs, v)
	}
	opset := c.opset
	if opset == 0 {
		opset = 17
	}
	outputs := len(strings.Fields(c.want))
	if strings.HasPrefix(c.want, "error:") {
		outputs = lookup("", c.op, opset).minOutputs
	}
	for i := range outputs {
		n.Outputs = append(n.Outputs, "out"+strconv.Itoa(i))
		g.Outputs = append(g.Outputs, &Value{Name: n.Outputs[i]})
	}
	g.Nodes = []*Node{n}
	return &Model{IRVersion: 8, Opsets: []Opset{{Version: opset}}, Graph: g}
}

// parseValue reads what Value.describe writes.
func parseValue(t *testing.T, s string) *Value {
	t.Helper()
	name, dims, ok := strings.Cut(strings.TrimSuffix(s, "]"), "[")
	if !ok {
		t.Fatalf("value %q", s)
	}
	v := &Value{Type: parseType(t, name)}
	switch dims {
	case "...":
		return v
	case "":
		v.Shape = Shape{}
		return v
	}
	for _, d := range strings.Split(dims, ",") {
		switch size, err := strconv.ParseInt(d, 10, 64); {
		case err == nil:
			v.Shape = append(v.Shape, Dim{Size: size})
		case d == "?":
			v.Shape = append(v.Shape, Dim{Size: -1})
		default:
			v.Shape = append(v.Shape, Sym(d))
		}
	}
	return v
}

func parseType(t *testing.T, name string) DataType {
	t.Helper()
	for i, dt := range dataTypes {
		if dt.name == name {
			return DataType(i)
		}
	}
	t.Fatalf("element type %q", name)
	return Undefined
}

func parseConstant(t *testing.T, s string) *Tensor {
	t.Helper()
	typ, list, isList := strings.Cut(s, "{")
	if !isList {
		typ, list, _ = strings.Cut(s, ":")
	}
	var v []float64
	for _, x := range strings.FieldsFunc(strings.TrimSuffix(list, "}"), func(r rune) bool { return r == ',' }) {
		f, err := strconv.ParseFloat(x, 64)
		if err != nil {
			t.Fatal(err)
		}
		v = append(v, f)
	}
	shape := []int64{int64(len(v))}
	if !isList {
		shape = nil
	}
	switch parseType(t, typ) {
	case Int64:
		ints := make([]int64, len(v))
		for i, x := range v {
			ints[i] = int64(x)
		}
		return NewInt64("", shape, ints)
	case Float32:
		floats := make([]float32, len(v))
		for i, x := range v {
			floats[i] = float32(x)
		}
		return NewFloat32("", shape, floats)
	}
	t.Fatalf("constant %q", s)
	return nil
}

func (c opCase) run(t *testing.T) {
	m := c.model(t)
	values, err := InferShapes(m)
	if wantErr, isErr := strings.CutPrefix(c.want, "error:"); isErr {
		var got string
		if err != nil {
			got = err.Error()
		}
		if !strings.Contains(got, wantErr) || err == nil {
			t.Errorf("%s: got error %v, want %q", c.name(), err, wantErr)
		}
		return
	}
	if err != nil {
		t.Errorf("%s: %v", c.name(), err)
		return
	}
	var got []string
	for _, name := range m.Graph.Nodes[0].Outputs {
		got = append(got, values[name].describe())
	}
	if !slices.Equal(got, strings.Fields(c.want)) {
		t.Errorf("%s:\n got %s\nwant %s", c.name(), strings.Join(got, " "), c.want)
	}
	if err := Check(m); err != nil {
		t.Errorf("%s: %v", c.name(), err)
	}
}

func attrs(a ...*Attribute) []*Attribute { return a }

func TestInferOperators(t *testing.T) {
	ints, num, str := IntsAttr, IntAttr, StringAttr
	for _, c := range []opCase{
		// Elementwise.
		{"Relu", 0, "float32[N,3]", nil, "float32[N,3]"},
		{"Clip", 0, "float32[N] _ float32[]", nil, "float32[N]"},
		{"Dropout", 0, "float32[N,3]", nil, "float32[N,3] bool[N,3]"},
		{"Dropout", 7, "float32[N,3]", nil, "float32[N,3] float32[N,3]"},
		{"PRelu", 0, "float32[N,3,4] float32[3,1]", nil, "float32[N,3,4]"},
		{"PRelu", 0, "float32[N,3,4] float32[2,1]", nil, "error:do not broadcast"},
		{"Add", 0, "float32[N,3] float32[3]", nil, "float32[N,3]"},
		{"Add", 0, "float32[N,1] float32[M,3]", nil, "float32[?,3]"},
		{"Add", 0, "float32[N,1] float32[5,3]", nil, "float32[5,3]"},
		{"Add", 0, "float32[] float32[N]", nil, "float32[N]"},
		{"Add", 0, "float32[...] float32[N]", nil, "float32[...]"},
		{"Add", 0, "float32[2] float32[3]", nil, "error:do not broadcast"},
		{"Add", 0, "float32[2] int64[2]", nil, "error:one element type, but are float32 and int64"},
		{"Add", 6, "float32[2,3,4] float32[3]", attrs(num("broadcast", 1), num("axis", 1)), "float32[2,3,4]"},
		{"Pow", 0, "float32[N] int64[]", nil, "float32[N]"},
		{"Max", 0, "float32[N,1] float32[3] float32[]", nil, "float32[N,3]"},
		{"Equal", 0, "int64[N] int64[]", nil, "bool[N]"},
		{"And", 0, "bool[N] bool[]", nil, "bool[N]"},
		{"And", 0, "bool[N] int64[]", nil, "error:need bool"},
		{"Where", 0, "bool[N,1] float32[3] float32[]", nil, "float32[N,3]"},
		{"Where", 0, "float32[N,1] float32[3] float32[]", nil, "error:condition must be bool"},
		{"Cast", 0, "float32[N,2]", attrs(num("to", 7)), "int64[N,2]"},
		{"Cast", 0, "float32[N,2]", attrs(num("to", 99)), "error:no element type"},
		{"CastLike", 0, "float32[N,2] int32[]", nil, "int32[N,2]"},
		{"CumSum", 0, "float32[N,2] int64 1", nil, "float32[N,2]"},

		// Shapes.
		{"Reshape", 0, "float32[N,16,7,7] int64{-1,784}", nil, "float32[N,784]"},
		{"Reshape", 0, "float32[N,16,7,7] int64{0,-1}", nil, "float32[N,784]"},
		{"Reshape", 0, "float32[N,M,4] int64{0,0,-1}", nil, "float32[N,M,4]"},
		{"Reshape", 0, "float32[?,?,4] int64{0,0,2,-1}", nil, "float32[?,?,2,2]"},
		{"Reshape", 0, "float32[N,8] int64{-1,4}", nil, "float32[2*N,4]"},
		{"Reshape", 0, "float32[N,8] int64{8,-1}", nil, "float32[8,N]"},
		{"Reshape", 0, "float32[2,3] int64{3,2}", nil, "float32[3,2]"},
		{"Reshape", 0, "float32[2,3] int64{}", nil, "error:does not reshape"},
		{"Reshape", 0, "float32[1,1] int64{}", nil, "float32[]"},
		{"Reshape", 0, "float32[2,3] int64{4,-1}", nil, "error:[2,3] does not reshape to [4,?]"},
		{"Reshape", 0, "float32[2,3] int64{-1,-1}", nil, "error:two sizes of -1"},
		{"Reshape", 0, "float32[2,3] int64{5}", nil, "error:does not reshape"},
		{"Reshape", 0, "float32[0,3] int64{3,0}", attrs(num("allowzero", 1)), "float32[3,0]"},
		{"Reshape", 0, "float32[2,3] int64[2]", nil, "float32[?,?]"},
		{"Reshape", 1, "float32[2,3]", attrs(ints("shape", 3, -1)), "float32[3,2]"},
		{"Flatten", 0, "float32[N,3,4,5]", nil, "float32[N,60]"},
		{"Flatten", 0, "float32[N,3,M,5]", attrs(num("axis", -1)), "float32[3*M*N,5]"},
		{"Flatten", 0, "float32[N,3]", attrs(num("axis", 0)), "float32[1,3*N]"},
		{"Flatten", 0, "float32[N,3]", attrs(num("axis", 3)), "error:out of range"},
		{"Transpose", 0, "float32[N,3,4]", attrs(ints("perm", 0, 2, 1)), "float32[N,4,3]"},
		{"Transpose", 0, "float32[N,3,4]", nil, "float32[4,3,N]"},
		{"Transpose", 0, "float32[N,3]", attrs(ints("perm", 0, 0)), "error:given twice"},
		{"Squeeze", 0, "float32[N,1,3,1] int64{1,-1}", nil, "float32[N,3]"},
		{"Squeeze", 0, "float32[2,1,3]", nil, "float32[2,3]"},
		{"Squeeze", 11, "float32[N,1]", attrs(ints("axes", 1)), "float32[N]"},
		{"Squeeze", 0, "float32[N,2] int64{1}", nil, "error:has size 2, not 1"},
		{"Unsqueeze", 0, "float32[N,3] int64{0,-1}", nil, "float32[1,N,3,1]"},
		{"Unsqueeze", 0, "float32[] int64{0}", nil, "float32[1]"},
		{"Unsqueeze", 11, "float32[N]", attrs(ints("axes", 1)), "float32[N,1]"},
		{"Unsqueeze", 0, "float32[3] int64{0,0}", nil, "error:given twice"},
		{"Expand", 0, "float32[3,1] int64{2,1,4}", nil, "float32[2,3,4]"},
		{"Expand", 0, "float32[N,1] int64{1,4}", nil, "float32[N,4]"},
		{"Tile", 0, "float32[N,3] int64{2,2}", nil, "float32[2*N,6]"},
		{"Shape", 0, "float32[N,3]", nil, "int64[2]"},
		{"Shape", 0, "float32[N,3,4]", attrs(num("start", -2)), "int64[2]"},
		{"Size", 0, "float32[N,3]", nil, "int64[]"},

		// Joining and cutting.
		{"Concat", 0, "float32[N,3] float32[N,4]", attrs(num("axis", 1)), "float32[N,7]"},
		{"Concat", 0, "float32[N,3] float32[N,3]", attrs(num("axis", 0)), "float32[2*N,3]"},
		{"Concat", 0, "float32[N,3] float32[M,3]", attrs(num("axis", 0)), "float32[?,3]"},
		{"Concat", 0, "float32[?,3] float32[2,4]", attrs(num("axis", -1)), "float32[2,7]"},
		{"Concat", 0, "float32[N,3] float32[N,4,1]", attrs(num("axis", 1)), "error:others have rank"},
		{"Concat", 0, "float32[2147483647,1] float32[1,1]", attrs(num("axis", 0)), "error:2147483648 elements are joined"},
		{"Concat", 0, "float32[2,3] float32[3,3]", attrs(num("axis", 1)), "error:differs from the others"},
		{"Split", 0, "float32[N,6] int64{1,5}", attrs(num("axis", 1)), "float32[N,1] float32[N,5]"},
		{"Split", 0, "float32[N,6]", attrs(num("axis", 1)), "float32[N,3] float32[N,3]"},
		{"Split", 11, "float32[N,6]", attrs(num("axis", 1), ints("split", 2, 4)), "float32[N,2] float32[N,4]"},
		{"Split", 18, "float32[7]", attrs(num("num_outputs", 3)), "float32[3] float32[3] float32[1]"},
		{"Split", 0, "float32[7] int64{3,3}", nil, "error:2 parts for 1 outputs"},
		{"Slice", 0, "float32[N,10] int64{2} int64{5} int64{1}", nil, "float32[N,3]"},
		{"Slice", 0, "float32[N,10] int64{-3} int64{1000} int64{-1}", nil, "float32[N,3]"},
		{"Slice", 0, "float32[N,10] int64{-1} int64{-1000} int64{1} int64{-3}", nil, "float32[N,4]"},
		{"Slice", 0, "float32[N,10] int64{0} int64{4611686018427387904} int64{0}", nil, "float32[N,10]"},
		{"Slice", 0, "float32[N,10] int64{1} int64{3} int64{0}", nil, "float32[?,10]"},
		{"Slice", 9, "float32[8,10]", attrs(ints("starts", 1, 0), ints("ends", -1, 4)), "float32[6,4]"},
		{"Slice", 0, "float32[10] int64{0} int64{5} int64{0} int64{0}", nil, "error:step of axis 0 is 0"},
		{"Slice", 0, "float32[10] int64{0} int64{5} int64{1}", nil, "error:out of range"},
		{"Pad", 0, "float32[N,3,4] int64{0,1,2,0,1,2}", nil, "float32[N,5,8]"},
		{"Pad", 18, "float32[N,3] int64{1,2} _ int64{1}", nil, "float32[N,6]"},
		{"Pad", 2, "float32[N,3]", attrs(ints("pads", 0, -1, 0, 0)), "float32[N,2]"},
		{"Pad", 0, "float32[3] int64{-2,-2}", nil, "error:leave size -1"},
		{"Pad", 0, "float32[3] int32[2]", nil, "error:input 1 (pads) is int32, need int64"},
		{"Pad", 18, "float32[N,3] int64{1,2} _ int32[1]", nil, "float32[?,?]"},
		{"Slice", 0, "float32[N,10] int32[1] int32[1] int32[1]", nil, "float32[?,?]"},
		{"Tile", 0, "float32[3] int32[1]", nil, "error:input 1 (repeats) is int32, need int64"},

		// Indices.
		{"Gather", 0, "float32[N,3] int64[M]", attrs(num("axis", 1)), "float32[N,M]"},
		{"Gather", 0, "float32[N,3] int64 0", attrs(num("axis", 1)), "float32[N]"},
		{"Gather", 0, "float32[3] int64 0", nil, "float32[]"},
		{"Gather", 0, "float32[N,3] float32[M]", nil, "error:must be int64 or int32"},
		{"GatherElements", 0, "float32[N,3] int64[N,1]", attrs(num("axis", 1)), "float32[N,1]"},
		{"GatherND", 0, "float32[4,5] int64[]", nil, "error:need at least one dimension"},
		{"ScatterND", 0, "float32[4,5] int64[] float32[5]", nil, "error:need at least one dimension"},
		{"GatherND", 0, "float32[N,3,4] int64[5,2]", nil, "float32[5,4]"},
		{"GatherND", 0, "float32[N,3,4] int64[N,1]", attrs(num("batch_dims", 1)), "float32[N,4]"},
		{"ScatterElements", 0, "float32[N,3] int64[N,1] float32[N,1]", attrs(num("axis", 1)), "float32[N,3]"},
		{"ScatterElements", 0, "float32[N,3] int64[N,1] float32[N,2]", nil, "error:must have one shape"},
		{"OneHot", 0, "int64[N] int64{10} float32[2]", nil, "float32[N,10]"},
		{"OneHot", 0, "int64[N,3] int64 10 float32[2]", attrs(num("axis", 1)), "float32[N,10,3]"},
		{"ArgMax", 0, "float32[N,10]", attrs(num("axis", 1), num("keepdims", 0)), "int64[N]"},
		{"ArgMax", 0, "float32[N,10]", attrs(num("axis", -1)), "int64[N,1]"},
		{"TopK", 0, "float32[N,10] int64{3}", nil, "float32[N,3] int64[N,3]"},
		{"TopK", 0, "float32[N,10] int64{11}", nil, "error:k is 11"},
		{"NonZero", 0, "float32[N,10]", nil, "int64[2,?]"},
		{"Trilu", 0, "float32[N,4,4]", nil, "float32[N,4,4]"},
		{"Trilu", 0, "float32[4]", nil, "error:needs rank 2"},

		// Reductions.
		{"ReduceMean", 0, "float32[N,3,4]", attrs(ints("axes", 1, 2), num("keepdims", 0)), "float32[N]"},
		{"ReduceMean", 18, "float32[N,3,4] int64{-1}", nil, "float32[N,3,1]"},
		{"ReduceSum", 0, "float32[N,3] int64{1}", attrs(num("keepdims", 0)), "float32[N]"},
		{"ReduceSum", 0, "float32[N,3]", nil, "float32[1,1]"},
		{"ReduceSum", 0, "float32[N,3]", attrs(num("noop_with_empty_axes", 1)), "float32[N,3]"},
		{"ReduceSum", 0, "float32[N,3]", attrs(num("keepdims", 0)), "float32[]"},
		{"ReduceMax", 0, "float32[N,3]", attrs(ints("axes", 2)), "error:out of range"},

		// Products.
		{"MatMul", 0, "float32[N,3] float32[3,4]", nil, "float32[N,4]"},
		{"MatMul", 0, "float32[N,1,2,3] float32[5,3,4]", nil, "float32[N,5,2,4]"},
		{"MatMul", 0, "float32[3] float32[3]", nil, "float32[]"},
		{"MatMul", 0, "float32[N,2,3] float32[3]", nil, "float32[N,2]"},
		{"MatMul", 0, "float32[3] float32[N,3,4]", nil, "float32[N,4]"},
		{"MatMul", 0, "float32[N,3] float32[4,4]", nil, "error:do not multiply: 3 against 4"},
		{"MatMul", 0, "float32[] float32[4,4]", nil, "error:a scalar is no matrix"},
		{"Gemm", 0, "float32[N,3] float32[4,3] float32[4]", attrs(num("transB", 1)), "float32[N,4]"},
		{"Gemm", 0, "float32[3,N] float32[3,4]", attrs(num("transA", 1)), "float32[N,4]"},
		{"Gemm", 0, "float32[N,3] float32[4,3] float32[5]", attrs(num("transB", 1)), "error:do not broadcast"},
		{"Gemm", 0, "float32[N,3] float32[4,5]", nil, "error:3 against 4"},
		{"Gemm", 0, "float32[N,2,3] float32[3,4]", nil, "error:need rank 2"},
		{"Einsum", 0, "float32[N,i,3] float32[N,3,4]", attrs(str("equation", "bij,bjk->bik")), "float32[N,i,4]"},
		{"Einsum", 0, "float32[2,3] float32[3,4]", attrs(str("equation", "ij,jk")), "float32[2,4]"},
		{"Attention", 23, "float32[N,4,5,8] float32[N,4,6,8] float32[N,4,6,9]", nil, "float32[N,4,5,9]"},

		// Convolutions and pools.
		{"Conv", 0, "float32[N,3,28,28] float32[8,3,3,3] float32[8]", attrs(ints("pads", 1, 1, 1, 1)), "float32[N,8,28,28]"},
		{"Conv", 0, "float32[N,3,28,28] float32[8,3,3,3]", attrs(ints("strides", 2, 2)), "float32[N,8,13,13]"},
		{"Conv", 0, "float32[N,3,28,28] float32[8,3,3,3]", attrs(ints("dilations", 2, 2)), "float32[N,8,24,24]"},
		{"Conv", 0, "float32[N,3,27,28] float32[8,3,3,3]", attrs(str("auto_pad", "SAME_UPPER"), ints("strides", 2, 2)), "float32[N,8,14,14]"},
		{"Conv", 0, "float32[N,3,H,W] float32[8,3,3,3]", attrs(ints("pads", 1, 1, 1, 1)), "float32[N,8,H,W]"},
		{"Conv", 0, "float32[N,3,H,W] float32[8,3,3,3]", nil, "float32[N,8,?,?]"},
		{"Conv", 0, "float32[N,6,9] float32[8,3,3]", attrs(num("group", 2)), "float32[N,8,7]"},
		{"Conv", 0, "float32[N,3,9] float32[8,4,3]", nil, "error:has 3 channels, but the weights want 4"},
		{"Conv", 0, "float32[N,3,2] float32[8,3,3]", nil, "error:does not fit into size 2"},
		{"Conv", 0, "float32[N,3,9] float32[8,3,3] float32[7]", nil, "error:bias has shape [7], need [8]"},
		{"Conv", 0, "float32[N,3,9] float32[8,3,3]", attrs(ints("kernel_shape", 5)), "error:attribute kernel_shape"},
		{"Conv", 0, "float32[N,3,9] float32[8,3,3]", attrs(ints("strides", 0)), "error:out of range"},
		{"Conv", 0, "float32[N,3,9] float32[8,3,?]", nil, "float32[N,8,?]"},
		{"Conv", 0, "float32[N,3,9] float32[8,3,?]", attrs(ints("kernel_shape", 3)), "float32[N,8,7]"},
		{"Conv", 0, "float32[N,3,9] float32[8,3,?]", attrs(ints("strides", 8, 3)), "error:attribute strides has 2 numbers, need 1"},
		{"Conv", 0, "float32[N,3,9] float32[...]", attrs(ints("pads", 1)), "error:attribute pads has 1 numbers, need 2"},
		{"Conv", 0, "float32[...] float32[8,3,3]", attrs(ints("dilations", 0)), "error:out of range"},
		{"Conv", 0, "float32[...] float32[...]", attrs(ints("kernel_shape", 3), ints("strides", 1, 1)), "error:attribute strides has 2 numbers"},
		{"Conv", 0, "float32[...] float32[...]", attrs(ints("strides", 1, 1)), "float32[...]"},
		{"Conv", 0, "float32[N,3,9] float32[8,3,?]", attrs(ints("kernel_shape", 3, 3)), "error:attribute kernel_shape is [3 3]"},
		{"ConvTranspose", 0, "float32[N,8,7] float32[8,4,?]", attrs(ints("kernel_shape", 3, 3)), "error:attribute kernel_shape is [3 3]"},
		{"ConvTranspose", 0, "float32[N,8,7] float32[8,4,?]", attrs(ints("strides", 2, 2)), "error:attribute strides has 2 numbers, need 1"},
		{"MaxPool", 0, "float32[...]", attrs(ints("kernel_shape", 2, 2), ints("strides", 2)), "error:attribute strides has 1 numbers, need 2"},
		{"MaxUnpool", 0, "float32[N,8,3,3] int64[N,8,3,3] int64{1,8,6,6}", attrs(ints("kernel_shape", 2, 2), ints("strides", 2)), "error:attribute strides has 1 numbers, need 2"},
		{"ConvTranspose", 0, "float32[N,8,7,7] float32[8,4,3,3]", attrs(ints("strides", 2, 2), ints("pads", 1, 1, 1, 1), ints("output_padding", 1, 1)), "float32[N,4,14,14]"},
		{"ConvTranspose", 0, "float32[N,8,7] float32[8,4,3]", attrs(ints("strides", 2), ints("output_shape", 14)), "float32[N,4,14]"},
		{"ConvTranspose", 0, "float32[N,8,7] float32[8,4,3]", attrs(num("group", 2)), "float32[N,8,9]"},
		{"MaxPool", 0, "float32[N,8,7,7]", attrs(ints("kernel_shape", 2, 2), ints("strides", 2, 2)), "float32[N,8,3,3] int64[N,8,3,3]"},
		{"MaxPool", 0, "float32[N,8,7,7]", attrs(ints("kernel_shape", 2, 2), ints("strides", 2, 2), num("ceil_mode", 1)), "float32[N,8,4,4]"},
		{"AveragePool", 0, "float32[N,8,4]", attrs(ints("kernel_shape", 2), ints("strides", 3), num("ceil_mode", 1), ints("pads", 0, 1)), "float32[N,8,2]"},
		{"AveragePool", 19, "float32[N,8,9]", attrs(ints("kernel_shape", 3), ints("dilations", 2)), "float32[N,8,5]"},
		{"GlobalAveragePool", 0, "float32[N,8,H,W]", nil, "float32[N,8,1,1]"},
		{"GlobalMaxPool", 0, "float32[N,8,5]", nil, "float32[N,8,1]"},

		// Normalization and losses.
		{"BatchNormalization", 0, "float32[N,8,H] float32[8] float32[8] float32[8] float32[8]", nil, "float32[N,8,H]"},
		{"BatchNormalization", 0, "float32[N,8] float32[8] float32[8] float32[8] float32[8]", attrs(num("training_mode", 1)), "float32[N,8] float32[8] float32[8]"},
		{"BatchNormalization", 0, "float32[N,8] float32[8] float32[8] float32[7] float32[8]", nil, "error:mean has shape [7], need [8]"},
		{"LayerNormalization", 0, "float32[N,4,8] float32[8] float32[8]", nil, "float32[N,4,8] float32[N,4,1] float32[N,4,1]"},
		{"LayerNormalization", 0, "float32[N,4,8] float32[7]", nil, "error:scale"},
		{"Softmax", 0, "float32[N,10]", nil, "float32[N,10]"},
		{"Softmax", 0, "float32[N,10]", attrs(num("axis", 2)), "error:out of range"},
		{"SoftmaxCrossEntropyLoss", 0, "float32[N,10] int64[N]", nil, "float32[] float32[N,10]"},
		{"SoftmaxCrossEntropyLoss", 0, "float32[N,10] int64[N]", attrs(str("reduction", "none")), "float32[N]"},
		{"SoftmaxCrossEntropyLoss", 0, "float32[N,10,5] int64[N,4]", nil, "error:want classes"},
		{"SoftmaxCrossEntropyLoss", 0, "float32[N,10] float32[N]", nil, "error:must be int64 or int32"},
		{"NegativeLogLikelihoodLoss", 0, "float32[N,10,5] int64[N,5]", attrs(str("reduction", "none")), "float32[N,5]"},

		// The rest.
		{"ConstantOfShape", 0, "int64{2,3}", nil, "float32[2,3]"},
		{"ConstantOfShape", 0, "int64{2,-3}", nil, "error:negative"},
		{"ConstantOfShape", 0, "int64[3]", attrs(TensorAttr("value", NewInt64("", []int64{1}, []int64{7}))), "int64[?,?,?]"},
		{"Range", 0, "int64 0 int64 10 int64 3", nil, "int64[4]"},
		{"Range", 0, "int64 5 int64 0 int64 -2", nil, "int64[3]"},
		{"Range", 0, "int64 5 int64 0 int64 0", nil, "error:delta is 0"},
		{"Resize", 0, "float32[N,3,7,8] _ float32{1,1,2,2.5}", nil, "float32[N,3,14,20]"},
		{"Resize", 0, "float32[N,3,7,8] _ _ int64{1,3,5,5}", nil, "float32[1,3,5,5]"},
		{"Resize", 18, "float32[N,3,7,8] _ float32{0.5,2}", attrs(ints("axes", 2, 3)), "float32[N,3,3,16]"},
		{"DepthToSpace", 0, "float32[N,8,2,3]", attrs(num("blocksize", 2)), "float32[N,2,4,6]"},
		{"SpaceToDepth", 0, "float32[N,2,4,6]", attrs(num("blocksize", 2)), "float32[N,8,2,3]"},
		{"LSTM", 0, "float32[S,N,3] float32[2,20,3] float32[2,20,5]", attrs(num("hidden_size", 5), str("direction", "bidirectional")), "float32[S,2,N,5] float32[2,N,5] float32[2,N,5]"},
		{"GRU", 0, "float32[S,N,3] float32[1,15,3] float32[1,15,5]", nil, "float32[S,1,N,5] float32[1,N,5]"},
		{"QuantizeLinear", 0, "float32[N,3] float32[] int8[]", nil, "int8[N,3]"},
		{"DequantizeLinear", 0, "int8[N,3] float32[] int8[]", nil, "float32[N,3]"},
		{"StringNormalizer", 0, "string[3]", nil, "undefined[...]"},
	} {
		c.want = strings.ReplaceAll(c.want, "undefined", "?")
		c.run(t)
	}
}
