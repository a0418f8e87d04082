package onnxio

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"
)

var update = flag.Bool("update", false, "write golden listings again")

// TestPrint compares listings with golden files.
func TestPrint(t *testing.T) {
	branches := graphOf(t, []string{"x float32[N,1]", "c bool[]"}, func(b *Builder) {
		b.Initializer(NewInt64("axis", []int64{1}, []int64{1}))
		b.Op("If", []string{"c"}, GraphAttr("then_branch", branch("then", "Squeeze", "x", "axis")), GraphAttr("else_branch", branch("else", "Identity", "x")))
	})
	everything := graphOf(t, []string{"x float32[N,4]"}, func(b *Builder) {
		b.Initializer(&Tensor{Name: "words", Type: String, Shape: []int64{2}, Strings: [][]byte{[]byte("a"), []byte("\xff")}})
		b.Initializer(NewBool("flags", []int64{2}, []bool{true, false}))
		b.Initializer(NewFloat64("d", nil, []float64{0.1}))
		b.Op("Constant", nil, TensorAttr("value", NewFloat32("", []int64{3}, []float32{1, 2.5, -3})))
		b.Op("Constant", nil, IntsAttr("value_ints", 1, 2, 3, 4, 5, 6, 7, 8, 9))
		b.Op("Clip", []string{"x", "", b.Float(6)})
		b.Ops("TopK", 2, []string{"x", b.Int64s(2)}, IntAttr("largest", 0))
		b.Op("Fancy", []string{"x"}, StringAttr("mode", "a b"), FloatAttr("alpha", 0.1), FloatsAttr("f", 1, 2), &Attribute{Name: "s", Type: AttrStrings, Strings: [][]byte{[]byte("q")}})
		b.Graph().Nodes[4].Domain = "com.example"
	})
	everything.SetProperty("key", "value")
	everything.Functions = []*Function{{
		Name: "F", Domain: "local", Inputs: []string{"a"}, Outputs: []string{"b"},
		Nodes: []*Node{{Op: "Cast", Inputs: []string{"a"}, Outputs: []string{"b"}, Attrs: []*Attribute{{Name: "to", Ref: "type"}}}},
	}}
	broken := testModel()
	broken.Graph.Inputs[0].Shape[1].Size = 3
	for name, m := range map[string]*Model{"linear": testModel(), "branches": branches, "everything": everything, "broken": broken} {
		t.Run(name, func(t *testing.T) {
			var got bytes.Buffer
			if err := Print(&got, m); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join("testdata", "print", name+".txt")
			if *update {
				if err := os.WriteFile(path, got.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got.Bytes(), want) {
				t.Errorf("listing differs from %s (rewrite with -update):\n%s", path, got.String())
			}
		})
	}
}
