package autodiff

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/internal/random"
	"github.com/sharewise/sharewise/onnxio/ort/orttest"
	"github.com/sharewise/sharewise/onnxio/reference"
)

// randomUses says how many uses of every operator TestRandomUses draws, if the
// environment does not.
const randomUses = 5

// refusedUses are parts of what Check says of uses that ONNX Runtime runs and we
// do not.
var refusedUses = []string{
	"one thing to ONNX and another", // pads that ONNX Runtime chooses in its own way
	"does not fit into size",        // a kernel larger than the input gives no elements
}

// A draw is where random uses of operators come from.
type draw struct{ random.Draw }

// axis draws an axis of a value of a rank, counted from either end.
func (d draw) axis(rank int) int64 { return d.In(-int64(rank), int64(rank)-1) }

// axes draws some axes, each once, in any order and from either end.
func (d draw) axes(rank, least int) []int64 {
	all := d.Perm(rank)[:least+d.IntN(rank-least+1)]
	v := make([]int64, len(all))
	for i, a := range all {
		if v[i] = int64(a); d.Chance(0.4) {
			v[i] -= int64(rank)
		}
	}
	return v
}

// a generator draws a use of an operator. It need not be valid.
type generator struct {
	name string
	draw func(d draw) example
}

// TestRandomUses draws uses of operators, with any attributes and shapes, and
// compares: what ONNX Runtime runs is accepted, the reference computes what it
// computes, gradients are those of central differences, and what is emitted
// computes them in ONNX Runtime. Uses that ONNX Runtime refuses are passed over.
func TestRandomUses(t *testing.T) {
	backend := orttest.Backend(t)
	uses := random.Uses(randomUses)
	for _, g := range generators() {
		t.Run(g.name, func(t *testing.T) {
			compared := 0
			for i := range uses {
				d := draw{random.New(g.name, i)}
				draws = d.Rand
				e := g.draw(d)
				if e.op == "" {
					e.op = g.name
				}
				e.about = describe(e)
				t.Run(strconv.Itoa(i), func(t *testing.T) {
					ran, err := randomUse(t, backend, e)
					if err != nil {
						t.Errorf("%s: %v", e.about, err)
					}
					if ran {
						compared++
					}
				})
			}
			if compared == 0 {
				t.Errorf("ONNX Runtime ran none of %d uses", uses)
			}
			t.Logf("%d of %d uses run", compared, uses)
		})
	}
}

// countsPads reports whether a pool of several dimensions counts pads that may
// differ in windows that may hang over.
func countsPads(e example) bool {
	n := &onnxio.Node{Attrs: e.attrs}
	return len(e.in[0].shape) > 3 && n.IntOr("ceil_mode", 0) != 0 && n.IntOr("count_include_pad", 0) != 0 &&
		(n.Attr("pads") != nil || n.Attr("auto_pad") != nil)
}

func describe(e example) string {
	var text []string
	for _, a := range e.attrs {
		switch a.Type {
		case onnxio.AttrInt:
			text = append(text, fmt.Sprintf("%s=%d", a.Name, a.Int))
		case onnxio.AttrFloat:
			text = append(text, fmt.Sprintf("%s=%g", a.Name, a.Float))
		case onnxio.AttrInts:
			text = append(text, fmt.Sprintf("%s=%d", a.Name, a.Ints))
		default:
			text = append(text, fmt.Sprintf("%s=%s", a.Name, a.String))
		}
	}
	for _, x := range e.in {
		switch {
		case x.none:
			text = append(text, "_")
		case x.fixed && x.ints != nil:
			text = append(text, fmt.Sprint("const", x.ints))
		case x.fixed && len(x.floats) < 9:
			text = append(text, fmt.Sprint("const", x.floats))
		default:
			text = append(text, fmt.Sprint(x.shape))
		}
	}
	return fmt.Sprintf("(opset %d): %s", e.version(), strings.Join(text, " "))
}

// randomUse compares one use; ran says that ONNX Runtime has run it.
func randomUse(t *testing.T, backend exec.Backend, e example) (ran bool, err error) {
	m, inputs, wrt := e.model(onnxio.Float32)
	checked := onnxio.Check(m)
	typed := m.Clone()
	if types, err := onnxio.InferShapes(m); err == nil {
		for i, out := range m.Graph.Outputs {
			typed.Graph.Outputs[i] = &onnxio.Value{Name: out.Name, Type: types[out.Name].Type}
		}
	}
	// Without optimisation: it folds constants and then runs into its own limits.
	forward, err := backend.Open(typed, exec.Options{})
	if err != nil {
		return false, nil
	}
	defer forward.Close()
	outputs32, err := forward.Run(singles(inputs))
	if err != nil {
		return false, nil
	}
	if checked != nil {
		if slices.ContainsFunc(refusedUses, func(why string) bool { return strings.Contains(checked.Error(), why) }) {
			return false, nil
		}
		return true, fmt.Errorf("ONNX Runtime runs it, Check says: %w", checked)
	}
	if e.op == "AveragePool" && countsPads(e) {
		return false, nil // refused: ONNX Runtime counts in its own way
	}
	exact, err := reference.Eval(m, inputs)
	if err != nil {
		return true, fmt.Errorf("ONNX Runtime runs it, the reference says: %w", err)
	}
	for _, y := range m.Graph.Outputs {
		// What ONNX Runtime says of a shape it may have inferred, and wrongly so
		// for windows that begin beyond the input.
		if product(outputs32[y.Name].Shape) != int64(outputs32[y.Name].Len()) {
			continue
		}
		if !slices.Equal(outputs32[y.Name].Shape, exact[y.Name].Shape) {
			return true, fmt.Errorf("%s has shape %v, ONNX Runtime says %v", y.Name, exact[y.Name].Shape, outputs32[y.Name].Shape)
		}
	}
	compare(t, allDouble(exact), allDouble(outputs32), 2e-5)
	if t.Failed() {
		return true, errors.New("the reference does not compute what ONNX Runtime does")
	}
	if e.version() < minOpset {
		return true, nil
	}
	p := &problem{model: m, inputs: inputs, wrt: wrt}
	var outputs []string
	for j := range max(e.outputs, 1) {
		if !slices.Contains(e.unseeded, j) {
			outputs = append(outputs, fmt.Sprintf("out%d", j))
		}
	}
	p.seed(t, rand.New(rand.NewPCG(1, 2)), outputs...)
	differentiated, names, err := p.differentiated(t)
	if err != nil {
		return true, fmt.Errorf("ONNX Runtime runs it, there is no gradient: %w", err)
	}
	want := p.differences(t)
	compare(t, p.gradients(t), want, tolerance)
	session, err := backend.Open(differentiated, exec.Options{})
	if err != nil {
		return true, fmt.Errorf("ONNX Runtime does not open the gradient: %w", err)
	}
	defer session.Close()
	all := singles(inputs)
	for name, x := range p.seeds {
		all["d_"+name] = single(x)
	}
	for _, in := range differentiated.Graph.Inputs {
		if in.Type == onnxio.Float64 {
			all[in.Name] = p.seeds[in.Name[len("d_"):]]
		}
	}
	values, err := session.Run(all)
	if err != nil {
		return true, fmt.Errorf("ONNX Runtime does not run the gradient: %w", err)
	}
	got := map[string][]float64{}
	for _, w := range wrt {
		got[w] = double(values[names[w]])
	}
	compare(t, got, want, 1e-3)
	if t.Failed() {
		return true, errors.New("see above")
	}
	return true, nil
}
