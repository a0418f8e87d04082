package evaluate

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/losses"
	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/reference"
)

// textOrder is how torchvision and Keras number the folders of circle.
var textOrder = []string{"0", "1", "10", "11", "2"}

// circle are samples of five classes, 0, 1, 2, 10 and 11, around a circle, and a
// model that knows them all and has them in the given order.
func circle(t *testing.T, order []string, task string) (*dataset.Domain, *onnxio.Model) {
	t.Helper()
	classes := []string{"0", "1", "2", "10", "11"}
	at := func(c string) (x, z float64) {
		a := 2 * math.Pi * float64(slices.Index(classes, c)) / 5
		return math.Cos(a), math.Sin(a)
	}
	var rows []string
	for i := range 60 {
		c := classes[i%5]
		x, z := at(c)
		rows = append(rows, fmt.Sprintf("%.4f,%.4f,%s", x, z, c))
	}
	w := make([]float32, 10)
	for k, c := range order {
		x, z := at(c)
		w[k], w[5+k] = float32(4*x), float32(4*z)
	}
	return open(t, "x,z,y", "columns: {label: y}"+task, rows...), linear(w)
}

// TestOrder: where nothing says in which order a model has its classes, both
// orders are tried; where something does, that is taken.
func TestOrder(t *testing.T) {
	zipMap := func(m *onnxio.Model, attr *onnxio.Attribute) {
		m.Graph.Nodes = append(m.Graph.Nodes, &onnxio.Node{Op: "ZipMap", Domain: "ai.onnx.ml", Inputs: []string{"out"}, Outputs: []string{"maps"}, Attrs: []*onnxio.Attribute{attr}})
		m.Opsets = append(m.Opsets, onnxio.Opset{Domain: "ai.onnx.ml", Version: 3})
		m.Graph.Outputs[0] = &onnxio.Value{Name: "maps"}
	}
	for name, test := range map[string]struct {
		order []string
		task  string
		edit  func(m *onnxio.Model)
		given Form
		from  NamesFrom
		right int
		doubt *Order
	}{
		"text":              {textOrder, "", nil, Form{}, FromData, 24, &Order{Right: 24, OtherRight: 60, Samples: 60}},
		"numbers":           {[]string{"0", "1", "2", "10", "11"}, "", nil, Form{}, FromData, 60, &Order{Right: 60, OtherRight: 24, Samples: 60}},
		"study says text":   {textOrder, ", task: {class_order: text}", nil, Form{NamesFrom: FromStudy}, FromStudy, 60, nil},
		"study lists":       {textOrder, ", task: {classes: ['0', '1', '10', '11', '2']}", nil, Form{NamesFrom: FromStudy}, FromStudy, 60, nil},
		"caller":            {textOrder, "", nil, Form{Names: textOrder}, "", 60, nil},
		"metadata, Python":  {textOrder, "", func(m *onnxio.Model) { m.SetProperty("names", "{0: '0', 1: '1', 2: '10', 3: '11', 4: '2'}") }, Form{}, FromModel, 60, nil},
		"metadata, JSON":    {textOrder, "", func(m *onnxio.Model) { m.SetProperty("classes", `["0","1","10","11","2"]`) }, Form{}, FromModel, 60, nil},
		"metadata of other": {textOrder, "", func(m *onnxio.Model) { m.SetProperty("names", `["a","b"]`) }, Form{}, FromData, 24, &Order{Right: 24, OtherRight: 60, Samples: 60}},
		"ZipMap": {textOrder, "", func(m *onnxio.Model) {
			zipMap(m, &onnxio.Attribute{Name: "classlabels_int64s", Type: onnxio.AttrInts, Ints: []int64{0, 1, 10, 11, 2}})
		}, Form{}, FromModel, 60, nil},
	} {
		d, m := circle(t, test.order, test.task)
		if test.edit != nil {
			test.edit(m)
		}
		f, err := Guess(m, d, test.given)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if f.NamesFrom != test.from {
			t.Errorf("%s: names come from %q, want %q", name, f.NamesFrom, test.from)
		}
		model, err := Open(reference.Backend(), onlyNumbers(m), *f, exec.Options{})
		if err != nil {
			t.Fatal(err)
		}
		table := &losses.Table{}
		if err := model.Judge(context.Background(), table, d, d.Test, 1); err != nil {
			t.Fatal(err)
		}
		right := 0
		for _, ok := range table.Correct {
			if ok {
				right++
			}
		}
		o := model.Order()
		if right != test.right || (o != nil) != (test.doubt != nil) {
			t.Errorf("%s: %d right, doubt %+v", name, right, o)
		}
		if w := test.doubt; o != nil && w != nil {
			if o.Right != w.Right || o.OtherRight != w.OtherRight || o.Samples != w.Samples || o.Better() != (name != "numbers") || !slices.Equal(o.Other, textOrder) {
				t.Errorf("%s: %+v, better %t", name, o, o.Better())
			}
		}
	}
}

// onlyNumbers leaves out what the reference does not run.
func onlyNumbers(m *onnxio.Model) *onnxio.Model {
	m = m.Clone()
	m.Graph.Nodes = slices.DeleteFunc(m.Graph.Nodes, func(n *onnxio.Node) bool { return n.Op == "ZipMap" })
	m.Graph.Outputs = nil
	return m
}

// TestOrderOfWords: names that both orders sort alike leave no doubt.
func TestOrderOfWords(t *testing.T) {
	for _, rows := range [][]string{{"1,0,cat", "0,2,dog"}, {"1,0,0", "0,2,9"}} {
		if o := Orders(open(t, "x,z,y", "columns: {label: y}", rows...)); o != nil {
			t.Errorf("%v: %+v", rows, o)
		}
	}
	d := open(t, "x,z,y", "task: binary, columns: {label: y}", "1,0,9", "0,2,10")
	if o := Orders(d); o == nil || !slices.Equal(o.Other, []string{"10", "9"}) {
		t.Errorf("9 and 10: %+v", o)
	}
}

func TestParseNames(t *testing.T) {
	for text, want := range map[string][]string{
		`["a", "b"]`:                 {"a", "b"},
		`['a', "b's"]`:               {"a", "b's"},
		`{"0": "a", "1": "b"}`:       {"a", "b"},
		`{1: 'b', 0: 'it\'s'}`:       {"it's", "b"},
		`{0: 'a', 2: 'b'}`:           nil,
		`{'a': 0, 'b': 1}`:           nil,
		`plain`:                      nil,
		`[1, 2]`:                     {"1", "2"},
		`{0: 'a', 1: 'b', 1: 'c'`:    nil,
		`['unclosed`:                 nil,
		`{"-1": "a", "0": "b"}`:      nil,
		`{"0": "a", "00": "b"}`:      nil,
		`{"0": "10", "1": "2", "2"}`: nil,
	} {
		if got := parseNames(text); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

// TestOutputs chooses among several outputs the only one that gives scores, and
// says of others which work and which do not.
func TestOutputs(t *testing.T) {
	d, m := circle(t, textOrder, "")
	g := m.Graph
	n := onnxio.Sym("n")
	g.Nodes = append(g.Nodes,
		&onnxio.Node{Op: "ArgMax", Inputs: []string{"out"}, Outputs: []string{"label"}, Attrs: []*onnxio.Attribute{onnxio.IntAttr("axis", 1), onnxio.IntAttr("keepdims", 0)}},
		&onnxio.Node{Op: "ZipMap", Domain: "ai.onnx.ml", Inputs: []string{"out"}, Outputs: []string{"maps"}},
		&onnxio.Node{Op: "Neg", Inputs: []string{"out"}, Outputs: []string{"negated"}})
	g.Outputs = []*onnxio.Value{{Name: "label", Type: onnxio.Int64, Shape: onnxio.Shape{n}}, {Name: "maps"}}
	if f, err := Guess(m, d, Form{}); err != nil || f.Output != "out" {
		t.Errorf("%+v, %v", f, err)
	}
	if f, err := Guess(m, d, Form{Output: "maps"}); err != nil || f.Output != "out" {
		t.Errorf("%+v, %v", f, err)
	}
	contains(t, m, d, Form{Output: "label"}, `unclear output: "label" gives labels of int64, and not a score for each class; outputs that give scores: ["out"]`)
	g.Outputs = append(g.Outputs, &onnxio.Value{Name: "negated", Type: onnxio.Float32, Shape: onnxio.Shape{n, {Size: 5}}})
	contains(t, m, d, Form{}, `there are 2 outputs of floating point, ["out" "negated"]; others are "label" of int64`)
}

func contains(t *testing.T, m *onnxio.Model, d *dataset.Domain, given Form, want string) {
	t.Helper()
	if _, err := Guess(m, d, given); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%v lacks %s", err, want)
	}
}

// TestHostileGraphs: nodes without inputs and circles end in an answer.
func TestHostileGraphs(t *testing.T) {
	d, _ := circle(t, textOrder, "")
	for _, op := range []string{"Identity", "DequantizeLinear", "QuantizeLinear", "ZipMap", "QLinearSoftmax", "Normalizer"} {
		for _, inputs := range [][]string{nil, {"out"}, {""}} {
			for _, domain := range []string{"", "ai.onnx.ml", "com.microsoft"} {
				m := linear(make([]float32, 10))
				m.Graph.Nodes = []*onnxio.Node{{Op: op, Domain: domain, Inputs: inputs, Outputs: []string{"out"}}, {Op: "Constant"}}
				if f, err := Guess(m, d, Form{}); err == nil && f.Gives == "" {
					t.Errorf("%s of %q: nothing is said", op, inputs)
				}
			}
		}
	}
}
