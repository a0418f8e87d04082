package training

import "github.com/sharewise/sharewise/onnxio"

// elementwise describes a loss that is the mean over a sample's outputs of a
// loss of each output by itself. Where targets are masked, the mean is over the
// outputs whose target is known, and that of none is 0.
type elementwise struct {
	// element appends the losses of the outputs, [batch, outputs], and leaves
	// in l how to append their derivatives. target has no NaN.
	element func(d *draft, l *judged, target string) (loss string)
	// slope is the constant that the derivatives are over.
	slope float64
	// predict is the operator that makes predictions of scores.
	predict            string
	weighted, smoothed bool
}

func (e elementwise) rule() lossRule {
	values := func(batch onnxio.Dim, outputs int) onnxio.Shape {
		return onnxio.Shape{batch, {Size: int64(outputs)}}
	}
	return lossRule{
		minOutputs: 1,
		weighted:   e.weighted, smoothed: e.smoothed, masked: true,
		target: func(batch onnxio.Dim, outputs int) (onnxio.DataType, onnxio.Shape) {
			return onnxio.Float32, values(batch, outputs)
		},
		samples:   e.samples,
		cotangent: elementCotangent,
		factor: func(d Domain) float64 {
			if d.Masked {
				return e.slope / float64(d.Batch)
			}
			return e.slope / (float64(d.Batch) * float64(d.Outputs))
		},
		outputs: func(batch onnxio.Dim, outputs int) []*onnxio.Value {
			return []*onnxio.Value{{Name: OutputPrediction, Type: onnxio.Float32, Shape: values(batch, outputs)}}
		},
		verdict: func(d *draft, l *judged) { d.OpNamed(OutputPrediction, e.predict, []string{l.scores}) },
	}
}

func (e elementwise) samples(d *draft, out string, l *judged) string {
	target := l.target
	if l.Masked {
		target, l.share = d.unmask(target)
	}
	loss := e.element(d, l, target)
	if l.Masked {
		loss = d.Op("Mul", []string{loss, l.share})
		return d.op(out, "ReduceSum", []string{loss, d.Int64s(1)}, onnxio.IntAttr("keepdims", 0))
	}
	sum := d.Op("ReduceSum", []string{loss, d.Int64s(1)}, onnxio.IntAttr("keepdims", 0))
	return d.op(out, "Mul", []string{sum, d.Float(1 / float32(l.Outputs))})
}

func elementCotangent(d *draft, l *judged, coefficient string) string {
	slope := l.slope()
	if l.Masked {
		slope = d.Op("Mul", []string{slope, l.share})
	}
	return d.Op("Mul", []string{slope, coefficient})
}

// unmask replaces the unknown targets, which are NaN, by 0 and returns the
// share that every output has in the mean over the known ones of its row: 1 by
// their number, and 0 for the unknown.
func (d *draft) unmask(target string) (known, share string) {
	unknown := d.Op("IsNaN", []string{target})
	known = d.Op("Where", []string{unknown, d.Float(0), target})
	one := d.Op("Where", []string{unknown, d.Float(0), d.Float(1)})
	count := d.Op("ReduceSum", []string{one, d.Int64s(1)}, onnxio.IntAttr("keepdims", 1))
	return known, d.Op("Div", []string{one, d.Op("Max", []string{count, d.Float(1)})})
}

// squaredError is (score − target)².
func squaredError(d *draft, l *judged, target string) string {
	difference := d.Op("Sub", []string{l.scores, target})
	l.slope = func() string { return difference }
	return d.Op("Mul", []string{difference, difference})
}

// huber is, with the difference e = score − target, e²/2 up to |e| = δ and
// δ·(|e| − δ/2) beyond (P. J. Huber, Robust Estimation of a Location Parameter,
// 1964). With c = e cut to ±δ, which is the derivative, both are c·(e − c/2).
func huber(d *draft, l *judged, target string) string {
	delta := float32(l.Delta)
	difference := d.Op("Sub", []string{l.scores, target})
	cut := d.Op("Clip", []string{difference, d.Float(-delta), d.Float(delta)})
	rest := d.Op("Sub", []string{difference, d.scale(cut, 0.5)})
	l.slope = func() string { return cut }
	return d.Op("Mul", []string{cut, rest})
}

// binaryCrossEntropy is softplus(s) − y·s, which is −y·log σ(s) −
// (1−y)·log(1−σ(s)) without a logarithm of 0; its derivative is σ(s) − y.
//
// With positive weight w it is (1−y)·s + a·softplus(−s), a = 1 + (w−1)·y, as
// PyTorch's binary_cross_entropy_with_logits has it; the derivative is a·σ(s) −
// w·y. Smoothing ε makes y into (1−ε)·y + ε/2 first.
func binaryCrossEntropy(d *draft, l *judged, target string) string {
	if l.Smoothing != 0 {
		target = d.Op("Add", []string{d.scale(target, float32(1-l.Smoothing)), d.Float(float32(l.Smoothing / 2))})
	}
	probability := func() string { return d.Op("Sigmoid", []string{l.scores}) }
	if l.ClassWeights == nil {
		l.slope = func() string { return d.Op("Sub", []string{probability(), target}) }
		return d.Op("Sub", []string{d.Op("Softplus", []string{l.scores}), d.Op("Mul", []string{target, l.scores})})
	}
	extra := make([]float32, len(l.ClassWeights)) // w − 1
	for i, w := range l.ClassWeights {
		extra[i] = w - 1
	}
	weight := d.Op("Add", []string{d.Op("Mul", []string{target, d.floats(extra...)}), d.Float(1)})
	l.slope = func() string {
		due := d.Op("Mul", []string{target, d.floats(l.ClassWeights...)})
		return d.Op("Sub", []string{d.Op("Mul", []string{weight, probability()}), due})
	}
	negative := d.Op("Mul", []string{d.Op("Sub", []string{d.Float(1), target}), l.scores})
	positive := d.Op("Mul", []string{weight, d.Op("Softplus", []string{d.Op("Neg", []string{l.scores})})})
	return d.Op("Add", []string{negative, positive})
}
