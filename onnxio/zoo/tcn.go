package zoo

import (
	"fmt"

	"github.com/sharewise/sharewise/onnxio"
)

// Sizes of the tcn at width 1.
const (
	minLength    = 8  // of a window
	maxPositions = 64 // that the blocks see
	maxStride    = 8  // of the first convolution
	tcnChannels  = 32
	maxBlocks    = 4
)

// stem is how the tcn brings a window to at most maxPositions positions: one
// convolution that is wide where it strides, so that every position sees its
// neighbours' elements too, and max pooling where that does not suffice.
type stem struct {
	kernel, stride, pool int
	positions            int // after the pooling
	begin, end           int // padding of the convolution
}

func newStem(length int) stem {
	s := stem{stride: 1, pool: 1}
	for s.stride < maxStride && ceilDiv(length, s.stride) > maxPositions {
		s.stride *= 2
	}
	s.pool = ceilDiv(ceilDiv(length, s.stride), maxPositions)
	s.positions = ceilDiv(length, s.stride*s.pool)
	s.kernel = max(5, 4*s.stride)
	// The convolution gives as many elements as the pooling windows take.
	pad := (s.positions*s.pool-1)*s.stride + s.kernel - length
	s.begin = pad / 2
	s.end = pad - s.begin
	return s
}

func ceilDiv(a, b int) int { return (a + b - 1) / b }

// tcn is a temporal convolutional network for windows that are seen whole:
// convolutions look both ways in time.
func tcn(l *layers) error {
	if len(l.shape) != 2 || l.shape[1] < minLength {
		return fmt.Errorf("samples of shape %s; need channels x length, with a length of %d or more",
			FormatShape(l.shape), minLength)
	}
	channels := l.cfg.scaled(tcnChannels)
	s := newStem(l.shape[1])
	l.conv1d("stem", channels, window{kernel: s.kernel, stride: s.stride, dilation: 1, begin: s.begin, end: s.end}, 1)
	if s.pool > 1 {
		l.maxPool1d(s.pool)
	}
	var dilations []int
	for d := 1; d < s.positions && len(dilations) < maxBlocks; d *= 2 {
		dilations = append(dilations, d)
	}
	for i, d := range dilations {
		l.dilatedBlock(fmt.Sprintf("block%d", i+1), d, len(dilations))
	}
	l.relu()
	l.globalPools()
	return nil
}

// window is the geometry of a convolution in one dimension.
type window struct{ kernel, stride, dilation, begin, end int }

// out is the number of positions of a window over a length.
func (w window) out(length int) int {
	return (length+w.begin+w.end-w.dilation*(w.kernel-1)-1)/w.stride + 1
}

// conv1d is a convolution over the last dimension. Its weights start smaller
// where its result is one of several summands: the variance of the sum over
// branches is that of one.
func (l *layers) conv1d(name string, channels int, win window, branches int) {
	in := l.shape[0]
	w := l.param(name+".weight", heUniform(win.kernel*in*branches), channels, in, win.kernel)
	bias := l.param(name+".bias", "zeros", channels)
	attrs := []*onnxio.Attribute{onnxio.IntsAttr("kernel_shape", int64(win.kernel))}
	if win.stride != 1 {
		attrs = append(attrs, onnxio.IntsAttr("strides", int64(win.stride)))
	}
	if win.dilation != 1 {
		attrs = append(attrs, onnxio.IntsAttr("dilations", int64(win.dilation)))
	}
	if win.begin+win.end > 0 {
		attrs = append(attrs, onnxio.IntsAttr("pads", int64(win.begin), int64(win.end)))
	}
	l.last = l.b.Op("Conv", []string{l.last, w, bias}, attrs...)
	l.shape = []int{channels, win.out(l.shape[1])}
}

// dilatedBlock adds to every position what a convolution of three elements,
// dilation apart, and one of a single element make of it.
func (l *layers) dilatedBlock(name string, dilation, blocks int) {
	x, channels := l.last, l.shape[0]
	l.relu()
	l.conv1d(name+".conv1", channels, window{kernel: 3, stride: 1, dilation: dilation, begin: dilation, end: dilation}, 1)
	l.relu()
	l.conv1d(name+".conv2", channels, window{kernel: 1, stride: 1, dilation: 1}, blocks)
	l.last = l.b.Op("Add", []string{x, l.last})
}

// maxPool1d takes the largest of every so many positions; these are divisible.
func (l *layers) maxPool1d(size int) {
	l.last = l.b.Op("MaxPool", []string{l.last},
		onnxio.IntsAttr("kernel_shape", int64(size)), onnxio.IntsAttr("strides", int64(size)))
	l.shape = []int{l.shape[0], l.shape[1] / size}
}

// globalPools joins mean and maximum of every channel.
func (l *layers) globalPools() {
	mean := l.b.Op("GlobalAveragePool", []string{l.last})
	most := l.b.Op("GlobalMaxPool", []string{l.last})
	l.last = l.b.Op("Concat", []string{mean, most}, onnxio.IntAttr("axis", 1))
	l.shape = []int{2 * l.shape[0], 1}
	l.flatten()
}
