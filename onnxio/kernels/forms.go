package kernels

import (
	"math"
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

// What operations cost on one core, in nanoseconds: measured on x86-64 with
// AVX2, where they matter as ratios. BenchmarkForms measures them.
const (
	transposing  = 0.7   // an element, to read and to write it
	viewing      = 20    // a view, whatever its size
	passing      = 0.5   // an element of a pass over a value and back into it
	convolving   = 0.010 // a multiply-add of a convolution, standard form less kernel
	normalising  = 3.0   // an element, the same, forwards and backwards
	pooling      = 4.0   // an element of the input, the same
	forwardShare = 0.3   // of what is saved, in the forward direction
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

// window is the geometry of a convolution or pooling, without auto_pad and
// ceil_mode.
type window struct{ kernel, strides, dilations, pads []int64 }

func (r *rewriter) window(n *onnxio.Node, kernel []int64) (*window, bool) {
	x, _ := r.shape(n.Inputs[0])
	y, ok := r.shape(n.Outputs[0])
	d := len(x) - 2
	if !ok || len(kernel) != d || len(y) != len(x) {
		return nil, false
	}
	ones := slices.Repeat([]int64{1}, d)
	w := &window{kernel: kernel, strides: n.IntsOr("strides", ones), dilations: n.IntsOr("dilations", ones)}
	w.pads = slices.Clone(n.IntsOr("pads", make([]int64, 2*d)))
	if len(w.strides) != d || len(w.dilations) != d || len(w.pads) != 2*d {
		return nil, false
	}
	for i := range d {
		extent := (kernel[i]-1)*w.dilations[i] + 1
		covered := (y[i+2]-1)*w.strides[i] + extent
		switch auto := n.StringOr("auto_pad", "NOTSET"); auto {
		case "NOTSET", "":
		case "SAME_UPPER", "SAME_LOWER":
			total := max(covered-x[i+2], 0)
			w.pads[i], w.pads[d+i] = total/2, total-total/2
			if auto == "SAME_LOWER" {
				w.pads[i], w.pads[d+i] = w.pads[d+i], w.pads[i]
			}
		default:
			w.pads[i], w.pads[d+i] = 0, 0
		}
		// A window that hangs over the end, of ceil_mode, is one with padding.
		w.pads[d+i] = max(w.pads[d+i], covered-x[i+2]-w.pads[i])
		if w.pads[i] < 0 || w.pads[d+i] < 0 || (x[i+2]+w.pads[i]+w.pads[d+i]-extent)/w.strides[i]+1 != y[i+2] {
			return nil, false
		}
	}
	return w, true
}

func (w *window) attrs() []*onnxio.Attribute {
	return []*onnxio.Attribute{
		onnxio.IntsAttr("strides", w.strides...), onnxio.IntsAttr("pads", w.pads...), onnxio.IntsAttr("dilations", w.dilations...),
	}
}

// tiles reports whether windows cover an input of the given sizes exactly, each
// element once.
func (w *window) tiles(in []int64) bool {
	for i, k := range w.kernel {
		if w.strides[i] != k || w.dilations[i] != 1 || in[i]%k != 0 || w.pads[i] != 0 || w.pads[len(in)+i] != 0 {
			return false
		}
	}
	return true
}

func convFits(r *rewriter, n *onnxio.Node) string {
	w, ok := r.shape(n.Inputs[1])
	switch {
	case !r.opt.uses(Layout):
		return "the pass " + string(Layout) + " is off, or its kernels are not there"
	case !r.image(n.Inputs[0]) || !r.image(n.Outputs[0]) || !ok || slices.Min(w) < 1:
		return noImage
	}
	if _, ok := r.window(n, w[2:]); !ok {
		return "its window is not one that kernels have"
	}
	return ""
}

// convWork is the number of multiply-adds of a sample.
func (r *rewriter) convWork(n *onnxio.Node) float64 {
	w, _ := r.shape(n.Inputs[1])
	return float64(r.perSample(n.Outputs[0]) * product(w[1:]))
}

func convGain(r *rewriter, n *onnxio.Node) float64 { return r.saved(3 * convolving * r.convWork(n)) }

// saved is what is saved of what is saved in both directions.
func (r *rewriter) saved(both float64) float64 {
	if !r.opt.Gradient {
		return forwardShare * both
	}
	return both
}

func writeConv(r *rewriter, i int, n *onnxio.Node) { r.writeConv(fusion{node: n}, n.Outputs[0]) }

func (r *rewriter) writeConv(f fusion, output string) {
	n := f.node
	shape, _ := r.shape(n.Inputs[1])
	w, _ := r.window(n, shape[2:])
	inputs := []string{r.twin(n.Inputs[0]), r.first(n.Inputs[1]), "", ""}
	if len(n.Inputs) > 2 {
		inputs[2] = r.first(n.Inputs[2])
	}
	if f.add != "" {
		inputs[3] = r.twin(f.add)
	}
	attrs := append(w.attrs(), onnxio.IntAttr("group", n.IntOr("group", 1)), onnxio.IntAttr("relu", truth(f.relu)))
	r.kernel(n.Name, Conv, inputs, []string{r.name(output)}, attrs...)
}

func truth(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// normFits: with the statistics of the batch there is a kernel; with stored
// ones, it is a product and a sum.
func normFits(r *rewriter, n *onnxio.Node) string {
	switch {
	case len(n.Inputs) != 5 || !r.image(n.Inputs[0]):
		return noImage
	case n.IntOr("training_mode", 0) == 0:
		if len(n.Outputs) != 1 {
			return "more than its first result is asked for"
		}
		return ""
	case !r.opt.uses(Norm):
		return "the pass " + string(Norm) + " is off, or its kernels are not there"
	case n.FloatOr("momentum", 0.9) != 0:
		return "it mixes its statistics with others"
	}
	return ""
}

func normGain(r *rewriter, n *onnxio.Node) float64 {
	if n.IntOr("training_mode", 0) == 0 {
		return 0
	}
	return r.saved(normalising * float64(r.perSample(n.Inputs[0])))
}

func writeNorm(r *rewriter, i int, n *onnxio.Node) {
	if n.IntOr("training_mode", 0) != 0 {
		r.writeNorm(fusion{node: n}, n.Outputs[0])
		return
	}
	x := r.twin(n.Inputs[0])
	for _, stored := range n.Inputs[1:] {
		r.first(stored)
	}
	deviation := r.Op("Sqrt", []string{r.Op("Add", []string{n.Inputs[4], r.Float(n.FloatOr("epsilon", 1e-5))})})
	a := r.Op("Div", []string{n.Inputs[1], deviation})
	shift := r.Op("Sub", []string{n.Inputs[2], r.Op("Mul", []string{n.Inputs[3], a})})
	r.OpNamed(r.name(n.Outputs[0]), "Add", []string{r.Op("Mul", []string{x, a}), shift})
}

func (r *rewriter) writeNorm(f fusion, output string) {
	n := f.node
	inputs := []string{r.twin(n.Inputs[0]), r.first(n.Inputs[1]), r.first(n.Inputs[2]), ""}
	if f.add != "" {
		inputs[3] = r.twin(f.add)
	}
	outputs := []string{r.name(output)}
	for i, what := range []string{"mean", "variance"} {
		if i+1 < len(n.Outputs) && n.Outputs[i+1] != "" {
			r.there[n.Outputs[i+1]] = true
			outputs = append(outputs, n.Outputs[i+1])
			continue
		}
		outputs = append(outputs, r.Name(what))
	}
	r.kernel(n.Name, BatchNorm, inputs, append(outputs, r.Name("inverse")),
		onnxio.FloatAttr("epsilon", n.FloatOr("epsilon", 1e-5)), onnxio.IntAttr("relu", truth(f.relu)))
}

// maxTies is the number of places of a window that fit a mask.
const maxTies = 8

func poolFits(r *rewriter, n *onnxio.Node) string {
	switch {
	case !r.opt.uses(Pool):
		return "the pass " + string(Pool) + " is off, or its kernels are not there"
	case len(n.Outputs) > 1 && n.Outputs[1] != "":
		return "its indices are asked for"
	case !r.image(n.Inputs[0]) || !r.image(n.Outputs[0]):
		return noImage
	}
	w, ok := r.window(n, n.IntsOr("kernel_shape", nil))
	x, _ := r.shape(n.Inputs[0])
	if !ok || product(w.kernel) > math.MaxUint8 {
		return "its window is not one that kernels have"
	}
	if w.tiles(x[2:]) && product(w.kernel) > maxTies {
		return "its windows have more places than can share a gradient"
	}
	return ""
}

func poolGain(r *rewriter, n *onnxio.Node) float64 {
	return r.saved(pooling * float64(r.perSample(n.Inputs[0])))
}

func writePool(r *rewriter, _ int, n *onnxio.Node) {
	w, _ := r.window(n, n.IntsOr("kernel_shape", nil))
	x, _ := r.shape(n.Inputs[0])
	attrs := append(w.attrs(), onnxio.IntsAttr("kernel", w.kernel...), onnxio.IntAttr("ties", truth(w.tiles(x[2:]))))
	if p, ok := r.producers[n.Inputs[0]]; ok && r.nodes[p].OpName() == "Relu" {
		attrs = append(attrs, onnxio.IntAttr("relu", 1))
	}
	inputs := []string{r.twin(n.Inputs[0])}
	r.kernel(n.Name, MaxPool, inputs, []string{r.name(n.Outputs[0]), r.Name("index")}, attrs...)
}

// moved is where a dimension of an image lies channels last.
func moved(axis int64, rank int) int64 {
	if axis < 0 {
		axis += int64(rank)
	}
	switch axis {
	case 0:
		return 0
	case 1:
		return int64(rank) - 1
	}
	return axis - 1
}

// alongFits: operators that have an axis, which is no special one for them.
func alongFits(r *rewriter, n *onnxio.Node) string {
	for _, x := range alongImages(r, n) {
		if !r.image(x) {
			return noImage
		}
	}
	for _, y := range n.Outputs {
		if !r.image(y) {
			return noImage
		}
	}
	if n.Op != "Concat" && n.Op != "Split" && r.opt.Opset < 13 {
		return "its axis means something else in this version"
	}
	return ""
}

// alongImages are all inputs of a Concat, and else the first.
func alongImages(_ *rewriter, n *onnxio.Node) []string {
	if n.OpName() == "Concat" {
		return n.Inputs
	}
	return n.Inputs[:1]
}

func writeAlong(r *rewriter, _ int, n *onnxio.Node) {
	images := alongImages(r, n)
	inputs := slices.Clone(n.Inputs)
	for i := range inputs {
		if i < len(images) {
			inputs[i] = r.twin(inputs[i])
		} else {
			r.first(inputs[i])
		}
	}
	s, _ := r.shape(n.Inputs[0])
	def := map[string]int64{"Softmax": -1, "LogSoftmax": -1}[n.Op]
	setInt(r.like(n, inputs), "axis", moved(n.IntOr("axis", def), len(s)))
}

// constant is the value of an integer initializer, nil if a value is none.
func (r *rewriter) constant(n *onnxio.Node, i int) []int64 {
	if i >= len(n.Inputs) || n.Inputs[i] == "" {
		return nil
	}
	t := r.Graph().Initializer(n.Inputs[i])
	if t == nil {
		if p, ok := r.producers[n.Inputs[i]]; ok && r.nodes[p].OpName() == "Constant" && r.nodes[p].Attr("value") != nil {
			t = r.nodes[p].Attr("value").Tensor
		}
	}
	if t == nil || len(t.Shape) != 1 {
		return nil
	}
	v, err := t.Int64()
	if err != nil {
		return nil
	}
	return v
}

// axesOf are the axes in input i, by default the first few.
func (r *rewriter) axesOf(n *onnxio.Node, i, count int) []int64 {
	if i >= len(n.Inputs) || n.Inputs[i] == "" {
		axes := make([]int64, count)
		for k := range axes {
			axes[k] = int64(k)
		}
		return axes
	}
	if axes := r.constant(n, i); len(axes) == count {
		return axes
	}
	return nil
}

func sliceFits(r *rewriter, n *onnxio.Node) string {
	starts := r.constant(n, 1)
	if !r.image(n.Inputs[0]) || !r.image(n.Outputs[0]) {
		return noImage
	}
	if len(starts) == 0 || r.axesOf(n, 3, len(starts)) == nil {
		return "its bounds are not known"
	}
	return ""
}

func writeSlice(r *rewriter, _ int, n *onnxio.Node) {
	s, _ := r.shape(n.Inputs[0])
	axes := slices.Clone(r.axesOf(n, 3, len(r.constant(n, 1))))
	for i := range axes {
		axes[i] = moved(axes[i], len(s))
	}
	inputs := []string{r.twin(n.Inputs[0]), r.first(n.Inputs[1]), r.first(n.Inputs[2]), r.Int64s(axes...)}
	if len(n.Inputs) > 4 {
		inputs = append(inputs, r.first(n.Inputs[4]))
	}
	r.like(n, inputs)
}

func padFits(r *rewriter, n *onnxio.Node) string {
	s, _ := r.shape(n.Inputs[0])
	pads := r.constant(n, 1)
	switch {
	case !r.image(n.Inputs[0]) || !r.image(n.Outputs[0]):
		return noImage
	case len(pads) == 0 || r.axesOf(n, 3, len(pads)/2) == nil || len(n.Inputs) < 4 && len(pads) != 2*len(s):
		return "its margins are not known"
	}
	return ""
}

func writePad(r *rewriter, _ int, n *onnxio.Node) {
	s, _ := r.shape(n.Inputs[0])
	rank := len(s)
	pads := r.constant(n, 1)
	count := len(pads) / 2
	all := make([]int64, 2*rank)
	for k, a := range r.axesOf(n, 3, count) {
		to := moved(a, rank)
		all[to], all[rank+int(to)] = pads[k], pads[count+k]
	}
	inputs := []string{r.twin(n.Inputs[0]), r.Int64s(all...)}
	if len(n.Inputs) > 2 && n.Inputs[2] != "" {
		inputs = append(inputs, r.first(n.Inputs[2]))
	}
	r.like(n, inputs)
}

// transposeFits: a Transpose that puts channels last is there already.
func transposeFits(r *rewriter, n *onnxio.Node) string {
	s, _ := r.shape(n.Inputs[0])
	if !r.image(n.Inputs[0]) || !slices.Equal(n.IntsOr("perm", nil), lastPerm(len(s))) {
		return "it orders dimensions otherwise"
	}
	return ""
}

func writeTranspose(r *rewriter, _ int, n *onnxio.Node) {
	r.there[n.Outputs[0]] = true
	r.OpNamed(n.Outputs[0], "Identity", []string{r.twin(n.Inputs[0])})
}

// reduce appends a reduction over axes that lie between batch and channels.
func (r *rewriter) reduce(op, output, x string, axes []int64, keep bool) {
	inputs := []string{x}
	attrs := []*onnxio.Attribute{onnxio.IntAttr("keepdims", truth(keep))}
	since := int64(18)
	if op == "ReduceSum" {
		since = 13
	}
	if r.opt.Opset >= since {
		inputs = append(inputs, r.Int64s(axes...))
	} else {
		attrs = append(attrs, onnxio.IntsAttr("axes", axes...))
	}
	r.OpNamed(output, op, inputs, attrs...)
}

func writeGlobal(op string) func(r *rewriter, i int, n *onnxio.Node) {
	return func(r *rewriter, _ int, n *onnxio.Node) {
		s, _ := r.shape(n.Inputs[0])
		x := r.twin(n.Inputs[0])
		positions := []int64{1, 2}[:len(s)-2]
		r.reduce(op, r.name(n.Outputs[0]), x, positions, true)
	}
}

// reducedAxes are the axes that a reduction folds, sorted, counted from 0.
func (r *rewriter) reducedAxes(n *onnxio.Node, rank int) []int64 {
	axes := slices.Clone(n.IntsOr("axes", nil))
	if len(axes) == 0 {
		axes = slices.Clone(r.constant(n, 1))
	}
	for i := range axes {
		if axes[i] < 0 {
			axes[i] += int64(rank)
		}
	}
	slices.Sort(axes)
	return axes
}

// reduceFits: over positions only, and over all unless dimensions are kept.
func reduceFits(r *rewriter, n *onnxio.Node) string {
	if !r.image(n.Inputs[0]) {
		return noImage
	}
	s, _ := r.shape(n.Inputs[0])
	axes := r.reducedAxes(n, len(s))
	keep := n.IntOr("keepdims", 1) != 0
	if len(axes) == 0 || axes[0] < 2 || !keep && len(axes) != len(s)-2 || keep && !r.image(n.Outputs[0]) {
		return "it does not fold positions alone"
	}
	return ""
}

func writeReduce(r *rewriter, _ int, n *onnxio.Node) {
	s, _ := r.shape(n.Inputs[0])
	axes := r.reducedAxes(n, len(s))
	for i := range axes {
		axes[i]--
	}
	keep := n.IntOr("keepdims", 1) != 0
	x, output := r.twin(n.Inputs[0]), n.Outputs[0]
	if keep {
		output = r.name(output)
	} else {
		r.there[output] = true
	}
	r.reduce(n.Op, output, x, axes, keep)
}

// broadcastFits: operands are images, single numbers, or constants and
// parameters of one dimension less than the result.
func broadcastFits(r *rewriter, n *onnxio.Node) string {
	y, _ := r.shape(n.Outputs[0])
	if len(n.Outputs) != 1 || !r.image(n.Outputs[0]) {
		return noImage
	}
	images := false
	for _, x := range n.Inputs {
		s, ok := r.shape(x)
		switch {
		case x == "":
		case !ok || r.types[x].Type != onnxio.Float32:
			return noImage
		case r.image(x) && len(s) == len(y):
			images = true
		case product(s) == 1 && len(s) <= 1:
		case len(s) == len(y)-1 && slices.Min(s) > 0:
		default:
			return "its operands do not broadcast channels last"
		}
	}
	if !images {
		return noImage
	}
	return ""
}

func broadcastImages(r *rewriter, n *onnxio.Node) []string {
	y, _ := r.shape(n.Outputs[0])
	var images []string
	for _, x := range n.Inputs {
		if s, _ := r.shape(x); x != "" && len(s) == len(y) {
			images = append(images, x)
		}
	}
	return images
}

func writeBroadcast(r *rewriter, i int, n *onnxio.Node) {
	if r.fused[i].node != nil {
		r.writeFused(i, n)
		return
	}
	y, _ := r.shape(n.Outputs[0])
	inputs := slices.Clone(n.Inputs)
	for k, x := range inputs {
		s, _ := r.shape(x)
		switch {
		case x == "":
		case len(s) == len(y):
			inputs[k] = r.twin(x)
		case len(s) == len(y)-1:
			inputs[k] = r.channelsBehind(r.first(x), s)
		default:
			r.first(x)
		}
	}
	r.like(n, inputs)
}

// channelsBehind moves the first dimension of what broadcasts to every sample
// of an image to the end.
func (r *rewriter) channelsBehind(x string, s []int64) string {
	if product(s[1:]) == 1 || s[0] == 1 {
		return r.Op("Reshape", []string{x, r.Int64s(append(slices.Clone(s[1:]), s[0])...)})
	}
	var perm []int64
	for i := 1; i < len(s); i++ {
		perm = append(perm, int64(i))
	}
	return r.Op("Transpose", []string{x}, onnxio.IntsAttr("perm", append(perm, 0)...))
}

// writeFused appends a convolution or normalisation with what follows it; n is
// the last node of these.
func (r *rewriter) writeFused(i int, n *onnxio.Node) {
	f := r.fused[i]
	if f.node.OpName() == "Conv" {
		r.writeConv(f, n.Outputs[0])
		return
	}
	r.writeNorm(f, n.Outputs[0])
}
