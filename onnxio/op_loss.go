package onnxio

import (
	"fmt"
)

// lossOps compare scores [N, C, d...] with classes [N, d...].
var lossOps = []operator{
	{"", "NegativeLogLikelihoodLoss", 12, "input target weight? -> loss", "ignore_index:int reduction:string", negativeLogLikelihood},
	{"", "SoftmaxCrossEntropyLoss", 12, "scores labels weights? -> output log_prob?", "ignore_index:int reduction:string", softmaxCrossEntropy},
}

func negativeLogLikelihood(c *call) error { return c.classLoss() }

func softmaxCrossEntropy(c *call) error {
	c.set(1, c.typ(0), c.shape(0))
	return c.classLoss()
}

// classLoss sets output 0: one loss per class given, or their scalar mean or
// sum.
func (c *call) classLoss() error {
	if err := c.wantIndex(1); err != nil {
		return err
	}
	if _, err := c.sameType(0, 2); err != nil {
		return err
	}
	if err := c.minRank(0, 2); err != nil {
		return err
	}
	scores, classes := c.shape(0), c.shape(1)
	if scores != nil && classes != nil {
		if want := append(Shape{scores[0]}, scores[2:]...); contradict(want, classes) {
			return fmt.Errorf("scores %v want classes %v, but these are %v", scores, want, classes)
		}
	}
	if scores != nil {
		if err := checkVector(c.shape(2), scores[1], "weights"); err != nil {
			return err
		}
	}
	out := Shape{}
	switch mode := c.node.StringOr("reduction", "mean"); mode {
	case "mean", "sum":
	case "none":
		out = classes
	default:
		return fmt.Errorf("attribute reduction: unknown mode %q", mode)
	}
	c.set(0, c.typ(0), out)
	return nil
}
