package ort_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
	execution "github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/kernels"
	"github.com/sharewise/sharewise/onnxio/kernels/proof"
	"github.com/sharewise/sharewise/onnxio/ort"
	"github.com/sharewise/sharewise/onnxio/ort/orttest"
	"github.com/sharewise/sharewise/onnxio/reference"
)

// TestKernelsAreProven asks for every operator.
func TestKernelsAreProven(t *testing.T) {
	b := orttest.Kernels(t)
	k, err := ort.KernelsOf(b)
	if err != nil {
		t.Fatal(err)
	}
	if len(k.Failed) > 0 || !k.Set().Has(kernels.All().Names()...) {
		t.Errorf("proven %v, failed %v", k.Proven, k.Failed)
	}
}

// TestKernelCases runs the cases of the proof in this process, where a failure
// shows which.
func TestKernelCases(t *testing.T) {
	b := orttest.Kernels(t)
	for _, c := range proof.Cases() {
		for _, threads := range []int{1, 2} {
			if err := c.Run(b, threads); err != nil {
				t.Errorf("%d threads: %v", threads, err)
			}
		}
	}
}

// TestCasesAgreeWithReference compares what the cases want with what package
// reference makes of the same nodes. Steps of dense layers it does not evaluate: package
// training compares them with the steps of standard operators.
func TestCasesAgreeWithReference(t *testing.T) {
	for _, c := range proof.Cases() {
		if c.Op == kernels.DenseSteps {
			continue
		}
		if err := c.Run(reference.Backend(), 1); err != nil {
			t.Error(err)
		}
	}
}

// TestKernelsOnRandomShapes draws shapes. SHAREWISE_KERNELS_ROUNDS asks for more.
func TestKernelsOnRandomShapes(t *testing.T) {
	b := orttest.Kernels(t)
	rounds := 60
	if v, err := strconv.Atoi(os.Getenv("SHAREWISE_KERNELS_ROUNDS")); err == nil {
		rounds = v
	}
	for seed := range uint64(rounds) {
		rng := proof.Random(100 + seed)
		s, p := proof.RandomConvolution(rng), proof.RandomPooling(rng)
		shape := []int64{1 + rng.Int64N(30), 2 + rng.Int64N(30), 1 + rng.Int64N(70)}
		add, relu := rng.IntN(2) == 0, rng.IntN(2) == 0
		for _, c := range []*proof.Case{
			proof.Conv(rng, s), proof.ConvGradInput(rng, s), proof.ConvGradWeight(rng, s), proof.MaxPool(rng, p), proof.MaxPoolGrad(rng, p),
			proof.BatchNorm(rng, shape, add, relu), proof.BatchNormGrad(rng, shape, add, relu), proof.ReluGrad(rng, shape...),
			proof.Gemm(rng, proof.RandomProduct(rng)), proof.DenseSteps(rng, proof.RandomChain(rng)),
		} {
			if err := c.Run(b, 1+int(seed%2)); err != nil {
				t.Errorf("seed %d: %v", seed, err)
			}
		}
	}
}

// TestKernelsDoNotDependOnThreads compares bits, of every operator.
func TestKernelsDoNotDependOnThreads(t *testing.T) {
	b := orttest.Kernels(t)
	tried := kernels.Set{}
	for _, c := range slices.Concat(largeCases(), proof.Cases()) {
		tried[c.Op] = true
		want := outputsOf(t, b, c, 1)
		for _, threads := range []int{2, 3} {
			if got := outputsOf(t, b, c, threads); !bytes.Equal(got, want) {
				t.Errorf("%s %s: %d threads give other bits than one", c.Op, c.Name, threads)
			}
		}
	}
	if all := kernels.All().Names(); !slices.Equal(tried.Names(), all) {
		t.Errorf("tried are %v of %v", tried.Names(), all)
	}
}

// TestKernelsRepeatInEveryProcess compares bits with those of another process.
func TestKernelsRepeatInEveryProcess(t *testing.T) {
	b := orttest.Kernels(t)
	h := sha256.New()
	for _, c := range largeCases() {
		h.Write(outputsOf(t, b, c, 2))
	}
	got := fmt.Sprintf("%x", h.Sum(nil))
	const child = "SHAREWISE_TEST_KERNEL_OUTPUTS"
	if os.Getenv(child) != "" {
		fmt.Println("outputs", got)
		return
	}
	cmd := exec.Command(os.Args[0], "-test.run", "^TestKernelsRepeatInEveryProcess$", "-test.v")
	// Other memory, other addresses.
	cmd.Env = append(os.Environ(), child+"=1", "GOGC=50", "MALLOC_ARENA_MAX=1", "MALLOC_TOP_PAD_=100000")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if !strings.Contains(string(out), "outputs "+got) {
		t.Errorf("this process gives %s, another\n%s", got, out)
	}
}

// largeCases are of every operator, large enough to be split into parts.
func largeCases() []*proof.Case {
	rng := proof.Random(5)
	s := proof.Convolution{Batch: 9, Channels: 16, Filters: 32, In: []int64{12, 13}, Kernel: []int64{3, 3}, Pads: []int64{1, 1, 1, 1}, Bias: true}
	strided, pooled := s, s
	strided.Strides = []int64{2, 2}
	pooled.Pool = true
	first := pooled
	first.Channels = 1
	p := proof.Pooling{Batch: 9, Channels: 32, In: []int64{12, 14}, Kernel: []int64{2, 2}, Strides: []int64{2, 2}, Ties: true}
	wide, tall := proof.Product{Rows: 700, Columns: 130, Inner: 260, Bias: true, Relu: true}, proof.Product{Rows: 260, Columns: 300, Inner: 200, TransA: true, Sums: true}
	turned := proof.Product{Rows: 64, Columns: 512, Inner: 300, TransB: true, Bias: true}
	heads := proof.Heads{Batch: 9, Tokens: 33, Heads: 3, Size: 16, Scale: 0.25, Joint: true}
	u := proof.Update{Shapes: [][]int64{{100, 1000}, {3}, {70000}}, Rate: 0.1, Clip: 1, Step: 3, Momentum: 0.9, Beta1: 0.9, Beta2: 0.99, Epsilon: 1e-5}
	all := []*proof.Case{
		proof.Conv(rng, s), proof.ConvGradInput(rng, s), proof.ConvGradWeight(rng, s), proof.Conv(rng, strided), proof.ConvGradInput(rng, strided), proof.ConvGradWeight(rng, strided),
		proof.Conv(rng, pooled), proof.Conv(rng, first), proof.MaxPool(rng, p), proof.MaxPoolGrad(rng, p),
		proof.BatchNorm(rng, []int64{7000, 16}, true, true), proof.BatchNormGrad(rng, []int64{7000, 16}, true, true), proof.ReluGrad(rng, 300, 1001),
		proof.Gemm(rng, wide), proof.Gemm(rng, tall), proof.Gemm(rng, turned), proof.Attention(rng, heads), proof.AttentionGrad(rng, heads),
		proof.SGD(rng, u), proof.AdamW(rng, u), proof.Adagrad(rng, u), proof.SumSquares(rng, u.Shapes...),
	}
	chain := proof.Chain{
		Features: 784, Layers: []proof.ChainLayer{{Units: 256, Relu: true, Turned: true}, {Units: 100, Relu: true}}, Heads: []proof.ChainHead{{Outputs: 10, Rows: 64}, {Outputs: 3, Rows: 600, Loss: 2}},
		Rule: "AdamW", Update: u, Steps: 2,
	}
	shape := []int64{40, 50, 96}
	return append(all, proof.DenseSteps(rng, chain), proof.Gelu(rng, shape...), proof.GeluGrad(rng, shape...), proof.LayerNorm(rng, shape...), proof.LayerNormGrad(rng, shape...), proof.SoftmaxGrad(rng, shape...))
}

// outputsOf are the bytes of all outputs of a case.
func outputsOf(t *testing.T, b execution.Backend, c *proof.Case, threads int) (all []byte) {
	t.Helper()
	s, err := b.Open(c.Model(), execution.Options{Threads: threads})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	out, err := s.Run(c.Feeds())
	if err != nil {
		t.Fatal(err)
	}
	for i, w := range c.Want {
		if w != nil {
			all = append(all, out[fmt.Sprint("out", i)].Bytes()...)
		}
	}
	return all
}

func openCase(t testing.TB, b execution.Backend, c *proof.Case, threads int) execution.Session {
	t.Helper()
	s, err := b.Open(c.Model(), execution.Options{Threads: threads})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// TestKernelsRefuseWrongShapes gives every operator inputs of every wrong shape
// that comes to mind: each must be an error.
func TestKernelsRefuseWrongShapes(t *testing.T) {
	b := orttest.Kernels(t)
	tried := 0
	for _, c := range proof.Cases() {
		for i, in := range c.Inputs {
			if in == nil || len(in.Shape) == 1 && in.Shape[0] == 1 {
				continue
			}
			for _, shape := range wrongShapes(in.Shape) {
				wrong := *c
				wrong.Inputs = slices.Clone(c.Inputs)
				wrong.Inputs[i] = execution.Zeros(in.Type(), shape...)
				// Only what the graph declares may be wrong as well: results have no
				// shape that anything could be compared with.
				wrong.Want = slices.Clone(c.Want)
				err := wrong.Run(b, 1)
				if err == nil {
					t.Errorf("%s %s: input %d of shape %v instead of %v is accepted", c.Op, c.Name, i, shape, in.Shape)
				}
				tried++
			}
		}
	}
	if tried < 300 {
		t.Errorf("only %d inputs were tried", tried)
	}
}

func wrongShapes(shape []int64) [][]int64 {
	all := [][]int64{{}, append(slices.Clone(shape), 2), shape[1:]}
	for i := range shape {
		for _, v := range []int64{0, shape[i] + 1, 3*shape[i] + 5} {
			s := slices.Clone(shape)
			s[i] = v
			all = append(all, s)
		}
	}
	return all
}

// TestKernelsRefuseWrongAttributes replaces each attribute by values that make no
// sense.
func TestKernelsRefuseWrongAttributes(t *testing.T) {
	b := orttest.Kernels(t)
	for _, c := range proof.Cases() {
		for i, a := range c.Attrs {
			if a.Name == "epsilon" || a.Name == "clip" || a.Name == "scale" || a.Name == "momentum" || a.Name == "decay" || strings.HasPrefix(a.Name, "beta") {
				continue // every number is one
			}
			var wrong []*onnxio.Attribute
			if a.Ints != nil {
				for _, v := range []int64{-1, 1 << 40, -1 << 63} {
					ints := slices.Clone(a.Ints)
					ints[0] = v
					wrong = append(wrong, onnxio.IntsAttr(a.Name, ints...))
				}
				wrong = append(wrong, onnxio.IntsAttr(a.Name, append(slices.Clone(a.Ints), 1, 1, 1)...))
			} else {
				for _, v := range []int64{-1, 1 << 40, -1 << 63, 1<<63 - 1} {
					wrong = append(wrong, onnxio.IntAttr(a.Name, v))
				}
			}
			for _, w := range wrong {
				broken := *c
				broken.Attrs = slices.Clone(c.Attrs)
				broken.Attrs[i] = w
				if err := broken.Run(b, 1); err == nil {
					t.Errorf("%s %s: attribute %s %v %v is accepted", c.Op, c.Name, w.Name, w.Ints, w.Int)
				}
			}
		}
	}
}

// TestKernelsOnEmptyBatches: nothing comes of nothing, except statistics.
func TestKernelsOnEmptyBatches(t *testing.T) {
	b := orttest.Kernels(t)
	rng := proof.Random(1)
	s := proof.Convolution{Batch: 0, Channels: 16, Filters: 16, In: []int64{5, 5}, Kernel: []int64{3, 3}, Bias: true}
	p := proof.Pooling{Batch: 0, Channels: 4, In: []int64{4, 4}, Kernel: []int64{2, 2}, Strides: []int64{2, 2}, Ties: true}
	for _, c := range []*proof.Case{
		proof.Conv(rng, s), proof.ConvGradInput(rng, s), proof.ConvGradWeight(rng, s), proof.MaxPool(rng, p), proof.MaxPoolGrad(rng, p), proof.ReluGrad(rng, 0, 3),
	} {
		if err := c.Run(b, 1); err != nil {
			t.Error(err)
		}
	}
	if err := proof.BatchNorm(rng, []int64{0, 4, 3}, false, false).Run(b, 1); err == nil || !strings.Contains(err.Error(), "statistics of nothing") {
		t.Errorf("statistics of an empty batch: %v", err)
	}
}

// TestKernelsRunConcurrently runs one session from several goroutines.
func TestKernelsRunConcurrently(t *testing.T) {
	b := orttest.Kernels(t)
	for _, c := range proof.Cases()[:6] {
		s := openCase(t, b, c, 1)
		want, err := s.Run(c.Feeds())
		if err != nil {
			t.Fatal(err)
		}
		var group sync.WaitGroup
		for range 4 {
			group.Go(func() {
				for range 20 {
					got, err := s.Run(c.Feeds())
					if err != nil || !bytes.Equal(got["out0"].Bytes(), want["out0"].Bytes()) {
						t.Errorf("%s %s differs (%v)", c.Op, c.Name, err)
						return
					}
				}
			})
		}
		group.Wait()
	}
}

// TestKernelsKeepNoMemory opens, runs and closes, and looks at what the process
// holds.
func TestKernelsKeepNoMemory(t *testing.T) {
	b := orttest.Kernels(t)
	if runtime.GOOS != "linux" {
		t.Skip("reads /proc")
	}
	cases := proof.Cases()
	rounds := func(n int) {
		for i := range n {
			c := cases[i%len(cases)]
			s, err := b.Open(c.Model(), execution.Options{Threads: 1})
			if err != nil {
				t.Fatal(err)
			}
			for range 4 {
				if _, err := s.Run(c.Feeds()); err != nil {
					t.Fatal(err)
				}
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
		}
		runtime.GC()
	}
	total := 1000
	if v, err := strconv.Atoi(os.Getenv("SHAREWISE_KERNELS_ROUNDS")); err == nil {
		total = max(total, 40*v)
	}
	rounds(total / 2)
	before := resident(t)
	rounds(total)
	if grown := resident(t) - before; grown > 16<<20 {
		t.Errorf("%d sessions and %d runs left %d bytes behind", total, 4*total, grown)
	}
}

// resident is the memory of this process that is not Go's.
func resident(t *testing.T) int64 {
	t.Helper()
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Fatal(err)
	}
	var size, pages int64
	if _, err := fmt.Sscan(string(text), &size, &pages); err != nil {
		t.Fatal(err)
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return pages*int64(os.Getpagesize()) - int64(m.Sys-m.HeapReleased)
}

// TestModelsWithoutKernels: a model with kernels is an error where there are none.
func TestModelsWithoutKernels(t *testing.T) {
	b := orttest.Kernels(t)
	k, err := ort.KernelsOf(b)
	if err != nil {
		t.Fatal(err)
	}
	if k.Path == "" || k.ISA == "" || k.Hash != kernels.Hash() {
		t.Errorf("%+v", k)
	}
	t.Setenv(ort.KernelsVariable, "off")
	if _, err := ort.FindKernels(t.Context(), "anything"); err == nil || !strings.Contains(err.Error(), "is off") {
		t.Errorf("kernels that are off: %v", err)
	}
	t.Setenv(ort.KernelsVariable, "/nowhere/lib.so")
	if _, err := ort.FindKernels(t.Context(), "anything"); err == nil || !strings.Contains(err.Error(), "no such file") {
		t.Errorf("kernels that are not there: %v", err)
	}
}
