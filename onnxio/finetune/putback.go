package finetune

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/lower"
)

// ErrPlace says that a model has no place for a tensor that was trained.
var ErrPlace = errors.New("no place in the model")

// Trained is a parameter, or a running statistic, of a model that was trained.
type Trained struct {
	// Source is the name in the model, as [training.Param] has it. Running
	// statistics that share a source were trained apart, and stand in the order of
	// their normalisations.
	Source string
	// Name is that of the tensor as it was trained, for messages and where the
	// model gets a tensor of its own for it.
	Name  string
	Shape []int64
	// Start and Values are its elements before and after.
	Start, Values []float32
	Statistic     bool
}

// PutBack returns a copy of a model with trained tensors in the place of its own:
// in its operator set, with its nodes, names and types. Elements go into
// initializers and Constant nodes; a parameter that an exporter merged with
// others behind an Identity node becomes an initializer of its name, and so do
// statistics that were shared. Tensors that did not change are not touched.
//
// m must be the model as its file has it. It is not changed. written counts the
// tensors. An error that matches ErrPlace names all tensors without a place, and
// why they have none: integers with a scale, attributes, functions, values beyond
// float16.
func PutBack(m *onnxio.Model, tensors []Trained) (restored *onnxio.Model, written int, err error) {
	p := &putting{model: m.Clone()}
	p.graph = newGraph(p.model)
	if p.merged, err = lower.Merged(m); err != nil {
		return nil, 0, fmt.Errorf("finetune: %w", err)
	}
	statistics := map[string][]Trained{}
	var order []string
	for _, t := range tensors {
		if changed(t) {
			p.separate(t.Source)
		}
		if t.Statistic {
			if statistics[t.Source] == nil {
				order = append(order, t.Source)
			}
			statistics[t.Source] = append(statistics[t.Source], t)
		}
	}
	// Statistics first: they may leave a tensor to a parameter.
	for _, source := range order {
		p.putStatistics(statistics[source])
	}
	for _, t := range tensors {
		if changed(t) && !t.Statistic {
			p.leave(t.Source)
			p.put(t)
		}
	}
	if len(p.refused) > 0 {
		return nil, 0, fmt.Errorf("finetune: %w for %s", ErrPlace, strings.Join(p.refused, "; "))
	}
	return p.model, p.written, nil
}

func changed(t Trained) bool {
	return !slices.EqualFunc(t.Start, t.Values, func(a, b float32) bool { return math.Float32bits(a) == math.Float32bits(b) })
}

// putting is one call of PutBack.
type putting struct {
	model   *onnxio.Model
	graph   *graph
	merged  map[string]string
	refused []string
	written int
}

func (p *putting) refuse(t Trained, format string, args ...any) {
	p.refused = append(p.refused, fmt.Sprintf("%q: %s", t.Name, fmt.Sprintf(format, args...)))
}

// put writes a tensor where the model has it.
func (p *putting) put(t Trained) {
	if own := p.tensor(t.Source); own != nil {
		p.fill(own, t)
		return
	}
	p.refuse(t, "%s", p.whyNot(t.Source))
}

// separate gives all parameters that were merged with one, by Identity nodes, an
// initializer each, with the elements that they have so far.
func (p *putting) separate(source string) {
	base := cmp.Or(p.merged[source], source)
	g := p.model.Graph
	for _, name := range slices.Sorted(maps.Keys(p.merged)) {
		n := p.graph.producer[name]
		if p.merged[name] != base || n == nil || n.OpName() != "Identity" || g.Initializer(name) != nil {
			continue
		}
		own := p.tensor(base)
		if own == nil {
			continue // put will say so
		}
		own = own.Clone()
		own.Name = name
		g.Initializers = append(g.Initializers, own)
		g.Nodes = slices.DeleteFunc(g.Nodes, func(other *onnxio.Node) bool { return other == n })
	}
}

// tensor is the initializer or constant of a name, nil if there is none.
func (p *putting) tensor(name string) *onnxio.Tensor {
	if t := p.model.Graph.Initializer(name); t != nil {
		return t
	}
	if constants := constantsOf(p.model.Graph, name); len(constants) == 1 {
		return constants[0]
	}
	return nil
}

// leave lets the normalisations that read a parameter as a statistic which does
// not train keep what they read.
func (p *putting) leave(source string) {
	b := onnxio.NewBuilder(p.model.Graph)
	for _, s := range p.slots(source) {
		own := p.tensor(source)
		if own == nil {
			return // put will say so
		}
		own = own.Clone()
		own.Name = b.Name(source)
		p.model.Graph.Initializers = append(p.model.Graph.Initializers, own)
		s.node.Inputs[s.input] = own.Name
	}
}

// add gives the model an initializer for a tensor, of the type of another one.
func (p *putting) add(t Trained, name, like string) {
	own := &onnxio.Tensor{Name: name, Type: onnxio.Float32, Shape: slices.Clone(t.Shape)}
	if other := p.tensor(like); other != nil {
		own.Type = other.Type
	}
	p.fill(own, t)
	p.model.Graph.Initializers = append(p.model.Graph.Initializers, own)
}

// fill writes elements in a tensor's own type.
func (p *putting) fill(own *onnxio.Tensor, t Trained) {
	if !slices.Equal(own.Shape, t.Shape) {
		p.refuse(t, "it has shape %v there, and was trained as %v", own.Shape, t.Shape)
		return
	}
	out, err := onnxio.NewFloats("", own.Type, t.Shape, t.Values)
	if err != nil {
		p.refuse(t, "%v", err)
		return
	}
	if i := slices.IndexFunc(t.Values, func(v float32) bool { return own.Type == onnxio.Float16 && math.Abs(float64(v)) >= 65520 }); i >= 0 {
		p.refuse(t, "element %d is %g, too large for %v", i, t.Values[i], own.Type)
		return
	}
	own.Data = out.Data
	p.written++
}

// putStatistics writes the running statistics that came from one tensor: into
// that if there is one of them, else into one for each normalisation.
func (p *putting) putStatistics(all []Trained) {
	if !slices.ContainsFunc(all, changed) {
		return
	}
	slots := p.slots(all[0].Source)
	if readers := newGraph(p.model).readers[all[0].Source]; len(all) == 1 && len(slots) == 1 && len(readers) == 1 {
		p.put(all[0])
		return
	}
	if len(slots) != len(all) {
		p.refuse(all[0], "%d normalisations share it, of which %d were trained; each needs statistics of its own", len(slots), len(all))
		return
	}
	b := onnxio.NewBuilder(p.model.Graph)
	for i, t := range all {
		name := b.Name(t.Name)
		p.add(t, name, t.Source)
		slots[i].node.Inputs[slots[i].input] = name
	}
}

// slot is an input of a node.
type slot struct {
	node  *onnxio.Node
	input int
}

// slots lists, in the order of the nodes, the inputs of batch normalisations that
// read a tensor as mean or variance, perhaps through Identity.
func (p *putting) slots(source string) (found []slot) {
	g := newGraph(p.model) // as it is by now
	for _, n := range p.model.Graph.Nodes {
		if n.OpName() != "BatchNormalization" {
			continue
		}
		for i := 3; i < min(5, len(n.Inputs)); i++ {
			name := n.Inputs[i]
			for from := g.producer[name]; from != nil && from.OpName() == "Identity" && name != source; from = g.producer[name] {
				name = from.Inputs[0]
			}
			if name == source {
				found = append(found, slot{n, i})
			}
		}
	}
	return found
}

// constantsOf lists the tensors of the Constant nodes, in subgraphs too, that
// compute a value of a name.
func constantsOf(g *onnxio.Graph, name string) (found []*onnxio.Tensor) {
	for _, n := range g.Nodes {
		if a := n.Attr("value"); n.OpName() == "Constant" && a != nil && a.Tensor != nil && slices.Contains(n.Outputs, name) {
			found = append(found, a.Tensor)
		}
		for _, sub := range n.Subgraphs() {
			found = append(found, constantsOf(sub, name)...)
		}
	}
	return found
}

// whyNot says why a model has no tensor of a name that could be written.
func (p *putting) whyNot(name string) string {
	n := p.graph.producer[name]
	switch {
	case p.model.Graph.Input(name) != nil:
		return "it is an input of the model, which holds no weights for it"
	case n != nil && strings.HasSuffix(n.OpName(), "DequantizeLinear"):
		return "it stands as integers with a scale; train the model before it is quantized"
	case n != nil:
		return fmt.Sprintf("node %q (%s) computes it; write the trained model to a file of its own", n.Name, n.OpName())
	case len(constantsOf(p.model.Graph, name)) > 1:
		return "several subgraphs have a constant of this name"
	}
	return "it stands in an attribute, a function or a subgraph, or as integers; write the trained model to a file of its own"
}
