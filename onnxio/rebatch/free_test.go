package rebatch

import (
	"testing"

	"github.com/sharewise/sharewise/onnxio"
)

// second is a recurrent network as layers export it that have the batch second:
// x [3, rows, 2] gives [rows, 4], or with all steps [3, rows, 4].
func second(rows int64, all bool) *onnxio.Model {
	e := example{"second", []int64{rows, 2}, false, func(s *sketch, x string) string {
		y := s.Ops("GRU", 2, []string{x, s.weight(1, 12, 2), s.weight(1, 12, 4), s.weight(1, 24), "", s.same(1, 1, rows, 4)}, num("hidden_size", 4))
		if all {
			return s.op("Squeeze", y[0], s.Int64s(1))
		}
		return s.op("Squeeze", y[1], s.Int64s(0))
	}}
	return e.model(3)
}

// TestSecond frees inputs whose batch is their second dimension, with features
// that have it first and second.
func TestSecond(t *testing.T) {
	for _, all := range []bool{false, true} {
		turned := example{sample: []int64{3, 2}}
		for _, rows := range []int64{1, 2} {
			for _, free := range []func(*onnxio.Model, []string) (*onnxio.Model, error){Free, Second} {
				m, err := free(second(rows, all), []string{"x"})
				if err != nil {
					t.Fatalf("of %d rows: %v", rows, err)
				}
				if got := m.Graph.Inputs[0].Shape.String(); got != "[N,3,2]" {
					t.Errorf("the input takes %s", got)
				}
				// The network itself, with its input turned.
				original := second(rows, all)
				b := onnxio.NewBuilder(original.Graph)
				x := original.Graph.Inputs[0]
				x.Name, x.Shape = "turned", onnxio.Static(rows, 3, 2)
				original.Graph.Nodes = append([]*onnxio.Node{{Op: "Transpose", Inputs: []string{"turned"}, Outputs: []string{"x"}, Attrs: []*onnxio.Attribute{ints("perm", 1, 0, 2)}}}, original.Graph.Nodes...)
				if all {
					y := original.Graph.Outputs[0]
					y.Name = b.Op("Transpose", []string{y.Name}, ints("perm", 1, 0, 2))
				}
				turned.agree(t, original, m, rows)
			}
		}
	}
}

func TestIsSecond(t *testing.T) {
	for _, test := range []struct {
		shape onnxio.Shape
		want  bool
	}{
		{onnxio.Shape{{Size: 7}, onnxio.Sym("N"), {Size: 6}}, true},
		{onnxio.Shape{{Size: 1}, onnxio.Sym("tokens")}, false}, // one row of any length
		{onnxio.Shape{onnxio.Sym("N"), onnxio.Sym("tokens"), {Size: 6}}, false},
		{onnxio.Shape{{Size: 7}, onnxio.Sym("N"), {Size: -1}}, false},
		{onnxio.Static(7, 2, 6), false},
		{nil, false},
	} {
		if got := IsSecond(test.shape); got != test.want {
			t.Errorf("%v: %v", test.shape, got)
		}
	}
}

// TestFreeUpgrades frees a model that is older than the rules.
func TestFreeUpgrades(t *testing.T) {
	e := example{"old", []int64{3, 4}, false, func(s *sketch, x string) string { return s.reshape(s.op("Relu", x), s.rows, 12) }}
	m := e.model(1)
	m.Opsets[0].Version = 9
	free, err := Free(m, []string{"x"})
	if err != nil {
		t.Fatal(err)
	}
	e.agree(t, e.model(1), free, 1)
}
