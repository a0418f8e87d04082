package training

import (
	"fmt"
	"slices"

	"github.com/sharewise/sharewise/onnxio"
)

// dense is the cross entropy of models that tell a class at every position of a
// sample: of a token, or of a pixel. Scores are [batch, …] with classes along
// one dimension; targets have the shape of the scores without it. In the
// functions of a lossRule, scores are [batch·positions, classes]. The loss of a
// sample is the mean over its positions, or over those whose target is known,
// which is 0 if there are none.
type dense struct {
	sample    []int64 // shape of the scores of a sample
	axis      int     // of the classes in it
	positions int64
}

// newDense reads Domain.ClassAxis for scores of the given shape per sample.
func newDense(d Domain, sample []int64) (*dense, error) {
	axis := d.ClassAxis
	if axis < 0 {
		axis += len(sample) + 1
	}
	if axis < 1 || axis > len(sample) {
		return nil, fmt.Errorf("training: %w: scores have %d dimensions, the first of which is the batch, so classes cannot lie along dimension %d", ErrConfig, len(sample)+1, d.ClassAxis)
	}
	return &dense{sample: sample, axis: axis - 1, positions: size(sample) / sample[axis-1]}, nil
}

func (x *dense) classes() int64 { return x.sample[x.axis] }

// shape is that of targets, predictions and what else has one element per
// position.
func (x *dense) shape(batch onnxio.Dim) onnxio.Shape {
	return append(onnxio.Shape{batch}, onnxio.Static(slices.Delete(slices.Clone(x.sample), x.axis, x.axis+1)...)...)
}

// rows brings features, [batch, …] flattened, to scores.
func (x *dense) rows(d *draft, features string) string {
	rank := len(x.sample) + 1
	perm := make([]int64, 0, rank)
	for i := range rank {
		if i != x.axis+1 {
			perm = append(perm, int64(i))
		}
	}
	perm = append(perm, int64(x.axis+1))
	v := d.Op("Reshape", []string{features, d.Int64s(append([]int64{-1}, x.sample...)...)})
	if x.axis != len(x.sample)-1 {
		v = d.Op("Transpose", []string{v}, onnxio.IntsAttr("perm", perm...))
	}
	return d.Op("Reshape", []string{v, d.Int64s(-1, x.classes())})
}

// rule is the table's rule of cross entropy for every position.
func (x *dense) rule() lossRule {
	r := losses[CrossEntropy]
	r.masked = true
	r.target = func(batch onnxio.Dim, _ int) (onnxio.DataType, onnxio.Shape) { return onnxio.Int64, x.shape(batch) }
	r.samples = x.samples
	r.cotangent = func(d *draft, l *judged, coefficient string) string {
		slope := crossEntropyCotangent(d, l, coefficient)
		if l.Masked {
			slope = d.Op("Mul", []string{slope, l.share})
		}
		return slope
	}
	r.factor = func(d Domain) float64 {
		if d.Masked {
			return 1 / float64(d.Batch)
		}
		return 1 / (float64(d.Batch) * float64(x.positions))
	}
	r.outputs = func(batch onnxio.Dim, _ int) []*onnxio.Value {
		return []*onnxio.Value{
			{Name: OutputPrediction, Type: onnxio.Int64, Shape: x.shape(batch)},
			{Name: OutputConfidence, Type: onnxio.Float32, Shape: x.shape(batch)},
			{Name: OutputCorrect, Type: onnxio.Bool, Shape: x.shape(batch)},
		}
	}
	r.verdict = x.verdict
	return r
}

// samples leaves in l the targets by position, [batch·positions], with class 0
// for what is not known.
func (x *dense) samples(d *draft, out string, l *judged) string {
	given := d.Op("Reshape", []string{l.target, d.Int64s(-1)})
	l.target = given
	if l.Masked {
		unknown := d.Op("Less", []string{given, d.Int64(0)})
		l.target = d.Op("Where", []string{unknown, d.Int64(0), given})
		one := d.Op("Reshape", []string{d.Op("Where", []string{unknown, d.Float(0), d.Float(1)}), d.Int64s(-1, x.positions)})
		count := d.Op("ReduceSum", []string{one, d.Int64s(1)}, onnxio.IntAttr("keepdims", 1))
		share := d.Op("Div", []string{one, d.Op("Max", []string{count, d.Float(1)})})
		l.share = d.Op("Reshape", []string{share, d.Int64s(-1, 1)})
		loss := d.Op("Mul", []string{x.byPosition(d, crossEntropy(d, "", l)), share})
		return d.op(out, "ReduceSum", []string{loss, d.Int64s(1)}, onnxio.IntAttr("keepdims", 0))
	}
	sum := d.Op("ReduceSum", []string{x.byPosition(d, crossEntropy(d, "", l)), d.Int64s(1)}, onnxio.IntAttr("keepdims", 0))
	return d.op(out, "Mul", []string{sum, d.Float(1 / float32(x.positions))})
}

func (x *dense) byPosition(d *draft, v string) string {
	return d.Op("Reshape", []string{v, d.Int64s(-1, x.positions)})
}

// verdict is classVerdict for every position. What is not known is not correct.
func (x *dense) verdict(d *draft, l *judged) {
	shape, _ := x.shape(onnxio.Dim{})[1:].Ints()
	to := d.Int64s(append([]int64{-1}, shape...)...)
	class := d.Op("ArgMax", []string{l.scores}, onnxio.IntAttr("axis", 1), onnxio.IntAttr("keepdims", 0))
	d.OpNamed(OutputPrediction, "Reshape", []string{class, to})
	d.OpNamed(OutputConfidence, "Reshape", []string{d.Op("Exp", []string{d.pick(l.logp, class)}), to})
	correct := d.Op("Equal", []string{class, l.target})
	if l.Masked {
		known := d.Op("Greater", []string{d.Op("Reshape", []string{l.share, d.Int64s(-1)}), d.Float(0)})
		correct = d.Op("And", []string{correct, known})
	}
	d.OpNamed(OutputCorrect, "Reshape", []string{correct, to})
}
