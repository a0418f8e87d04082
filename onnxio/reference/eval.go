package reference

import (
	"fmt"
	"runtime"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
)

// Option changes what Eval hands back.
type Option uint

const (
	// Float64 hands back floating-point values as []float64, never rounded to
	// the type that the model declares.
	Float64 Option = 1 << iota
	// Intermediates hands back every value of the main graph by name: inputs,
	// initializers, the outputs of every node and of the graph.
	Intermediates
)

// Eval evaluates a model on inputs by name and returns its outputs by name.
// Inputs that the model also has as initializers may be left out. A tensor of
// []float64 is accepted, unrounded, for every floating-point input. Errors of
// a node are an [onnxio.NodeError] around [ErrUnsupported] or [ErrOperand].
func Eval(m *onnxio.Model, inputs map[string]*exec.Tensor, options ...Option) (map[string]*exec.Tensor, error) {
	p, err := newProgram(m)
	if err != nil {
		return nil, err
	}
	return p.run(inputs, options...)
}

// A program is a model whose nodes are resolved to kernels.
type program struct {
	graph     *onnxio.Graph
	kernels   []kernel // by node
	constants map[string]*value
}

func newProgram(m *onnxio.Model) (*program, error) {
	if m == nil || m.Graph == nil {
		return nil, fmt.Errorf("reference: %w: the model has no graph", ErrOperand)
	}
	p := &program{graph: m.Graph, constants: map[string]*value{}}
	for i, n := range m.Graph.Nodes {
		k, ok := lookup(n.Domain, n.Op, m.Opset(n.Domain))
		if !ok {
			return nil, p.locate(i, fmt.Errorf("operator set version %d: %w", m.Opset(n.Domain), ErrUnsupported))
		}
		p.kernels = append(p.kernels, k)
	}
	for _, t := range m.Graph.Initializers {
		v, err := fromTensor(t)
		if err != nil {
			return nil, fmt.Errorf("reference: %w", err)
		}
		p.constants[t.Name] = v
	}
	return p, nil
}

func (p *program) locate(i int, err error) error {
	n := p.graph.Nodes[i]
	return fmt.Errorf("reference: %w", &onnxio.NodeError{Graph: p.graph.Name, Node: n.Name, Op: n.OpName(), Index: i, Err: err})
}

func (p *program) run(inputs map[string]*exec.Tensor, options ...Option) (map[string]*exec.Tensor, error) {
	var opt Option
	for _, o := range options {
		opt |= o
	}
	env, err := p.bind(inputs)
	if err != nil {
		return nil, err
	}
	for i := range p.graph.Nodes {
		if err := p.step(i, env); err != nil {
			return nil, p.locate(i, err)
		}
	}
	result := map[string]*exec.Tensor{}
	if opt&Intermediates != 0 {
		for name, v := range env {
			result[name] = v.toExec(opt&Float64 != 0)
		}
		return result, nil
	}
	for _, out := range p.graph.Outputs {
		v := env[out.Name]
		if v == nil {
			return nil, fmt.Errorf("reference: %w: nothing computes output %q", ErrOperand, out.Name)
		}
		result[out.Name] = v.toExec(opt&Float64 != 0)
	}
	return result, nil
}

// bind is the environment before the first node: constants and inputs.
func (p *program) bind(inputs map[string]*exec.Tensor) (map[string]*value, error) {
	env := make(map[string]*value, len(p.constants)+len(inputs)+len(p.graph.Nodes))
	for name, v := range p.constants {
		env[name] = v
	}
	known := map[string]bool{}
	for _, in := range p.graph.Inputs {
		known[in.Name] = true
		t, given := inputs[in.Name]
		if !given {
			if env[in.Name] == nil {
				return nil, fmt.Errorf("reference: %w: input %q is missing", exec.ErrName, in.Name)
			}
			continue
		}
		v, err := fromExec(t, in.Type)
		if err != nil {
			return nil, fmt.Errorf("reference: input %q: %w", in.Name, err)
		}
		if err := suits(v.shape, in.Shape); err != nil {
			return nil, fmt.Errorf("reference: input %q: %w", in.Name, err)
		}
		env[in.Name] = v
	}
	for name := range inputs {
		if !known[name] {
			return nil, fmt.Errorf("reference: %w: the model has no input %q", exec.ErrName, name)
		}
	}
	return env, nil
}

// suits compares a shape with what the model declares.
func suits(have []int, want onnxio.Shape) error {
	if want == nil {
		return nil
	}
	same := len(have) == len(want)
	for i := 0; same && i < len(want); i++ {
		same = want[i].Symbol != "" || want[i].Size < 0 || int64(have[i]) == want[i].Size
	}
	if !same {
		return fmt.Errorf("%w: shape %v, the model declares %v", exec.ErrTensor, have, want)
	}
	return nil
}

// step runs one node.
func (p *program) step(i int, env map[string]*value) error {
	n := p.graph.Nodes[i]
	c := &call{Node: n}
	for _, name := range n.Inputs {
		v := env[name]
		if v == nil && name != "" {
			return fmt.Errorf("%w: nothing computes input %q before it", ErrOperand, name)
		}
		c.in = append(c.in, v)
	}
	outputs, err := p.kernels[i].run(c)
	if err != nil {
		return err
	}
	for j, name := range n.Outputs {
		if name == "" {
			continue
		}
		if j >= len(outputs) || outputs[j] == nil {
			return fmt.Errorf("output %d: %w", j, ErrUnsupported)
		}
		env[name] = outputs[j]
	}
	return nil
}

// run computes one node. A model whose shapes do not fit can make a kernel
// index out of range: that is the model's fault and comes back as an error
// too.
func (k kernel) run(c *call) (outputs []*value, err error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case failure:
			err = r.err
		case runtime.Error:
			err = fmt.Errorf("%w: shapes do not fit: %w", ErrOperand, r)
		default:
			panic(r)
		}
	}()
	return k(c), nil
}

// output is an output of the graph by name, nil if there is none.
func (p *program) output(name string) *onnxio.Value {
	for _, o := range p.graph.Outputs {
		if o.Name == name {
			return o
		}
	}
	return nil
}
