package main

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/losses"
	"github.com/sharewise/sharewise/analysis/retrain"
	"github.com/sharewise/sharewise/onnxio"
)

// exports are forms in which other programs write one network: two layers and
// three outputs, of samples of two numbers.
type export struct {
	half     bool   // weights and input of 16 bits
	constant bool   // weights in Constant nodes
	last     string // operator behind the scores
	gain     bool   // a further input, which the features are multiplied with
	drop     bool   // a Dropout of features in training mode
}

// save writes the network. Its weights are of few bits, so that all forms hold
// the same.
func (e export) save(t *testing.T, path string) {
	t.Helper()
	dt := onnxio.Float32
	if e.half {
		dt = onnxio.Float16
	}
	g := &onnxio.Graph{Name: "net"}
	m := &onnxio.Model{IRVersion: 8, Opsets: []onnxio.Opset{{Version: 17}}, Graph: g}
	rng := rand.New(rand.NewPCG(1, 2))
	weight := func(name string, shape ...int64) {
		n := int64(1)
		for _, d := range shape {
			n *= d
		}
		v := make([]float32, n)
		half := make([]byte, 2*n)
		for i := range v {
			// ±0.5 or ±1, in 16 bits: sign, exponent 14 or 15.
			v[i], half[2*i+1] = 0.5, 0x38
			if rng.IntN(2) == 0 {
				v[i], half[2*i+1] = 1, 0x3c
			}
			if rng.IntN(2) == 0 {
				v[i], half[2*i+1] = -v[i], half[2*i+1]|0x80
			}
		}
		tensor := onnxio.NewFloat32(name, shape, v)
		if e.half {
			tensor = &onnxio.Tensor{Name: name, Type: onnxio.Float16, Shape: shape, Data: half}
		}
		if e.constant {
			tensor.Name = ""
			g.Nodes = append(g.Nodes, &onnxio.Node{Op: "Constant", Outputs: []string{name}, Attrs: []*onnxio.Attribute{onnxio.TensorAttr("value", tensor)}})
			return
		}
		g.Initializers = append(g.Initializers, tensor)
	}
	weight("fc1.weight", 2, 16)
	weight("fc1.bias", 16)
	weight("fc2.weight", 3, 16)
	weight("fc2.bias", 3)
	g.Inputs = []*onnxio.Value{{Name: "data", Type: dt, Shape: onnxio.Shape{onnxio.Sym("batch"), onnxio.Sym("columns")}}}
	g.Outputs = []*onnxio.Value{{Name: "probabilities", Type: dt, Shape: onnxio.Shape{onnxio.Sym("batch"), {Size: 3}}}}
	g.Nodes = append(g.Nodes,
		&onnxio.Node{Name: "/fc1/MatMul", Op: "MatMul", Inputs: []string{"data", "fc1.weight"}, Outputs: []string{"product"}},
		&onnxio.Node{Name: "/fc1/Add", Op: "Add", Inputs: []string{"product", "fc1.bias"}, Outputs: []string{"sum"}},
		&onnxio.Node{Name: "/relu", Op: "Relu", Inputs: []string{"sum"}, Outputs: []string{"hidden"}},
		&onnxio.Node{Name: "/fc2/Gemm", Op: "Gemm", Inputs: []string{"hidden", "fc2.weight", "fc2.bias"}, Outputs: []string{"logits"}, Attrs: []*onnxio.Attribute{onnxio.IntAttr("transB", 1)}},
		&onnxio.Node{Name: "/last", Op: e.last, Inputs: []string{"logits"}, Outputs: []string{"probabilities"}})
	if e.gain {
		g.Inputs = append(g.Inputs, &onnxio.Value{Name: "gain", Type: dt, Shape: onnxio.Static(1)})
		g.Nodes[2].Outputs[0] = "plain"
		g.Nodes = slices.Insert(g.Nodes, 3, &onnxio.Node{Name: "/mul", Op: "Mul", Inputs: []string{"plain", "gain"}, Outputs: []string{"hidden"}})
	}
	if e.drop {
		g.Nodes[2].Outputs[0] = "all"
		g.Nodes = slices.Insert(g.Nodes, 3, &onnxio.Node{Name: "/drop", Op: "Dropout", Inputs: []string{"all", "ratio", "on"}, Outputs: []string{"hidden"}})
		g.Initializers = append(g.Initializers, onnxio.NewFloat32("ratio", nil, []float32{0.25}), onnxio.NewBool("on", nil, []bool{true}))
	}
	if err := onnxio.Check(m); err != nil {
		t.Fatal(err)
	}
	if err := onnxio.Save(path, m); err != nil {
		t.Fatal(err)
	}
}

// clusters is a table whose rows lie around a point for each class.
func clusters(rows int) string {
	rng := rand.New(rand.NewPCG(4, 4))
	var b strings.Builder
	b.WriteString("a,b,class,c,high\n")
	for i := range rows {
		class := i % 3
		a, c := float64(class)+rng.NormFloat64()/3, float64(class*class)+rng.NormFloat64()/3
		line, _ := json.Marshal([]any{a, c, []string{"x", "y", "z"}[class], 2*a - c, class == 2})
		b.WriteString(strings.Trim(string(line), "[]") + "\n")
	}
	return strings.ReplaceAll(b.String(), `"`, "")
}

const trainStudy = `version: 1
name: parts
defaults: {data: parts.csv}
domains:
  - {name: kinds, columns: {label: class, features: [a, b]}}
  - {name: high, task: binary, columns: {label: high, features: [a, b]}}
  - {name: sums, columns: {targets: [c], features: [a, b]}}
training: {epochs: 12, batch: 8, rate: 0.02}
`

// TestModelTrain trains exports of several forms. What comes out must run in
// ONNX Runtime as training left it: eval finds the losses that were recorded.
func TestModelTrain(t *testing.T) {
	requireRuntime(t)
	for _, test := range []struct {
		name   string
		export export
		domain string
		args   []string
		says   string // in the note of what was made of the model
	}{
		{"new head", export{last: "Softmax"}, "kinds", nil, `"cut":"Gemm \"/fc2/Gemm\" with weight \"fc2.weight\" and what follows: Softmax"`},
		{"kept head", export{last: "Softmax"}, "kinds", []string{"--keep-head", "--labels", "z,x,y"}, `"cut":"Softmax"`},
		{"kept head of 16 bits", export{half: true, last: "LogSoftmax"}, "kinds", []string{"--keep-head"}, `"cut":"LogSoftmax"`},
		{"weights in Constant nodes", export{constant: true, last: "Softmax"}, "kinds", []string{"--keep-head", "--optimizer", "sgd"}, `"trained":99}`},
		{"16 bits in Constant nodes", export{half: true, constant: true, last: "Softmax"}, "high", nil, `"parameters":48,"trained":48`},
		{"new head alone", export{last: "Softmax"}, "kinds", []string{"--freeze", "*"}, `"parameters":48,"trained":0`},
		{"adapters", export{half: true, last: "Softmax"}, "kinds", []string{"--adapters", "1", "--adapter-alpha", "2", "--keep-head"}, `"adapted":["fc1.weight","fc2.weight"]`},
		{"adapters of Constant nodes", export{constant: true, last: "Softmax"}, "high", []string{"--adapters", "1"}, `"adapted":["fc1.weight"]`},
		{"regression on features", export{last: "Softmax"}, "sums", []string{"--features", "hidden", "--select", "best"}, `"cut":"2 nodes"`},
		{"its own scaling", export{last: "Softmax"}, "kinds", []string{"--keep-head", "--scale", "2", "--mean", "0.5,1", "--std", "0.25"}, `"cut":"Softmax"`},
		{"another start", export{last: "Softmax"}, "kinds", []string{"--init", "xavier", "--freeze-depth", "0", "--clip", "1"}, `"init":"xavier"`},
	} {
		t.Run(strings.ReplaceAll(test.name, " ", "-"), func(t *testing.T) {
			w := workshop{t, t.TempDir()}
			w.write("parts.csv", clusters(240))
			w.write("parts.yaml", trainStudy)
			test.export.save(t, w.path("net.onnx"))
			args := append([]string{"--json", "model", "train", w.path("net.onnx"), "--data", w.path("parts.yaml"), "--domain", test.domain, "-o", w.path("out.onnx"), "--table", w.path("own.parquet")}, test.args...)
			code, out := w.run(args...)
			if code != exitDone {
				t.Fatalf("exit code %d\n%s", code, out)
			}
			var result retrain.Result
			if err := json.Unmarshal([]byte(out), &result); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			var tight bytes.Buffer
			if err := json.Compact(&tight, []byte(out)); err != nil || !strings.Contains(tight.String(), test.says) {
				t.Errorf("the result lacks %s\n%s", test.says, out)
			}
			first, last := result.Epochs[0], result.Epochs[len(result.Epochs)-1]
			if len(result.Epochs) != 12 || last.Loss > first.Loss || last.Validation == nil {
				t.Errorf("%d epochs from loss %g to %g", len(result.Epochs), first.Loss, last.Loss)
			}
			m, err := onnxio.Load(w.path("out.onnx"))
			if err != nil {
				t.Fatal(err)
			}
			for _, tensor := range m.Graph.Initializers {
				if tensor.Type == onnxio.Float16 || strings.Contains(tensor.Name, "lora") {
					t.Errorf("the trained model has %s %v", tensor.Name, tensor.Type)
				}
			}
			if code, out := w.run("eval", w.path("out.onnx"), "--data", w.path("parts.yaml"), "--domain", test.domain, "-o", w.path("eval.parquet")); code != exitDone {
				t.Fatalf("eval: exit code %d\n%s", code, out)
			}
			got, err := losses.ReadFile(w.path("eval.parquet"))
			if err != nil {
				t.Fatal(err)
			}
			want, err := losses.ReadFile(w.path("own.parquet"))
			if err != nil {
				t.Fatal(err)
			}
			compareLosses(t, got, want)
			before, err := os.ReadFile(w.path("out.onnx"))
			if err != nil {
				t.Fatal(err)
			}
			w.run(args...)
			if after, err := os.ReadFile(w.path("out.onnx")); err != nil || !bytes.Equal(before, after) {
				t.Errorf("a second training gives another model, %v", err)
			}
		})
	}
}

// TestStudyOfExports runs studies whose trunks are exports: what every shared
// model says of the samples of a domain must be what was recorded.
func TestStudyOfExports(t *testing.T) {
	requireRuntime(t)
	for _, test := range []struct {
		export export
		model  string
		note   string
	}{
		{export{half: true, constant: true, last: "Softmax"}, "{trunk: net.onnx, features: auto}", "Model net: it ends in hidden float32[batch,16]; left out: Gemm"},
		{export{half: true, last: "Softmax"}, "{trunk: net.onnx, features: hidden, adapters: {rank: 1, alpha: 4}}", "Model net: 18 of 66 parameters of the trunk train"},
		{export{last: "Sigmoid"}, "{trunk: net.onnx, init: orthogonal}", "ends in a Sigmoid, and heads take its output"},
		{export{last: "Softmax", gain: true}, "{trunk: net.onnx, features: auto, set: {gain: 0.5, columns: 2}}", "Model net: it ends in hidden float32[batch,16]"},
	} {
		w := workshop{t, t.TempDir()}
		w.write("parts.csv", clusters(120))
		w.write("parts.yaml", trainStudy+"model: "+test.model+"\nseeds: 1\narms: {pairs: false}\n")
		test.export.save(t, w.path("net.onnx"))
		code, out := w.run("run", w.path("parts.yaml"), "-o", w.path("out"))
		if code != exitDone || !strings.Contains(out, test.note) {
			t.Fatalf("%s: exit code %d\n%s", test.model, code, out)
		}
		runs, err := filepath.Glob(w.path("out/runs/joint_*"))
		if err != nil || len(runs) != 1 {
			t.Fatalf("%s: %d joint runs, %v", test.model, len(runs), err)
		}
		if code, out := w.run("eval", filepath.Join(runs[0], "model.onnx"), "--data", w.path("parts.yaml"), "-o", w.path("eval.parquet")); code != exitDone {
			t.Fatalf("%s: eval: exit code %d\n%s", test.model, code, out)
		}
		got, err := losses.ReadFile(w.path("eval.parquet"))
		if err != nil {
			t.Fatal(err)
		}
		want, err := losses.ReadFile(filepath.Join(runs[0], "losses.parquet"))
		if err != nil {
			t.Fatal(err)
		}
		compareLosses(t, got, want)
	}
}

// compareLosses compares what every sample costs, whatever order of classes the
// two sides number them in.
func compareLosses(t *testing.T, got, want *losses.Table) {
	t.Helper()
	if got.Len() != want.Len() || got.Len() == 0 {
		t.Fatalf("%d rows, training wrote %d", got.Len(), want.Len())
	}
	for i := range got.Len() {
		if d := got.Loss[i] - want.Loss[i]; got.Sample[i] != want.Sample[i] || d > 1e-4 || d < -1e-4 {
			t.Errorf("row %d: sample %v has loss %g, training wrote %g", i, got.Sample[i], got.Loss[i], want.Loss[i])
		}
	}
}

func TestModelTrainMistakes(t *testing.T) {
	requireRuntime(t)
	w := workshop{t, t.TempDir()}
	w.write("parts.csv", clusters(60))
	w.write("parts.yaml", trainStudy)
	export{last: "Softmax"}.save(t, w.path("net.onnx"))
	w.model("odd.onnx", "Tanh")
	if err := os.Mkdir(w.path("used"), 0o755); err != nil {
		t.Fatal(err)
	}
	w.write("used/notes.tmp", "mine")
	for _, test := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"net.onnx"}, exitUsage, "has 3 domains; choose one with --domain: kinds, high, sums"},
		{[]string{"net.onnx", "--domain", "kind"}, exitUsage, `did you mean "kinds"?`},
		{[]string{"net.onnx", "--domain", "high", "--keep-head"}, exitUsage, `domain high has 1 outputs, but "probabilities" has 3 a sample; leave --keep-head out for a new head`},
		{[]string{"net.onnx", "--domain", "kinds", "--features", "hiden"}, exitInput, `no value or node "hiden"; did you mean "hidden"?`},
		{[]string{"net.onnx", "--domain", "kinds", "--freeze", "fc3*"}, exitInput, `no parameter is called "fc3*"`},
		{[]string{"net.onnx", "--domain", "kinds", "--freeze-depth", "2"}, exitUsage, "the first 2 layers cannot be frozen, the trunk has 1"},
		{[]string{"net.onnx", "--domain", "kinds", "--keep-head", "--freeze", "*"}, exitUsage, "all parameters are frozen"},
		{[]string{"net.onnx", "--domain", "kinds", "--adapters", "40"}, exitUsage, "no layer takes an adapter of rank 40"},
		{[]string{"net.onnx", "--domain", "kinds", "--adapter-alpha", "2"}, exitUsage, "go with --adapters"},
		{[]string{"net.onnx", "--domain", "kinds", "--rate", "-1"}, exitUsage, "--rate -1; give a number above 0"},
		{[]string{"net.onnx", "--domain", "kinds", "--optimizer", "adma"}, exitUsage, "give adamw, sgd, adam, adagrad"},
		{[]string{"net.onnx", "--domain", "kinds", "--mean", "1,2,3"}, exitInput, "3 numbers for mean, and samples have 2 channels or features"},
		{[]string{"net.onnx", "--domain", "kinds", "--set", "batch=0"}, exitInput, "batch"},
		{[]string{"net.onnx", "--domain", "kinds", "--keep-head", "--features", "auto"}, exitUsage, "exclude"},
		{[]string{"net.onnx", "--domain", "kinds", "--optimizer", "sgd", "--rate", "1e30"}, exitFailure, "training diverged: loss of domain kinds"},
		{[]string{"odd.onnx", "--domain", "kinds"}, exitInput, "no linear layer stands after it; name the value that holds the features with --features, or keep the model's outputs with --keep-head"},
		{[]string{"none.onnx", "--domain", "kinds"}, exitInput, "none.onnx"},
		{[]string{"net.onnx", "--domain", "kinds", "--checkpoint", w.path("used")}, exitUsage, "used: the folder holds other files; name a new or an empty one"},
		{[]string{"net.onnx", "--domain", "kinds", "--checkpoint", w.path("parts.csv")}, exitUsage, "parts.csv"},
	} {
		test.args[0] = w.path(test.args[0])
		code, out := w.run(append([]string{"model", "train", "--data", w.path("parts.yaml"), "-o", w.path("out.onnx")}, test.args...)...)
		if code != test.code || !strings.Contains(out, test.says) {
			t.Errorf("%v: exit code %d, want %d\n%s", test.args[1:], code, test.code, out)
		}
	}
	if left, _ := filepath.Glob(w.path("*out*")); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}
