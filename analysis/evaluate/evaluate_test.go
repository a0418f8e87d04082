package evaluate

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/losses"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/reference"
)

// open reads the domain of a study whose table has columns x, z and some to
// predict, all of them for testing.
func open(t *testing.T, header, task string, rows ...string) *dataset.Domain {
	t.Helper()
	dir := t.TempDir()
	text := header + "\n" + strings.Join(rows, "\n") + "\n"
	if err := os.WriteFile(filepath.Join(dir, "a.csv"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	s, err := study.ParseBytes([]byte("version: 1\nname: s\ndomains: [{name: a, data: a.csv, test: a.csv, split: {validation: 0}, "+task+"}]\n"), "s.yaml", dir)
	if err != nil {
		t.Fatal(err)
	}
	domains, err := dataset.OpenAll(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	return domains[0]
}

// linear is a model that gives x·w for samples of two numbers, w of shape [2,
// outputs], then some operators of one input.
func linear(w []float32, after ...string) *onnxio.Model {
	outputs := len(w) / 2
	g := &onnxio.Graph{Name: "linear",
		Inputs:  []*onnxio.Value{{Name: "in", Type: onnxio.Float32, Shape: onnxio.Shape{onnxio.Sym("n"), {Size: 2}}}},
		Outputs: []*onnxio.Value{{Name: "out", Type: onnxio.Float32, Shape: onnxio.Shape{onnxio.Sym("n"), {Size: int64(outputs)}}}},
	}
	b := onnxio.NewBuilder(g)
	v := b.Op("MatMul", []string{"in", b.Initializer(onnxio.NewFloat32("w", []int64{2, int64(outputs)}, w))})
	for _, op := range after {
		v = b.Op(op, []string{v})
	}
	b.OpNamed("out", "Identity", []string{v})
	return &onnxio.Model{IRVersion: 8, Opsets: []onnxio.Opset{{Version: 17}}, Graph: g}
}

// judged judges all samples of a domain by a model on raw inputs.
func judged(t *testing.T, m *onnxio.Model, d *dataset.Domain, given Form) (*losses.Table, error) {
	t.Helper()
	f, err := Guess(m, d, given)
	if err != nil {
		return nil, err
	}
	model, err := Open(reference.Backend(), m, *f, exec.Options{})
	if err != nil {
		return nil, err
	}
	defer model.Close()
	table := &losses.Table{}
	return table, model.Judge(context.Background(), table, d, d.Test, 7)
}

func near(t *testing.T, what string, got, want []float32) {
	t.Helper()
	same := func(a, b float32) bool {
		return a != a && b != b || math.Abs(float64(a-b)) <= 1e-5*max(1, math.Abs(float64(b)))
	}
	if !slices.EqualFunc(got, want, same) {
		t.Errorf("%s %v, want %v", what, got, want)
	}
}

// crossEntropy of scores at a class.
func crossEntropy(class int, scores ...float64) float32 {
	sum := 0.0
	for _, s := range scores {
		sum += math.Exp(s)
	}
	return float32(math.Log(sum) - scores[class])
}

func TestClasses(t *testing.T) {
	d := open(t, "x,z,y", "columns: {label: y}", "1,0,cat", "0,2,dog", "1,1,cat", "-1,1,dog")
	// Outputs are for dog, hen and cat: x+z, 0 and 2x.
	w := []float32{1, 0, 2, 1, 0, 0}
	names := []string{"dog", "hen", "cat"}
	want := []float32{crossEntropy(2, 1, 0, 2), crossEntropy(0, 2, 0, 0), crossEntropy(2, 2, 0, 2), crossEntropy(0, 0, 0, -2)}
	for _, after := range []string{"Identity", "Softmax", "LogSoftmax"} {
		got, err := judged(t, linear(w, after), d, Form{Names: names})
		if err != nil {
			t.Fatalf("%s: %v", after, err)
		}
		near(t, after+": losses", got.Loss, want)
		// cat is class 0 and dog 1; hen is neither. Of equals the first wins.
		near(t, after+": predictions", got.Prediction, []float32{0, 1, 1, 1})
		if !slices.Equal(got.Correct, []bool{true, true, false, true}) || !slices.Equal(got.Label, []int32{0, 1, 0, 1}) || got.Seed[3] != 7 || got.Sample[3].Number != 3 {
			t.Errorf("%s: correct %v, labels %v, seeds %v, samples %v", after, got.Correct, got.Label, got.Seed, got.Sample)
		}
		near(t, after+": confidence", got.Confidence[:1], []float32{float32(math.Exp(2) / (math.E + 1 + math.Exp(2)))})
	}
	// A winner that the domain lacks.
	got, err := judged(t, linear([]float32{0, 9, 0, 0, 9, 0}), d, Form{Names: names})
	if err != nil || got.Prediction[0] != -1 || got.Correct[0] {
		t.Errorf("prediction %v, %v", got.Prediction, err)
	}
	// Certainty that is wrong has a finite loss.
	got, err = judged(t, linear([]float32{500, 0, -500, 500, 0, -500}, "Softmax"), d, Form{Names: names})
	near(t, "certain: losses", got.Loss[:1], []float32{-float32(math.Log(math.SmallestNonzeroFloat32))})
	if err != nil {
		t.Error(err)
	}
}

func TestBinary(t *testing.T) {
	d := open(t, "x,z,y", "task: {kind: binary, classes: [ok, bad]}, columns: {label: y}", "1,0,bad", "0,2,ok", "1,1,ok", "-1,1,bad")
	score := []float64{2, -2, 1, -3} // 2x - z, for bad
	want := []float32{crossEntropy(1, 0, score[0]), crossEntropy(0, 0, score[1]), crossEntropy(0, 0, score[2]), crossEntropy(1, 0, score[3])}
	for name, m := range map[string]*onnxio.Model{
		"one score": linear([]float32{2, -1}), "one probability": linear([]float32{2, -1}, "Sigmoid"),
		"two scores": linear([]float32{0, 2, 0, -1}), "two probabilities": linear([]float32{0, 2, 0, -1}, "Softmax"),
		"two logarithms": linear([]float32{0, 2, 0, -1}, "LogSoftmax"),
	} {
		got, err := judged(t, m, d, Form{})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		near(t, name+": losses", got.Loss, want)
		near(t, name+": predictions", got.Prediction, []float32{1, 0, 1, 0})
		p := 1 / (1 + math.Exp(-2))
		near(t, name+": confidence", got.Confidence[:2], []float32{float32(p), float32(p)})
		// The other way round by name.
		other, err := judged(t, m, d, Form{Names: []string{"bad", "ok"}})
		if err != nil {
			t.Fatal(err)
		}
		near(t, name+", swapped: loss", other.Loss[:1], []float32{crossEntropy(0, 0, score[0])})
	}
}

func TestLabels(t *testing.T) {
	d := open(t, "x,z,p,q", "columns: {labels: [p, q], missing_labels: drop}", "1,0,1,0", "0,2,0,", "1,1,1,1")
	bce := func(y, s float64) float64 { return math.Log1p(math.Exp(s)) - y*s }
	// Outputs are q: x and p: z.
	want := []float32{float32((bce(1, 0) + bce(0, 1)) / 2), float32(bce(0, 2)), float32((bce(1, 1) + bce(1, 1)) / 2)}
	for _, after := range []string{"Identity", "Sigmoid"} {
		got, err := judged(t, linear([]float32{1, 0, 0, 1}, after), d, Form{Names: []string{"q", "p"}})
		if err != nil {
			t.Fatal(err)
		}
		near(t, "losses", got.Loss, want)
		near(t, "p", got.Prediction, []float32{0.5, float32(1 / (1 + math.Exp(-2))), float32(1 / (1 + math.Exp(-1)))})
		nan := float32(math.NaN())
		near(t, "targets of q", got.More[0].Target, []float32{0, nan, 1})
		// The first has p at 0.5, which is not above, and q above 0.5.
		if !slices.Equal(got.Correct, []bool{false, false, true}) || got.Label[0] != losses.LabelMultilabel {
			t.Errorf("correct %v, labels %v", got.Correct, got.Label)
		}
	}
}

func TestValues(t *testing.T) {
	d := open(t, "x,z,u,v", "columns: {targets: [u, v], features: [x, z], missing_labels: drop}", "1,0,10,1", "0,2,20,", "1,1,30,5")
	std := d.TargetNorm.Std
	square := func(e float32, k int) float64 { return float64(e/std[k]) * float64(e/std[k]) }
	// Outputs are v: x and u: 10z, in their own units.
	got, err := judged(t, linear([]float32{1, 0, 0, 10}), d, Form{Names: []string{"v", "u"}})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "losses", got.Loss, []float32{float32(square(10, 0)+square(0, 1)) / 2, float32(square(0, 0)), float32(square(20, 0)+square(4, 1)) / 2})
	near(t, "predictions of u", got.Prediction, []float32{0, 20, 10})
	near(t, "predictions of v", got.More[0].Prediction, []float32{1, 0, 1})
	near(t, "targets of v", got.More[0].Target, []float32{1, float32(math.NaN()), 5})
	// The same in units of its own.
	units := Form{Names: []string{"v", "u"}, TargetMean: []float32{3, 4}, TargetStd: []float32{2, 5}}
	if got, err = judged(t, linear([]float32{1, 0, 0, 10}), d, units); err != nil {
		t.Fatal(err)
	}
	near(t, "predictions of u in standard units", got.Prediction, []float32{4, 104, 54})
	// Huber's loss where the study asks for it.
	h := open(t, "x,z,u", "columns: {targets: [u], features: [x, z]}, task: {loss: huber, delta: 0.5}", "1,0,10", "0,2,20", "1,1,30")
	if got, err = judged(t, linear([]float32{10, 0}), h, Form{}); err != nil {
		t.Fatal(err)
	}
	e := 20 / float64(h.TargetNorm.Std[0])
	near(t, "Huber's losses", got.Loss, []float32{0, float32(0.5 * (e - 0.25)), float32(0.5 * (e - 0.25))})
}

// pictures is a domain of arrays of shape [3, 2, 2].
func pictures(t *testing.T) *dataset.Domain {
	t.Helper()
	dir := t.TempDir()
	const n = 10
	header := func(dict string) []byte {
		text := dict + strings.Repeat(" ", 117-len(dict)) + "\n"
		return append([]byte("\x93NUMPY\x01\x00\x76\x00"), text...)
	}
	x := header(fmt.Sprintf("{'descr': '|u1', 'fortran_order': False, 'shape': (%d, 3, 2, 2), }", n))
	y := header(fmt.Sprintf("{'descr': '|u1', 'fortran_order': False, 'shape': (%d,), }", n))
	for i := range n {
		for k := range 12 {
			x = append(x, byte(20*i+k))
		}
		y = append(y, byte(i%2))
	}
	for name, data := range map[string][]byte{"x.npy": x, "y.npy": y} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	s, err := study.ParseBytes([]byte("version: 1\nname: s\ninput: {image: [2, 2], channels: 3}\ndomains: [{name: a, data: {path: x.npy, labels: y.npy}, test: {path: x.npy, labels: y.npy}, split: {validation: 0}}]\n"), "s.yaml", dir)
	if err != nil {
		t.Fatal(err)
	}
	domains, err := dataset.OpenAll(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	return domains[0]
}

// picking is a model whose two outputs are the first number of a sample and 0.
func picking(typ onnxio.DataType, shape ...int64) *onnxio.Model {
	g := &onnxio.Graph{Name: "picking",
		Inputs:  []*onnxio.Value{{Name: "in", Type: typ, Shape: onnxio.Static(shape...)}, {Name: "gain", Type: onnxio.Float32, Shape: onnxio.Shape{}}},
		Outputs: []*onnxio.Value{{Name: "out", Type: typ}},
	}
	if shape[0] < 0 {
		g.Inputs[0].Shape[0] = onnxio.Sym("batch")
	}
	b := onnxio.NewBuilder(g)
	x := b.Op("Cast", []string{b.Op("Flatten", []string{"in"})}, onnxio.IntAttr("to", int64(onnxio.Float32)))
	w := make([]float32, 24)
	w[0] = 1
	v := b.Op("Mul", []string{b.Op("MatMul", []string{x, b.Initializer(onnxio.NewFloat32("w", []int64{12, 2}, w))}), "gain"})
	b.OpNamed("out", "Cast", []string{v}, onnxio.IntAttr("to", int64(typ)))
	return &onnxio.Model{IRVersion: 8, Opsets: []onnxio.Opset{{Version: 17}}, Graph: g}
}

// TestInputs tries layouts, types, sizes of the batch, and further inputs.
func TestInputs(t *testing.T) {
	d := pictures(t)
	// Scaled by channel: (20i + k - 10·channel) / 100.
	form := Form{Mean: []float32{0, 10, 20}, Std: []float32{100, 100, 100}, Fixed: map[string]float64{"gain": 2}}
	var want []float32
	for i := range 10 {
		want = append(want, crossEntropy(i%2, 2*20*float64(i)/100, 0))
	}
	for name, m := range map[string]*onnxio.Model{
		"first": picking(onnxio.Float32, -1, 3, 2, 2), "last": picking(onnxio.Float32, -1, 2, 2, 3), "flat": picking(onnxio.Float32, -1, 12),
		"batch of 4": picking(onnxio.Float32, 4, 3, 2, 2), "batch of 1": picking(onnxio.Float32, 1, 2, 2, 3), "double": picking(onnxio.Float64, -1, 3, 2, 2),
	} {
		got, err := judged(t, m, d, form)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		near(t, name, got.Loss, want)
	}
	// Channels last: the first number is still that of channel 1, the second is
	// that of channel 2.
	m := picking(onnxio.Float32, -1, 2, 2, 3)
	w := make([]float32, 24)
	w[2] = 1
	m.Graph.Initializers[0] = onnxio.NewFloat32("w", []int64{12, 2}, w)
	got, err := judged(t, m, d, form)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "second number", got.Loss[:1], []float32{crossEntropy(0, 2*(4.0-10)/100, 0)})
	// Bytes are taken as they are.
	raw := form
	raw.Mean, raw.Std = nil, nil
	raw.Fixed = map[string]float64{"gain": 1}
	if got, err = judged(t, picking(onnxio.Int32, -1, 3, 2, 2), d, raw); err != nil {
		t.Fatal(err)
	}
	near(t, "whole numbers", got.Loss[1:2], []float32{crossEntropy(1, 20, 0)})
}

// TestFixedBatch judges by exports for four samples: one that can be freed of
// that, and one whose samples could see each other, which gets four at a time.
func TestFixedBatch(t *testing.T) {
	d := pictures(t)
	form := Form{Fixed: map[string]float64{"gain": 1}}
	for _, mixes := range []bool{false, true} {
		m := picking(onnxio.Float32, 4, 3, 2, 2)
		if mixes {
			last := m.Graph.Nodes[len(m.Graph.Nodes)-1]
			b := onnxio.NewBuilder(m.Graph)
			last.Outputs[0] = b.Name("alone")
			sum := b.Op("ReduceMax", []string{last.Outputs[0]}, onnxio.IntsAttr("axes", 0))
			zero := b.Op("Mul", []string{sum, b.Float(0)})
			b.OpNamed("out", "Add", []string{last.Outputs[0], zero})
		}
		f, err := Guess(m, d, form)
		if err != nil {
			t.Fatal(err)
		}
		model, err := Open(reference.Backend(), m, *f, exec.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if model.fixed != map[bool]int{true: 4}[mixes] {
			t.Errorf("samples mixed: %v: %d at a time", mixes, model.fixed)
		}
		table := &losses.Table{}
		if err := model.Judge(context.Background(), table, d, d.Test, 1); err != nil {
			t.Fatal(err)
		}
		near(t, "losses", table.Loss[:2], []float32{crossEntropy(0, 0, 0), crossEntropy(1, 20, 0)})
	}
}

// TestBatchFixedInside judges by a model that leaves the batch open and reshapes
// to one sample.
func TestBatchFixedInside(t *testing.T) {
	d := open(t, "x,z,y", "columns: {label: y}", "1,0,cat", "0,2,dog", "1,1,cat", "-1,1,dog")
	m := linear([]float32{1, 0, 0, 1})
	last := m.Graph.Nodes[len(m.Graph.Nodes)-1]
	b := onnxio.NewBuilder(m.Graph)
	v := last.Outputs[0]
	last.Outputs[0] = b.Name("flat")
	b.OpNamed(v, "Reshape", []string{last.Outputs[0], b.Int64s(1, 2)})
	got, err := judged(t, m, d, Form{})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "losses", got.Loss, []float32{crossEntropy(0, 1, 0), crossEntropy(1, 0, 2), crossEntropy(0, 1, 1), crossEntropy(1, -1, 1)})
}

// TestDoubt looks at scores that are probabilities.
func TestDoubt(t *testing.T) {
	d := open(t, "x,z,y", "columns: {label: y}", "0.25,0.75,cat", "0,1,dog", "1,0,cat", "0.5,0.5,dog")
	for _, c := range []struct {
		w     []float32
		doubt bool
	}{{[]float32{1, 0, 0, 1}, true}, {[]float32{1, 0, 0, 1.5}, false}} {
		m := linear(c.w)
		f, err := Guess(m, d, Form{})
		if err != nil {
			t.Fatal(err)
		}
		model, err := Open(reference.Backend(), m, *f, exec.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if err := model.Judge(context.Background(), &losses.Table{}, d, d.Test, 1); err != nil || (model.Doubt() != "") != c.doubt {
			t.Errorf("weights %v: doubt %q, %v", c.w, model.Doubt(), err)
		}
	}
}

// counting is a backend that counts the sessions that it opens.
type counting struct {
	exec.Backend
	opened int
}

func (c *counting) Open(m *onnxio.Model, o exec.Options) (exec.Session, error) {
	c.opened++
	return c.Backend.Open(m, o)
}

// TestOpenAll judges by two outputs, one of which has two forms, in one session.
func TestOpenAll(t *testing.T) {
	d := open(t, "x,z,y", "columns: {label: y}", "1,0,cat", "0,2,dog", "1,1,cat", "-1,1,dog")
	m := linear([]float32{1, 0, 0, 1}, "Tanh")
	inner := m.Graph.Nodes[0].Outputs[0]
	var forms []Form
	var want [][]float32
	for _, given := range []Form{{Output: inner}, {Output: "out"}, {Output: inner, Mean: []float32{1, 2}, Std: []float32{2, 4}}} {
		f, err := Guess(m, d, given)
		if err != nil {
			t.Fatal(err)
		}
		alone, err := judged(t, m, d, given)
		if err != nil {
			t.Fatal(err)
		}
		forms, want = append(forms, *f), append(want, alone.Loss)
	}
	b := &counting{Backend: reference.Backend()}
	models, err := OpenAll(b, m, forms, exec.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer models[0].Close()
	if b.opened != 1 {
		t.Errorf("%d sessions", b.opened)
	}
	for i, model := range models {
		var table losses.Table
		if err := model.Judge(context.Background(), &table, d, d.Test, 1); err != nil || !slices.Equal(table.Loss, want[i]) {
			t.Errorf("form %d: losses %v, alone %v (%v)", i, table.Loss, want[i], err)
		}
	}
	if slices.Equal(want[0], want[1]) || slices.Equal(want[0], want[2]) {
		t.Error("the forms do not differ")
	}
	forms[1].Input = "other"
	if _, err := OpenAll(b, m, forms, exec.Options{}); err == nil {
		t.Error("forms of two inputs share a session")
	}
}

func TestMisfits(t *testing.T) {
	d := open(t, "x,z,y", "columns: {label: y}", "1,0,cat", "0,2,dog", "1,1,cat", "-1,1,dog")
	wide := linear([]float32{1, 2, 3, 4})
	wide.Graph.Inputs[0].Shape[1].Size = 3
	extra := linear([]float32{1, 2, 3, 4})
	extra.Graph.Inputs = append(extra.Graph.Inputs, &onnxio.Value{Name: "rate", Type: onnxio.Int64, Shape: onnxio.Shape{}})
	two := linear([]float32{1, 2, 3, 4})
	two.Graph.Outputs = append(two.Graph.Outputs, &onnxio.Value{Name: "other", Type: onnxio.Float32})
	summed := linear([]float32{1, 2, 3, 4}, "ReduceSum")
	summed.Graph.Nodes[1].Attrs = []*onnxio.Attribute{onnxio.IntAttr("keepdims", 0)}
	summed.Graph.Outputs[0].Shape = nil
	for _, c := range []struct {
		name  string
		model *onnxio.Model
		form  Form
		want  string
		fit   bool
	}{
		{"width", wide, Form{}, "a: its samples have shape [3], those of the domain [2]", true},
		{"classes", linear([]float32{1, 2, 3, 4}), Form{Names: []string{"cat", "cow"}}, `a: it does not know the class "dog"; it knows ["cat" "cow"]`, true},
		{"outputs", linear([]float32{1, 2, 3, 1, 2, 3}), Form{}, `output "out" gives 3 numbers for a sample, and there are 2 names: ["cat" "dog"]; name all`, false},
		{"scaling", linear([]float32{1, 2, 3, 4}), Form{Mean: []float32{1, 2, 3}, Std: []float32{1, 2, 3}}, "3 means and 3 deviations, and samples have 2 channels", true},
		{"channels", linear([]float32{1, 2, 3, 4}), Form{Layout: ChannelsLast}, "have no channels to stand last", true},
		{"no probability", linear([]float32{1, 2, 3, 4}), Form{Gives: Probabilities}, "which is no probability; is it a score?", false},
		{"further input", extra, Form{}, `the model takes "rate" besides samples (in); fix their values`, false},
		{"unknown fixed input", linear([]float32{1, 2, 3, 4}), Form{Fixed: map[string]float64{"sr": 1}}, `the model has no input "sr"; there are "in"`, false},
		{"input", linear([]float32{1, 2, 3, 4}), Form{Input: "x"}, `the model has no input "x"; there are "in"`, false},
		{"output", linear([]float32{1, 2, 3, 4}), Form{Output: "logits"}, `the model has no value "logits"; its outputs are "out"`, false},
		{"several outputs", two, Form{}, `unclear output: there are 2 outputs of floating point, ["out" "other"]; name the one`, false},
		{"scalar", summed, Form{}, `output "out" has shape [] for 2 samples; it must begin with them`, false},
		{"no number", linear([]float32{float32(math.NaN()), 2, 3, 4}), Form{}, `output "out" is NaN for sample 0, which is no number`, false},
	} {
		_, err := judged(t, c.model, d, c.form)
		if err == nil || !strings.Contains(err.Error(), c.want) || errors.Is(err, ErrFit) != c.fit {
			t.Errorf("%s: error %v, want %s", c.name, err, c.want)
		}
	}
}
