package onnxio

import (
	"fmt"
	"slices"
)

// KernelDomain is the operator set of the kernel library of package kernels.
const KernelDomain = "sharewise.kernels"

// kernelOps are the operators of the kernel library, which package kernels
// describes. Activations are channels last, [N,H,W,C], or [N,L,C] for series;
// weights are [K,C/group,kernel...], as those of Conv are.
var kernelOps = []operator{
	{KernelDomain, "AdamW", 1, "rate clip step tensors... -> squares next...", "beta1:float! beta2:float! coupled:int! count:int! decay:float! epsilon:float!", kernelUpdate},
	{KernelDomain, "Adagrad", 1, "rate clip tensors... -> squares next...", "count:int! decay:float! epsilon:float!", kernelUpdate},
	{KernelDomain, "Attention", 1, "q k? v? -> y weights", "scale:float!", kernelAttention},
	{KernelDomain, "AttentionGrad", 1, "dy weights q k? v? -> dq dk? dv?", "scale:float!", kernelAttentionGrad},
	{KernelDomain, "BatchNorm", 1, "x scale bias add? -> y mean variance inverse", "epsilon:float! relu:int!", kernelBatchNorm},
	{KernelDomain, "BatchNormGrad", 1, "dy x y? scale mean inverse -> dx dscale dbias dadd?", "relu:int!", kernelBatchNormGrad},
	{KernelDomain, "Conv", 1, "x w bias? add? -> y", "dilations:ints! direct:int group:int! pads:ints! pool:int relu:int! strides:ints!", kernelConv},
	{KernelDomain, "ConvGradInput", 1, "dy w -> dx", "dilations:ints! direct:int group:int! height:int pads:ints! strides:ints! width:int!", kernelConvGradInput},
	{KernelDomain, "ConvGradWeight", 1, "x dy -> dw dbias?", "dilations:ints! direct:int exact:int group:int! kernel:ints! pads:ints! strides:ints!", kernelConvGradWeight},
	{KernelDomain, "DenseSteps", 1, "rates numbers weights x targets classes shapes tensors... -> losses samples norms next...", "beta1:float beta2:float biased:ints! clip:float! coupled:int decay:float epsilon:float features:int! losses:ints! masked:ints! momentum:float nesterov:int outputs:ints! relu:ints! rows:ints! rule:int! turned:ints! units:ints!", kernelDenseSteps},
	{KernelDomain, "Gelu", 1, "x -> y", "", sameAsInput},
	{KernelDomain, "GeluGrad", 1, "dy x -> dx", "", sameAsInput},
	{KernelDomain, "Gemm", 1, "a b bias? -> y sums?", "relu:int! transA:int! transB:int!", kernelGemm},
	{KernelDomain, "LayerNorm", 1, "x scale bias -> y mean inverse", "epsilon:float!", kernelLayerNorm},
	{KernelDomain, "LayerNormGrad", 1, "dy x scale mean inverse -> dx dscale dbias", "", kernelLayerNormGrad},
	{KernelDomain, "MaxPool", 1, "x -> y index?", "dilations:ints! kernel:ints! pads:ints! relu:int strides:ints! ties:int!", kernelMaxPool},
	{KernelDomain, "MaxPoolGrad", 1, "dy index -> dx", "dilations:ints! height:int kernel:ints! pads:ints! relu:int strides:ints! ties:int! width:int!", kernelMaxPoolGrad},
	{KernelDomain, "ReluGrad", 1, "dy y -> dx", "", sameAsInput},
	{KernelDomain, "SGD", 1, "rate clip tensors... -> squares next...", "count:int! decay:float! momentum:float! nesterov:int!", kernelUpdate},
	{KernelDomain, "SoftmaxGrad", 1, "dy y -> dx", "", sameAsInput},
	{KernelDomain, "SumSquares", 1, "tensors... -> squares", "", kernelSumSquares},
}

// channelsFirst moves the last dimension behind the first.
func channelsFirst(s Shape) Shape {
	if len(s) < 2 {
		return s
	}
	return slices.Concat(s[:1], s[len(s)-1:], s[1:len(s)-1])
}

// channelsLast moves the second dimension to the end.
func channelsLast(s Shape) Shape {
	if len(s) < 2 {
		return s
	}
	return slices.Concat(s[:1], s[2:], s[1:2])
}

// image refuses an input that is known and neither [N,H,W,C] nor [N,L,C], and
// returns its shape with the channels first.
func (c *call) image(i int) (Shape, error) {
	s := c.shape(i)
	if s != nil && len(s) != 3 && len(s) != 4 {
		return nil, fmt.Errorf("input %d has shape %v, need [N,H,W,C] or [N,L,C]", i, s)
	}
	return channelsFirst(s), nil
}

// kernelConv: y [N,...,K] of x [N,...,C], w [K,C/group,kernel...], bias [K] and
// add, which is like y.
func kernelConv(c *call) error {
	x, err := c.image(0)
	if err != nil {
		return err
	}
	w := c.shape(1)
	if x == nil || w == nil {
		return nil
	}
	if len(w) != len(x) {
		return fmt.Errorf("weights of shape %v for input of shape %v", w, c.shape(0))
	}
	kernel, ok := w[2:].Ints()
	if !ok {
		return nil
	}
	if err := c.checkChannels(x[1], w[1]); err != nil {
		return err
	}
	if err := checkVector(c.shape(2), w[0], "bias"); err != nil {
		return err
	}
	win, err := c.window(kernel)
	if err != nil {
		return err
	}
	y, err := win.slide(x, w[0])
	if err != nil {
		return err
	}
	if c.node.IntOr("pool", 0) != 0 {
		for i, d := range y[2:] {
			if d.Known() {
				y[i+2] = Static(d.Size / 2)[0]
			} else {
				y[i+2] = Dim{}
			}
		}
	}
	y = channelsLast(y)
	if contradict(c.shape(3), y) {
		return fmt.Errorf("add has shape %v, need %v", c.shape(3), y)
	}
	c.set(0, c.typ(0), y)
	return nil
}

// spatial are the sizes that the attributes height and width give, as many as
// a value of the given rank has between batch and channels.
func (c *call) spatial(rank int) Shape {
	sizes := Static(max(c.node.IntOr("height", 1), -1), max(c.node.IntOr("width", 1), -1))
	return sizes[4-rank:]
}

// kernelConvGradInput: dx [N,H,W,C] of dy [N,...,K] and w.
func kernelConvGradInput(c *call) error {
	dy, err := c.image(0)
	if err != nil {
		return err
	}
	w := c.shape(1)
	if dy == nil || w == nil {
		return nil
	}
	if len(w) != len(dy) {
		return fmt.Errorf("weights of shape %v for a cotangent of shape %v", w, c.shape(0))
	}
	channels := w[1].number().mul(integer(c.node.IntOr("group", 1))).dim()
	c.set(0, c.typ(0), slices.Concat(dy[:1], c.spatial(len(dy)), Shape{channels}))
	return nil
}

// kernelConvGradWeight: dw [K,C/group,kernel...] and dbias [K].
func kernelConvGradWeight(c *call) error {
	x, err := c.image(0)
	if err != nil {
		return err
	}
	dy, err := c.image(1)
	if err != nil {
		return err
	}
	kernel, group := c.node.IntsOr("kernel", nil), c.node.IntOr("group", 1)
	if x == nil || dy == nil {
		return nil
	}
	if len(kernel) != len(x)-2 || len(dy) != len(x) || group < 1 || slices.ContainsFunc(kernel, func(k int64) bool { return k < 1 }) {
		return fmt.Errorf("kernel %v in %d groups for an input of shape %v and a cotangent of shape %v", kernel, group, c.shape(0), c.shape(1))
	}
	perGroup := Dim{Size: -1}
	if x[1].Known() {
		perGroup.Size = x[1].Size / group
	}
	c.set(0, c.typ(0), append(Shape{dy[1], perGroup}, Static(kernel...)...))
	c.set(1, c.typ(0), Shape{dy[1]})
	return nil
}

// kernelBatchNorm: y like x [N,...,C], and three vectors [C].
func kernelBatchNorm(c *call) error {
	x := c.shape(0)
	if err := c.minRank(0, 2); err != nil {
		return err
	}
	channels := Dim{Size: -1}
	if x != nil {
		channels = x[len(x)-1]
	}
	for i, what := range []string{"scale", "bias"} {
		if err := checkVector(c.shape(i+1), channels, what); err != nil {
			return err
		}
	}
	if contradict(c.shape(3), x) {
		return fmt.Errorf("add has shape %v, need %v", c.shape(3), x)
	}
	for i := range 3 {
		c.set(i+1, c.typ(0), Shape{channels})
	}
	return sameAsInput(c)
}

func kernelBatchNormGrad(c *call) error {
	if err := c.minRank(0, 2); err != nil {
		return err
	}
	for i := 1; i <= 2; i++ {
		if contradict(c.shape(i), c.shape(0)) {
			return fmt.Errorf("input %d has shape %v, need %v", i, c.shape(i), c.shape(0))
		}
	}
	channels := Dim{Size: -1}
	if dy := c.shape(0); dy != nil {
		channels = dy[len(dy)-1]
	}
	c.set(1, c.typ(0), Shape{channels})
	c.set(2, c.typ(0), Shape{channels})
	c.set(3, c.typ(0), c.shape(0))
	return sameAsInput(c)
}

// kernelGemm: y [M,N], and sums [M] of a [K,M].
func kernelGemm(c *call) error {
	if a := c.shape(0); len(a) == 2 {
		c.set(1, c.typ(0), Shape{a[1]})
	}
	return gemm(c)
}

// kernelLayerNorm: y like x, and for every row, whose length becomes 1, a mean and
// an inverse deviation.
func kernelLayerNorm(c *call) error {
	if err := c.minRank(0, 1); err != nil {
		return err
	}
	if x := c.shape(0); x != nil {
		row := x[len(x)-1]
		for i, what := range []string{"scale", "bias"} {
			if err := checkVector(c.shape(i+1), row, what); err != nil {
				return err
			}
		}
		moments := slices.Concat(x[:len(x)-1], Static(1))
		c.set(1, c.typ(0), moments)
		c.set(2, c.typ(0), moments)
	}
	return sameAsInput(c)
}

// kernelAttention: y [N,T,heads,size] of q like it, or three times as many heads of
// queries, keys and values, and weights [N,heads,T,T].
func kernelAttention(c *call) error {
	q := c.shape(0)
	if q == nil {
		return nil
	}
	if len(q) != 4 {
		return fmt.Errorf("q has shape %v, need [N,T,heads,size]", q)
	}
	heads := q[2]
	if len(c.in) < 3 {
		if heads.Known() && heads.Size%3 != 0 {
			return fmt.Errorf("%d heads are not those of queries, keys and values", heads.Size)
		}
		if heads = (Dim{Size: -1}); q[2].Known() {
			heads.Size = q[2].Size / 3
		}
	}
	c.set(0, c.typ(0), Shape{q[0], q[1], heads, q[3]})
	c.set(1, c.typ(0), Shape{q[0], heads, q[1], q[1]})
	return nil
}

func kernelAttentionGrad(c *call) error {
	for i := range len(c.in) - 2 {
		c.set(i, c.typ(2), c.shape(2))
	}
	return nil
}

func kernelLayerNormGrad(c *call) error {
	c.set(1, c.typ(2), c.shape(2))
	c.set(2, c.typ(2), c.shape(2))
	return sameAsInput(c)
}

// kernelMaxPool: y [N,...,C] and, of the same shape, which elements of every
// window are the largest.
func kernelMaxPool(c *call) error {
	x, err := c.image(0)
	if err != nil || x == nil {
		return err
	}
	win, err := c.window(c.node.IntsOr("kernel", nil))
	if err != nil {
		return err
	}
	y, err := win.slide(x, x[1])
	if err != nil {
		return err
	}
	c.set(0, c.typ(0), channelsLast(y))
	c.set(1, Uint8, channelsLast(y))
	return nil
}

func kernelMaxPoolGrad(c *call) error {
	dy, err := c.image(0)
	if err != nil || dy == nil {
		return err
	}
	c.set(0, c.typ(0), slices.Concat(dy[:1], c.spatial(len(dy)), dy[1:2]))
	return nil
}

// kernelUpdate is an optimizer: behind its settings come count parameters,
// their gradients, and one or two lists of state, all of the same shapes; out
// come the sum of the squared gradients, and the next parameters and state.
func kernelUpdate(c *call) error {
	settings := 2
	if c.node.Op == "AdamW" {
		settings = 3
	}
	count := c.node.IntOr("count", 0)
	lists := int64(len(c.in)-settings) / max(count, 1)
	if count < 1 || lists < 2 || int64(len(c.in)) != int64(settings)+count*lists || int64(len(c.out)) != 1+count*(lists-1) {
		return fmt.Errorf("%d inputs and %d outputs for %d parameters", len(c.in), len(c.out), count)
	}
	c.set(0, Float32, Static(1))
	n := int(count)
	for i := range n {
		p := c.shape(settings + i)
		for list := 1; list < int(lists); list++ {
			at := settings + list*n + i
			if contradict(c.shape(at), p) {
				return fmt.Errorf("input %d has shape %v, but its parameter has %v", at, c.shape(at), p)
			}
			c.set(1+(list-1)*n+i, c.typ(settings+i), p)
		}
	}
	return nil
}

// kernelDenseSteps: losses [steps,domains], those of samples [steps,rows], norms of
// gradients [steps,1], and the tensors behind the seven first inputs, as they are then.
func kernelDenseSteps(c *call) error {
	const before, results = 7, 3
	if len(c.in)-before != len(c.out)-results {
		return fmt.Errorf("%d inputs and %d outputs; what is stepped must come out", len(c.in), len(c.out))
	}
	rows := int64(0)
	all := c.node.IntsOr("rows", nil)
	for _, n := range all {
		if n < 1 || n > 1<<32 || rows > 1<<40 {
			return fmt.Errorf("rows %v are no numbers of rows", all)
		}
		rows += n
	}
	steps := Dim{Size: -1}
	if s := c.shape(0); len(s) == 1 {
		steps = s[0]
	}
	for i, n := range []int64{int64(len(all)), rows, 1} {
		c.set(i, Float32, Shape{steps, {Size: n}})
	}
	for i := range len(c.in) - before {
		c.set(results+i, c.typ(before+i), c.shape(before+i))
	}
	return nil
}

func kernelSumSquares(c *call) error {
	c.set(0, Float32, Static(1))
	return nil
}
