package training_test

import (
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/benchtest"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/kernels"
	"github.com/sharewise/sharewise/onnxio/ort/orttest"
	"github.com/sharewise/sharewise/onnxio/training"
)

// scaledNet is one network at one size.
type scaledNet struct {
	trunk, size string
	batch       int
	model       func(t testing.TB) *onnxio.Model
}

// scaledNets are trunks of the zoo at several widths and batches, and nets of
// several depths.
func scaledNets() (all []scaledNet) {
	for _, z := range []struct {
		trunk string
		input []int
	}{{"mlp", []int{784}}, {"cnn", []int{1, 28, 28}}, {"resnet20", []int{3, 32, 32}}} {
		for _, width := range []float64{0.25, 0.5, 1, 2, 4} {
			for _, batch := range []int{8, 32, 128, 512} {
				all = append(all, scaledNet{z.trunk, fmt.Sprintf("width %g", width), batch, func(t testing.TB) *onnxio.Model { return mustZoo(t, z.trunk, width, z.input...) }})
			}
		}
	}
	for name, build := range deepNets {
		for _, depth := range []int{1, 2, 4, 8, 16} {
			all = append(all, scaledNet{deepNames[name], fmt.Sprintf("depth %d", depth), 64, func(testing.TB) *onnxio.Model { return build(depth) }})
		}
	}
	return all
}

// deepNets are layers, one after another.
var (
	deepNames = []string{"dense layers of 256", "convolutions of 32 channels, 16×16"}
	deepNets  = []func(depth int) *onnxio.Model{deepDense, deepConvolutions}
)

func deepDense(depth int) *onnxio.Model {
	m, n := newNet(256)
	x := "in"
	for range depth {
		x = n.Op("Relu", []string{n.Op("Add", []string{n.Op("MatMul", []string{x, n.weight("weight", 256, 256)}), n.weight("bias", 256)})})
	}
	n.OpNamed("features", "Identity", []string{x})
	return m
}

func deepConvolutions(depth int) *onnxio.Model {
	m, n := newNet(32, 16, 16)
	x := "in"
	for range depth {
		x = n.convolution(x, 32, 32, 3, 1, true)
	}
	n.OpNamed("features", "Flatten", []string{n.Op("GlobalAveragePool", []string{x})})
	return m
}

const scalingText = `# Steps against batch, width and depth

Training steps (SGD with momentum, one head of ten classes) with all passes and kernels: medians of three rounds, in which a step's least time in
20 ms counts. "of the peak" is the share of the multiply-adds a second that ONNX Runtime reaches in products of matrices of 320×320
at as many threads, measured beside, which fit into the cache of a core. Winograd's algorithm takes fewer multiplications than are counted, so that convolutions may exceed 100 %%.
Steps of more than %.0f thousand million multiply-adds are left out.
`

// TestScalingTable measures how steps grow.
func TestScalingTable(t *testing.T) {
	if !*update {
		t.Skip("measures only with -update")
	}
	backend := orttest.Kernels(t)
	const most = 12e9
	var peaks [2]*largeProduct
	for i := range peaks {
		peaks[i] = newLargeProduct(t, backend, i+1)
		defer peaks[i].close(t)
	}
	table := benchtest.Begin()
	for _, n := range scaledNets() {
		cfg := training.Config{
			Trunk:     n.model(t),
			Domains:   []training.Domain{{Name: "a", Batch: n.batch, Loss: training.CrossEntropy, Outputs: 10}},
			Optimizer: training.Optimizer{Kind: training.SGD, Momentum: 0.9},
		}
		work := multiplyAdds(t, newRig(t, cfg).program.Step)
		if work > most {
			continue
		}
		cells := []string{n.trunk, n.size, fmt.Sprint(n.batch), fmt.Sprintf("%.3g", work/1e6)}
		for _, m := range n.measure(t, backend, cfg, peaks[:]) {
			cells = append(cells, benchtest.Duration(m.step), benchtest.Duration(m.step/float64(n.batch)), fmt.Sprintf("%.0f %%", 100*work/m.step*m.product/productWork))
		}
		table.Row(cells...)
	}
	text := fmt.Sprintf(scalingText, most/1e9) + fmt.Sprintf("\nThe peak was %.0f thousand million a second at one thread and %.0f at two.\n", productWork/peaks[0].best/1e9, productWork/peaks[1].best/1e9)
	text = table.Markdown(text, "go test ./onnxio/training -run ScalingTable -update", []string{"network", "size", "batch", "million multiply-adds", "step, 1 thread", "a sample", "of the peak", "2 threads", "a sample", "of the peak"})
	if err := os.WriteFile("testdata/scaling.md", []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// beside is the time of a step, and of a product of large matrices beside it.
type beside struct{ step, product float64 }

// measure takes the times at as many threads as peaks have.
func (n *scaledNet) measure(t *testing.T, backend exec.Backend, cfg training.Config, peaks []*largeProduct) (list []beside) {
	t.Helper()
	cfg.Form = kernels.Best(kernels.Offered(backend))
	r := newRig(t, cfg)
	for i, p := range peaks {
		s := newStepperOf(t, backend, r, i+1)
		took := benchtest.Turns(3, 20*time.Millisecond, func() { s.advance(t, 1e-4) }, func() { p.run(t) })
		m := beside{benchtest.QuartilesOf(took[0]).Median, slices.Min(took[1])}
		if p.best == 0 || m.product < p.best {
			p.best = m.product
		}
		list = append(list, m)
		s.close(t)
	}
	return list
}
