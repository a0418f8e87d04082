package finetune

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/onnxio"
)

// tokenRole is what an input of an encoder of texts is for.
type tokenRole int

const (
	tokenIDs tokenRole = iota
	tokenMask
	tokenTypes
	tokenPlaces
)

// roleOf tells the role of an input by its name, as exporters of encoders give it.
func roleOf(name string) tokenRole {
	name = strings.ToLower(name)
	switch {
	case strings.Contains(name, "mask"):
		return tokenMask
	case strings.Contains(name, "type"), strings.Contains(name, "segment"):
		return tokenTypes
	case strings.Contains(name, "position"):
		return tokenPlaces
	}
	return tokenIDs
}

// hiddenNames are the usual names of the output that has a vector for every token.
var hiddenNames = []string{"last_hidden_state", "hidden_states", "token_embeddings"}

// Tokens makes of an encoder of texts, such as BERT, a model with one data input,
// the numbers of tokens as float32 [N, length], and one output [N, features]. Inputs
// of the encoder that say which tokens count (mask), which of two texts they are of
// (types) and where they stand (positions) are computed from these: tokens of the
// number padding do not count. Where the output has a vector for every token, their
// mean over those that count is taken. features names the output, or another value;
// empty takes the only one, or the one with a vector for every token. Models that
// take float32 come back as they are. Errors match ErrInput or ErrFeatures.
func Tokens(m *onnxio.Model, features string, length, padding int64) (encoder *onnxio.Model, done string, err error) {
	data := dataInputs(m)
	if len(data) == 0 || !slices.ContainsFunc(data, func(v *onnxio.Value) bool { return v.Type == onnxio.Int64 || v.Type == onnxio.Int32 }) {
		return m, "", nil
	}
	if features == "" {
		features = hiddenOutput(m)
	}
	if features != "" && features != Auto {
		if m, _, err = Cut(m, features); err != nil {
			return nil, "", err
		}
	}
	m = m.Clone()
	g := m.Graph
	g.Values = nil // declared shapes may leave open what is known now
	roles := map[tokenRole]*onnxio.Value{}
	var names []string
	for _, v := range dataInputs(m) {
		if v.Type != onnxio.Int64 && v.Type != onnxio.Int32 || len(v.Shape) != 2 {
			return nil, "", fmt.Errorf("finetune: %w: input %q is %v%v; an encoder of texts takes whole numbers [batch, length]", ErrInput, v.Name, v.Type, v.Shape)
		}
		if d := v.Shape[1]; d.Known() && d.Size != length {
			return nil, "", fmt.Errorf("finetune: %w: input %q takes texts of %d tokens, and input.text.length is %d", ErrInput, v.Name, d.Size, length)
		}
		role := roleOf(v.Name)
		if other := roles[role]; other != nil {
			return nil, "", fmt.Errorf("finetune: %w: inputs %q and %q seem to hold the same; export the encoder with input_ids, attention_mask and token_type_ids", ErrInput, other.Name, v.Name)
		}
		roles[role], names = v, append(names, v.Name)
	}
	ids := roles[tokenIDs]
	if ids == nil {
		return nil, "", fmt.Errorf("finetune: %w: no input for tokens among %q", ErrInput, names)
	}
	own := len(g.Nodes) // those that are made come after, and are put first
	b := onnxio.NewBuilder(g)
	x := &onnxio.Value{Name: b.Name("tokens"), Type: onnxio.Float32, Shape: onnxio.Shape{ids.Shape[0], {Size: length}}}
	give := func(to *onnxio.Value, value string, from onnxio.DataType) {
		op, attrs := "Identity", []*onnxio.Attribute(nil)
		if from != to.Type {
			op, attrs = "Cast", []*onnxio.Attribute{onnxio.IntAttr("to", int64(to.Type))}
		}
		g.Nodes = append(g.Nodes, &onnxio.Node{Name: b.Name(to.Name + "/made"), Op: op, Inputs: []string{value}, Outputs: []string{to.Name}, Attrs: attrs})
	}
	whole := b.Op("Cast", []string{x.Name}, onnxio.IntAttr("to", int64(onnxio.Int64)))
	give(ids, whole, onnxio.Int64)
	counts := b.Op("Cast", []string{b.Op("Not", []string{b.Op("Equal", []string{whole, b.Int64(padding)})})}, onnxio.IntAttr("to", int64(onnxio.Float32)))
	if v := roles[tokenMask]; v != nil {
		give(v, counts, onnxio.Float32)
	}
	nothing := ""
	if roles[tokenTypes] != nil || roles[tokenPlaces] != nil {
		nothing = b.Op("Mul", []string{whole, b.Int64(0)})
	}
	if v := roles[tokenTypes]; v != nil {
		give(v, nothing, onnxio.Int64)
	}
	if v := roles[tokenPlaces]; v != nil {
		places := make([]int64, length)
		for i := range places {
			places[i] = int64(i)
		}
		give(v, b.Op("Add", []string{nothing, b.Int64s(places...)}), onnxio.Int64)
	}
	g.Nodes = slices.Concat(g.Nodes[own:], g.Nodes[:own])
	g.Inputs = slices.DeleteFunc(g.Inputs, func(v *onnxio.Value) bool { return slices.Contains(names, v.Name) })
	g.Inputs = slices.Insert(g.Inputs, 0, x)
	done = fmt.Sprintf("tokens of texts make its inputs %s", strings.Join(names, ", "))
	if features == Auto {
		return m, done, nil
	}
	return pool(m, counts, done)
}

// hiddenOutput is the output to take where a model has several, "" for the only
// one.
func hiddenOutput(m *onnxio.Model) string {
	if len(m.Graph.Outputs) < 2 {
		return ""
	}
	for _, name := range hiddenNames {
		if m.Graph.Output(name) != nil {
			return name
		}
	}
	return m.Graph.Outputs[0].Name
}

// pool takes the mean over the tokens that count where the output has a vector for
// each. counts is float32 [N, length] of 0 and 1.
func pool(m *onnxio.Model, counts, done string) (*onnxio.Model, string, error) {
	g := m.Graph
	g.Outputs[0].Shape = nil
	values, err := onnxio.InferShapes(m)
	if err != nil {
		return nil, "", fmt.Errorf("finetune: %w", err)
	}
	out := g.Outputs[0]
	v := values[out.Name]
	if v == nil || len(v.Shape) != 3 {
		if v != nil {
			out.Shape = v.Shape
		}
		return m, done, nil
	}
	size := v.Shape[2]
	if !size.Known() {
		return nil, "", fmt.Errorf("finetune: %w: how many numbers %q has for a token is not known", ErrFeatures, out.Name)
	}
	b := onnxio.NewBuilder(g)
	sum := b.Op("MatMul", []string{b.Op("Unsqueeze", []string{counts, b.Int64s(1)}), out.Name})
	sum = b.Op("Squeeze", []string{sum, b.Int64s(1)})
	n := b.Op("ReduceSum", []string{counts, b.Int64s(1)}, onnxio.IntAttr("keepdims", 1))
	mean := b.Op("Div", []string{sum, b.Op("Max", []string{n, b.Float(1)})})
	g.Outputs = []*onnxio.Value{{Name: mean, Type: onnxio.Float32, Shape: onnxio.Shape{g.Inputs[0].Shape[0], size}}}
	return m, done + fmt.Sprintf("; its features are the mean of %s over the tokens of a text", out.Name), nil
}
