package training

import (
	"github.com/sharewise/sharewise/onnxio"
)

// lossRule is one line of the table of losses. In its functions, scores are
// [batch, outputs] and target is the target input of the domain.
type lossRule struct {
	// minOutputs is the least number of outputs that make sense.
	minOutputs int
	// target is the type and shape of the target input.
	target func(batch onnxio.Dim, outputs int) (onnxio.DataType, onnxio.Shape)
	// samples appends the losses of the samples, [batch], under the name out
	// (a fresh one if empty), and returns with their name a value that
	// cotangent and verdict make use of.
	samples func(d *draft, out, scores, target string, outputs int) (name, shared string)
	// cotangent appends the derivative of the batch's mean loss with respect
	// to the scores, over factor, times coefficient, which is [1].
	cotangent func(d *draft, shared, target, coefficient string, outputs int) string
	factor    func(batch, outputs int) float64
	// outputs are what evaluation gives beside the losses; verdict computes
	// them.
	outputs func(batch onnxio.Dim, outputs int) []*onnxio.Value
	verdict func(d *draft, scores, shared, target string)
}

var losses = map[Loss]lossRule{
	CrossEntropy: {
		minOutputs: 2,
		target: func(batch onnxio.Dim, _ int) (onnxio.DataType, onnxio.Shape) {
			return onnxio.Int64, onnxio.Shape{batch}
		},
		samples:   crossEntropy,
		cotangent: crossEntropyCotangent,
		factor:    func(batch, _ int) float64 { return 1 / float64(batch) },
		outputs: func(batch onnxio.Dim, _ int) []*onnxio.Value {
			return []*onnxio.Value{
				{Name: OutputPrediction, Type: onnxio.Int64, Shape: onnxio.Shape{batch}},
				{Name: OutputConfidence, Type: onnxio.Float32, Shape: onnxio.Shape{batch}},
				{Name: OutputCorrect, Type: onnxio.Bool, Shape: onnxio.Shape{batch}},
			}
		},
		verdict: classVerdict,
	},
	SquaredError: {
		minOutputs: 1,
		target: func(batch onnxio.Dim, outputs int) (onnxio.DataType, onnxio.Shape) {
			return onnxio.Float32, onnxio.Shape{batch, {Size: int64(outputs)}}
		},
		samples: squaredError,
		cotangent: func(d *draft, difference, _, coefficient string, _ int) string {
			return d.Op("Mul", []string{difference, coefficient})
		},
		factor: func(batch, outputs int) float64 { return 2 / (float64(batch) * float64(outputs)) },
		outputs: func(batch onnxio.Dim, outputs int) []*onnxio.Value {
			return []*onnxio.Value{{Name: OutputPrediction, Type: onnxio.Float32, Shape: onnxio.Shape{batch, {Size: int64(outputs)}}}}
		},
		verdict: func(d *draft, scores, _, _ string) {
			d.OpNamed(OutputPrediction, "Identity", []string{scores})
		},
	},
}

// crossEntropy is −log softmax(scores)[target]; what it shares are the log
// probabilities. LogSoftmax subtracts the row's maximum first, so that no
// score overflows, and picking one element, where a product with a one-hot row
// would do as well, never multiplies 0 by infinity.
func crossEntropy(d *draft, out, scores, target string, _ int) (name, shared string) {
	logp := d.Op("LogSoftmax", []string{scores}, onnxio.IntAttr("axis", 1))
	loss := d.Op("Neg", []string{d.pick(logp, target)})
	return d.op(out, "Squeeze", []string{loss, d.Int64s(1)}), logp
}

// crossEntropyCotangent is softmax(scores) − onehot(target).
func crossEntropyCotangent(d *draft, logp, target, coefficient string, outputs int) string {
	p := d.Op("Exp", []string{logp})
	depth := d.Int64(int64(outputs))
	onehot := d.Op("OneHot", []string{target, depth, d.floats(0, 1)}, onnxio.IntAttr("axis", 1))
	return d.Op("Mul", []string{d.Op("Sub", []string{p, onehot}), coefficient})
}

// classVerdict computes the predicted class, its probability and whether it is
// the target.
func classVerdict(d *draft, scores, logp, target string) {
	class := d.OpNamed(OutputPrediction, "ArgMax", []string{scores}, onnxio.IntAttr("axis", 1), onnxio.IntAttr("keepdims", 0))
	confidence := d.Op("Exp", []string{d.pick(logp, class)})
	d.OpNamed(OutputConfidence, "Squeeze", []string{confidence, d.Int64s(1)})
	d.OpNamed(OutputCorrect, "Equal", []string{class, target})
}

// pick takes the element of each row of [batch, classes] that classes, [batch],
// says; the result is [batch, 1].
func (d *draft) pick(rows, classes string) string {
	index := d.Op("Unsqueeze", []string{classes, d.Int64s(1)})
	return d.Op("GatherElements", []string{rows, index}, onnxio.IntAttr("axis", 1))
}

// squaredError is the mean over outputs of the squared difference; what it
// shares is the difference.
func squaredError(d *draft, out, scores, target string, outputs int) (name, shared string) {
	difference := d.Op("Sub", []string{scores, target})
	squares := d.Op("Mul", []string{difference, difference})
	sum := d.Op("ReduceSum", []string{squares, d.Int64s(1)}, onnxio.IntAttr("keepdims", 0))
	return d.op(out, "Mul", []string{sum, d.Float(1 / float32(outputs))}), difference
}
