package lower_test

import (
	"strings"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/lower"
)

func mlSamples() []sample {
	x := of(3, 4)
	whole := operand{shape: []int64{3, 4}, longs: []int64{1, -2, 3, 0, 5, 7, -1, 0, 0, 0, 0, 0}}
	w := floatsA("coefficients", 0.3, -0.2, 0.5, 1, -0.7, 0.1, 0.4, -0.3, 0.2, 0.2, -0.6, 0.9)
	one := floatsA("coefficients", 0.3, -0.2, 0.5, 1)
	three, two := intsA("classlabels_ints", 5, 7, 9), intsA("classlabels_ints", 0, 1)
	b := floatsA("intercepts", 0.1, -0.2, 0.3)
	all := []sample{
		{about: "three targets", op: "LinearRegressor", in: []operand{x}, attrs: attrs(w, b, intA("targets", 3))},
		{about: "one target, no intercept", op: "LinearRegressor", in: []operand{x}, attrs: attrs(one)},
		{about: "whole numbers", op: "LinearRegressor", in: []operand{whole}, attrs: attrs(one, floatsA("intercepts", 1)), foreign: true},
		{about: "logarithm of odds", op: "LinearRegressor", in: []operand{x}, attrs: attrs(one, stringA("post_transform", "PROBIT")), kept: "PROBIT"},
		{about: "softmax", op: "LinearClassifier", in: []operand{x}, attrs: attrs(w, b, three, stringA("post_transform", "SOFTMAX")), outputs: 2},
		{about: "scores", op: "LinearClassifier", in: []operand{x}, attrs: attrs(w, b, three), outputs: 2},
		{about: "logistic", op: "LinearClassifier", in: []operand{x}, attrs: attrs(w, b, three, stringA("post_transform", "LOGISTIC")), outputs: 2},
		{about: "logistic of two rows", op: "LinearClassifier", in: []operand{x}, attrs: attrs(floatsA("coefficients", -0.3, 0.2, -0.5, -1, 0.3, -0.2, 0.5, 1), floatsA("intercepts", -0.2, 0.2), two, stringA("post_transform", "LOGISTIC"), intA("multi_class", 1)), outputs: 2},
		{about: "by feature", op: "Scaler", in: []operand{x}, attrs: attrs(floatsA("offset", 1, 2, 3, 4), floatsA("scale", 0.1, 0.2, 0.3, 0.4))},
		{about: "whole numbers", op: "Scaler", in: []operand{whole}, attrs: attrs(floatsA("offset", 1), floatsA("scale", 0.1))},
		{about: "L1", op: "Normalizer", in: []operand{whole}, attrs: attrs(stringA("norm", "L1"))},
		{about: "L2", op: "Normalizer", in: []operand{x}, attrs: attrs(stringA("norm", "L2"))},
		{about: "MAX", op: "Normalizer", in: []operand{x}, attrs: attrs(stringA("norm", "MAX"))},
		{about: "columns", op: "ArrayFeatureExtractor", in: []operand{x, {shape: []int64{2}, longs: []int64{3, 1}, fixed: true}}},
		{about: "two", op: "FeatureVectorizer", in: []operand{x, of(3, 2)}, attrs: attrs(intsA("inputdimensions", 4, 2))},
		{about: "trees", op: "TreeEnsembleRegressor", in: []operand{x}, kept: "choose an output before it"},
	}
	for i := range all {
		all[i].domain = "ai.onnx.ml"
	}
	return all
}

// TestRefusals: operators without gradient say what to do.
func TestRefusals(t *testing.T) {
	for op, why := range map[string]string{
		"com.microsoft.GroupQueryAttention": "without a cache",
		"com.microsoft.NhwcConv":            "channels come last",
		"com.microsoft.Anything":            "before ONNX Runtime's optimizer",
		"com.microsoft.nchwc.Conv":          "ORT_ENABLE_EXTENDED",
		"org.pytorch.aten.ATen":             "did not translate",
		"somebody.Else":                     "",
	} {
		at := strings.LastIndex(op, ".")
		n := node(op[at+1:], "x", "y")
		n.Domain = op[:at]
		m := graph(n)
		m.Opsets = append(m.Opsets, onnxio.Opset{Domain: n.Domain, Version: 1})
		_, kept, err := lower.Model(m)
		switch {
		case err != nil:
			t.Error(err)
		case why == "" && len(kept) > 0:
			t.Errorf("%s: %v", op, kept[0])
		case why != "" && (len(kept) != 1 || !strings.Contains(kept[0].Error(), why)):
			t.Errorf("%s: kept %v, want %q", op, kept, why)
		}
	}
}
