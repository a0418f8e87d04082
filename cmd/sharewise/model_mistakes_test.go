package main

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
)

// dense is a network of two layers, scores [n,3] of x [n,4], before something
// goes wrong with it.
func dense() *onnxio.Model {
	weight := func(name string, shape ...int64) *onnxio.Tensor {
		n := shape[0]
		if len(shape) > 1 {
			n *= shape[1]
		}
		v := make([]float32, n)
		for i := range v {
			v[i] = float32(i%5)/4 - 0.5
		}
		return onnxio.NewFloat32(name, shape, v)
	}
	return &onnxio.Model{IRVersion: 8, Opsets: []onnxio.Opset{{Version: 17}}, Graph: &onnxio.Graph{
		Name:         "dense",
		Inputs:       []*onnxio.Value{{Name: "x", Type: onnxio.Float32, Shape: onnxio.Shape{onnxio.Sym("n"), {Size: 4}}}},
		Outputs:      []*onnxio.Value{{Name: "scores", Type: onnxio.Float32}},
		Initializers: []*onnxio.Tensor{weight("in.weight", 4, 8), weight("out.weight", 8, 3)},
		Nodes: []*onnxio.Node{
			{Name: "in", Op: "MatMul", Inputs: []string{"x", "in.weight"}, Outputs: []string{"a"}},
			{Name: "relu", Op: "Relu", Inputs: []string{"a"}, Outputs: []string{"h"}},
			{Name: "out", Op: "MatMul", Inputs: []string{"h", "out.weight"}, Outputs: []string{"scores"}},
		},
	}}
}

// broken are models that cannot be used as they are.
var broken = map[string]func(g *onnxio.Graph, m *onnxio.Model){
	"nan":      func(g *onnxio.Graph, _ *onnxio.Model) { setFirst(g.Initializers[0], math.NaN()) },
	"inf":      func(g *onnxio.Graph, _ *onnxio.Model) { setFirst(g.Initializers[0], math.Inf(1)) },
	"mute":     func(g *onnxio.Graph, _ *onnxio.Model) { g.Inputs[0].Shape = nil },
	"open":     func(g *onnxio.Graph, _ *onnxio.Model) { g.Inputs[0].Shape[1] = onnxio.Sym("features") },
	"mismatch": func(g *onnxio.Graph, _ *onnxio.Model) { g.Inputs[0].Shape[1].Size = 5 },
	"cycle":    func(g *onnxio.Graph, _ *onnxio.Model) { g.Nodes[0].Inputs[0] = "h" },
	"twice":    func(g *onnxio.Graph, _ *onnxio.Model) { g.Nodes[1].Outputs[0] = "a" },
	"future":   func(_ *onnxio.Graph, m *onnxio.Model) { m.Opsets[0].Version = 99 },
	"ancient":  func(_ *onnxio.Graph, m *onnxio.Model) { m.Opsets[0].Version = 3 },
	"unknown":  func(g *onnxio.Graph, _ *onnxio.Model) { g.Nodes[1].Op = "Rulu" },
	"untrained": func(g *onnxio.Graph, _ *onnxio.Model) {
		g.Nodes = g.Nodes[1:2]
		g.Nodes[0].Inputs[0], g.Outputs[0].Name = "x", "h"
	},
	"answers": func(g *onnxio.Graph, _ *onnxio.Model) {
		g.Nodes = append(g.Nodes, &onnxio.Node{Name: "top", Op: "ArgMax", Inputs: []string{"scores"}, Outputs: []string{"class"}, Attrs: []*onnxio.Attribute{onnxio.IntAttr("axis", 1)}})
		g.Outputs[0] = &onnxio.Value{Name: "class", Type: onnxio.Int64}
	},
	"scalar": func(g *onnxio.Graph, _ *onnxio.Model) {
		g.Nodes = append(g.Nodes, &onnxio.Node{Name: "sum", Op: "ReduceSum", Inputs: []string{"scores"}, Outputs: []string{"total"}, Attrs: []*onnxio.Attribute{onnxio.IntAttr("keepdims", 0)}})
		g.Outputs[0].Name = "total"
	},
	"several": func(g *onnxio.Graph, _ *onnxio.Model) {
		g.Outputs = append(g.Outputs, &onnxio.Value{Name: "h", Type: onnxio.Float32})
	},
	"tokens": func(g *onnxio.Graph, _ *onnxio.Model) {
		g.Inputs[0] = &onnxio.Value{Name: "ids", Type: onnxio.Int64, Shape: onnxio.Shape{onnxio.Sym("n")}}
		g.Nodes[0] = &onnxio.Node{Name: "words", Op: "Gather", Inputs: []string{"in.weight", "ids"}, Outputs: []string{"a"}}
	},
	"pair": func(g *onnxio.Graph, _ *onnxio.Model) {
		g.Inputs = append(g.Inputs, &onnxio.Value{Name: "gain", Type: onnxio.Float32, Shape: onnxio.Static(1)})
		g.Nodes[1] = &onnxio.Node{Name: "mul", Op: "Mul", Inputs: []string{"a", "gain"}, Outputs: []string{"h"}}
	},
	"text": func(g *onnxio.Graph, _ *onnxio.Model) {
		g.Inputs[0].Type, g.Inputs[0].Shape = onnxio.String, onnxio.Static(4)
		g.Nodes = []*onnxio.Node{{Name: "fold", Op: "StringNormalizer", Inputs: []string{"x"}, Outputs: []string{"scores"}}}
		g.Outputs[0] = &onnxio.Value{Name: "scores", Type: onnxio.String}
	},
	"custom": func(g *onnxio.Graph, m *onnxio.Model) {
		m.Opsets = append(m.Opsets, onnxio.Opset{Domain: "acme", Version: 1})
		g.Nodes[1] = &onnxio.Node{Name: "mine", Op: "Own", Domain: "acme", Inputs: []string{"a"}, Outputs: []string{"h"}}
	},
	"foreign": func(g *onnxio.Graph, m *onnxio.Model) {
		m.Opsets = append(m.Opsets, onnxio.Opset{Domain: "ai.onnx.ml", Version: 2})
		g.Nodes[1] = &onnxio.Node{Name: "trees", Op: "TreeEnsembleRegressor", Domain: "ai.onnx.ml", Inputs: []string{"a"}, Outputs: []string{"h"}}
	},
}

func setFirst(t *onnxio.Tensor, x float64) {
	v, err := t.Float32()
	if err != nil {
		panic(err) // dense has float32 weights
	}
	v[0] = float32(x)
	t.Data = onnxio.NewFloat32("", t.Shape, v).Data
}

// TestModelMistakes gives models and settings that do not do to the commands
// that take models: each message says which file, node, value or flag is to
// blame, and what to do, and nothing is left.
func TestModelMistakes(t *testing.T) {
	requireRuntime(t)
	w := workshop{t, t.TempDir()}
	if err := os.Mkdir(w.path("my models"), 0o755); err != nil {
		t.Fatal(err)
	}
	save := func(name string, m *onnxio.Model) []byte {
		data, err := m.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		w.write(name, string(data))
		return data
	}
	for name, damage := range broken {
		m := dense()
		damage(m.Graph, m)
		save(name+".onnx", m)
	}
	whole := save("fine.onnx", dense())
	save("my models/a b.onnx", dense())
	w.write("half.onnx", string(whole[:len(whole)/2]))
	w.write("empty.onnx", "")
	w.write("readme.onnx", "This is no model.\n")
	apart := dense()
	apart.Graph.Initializers[0] = &onnxio.Tensor{Name: "in.weight", Type: onnxio.Float32, Shape: []int64{4, 8}}
	if err := apart.Graph.Initializers[0].SetExternal("weights.bin", 0, 128); err != nil {
		t.Fatal(err)
	}
	save("apart.onnx", apart)
	w.write("d.csv", fourNumbers())
	w.write("none.csv", "")
	w.write("names.csv", "a,b,c,d,y\n")
	before, err := filepath.Glob(w.path("*"))
	if err != nil {
		t.Fatal(err)
	}

	for _, test := range []struct {
		line string // M is the folder, blanks separate
		code int
		says []string
	}{
		{"model gradient M/nan.onnx --loss cross_entropy --optimizer sgd -o M/o", exitInput, []string{"nan.onnx", `"in.weight"`, "element 0 of 32 is NaN", "--init"}},
		{"model gradient M/mute.onnx --wrt x -o M/o", exitUsage, []string{"mute.onnx", `"x"`, "--shape x="}},
		{"model gradient M/open.onnx --wrt x -o M/o", exitUsage, []string{"open.onnx", "[n,features]", "--shape x="}},
		{"model gradient M/mismatch.onnx --wrt x -o M/o", exitInput, []string{"mismatch.onnx", `"in" (MatMul)`}},
		{"model gradient M/cycle.onnx --wrt x -o M/o", exitInput, []string{"cycle.onnx", `"in" (MatMul)`, `"h" is not defined`}},
		{"model gradient M/twice.onnx --wrt x -o M/o", exitInput, []string{"twice.onnx", `"relu" (Relu)`, `"a" is already defined`}},
		{"model gradient M/future.onnx --wrt x -o M/o", exitInput, []string{"future.onnx", "99", "gradients can be written in"}},
		{"model gradient M/ancient.onnx --loss cross_entropy --optimizer sgd -o M/o", exitInput, []string{"ancient.onnx", "operator set 3"}},
		{"model gradient M/unknown.onnx --wrt x -o M/o", exitInput, []string{"unknown.onnx", `"relu" (Rulu)`, "unknown operator"}},
		{"model gradient M/untrained.onnx --loss cross_entropy --optimizer sgd -o M/o", exitInput, []string{"untrained.onnx", "no weights of floating point"}},
		{"model gradient M/answers.onnx --wrt x -o M/o", exitUsage, []string{"answers.onnx", `"class" of int64`, "--of"}},
		{"model gradient M/answers.onnx --loss cross_entropy --optimizer sgd -o M/o", exitInput, []string{"answers.onnx", `"class"`, "name a value before it"}},
		{"model gradient M/scalar.onnx --loss squared_error --optimizer sgd -o M/o", exitInput, []string{"scalar.onnx", `"total"`, "name a value before it"}},
		{"model gradient M/several.onnx --loss cross_entropy --optimizer sgd -o M/o", exitInput, []string{"several.onnx", `["scores" "h"]`, "--of"}},
		{"model gradient M/tokens.onnx --wrt ids -o M/o", exitUsage, []string{"tokens.onnx", `"ids" is int64`, "floating-point value"}},
		{"model gradient M/text.onnx --wrt x -o M/o", exitUsage, []string{"text.onnx", `"scores" of string`}},
		{"model gradient M/foreign.onnx --loss cross_entropy --optimizer sgd -o M/o", exitInput, []string{"foreign.onnx", `"trees" (ai.onnx.ml.TreeEnsembleRegressor)`, "choose an output before it"}},
		{"model gradient M/custom.onnx --loss cross_entropy --optimizer sgd -o M/o", exitInput, []string{"custom.onnx", `"mine" (acme.Own)`, "not known here"}},
		{"model gradient M/half.onnx --wrt x -o M/o", exitInput, []string{"half.onnx", "not the whole of one"}},
		{"model gradient M/empty.onnx --wrt x -o M/o", exitInput, []string{"empty.onnx", "not an ONNX model"}},
		{"model gradient M/readme.onnx --wrt x -o M/o", exitInput, []string{"readme.onnx", "not an ONNX model"}},
		{"model gradient M/apart.onnx --wrt x -o M/o", exitInput, []string{"apart.onnx", `"in.weight"`, `"weights.bin"`, "folder of the model"}},
		{"model gradient M --wrt x -o M/o", exitInput, []string{"is a folder, not a file"}},
		{"model gradient M/fine.onnx --wrt x -o M/no/such/o", exitFailure, []string{"there is no folder", "no/such"}},
		{"model gradient M/fine.onnx --wrt x -o M/d.csv --force", exitUsage, []string{"d.csv is no folder"}},
		{"model gradient M/fine.onnx --wrt x -o M --force", exitUsage, []string{"fine.onnx", "would be lost"}},
		{"model gradient M/fine.onnx --loss cross_entropy --optimizer sgd --freeze * -o M/o", exitUsage, []string{"freeze less"}},
		{"model gradient M/fine.onnx --loss cross_entropy --optimizer sgd --class-weights 1,2 -o M/o", exitUsage, []string{"2 class weights for 3 outputs"}},

		{"model train M/nan.onnx --data M/d.csv -o M/o.onnx", exitInput, []string{"nan", `"in.weight"`, "NaN"}},
		{"model train M/inf.onnx --data M/d.csv -o M/o.onnx", exitFailure, []string{"before any weight was changed", "infinite"}},
		{"model train M/mute.onnx --data M/d.csv -o M/o.onnx", exitInput, []string{"mute", `"x"`, "known rank"}},
		{"model train M/tokens.onnx --data M/d.csv -o M/o.onnx", exitInput, []string{"tokens", `"ids"`}},
		{"model train M/pair.onnx --data M/d.csv -o M/o.onnx", exitInput, []string{"pair", `"gain"`, "--set NAME=VALUE"}},
		{"model train M/half.onnx --data M/d.csv -o M/o.onnx", exitInput, []string{"half.onnx", "not the whole of one"}},
		{"model train M/fine.onnx --data M/none.csv -o M/o.onnx", exitInput, []string{"none.csv: an empty file"}},
		{"model train M/fine.onnx --data M/names.csv -o M/o.onnx", exitInput, []string{"names.csv: a table of fewer than 4 rows"}},
		{"model train M/fine.onnx --data M/fine.onnx -o M/o.onnx", exitInput, []string{"fine.onnx holds no data"}},
		{"model train M/fine.onnx --data M/d.csv -o M/d.csv/o.onnx", exitFailure, []string{"d.csv"}},
		{"model train M/fine.onnx --data M/d.csv -o M", exitUsage, []string{"is a folder"}},
		{"model train M/fine.onnx --data M/d.csv -o M/o.onnx --threads 99999", exitUsage, []string{"at most 1024"}},
		{"model train M/fine.onnx --data M/d.csv -o M/o.onnx --keep-head --labels u,v,q", exitInput, []string{`class "q"`}},

		{"eval M/pair.onnx --data M/d.csv", exitInput, []string{"pair.onnx", `"gain"`, "--set NAME=NUMBER"}},
		{"eval M/several.onnx --data M/d.csv", exitInput, []string{"several.onnx", "--output"}},
		{"eval M/scalar.onnx --data M/d.csv", exitInput, []string{"scalar.onnx", `"total" has shape []`}},
		{"eval M/text.onnx --data M/d.csv", exitInput, []string{"text.onnx", "takes string"}},
		{"eval M/nan.onnx --data M/d.csv", exitInput, []string{"nan.onnx", "is NaN for sample"}},
		{"eval M/fine.onnx --data M/d.csv --threads -1", exitUsage, []string{"--threads -1"}},
		{"eval M/fine.onnx --data M/d.csv -o M/no/t.parquet", exitFailure, []string{"there is no folder"}},
	} {
		var output bytes.Buffer
		args := strings.Fields(test.line)
		for i := range args {
			if rest, ok := strings.CutPrefix(args[i], "M"); ok && (rest == "" || rest[0] == '/') {
				args[i] = w.dir + rest
			}
		}
		code := (&app{stdin: os.Stdin, stdout: &output, stderr: &output, quiet: true}).main(args)
		if code != test.code {
			t.Errorf("%s: exit code %d, want %d\n%s", test.line, code, test.code, output.String())
			os.RemoveAll(w.path("o"))
		}
		for _, says := range test.says {
			if !strings.Contains(output.String(), says) {
				t.Errorf("%s: the message lacks %q\n%s", test.line, says, output.String())
			}
		}
	}
	if after, err := filepath.Glob(w.path("*")); err != nil || len(after) != len(before) {
		t.Errorf("there is %v, before there was %v (%v)", after, before, err)
	}

	// Blanks in names do no harm.
	code, out := w.run("model", "train", w.path("my models/a b.onnx"), "--data", w.path("d.csv"), "-o", w.path("my models/c d.onnx"), "--epochs", "1")
	if code != exitDone {
		t.Errorf("exit code %d\n%s", code, out)
	}
	if code, out = w.run("eval", w.path("my models/c d.onnx"), "--data", w.path("d.csv")); code != exitDone {
		t.Errorf("exit code %d\n%s", code, out)
	}
	// Whole numbers are taken as they are.
	w.write("ids.csv", "a,y\n"+strings.Repeat("0,u\n1,v\n2,u\n3,w\n", 30))
	if code, out = w.run("eval", w.path("tokens.onnx"), "--data", w.path("ids.csv")); code != exitDone || !strings.Contains(out, "not at all, for whole numbers") {
		t.Errorf("exit code %d\n%s", code, out)
	}
}

// fourNumbers is a table of four numbers and one of three classes.
func fourNumbers() string {
	var b strings.Builder
	b.WriteString("a,b,c,d,y\n")
	for i := range 90 {
		v := []string{"0.5", "-1", "2", "0.25", "-0.75"}
		b.WriteString(strings.Join([]string{v[i%5], v[(i*2+1)%5], v[(i*3+2)%5], v[i/3%5], []string{"u", "v", "w"}[i%3]}, ",") + "\n")
	}
	return b.String()
}
