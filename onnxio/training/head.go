package training

import (
	"fmt"
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
	dense  *dense // with Domain.ClassAxis
	params []Param
	// adapters are those of params that belong to layers of the trunk.
	adapters []Param
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

// layer are the parameters of the head itself, without those of adapters.
func (h *head) layer() []Param { return h.params[:len(h.params)-len(h.adapters)] }

// head is the head of a model that is trained as a whole: no parameters, and
// scores that are what the model gives out.
func (t *trunk) head(d Domain) (head, error) {
	h := head{rule: losses[d.Loss]}
	outputs := t.features
	switch {
	case d.ClassAxis != 0:
		x, err := newDense(d, t.shape)
		if err != nil {
			return head{}, err
		}
		h.dense, h.rule, outputs = x, x.rule(), x.classes()
	case d.Loss == CrossEntropy && t.rank > 2:
		return head{}, fmt.Errorf("training: %w: %q has %d dimensions, but %s takes scores of two, [batch, classes]; say which dimension classes lie along, choose another value of the model, or put a head on it", ErrConfig, t.output, t.rank, d.Loss)
	}
	switch {
	case d.Outputs == 0:
		d.Outputs = int(outputs)
	case int64(d.Outputs) != outputs:
		return head{}, fmt.Errorf("training: %w: domain %s has %d outputs, but %q has %d a sample", ErrConfig, d.Name, d.Outputs, t.output, outputs)
	}
	h.Domain = d
	return h, d.validateOutputs(h.rule)
}

// target declares the head's target input.
func (h *head) target(d *draft, batch onnxio.Dim) string {
	dt, shape := h.rule.target(batch, h.Outputs)
	return d.input(TargetName(h.Name), dt, shape)
}

// scores appends the linear layer under the name out unless that is empty, or
// brings what a whole model gives out to the form that its loss takes.
func (h *head) scores(d *draft, out, features string) string {
	switch {
	case h.dense != nil:
		return h.dense.rows(d, features)
	case len(h.params) == 0:
		return features
	}
	inputs := []string{features, HeadWeight(h.Name), HeadBias(h.Name)}
	return d.op(out, "Gemm", inputs, onnxio.IntAttr("transB", 1))
}

// judge says what the training objective is computed from.
func (h *head) judge(scores, target string) *judged {
	return &judged{Domain: h.Domain, scores: scores, target: target}
}

// judgePlain says the same of the loss that evaluation records: without
// weights of classes and smoothing.
func (h *head) judgePlain(scores, target string) *judged {
	l := h.judge(scores, target)
	l.ClassWeights, l.Smoothing = nil, 0
	return l
}

// factor is the constant part of the derivative of the mean loss.
func (h *head) factor() float32 { return float32(h.rule.factor(h.Domain)) }
