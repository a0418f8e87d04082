package ort_test

import (
	"math/rand/v2"
	"runtime"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/ort/orttest"
)

// step is a model of one training step in miniature: next = w - rate·(w - x).
func step(n int64) *onnxio.Model {
	g := newGraph("step", vector("w", n), vector("x", n), scalar("rate"))
	d := g.Op("Sub", []string{"w", "x"})
	s := g.Op("Mul", []string{d, "rate"})
	g.OpNamed("next", "Sub", []string{"w", s})
	g.OpNamed("loss", "ReduceSumSquare", []string{d}, onnxio.IntAttr("keepdims", 0))
	return g.model(vector("next", n), scalar("loss"))
}

// TestSwap alternates between two sets of parameters, as training does, while
// inputs change between the steps, and compares with plain Go.
func TestSwap(t *testing.T) {
	const n, steps = 37, 1000
	s := openModel(t, step(n), exec.Options{})
	a, b := exec.Zeros(onnxio.Float32, n), exec.Zeros(onnxio.Float32, n)
	x, rate, loss := exec.Zeros(onnxio.Float32, n), exec.Scalar(float32(0)), exec.Zeros(onnxio.Float32)
	forth, err := s.Bind(tensors{"w": a, "x": x, "rate": rate}, tensors{"next": b, "loss": loss})
	if err != nil {
		t.Fatal(err)
	}
	back, err := s.Bind(tensors{"w": b, "x": x, "rate": rate}, tensors{"next": a, "loss": loss})
	if err != nil {
		t.Fatal(err)
	}
	want := make([]float32, n)
	for i := range steps {
		rate.Float32()[0] = 1 / float32(i%7+2)
		for k := range x.Float32() {
			x.Float32()[k] = float32((i*31+k*17)%101) / 101
		}
		wantLoss := 0.0
		for k := range want {
			d := want[k] - x.Float32()[k]
			wantLoss += float64(d) * float64(d)
			want[k] -= float32(d * rate.Float32()[0])
		}
		run, out := forth, b
		if i%2 == 1 {
			run, out = back, a
		}
		if err := run.Run(); err != nil {
			t.Fatal(err)
		}
		for k, w := range out.Float32() {
			if d := w - want[k]; d > 1e-5 || d < -1e-5 {
				t.Fatalf("step %d, element %d: %v, want %v", i, k, w, want[k])
			}
		}
		if d := float64(loss.Float32()[0]) - wantLoss; d > 1e-4 || d < -1e-4 {
			t.Fatalf("step %d: loss %v, want %v", i, loss.Float32()[0], wantLoss)
		}
	}
}

// TestMemoryStaysPut collects garbage as fast as it can while bindings are
// made, run and dropped whose tensors nothing else holds. Memory that moved or
// went would show as wrong numbers or a crash.
func TestMemoryStaysPut(t *testing.T) {
	const n = 5000
	s := openModel(t, step(n), exec.Options{})
	var stop atomic.Bool
	done := make(chan struct{})
	go func() {
		defer close(done)
		var garbage [][]float32
		for !stop.Load() {
			garbage = append(garbage[:0], make([]float32, n), make([]float32, n))
			for i := range garbage[0] {
				garbage[0][i], garbage[1][i] = -1, -1
			}
			runtime.GC()
		}
	}()
	bind := func(i int) (exec.Binding, *exec.Tensor) {
		w, x, next := exec.Zeros(onnxio.Float32, n), exec.Zeros(onnxio.Float32, n), exec.Zeros(onnxio.Float32, n)
		for k := range x.Float32() {
			x.Float32()[k] = float32(i)
		}
		b, err := s.Bind(tensors{"w": w, "x": x, "rate": exec.Scalar(float32(0.5))}, tensors{"next": next})
		if err != nil {
			t.Fatal(err)
		}
		return b, next
	}
	for i := range 100 {
		b, next := bind(i)
		for range 5 {
			if err := b.Run(); err != nil {
				t.Fatal(err)
			}
		}
		for k, v := range next.Float32() {
			if v != float32(i)/2 {
				t.Fatalf("round %d, element %d: %v, want %v", i, k, v, float32(i)/2)
			}
		}
		if i%3 == 0 {
			continue // The session closes these.
		}
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}
	}
	stop.Store(true)
	<-done
}

// TestForgottenSession drops a session and its binding without closing them:
// they must not be collected, since ONNX Runtime would be left with pointers.
func TestForgottenSession(t *testing.T) {
	be := orttest.Backend(t)
	func() {
		s, err := be.Open(step(3), exec.Options{})
		if err != nil {
			t.Fatal(err)
		}
		w, x := exec.Zeros(onnxio.Float32, 3), exec.Zeros(onnxio.Float32, 3)
		if _, err := s.Bind(tensors{"w": w, "x": x, "rate": exec.Scalar(float32(1))}, tensors{"next": exec.Zeros(onnxio.Float32, 3)}); err != nil {
			t.Fatal(err)
		}
	}()
	for range 5 {
		runtime.GC()
	}
}

// TestThreads runs a matrix product, a convolution and sums with several
// numbers of threads. For each number the results must be the same every time,
// to the last bit, in one session and in the next: runs are resumed and
// compared by hash.
func TestThreads(t *testing.T) {
	const n = 96
	g := newGraph("mixed", value("a", onnxio.Float32, onnxio.Static(n, n)))
	product := g.Op("MatMul", []string{"a", "a"})
	image := g.Op("Reshape", []string{product, g.Int64s(1, 4, n/2, n/2)})
	kernel := g.Op("Reshape", []string{g.Op("Slice", []string{"a", g.Int64s(0), g.Int64s(3), g.Int64s(0)}), g.Int64s(8, 4, 3, 3)})
	conv := g.Op("Conv", []string{image, kernel})
	g.OpNamed("channels", "ReduceSum", []string{conv, g.Int64s(0, 2, 3)}, onnxio.IntAttr("keepdims", 0))
	g.OpNamed("all", "ReduceMean", []string{product}, onnxio.IntAttr("keepdims", 0))
	m := g.model(vector("channels", 8), scalar("all"))

	rng := rand.New(rand.NewPCG(1, 2))
	a := exec.Zeros(onnxio.Float32, n, n)
	for i := range a.Float32() {
		a.Float32()[i] = float32(rng.NormFloat64())
	}
	for _, threads := range []int{0, 1, 2, 3} {
		var want tensors
		for range 3 {
			s := openModel(t, m, exec.Options{Threads: threads})
			for range 10 {
				got, err := s.Run(tensors{"a": a})
				if err != nil {
					t.Fatal(err)
				}
				if want == nil {
					want = got
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Fatalf("%d threads (-first +now):\n%s", threads, diff)
				}
			}
		}
	}
}
