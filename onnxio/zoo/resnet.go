package zoo

import (
	"fmt"

	"github.com/sharewise/sharewise/onnxio"
)

// resnet20 is the residual network of 20 layers for small images (He, Zhang,
// Ren, Sun: Deep Residual Learning for Image Recognition, CVPR 2016, section
// 4.2), less its last layer, which the head is: a convolution, three stages of
// three basic blocks, the mean of every map.
func resnet20(l *layers) error {
	if len(l.shape) != 3 || l.shape[1] < minSide || l.shape[2] < minSide {
		return fmt.Errorf("samples of shape %s; need channels x height x width of %dx%d or more",
			FormatShape(l.shape), minSide, minSide)
	}
	l.plainConv("conv1", l.cfg.scaled(16), 1)
	l.batchNorm("bn1")
	l.relu()
	for stage, channels := range []int{16, 32, 64} {
		for block := range 3 {
			stride := 1
			if stage > 0 && block == 0 {
				stride = 2
			}
			l.basicBlock(fmt.Sprintf("layer%d.%d", stage+1, block), l.cfg.scaled(channels), stride)
		}
	}
	l.globalAverage()
	return nil
}

// basicBlock is two convolutions and a shortcut around them.
func (l *layers) basicBlock(name string, channels, stride int) {
	last, shape := l.last, l.shape
	l.plainConv(name+".conv1", channels, stride)
	l.batchNorm(name + ".bn1")
	l.relu()
	l.plainConv(name+".conv2", channels, 1)
	l.batchNorm(name + ".bn2")
	l.last = l.b.Op("Add", []string{l.last, l.shortcut(last, shape[0], channels, stride)})
	l.relu()
}

// shortcut hands a value past a block. Where the block shrinks the maps, every
// stride-th row and column is taken and channels of zeros are put around: the
// paper's option A, with which it reports this network. It has no parameters,
// so that width is the only measure of capacity, and its gradient is a Pad and
// a Slice where that of a strided 1×1 convolution is a ConvTranspose.
func (l *layers) shortcut(x string, from, to, stride int) string {
	if stride > 1 {
		far, by := int64(1)<<31, int64(stride)
		x = l.b.Op("Slice", []string{x, l.b.Int64s(0, 0), l.b.Int64s(far, far), l.b.Int64s(2, 3), l.b.Int64s(by, by)})
	}
	if to > from {
		before := int64(to-from) / 2
		after := int64(to-from) - before
		x = l.b.Op("Pad", []string{x, l.b.Int64s(0, before, 0, 0, 0, after, 0, 0)})
	}
	return x
}

// plainConv is a 3×3 convolution without bias, which a batch normalisation
// would take away again.
func (l *layers) plainConv(name string, channels, stride int) {
	in := l.shape[0]
	w := l.param(name+".weight", heNormal(9*in), channels, in, 3, 3)
	s := int64(stride)
	l.last = l.b.Op("Conv", []string{l.last, w},
		onnxio.IntsAttr("kernel_shape", 3, 3), onnxio.IntsAttr("pads", 1, 1, 1, 1), onnxio.IntsAttr("strides", s, s))
	l.shape = []int{channels, (l.shape[1]-1)/stride + 1, (l.shape[2]-1)/stride + 1}
}

// batchNorm normalises every channel. Its running statistics are inputs like
// the parameters, and training keeps them up to date.
func (l *layers) batchNorm(name string) {
	channels := l.shape[0]
	inputs := []string{
		l.last,
		l.param(name+".weight", "ones", channels),
		l.param(name+".bias", "zeros", channels),
		l.param(name+".running_mean", "zeros", channels),
		l.param(name+".running_var", "ones", channels),
	}
	l.last = l.b.Op("BatchNormalization", inputs, onnxio.FloatAttr("epsilon", 1e-5), onnxio.FloatAttr("momentum", 0.9))
}

// globalAverage takes the mean of every map.
func (l *layers) globalAverage() {
	l.last = l.b.Op("GlobalAveragePool", []string{l.last})
	l.shape = []int{l.shape[0], 1, 1}
	l.flatten()
}
