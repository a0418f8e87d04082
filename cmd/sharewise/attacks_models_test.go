//go:build unix

package main

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
)

// modelAttacks are those of exported encoders of texts that are damaged or meant to do
// harm, on commands that run them.
func modelAttacks() []attack {
	return []attack{
		{class: "model", name: "table with fewer rows than the tokenizer has words, trained", plant: plantEncoder(fewRows), args: trainEncoderOn, exit: 3, says: `model train: m.onnx: train: step: onnxruntime: run model "step": node "words/rows" (Gather)`, megabytes: 300},
		{class: "model", name: "the same in a study", plant: plantEncoder(fewRows), args: []string{"run", "encoder.yaml", "-o", "out", "--jobs", "1"}, exit: 3, says: `node "words/rows" (Gather)`, megabytes: 300},
		{class: "model", name: "the same, judged", plant: plantEncoder(fewRows), args: evalEncoder, exit: 3, says: "by its own tokenizer and input.text.length", megabytes: 300},
		{class: "model", name: "functions that stand for 2^40 nodes", plant: plantEncoder(doublingFunctions), args: evalEncoder, exit: 3, says: `the limit "nodes"`, megabytes: 300},
		{class: "model", name: "functions that call each other", plant: plantEncoder(func(m *onnxio.Model) {
			doublingFunctions(m)
			m.Functions[0].Nodes[0].Op, m.Functions[0].Nodes[0].Domain = "F39", "evil"
		}), args: evalEncoder, exit: 3, says: "calls itself", megabytes: 300},
		{class: "model", name: "a mask of 2^40 tokens", plant: plantEncoder(func(m *onnxio.Model) { m.Graph.Inputs[1].Shape[1] = onnxio.Dim{Size: 1 << 40} }), args: evalEncoder, exit: 3, says: "too large to fill", megabytes: 300},
		{class: "model", name: "a value of 100 000 dimensions", plant: plantEncoder(func(m *onnxio.Model) {
			axes := make([]int64, 100_000)
			for i := range axes {
				axes[i] = int64(i + 1)
			}
			m.Graph.Initializer("axes").Shape = []int64{int64(len(axes))}
			m.Graph.Initializer("axes").Data = onnxio.NewInt64("", []int64{int64(len(axes))}, axes).Data
		}), args: evalEncoder, exit: 3, says: "a value of 100000 dimensions", megabytes: 300},
		{class: "model", name: "the least whole number divided by -1", plant: plantEncoder(func(m *onnxio.Model) {
			b := onnxio.NewBuilder(m.Graph)
			at := b.Op("Div", []string{b.Int64(math.MinInt64), b.Int64(-1)})
			last := len(m.Graph.Nodes) - 1
			m.Graph.Nodes = append([]*onnxio.Node{m.Graph.Nodes[last]}, m.Graph.Nodes[:last]...)
			m.Graph.Nodes[len(m.Graph.Nodes)-2].Inputs[1] = at
		}), args: evalEncoder, exit: 3, says: "divided by -1", megabytes: 300},
		{class: "model", name: "tokens divided by a zero that is computed", plant: plantEncoder(divideByZero), args: evalEncoder, exit: 3, says: `node "words/zero" (Div or Mod) cannot compute what it is given: whole numbers are divided by zero`, megabytes: 300},
		{class: "model", name: "the same, trained", plant: plantEncoder(divideByZero), args: trainEncoderOn, exit: 3, says: `node "words/zero" (Div or Mod)`, megabytes: 300},
		{class: "model", name: "weights at an offset that is no number", plant: plantEncoder(func(m *onnxio.Model) {
			m.Graph.Initializer("words").Data = nil
			if err := m.Graph.Initializer("words").SetExternal("weights.bin", 123456789, 4*28*8); err != nil {
				panic(err)
			}
		}, "123456789", "12345678x"), args: []string{"model", "inspect", "m.onnx"}, exit: 3, says: `"12345678x" is no number of bytes`, megabytes: 120},
		{class: "model", name: "a node with a name of a megabyte", plant: plantEncoder(func(m *onnxio.Model) {
			m.Graph.Nodes[0].Name, m.Graph.Nodes[0].Op = strings.Repeat("x", 1<<20), "Gatherer"
		}), args: []string{"model", "inspect", "m.onnx"}, exit: 3, says: "(1048578 bytes)", megabytes: 200,
			after: func(t *testing.T, _, output string) {
				if len(output) > 2000 {
					t.Errorf("the message has %d bytes", len(output))
				}
			}},
	}
}

var (
	evalEncoder    = []string{"eval", "m.onnx", "--data", "encoder.yaml", "--domain", "a", "--input", "input_ids", "--set", "attention_mask=1", "--output", "logits"}
	trainEncoderOn = []string{"model", "train", "m.onnx", "--data", "encoder.yaml", "--domain", "a", "-o", "trained.onnx", "--epochs", "1"}
)

// encoderWords is the number of tokens of the planted tokenizer.
const encoderWords = 28

// fewRows leaves a table of words with rows for half of the tokens.
func fewRows(m *onnxio.Model) {
	t := m.Graph.Initializer("words")
	t.Shape, t.Data = []int64{encoderWords / 2, 8}, t.Data[:len(t.Data)/2]
}

// divideByZero divides the numbers of tokens by what is zero for whatever mask.
func divideByZero(m *onnxio.Model) {
	m.Graph.Nodes[0].Inputs[1] = "ids"
	m.Graph.Nodes = append([]*onnxio.Node{
		{Name: "words/none", Op: "Sub", Inputs: []string{"attention_mask", "attention_mask"}, Outputs: []string{"none"}},
		{Name: "words/zero", Op: "Div", Inputs: []string{"input_ids", "none"}, Outputs: []string{"ids"}},
	}, m.Graph.Nodes...)
}

// doublingFunctions puts a call before the last node: of a function that calls another
// one twice, and so on, 40 times.
func doublingFunctions(m *onnxio.Model) {
	opsets := []onnxio.Opset{{Version: 17}, {Domain: "evil", Version: 1}}
	for k := range 40 {
		nodes := []*onnxio.Node{{Op: "Tanh", Inputs: []string{"x"}, Outputs: []string{"y"}}}
		if k > 0 {
			inner := fmt.Sprint("F", k-1)
			nodes = []*onnxio.Node{{Op: inner, Domain: "evil", Inputs: []string{"x"}, Outputs: []string{"z"}}, {Op: inner, Domain: "evil", Inputs: []string{"z"}, Outputs: []string{"y"}}}
		}
		m.Functions = append(m.Functions, &onnxio.Function{Name: fmt.Sprint("F", k), Domain: "evil", Opsets: opsets, Inputs: []string{"x"}, Outputs: []string{"y"}, Nodes: nodes})
	}
	m.Opsets = append(m.Opsets, opsets[1])
	last := m.Graph.Nodes[len(m.Graph.Nodes)-1]
	call := &onnxio.Node{Name: "call", Op: "F39", Domain: "evil", Inputs: []string{last.Inputs[0]}, Outputs: []string{"called"}}
	last.Inputs[0] = "called"
	m.Graph.Nodes = append(m.Graph.Nodes[:len(m.Graph.Nodes)-1], call, last)
}

// plantEncoder plants m.onnx, an encoder of texts with something wrong with it, and a study of
// two domains of texts with a tokenizer. Of replace the first is written as the second in
// the file, of the same length.
func plantEncoder(damage func(m *onnxio.Model), replace ...string) func(t *testing.T, dir string) {
	return func(t *testing.T, dir string) {
		requireRuntime(t)
		whole := func(name string) *onnxio.Value {
			return &onnxio.Value{Name: name, Type: onnxio.Int64, Shape: onnxio.Shape{onnxio.Sym("batch"), onnxio.Sym("length")}}
		}
		weight := func(name string, shape ...int64) *onnxio.Tensor {
			v := make([]float32, shape[0]*shape[1])
			for i := range v {
				v[i] = float32(i%7)/8 - 0.375
			}
			return onnxio.NewFloat32(name, shape, v)
		}
		m := &onnxio.Model{IRVersion: 8, Opsets: []onnxio.Opset{{Version: 17}}, Graph: &onnxio.Graph{
			Name: "encoder", Inputs: []*onnxio.Value{whole("input_ids"), whole("attention_mask")},
			Initializers: []*onnxio.Tensor{weight("words", encoderWords, 8), weight("out", 8, 2), onnxio.NewInt64("axes", []int64{1}, []int64{2}), onnxio.NewInt64("first", []int64{}, []int64{0})},
			Nodes: []*onnxio.Node{
				{Name: "words/rows", Op: "Gather", Inputs: []string{"words", "input_ids"}, Outputs: []string{"rows"}},
				{Name: "mask/cast", Op: "Cast", Inputs: []string{"attention_mask"}, Outputs: []string{"mask"}, Attrs: []*onnxio.Attribute{onnxio.IntAttr("to", int64(onnxio.Float32))}},
				{Name: "mask/wide", Op: "Unsqueeze", Inputs: []string{"mask", "axes"}, Outputs: []string{"wide"}},
				{Name: "masked", Op: "Mul", Inputs: []string{"rows", "wide"}, Outputs: []string{"hidden"}},
				{Name: "first", Op: "Gather", Inputs: []string{"hidden", "first"}, Outputs: []string{"pooled"}, Attrs: []*onnxio.Attribute{onnxio.IntAttr("axis", 1)}},
				{Name: "classifier", Op: "MatMul", Inputs: []string{"pooled", "out"}, Outputs: []string{"logits"}},
			},
			Outputs: []*onnxio.Value{{Name: "logits", Type: onnxio.Float32}},
		}}
		damage(m)
		data, err := m.Marshal()
		must(t, err)
		if len(replace) == 2 {
			data = []byte(strings.ReplaceAll(string(data), replace[0], replace[1]))
		}
		must(t, os.WriteFile(filepath.Join(dir, "m.onnx"), data, 0o644))
		vocab, rows := `"[PAD]":0,"u":1`, "text,label\n"
		for i := 2; i < encoderWords; i++ {
			vocab += fmt.Sprintf(`,"w%d":%d`, i, i)
		}
		for i := range 60 {
			rows += fmt.Sprintf("w%d w%d w%d,%s\n", 2+i%(encoderWords-2), 2+i*7%(encoderWords-2), 2+i*5%(encoderWords-2), []string{"yes", "no"}[i%2])
		}
		for name, content := range map[string]string{
			"a.csv": rows, "b.csv": rows,
			"tokenizer.json": `{"pre_tokenizer":{"type":"Whitespace"},"model":{"type":"WordLevel","unk_token":"u","vocab":{` + vocab + `}}}`,
			"encoder.yaml": "version: 1\nname: attack\ninput: {text: {tokenizer: tokenizer.json, length: 6}}\ndefaults: {columns: {text: [text], label: label}}\ndomains:\n  - {name: a, data: a.csv}\n  - {name: b, data: b.csv}\n" +
				"model: {trunk: m.onnx, features: pooled}\ntraining: {epochs: 1}\nseeds: 1\n",
		} {
			must(t, os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644))
		}
	}
}

// TestWholeEncoder makes sure that the encoder of these attacks is in order where nothing
// is wrong with it: what they say would else be of something else.
func TestWholeEncoder(t *testing.T) {
	requireRuntime(t)
	w := workshop{t, t.TempDir()}
	plantEncoder(func(*onnxio.Model) {})(t, w.dir)
	t.Chdir(w.dir)
	for _, args := range [][]string{trainEncoderOn, evalEncoder} {
		if code, out := w.run(args...); code != exitDone {
			t.Errorf("%v: exit code %d\n%s", args, code, out)
		}
	}
}
