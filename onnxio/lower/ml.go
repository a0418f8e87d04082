package lower

import (
	"github.com/sharewise/sharewise/onnxio"
)

// Linear models and the preparation of features, of domain ai.onnx.ml, as
// exporters of scikit-learn write them. Their coefficients stand in attributes
// and become initializers.

// list is an attribute of floating-point numbers.
func (c *call) list(attr string) []float32 {
	if a := c.Attr(attr); a != nil {
		return a.Floats
	}
	return nil
}

// asFloat is input 0 as float32: these operators take any numbers.
func (c *call) asFloat() string {
	if c.dtype(0) == onnxio.Float32 {
		return c.in(0)
	}
	return c.op("Cast", []string{c.in(0)}, onnxio.IntAttr("to", int64(onnxio.Float32)))
}

// parameter is an initializer named after the node.
func (c *call) parameter(name string, v []float32, shape ...int64) string {
	node := c.Name
	if node == "" && len(c.Outputs) > 0 {
		node = c.Outputs[0]
	}
	return c.b.Initializer(onnxio.NewFloat32(node+"/"+name, shape, v))
}

// row is a constant of one dimension.
func (c *call) row(v []float32) string {
	return c.op("Constant", nil, onnxio.TensorAttr("value", onnxio.NewFloat32("", []int64{int64(len(v))}, v)))
}

// linear is X·Wᵀ + b with as many rows of coefficients as there are scores.
func (c *call) linear(scores int64) string {
	w, b := c.list("coefficients"), c.list("intercepts")
	if scores < 1 || len(w) == 0 || int64(len(w))%scores != 0 {
		keepf("%d coefficients for %d scores", len(w), scores)
	}
	inputs := []string{c.asFloat(), c.parameter("coefficients", w, scores, int64(len(w))/scores)}
	if len(b) > 0 {
		if int64(len(b)) != scores {
			keepf("%d intercepts for %d scores", len(b), scores)
		}
		inputs = append(inputs, c.parameter("intercepts", b, scores))
	}
	return c.op("Gemm", inputs, onnxio.IntAttr("transB", 1))
}

func linearRegressor(c *call) []string {
	y := c.linear(c.IntOr("targets", 1))
	if t := c.StringOr("post_transform", "NONE"); t != "NONE" {
		keepf("post_transform %s is not supported", t)
	}
	return []string{y}
}

// linearClassifier gives labels and scores. One row of coefficients serves two
// classes: the first has the score that the second lacks.
func linearClassifier(c *call) []string {
	labels := c.labels()
	n := labels.Shape[0]
	rows := n
	if b := c.list("intercepts"); n == 2 && len(b) == 1 {
		rows = 1
	}
	scores := c.linear(rows)
	transform := c.StringOr("post_transform", "NONE")
	switch transform {
	case "NONE":
		if rows < n {
			scores = c.concat(1, c.one("Neg", scores), scores)
		}
	case "LOGISTIC":
		if scores = c.one("Sigmoid", scores); rows < n {
			one := c.op("Constant", nil, onnxio.TensorAttr("value", onnxio.NewFloat32("", nil, []float32{1})))
			scores = c.concat(1, c.sub(one, scores), scores)
		}
	case "SOFTMAX":
		if rows < n {
			scores = c.concat(1, c.one("Neg", scores), scores)
		}
		scores = c.op("Softmax", []string{scores}, onnxio.IntAttr("axis", 1))
	default:
		keepf("post_transform %s is not supported", transform)
	}
	best := c.op("ArgMax", []string{scores}, onnxio.IntAttr("axis", 1), onnxio.IntAttr("keepdims", 0))
	all := c.op("Constant", nil, onnxio.TensorAttr("value", labels))
	return []string{c.op("Gather", []string{all, best}, onnxio.IntAttr("axis", 0)), scores}
}

// labels are those of a classifier, numbers or texts.
func (c *call) labels() *onnxio.Tensor {
	if a := c.Attr("classlabels_ints"); a != nil && len(a.Ints) > 0 {
		return onnxio.NewInt64("", []int64{int64(len(a.Ints))}, a.Ints)
	}
	a := c.Attr("classlabels_strings")
	if a == nil || len(a.Strings) == 0 {
		keepf("it has no labels")
	}
	return &onnxio.Tensor{Type: onnxio.String, Shape: []int64{int64(len(a.Strings))}, Strings: a.Strings}
}

// scaler is (X − offset)·scale, by feature or the same for all.
func scaler(c *call) []string {
	y := c.asFloat()
	if offset := c.list("offset"); len(offset) > 0 {
		y = c.sub(y, c.row(offset))
	}
	if scale := c.list("scale"); len(scale) > 0 {
		y = c.mul(y, c.row(scale))
	}
	return []string{c.identity(y)}
}

// identity is a value that the node computes itself.
func (c *call) identity(x string) string { return c.one("Identity", x) }

// normalizer divides rows by their norm, unless that is zero.
func normalizer(c *call) []string {
	x := c.asFloat()
	axes := []int64{1}
	var norm string
	switch kind := c.StringOr("norm", "MAX"); kind {
	case "L1":
		norm = c.op("ReduceL1", c.reducing(x, axes), c.reducedBy(axes)...)
	case "L2":
		norm = c.op("ReduceL2", c.reducing(x, axes), c.reducedBy(axes)...)
	case "MAX":
		norm = c.op("ReduceMax", c.reducing(x, axes), c.reducedBy(axes)...)
	default:
		keepf("norm %q is not known", kind)
	}
	zero, one := c.row([]float32{0}), c.row([]float32{1})
	return []string{c.one("Div", x, c.one("Where", c.one("Equal", norm, zero), one, norm))}
}

// arrayFeatureExtractor takes features by their places in the last dimension.
func arrayFeatureExtractor(c *call) []string {
	rank := len(c.anyShape(0))
	y := c.op("Gather", []string{c.in(0), c.reshape(c.in(1), -1)}, onnxio.IntAttr("axis", int64(rank-1)))
	if rank == 1 {
		y = c.unsqueeze(y, 0)
	}
	return []string{y}
}

// featureVectorizer puts features side by side.
func featureVectorizer(c *call) []string {
	var parts []string
	for i := range c.Inputs {
		x := c.in(i)
		if c.dtype(i) != onnxio.Float32 {
			x = c.op("Cast", []string{x}, onnxio.IntAttr("to", int64(onnxio.Float32)))
		}
		parts = append(parts, x)
	}
	return []string{c.identity(c.concat(1, parts...))}
}
