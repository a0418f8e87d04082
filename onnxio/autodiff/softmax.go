package autodiff

import (
	"slices"

	"github.com/sharewise/sharewise/onnxio"
)

// softmax: y = eᵃ/Σeᵃ, da = y·(dy − Σ dy·y).
func softmax(c *call) string {
	axis := c.axis("axis", -1, c.rank())
	if dx, ok := c.softmaxGrad(axis); ok {
		return dx
	}
	return c.mul(c.y, c.sub(c.dy, c.sum(c.mul(c.dy, c.y), true, axis)))
}

// logSoftmax: y = a − ln Σeᵃ, da = dy − eʸ·Σ dy.
func logSoftmax(c *call) string {
	axis := c.axis("axis", -1, c.rank())
	return c.sub(c.dy, c.mul(c.exp(c.y), c.sum(c.dy, true, axis)))
}

// crossEntropyScores: the loss of sample i is −wᵢ·ln pᵢ[class i] with p the
// softmax of the scores, so ∂/∂scores = wᵢ·(p − onehot). If something depends
// on the second output, ln p, its cotangent comes as LogSoftmax has it.
func crossEntropyScores(c *call) string {
	var parts []string
	probability := func() string {
		if c.gives(1) {
			return c.exp(c.Outputs[1])
		}
		return c.op("Softmax", []string{c.a}, onnxio.IntAttr("axis", 1))
	}
	if c.dy != "" {
		parts = append(parts, c.mul(c.sub(probability(), c.oneHot()), c.lossWeight()))
	}
	if len(c.cotangents) > 1 && c.cotangents[1] != "" {
		d := c.cotangents[1]
		parts = append(parts, c.sub(d, c.mul(probability(), c.sum(d, true, 1))))
	}
	if len(parts) == 2 {
		return c.add(parts[0], parts[1])
	}
	return parts[0]
}

// logLikelihood: the loss of sample i is −wᵢ·a[class i].
func logLikelihood(c *call) string { return c.neg(c.mul(c.oneHot(), c.lossWeight())) }

// oneHot is 1 at the class of every sample, along axis 1 of the scores.
func (c *call) oneHot() string {
	onOff := onnxio.NewFloat32("", []int64{2}, []float32{0, 1})
	if c.elementType() == onnxio.Float64 {
		onOff = onnxio.NewFloat64("", []int64{2}, []float64{0, 1})
	}
	values := c.op("Constant", nil, onnxio.TensorAttr("value", onOff))
	depth := c.emitter.b.Int64(c.inShape(0)[1])
	return c.op("OneHot", []string{c.b, depth, values}, onnxio.IntAttr("axis", 1))
}

// lossWeight is what the loss of every sample is multiplied by in the
// objective, so shaped that it broadcasts to the scores: its weight times the
// cotangent, divided by the sum of the weights where the loss is a mean.
func (c *call) lossWeight() string {
	classes := c.inShape(1)
	column := slices.Insert(slices.Clone(classes), 1, 1)
	reduction := c.StringOr("reduction", "mean")
	weight := c.sampleWeight()
	if weight == "" && reduction == "mean" {
		return c.over(float64(product(classes)), c.dy)
	}
	if weight == "" && reduction == "sum" {
		return c.dy
	}
	if weight == "" {
		return c.reshape(c.dy, column...)
	}
	factor := c.mul(c.dy, weight)
	if reduction == "mean" {
		all := make([]int64, len(classes))
		for i := range all {
			all[i] = int64(i)
		}
		factor = c.div(factor, c.sum(weight, false, all...))
	}
	return c.reshape(factor, column...)
}

// sampleWeight is the weight of the class of every sample, zero for classes to
// be ignored; "" if all are 1.
func (c *call) sampleWeight() string {
	ignored := ""
	if a := c.Attr("ignore_index"); a != nil {
		index := c.emitter.b.Int64(a.Int)
		if v := c.types[c.b]; v != nil && v.Type != onnxio.Int64 {
			index = c.cast(index, v.Type)
		}
		ignored = c.equal(c.b, index)
	}
	weight := ""
	if c.has(2) {
		class := c.b
		if ignored != "" {
			// Whatever stands for an ignored class need not be a class.
			class = c.where(ignored, c.sub(c.b, c.b), c.b)
		}
		weight = c.op("Gather", []string{c.in(2), class})
	}
	switch {
	case ignored == "":
		return weight
	case weight == "":
		return c.where(ignored, c.k(0), c.expand(c.k(1), c.inShape(1)...))
	}
	return c.where(ignored, c.k(0), weight)
}
