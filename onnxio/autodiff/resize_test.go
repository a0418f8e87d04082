package autodiff

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
)

// TestLongAxes resizes axes that are too long for a matrix of weights. Resize
// is linear: cotangents times values are gradients times inputs.
func TestLongAxes(t *testing.T) {
	linear, cubic := stringA("mode", "linear"), stringA("mode", "cubic")
	corners := stringA("coordinate_transformation_mode", "align_corners")
	for _, test := range []struct {
		about string
		x     []int64
		scale float32
		attrs []*onnxio.Attribute
	}{
		{"linear up", dims(2, 1300, 3), 1.7, attrs(linear)},
		{"linear down", dims(1, 3000, 2), 0.3, attrs(linear, corners)},
		{"nearest up unevenly", dims(1, 1300, 2), 1.55, nil},
		{"nearest twice", dims(1, 1300, 2), 2, attrs(stringA("coordinate_transformation_mode", "asymmetric"), stringA("nearest_mode", "floor"))},
		{"cubic", dims(1, 1300, 2), 1.3, attrs(cubic)},
		{"cubic without the outside", dims(1, 1300, 2), 1.3, attrs(cubic, intAttr("exclude_outside", 1))},
		{"one element", dims(1, 1, 2), 1 << 11, attrs(linear)},
	} {
		t.Run(test.about, func(t *testing.T) {
			s := newSketch()
			x := normal(test.x...)
			s.input("x", x)
			scales := s.Op("Constant", nil, onnxio.TensorAttr("value", onnxio.NewFloat32("", dims(3), []float32{1, test.scale, 1})))
			y := s.Op("Resize", list("x", "", scales), test.attrs...)
			s.output(y)
			s.p.wrt = list("x")
			s.p.seed(t, rand.New(rand.NewPCG(5, 6)), y)
			sum, size := 0.0, 0.0
			for i, g := range s.p.gradients(t)["x"] {
				sum += g * x.floats[i]
				size += math.Abs(g * x.floats[i])
			}
			if want := s.p.objective(t); math.Abs(sum-want) > 1e-6*size {
				t.Errorf("gradients times inputs are %v, cotangents times values %v", sum, want)
			}
		})
	}
}

// TestEndlessAxis: what is not known to be a repetition needs weights, and more
// than can be are refused before they are made.
func TestEndlessAxis(t *testing.T) {
	s := newSketch()
	g := s.Graph()
	g.Inputs = append(g.Inputs, &onnxio.Value{Name: s.Name("x"), Type: onnxio.Float32, Shape: onnxio.Static(1, 1<<24)})
	scales := s.Op("Constant", nil, onnxio.TensorAttr("value", onnxio.NewFloat32("", dims(2), []float32{1, 1.5})))
	y := s.Op("Resize", list("x", "", scales), stringA("mode", "linear"))
	types, err := onnxio.InferShapes(s.p.model)
	if err != nil {
		t.Fatal(err)
	}
	var missing *NoRuleError
	if _, err := Gradient(s.Builder, 17, types, map[string]string{y: y}, list("x")); !errors.As(err, &missing) || missing.Op != "Resize" {
		t.Errorf("got %v, want a NoRuleError", err)
	}
}
