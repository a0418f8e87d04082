package autodiff

import (
	"slices"

	"github.com/sharewise/sharewise/onnxio"
)

func (c *call) poolWindow() *window {
	return c.window(c.inShape(0)[2:], c.yShape()[2:], c.IntsOr("kernel_shape", nil))
}

// tiled is the shape of the input with every spatial dimension split into
// windows and places in the window; windows is the same with one place each,
// and places are the axes of the places.
func (c *call) tiled(w *window) (tiled, windows, places []int64) {
	tiled = slices.Clone(c.inShape(0)[:2])
	windows = slices.Clone(tiled)
	for i := range w.in {
		tiled = append(tiled, w.out[i], w.kernel[i])
		windows = append(windows, w.out[i], 1)
		places = append(places, int64(2*i+3))
	}
	return tiled, windows, places
}

// maxPool gives the cotangent of a window to its largest element. Asking the
// forward node for Indices would make it four times as slow, so windows that
// tile the input are compared with their maximum; ties share. Other windows
// are pooled again for their indices, and the first of several maxima gets
// all.
func maxPool(c *call) string {
	w := c.poolWindow()
	if w.tiles() {
		return c.maxPoolTiles(w)
	}
	indices := ""
	if c.gives(1) && c.IntOr("storage_order", 0) == 0 {
		indices = c.Outputs[1]
	} else {
		attrs := slices.DeleteFunc(slices.Clone(c.Attrs), func(a *onnxio.Attribute) bool { return a.Name == "storage_order" })
		indices = c.ops("MaxPool", 2, []string{c.a}, attrs...)[1]
	}
	n := product(c.yShape())
	x := c.op("ScatterElements", []string{
		c.zeros([]int64{product(c.inShape(0))}, c.elementType()),
		c.reshape(indices, n),
		c.reshape(c.dy, n),
	}, onnxio.IntAttr("axis", 0), c.adding())
	return c.reshape(x, c.inShape(0)...)
}

func (c *call) maxPoolTiles(w *window) string {
	dy, masked := c.dy, c.afterRelu()
	if masked {
		// Relu's own mask, applied where there are fewer elements: the input
		// elements that get a cotangent equal the maximum.
		dy = c.wherePositive(c.y, dy)
	}
	dx := c.spreadTiles(w, dy)
	if masked {
		c.positive[dx] = c.a
	}
	return dx
}

// spreadTiles hands the cotangents of windows to the elements that equal the
// window's maximum.
func (c *call) spreadTiles(w *window, dy string) string {
	if len(w.in) <= 2 && w.in[len(w.in)-1] <= maxTiledRow && w.kernel[0] <= maxTiledRow && c.elementType() == onnxio.Float32 {
		return c.spreadRows(w, dy)
	}
	tiled, windows, places := c.tiled(w)
	hit := c.equal(c.reshape(c.a, tiled...), c.reshape(c.y, windows...))
	ties := c.sum(c.cast(hit, c.elementType()), true, places...)
	return c.reshape(c.onlyWhere(hit, c.div(c.reshape(dy, windows...), ties)), c.inShape(0)...)
}

// maxTiledRow is the longest row of the input, and the largest window, for which
// multiplying by the matrix of spreadRows, which does as many operations per
// element, is faster than broadcasting.
const maxTiledRow = 128

// spreadRows is spreadTiles for one or two spatial dimensions. Broadcasting
// along windows of two elements is slow in ONNX Runtime, a product with a
// matrix of zeros and ones is not. The matrix [out, kernel·in] repeats a row of
// windows at every element of the input rows that the windows cover, and its
// transpose adds elements up by window. Products with one, added to zeros, are
// exact.
func (c *call) spreadRows(w *window, dy string) string {
	last := len(w.in) - 1
	in, out, kernel := w.in[last], w.out[last], w.kernel[last]
	rows := int64(1) // of the input in one row of windows
	if last == 1 {
		rows = w.kernel[0]
	}
	m := make([]float32, out*rows*in)
	for o := range out {
		for r := range rows {
			for k := range kernel {
				m[(o*rows+r)*in+o*kernel+k] = 1
			}
		}
	}
	spread := c.op("Constant", nil, onnxio.TensorAttr("value", onnxio.NewFloat32("", []int64{out, rows * in}, m)))
	gather := c.op("Transpose", []string{spread}, onnxio.IntsAttr("perm", 1, 0))
	strip := slices.Concat(c.yShape()[:len(c.yShape())-1], []int64{rows * in})
	hit := c.equal(c.reshape(c.a, strip...), c.matMul(c.y, spread))
	ones := c.cast(hit, onnxio.Float32)
	share := c.div(dy, c.matMul(ones, gather))
	return c.reshape(c.mul(ones, c.matMul(share, spread)), c.inShape(0)...)
}

// afterRelu reports whether the input is what a Relu gives and nobody wants
// to know its cotangent, so that it may be masked already.
func (c *call) afterRelu() bool {
	n := c.producer(c.a)
	return n != nil && endsInRelu(n) && !c.wanted[c.a]
}

// averagePool spreads the cotangent of a window over its elements evenly.
func averagePool(c *call) string {
	w := c.poolWindow()
	if w.tiles() {
		tiled, windows, _ := c.tiled(w)
		dy := c.over(float64(product(w.kernel)), c.dy)
		return c.reshape(c.expand(c.reshape(dy, windows...), tiled...), c.inShape(0)...)
	}
	if len(w.in) > 1 && c.IntOr("ceil_mode", 0) != 0 && c.IntOr("count_include_pad", 0) != 0 && !w.evenlyPadded() {
		lacksf("ceil_mode with count_include_pad and pads that differ, of which ONNX Runtime counts other elements than ONNX")
	}
	return c.overWindows(w, c.mul(c.dy, c.shares(w)))
}

// overWindows hands every element the sum of what the windows have that it is
// in.
func (c *call) overWindows(w *window, dy string) string {
	channels := c.inShape(0)[1]
	kernel := c.expand(c.k(1), slices.Concat([]int64{channels, 1}, w.kernel)...)
	pads, rest := w.transposed()
	attrs := append(convAttrs(w.strides, w.dilations, pads, channels), onnxio.IntsAttr("output_padding", rest...))
	return c.op("ConvTranspose", []string{dy, kernel}, attrs...)
}

// lpPool: y = (Σ|x|ᵖ)^(1/p) over a window, ∂y/∂x = sign(x)·(|x|/y)^(p−1), taken
// as 0 where y is.
func lpPool(c *call) string {
	return c.lpSlope(func(perWindow string) string { return c.overWindows(c.poolWindow(), perWindow) })
}

func globalLpPool(c *call) string { return c.lpSlope(func(perPlane string) string { return perPlane }) }

func (c *call) lpSlope(spread func(perWindow string) string) string {
	p := c.attr("p", 2) // a floating-point number in old versions
	if a := c.Attr("p"); a != nil && a.Type == onnxio.AttrInt {
		p = float64(a.Int)
	}
	positive := c.greater(c.y, c.k(0))
	perWindow := c.onlyWhere(positive, c.div(c.dy, c.pow(c.where(positive, c.y, c.k(1)), c.k(p-1))))
	if p == 2 {
		return c.mul(c.a, spread(perWindow))
	}
	return c.mul(c.mul(c.sign(c.a), c.pow(c.abs(c.a), c.k(p-1))), spread(perWindow))
}

// shares is one over the number of elements that every window averages.
func (c *call) shares(w *window) string {
	countPads := c.IntOr("count_include_pad", 0) != 0
	fits(w.out...)
	counts := []float64{1}
	for i := range w.in {
		from, to := int64(0), w.in[i]
		if countPads {
			from, to = -w.begin[i], w.in[i]+w.end[i]
		}
		var next []float64
		for _, outer := range counts {
			for o := range w.out[i] {
				next = append(next, outer*float64(w.within(i, o, from, to)))
			}
		}
		counts = next
	}
	shape := slices.Concat([]int64{1, 1}, w.out)
	if c.elementType() == onnxio.Float64 {
		for i := range counts {
			counts[i] = 1 / counts[i]
		}
		return c.op("Constant", nil, onnxio.TensorAttr("value", onnxio.NewFloat64("", shape, counts)))
	}
	shares := make([]float32, len(counts))
	for i, n := range counts {
		shares[i] = float32(1 / n)
	}
	return c.op("Constant", nil, onnxio.TensorAttr("value", onnxio.NewFloat32("", shape, shares)))
}

func globalAveragePool(c *call) string {
	x := c.inShape(0)
	return c.expand(c.over(float64(product(x[2:])), c.dy), x...)
}

func globalMaxPool(c *call) string {
	hit := c.equal(c.a, c.y)
	var spatial []int64
	for i := 2; i < int(c.rank()); i++ {
		spatial = append(spatial, int64(i))
	}
	ties := c.sum(c.cast(hit, c.elementType()), true, spatial...)
	return c.onlyWhere(hit, c.div(c.dy, ties))
}
