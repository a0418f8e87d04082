package autodiff

import (
	"slices"

	"github.com/sharewise/sharewise/onnxio"
)

// col2Im takes the elements of the image that the blocks were added to.
func col2Im(c *call) string {
	x, y := c.inShape(0), c.yShape()
	image, block := c.constant(1), c.constant(2)
	w := c.window(image, slices.Clone(image), block)
	for i := range image {
		w.out[i] = (image[i]+w.begin[i]+w.end[i]-w.extent(i))/w.strides[i] + 1
	}
	spatial := product(image)
	fits(product(block), product(w.out))
	// Beyond the image lies one zero.
	dy := c.reshape(c.dy, y[0], y[1], spatial)
	dy = c.pad(dy, []int64{0, 0, 0}, []int64{0, 0, 1})
	at := onnxio.NewInt64("", []int64{product(block) * product(w.out)}, w.places())
	places := c.op("Constant", nil, onnxio.TensorAttr("value", at))
	return c.reshape(c.op("Gather", []string{dy, places}, onnxio.IntAttr("axis", 2)), x...)
}

// places lists, element by element of the kernel and then window by window, which
// element of the input lies there; one past the last stands for padding.
func (w *window) places() []int64 {
	spatial := product(w.in)
	var all []int64
	for k := range product(w.kernel) {
		for o := range product(w.out) {
			at, step := int64(0), int64(1)
			restK, restO := k, o
			for i := len(w.in) - 1; i >= 0; i-- {
				p := restO%w.out[i]*w.strides[i] + restK%w.kernel[i]*w.dilations[i] - w.begin[i]
				restO, restK = restO/w.out[i], restK/w.kernel[i]
				if p < 0 || p >= w.in[i] || at == spatial {
					at = spatial
					continue
				}
				at, step = at+p*step, step*w.in[i]
			}
			all = append(all, at)
		}
	}
	return all
}

// maxUnpool takes the elements from where they were put.
func maxUnpool(c *call) string {
	flat := c.reshape(c.dy, product(c.yShape()))
	return c.op("Gather", []string{flat, c.b}, onnxio.IntAttr("axis", 0))
}
