package training

import "github.com/sharewise/sharewise/onnxio"

// lossRule is one line of the table of losses. In its functions, scores are
// [batch, outputs] and target is the target input of the domain.
type lossRule struct {
	// minOutputs is the least number of outputs that make sense.
	minOutputs int
	// weighted, smoothed and masked say which settings of a Domain the loss
	// knows.
	weighted, smoothed, masked bool
	// target is the type and shape of the target input.
	target func(batch onnxio.Dim, outputs int) (onnxio.DataType, onnxio.Shape)
	// samples appends the losses of the samples, [batch], under the name out
	// (a fresh one if empty) and returns their name. It leaves in l what
	// cotangent and verdict make use of.
	samples func(d *draft, out string, l *judged) string
	// cotangent appends the derivative of the batch's mean loss with respect
	// to the scores, over factor, times coefficient, which is [1].
	cotangent func(d *draft, l *judged, coefficient string) string
	factor    func(Domain) float64
	// outputs are what evaluation gives beside the losses; verdict computes
	// them.
	outputs func(batch onnxio.Dim, outputs int) []*onnxio.Value
	verdict func(d *draft, l *judged)
}

// judged is the loss of one domain in one graph: what it is computed from, and
// what its computation leaves behind.
type judged struct {
	// Domain has neither weights nor smoothing where the plain loss is due.
	Domain
	scores, target string
	// logp, cross entropy: log probabilities, [batch, outputs].
	logp string
	// wanted, cross entropy with weights or smoothing: what the probabilities
	// are compared with, [batch, outputs].
	wanted string
	// slope, elementwise losses: appends the derivative of each output's loss
	// by its score over a constant, [batch, outputs].
	slope func() string
	// share, masked targets: weight of each output in the mean of its sample,
	// [batch, outputs]; 0 where the target is unknown.
	share string
}

var losses = map[Loss]lossRule{
	CrossEntropy: {
		minOutputs: 2,
		weighted:   true,
		smoothed:   true,
		target: func(batch onnxio.Dim, _ int) (onnxio.DataType, onnxio.Shape) {
			return onnxio.Int64, onnxio.Shape{batch}
		},
		samples:   crossEntropy,
		cotangent: crossEntropyCotangent,
		factor:    func(d Domain) float64 { return 1 / float64(d.Batch) },
		outputs: func(batch onnxio.Dim, _ int) []*onnxio.Value {
			return []*onnxio.Value{
				{Name: OutputPrediction, Type: onnxio.Int64, Shape: onnxio.Shape{batch}},
				{Name: OutputConfidence, Type: onnxio.Float32, Shape: onnxio.Shape{batch}},
				{Name: OutputCorrect, Type: onnxio.Bool, Shape: onnxio.Shape{batch}},
			}
		},
		verdict: classVerdict,
	},
	BinaryCrossEntropy: elementwise{element: binaryCrossEntropy, slope: 1, predict: "Sigmoid", weighted: true, smoothed: true}.rule(),
	SquaredError:       elementwise{element: squaredError, slope: 2, predict: "Identity"}.rule(),
	Huber:              elementwise{element: huber, slope: 1, predict: "Identity"}.rule(),
}
