package training

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/autodiff"
	"github.com/sharewise/sharewise/onnxio/lower"
)

// frozen is the rule of an initializer that is not trained.
const frozen = "frozen"

// What names begin with that were changed because they are ours, and names of
// what belongs to one domain.
const (
	trunkPrefix  = "trunk/"
	domainPrefix = "domain/"
)

// trunk is a forward model taken apart.
type trunk struct {
	name      string
	opsets    []onnxio.Opset
	nodes     []*onnxio.Node   // those that the features need
	constants []*onnxio.Tensor // initializers that are no parameters
	params    []Param
	renamed   map[string]string // parameters whose name is one of ours
	norms     map[*onnxio.Node]*norm
	data      []dataInput
	output    string              // name of the features
	rank      int                 // of the features
	shape     []int64             // of the features of a sample
	features  int64               // per sample
	bound     int64               // batch that the model works for, 0 if any
	unbatched error               // why, if it is bound
	unfreed   error               // why it could not be freed of the rows that it was exported for
	kept      []*onnxio.NodeError // why nodes were not lowered
	adapters  []*adapter          // in the order of the layers; none unless domains have some
	adapted   map[*onnxio.Node]*adapter
}

// dataInput is an input of the trunk that is no parameter.
type dataInput struct {
	source string // its name in the trunk
	name   string // and in the emitted graphs
	dtype  onnxio.DataType
	sample []int64 // shape without the batch
	batch  int64   // first dimension as it is declared, 0 if that is open
}

// readTrunk takes a model apart and verifies that it can be a trunk. Where it
// declares any number of rows and works for none but one inside, it is taken as
// exported for that.
func readTrunk(cfg Config) (*trunk, error) {
	t, err := readDeclared(cfg)
	if err == nil && t.bound == 0 || cfg.Trunk == nil || cfg.Trunk.Graph == nil || !openRows(cfg.Trunk) {
		return t, err
	}
	for _, rows := range rowsInside(cfg.Trunk) {
		fixed := cfg
		fixed.Trunk = withRows(cfg.Trunk, rows)
		if t, err := readDeclared(fixed); err == nil && t.bound == 0 {
			return t, nil
		}
	}
	return t, err
}

// readDeclared is readTrunk for the rows that the model declares.
func readDeclared(cfg Config) (*trunk, error) {
	m, kept, err := lower.Model(cfg.Trunk)
	if err != nil {
		return nil, fmt.Errorf("training: %w: %w", ErrTrunk, err)
	}
	t := &trunk{
		name: m.Graph.Name, renamed: map[string]string{},
		norms: map[*onnxio.Node]*norm{}, output: cfg.Features, kept: kept,
	}
	if t.output == "" {
		if len(m.Graph.Outputs) == 1 {
			t.output = m.Graph.Outputs[0].Name
		} else if t.output, err = onnxio.FloatOutput(m); err != nil {
			return nil, fmt.Errorf("training: %w: %w; name the value that the loss or a head goes on", ErrTrunk, err)
		}
	}
	m, t.unfreed = freed(m, t.output)
	t.opsets = slices.Clone(m.Opsets)
	if err := t.readNodes(m, cfg.BatchNorm); err != nil {
		return nil, err
	}
	if err := t.readInputs(m, cfg.OwnInputs); err != nil {
		return nil, err
	}
	if err := t.readInitializers(m); err != nil {
		return nil, err
	}
	if len(t.params) == 0 {
		return nil, fmt.Errorf("training: %w: there are no parameters below %q: its nodes have no weights of floating point", ErrTrunk, t.output)
	}
	t.freezeMarked(m)
	if err := t.freeze(cfg.Freeze); err != nil {
		return nil, err
	}
	t.nameStatistics()
	return t, t.findFeatures(cfg.OwnInputs)
}

func valueError(g *onnxio.Graph, name, format string, args ...any) error {
	return fmt.Errorf("training: %w: %w", ErrTrunk, &onnxio.ValueError{Graph: g.Name, Value: name, Err: fmt.Errorf(format, args...)})
}

func nodeError(g *onnxio.Graph, i int, text string) error {
	n := g.Nodes[i]
	return fmt.Errorf("training: %w: %w", ErrTrunk, &onnxio.NodeError{Graph: g.Name, Node: n.Name, Op: n.OpName(), Index: i, Err: errors.New(text)})
}

// readNodes keeps the nodes that the features need.
func (t *trunk) readNodes(m *onnxio.Model, mode BatchNorm) error {
	g := m.Graph
	needed := map[string]bool{t.output: true}
	for i, n := range slices.Backward(g.Nodes) {
		if !slices.ContainsFunc(n.Outputs, func(o string) bool { return o != "" && needed[o] }) {
			continue
		}
		for _, a := range n.Attrs {
			if a.Graph != nil || len(a.Graphs) > 0 {
				why := "control flow is not supported"
				if k := keptReason(t.kept, n); k != nil {
					why = fmt.Sprintf("it cannot be unrolled or decided: %v", k.Err)
				}
				return nodeError(g, i, why)
			}
		}
		if n.OpName() == "BatchNormalization" {
			for _, o := range n.Outputs[1:] {
				if o != "" && needed[o] {
					return nodeError(g, i, fmt.Sprintf("its statistics %q are used, which is not supported", o))
				}
			}
			var err error
			if n, err = t.readNorm(m, i, mode); err != nil {
				return err
			}
		}
		for _, name := range n.Inputs {
			needed[name] = true
		}
		t.nodes = append(t.nodes, n)
	}
	if len(t.nodes) == 0 {
		var values []string
		for _, n := range g.Nodes {
			values = append(values, n.Outputs...)
		}
		return &UnknownNameError{What: "value", Name: t.output, Names: values}
	}
	slices.Reverse(t.nodes)
	return nil
}

// uses reports whether a node that was kept reads a value.
func (t *trunk) uses(name string) bool {
	return slices.ContainsFunc(t.nodes, func(n *onnxio.Node) bool { return slices.Contains(n.Inputs, name) })
}

// readInputs tells data inputs from parameters. own says that data inputs may
// be several, and of any type.
func (t *trunk) readInputs(m *onnxio.Model, own bool) error {
	var data []*onnxio.Value
	for _, v := range m.Graph.Inputs {
		rule, ok := m.Property(InitProperty + v.Name)
		switch {
		case m.Graph.Initializer(v.Name) != nil || !t.uses(v.Name):
		case ok:
			if err := t.inputParam(m.Graph, v, rule); err != nil {
				return err
			}
		default:
			data = append(data, v)
		}
	}
	if len(data) == 0 {
		return valueError(m.Graph, t.output, "it depends on no data input (an input that is a parameter has its rule in the metadata under %s<name>)", InitProperty)
	}
	if len(data) > 1 && !own {
		var names []string
		for _, v := range data {
			names = append(names, v.Name)
		}
		return fmt.Errorf("training: %w: the features need %d data inputs %q, not one (an input that is a parameter has its rule in the metadata under %s<name>)", ErrTrunk, len(data), names, InitProperty)
	}
	for _, x := range data {
		if x.Type != onnxio.Float32 && !own {
			return valueError(m.Graph, x.Name, "the data input is %[1]v, and samples are %[2]v; export the model for %[2]v (model gradient trains models of any inputs)", x.Type, onnxio.Float32)
		}
		if len(x.Shape) < 1 {
			return valueError(m.Graph, x.Name, "the data input has shape %v; the first dimension must be the batch", x.Shape)
		}
		sample, ok := x.Shape[1:].Ints()
		if !ok || size(sample) < 1 {
			return valueError(m.Graph, x.Name, "the data input has shape %v; all dimensions but the first must be known", x.Shape)
		}
		in := dataInput{source: x.Name, name: InputX, dtype: x.Type, sample: sample}
		if own && x.Name != InputX {
			in.name = t.paramName(x.Name)
		}
		if x.Shape[0].Known() {
			in.batch = x.Shape[0].Size
		}
		t.data = append(t.data, in)
	}
	return nil
}

// inputs names the data inputs of the emitted graphs.
func (t *trunk) inputs() []string {
	names := make([]string, len(t.data))
	for i, in := range t.data {
		names[i] = in.name
	}
	return names
}

func (t *trunk) inputParam(g *onnxio.Graph, v *onnxio.Value, rule string) error {
	shape, ok := v.Shape.Ints()
	if v.Type != onnxio.Float32 || !ok || size(shape) < 1 {
		return valueError(g, v.Name, "a parameter must be %v of known shape, not %v%v", onnxio.Float32, v.Type, v.Shape)
	}
	init, err := ParseInit(rule)
	if err != nil {
		return valueError(g, v.Name, "%w", err)
	}
	if init.Rule == "value" {
		return valueError(g, v.Name, "%w: rule value is for initializers", ErrInit)
	}
	t.params = append(t.params, Param{Name: t.paramName(v.Name), Source: v.Name, Shape: shape, Init: init})
	return nil
}

// readInitializers tells parameters from constants.
func (t *trunk) readInitializers(m *onnxio.Model) error {
	settings := autodiff.Settings(t.nodes)
	for _, c := range m.Graph.Initializers {
		rule, ok := m.Property(InitProperty + c.Name)
		switch {
		case !t.uses(c.Name):
			continue
		case !ok && (c.Type != onnxio.Float32 || len(c.Shape) == 0 || settings[c.Name]), rule == frozen:
			t.constants = append(t.constants, c)
			continue
		case c.Type != onnxio.Float32:
			return valueError(m.Graph, c.Name, "a parameter must be %v, not %v; give it the rule %q", onnxio.Float32, c.Type, frozen)
		}
		p := Param{Name: t.paramName(c.Name), Source: c.Name, Shape: slices.Clone(c.Shape), Init: Init{Rule: "value"}}
		var err error
		if ok {
			if p.Init, err = ParseInit(rule); err != nil {
				return valueError(m.Graph, c.Name, "%w", err)
			}
		}
		if p.Init.Rule == "value" {
			if p.Value, err = c.Float32(); err != nil {
				return valueError(m.Graph, c.Name, "%w", err)
			}
			if i := slices.IndexFunc(p.Value, func(v float32) bool { return v != v }); i >= 0 {
				return valueError(m.Graph, c.Name, "element %d of %d %w, from which nothing can train; take an earlier state of the model, or start its weights anew (model.init)", i, len(p.Value), ErrNaN)
			}
		}
		t.params = append(t.params, p)
	}
	return nil
}

// paramName is a parameter's name in the emitted graphs: its own, unless that
// is one of theirs.
func (t *trunk) paramName(name string) string {
	if !reserved(name) {
		return name
	}
	t.renamed[name] = trunkPrefix + name
	return t.renamed[name]
}

// reserved reports whether a name has a meaning in the emitted graphs.
func reserved(name string) bool {
	switch name {
	case InputX, InputWeights, InputRate, InputStep, OutputLosses, OutputSampleLosses, OutputGradNorm,
		OutputGram, OutputPrediction, OutputConfidence, OutputCorrect, OutputScores:
		return true
	}
	return slices.ContainsFunc([]string{TargetName(""), NextName(""), headPrefix, statePrefix, domainPrefix, trunkPrefix},
		func(prefix string) bool { return strings.HasPrefix(name, prefix) })
}

// obstacle is the first node whose result has no known type or shape, with the
// reason if package lower gave one.
func obstacle(g *onnxio.Graph, types map[string]*onnxio.Value, kept []*onnxio.NodeError) error {
	for i, n := range g.Nodes {
		known := func(y string) bool {
			v := types[y]
			if v == nil || v.Type == onnxio.Undefined {
				return false
			}
			_, ok := v.Shape.Ints()
			return ok
		}
		if !slices.ContainsFunc(n.Outputs, func(y string) bool { return y != "" && !known(y) }) {
			continue
		}
		if k := keptReason(kept, n); k != nil {
			return k
		}
		why := "its result has no shape that is known before the graph runs"
		if n.Domain != "" && n.Domain != "ai.onnx" {
			why = fmt.Sprintf("this operator of the set %q is not known here, and so neither is the shape of its result", n.Domain)
		}
		return &onnxio.NodeError{Graph: g.Name, Node: n.Name, Op: n.OpName(), Index: i, Err: errors.New(why)}
	}
	return errors.New("no node computes it")
}

// keptReason is why a node was not lowered, nil if that is not known.
func keptReason(kept []*onnxio.NodeError, n *onnxio.Node) *onnxio.NodeError {
	i := slices.IndexFunc(kept, func(k *onnxio.NodeError) bool { return k.Node == n.Name && k.Op == n.OpName() })
	if i < 0 {
		return nil
	}
	return kept[i]
}

// findFeatures finds the number of features and verifies that the first dimension
// of the features is the batch, by laying the trunk for two batch sizes. A model
// that works for its declared batch only is bound to that if own inputs are
// allowed.
func (t *trunk) findFeatures(own bool) error {
	var err error
	for _, batch := range []int64{2, 3} {
		if err = t.featuresAt(batch); err != nil {
			break
		}
	}
	if err == nil {
		return nil
	}
	if t.unfreed != nil {
		err = fmt.Errorf("training: %w: %w", ErrTrunk, t.unfreed)
	}
	bound := max(t.data[0].batch, 1)
	switch alone := t.featuresAt(bound); {
	case alone == nil && own:
		t.bound, t.unbatched = bound, err
		return nil
	case alone == nil && t.unfreed != nil:
		return fmt.Errorf("training: %w: the model works for %d rows at a time and no others, and training takes other numbers of them too: %w", ErrTrunk, bound, t.unfreed)
	case alone != nil && own && t.data[0].batch > 0:
		return alone // it does not work for the rows that it takes either
	}
	return err
}

func (t *trunk) featuresAt(batch int64) error {
	d := newDraft(t.name, t.opsets)
	d.declareTrunk(t, onnxio.Dim{Size: batch}, t.buffers(""))
	features := t.lay(d, t.inputs(), statistics{})
	types, err := onnxio.InferShapes(d.model)
	if err != nil {
		return fmt.Errorf("training: %w: for a batch of %d: %w (if a batch size is fixed inside the model, export it with a dynamic batch dimension)", ErrTrunk, batch, err)
	}
	v := types[features]
	g := &onnxio.Graph{Name: t.name}
	if v == nil || v.Type == onnxio.Undefined {
		return valueError(g, t.output, "type and shape of the features cannot be worked out: %w", obstacle(d.model.Graph, types, t.kept))
	}
	if v.Type != onnxio.Float32 {
		return valueError(g, t.output, "the features are %v, not %v; name a value before it", v.Type, onnxio.Float32)
	}
	shape, ok := v.Shape.Ints()
	if !ok {
		return valueError(g, t.output, "the features have shape %v for a batch of %d, which must be known: %w", v.Shape, batch, obstacle(d.model.Graph, types, t.kept))
	}
	if len(shape) < 2 || size(shape) < 1 {
		return valueError(g, t.output, "the features have shape %v for a batch of %d; they must have at least two dimensions; name a value before it", v.Shape, batch)
	}
	if shape[0] != batch {
		return valueError(g, t.output, "the features have shape %v for a batch of %d; the first dimension must be the batch (export the model with a dynamic batch dimension)", v.Shape, batch)
	}
	if err := d.countNormed(types, batch); err != nil {
		return err
	}
	t.rank, t.shape, t.features = len(shape), shape[1:], size(shape[1:])
	return nil
}
