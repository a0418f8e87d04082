package onnxio

import (
	"strconv"
	"testing"
)

// TestCosts counts by hand.
func TestCosts(t *testing.T) {
	tests := []struct {
		op    string
		in    string
		attrs []*Attribute
		want  string // FLOP, or "?"
	}{
		{"Conv", "float32[N,3,8,8] float32[4,3,3,3] float32[4]", attrs(IntsAttr("pads", 1, 1, 1, 1)), "13824"}, // 2·(4·8·8)·(3·3·3)
		{"Conv", "float32[N,4,8] float32[4,1,3]", attrs(IntAttr("group", 4)), "144"},                           // 2·(4·6)·3
		{"Conv", "float32[N,3,H] float32[4,3,3]", nil, "?"},
		{"ConvTranspose", "float32[N,3,8] float32[3,4,3]", nil, "576"}, // 2·(3·8)·(4·3)
		{"MatMul", "float32[N,3] float32[3,5]", nil, "30"},
		{"MatMul", "float32[2,4,3] float32[3,5]", nil, "240"},
		{"Gemm", "float32[3,N] float32[3,5]", attrs(IntAttr("transA", 1)), "30"},
		{"Gemm", "float32[N,3] float32[5,3]", attrs(IntAttr("transB", 1)), "30"},
		{"MaxPool", "float32[N,2,4,4]", attrs(IntsAttr("kernel_shape", 2, 2), IntsAttr("strides", 2, 2)), "32"},
		{"Relu", "float32[N,7]", nil, "7"},
		{"ReduceSum", "float32[N,7]", nil, "7"},
		{"Reshape", "float32[N,7] int64{7,-1}", nil, "0"},
		{"LSTM", "float32[5,N,3] float32[1,8,3] float32[1,8,2]", nil, "400"}, // 2·5·(24+16)
		{"Relu", "float32[...]", nil, "?"},
		{"MatMul", "float32[1000000000,1000000000] float32[1000000000,1000000000]", nil, "?"},
	}
	for _, tt := range tests {
		c := opCase{op: tt.op, in: tt.in, attrs: tt.attrs, want: "y"}
		m := c.model(t)
		values, err := InferShapes(m)
		if err != nil {
			t.Errorf("%s: %v", c.name(), err)
			continue
		}
		cost := Costs(m, values, nil)[0]
		got := "?"
		if cost.Exact {
			got = strconv.FormatInt(cost.FLOPs, 10)
		}
		if got != tt.want {
			t.Errorf("%s: %s FLOP, want %s", c.name(), got, tt.want)
		}
	}
}

// TestCostsParameters counts shared parameters once and inputs on request.
func TestCostsParameters(t *testing.T) {
	m := graphOf(t, []string{"x float32[N,2]", "w float32[2,2]"}, func(b *Builder) {
		shared := b.Initializer(NewFloat32("shared", []int64{2}, []float32{1, 1}))
		y := b.Op("Add", []string{"x", shared})
		y = b.Op("Add", []string{y, shared})
		b.Op("Reshape", []string{b.Op("MatMul", []string{y, "w"}), b.Int64s(2, -1)})
	})
	values, err := InferShapes(m)
	if err != nil {
		t.Fatal(err)
	}
	if got := Totals(Costs(m, values, nil)); got.Params != 2 || !got.Exact {
		t.Errorf("%+v; want 2 parameters, exact", got)
	}
	costs := Costs(m, values, func(name string) bool { return name == "w" })
	if costs[0].Params != 2 || costs[1].Params != 0 || costs[2].Params != 4 {
		t.Errorf("parameters per node: %+v", costs)
	}
}

func TestFormatCount(t *testing.T) {
	for n, want := range map[int64]string{
		0: "0", 999: "999", 1000: "1.00k", 9994: "9.99k", 9996: "10.0k", 99949: "99.9k", 99951: "100k",
		999499: "999k", 999501: "1.00M", 2_470_000: "2.47M", 3e9: "3.00G", 5e15: "5000T",
	} {
		if got := FormatCount(n); got != want {
			t.Errorf("FormatCount(%d) = %s, want %s", n, got, want)
		}
	}
}
