package training

import (
	"math"

	"github.com/sharewise/sharewise/onnxio"
)

const headPrefix = "head/"

// HeadWeight is the name of a head's weight, [outputs, features].
func HeadWeight(domain string) string { return headPrefix + domain + "/weight" }

// HeadBias is the name of a head's bias, [outputs].
func HeadBias(domain string) string { return headPrefix + domain + "/bias" }

// head is the layer and loss of one domain.
type head struct {
	Domain
	rule   lossRule
	params []Param
}

// newHead returns a head for a number of features. Its parameters start as
// those of PyTorch's Linear, uniform within ±1/√features.
func newHead(d Domain, features int64) head {
	init := Init{Rule: "uniform", Scale: 1 / math.Sqrt(float64(features))}
	outputs := int64(d.Outputs)
	return head{Domain: d, rule: losses[d.Loss], params: []Param{
		{Name: HeadWeight(d.Name), Shape: []int64{outputs, features}, Init: init, Domain: d.Name},
		{Name: HeadBias(d.Name), Shape: []int64{outputs}, Init: init, Domain: d.Name},
	}}
}

// target declares the head's target input.
func (h *head) target(d *draft, batch onnxio.Dim) string {
	dt, shape := h.rule.target(batch, h.Outputs)
	return d.input(TargetName(h.Name), dt, shape)
}

// scores appends the linear layer, under the name out unless that is empty.
func (h *head) scores(d *draft, out, features string) string {
	inputs := []string{features, HeadWeight(h.Name), HeadBias(h.Name)}
	return d.op(out, "Gemm", inputs, onnxio.IntAttr("transB", 1))
}

// samples appends the losses of samples.
func (h *head) samples(d *draft, out, scores, target string) (name, shared string) {
	return h.rule.samples(d, out, scores, target, h.Outputs)
}

// cotangent appends the derivative of coefficient times the mean loss, over
// factor, with respect to the scores.
func (h *head) cotangent(d *draft, shared, target, coefficient string) string {
	return h.rule.cotangent(d, shared, target, coefficient, h.Outputs)
}

// factor is the constant part of that derivative.
func (h *head) factor() float32 { return float32(h.rule.factor(h.Batch, h.Outputs)) }
