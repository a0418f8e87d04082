package onnxio

import (
	"fmt"
	"strings"
)

// FloatOutputs lists the values of floating point that a model gives, in the
// order of its outputs: outputs that are such tensors, and in the place of the
// maps that ZipMap makes, with which converters of scikit-learn end classifiers,
// what goes into it. others describes the remaining outputs: class labels, and
// what is no tensor.
func FloatOutputs(m *Model) (values, others []string) {
	makers := map[string]*Node{}
	for _, n := range m.Graph.Nodes {
		for _, y := range n.Outputs {
			makers[y] = n
		}
	}
	for _, v := range m.Graph.Outputs {
		n := makers[v.Name]
		switch {
		case n != nil && n.OpName() == "ai.onnx.ml.ZipMap" && len(n.Inputs) > 0:
			values = append(values, n.Inputs[0])
		case v.Type.IsFloat(), v.Type == Undefined && v.rest.GetType().GetValue() == nil:
			values = append(values, v.Name)
		case v.Type == Undefined:
			others = append(others, fmt.Sprintf("%q, which is no tensor", v.Name))
		default:
			others = append(others, fmt.Sprintf("%q of %v", v.Name, v.Type))
		}
	}
	return values, others
}

// OutputError says that it is not clear which output of a model is meant.
type OutputError struct {
	Values []string // those that may be meant
	Others []string // descriptions of those that are not
}

func (e *OutputError) Error() string {
	text := "no output is of floating point"
	if len(e.Values) > 0 {
		text = fmt.Sprintf("there are %d outputs of floating point, %q", len(e.Values), e.Values)
	}
	if len(e.Others) > 0 {
		text += "; others are " + strings.Join(e.Others, ", ")
	}
	return text
}

// FloatOutput is the only value of [FloatOutputs]. The error is an
// [*OutputError] that names those that could be meant and those that could not.
func FloatOutput(m *Model) (string, error) {
	values, others := FloatOutputs(m)
	if len(values) != 1 {
		return "", &OutputError{values, others}
	}
	return values[0], nil
}
