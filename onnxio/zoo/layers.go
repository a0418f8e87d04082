package zoo

import (
	"fmt"
	"strconv"

	"github.com/sharewise/sharewise/onnxio"
)

// Names of the data input and the output of a trunk, and what the metadata
// keys of initialisation rules start with.
const (
	inputName    = "x"
	outputName   = "features"
	initProperty = "sharewise.init/"
)

// layers builds a trunk layer by layer.
type layers struct {
	cfg   Config
	model *onnxio.Model
	b     *onnxio.Builder
	last  string // the value that the next layer takes
	shape []int  // of one sample of last
}

func newLayers(cfg Config) *layers {
	x := &onnxio.Value{Name: inputName, Type: onnxio.Float32, Shape: onnxio.Shape{onnxio.Sym("N")}}
	for _, d := range cfg.Input {
		x.Shape = append(x.Shape, onnxio.Dim{Size: int64(d)})
	}
	g := &onnxio.Graph{Inputs: []*onnxio.Value{x}}
	return &layers{
		cfg: cfg,
		model: &onnxio.Model{
			IRVersion: 8,
			Opsets:    []onnxio.Opset{{Version: 17}},
			Producer:  "sharewise",
			Graph:     g,
		},
		b:     onnxio.NewBuilder(g),
		last:  inputName,
		shape: cfg.Input,
	}
}

// param declares a parameter, starting by rule, and returns its name.
func (l *layers) param(name, rule string, shape ...int) string {
	v := &onnxio.Value{Name: l.b.Name(name), Type: onnxio.Float32, Shape: onnxio.Shape{}}
	for _, d := range shape {
		v.Shape = append(v.Shape, onnxio.Dim{Size: int64(d)})
	}
	l.model.Graph.Inputs = append(l.model.Graph.Inputs, v)
	l.model.SetProperty(initProperty+v.Name, rule)
	return v.Name
}

// heUniform keeps the variance of activations through layers of ReLU.
func heUniform(fanIn int) string { return fmt.Sprintf("he_uniform fan_in=%d", fanIn) }

// heNormal is heUniform with the normal distribution.
func heNormal(fanIn int) string { return fmt.Sprintf("he_normal fan_in=%d", fanIn) }

// elements is the number of elements of one sample at this point.
func (l *layers) elements() int {
	n := 1
	for _, d := range l.shape {
		n *= d
	}
	return n
}

func (l *layers) flatten() {
	if len(l.shape) == 1 {
		return
	}
	l.last = l.b.Op("Flatten", []string{l.last}, onnxio.IntAttr("axis", 1))
	l.shape = []int{l.elements()}
}

// linear is a fully connected layer.
func (l *layers) linear(name string, units int) {
	in := l.shape[0]
	w := l.param(name+".weight", heUniform(in), units, in)
	bias := l.param(name+".bias", "zeros", units)
	l.last = l.b.Op("Gemm", []string{l.last, w, bias}, onnxio.IntAttr("transB", 1))
	l.shape = []int{units}
}

// conv is a 3×3 convolution that keeps height and width.
func (l *layers) conv(name string, channels int) {
	in := l.shape[0]
	w := l.param(name+".weight", heUniform(9*in), channels, in, 3, 3)
	bias := l.param(name+".bias", "zeros", channels)
	l.last = l.b.Op("Conv", []string{l.last, w, bias},
		onnxio.IntsAttr("kernel_shape", 3, 3), onnxio.IntsAttr("pads", 1, 1, 1, 1))
	l.shape = []int{channels, l.shape[1], l.shape[2]}
}

func (l *layers) relu() { l.last = l.b.Op("Relu", []string{l.last}) }

// pool halves height and width.
func (l *layers) pool() {
	l.last = l.b.Op("MaxPool", []string{l.last},
		onnxio.IntsAttr("kernel_shape", 2, 2), onnxio.IntsAttr("strides", 2, 2))
	l.shape = []int{l.shape[0], l.shape[1] / 2, l.shape[2] / 2}
}

// finish makes the last value the output of the trunk.
func (l *layers) finish(name string) *onnxio.Model {
	g := l.model.Graph
	node := g.Nodes[len(g.Nodes)-1]
	node.Name, node.Outputs = outputName, []string{outputName}
	g.Name = name
	g.Doc = fmt.Sprintf("%s trunk for samples %s, width %s", name,
		FormatShape(l.cfg.Input), strconv.FormatFloat(l.cfg.Width, 'g', -1, 64))
	g.Outputs = []*onnxio.Value{{
		Name:  outputName,
		Type:  onnxio.Float32,
		Shape: onnxio.Shape{onnxio.Sym("N"), {Size: int64(l.shape[0])}},
	}}
	return l.model
}
