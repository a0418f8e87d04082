package finetune_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/finetune"
)

// flat is a model of one layer that takes rows.
func flat(t testing.TB, n int64) *onnxio.Model {
	s := newSketch(n)
	return s.end(t, s.Op("MatMul", []string{"input", s.weight("w", n, 2)}))
}

func TestFit(t *testing.T) {
	open, _ := networks[0].model(t)
	open.Graph.Inputs[0].Shape = onnxio.Shape{{Symbol: "N"}, {Size: 3}, {Symbol: "height"}, {Symbol: "width"}}
	last := newSketch(8, 8, 3)
	w := last.weight("w", 2, 3, 3, 3)
	last.OpNamed("first", "Transpose", []string{"input"}, onnxio.IntsAttr("perm", 0, 3, 1, 2))
	tensorflow := last.end(t, last.Op("Flatten", []string{last.Op("Conv", []string{"first", w})}))
	second := newSketch(1, 6)
	second.OpNamed("seen", "ReduceSum", []string{"input", second.Int64s(0)}, onnxio.IntAttr("keepdims", 0))
	sum := second.end(t, second.Op("MatMul", []string{"seen", second.weight("w", 6, 2)}))
	sum.Graph.Inputs[0].Shape = onnxio.Static(4, 1, 6)
	tests := []struct {
		name   string
		m      *onnxio.Model
		sample []int64
		done   string  // "" where no node is inserted
		takes  []int64 // what the model as it was takes
		order  func(x []float64) []float64
	}{
		{"as it is", flat(t, 6), []int64{6}, "", []int64{1, 6}, nil},
		{"open sizes", open, []int64{3, 8, 8}, "", []int64{1, 3, 8, 8}, nil},
		{"rows", flat(t, 12), []int64{3, 2, 2}, "samples of shape [3 2 2] are reshaped to [12]", []int64{1, 12}, nil},
		{"batch second", sum, []int64{4, 6}, "samples of shape [4 6] are put in the second dimension of [4,1,6]", []int64{4, 1, 6}, nil},
		{"channels last", tensorflow, []int64{3, 8, 8}, "samples of shape [3 8 8] are turned to channels last, [8 8 3]", []int64{1, 8, 8, 3}, func(x []float64) []float64 {
			turned := make([]float64, len(x))
			for c := range 3 {
				for p := range 64 {
					turned[p*3+c] = x[c*64+p]
				}
			}
			return turned
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			fitted, done, err := finetune.Fit(test.m, test.sample)
			if err != nil {
				t.Fatal(err)
			}
			if done != test.done {
				t.Errorf("done %q, want %q", done, test.done)
			}
			if got, ok := fitted.Graph.Inputs[0].Shape[1:].Ints(); !ok || !equal(got, test.sample) {
				t.Errorf("the input takes %v", fitted.Graph.Inputs[0].Shape)
			}
			if err := onnxio.Check(fitted); err != nil {
				t.Fatal(err)
			}
			x := samples(append([]int64{1}, test.sample...)...)
			want := exec.NewTensor(test.takes, x.Float64())
			if test.order != nil {
				want = exec.NewTensor(test.takes, test.order(x.Float64()))
			}
			if d := distance(t, eval(t, fitted, x).Float64(), eval(t, test.m, want).Float64()); d != 0 {
				t.Errorf("outputs are off by %g", d)
			}
		})
	}
	same := flat(t, 6)
	if fitted, _, _ := finetune.Fit(same, []int64{6}); fitted != same {
		t.Error("a model that fits is another one")
	}
}

func equal(a, b []int64) bool { return onnxio.Static(a...).String() == onnxio.Static(b...).String() }

func TestFitErrors(t *testing.T) {
	rankless := flat(t, 6)
	rankless.Graph.Inputs[0].Shape = nil
	for _, test := range []struct {
		m      *onnxio.Model
		sample []int64
		want   string
	}{
		{flat(t, 6), []int64{5}, `input "input" takes samples of shape [6], the data has [5]`},
		{flat(t, 6), []int64{3, 3}, "takes samples of shape [6]"},
		{rankless, []int64{6}, "leaves open how many dimensions"},
	} {
		_, _, err := finetune.Fit(test.m, test.sample)
		if !errors.Is(err, finetune.ErrInput) || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%v\nlacks %s", err, test.want)
		}
	}
}
