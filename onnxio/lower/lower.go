package lower

import (
	"errors"
	"fmt"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/reference"
)

// Opset is the version of ai.onnx that older models are upgraded to.
const Opset = 17

// MaxSteps is the number of steps up to which loops and recurrent operators
// are unrolled, and maxNodes the number of nodes up to which a graph may grow
// by that.
const (
	MaxSteps = 4096
	maxNodes = 1 << 18
)

// maxRounds bounds rewritings of what rewritings have left, such as an If in
// the body of a Loop.
const maxRounds = 64

// Model returns m lowered, and for every node of the table that was left as it
// is an [*onnxio.NodeError] that says why. m is not changed; tensors are shared
// with it. An error says that m as a whole is not valid or cannot be written
// in operator set 17.
func Model(m *onnxio.Model) (lowered *onnxio.Model, kept []*onnxio.NodeError, err error) {
	return lowerModel(m, false)
}

// Tied is Model for a model that is not to be trained: parameters that share an
// initializer go on sharing it, so that derivatives by it are those of the model
// as it is. See [Merged].
func Tied(m *onnxio.Model) (lowered *onnxio.Model, kept []*onnxio.NodeError, err error) {
	return lowerModel(m, true)
}

func lowerModel(m *onnxio.Model, tied bool) (*onnxio.Model, []*onnxio.NodeError, error) {
	l, err := begin(m)
	if err != nil {
		return nil, nil, err
	}
	l.tied = tied
	if err := l.run(); err != nil {
		return nil, nil, fmt.Errorf("lower: %w", err)
	}
	return l.model, l.kept, nil
}

func begin(m *onnxio.Model) (*lowering, error) {
	if m == nil || m.Graph == nil {
		return nil, fmt.Errorf("lower: %w: no graph", onnxio.ErrFormat)
	}
	m, _ = onnxio.Mend(onnxio.TrimInputs(m))
	l := &lowering{model: m.Clone(), own: map[string]bool{}}
	for _, t := range m.Graph.Initializers {
		l.own[t.Name] = true
	}
	return l, nil
}

// lowering is the state of one call of Model.
type lowering struct {
	model *onnxio.Model
	own   map[string]bool // initializers of the model as it was given
	tied  bool            // parameters that share an initializer stay together
	// inferred is what is known about the graph as the round found it.
	inferred *onnxio.Inferred
	kept     []*onnxio.NodeError
	changed  bool // since the model was last checked
}

func (l *lowering) run() error {
	if err := l.weights(); err != nil {
		return err
	}
	if !l.tied {
		l.untie()
	}
	for range maxRounds {
		rewritten, err := l.round()
		if err != nil {
			return err
		}
		if !rewritten {
			break
		}
	}
	l.fold()
	if !l.changed {
		return nil
	}
	return onnxio.Check(l.model)
}

// weights makes float32 initializers of the weights, wherever they stand, in an
// operator set that is new enough.
func (l *lowering) weights() error {
	if len(l.model.Functions) > 0 {
		if err := l.model.InlineFunctions(); err != nil {
			return err
		}
		l.changed = true
	}
	if err := l.toSingle(); err != nil {
		return err
	}
	if v := l.model.Opset(""); v > 0 && v < Opset {
		upgraded, err := onnxio.Upgrade(l.model, Opset)
		if err != nil {
			return err
		}
		l.model, l.changed = upgraded, true
	}
	l.promote()
	return nil
}

func (l *lowering) infer() (err error) {
	l.inferred, err = onnxio.Infer(l.model, reference.Evaluate)
	return err
}

// round rewrites every node of the table once.
func (l *lowering) round() (rewritten bool, err error) {
	if err := l.infer(); err != nil {
		return false, err
	}
	l.kept = nil
	g := l.model.Graph
	nodes := g.Nodes
	b := onnxio.NewBuilder(g)
	g.Nodes = nil
	memo := map[string][]string{}
	for i, n := range nodes {
		f, ok := find(n, l.model.Opset(n.Domain))
		if !ok {
			f = unknown(n)
		}
		if !ok && l.moves(n) {
			f = moved
		}
		if f == nil {
			g.Nodes = append(g.Nodes, n)
			continue
		}
		c := &call{Node: n, b: b, inferred: l.inferred, opset: l.model.Opset(""), given: nodes, memo: memo, first: len(g.Nodes)}
		switch fail := c.apply(f); {
		case fail == nil:
			rewritten = true
		case errors.Is(fail, errAsIs):
			g.Nodes = append(g.Nodes, n)
		default:
			g.Nodes = append(g.Nodes, n)
			l.kept = append(l.kept, &onnxio.NodeError{Graph: g.Name, Node: n.Name, Op: n.OpName(), Index: i, Err: fail})
		}
		if len(g.Nodes) > maxNodes {
			return false, &onnxio.NodeError{Graph: g.Name, Node: n.Name, Op: n.OpName(), Index: i,
				Err: fmt.Errorf("the graph has more than %d nodes once this one is unrolled", maxNodes)}
		}
	}
	l.changed = l.changed || rewritten
	return rewritten, nil
}
