package training

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/ort"
	"github.com/sharewise/sharewise/onnxio/reference"
)

// conformanceCase is a case of testdata/optimizers/onnx.json.
type conformanceCase struct {
	Case, Op   string
	Attributes struct {
		Alpha       float64
		Beta        float64
		Epsilon     float64
		Mode        string
		Norm        float64 `json:"norm_coefficient"`
		DecayFactor float64 `json:"decay_factor"`
	}
	Inputs  []json.RawMessage
	Outputs [][]float64
}

// optimizer translates the attributes. All cases are of update 0, where ONNX
// takes Momentum's beta for 1 and does not decay Adagrad's rate, and leaves
// Adam's moments as they are, which ours are left after very many steps: step
// says which.
func (c *conformanceCase) optimizer(t *testing.T) (o Optimizer, step float64) {
	t.Helper()
	a := c.Attributes
	switch c.Op {
	case "Momentum":
		return Optimizer{Kind: SGD, Momentum: a.Alpha, Nesterov: a.Mode == "nesterov", WeightDecay: a.Norm}, 1
	case "Adam":
		if c.Case == "test_adam_multiple" {
			// The model leaves epsilon at its default, 1e-6, but the outputs
			// were computed with this.
			a.Epsilon = 0.01
		}
		return Optimizer{Kind: Adam, Beta1: a.Alpha, Beta2: a.Beta, Epsilon: a.Epsilon, WeightDecay: a.Norm}, 1 << 23
	case "Adagrad":
		return Optimizer{Kind: Adagrad, Epsilon: a.Epsilon, WeightDecay: a.Norm}, 1
	}
	t.Fatalf("%s: operator %s", c.Case, c.Op)
	return Optimizer{}, 0
}

// scales are what our states are multiplied by to be ONNX's.
func (c *conformanceCase) scales() []float64 {
	switch c.Op {
	case "Adam":
		return []float64{1 - float64(float32(c.Attributes.Alpha)), 1 - float64(float32(c.Attributes.Beta))}
	}
	return []float64{1}
}

// TestConformance compares the updates that are emitted with the cases of the
// ONNX project, on the reference and on ONNX Runtime.
func TestConformance(t *testing.T) {
	data, err := os.ReadFile("../../testdata/optimizers/onnx.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []conformanceCase
	if err := json.Unmarshal(data, &cases); err != nil || len(cases) != 7 {
		t.Fatalf("%d cases (%v)", len(cases), err)
	}
	backend, err := ort.Default("")
	if err != nil {
		t.Logf("on the reference alone (%v)", err)
	}
	for _, c := range cases {
		t.Run(c.Case, func(t *testing.T) {
			m, inputs, outputs := c.graph(t)
			got, err := reference.Eval(m, inputs)
			if err != nil {
				t.Fatal(err)
			}
			c.compare(t, "reference", got, outputs)
			if backend == nil {
				return
			}
			session, err := backend.Open(m, exec.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer func() {
				if err := session.Close(); err != nil {
					t.Error(err)
				}
			}()
			if got, err = session.Run(inputs); err != nil {
				t.Fatal(err)
			}
			c.compare(t, "ONNX Runtime", got, outputs)
		})
	}
}

// graph drafts the update of the case's parameters. outputs names its outputs
// in the case's order: all parameters, then all states slot by slot.
func (c *conformanceCase) graph(t *testing.T) (m *onnxio.Model, inputs map[string]*exec.Tensor, outputs []string) {
	t.Helper()
	o, step := c.optimizer(t)
	rule := o.rule()
	vectors := make([][]float64, len(c.Inputs)-2)
	for i := range vectors {
		if err := json.Unmarshal(c.Inputs[i+2], &vectors[i]); err != nil {
			t.Fatal(err)
		}
	}
	var rate float64
	if err := json.Unmarshal(c.Inputs[0], &rate); err != nil {
		t.Fatal(err)
	}
	n := len(vectors) / (2 + len(rule.slots()))
	d := newDraft("update", []onnxio.Opset{{Version: 17}})
	inputs = map[string]*exec.Tensor{InputRate: exec.Scalar(float32(rate)), InputStep: exec.Scalar(float32(step))}
	d.input(InputRate, onnxio.Float32, onnxio.Static())
	d.input(InputStep, onnxio.Float32, onnxio.Static())
	feed := func(name string, v []float64, scale float64) {
		single := make([]float32, len(v))
		for i, x := range v {
			single[i] = float32(x / scale)
		}
		inputs[name] = exec.NewTensor([]int64{int64(len(v))}, single)
		d.input(name, onnxio.Float32, onnxio.Static(int64(len(v))))
	}
	param := func(i int) string { return fmt.Sprintf("x%d", i) }
	for i := range n {
		feed(param(i), vectors[i], 1)
		feed("gradient/"+param(i), vectors[n+i], 1)
		outputs = append(outputs, NextName(param(i)))
	}
	for k, slot := range rule.slots() {
		for i := range n {
			name := stateName(slot, param(i))
			feed(name, vectors[(2+k)*n+i], c.scales()[k])
			outputs = append(outputs, NextName(name))
		}
	}
	for i, name := range outputs {
		d.output(name, onnxio.Float32, onnxio.Static(int64(len(c.Outputs[i]))))
	}
	rule.begin(d)
	for i := range n {
		var state []string
		for _, slot := range rule.slots() {
			state = append(state, stateName(slot, param(i)))
		}
		rule.append(d, param(i), "gradient/"+param(i), state)
	}
	m, err := d.finish()
	if err != nil {
		t.Fatal(err)
	}
	return m, inputs, outputs
}

func (c *conformanceCase) compare(t *testing.T, where string, got map[string]*exec.Tensor, outputs []string) {
	t.Helper()
	if len(outputs) != len(c.Outputs) {
		t.Fatalf("%d outputs, want %d", len(outputs), len(c.Outputs))
	}
	params := len(outputs) / (1 + len(c.scales()))
	for i, name := range outputs {
		scale := 1.0
		if i >= params {
			scale = c.scales()[i/params-1]
		}
		for j, want := range c.Outputs[i] {
			if x := float64(got[name].Float32()[j]) * scale; !(math.Abs(x-want) <= 1e-6*max(1, math.Abs(want))) {
				t.Errorf("%s: %s[%d] is %g, want %g", where, name, j, x, want)
			}
		}
	}
}
