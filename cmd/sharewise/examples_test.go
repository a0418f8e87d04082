package main

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/artifacts"
	tensor "github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/ort"
)

// examples is a folder in which the commands of testdata/docs/gradients.md are
// run.
type examples struct {
	workshop
	backend tensor.Backend
	doc     string
}

func newExamples(t *testing.T) *examples {
	t.Helper()
	requireRuntime(t)
	backend, err := ort.Default("")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := os.ReadFile(filepath.Join("..", "..", "testdata", "docs", "gradients.md"))
	if err != nil {
		t.Fatal(err)
	}
	return &examples{workshop{t, t.TempDir()}, backend, string(doc)}
}

// source is the path of a file of testdata/examples.
func (e *examples) source(parts ...string) string {
	e.t.Helper()
	path, err := filepath.Abs(filepath.Join(append([]string{"..", "..", "testdata", "examples"}, parts...)...))
	if err != nil {
		e.t.Fatal(err)
	}
	return path
}

// copy copies a file of testdata/examples into the folder.
func (e *examples) copy(parts ...string) {
	e.t.Helper()
	data, err := os.ReadFile(e.source(parts...))
	if err != nil {
		e.t.Fatal(err)
	}
	e.write(parts[len(parts)-1], string(data))
}

// model copies an example's model into the folder and reads what PyTorch
// computed for it into values.
func (e *examples) model(name string, values any) {
	e.t.Helper()
	e.copy("models", name+".onnx")
	data, err := os.ReadFile(e.source("models", name+".json"))
	if err != nil {
		e.t.Fatal(err)
	}
	if err := json.Unmarshal(data, values); err != nil {
		e.t.Fatal(err)
	}
}

// documented runs a command of the document in the folder, with a program and
// variables in place of its first word.
func (e *examples) documented(command string, program, env []string) string {
	e.t.Helper()
	if !strings.Contains(e.doc, "\n"+command+"\n") {
		e.t.Fatalf("the document does not have the command %q", command)
	}
	args := append(slices.Clone(program), strings.Fields(command)[1:]...)
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir = e.dir
	cmd.Env = slices.Concat(os.Environ(), []string{"NO_COLOR=1"}, env)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		e.t.Fatalf("%s: %v\n%s%s", command, err, stdout.String(), stderr.String())
	}
	return stdout.String()
}

func (e *examples) sharewise(command string) {
	e.t.Helper()
	e.documented(command, []string{"sharewise"}, nil)
}

// raw writes numbers as raw elements.
func (e *examples) raw(name string, values any) {
	e.t.Helper()
	var b bytes.Buffer
	if err := binary.Write(&b, binary.LittleEndian, values); err != nil {
		e.t.Fatal(err)
	}
	e.write(name, b.String())
}

func (e *examples) manifest(dir string) artifacts.Manifest {
	e.t.Helper()
	data, err := os.ReadFile(e.path(filepath.Join(dir, artifacts.ManifestFile)))
	if err != nil {
		e.t.Fatal(err)
	}
	var m artifacts.Manifest
	if err := json.Unmarshal(data, &m); err != nil {
		e.t.Fatal(err)
	}
	return m
}

// open opens a graph on ONNX Runtime.
func (e *examples) open(dir, file string) tensor.Session {
	e.t.Helper()
	m, err := onnxio.Load(e.path(filepath.Join(dir, file)))
	if err != nil {
		e.t.Fatal(err)
	}
	s, err := e.backend.Open(m, tensor.Options{})
	if err != nil {
		e.t.Fatal(err)
	}
	e.t.Cleanup(func() { s.Close() })
	return s
}

// train is a training in Go: the losses of steps on batches in turn.
func (e *examples) train(dir string, steps int, rate float32, data map[string]any) []float64 {
	e.t.Helper()
	m := e.manifest(dir)
	tensors := map[string]*tensor.Tensor{}
	for _, s := range m.Tensors {
		file, err := os.ReadFile(e.path(filepath.Join(dir, s.File)))
		if err != nil {
			e.t.Fatal(err)
		}
		v := make([]float32, s.Bytes/4)
		if err := binary.Read(bytes.NewReader(file[s.Offset:]), binary.LittleEndian, v); err != nil {
			e.t.Fatal(err)
		}
		tensors[s.Name] = tensor.NewTensor(s.Shape, v)
	}
	session := e.open(dir, m.Train.File)
	var losses []float64
	for step := range steps {
		for _, in := range m.Train.Inputs {
			switch in.Role {
			case artifacts.RoleStep:
				tensors[in.Name] = tensor.NewTensor(in.Shape, []float32{float32(step + 1)})
			case artifacts.RoleLearningRate:
				tensors[in.Name] = tensor.NewTensor(in.Shape, []float32{rate})
			case artifacts.RoleLossWeights:
				tensors[in.Name] = tensor.NewTensor(in.Shape, []float32{1})
			case artifacts.RoleData, artifacts.RoleTarget:
				tensors[in.Name] = rows(in.Shape, data[in.Name], step)
			}
		}
		out, err := session.Run(tensors)
		if err != nil {
			e.t.Fatal(err)
		}
		for _, o := range m.Train.Outputs {
			if o.Feeds != "" {
				tensors[o.Feeds] = out[o.Name]
			}
			if o.Role == artifacts.RoleLosses {
				losses = append(losses, float64(out[o.Name].Float32()[0]))
			}
		}
	}
	return losses
}

// rows is the batch of a step.
func rows(shape []int64, all any, step int) *tensor.Tensor {
	n := 1
	for _, d := range shape {
		n *= int(d)
	}
	switch v := all.(type) {
	case []int64:
		return tensor.NewTensor(shape, v[step*n:(step+1)*n])
	case []float32:
		return tensor.NewTensor(shape, v[step*n:(step+1)*n])
	}
	return nil
}

// compare holds numbers to others, relative to the largest.
func (e *examples) compare(what string, got, want []float64, tolerance float64) {
	e.t.Helper()
	if len(got) != len(want) {
		e.t.Errorf("%s: %d numbers, want %d", what, len(got), len(want))
		return
	}
	largest, off := 0.0, 0.0
	for i := range want {
		largest, off = math.Max(largest, math.Abs(want[i])), math.Max(off, math.Abs(got[i]-want[i]))
	}
	if !(off <= tolerance*largest) {
		e.t.Errorf("%s: off by %g of %g", what, off, largest)
	}
	e.t.Logf("%s: off by %.1e of %.2g", what, off, largest)
}

// TestExampleAdd is the model of microsoft/onnxruntime#13057.
func TestExampleAdd(t *testing.T) {
	e := newExamples(t)
	scalar := func(name string) *onnxio.Value {
		return &onnxio.Value{Name: name, Type: onnxio.Float32, Shape: onnxio.Static()}
	}
	add := &onnxio.Model{IRVersion: 8, Opsets: []onnxio.Opset{{Version: 15}}, Graph: &onnxio.Graph{
		Name:   "add",
		Inputs: []*onnxio.Value{scalar("a"), scalar("b")}, Outputs: []*onnxio.Value{scalar("c")},
		Nodes: []*onnxio.Node{{Op: "Add", Inputs: []string{"a", "b"}, Outputs: []string{"c"}}},
	}}
	if err := onnxio.Save(e.path("add.onnx"), add); err != nil {
		t.Fatal(err)
	}
	e.sharewise("sharewise model gradient add.onnx --wrt a,b -o add")
	if m := e.manifest("add"); m.Batch != 0 || len(m.Gradient.Inputs) != 2 {
		t.Errorf("manifest: %+v", m)
	}
	out, err := e.open("add", artifacts.GradientFile).Run(map[string]*tensor.Tensor{"a": tensor.Scalar(float32(1)), "b": tensor.Scalar(float32(2))})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]float32{"c": 3, "gradient/a": 1, "gradient/b": 1} {
		if got := out[name].Float32()[0]; got != want {
			t.Errorf("%s is %g, want %g", name, got, want)
		}
	}
}

// transformer is vit.json.
type transformer struct {
	Image            []float32
	Classes          []int
	Scores, Gradient []float64
}

// TestExampleTransformer compares the gradient that microsoft/onnxruntime#19038
// asked for with PyTorch's: on ONNX Runtime's library, and in its web build
// under node.
func TestExampleTransformer(t *testing.T) {
	e := newExamples(t)
	var want transformer
	e.model("vit", &want)
	e.sharewise("sharewise model gradient vit.onnx --wrt image --cotangents --batch 2 -o vit")
	feeds := map[string]*tensor.Tensor{}
	for _, in := range e.manifest("vit").Gradient.Inputs {
		switch in.Role {
		case artifacts.RoleData:
			feeds[in.Name] = tensor.NewTensor(in.Shape, want.Image)
		case artifacts.RoleCotangent:
			v := make([]float32, in.Shape[0]*in.Shape[1])
			for i, c := range want.Classes {
				v[int64(i)*in.Shape[1]+int64(c)] = 1
			}
			feeds[in.Name] = tensor.NewTensor(in.Shape, v)
		}
	}
	out, err := e.open("vit", artifacts.GradientFile).Run(feeds)
	if err != nil {
		t.Fatal(err)
	}
	e.compare("scores", float64s(out["scores"].Float32()), want.Scores, 1e-5)
	e.compare("gradient", float64s(out["gradient/image"].Float32()), want.Gradient, 1e-5)

	node := requireNode(t)
	e.copy("js", "saliency.js")
	e.raw("images.bin", want.Image)
	classes := make([]string, len(want.Classes))
	for i, c := range want.Classes {
		classes[i] = strconv.Itoa(c)
	}
	e.documented("node saliency.js vit images.bin saliency.bin "+strings.Join(classes, " "), []string{node.program}, []string{node.env})
	raw, err := os.ReadFile(e.path("saliency.bin"))
	if err != nil {
		t.Fatal(err)
	}
	web := make([]float32, len(raw)/4)
	if err := binary.Read(bytes.NewReader(raw), binary.LittleEndian, web); err != nil {
		t.Fatal(err)
	}
	e.compare("gradient in the web build", float64s(web), want.Gradient, 1e-5)
}

func float64s(v []float32) []float64 {
	all := make([]float64, len(v))
	for i, x := range v {
		all[i] = float64(x)
	}
	return all
}

// encoder is bert.json.
type encoder struct {
	Rate          float32
	InputIDs      []int64   `json:"input_ids"`
	AttentionMask []int64   `json:"attention_mask"`
	Classes       []int64   `json:"classes"`
	Values        []float32 `json:"values"`
	ClassLosses   []float64 `json:"class_losses"`
	ValueLosses   []float64 `json:"value_losses"`
}

func (b *encoder) data(target any) map[string]any {
	return map[string]any{"input_ids": b.InputIDs, "attention_mask": b.AttentionMask, "target/task": target}
}

const trainEncoder = "sharewise model gradient bert.onnx --of logits --loss cross_entropy --optimizer adamw --weight-decay 0.01 --batch 4 --shape input_ids=10 -o bert"

// TestExampleEncoder trains the encoder of microsoft/onnxruntime#22465, and
// compares losses with PyTorch's.
func TestExampleEncoder(t *testing.T) {
	e := newExamples(t)
	var b encoder
	e.model("bert", &b)
	e.sharewise(strings.NewReplacer("logits", "output", "cross_entropy", "squared_error", "-o bert", "-o hidden").Replace(trainEncoder))
	e.sharewise(trainEncoder)
	e.compare("losses of hidden states", e.train("hidden", len(b.ValueLosses), b.Rate, b.data(b.Values)), b.ValueLosses, 1e-5)
	e.compare("losses of classes", e.train("bert", len(b.ClassLosses), b.Rate, b.data(b.Classes)), b.ClassLosses, 1e-5)
}

// TestExampleLanguages trains the encoder from JavaScript and from C, and
// compares losses with Go's and with PyTorch's, and what was learned with each
// other: microsoft/onnxruntime#4002.
func TestExampleLanguages(t *testing.T) {
	for _, language := range []struct {
		name, command string
		program       func(e *examples) (program, env []string)
	}{
		{"JavaScript", "node train.js", func(e *examples) (program, env []string) {
			node := requireNode(e.t)
			e.copy("js", "train.js")
			return []string{node.program}, []string{node.env}
		}},
		{"C", "./train", (*examples).compileC},
	} {
		t.Run(language.name, func(t *testing.T) {
			e := newExamples(t)
			program, env := language.program(e)
			var b encoder
			e.model("bert", &b)
			e.sharewise(trainEncoder)
			wanted := e.train("bert", len(b.ClassLosses), b.Rate, b.data(b.Classes))
			e.raw("ids.bin", b.InputIDs)
			e.raw("mask.bin", b.AttentionMask)
			e.raw("classes.bin", b.Classes)
			out := e.documented(fmt.Sprintf("%s bert %d %g input_ids=ids.bin attention_mask=mask.bin target/task=classes.bin",
				language.command, len(b.ClassLosses), b.Rate), program, env)
			var losses []float64
			for _, line := range strings.Fields(out) {
				v, err := strconv.ParseFloat(line, 64)
				if err != nil {
					t.Fatal(err)
				}
				losses = append(losses, v)
			}
			e.compare("losses and Go's", losses, wanted, 1e-6)
			e.compare("losses and PyTorch's", losses, b.ClassLosses, 1e-5)

			// Training goes on from what was written, and model.onnx is trained.
			again := e.train("bert", 1, b.Rate, b.data(b.Classes))
			if !(again[0] < losses[0]-0.1) {
				t.Errorf("after %d steps the loss of the first batch is %g; it was %g", len(losses), again[0], losses[0])
			}
			e.checkDeployed(&b, again[0])
		})
	}
}

// checkDeployed computes the loss of the first batch from the scores of
// model.onnx.
func (e *examples) checkDeployed(b *encoder, want float64) {
	e.t.Helper()
	shape := []int64{4, 10}
	out, err := e.open("bert", artifacts.ModelFile).Run(map[string]*tensor.Tensor{
		"input_ids": rows(shape, b.InputIDs, 0), "attention_mask": rows(shape, b.AttentionMask, 0),
	})
	if err != nil {
		e.t.Fatal(err)
	}
	scores, loss := out["scores"].Float32(), 0.0
	for i := range 4 {
		a, z := float64(scores[2*i]), float64(scores[2*i+1])
		loss += (math.Log(math.Exp(a)+math.Exp(z)) - []float64{a, z}[b.Classes[i]]) / 4
	}
	e.compare("loss by model.onnx", []float64{loss}, []float64{want}, 1e-5)
}
