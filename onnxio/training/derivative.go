package training

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/lower"
)

// Derivative says what Differentiate differentiates by what.
type Derivative struct {
	// Model is any model whose inputs have fixed sizes, see FixInputs. First
	// dimensions that are open are taken to be 1.
	Model *onnxio.Model
	// Of names the values of the model whose elements are added up, or on whose
	// only one the loss is put. Empty means the model's only floating-point
	// output.
	Of []string
	// Wrt names what to differentiate by: inputs, initializers or intermediate
	// values.
	Wrt []string
	// Loss, if given, is put on the value, whose first dimension is the batch;
	// Name, Batch and Outputs of the Domain are found out. The mean over the
	// batch is differentiated.
	Loss *Domain
	// Cotangents makes the factors of the elements of every value in Of inputs,
	// where they are 1 otherwise: the one-hot row of a class gives the
	// gradient of that class. Not with Loss.
	Cotangents bool
}

// Differentiated is a model that also computes derivatives. All names are those
// in Graph, whose inputs come first from the model.
type Differentiated struct {
	Graph *onnxio.Model
	// Inputs are the model's own; those that have an initialisation rule are
	// parameters.
	Inputs []*onnxio.Value
	Params []*onnxio.Value
	// Loss is the domain of Derivative.Loss, with what was found out.
	Loss Domain
	// Target is the input of the loss; Losses [1] and SampleLosses [batch] are
	// its outputs. All are empty without a loss.
	Target, Losses, SampleLosses string
	// Cotangents are inputs, by value in Derivative.Of.
	Cotangents map[string]string
	// Outputs are the model's outputs and the values of Derivative.Of.
	Outputs []string
	// Gradients are outputs, by value in Derivative.Wrt, of its shape.
	Gradients map[string]string
}

// Differentiate returns a model that computes, beside its outputs, derivatives
// with respect to any of its values. Its weights stay what they are, and one that
// is used in several places has the derivative of all of them. Errors
// match ErrConfig or ErrTrunk or are those of package autodiff; a value that no
// gradient reaches is an error that names the node where it stops.
func Differentiate(cfg Derivative) (*Differentiated, error) {
	m := cfg.Model.Clone()
	for _, v := range dataInputs(m) {
		if len(v.Shape) > 0 && !v.Shape[0].Known() {
			v.Shape[0] = onnxio.Dim{Size: 1}
		}
	}
	m, kept, err := lower.Tied(m)
	if err != nil {
		return nil, fmt.Errorf("training: %w: %w", ErrTrunk, err)
	}
	inferenceMode(m.Graph)
	// Weights that are inputs too could be fed; here they are what they are.
	m.Graph.Inputs = slices.DeleteFunc(m.Graph.Inputs, func(v *onnxio.Value) bool { return m.Graph.Initializer(v.Name) != nil })
	m.IRVersion, m.Producer, m.ProducerVersion = irVersion(m.Opset("")), producer, ""
	g := &derivation{
		Derivative: cfg, kept: kept,
		draft: &draft{Builder: onnxio.NewBuilder(m.Graph), model: m, outputs: m.Graph.Outputs},
		out:   &Differentiated{Graph: m, Inputs: dataInputs(m), Params: ruledInputs(m), Cotangents: map[string]string{}, Gradients: map[string]string{}},
	}
	if err := g.run(); err != nil {
		return nil, err
	}
	return g.out, nil
}

// derivation is one call of Differentiate.
type derivation struct {
	Derivative
	*draft
	kept  []*onnxio.NodeError
	types map[string]*onnxio.Value
	out   *Differentiated
}

func (g *derivation) run() error {
	var err error
	if g.types, err = g.infer(); err != nil {
		return err
	}
	if err := g.check(); err != nil {
		return err
	}
	seeds, err := g.seeds()
	if err != nil {
		return err
	}
	for _, name := range g.Of {
		if !slices.ContainsFunc(g.outputs, func(v *onnxio.Value) bool { return v.Name == name }) {
			g.outputs = append(g.outputs, &onnxio.Value{Name: name, Type: g.types[name].Type, Shape: g.types[name].Shape})
		}
	}
	for _, v := range g.outputs {
		if t := g.types[v.Name]; t != nil {
			v.Shape = t.Shape
		}
	}
	g.out.Outputs = valueNames(g.outputs)
	if g.out.Losses != "" {
		batch := g.types[g.Of[0]].Shape[0]
		g.outputs = append(g.outputs,
			&onnxio.Value{Name: g.out.Losses, Type: onnxio.Float32, Shape: onnxio.Static(1)},
			&onnxio.Value{Name: g.out.SampleLosses, Type: onnxio.Float32, Shape: onnxio.Shape{batch}})
	}
	if g.types, err = g.infer(); err != nil {
		return err
	}
	forward := len(g.model.Graph.Nodes)
	grads, err := gradient(g.draft, g.types, seeds, g.Wrt, g.kept)
	if err != nil {
		return err
	}
	if err := g.stops(forward, grads); err != nil {
		return err
	}
	for _, w := range g.Wrt {
		name := g.OpNamed(g.Name("gradient/"+w), "Identity", []string{grads[w]})
		g.out.Gradients[w] = name
		g.outputs = append(g.outputs, &onnxio.Value{Name: name, Type: g.types[w].Type, Shape: g.types[w].Shape})
	}
	_, err = g.finish()
	return err
}

// check verifies that there is something to differentiate, and by what.
func (g *derivation) check() error {
	if len(g.Wrt) == 0 {
		return fmt.Errorf("training: %w: there is nothing to differentiate by", ErrConfig)
	}
	if len(g.Of) == 0 {
		value, err := onnxio.FloatOutput(g.model)
		if err != nil {
			return fmt.Errorf("training: %w: %w; name what to differentiate", ErrConfig, err)
		}
		g.Of = []string{value}
	}
	seen := map[string]bool{}
	for _, name := range slices.Concat(g.Of, g.Wrt) {
		v := g.types[name]
		if name == "" || v == nil {
			return g.unknown(name)
		}
		if !v.Type.IsFloat() {
			return fmt.Errorf("training: %w: %q is %v%v and has no derivative; choose a floating-point value", ErrConfig, name, v.Type, v.Shape)
		}
		if _, ok := v.Shape.Ints(); !ok {
			return valueError(g.model.Graph, name, "its shape is %v, but must be known: %w", v.Shape, obstacle(g.model.Graph, g.types, g.kept))
		}
	}
	for _, w := range g.Wrt {
		if seen[w] {
			return fmt.Errorf("training: %w: %q is named twice", ErrConfig, w)
		}
		seen[w] = true
	}
	return nil
}

// unknown says that the model has no value of a name, or had one that lowering
// took apart.
func (g *derivation) unknown(name string) error {
	var values []string
	for v, t := range g.types {
		if t.Type.IsFloat() {
			values = append(values, v)
		}
	}
	slices.Sort(values)
	return &UnknownNameError{What: "value", Name: name, Names: values}
}

// stops reports the first value that no gradient reaches. forward is the number
// of nodes that the graph had before the gradients, which have zeros for such
// values.
func (g *derivation) stops(forward int, grads map[string]string) error {
	stops, err := stopped(g.draft, forward, g.types, g.Of, grads, g.Wrt)
	switch {
	case err != nil:
		return err
	case len(stops) == 0:
		return nil
	case len(stops[0].At) == 0:
		return fmt.Errorf("training: %w: %s does not depend on %q", ErrConfig, strings.Join(g.Of, ", "), stops[0].Value)
	}
	return fmt.Errorf("training: %w: no gradient reaches %q: %w", ErrConfig, stops[0].Value, stops[0].At[0])
}

// inferenceMode makes batch normalisations use the statistics that are stored,
// where nothing else reads those of the batch, and keeps Dropout from dropping,
// whatever mode the model was exported in.
func inferenceMode(g *onnxio.Graph) {
	used := map[string]bool{}
	for _, n := range g.Nodes {
		for _, x := range n.Inputs {
			used[x] = true
		}
	}
	for _, v := range g.Outputs {
		used[v.Name] = true
	}
	for _, n := range g.Nodes {
		if n.OpName() == "Dropout" {
			keepAll(n)
			continue
		}
		if n.OpName() != "BatchNormalization" || slices.ContainsFunc(n.Outputs[1:], func(y string) bool { return used[y] }) {
			continue
		}
		n.Attrs = slices.DeleteFunc(n.Attrs, func(a *onnxio.Attribute) bool { return a.Name == "training_mode" })
		n.Outputs = n.Outputs[:1]
	}
}
