package training

import "github.com/sharewise/sharewise/onnxio"

// crossEntropy is −log softmax(scores)[target]. LogSoftmax subtracts the row's
// maximum first, so that no score overflows, and picking one element, where a
// product with a one-hot row would do as well, never multiplies 0 by infinity.
//
// With weights w by class and smoothing ε of C classes it is
// −Σ_c w_c·((1−ε)·[c = target] + ε/C)·log softmax(scores)_c, as in PyTorch's
// cross_entropy before its reduction.
func crossEntropy(d *draft, out string, l *judged) string {
	l.logp = d.Op("LogSoftmax", []string{l.scores}, onnxio.IntAttr("axis", 1))
	if l.ClassWeights == nil && l.Smoothing == 0 {
		loss := d.Op("Neg", []string{d.pick(l.logp, l.target)})
		return d.op(out, "Squeeze", []string{loss, d.Int64s(1)})
	}
	rest := float32(l.Smoothing / float64(l.Outputs))
	l.wanted = d.oneHot(l.target, l.Outputs, rest, float32(1-l.Smoothing)+rest)
	if l.ClassWeights != nil {
		l.wanted = d.Op("Mul", []string{l.wanted, d.floats(l.ClassWeights...)})
	}
	terms := d.Op("Mul", []string{l.wanted, l.logp})
	sum := d.Op("ReduceSum", []string{terms, d.Int64s(1)}, onnxio.IntAttr("keepdims", 0))
	return d.op(out, "Neg", []string{sum})
}

// crossEntropyCotangent is softmax(scores)·Σ wanted − wanted; wanted is the
// one-hot row of the target, whose sum is 1, unless there are weights or
// smoothing.
func crossEntropyCotangent(d *draft, l *judged, coefficient string) string {
	p := d.Op("Exp", []string{l.logp})
	wanted := l.wanted
	if wanted == "" {
		wanted = d.oneHot(l.target, l.Outputs, 0, 1)
	}
	if l.ClassWeights != nil {
		sum := d.Op("ReduceSum", []string{wanted, d.Int64s(1)}, onnxio.IntAttr("keepdims", 1))
		p = d.Op("Mul", []string{p, sum})
	}
	return d.Op("Mul", []string{d.Op("Sub", []string{p, wanted}), coefficient})
}

// classVerdict computes the predicted class, its probability and whether it is
// the target.
func classVerdict(d *draft, l *judged) {
	class := d.OpNamed(OutputPrediction, "ArgMax", []string{l.scores}, onnxio.IntAttr("axis", 1), onnxio.IntAttr("keepdims", 0))
	confidence := d.Op("Exp", []string{d.pick(l.logp, class)})
	d.OpNamed(OutputConfidence, "Squeeze", []string{confidence, d.Int64s(1)})
	d.OpNamed(OutputCorrect, "Equal", []string{class, l.target})
}

// pick takes the element of each row of [batch, classes] that classes, [batch],
// says; the result is [batch, 1].
func (d *draft) pick(rows, classes string) string {
	index := d.Op("Unsqueeze", []string{classes, d.Int64s(1)})
	return d.Op("GatherElements", []string{rows, index}, onnxio.IntAttr("axis", 1))
}

// oneHot is [batch, classes]: on at the class of each row, off elsewhere.
func (d *draft) oneHot(classes string, depth int, off, on float32) string {
	values := d.floats(off, on)
	return d.Op("OneHot", []string{classes, d.Int64(int64(depth)), values}, onnxio.IntAttr("axis", 1))
}
