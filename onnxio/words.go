package onnxio

import (
	"fmt"
	"slices"
	"strings"
)

// words lists what the string attributes may say of which that is settled, by
// attribute, or by operator and attribute where operators differ. It joins what
// all versions of an operator know.
var words = map[string][]string{
	"approximate":                    {"none", "tanh"},
	"auto_pad":                       {"NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID", ""},
	"coordinate_transformation_mode": {"half_pixel", "half_pixel_symmetric", "pytorch_half_pixel", "align_corners", "asymmetric", "tf_half_pixel_for_nn", "tf_crop_and_resize"},
	"keep_aspect_ratio_policy":       {"stretch", "not_larger", "not_smaller"},
	"nearest_mode":                   {"round_prefer_floor", "round_prefer_ceil", "floor", "ceil"},
	"padding_mode":                   {"zeros", "border", "reflection"},
	"reduction":                      {"none", "mean", "sum", "add", "mul", "min", "max"},

	"BitShift.direction":                      {"LEFT", "RIGHT"},
	"DepthToSpace.mode":                       {"DCR", "CRD"},
	"GRU.direction":                           directions,
	"GridSample.mode":                         {"bilinear", "nearest", "bicubic", "linear", "cubic"},
	"LSTM.direction":                          directions,
	"NegativeLogLikelihoodLoss.reduction":     {"none", "mean", "sum"},
	"Pad.mode":                                {"constant", "reflect", "edge", "wrap"},
	"RNN.direction":                           directions,
	"Resize.mode":                             {"nearest", "linear", "cubic"},
	"RoiAlign.coordinate_transformation_mode": {"half_pixel", "output_half_pixel"},
	"RoiAlign.mode":                           {"avg", "max"},
	"ScatterElements.reduction":               {"none", "add", "mul", "min", "max"},
	"ScatterND.reduction":                     {"none", "add", "mul", "min", "max"},
	"SoftmaxCrossEntropyLoss.reduction":       {"none", "mean", "sum"},
	"TfIdfVectorizer.mode":                    {"TF", "IDF", "TFIDF"},
	"Upsample.mode":                           {"nearest", "linear", "cubic"},
}

// directions are those of recurrent operators.
var directions = []string{"forward", "reverse", "bidirectional"}

// checkWord verifies that a string attribute of a standard operator says
// something that the operator knows.
func checkWord(op string, a *Attribute) error {
	allowed, ok := words[op+"."+a.Name]
	if !ok {
		allowed = words[a.Name]
	}
	if a.Type != AttrString || a.Ref != "" || allowed == nil || slices.Contains(allowed, string(a.String)) {
		return nil
	}
	return fmt.Errorf("attribute %s: unknown value %q, need one of %s", a.Name, a.String, strings.TrimSuffix(strings.Join(allowed, ", "), ", "))
}
