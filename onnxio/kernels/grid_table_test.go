package kernels_test

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/benchtest"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/kernels"
	"github.com/sharewise/sharewise/onnxio/ort"
	"github.com/sharewise/sharewise/onnxio/ort/orttest"
	"github.com/sharewise/sharewise/onnxio/training"
)

// gridTimes measures steps of a convolution in several forms, in seconds: the median
// over rounds in which all take turns. Nothing moves parameters on.
func gridTimes(t *testing.T, backend exec.Backend, s gridShape, forms ...kernels.Form) (seconds []float64) {
	t.Helper()
	var calls []func()
	for _, f := range forms {
		p, err := training.Compile(gridConfig(s, f))
		if err != nil {
			t.Fatal(err)
		}
		session, err := backend.Open(p.Step, exec.Options{Threads: 1})
		if err != nil {
			t.Fatal(err)
		}
		inputs, outputs := map[string]*exec.Tensor{}, map[string]*exec.Tensor{}
		fill := func(values []*onnxio.Value, to map[string]*exec.Tensor) {
			for _, v := range values {
				shape, _ := v.Shape.Ints()
				to[v.Name] = exec.Zeros(v.Type, shape...)
				for i := range to[v.Name].Float32() {
					to[v.Name].Float32()[i] = float32(i%17)/16 - 0.5
				}
			}
		}
		fill(p.Step.Graph.Inputs, inputs)
		fill(p.Step.Graph.Outputs, outputs)
		bound, err := session.Bind(inputs, outputs)
		if err != nil {
			t.Fatal(err)
		}
		calls = append(calls, func() {
			if err := bound.Run(); err != nil {
				t.Fatal(err)
			}
		})
		defer func() {
			if err := errors.Join(bound.Close(), session.Close()); err != nil {
				t.Error(err)
			}
		}()
	}
	for _, v := range benchtest.Turns(3, 8*time.Millisecond, calls...) {
		seconds = append(seconds, benchtest.QuartilesOf(v).Median)
	}
	return seconds
}

var update = flag.Bool("update", false, "measure the tables under testdata again")

const gridText = `# Choices of the cost model against measurements

Training steps of one convolution, or of three with a Relu behind each, between values that have channels in the second dimension, at one
thread: with the standard form (the pass layout is off), with kernels wherever there are some, and as the cost model chooses. Medians of
three rounds in which the forms take turns. "chosen / best" is the time of the chosen form, where it is one of the two others that of
these, against the shorter of the two: 1.10 is what may be lost by a wrong choice.
`

// mostLost is the ratio of the time of a chosen form to that of the best one up to
// which a choice passes for right.
const mostLost = 1.1

func TestMain(m *testing.M) {
	ort.MaybeProbe()
	os.Exit(m.Run())
}

// TestGridTable holds the choices of the cost model against measurements, and says
// which constants would describe these best.
func TestGridTable(t *testing.T) {
	if !*update {
		t.Skip("measures only with -update")
	}
	backend := orttest.Kernels(t)
	chosen := kernels.Best(kernels.Offered(backend))
	always := chosen
	always.Everywhere = true
	table := benchtest.Begin()
	var fit leastSquares
	wrong, all, worst := 0, 0, 1.0
	for _, s := range gridShapes() {
		seconds := gridTimes(t, backend, s, chosen.Without(kernels.Layout), always, chosen)
		p, err := training.Compile(gridConfig(s, chosen))
		if err != nil {
			t.Fatal(err)
		}
		kernel := 0
		for _, n := range p.Step.Graph.Nodes {
			if n.Domain == kernels.Domain && n.Op == kernels.Conv {
				kernel++
			}
		}
		taken, form := seconds[2], "some kernels"
		switch kernel {
		case 0:
			taken, form = seconds[0], "standard"
		case s.convolutions:
			taken, form = seconds[1], "kernels"
		}
		lost := taken / min(seconds[0], seconds[1])
		all++
		worst = max(worst, lost)
		mark := ""
		if lost > mostLost {
			wrong++
			mark = " ✗"
		}
		table.Row(s.String(), fmt.Sprint(s.convolutions), benchtest.Duration(seconds[0]), benchtest.Duration(seconds[1]), form, fmt.Sprintf("%.2f%s", lost, mark))
		fit.add(s.explains(), (seconds[0]-seconds[1])/float64(s.batch)*1e9, float64(s.batch)/min(seconds[0], seconds[1])/1e9)
	}
	text := gridText + fmt.Sprintf("\nOf %d shapes, the choice is more than 10 %% slower than the better form in %d; at worst it takes %.2f of its time.\n", all, wrong, worst)
	text += "\n" + fit.table()
	if err := os.WriteFile("testdata/grid.md", []byte(table.Markdown(text, "go test ./onnxio/kernels -run GridTable -update", []string{"convolution", "in a row", "standard", "kernels", "chosen", "chosen / best"})), 0o644); err != nil {
		t.Fatal(err)
	}
	if wrong*20 > all {
		t.Errorf("%d of %d choices are wrong", wrong, all)
	}
}

// explains are the amounts that explain what a kernel saves a sample: those of the
// cost model, elements transposed, and what a step costs whatever its batch.
func (s gridShape) explains() []float64 {
	before, after, taps := int64(1), int64(1), int64(1)
	for _, d := range s.size {
		before *= d
		after *= (d + s.stride - 1) / s.stride
		taps *= s.kernel
	}
	a := kernels.Amounts(s.channels, s.filters, s.group, taps, before, after, s.stride > 1, s.kernel == 3 && s.stride == 1 && len(s.size) == 2)
	for i := range a {
		a[i] *= float64(s.convolutions)
	}
	near, far := 0.0, 0.0
	for _, elements := range []int64{s.channels * before, s.filters * after} {
		if s.batch*elements > kernels.Near {
			far -= 2 * float64(elements)
		} else {
			near -= 2 * float64(elements)
		}
	}
	a[len(a)-1] = -a[len(a)-1] // idle channels cost
	return append(a, near, far, 1/float64(s.batch))
}
