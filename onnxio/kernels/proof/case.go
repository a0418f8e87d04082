package proof

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/kernels"
)

// Case is a node, its inputs, and what it must give.
type Case struct {
	Op    string
	Name  string // for messages
	Attrs []*onnxio.Attribute
	// Inputs are in the order of the operator; nil is one that is left out.
	Inputs []*exec.Tensor
	// Want are the outputs; nil is one that is not asked for.
	Want []*Want
}

// Want is what an output must be.
type Want struct {
	Shape []int64
	// Bytes is the output of type uint8, and nil for floats.
	Bytes []uint8
	// Values are floats. Size is, for each, the sum of the absolute values of the
	// terms that it is the sum of, to which its rounding error is in proportion.
	Values, Size []float64
	// Slack scales the tolerance; 0 means 1.
	Slack float64
}

// tolerance is the rounding error allowed for one of the size of its terms. In
// single precision half a unit in the last place is 6e-8.
const tolerance = 4e-6

// newWant returns zeros.
func newWant(shape ...int64) *Want {
	n := exec.Zeros(onnxio.Uint8, shape...).Len()
	return &Want{Shape: shape, Values: make([]float64, n), Size: make([]float64, n)}
}

// add adds a term to an element.
func (w *Want) add(at int64, term float64) {
	w.Values[at] += term
	w.Size[at] += math.Abs(term)
}

// compare says where t is not what is wanted.
func (w *Want) compare(t *exec.Tensor) error {
	if !slices.Equal(t.Shape, w.Shape) {
		return fmt.Errorf("has shape %v, want %v", t.Shape, w.Shape)
	}
	if w.Bytes != nil {
		got := t.Uint8()
		if len(got) != len(w.Bytes) {
			return fmt.Errorf("has elements of type %v", t.Type())
		}
		for i, b := range got {
			if b != w.Bytes[i] {
				return fmt.Errorf("is %d at element %d, want %d", b, i, w.Bytes[i])
			}
		}
		return nil
	}
	got := t.Float32()
	if len(got) != len(w.Values) {
		return fmt.Errorf("has elements of type %v", t.Type())
	}
	slack := w.Slack
	if slack == 0 {
		slack = 1
	}
	for i, v := range got {
		// Not d > limit: what is no number differs from all.
		if d, limit := math.Abs(float64(v)-w.Values[i]), tolerance*slack*w.Size[i]+1e-30; !(d <= limit) {
			return fmt.Errorf("is %v at element %d, want %v ± %.2g", v, i, w.Values[i], limit)
		}
	}
	return nil
}

// Model returns a model of one node that the case is about.
func (c *Case) Model() *onnxio.Model {
	n := &onnxio.Node{Name: "node", Domain: kernels.Domain, Op: c.Op, Attrs: c.Attrs}
	g := &onnxio.Graph{Name: c.Op, Nodes: []*onnxio.Node{n}}
	for i, t := range c.Inputs {
		if t == nil {
			n.Inputs = append(n.Inputs, "")
			continue
		}
		name := inputName(i)
		n.Inputs = append(n.Inputs, name)
		g.Inputs = append(g.Inputs, &onnxio.Value{Name: name, Type: t.Type(), Shape: onnxio.Static(t.Shape...)})
	}
	for i, w := range c.Want {
		if w == nil {
			n.Outputs = append(n.Outputs, "")
			continue
		}
		name := outputName(i)
		n.Outputs = append(n.Outputs, name)
		v := &onnxio.Value{Name: name, Type: onnxio.Float32, Shape: onnxio.Static(w.Shape...)}
		if w.Bytes != nil {
			v.Type = onnxio.Uint8
		}
		g.Outputs = append(g.Outputs, v)
	}
	return &onnxio.Model{
		IRVersion: 8,
		Opsets:    []onnxio.Opset{{Version: 17}, {Domain: kernels.Domain, Version: kernels.Version}},
		Graph:     g,
	}
}

func inputName(i int) string  { return fmt.Sprintf("in%d", i) }
func outputName(i int) string { return fmt.Sprintf("out%d", i) }

// Feeds returns the inputs by name.
func (c *Case) Feeds() map[string]*exec.Tensor {
	in := map[string]*exec.Tensor{}
	for i, t := range c.Inputs {
		if t != nil {
			in[inputName(i)] = t
		}
	}
	return in
}

// Run runs the case in a backend, twice in one session, and compares what comes
// out with what is wanted, and the second time with the first.
func (c *Case) Run(b exec.Backend, threads int) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("%s %s: %w", c.Op, c.Name, err)
		}
	}()
	s, err := b.Open(c.Model(), exec.Options{Threads: threads})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	first, err := s.Run(c.Feeds())
	if err != nil {
		return err
	}
	for i, w := range c.Want {
		if w == nil {
			continue
		}
		if err := w.compare(first[outputName(i)]); err != nil {
			return fmt.Errorf("output %d %w", i, err)
		}
	}
	second, err := s.Run(c.Feeds())
	if err != nil {
		return err
	}
	for name, t := range first {
		if !slices.Equal(t.Bytes(), second[name].Bytes()) {
			return fmt.Errorf("%s differs between two runs", name)
		}
	}
	return nil
}

// Prove runs a case or more of every operator and returns, for each, nil or why
// it is not to be used.
func Prove(b exec.Backend) map[string]error {
	out := map[string]error{}
	for _, c := range Cases() {
		if err, done := out[c.Op]; done && err != nil {
			continue
		}
		out[c.Op] = c.Run(b, 2)
	}
	return out
}

// random draws numbers for inputs.
type random struct{ *rand.Rand }

// Random returns the source of a seed for the makers of cases.
func Random(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 14)) }

// tensor is filled from a normal distribution.
func (r random) tensor(shape ...int64) *exec.Tensor {
	t := exec.Zeros(onnxio.Float32, shape...)
	for i := range t.Float32() {
		t.Float32()[i] = float32(r.NormFloat64())
	}
	return t
}

// between is filled evenly from [low, high).
func (r random) between(low, high float64, shape ...int64) *exec.Tensor {
	t := exec.Zeros(onnxio.Float32, shape...)
	for i := range t.Float32() {
		t.Float32()[i] = float32(low + (high-low)*r.Float64())
	}
	return t
}
