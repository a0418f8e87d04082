package ort_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
)

// BenchmarkOverhead measures what a run costs beyond its operators: the model
// adds two vectors of four elements.
func BenchmarkOverhead(b *testing.B) {
	g := newGraph("add", vector("x", 4), vector("y", 4))
	g.OpNamed("z", "Add", []string{"x", "y"})
	s := openModel(b, g.model(vector("z", 4)), exec.Options{})
	in := tensors{"x": floats(1, 2, 3, 4), "y": floats(1, 2, 3, 4)}
	out := tensors{"z": floats(0, 0, 0, 0)}
	b.Run("binding", func(b *testing.B) {
		bound, err := s.Bind(in, out)
		if err != nil {
			b.Fatal(err)
		}
		defer func() { _ = bound.Close() }()
		for b.Loop() {
			if err := bound.Run(); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("run", func(b *testing.B) {
		for b.Loop() {
			if _, err := s.Run(in); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("bind, run and close", func(b *testing.B) {
		for b.Loop() {
			bound, err := s.Bind(in, out)
			if err != nil {
				b.Fatal(err)
			}
			if err := bound.Run(); err != nil {
				b.Fatal(err)
			}
			if err := bound.Close(); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkScalars measures what it adds that scalars travel as vectors.
func BenchmarkScalars(b *testing.B) {
	for _, v := range []*onnxio.Value{vector("a", 1), scalar("a")} {
		g := newGraph("scale", vector("x", 4), v)
		g.OpNamed("y", "Mul", []string{"x", "a"})
		s := openModel(b, g.model(vector("y", 4)), exec.Options{})
		a := exec.Zeros(onnxio.Float32, make([]int64, len(v.Shape))...)
		if len(v.Shape) == 1 {
			a = floats(2)
		}
		bound, err := s.Bind(tensors{"x": floats(1, 2, 3, 4), "a": a}, tensors{"y": floats(0, 0, 0, 0)})
		if err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprintf("rank %d", len(v.Shape)), func(b *testing.B) {
			for b.Loop() {
				if err := bound.Run(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkSideBySide runs the same work in one session after another and in
// sessions of one thread side by side. Two of them should take half as long
// per run on a machine with two idle cores.
func BenchmarkSideBySide(b *testing.B) {
	const n = 192
	for _, sessions := range []int{1, 2, 4} {
		b.Run(fmt.Sprintf("sessions=%d", sessions), func(b *testing.B) {
			runs := make([]exec.Binding, sessions)
			for i := range runs {
				g := newGraph("chain", value("a", onnxio.Float32, onnxio.Static(n, n)))
				y := "a"
				for range 8 {
					y = g.Op("Tanh", []string{g.Op("MatMul", []string{y, "a"})})
				}
				s := openModel(b, g.model(value(y, onnxio.Float32, onnxio.Static(n, n))), exec.Options{Threads: 1})
				var err error
				runs[i], err = s.Bind(tensors{"a": exec.Zeros(onnxio.Float32, n, n)}, tensors{y: exec.Zeros(onnxio.Float32, n, n)})
				if err != nil {
					b.Fatal(err)
				}
			}
			b.ResetTimer()
			var wg sync.WaitGroup
			for i, run := range runs {
				wg.Go(func() {
					for k := i; k < b.N; k += sessions {
						if err := run.Run(); err != nil {
							b.Error(err)
							return
						}
					}
				})
			}
			wg.Wait()
		})
	}
}
