package finetune

import (
	"errors"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/reference"
)

// smallEncoder has the inputs and outputs of an exported BERT: embeddings of tokens,
// types and places, added, and those of tokens that do not count made 100.
func smallEncoder() *onnxio.Model {
	whole := func(name string) *onnxio.Value {
		return &onnxio.Value{Name: name, Type: onnxio.Int64, Shape: onnxio.Shape{onnxio.Sym("batch"), onnxio.Sym("sequence")}}
	}
	g := &onnxio.Graph{Name: "encoder", Inputs: []*onnxio.Value{whole("input_ids"), whole("attention_mask"), whole("token_type_ids")}}
	g.Initializers = []*onnxio.Tensor{
		onnxio.NewFloat32("table", []int64{4, 2}, []float32{0, 0, 1, 10, 2, 20, 3, 30}),
		onnxio.NewFloat32("types", []int64{2, 2}, []float32{0.5, 0.5, 1000, 1000}),
	}
	b := onnxio.NewBuilder(g)
	x := b.Op("Add", []string{b.Op("Gather", []string{"table", "input_ids"}), b.Op("Gather", []string{"types", "token_type_ids"})})
	m := b.Op("Cast", []string{"attention_mask"}, onnxio.IntAttr("to", int64(onnxio.Float32)))
	m = b.Op("Unsqueeze", []string{b.Op("Sub", []string{b.Float(1), m}), b.Int64s(2)})
	b.Op("Add", []string{x, b.Op("Mul", []string{m, b.Float(100)})})
	g.Nodes[len(g.Nodes)-1].Outputs[0] = "last_hidden_state"
	first := b.Op("Gather", []string{"last_hidden_state", b.Int64(0)}, onnxio.IntAttr("axis", 1))
	g.Outputs = []*onnxio.Value{
		{Name: "last_hidden_state", Type: onnxio.Float32, Shape: onnxio.Shape{onnxio.Sym("batch"), onnxio.Sym("sequence"), {Size: 2}}},
		{Name: first, Type: onnxio.Float32, Shape: onnxio.Shape{onnxio.Sym("batch"), {Size: 2}}},
	}
	return &onnxio.Model{IRVersion: 8, Opsets: []onnxio.Opset{{Version: 17}}, Graph: g}
}

func TestTokens(t *testing.T) {
	m := smallEncoder()
	out, done, err := Tokens(m, "", 3, 0)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(done, "input_ids, attention_mask, token_type_ids") || !strings.Contains(done, "mean of last_hidden_state") {
		t.Errorf("done: %s", done)
	}
	if err := onnxio.Check(out); err != nil {
		t.Fatal(err)
	}
	if len(out.Graph.Inputs) != 1 || out.Graph.Inputs[0].Type != onnxio.Float32 || len(m.Graph.Inputs) != 3 {
		t.Errorf("inputs %v", out.Graph.Inputs)
	}
	session, err := reference.Backend().Open(out, exec.Options{})
	if err != nil {
		t.Fatal(err)
	}
	values, err := session.Run(map[string]*exec.Tensor{
		out.Graph.Inputs[0].Name: exec.NewTensor([]int64{3, 3}, []float32{1, 3, 0, 2, 0, 0, 0, 0, 0}),
	})
	if err != nil {
		t.Fatal(err)
	}
	got := values[out.Graph.Outputs[0].Name].Float32()
	want := []float32{2.5, 20.5, 2.5, 20.5, 0, 0} // (1+3)/2 + 0.5, 2 + 0.5; no token: 0
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("features %v, want %v", got, want)
			break
		}
	}
	named, _, err := Tokens(m, m.Graph.Outputs[1].Name, 3, 0)
	if err != nil {
		t.Fatal(err)
	}
	if len(named.Graph.Outputs) != 1 || named.Graph.Outputs[0].Name != m.Graph.Outputs[1].Name {
		t.Errorf("outputs %v", named.Graph.Outputs)
	}
	m.Graph.Inputs[0].Shape[1] = onnxio.Dim{Size: 5}
	if _, _, err := Tokens(m, "", 3, 0); !errors.Is(err, ErrInput) {
		t.Errorf("another length: %v", err)
	}
}
