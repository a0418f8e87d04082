// Package overview says what a model is: its inputs and outputs, what it costs by
// operator, and which of its parameters can be trained, with the reasons that
// keep the others from it.
package overview

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/autodiff"
	"github.com/sharewise/sharewise/onnxio/lower"
	"github.com/sharewise/sharewise/onnxio/training"
)

// Report is what there is to say of a model.
type Report struct {
	IRVersion        int64            `json:"ir_version"`
	Opsets           map[string]int64 `json:"opsets"`
	Producer         string           `json:"producer,omitempty"`
	Inputs           []Value          `json:"inputs"`
	Outputs          []Value          `json:"outputs"`
	Parameters       int64            `json:"parameters"`
	ParameterTensors int              `json:"parameter_tensors"`
	FLOPs            int64            `json:"flops"`
	FLOPsComplete    bool             `json:"flops_complete"`
	Operators        []Operator       `json:"operators"`
	Training         Training         `json:"training"`
	// Mended says what was wrong with the file and is set right in memory.
	Mended []string `json:"mended,omitempty"`
	// Cut is what was left out of a model, see [CutFrom]; the rest is about what is
	// left.
	Cut *Cut `json:"cut,omitempty"`
}

// Cut says what lies after the features of a trunk.
type Cut struct {
	What       string `json:"what"`
	Parameters int64  `json:"parameters"`
	FLOPs      int64  `json:"flops"`
}

// CutFrom compares a trunk with the whole model, lowered like the trunk. what names
// what was left out.
func CutFrom(whole *onnxio.Model, trunk *Report, what string) (*Cut, error) {
	lowered, _, err := lower.Model(whole)
	if err != nil {
		return nil, err
	}
	before, err := Of(lowered)
	if err != nil {
		return nil, err
	}
	return &Cut{what, max(0, before.Parameters-trunk.Parameters), max(0, before.FLOPs-trunk.FLOPs)}, nil
}

// Value is an input that holds data, or an output.
type Value struct {
	Name  string `json:"name"`
	Type  string `json:"type"`
	Shape string `json:"shape"`
}

// Operator adds up the nodes of one operator.
type Operator struct {
	Op         string `json:"op"`
	Nodes      int    `json:"nodes"`
	Parameters int64  `json:"parameters"`
	FLOPs      int64  `json:"flops"`
}

// Training says which parameters have gradients.
type Training struct {
	Trainable []string `json:"trainable"`
	Blocked   []string `json:"blocked"`
	Stuck     []string `json:"stuck"`
	Idle      []string `json:"idle"`
	Blocks    []Block  `json:"blocks,omitempty"`
	Stops     []Block  `json:"stops,omitempty"` // why the gradient of stuck ones is zero
	// Merged are parameters that train apart although the file has one
	// initializer for them and others.
	Merged []string `json:"merged,omitempty"`
	// Upgraded is the operator set that training rewrites an old model for.
	Upgraded int64 `json:"upgraded,omitempty"`
	// Refused says why the model as a whole cannot be trained.
	Refused string `json:"refused,omitempty"`

	elements int64 // of all parameters
}

// Block is one reason, with the parameters that it blocks.
type Block struct {
	Reason     string   `json:"reason"`
	Parameters []string `json:"parameters"`
}

// Of reports on a model whose shapes can be inferred.
func Of(m *onnxio.Model) (*Report, error) {
	values, err := onnxio.InferShapes(m)
	if err != nil {
		return nil, err
	}
	costs := onnxio.Costs(m, values, func(name string) bool { return hasInitRule(m, name) })
	total := onnxio.Totals(costs)
	r := &Report{
		IRVersion:     m.IRVersion,
		Opsets:        map[string]int64{},
		Producer:      strings.TrimSpace(m.Producer + " " + m.ProducerVersion),
		FLOPs:         total.FLOPs,
		FLOPsComplete: total.Exact,
		Parameters:    total.Params,
		Operators:     addUpOperators(m, costs),
		Training:      TrainingOf(m),
	}
	for _, o := range m.Opsets {
		r.Opsets[cmp.Or(o.Domain, "ai.onnx")] = o.Version
	}
	r.ParameterTensors = r.Training.Tensors()
	if r.Training.Refused != "" {
		r.ParameterTensors = countParameters(m)
	} else {
		r.Parameters = r.Training.elements
	}
	for _, v := range m.Graph.Inputs {
		if !hasInitRule(m, v.Name) && m.Graph.Initializer(v.Name) == nil {
			r.Inputs = append(r.Inputs, reportValue(v, values))
		}
	}
	for _, v := range m.Graph.Outputs {
		r.Outputs = append(r.Outputs, reportValue(v, values))
	}
	return r, nil
}

// hasInitRule reports whether an input is a parameter that training starts.
func hasInitRule(m *onnxio.Model, input string) bool {
	_, ok := m.Property(training.InitProperty + input)
	return ok
}

func reportValue(v *onnxio.Value, values map[string]*onnxio.Value) Value {
	if inferred := values[v.Name]; inferred != nil {
		v = inferred
	}
	return Value{v.Name, v.Type.String(), v.Shape.String()}
}

// addUpOperators lists operators by what they cost, then by name.
func addUpOperators(m *onnxio.Model, costs []onnxio.Cost) []Operator {
	byName := map[string]*Operator{}
	for i, n := range m.Graph.Nodes {
		op := byName[n.OpName()]
		if op == nil {
			op = &Operator{Op: n.OpName()}
			byName[op.Op] = op
		}
		op.Nodes++
		op.FLOPs += costs[i].FLOPs
		op.Parameters += costs[i].Params
	}
	list := make([]Operator, 0, len(byName))
	for _, op := range byName {
		list = append(list, *op)
	}
	slices.SortFunc(list, func(a, b Operator) int {
		return cmp.Or(cmp.Compare(b.FLOPs, a.FLOPs), cmp.Compare(a.Op, b.Op))
	})
	return list
}

// countParameters counts the tensors that a study could train.
func countParameters(m *onnxio.Model) int {
	n := 0
	for _, t := range m.Graph.Initializers {
		if t.Type.IsFloat() {
			n++
		}
	}
	for _, v := range m.Graph.Inputs {
		if hasInitRule(m, v.Name) {
			n++
		}
	}
	return n
}

// TrainingOf says what of a model can be trained.
func TrainingOf(m *onnxio.Model) Training {
	r := Training{Trainable: []string{}, Blocked: []string{}, Stuck: []string{}, Idle: []string{}}
	if v := m.Opset(""); v > 0 && v < lower.Opset {
		r.Upgraded = lower.Opset
	}
	parameters, err := autodiff.Trainability(withInitializers(m))
	if err != nil {
		r.Refused = err.Error()
		return r
	}
	merged, err := lower.Merged(m)
	if err != nil {
		r.Refused = err.Error()
		return r
	}
	blocks, stops := reasons{}, reasons{}
	for _, p := range parameters {
		if merged[p.Name] != "" {
			r.Merged = append(r.Merged, p.Name)
		}
		r.elements += int64((&onnxio.Tensor{Shape: p.Shape}).Len())
		switch p.Status {
		case autodiff.Trainable:
			r.Trainable = append(r.Trainable, p.Name)
		case autodiff.Blocked:
			r.Blocked = append(r.Blocked, p.Name)
		case autodiff.Stuck:
			r.Stuck = append(r.Stuck, p.Name)
			stops.add(p.Stop.Error(), p.Stop.Error(), p.Name)
		case autodiff.Idle:
			r.Idle = append(r.Idle, p.Name)
		}
		for _, err := range p.Blocks {
			blocks.add(cause(err), err.Error(), p.Name)
		}
	}
	r.Blocks, r.Stops = blocks.list, stops.list
	return r
}

// reasons lists what keeps parameters from being trained, each with the
// parameters that it is true of.
type reasons struct {
	list    []Block
	byCause map[string]int
}

// add adds a parameter to the reason of a cause.
func (r *reasons) add(cause, reason, parameter string) {
	i, ok := r.byCause[cause]
	if !ok {
		if r.byCause == nil {
			r.byCause = map[string]int{}
		}
		i = len(r.list)
		r.byCause[cause] = i
		r.list = append(r.list, Block{Reason: reason})
	}
	if b := &r.list[i]; !slices.Contains(b.Parameters, parameter) {
		b.Parameters = append(b.Parameters, parameter)
	}
}

// Tensors counts the parameters.
func (t Training) Tensors() int {
	return len(t.Trainable) + len(t.Blocked) + len(t.Stuck) + len(t.Idle)
}

// cause tells reasons apart: one node blocks all values that reach it for one.
func cause(err error) string {
	var missing *autodiff.NoRuleError
	if errors.As(err, &missing) {
		return fmt.Sprint(missing.Index, missing.Op, missing.Reason)
	}
	return err.Error()
}

// withInitializers returns a copy of m in which inputs that have an
// initialisation rule are initializers of zeros: Trainability looks at these.
func withInitializers(m *onnxio.Model) *onnxio.Model {
	c := m.Clone()
	c.Graph.Inputs = slices.DeleteFunc(c.Graph.Inputs, func(v *onnxio.Value) bool {
		dims, ok := v.Shape.Ints()
		if !ok || v.Type.Bits() < 8 || !hasInitRule(m, v.Name) || m.Graph.Initializer(v.Name) != nil {
			return false
		}
		t := &onnxio.Tensor{Name: v.Name, Type: v.Type, Shape: dims}
		t.Data = make([]byte, t.Len()*t.Type.Bits()/8)
		c.Graph.Initializers = append(c.Graph.Initializers, t)
		return true
	})
	return c
}
