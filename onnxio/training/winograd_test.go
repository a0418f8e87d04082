package training_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"github.com/sharewise/sharewise/onnxio/benchtest"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/kernels"
	"github.com/sharewise/sharewise/onnxio/ort/orttest"
	"github.com/sharewise/sharewise/onnxio/training"
)

// winogradNets are trained with Winograd's algorithm and without. That of series has
// windows that it is not for.
var winogradNets = []stepNet{
	{"cnn", "cnn", 1, []int{1, 12, 12}, 32, training.SGD},
	{"cnn-adamw", "cnn", 1, []int{1, 12, 12}, 32, training.AdamW},
	{"resnet20", "resnet20", 1, []int{3, 12, 12}, 8, training.SGD},
	{"tcn", "tcn", 0.5, []int{2, 96}, 8, training.AdamW},
}

// moments are the numbers of steps after which trajectories are compared.
var moments = []int{10, 50}

// course is what training came to: the losses of all steps, and parameters, state and
// buffers at the moments.
type course struct {
	losses []float64
	values []map[string][]float64
}

// lessons are the minibatches of a course, taken in turn, and the order of the
// samples in each.
type lessons struct {
	x      [][]float64
	labels [][]int64
	order  []int // nil: as they are
}

func newLessons(r *rig, classes int64) *lessons {
	rng := rand.New(rand.NewPCG(19, 19))
	l := &lessons{}
	batch, size := r.cfg.Domains[0].Batch, int(product(r.values[training.InputX].Shape))
	for range 4 {
		x, labels := make([]float64, size), make([]int64, batch)
		for i := range x {
			x[i] = float64(float32(rng.NormFloat64()))
		}
		for i := range labels {
			labels[i] = rng.Int64N(classes)
		}
		l.x, l.labels = append(l.x, x), append(l.labels, labels)
	}
	return l
}

// shuffled are the same minibatches with their samples in another order: the same
// training but for the order in which gradients are summed up.
func (l *lessons) shuffled(seed uint64) *lessons {
	other := *l
	other.order = rand.New(rand.NewPCG(seed, 23)).Perm(len(l.labels[0]))
	return &other
}

// give copies the minibatch of a step into x and labels.
func (l *lessons) give(step int, x func(i int, v float64), labels []int64) {
	k := step % len(l.x)
	width := len(l.x[k]) / len(labels)
	for row := range labels {
		from := row
		if l.order != nil {
			from = l.order[row]
		}
		labels[row] = l.labels[k][from]
		for i, v := range l.x[k][from*width : (from+1)*width] {
			x(row*width+i, v)
		}
	}
}

const winogradRate = 1.0 / 256

// follow trains in ONNX Runtime.
func (l *lessons) follow(t *testing.T, backend exec.Backend, r *rig) *course {
	t.Helper()
	s := newStepper(t, backend, r)
	defer s.close(t)
	c := &course{}
	x, labels := s.inputs[training.InputX].Float32(), s.inputs[training.TargetName("a")].Int64()
	for step := range slices.Max(moments) {
		l.give(step, func(i int, v float64) { x[i] = float32(v) }, labels)
		s.advance(t, winogradRate)
		c.losses = append(c.losses, float64s(s.outputs[training.OutputLosses])...)
		if slices.Contains(moments, step+1) {
			c.keep(r, s.value)
		}
	}
	return c
}

// followDouble trains by the reference in double precision.
func (l *lessons) followDouble(t *testing.T, r *rig) *course {
	t.Helper()
	c := &course{}
	for name, v := range r.values {
		if v.Float64() != nil {
			r.values[name] = exec.NewTensor(v.Shape, float64s(float32s(v)))
		}
	}
	x, labels := r.values[training.InputX].Float64(), r.values[training.TargetName("a")].Int64()
	for step := range slices.Max(moments) {
		l.give(step, func(i int, v float64) { x[i] = v }, labels)
		r.setRate(winogradRate, step+1)
		c.losses = append(c.losses, r.advance(t)[training.OutputLosses].Float64()...)
		if slices.Contains(moments, step+1) {
			c.keep(r, func(name string) *exec.Tensor { return r.values[name] })
		}
	}
	return c
}

func (c *course) keep(r *rig, value func(string) *exec.Tensor) {
	now := map[string][]float64{}
	for _, p := range slices.Concat(r.program.Params, r.program.State, r.program.Buffers) {
		v := value(p.Name)
		if now[p.Name] = v.Float64(); now[p.Name] == nil {
			now[p.Name] = float64s(v)
		}
		now[p.Name] = slices.Clone(now[p.Name])
	}
	c.values = append(c.values, now)
}

// deviation is how far two courses are from each other up to a moment.
type deviation struct {
	loss  float64 // the largest difference of a step's loss, relative to the first loss
	all   float64 // that of all parameters, state and buffers: |a − b| / |b|, Euclidean
	worst float64 // that of the one which differs most
}

func (c *course) from(other *course, moment int) deviation {
	d := deviation{loss: apart(c.losses[:moments[moment]], other.losses[:moments[moment]]) / other.losses[0]}
	var farAll, sizeAll float64
	for name, v := range other.values[moment] {
		var far, size float64
		for i, x := range c.values[moment][name] {
			far += (x - v[i]) * (x - v[i])
			size += v[i] * v[i]
		}
		d.worst = max(d.worst, math.Sqrt(far/max(size, math.SmallestNonzeroFloat64)))
		farAll, sizeAll = farAll+far, sizeAll+size
	}
	d.all = math.Sqrt(farAll / sizeAll)
	return d
}

func (d deviation) max(e deviation) deviation {
	return deviation{max(d.loss, e.loss), max(d.all, e.all), max(d.worst, e.worst)}
}

// courses are the trainings of a net by standard operators, with the samples of
// minibatches in several orders, and by kernels without Winograd's algorithm and with it.
type courses struct {
	standard         []*course
	direct, winograd *course
	rig              *rig
	lessons          *lessons
}

func train(t *testing.T, backend exec.Backend, net *stepNet) *courses {
	t.Helper()
	r := newRig(t, net.config(t, kernels.Form{}))
	l := newLessons(r, 10)
	c := &courses{rig: r, lessons: l}
	for order := range 3 {
		lessons := l
		if order > 0 {
			lessons = l.shuffled(uint64(order))
		}
		c.standard = append(c.standard, lessons.follow(t, backend, r))
	}
	all := kernels.Best(kernels.Offered(backend))
	all.Everywhere = true
	fast, direct := r.with(t, net.config(t, all)), r.with(t, net.config(t, all.Without(kernels.Tiles)))
	c.winograd, c.direct = l.follow(t, backend, fast), l.follow(t, backend, direct)
	return c
}

// orders is how far standard operators with sums in other orders are from those
// with sums as they are.
func (c *courses) orders(moment int) (d deviation) {
	for _, other := range c.standard[1:] {
		d = d.max(other.from(c.standard[0], moment))
	}
	return d
}

// winogradBound is how many times as far apart training with Winograd's algorithm and
// without may be as two orders of summation of the standard graph are: losses and all
// parameters together, and the one parameter that differs most. AdamW makes steps of one
// size of gradients of any size, and so of their roundings.
const winogradBound, winogradWorst = 20, 60

// TestWinogradTrajectories: after ten and fifty steps with Winograd's algorithm losses
// and parameters are from those without it not much farther than standard operators
// are from themselves with samples in another order.
func TestWinogradTrajectories(t *testing.T) {
	backend := orttest.Kernels(t)
	for i := range winogradNets {
		net := &winogradNets[i]
		c := train(t, backend, net)
		for m, steps := range moments {
			yard, far := c.orders(m), c.winograd.from(c.direct, m)
			t.Logf("%s, %d steps: orders of summation %.1e, Winograd %.1e", net.name, steps, yard, far)
			series := len(net.input) == 2
			if series != (far == deviation{}) {
				t.Errorf("%s: losses and parameters with Winograd's algorithm are %g from those without", net.name, far)
			}
			if far.loss > winogradBound*yard.loss || far.all > winogradBound*yard.all || far.worst > winogradWorst*yard.worst {
				t.Errorf("%s, %d steps: losses, all parameters and the worst are %.1e from training without Winograd's algorithm; orders of summation are %.1e apart",
					net.name, steps, far, yard)
			}
		}
	}
}

const winogradText = `# Training with Winograd's algorithm and without

Ten and fifty steps from one start on the same four minibatches, by standard operators, by kernels without Winograd's algorithm
(` + "`passes: -winograd`" + `) and with it, and by the slow reference in double precision. Under "losses" stands the largest
difference of any step's loss, relative to the first loss; under "parameters" that of all parameters, moments and statistics together, |a − b| / |b|;
under "worst parameter" that of the one which differs most. "two orders" is how far standard operators are from themselves when the samples of each minibatch stand in another order (the
larger of two), which changes nothing but the order of summation. AdamW makes steps of one size of gradients of any size, and so of the roundings of
gradients that are zero: there the distance from double precision says more, and training with Winograd's algorithm is no farther from it than training without. The test allows Winograd's algorithm %d times that, and %d times for the worst parameter. The tcn has windows
of series, which are never computed by it.
`

// TestWinogradTable writes how far trainings are apart, in double precision too.
func TestWinogradTable(t *testing.T) {
	if !*update {
		t.Skip("trains only with -update")
	}
	backend := orttest.Kernels(t)
	text := fmt.Sprintf(winogradText, winogradBound, winogradWorst) + "\nMade by `go test ./onnxio/training -run WinogradTable -update` on " + benchtest.This().String() +
		".\n\n| network | steps | of | two orders | with against without | times | standard from float64 | without | with |\n|---|---|---|---|---|---|---|---|---|\n"
	for i := range winogradNets {
		net := &winogradNets[i]
		c := train(t, backend, net)
		double := c.lessons.followDouble(t, c.rig)
		for m, steps := range moments {
			show := func(what string, part func(deviation) float64) {
				yard, far := part(c.orders(m)), part(c.winograd.from(c.direct, m))
				text += fmt.Sprintf("| %s | %d | %s | %.1e | %.1e | %.1f | %.1e | %.1e | %.1e |\n", net.name, steps, what, yard, far, far/yard,
					part(c.standard[0].from(double, m)), part(c.direct.from(double, m)), part(c.winograd.from(double, m)))
			}
			show("losses", func(d deviation) float64 { return d.loss })
			show("parameters", func(d deviation) float64 { return d.all })
			show("worst parameter", func(d deviation) float64 { return d.worst })
		}
	}
	if err := os.WriteFile("testdata/winograd.md", []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
