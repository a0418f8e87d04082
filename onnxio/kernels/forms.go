package kernels

import (
	"slices"

	"github.com/sharewise/sharewise/onnxio"
)

// form is how an operator is computed channels last.
type form struct {
	// fits says why a node cannot be, "" if it can.
	fits func(r *rewriter, n *onnxio.Node) string
	// images lists the inputs that are wanted channels last.
	images func(r *rewriter, n *onnxio.Node) []string
	// gain is what a kernel saves, in nanoseconds a sample; nil where there is
	// none, and the node only goes along.
	gain func(r *rewriter, n *onnxio.Node) float64
	// write appends what replaces node i, n.
	write func(r *rewriter, i int, n *onnxio.Node)
}

// What operations cost or save on one core, in nanoseconds. Those of convolutions and
// transpositions are fitted to measured steps (TestGridTable, testdata/grid.md), on
// x86-64 with AVX-512; the others are estimates. They matter as ratios. What whole
// steps gain by the choices that follow is measured by BenchmarkForms of package
// training.
const (
	viewing     = 20  // a view, whatever its size
	passing     = 0.5 // an element of a pass over a value and back into it
	normalising = 3.0 // an element, standard form less kernel, forwards and backwards
	pooling     = 4.0 // an element of the input, the same
	// What the kernel takes longer for an element that fills no vector: a step of a cnn
	// with 8 channels took 39 µs a sample of 6272 elements longer than without it.
	singlePooling = 6.0
	forwardShare  = 0.3 // of what is saved, in the forward direction
)

// forms is the table of operators that can be computed channels last.
var forms = func() map[string]*form {
	all := map[string]*form{
		"Conv":               {convFits, firstInput, convGain, writeConv},
		"BatchNormalization": {normFits, firstInput, normGain, writeNorm},
		"MaxPool":            {poolFits, firstInput, poolGain, writePool},
		"Concat":             {alongFits, alongImages, nil, writeAlong},
		"Split":              {alongFits, firstInput, nil, writeAlong},
		"Softmax":            {alongFits, firstInput, nil, writeAlong},
		"LogSoftmax":         {alongFits, firstInput, nil, writeAlong},
		"Slice":              {sliceFits, firstInput, nil, writeSlice},
		"Pad":                {padFits, firstInput, nil, writePad},
		"Transpose":          {transposeFits, firstInput, nil, writeTranspose},
		"GlobalAveragePool":  {unaryFits, firstInput, nil, writeGlobal("ReduceMean")},
		"GlobalMaxPool":      {unaryFits, firstInput, nil, writeGlobal("ReduceMax")},
	}
	for _, op := range []string{
		"Relu", "LeakyRelu", "ThresholdedRelu", "Elu", "Selu", "Celu", "HardSigmoid", "HardSwish", "Mish", "Swish", "Sigmoid",
		"Tanh", "Softplus", "Softsign", "Gelu", "Erf", "Exp", "Log", "Sqrt", "Abs", "Neg", "Sign", "Reciprocal", "Identity",
	} {
		all[op] = &form{unaryFits, firstInput, nil, writeSame}
	}
	for _, op := range []string{"Add", "Sub", "Mul", "Div", "Pow", "PRelu", "Min", "Max", "Sum", "Mean", "Clip"} {
		all[op] = &form{broadcastFits, broadcastImages, nil, writeBroadcast}
	}
	for _, op := range []string{"ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin"} {
		all[op] = &form{reduceFits, firstInput, nil, writeReduce}
	}
	return all
}()

func firstInput(_ *rewriter, n *onnxio.Node) []string { return n.Inputs[:1] }

const noImage = "its values are not float32 images or series of known size"

// unaryFits: from an image to an image, and no other input.
func unaryFits(r *rewriter, n *onnxio.Node) string {
	if len(n.Inputs) != 1 || len(n.Outputs) != 1 || !r.image(n.Inputs[0]) || !r.image(n.Outputs[0]) {
		return noImage
	}
	return ""
}

// writeSame appends the node on the twins of its values.
func writeSame(r *rewriter, i int, n *onnxio.Node) {
	if r.fused[i].node != nil {
		r.writeFused(i, n)
		return
	}
	r.like(n, []string{r.twin(n.Inputs[0])})
}

// like appends a node of the same operator for the twins of n's outputs.
func (r *rewriter) like(n *onnxio.Node, inputs []string) *onnxio.Node {
	n = n.Clone()
	n.Inputs = inputs
	for i, y := range n.Outputs {
		if y != "" {
			n.Outputs[i] = r.name(y)
		}
	}
	r.add(n)
	return n
}

func setInt(n *onnxio.Node, name string, v int64) {
	n.Attrs = slices.DeleteFunc(n.Attrs, func(a *onnxio.Attribute) bool { return a.Name == name })
	n.Attrs = append(n.Attrs, onnxio.IntAttr(name, v))
}

// saved is what is saved of what is saved in both directions.
func (r *rewriter) saved(both float64) float64 {
	if !r.opt.Gradient {
		return forwardShare * both
	}
	return both
}

func truth(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
