package evaluate

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/training"
)

var (
	// ErrFit says that a model and a domain do not fit.
	ErrFit = errors.New("model does not fit the domain")
	// ErrInput says that the form must say which input takes samples, and what
	// others hold.
	ErrInput = errors.New("unclear input")
	// ErrOutput says that the form must say which output gives scores.
	ErrOutput = errors.New("unclear output")
)

// Form says how a model is used.
type Form struct {
	// Learned is the domain or whatever else the model learned, for messages.
	Learned string
	Task    dataset.TaskKind
	// Input and Output are names of values of the graph; Output may be any
	// value in it, so that heads and values before a last layer can be read.
	Input, Output string
	// Layout is how channels lie in the input.
	Layout Layout
	// Offset, Mean and Std scale raw inputs, (x - Offset - Mean) / Std, by channel
	// or by feature; empty they leave them as they are.
	Offset    []float64
	Mean, Std []float32
	// Rows, where not nil, transforms a row before it is scaled.
	Rows *dataset.RowTransform
	// Depth is the type of the pixels that Mean and Std are made for; "" is that
	// of the domain. Pixels of 8 and 16 bits are brought from one to the other.
	Depth dataset.Depth
	// Columns are the names of a table's numbers in the order of the inputs; nil
	// takes them as they come. Fill stands in for missing ones, nil for the mean.
	// After them comes, for each of Indicators, 1 where that column's number is
	// missing and else 0.
	Columns    []string
	Fill       []float64
	Indicators []string
	// Categories are the columns of words at the end of inputs.
	Categories []dataset.Category
	// Gives is what the output means.
	Gives Gives
	// Names are the classes, labels or targets of the outputs, in order. Of a
	// binary task with one output they are the negative and the positive class.
	Names []string
	// NamesFrom says where the order of Names comes from; empty stands for
	// FromCaller.
	NamesFrom NamesFrom
	// Outputs of a regression are value·TargetStd + TargetMean + TargetOffset in
	// the targets' own units; all empty where they are in these already.
	TargetOffset          []float64
	TargetMean, TargetStd []float32
	// Step is the distance of neighbouring numbers that a quantized output can
	// take, 0 for others: a probability of 0 counts as half of it.
	Step float64
	// Fixed maps each further input of the graph to the number that fills it.
	Fixed map[string]float64
}

// Gives is what the numbers of an output are.
type Gives string

// What an output can be. Values are those of a regression.
const (
	Scores           Gives = "scores" // logits
	Probabilities    Gives = "probabilities"
	LogProbabilities Gives = "log-probabilities"
	Values           Gives = "values"
)

// Layout is where the channels of a sample stand.
type Layout string

// The layouts. Samples of one dimension have no channels.
const (
	ChannelsFirst Layout = "first" // [batch, channels, height, width]
	ChannelsLast  Layout = "last"  // [batch, height, width, channels]
)

// FormOf reads from the metadata of a model trained here how the part that
// learned a domain is used.
func FormOf(m *onnxio.Model, domain string) (*Form, error) {
	about, err := DeploymentOf(m, domain)
	if err != nil {
		return nil, err
	}
	f := &Form{
		Learned: domain, Task: dataset.TaskKind(about.Task), Input: training.InputX, Output: training.OutputScores, Layout: ChannelsFirst,
		Columns: about.Columns, Fill: about.Fill, Indicators: about.Indicators,
		Offset: about.Offset, Mean: about.Mean, Std: about.Std, Rows: about.Rows, Depth: about.Depth, Categories: about.Categories,
		Gives: Scores, Names: about.Classes, NamesFrom: FromModel, TargetOffset: about.TargetOffset, TargetMean: about.TargetMean, TargetStd: about.TargetStd,
	}
	if f.Names == nil {
		f.Names = about.Targets
	}
	if f.Task == dataset.Regression {
		f.Gives = Values
	}
	if len(m.Graph.Outputs) > 1 {
		f.Output = training.ScoresName(domain)
	}
	return f, nil
}

// Guess is how a model from elsewhere may be used on a domain: with the
// domain's own scaling, and with classes or targets in the order that the model
// states, or else in the domain's, which is a guess unless the given form says
// NamesFrom FromStudy. What that form says otherwise is kept. An error names what
// it cannot tell.
func Guess(m *onnxio.Model, d *dataset.Domain, given Form) (*Form, error) {
	f := given
	f.Task = d.Task.Kind
	var err error
	if f.Input, err = sampleInput(m, d, f); err != nil {
		return nil, err
	}
	if f.Output, err = scoreOutput(m, f.Output); err != nil {
		return nil, err
	}
	if f.Gives == "" {
		f.Gives = gives(m.Graph, f.Output)
		if d.Task.Kind == dataset.Regression {
			f.Gives = Values
		}
	}
	if f.Gives == Probabilities {
		f.Step = stepOf(m.Graph, f.Output)
	}
	input := m.Graph.Input(f.Input)
	f.takeColumns(d, func(shape []int) bool { return layoutOf(input, shape) != "" })
	if f.Layout == "" {
		f.Layout = layoutOf(input, f.shapeOf(d))
	}
	if f.Names == nil {
		f.Names, f.NamesFrom = namesOf(d), cmp.Or(f.NamesFrom, FromData)
		own := namesIn(m, f.Output)
		if d.Task.Classes != nil && len(own) > 0 && !slices.ContainsFunc(f.Names, func(n string) bool { return !slices.Contains(own, n) }) {
			f.Names, f.NamesFrom = own, FromModel
		}
	}
	f.Categories = d.Categories
	return &f, nil
}

// namesOf are what a domain's outputs are called.
func namesOf(d *dataset.Domain) []string {
	if d.Task.Classes != nil {
		return d.Task.Classes
	}
	return d.Task.Targets
}

// scoreOutput finds the value of the graph that holds the scores behind a named
// output, or behind the only output if none is named.
func scoreOutput(m *onnxio.Model, name string) (string, error) {
	if name == "" && len(m.Graph.Outputs) == 1 {
		name = m.Graph.Outputs[0].Name
	}
	if name == "" {
		value, err := onnxio.FloatOutput(m)
		if err != nil {
			return "", fmt.Errorf("evaluate: %w: %w; name the one that gives the scores, or any value in the graph", ErrOutput, err)
		}
		return value, nil
	}
	if n := producer(m.Graph, name); n != nil && n.OpName() == "ai.onnx.ml.ZipMap" {
		return input(n, 0), nil
	}
	v := m.Graph.Output(name)
	if v == nil || v.Type.IsFloat() {
		return name, nil
	}
	if scale, _ := quantized(m.Graph, name); scale != "" {
		return name, nil
	}
	maker := producer(m.Graph, name)
	if maker != nil && (v.Type == onnxio.String || v.Type == onnxio.Int64) && labels(maker, name) {
		works, _ := onnxio.FloatOutputs(m)
		return "", fmt.Errorf("evaluate: %w: %q gives labels of %v, and not a score for each class; outputs that give scores: %q", ErrOutput, name, v.Type, works)
	}
	return name, nil
}

// labels reports whether an output of a node is a label of each sample.
func labels(n *onnxio.Node, output string) bool {
	return n.Op == "ArgMax" || n.Domain == "ai.onnx.ml" && len(n.Outputs) == 2 && n.Outputs[0] == output
}

// sampleInput finds the input that samples go to: the one whose value the
// caller does not fix.
func sampleInput(m *onnxio.Model, d *dataset.Domain, f Form) (string, error) {
	var open []*onnxio.Value
	for _, v := range m.Graph.Inputs {
		if _, fixed := f.Fixed[v.Name]; !fixed && m.Graph.Initializer(v.Name) == nil {
			open = append(open, v)
		}
	}
	for name := range f.Fixed {
		if m.Graph.Input(name) == nil {
			return "", fmt.Errorf("evaluate: the model has no input %q; there are %s", name, names(m.Graph.Inputs))
		}
	}
	switch {
	case f.Input != "" && m.Graph.Input(f.Input) == nil:
		return "", fmt.Errorf("evaluate: the model has no input %q; there are %s", f.Input, names(m.Graph.Inputs))
	case len(open) == 0:
		return "", errors.New("evaluate: the model has no input for samples")
	case f.Input != "" && len(open) > 1:
		open = slices.DeleteFunc(open, func(v *onnxio.Value) bool { return v.Name == f.Input })
		return "", fmt.Errorf("evaluate: %w: the model takes %s besides; fix their values", ErrInput, names(open))
	case f.Input != "":
		return f.Input, nil
	case len(open) == 1:
		return open[0].Name, nil
	}
	var fit []*onnxio.Value
	for _, v := range open {
		if layoutOf(v, d.Shape) != "" {
			fit = append(fit, v)
		}
	}
	if len(fit) != 1 {
		return "", fmt.Errorf("evaluate: %w: the model has %d inputs, %s; say which takes samples, and fix the values of the others", ErrInput, len(open), names(open))
	}
	open = slices.DeleteFunc(open, func(v *onnxio.Value) bool { return v == fit[0] })
	return "", fmt.Errorf("evaluate: %w: the model takes %s besides samples (%s); fix their values", ErrInput, names(open), fit[0].Name)
}

// layoutOf says how samples of a shape fit an input: "" where they do not. An
// input that takes as many numbers in another shape gets them in their order.
func layoutOf(v *onnxio.Value, shape []int) Layout {
	if v == nil || v.Shape == nil {
		return ChannelsFirst
	}
	if len(v.Shape) == 0 {
		return ""
	}
	own := v.Shape[1:]
	last := append(slices.Clone(shape[1:]), shape[0])
	switch {
	case matches(own, shape):
		return ChannelsFirst
	case len(shape) > 1 && matches(own, last):
		return ChannelsLast
	case shape[0] == 1 && matches(own, shape[1:]), matches(own, []int{product(shape)}):
		return ChannelsFirst
	}
	if sizes, ok := own.Ints(); ok {
		n := int64(1)
		for _, s := range sizes {
			n *= s
		}
		if n == int64(product(shape)) {
			return ChannelsFirst
		}
	}
	return ""
}

func matches(s onnxio.Shape, sizes []int) bool {
	return slices.EqualFunc(s, sizes, func(d onnxio.Dim, n int) bool { return !d.Known() || d.Size == int64(n) })
}

func product(sizes []int) int {
	n := 1
	for _, s := range sizes {
		n *= s
	}
	return n
}

func producer(g *onnxio.Graph, value string) *onnxio.Node {
	for _, n := range g.Nodes {
		if slices.Contains(n.Outputs, value) {
			return n
		}
	}
	return nil
}

func names(values []*onnxio.Value) string {
	var out []string
	for _, v := range values {
		out = append(out, fmt.Sprintf("%q", v.Name))
	}
	return strings.Join(out, ", ")
}
