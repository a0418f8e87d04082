package evaluate

import (
	"context"
	"math"
	"testing"

	"github.com/sharewise/sharewise/analysis/losses"
	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/reference"
)

// eighths is linear with scores in steps of 1/8 and probabilities in steps of
// 1/256, as quantizers write it. operator says that one operator makes
// probabilities of integers, bare that integers are the output.
func eighths(w []float32, operator, bare bool) *onnxio.Model {
	m := linear(w)
	g := m.Graph
	m.Opsets = append(m.Opsets, onnxio.Opset{Domain: "com.microsoft", Version: 1})
	b := onnxio.NewBuilder(g)
	g.Nodes = g.Nodes[:1] // the product
	scale, zero := b.Float(0.125), b.Initializer(&onnxio.Tensor{Name: "zero", Type: onnxio.Uint8, Data: []byte{128}})
	share, none := b.Float(1.0/256), b.Initializer(&onnxio.Tensor{Name: "none", Type: onnxio.Uint8, Data: []byte{0}})
	q := b.Op("QuantizeLinear", []string{g.Nodes[0].Outputs[0], scale, zero})
	var shares string
	if operator {
		shares = b.Name("shares")
		g.Nodes = append(g.Nodes, &onnxio.Node{Op: "QLinearSoftmax", Domain: "com.microsoft", Inputs: []string{q, scale, zero, share, none}, Outputs: []string{shares},
			Attrs: []*onnxio.Attribute{onnxio.IntAttr("opset", 13), onnxio.IntAttr("axis", -1)}})
	} else {
		shares = b.Op("QuantizeLinear", []string{b.Op("Softmax", []string{b.Op("DequantizeLinear", []string{q, scale, zero})}), share, none})
	}
	if bare {
		g.Outputs[0].Name, g.Outputs[0].Type = shares, onnxio.Uint8
		return m
	}
	g.Nodes = append(g.Nodes, &onnxio.Node{Op: "DequantizeLinear", Inputs: []string{shares, share, none}, Outputs: []string{"out"}})
	return m
}

// TestQuantized judges quantized classifiers: the probabilities that they give
// are seen as such, in steps, and none of them is an impossible 0.
func TestQuantized(t *testing.T) {
	d := open(t, "x,z,y", "columns: {label: y}", "1,0,cat", "0,2,dog", "9,0,dog", "0,1,cat")
	steps := func(class int, scores ...float64) float32 {
		p := math.RoundToEven(math.Exp(-float64(crossEntropy(class, scores...)))*256) / 256
		return float32(-math.Log(max(p, 1.0/512)))
	}
	// The class that 9 speaks against has less than half a step.
	want := []float32{steps(0, 1, 0), steps(1, 0, 4), float32(math.Log(512)), steps(0, 0, 2)}
	for _, operator := range []bool{false, true} {
		for _, bare := range []bool{false, true} {
			m := eighths([]float32{1, 0, 0, 2}, operator, bare)
			f, err := Guess(m, d, Form{})
			if err != nil {
				t.Fatal(err)
			}
			if f.Gives != Probabilities || math.Abs(f.Step-1.0/256) > 1e-12 {
				t.Errorf("operator %t, bare %t: gives %s in steps of %g", operator, bare, f.Gives, f.Step)
			}
			if operator {
				continue // the command's tests judge by it: it is one of ONNX Runtime's own
			}
			model, err := Open(reference.Backend(), m, *f, exec.Options{})
			if err != nil {
				t.Fatal(err)
			}
			table := &losses.Table{}
			if err := model.Judge(context.Background(), table, d, d.Test, 1); err != nil {
				t.Fatal(err)
			}
			near(t, "losses", table.Loss, want)
		}
	}
}

// TestScoresOfClassifiers: linear models of scikit-learn give sums of any size
// unless they say that they make probabilities of them.
func TestScoresOfClassifiers(t *testing.T) {
	for transform, want := range map[string]Gives{"": Scores, "NONE": Scores, "LOGISTIC": Probabilities, "SOFTMAX": Probabilities} {
		g := &onnxio.Graph{Nodes: []*onnxio.Node{{Op: "LinearClassifier", Domain: "ai.onnx.ml", Inputs: []string{"x"}, Outputs: []string{"label", "y"}}}}
		if transform != "" {
			g.Nodes[0].Attrs = []*onnxio.Attribute{onnxio.StringAttr("post_transform", transform)}
		}
		if got := gives(g, "y"); got != want {
			t.Errorf("LinearClassifier with %q gives %s, want %s", transform, got, want)
		}
	}
	svm := &onnxio.Graph{Nodes: []*onnxio.Node{{Op: "SVMClassifier", Domain: "ai.onnx.ml", Inputs: []string{"x"}, Outputs: []string{"label", "y"}}}}
	if got := gives(svm, "y"); got != Scores {
		t.Errorf("SVMClassifier without probabilities gives %s", got)
	}
}
