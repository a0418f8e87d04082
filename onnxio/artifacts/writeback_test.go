package artifacts_test

import (
	"math/rand/v2"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/artifacts"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/reference"
	"github.com/sharewise/sharewise/onnxio/training"
)

// TestWriteBack puts other tensors into the model that was given, where the
// manifest says that they belong: it must then give the scores of the model to
// deploy.
func TestWriteBack(t *testing.T) {
	for name, cfg := range settings(t) {
		if !cfg.KeepHead {
			continue // the model that was given has no such head
		}
		t.Run(name, func(t *testing.T) {
			cfg.OwnInputs = true
			_, f := compiled(t, cfg)
			rng := rand.New(rand.NewPCG(6, 6))
			for _, s := range f.manifest.Tensors {
				for i := range f.tensors[s.Name].Float32() {
					f.tensors[s.Name].Float32()[i] += float32(0.1 * rng.NormFloat64())
				}
			}
			f.save()
			given := cfg.Trunk.Clone()
			constants := map[string]*onnxio.Attribute{}
			for _, n := range given.Graph.Nodes {
				if n.Op == "Constant" {
					constants[n.Outputs[0]] = n.Attr("value")
				}
			}
			for _, s := range f.manifest.Tensors {
				if s.Role == artifacts.RoleState {
					if s.Initializer != nil {
						t.Errorf("state %s stands at %+v", s.Name, s.Initializer)
					}
					continue
				}
				v := onnxio.NewFloat32(s.Initializer.Name, s.Shape, f.tensors[s.Name].Float32())
				switch where := s.Initializer.Where; {
				case s.Initializer.DType != "float32":
					t.Errorf("%s is %s in the model", s.Name, s.Initializer.DType)
				case where == "initializer":
					given.Graph.Initializer(v.Name).Data = v.Data
				case where == "constant":
					constants[v.Name].Tensor = v
				default:
					t.Errorf("%s stands in a %s", s.Name, where)
				}
			}
			feeds := f.feeds(f.manifest.Deploy, 0, rng)
			var got []float64
			for _, y := range outputs(t, given, feeds) {
				got = append(got, elements(y)...)
			}
			want := outputs(t, f.load(artifacts.ModelFile), feeds)["scores"]
			if d := distance(got, elements(want)); d > 1e-6 {
				t.Errorf("scores of the model written back are %g off", d)
			}
		})
	}
}

func outputs(t *testing.T, m *onnxio.Model, feeds map[string]*exec.Tensor) map[string]*exec.Tensor {
	t.Helper()
	out, err := reference.Eval(m, feeds)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestHalfPrecision trains weights of float16 in float32, and says so.
func TestHalfPrecision(t *testing.T) {
	half := &onnxio.Tensor{Name: "w", Type: onnxio.Float16, Shape: []int64{2, 2}, Data: []byte{0, 0x3c, 0, 0x40, 0, 0xbc, 0, 0x38}} // 1, 2, -1, ½
	g := &onnxio.Graph{Name: "half", Initializers: []*onnxio.Tensor{half}}
	shape := onnxio.Shape{onnxio.Sym("N"), {Size: 2}}
	g.Inputs = []*onnxio.Value{{Name: "x", Type: onnxio.Float16, Shape: shape}}
	g.Outputs = []*onnxio.Value{{Name: "y", Type: onnxio.Float16, Shape: shape}}
	g.Nodes = []*onnxio.Node{{Op: "MatMul", Inputs: []string{"x", "w"}, Outputs: []string{"y"}}}
	cfg := training.Config{
		Trunk:     &onnxio.Model{IRVersion: 8, Opsets: []onnxio.Opset{{Version: 17}}, Graph: g},
		OwnInputs: true, KeepHead: true, Domains: []training.Domain{{Name: "task", Batch: batch, Loss: training.SquaredError}},
	}
	_, f := compiled(t, cfg)
	if w := f.manifest.Tensors[0]; w.DType != "float32" || w.Initializer.DType != "float16" {
		t.Errorf("%+v, %+v", w, w.Initializer)
	}
	if d := distance(elements(f.tensors["w"]), []float64{1, 2, -1, 0.5}); d > 0 {
		t.Errorf("starts at %v", f.tensors["w"].Float32())
	}
	if in := f.manifest.Train.Inputs[0]; in.Name != "x" || in.DType != "float32" {
		t.Errorf("%+v", in)
	}
}
