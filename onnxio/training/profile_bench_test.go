package training_test

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/benchtest"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/kernels"
	"github.com/sharewise/sharewise/onnxio/ort"
	"github.com/sharewise/sharewise/onnxio/ort/orttest"
)

// nodeTimes are the microseconds that nodes took at least in a profile of ONNX
// Runtime, added up by what of makes of a node's name and operator.
func nodeTimes(t testing.TB, prefix string, of func(name, op string) string) map[string]float64 {
	t.Helper()
	files, _ := filepath.Glob(prefix + "*")
	if len(files) != 1 {
		t.Fatalf("there are %d profiles", len(files))
	}
	text, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	var events []struct {
		Category string  `json:"cat"`
		Name     string  `json:"name"`
		Duration float64 `json:"dur"`
		Args     struct {
			Op string `json:"op_name"`
		} `json:"args"`
	}
	if err := json.Unmarshal(text, &events); err != nil {
		t.Fatal(err)
	}
	type node struct{ name, op string }
	least := map[node]float64{}
	for _, e := range events {
		if name, ok := strings.CutSuffix(e.Name, "_kernel_time"); ok && e.Category == "Node" {
			n := node{name, e.Args.Op}
			if known, ok := least[n]; !ok || e.Duration < known {
				least[n] = e.Duration
			}
		}
	}
	times := map[string]float64{}
	for n, v := range least {
		times[of(n.name, n.op)] += v
	}
	return times
}

// largeProduct is a product of two matrices of productSize×productSize, by which ONNX
// Runtime reaches about the most multiply-adds in a second: they fit into the cache of
// a core, and the size is no power of two, of which rows would meet in the same few
// sets of the cache.
type largeProduct struct {
	session exec.Session
	binding exec.Binding
	best    float64 // seconds of a product, where somebody keeps them
}

// productWork is the number of its multiply-adds.
const (
	productSize = 320
	productWork = productSize * productSize * productSize
)

func newLargeProduct(t testing.TB, backend exec.Backend, threads int) *largeProduct {
	t.Helper()
	const n = productSize
	v := func(name string) *onnxio.Value {
		return &onnxio.Value{Name: name, Type: onnxio.Float32, Shape: onnxio.Static(n, n)}
	}
	m := &onnxio.Model{IRVersion: 8, Opsets: []onnxio.Opset{{Version: 17}}, Graph: &onnxio.Graph{
		Name: "peak", Inputs: []*onnxio.Value{v("a"), v("b")}, Outputs: []*onnxio.Value{v("y")},
		Nodes: []*onnxio.Node{{Op: "MatMul", Inputs: []string{"a", "b"}, Outputs: []string{"y"}}},
	}}
	s, err := backend.Open(m, exec.Options{Threads: threads})
	if err != nil {
		t.Fatal(err)
	}
	bound, err := s.Bind(map[string]*exec.Tensor{"a": exec.Zeros(onnxio.Float32, n, n), "b": exec.Zeros(onnxio.Float32, n, n)},
		map[string]*exec.Tensor{"y": exec.Zeros(onnxio.Float32, n, n)})
	if err != nil {
		t.Fatal(err)
	}
	return &largeProduct{session: s, binding: bound}
}

func (p *largeProduct) run(t testing.TB) {
	t.Helper()
	if err := p.binding.Run(); err != nil {
		t.Fatal(err)
	}
}

func (p *largeProduct) close(t testing.TB) {
	t.Helper()
	if err := errors.Join(p.binding.Close(), p.session.Close()); err != nil {
		t.Error(err)
	}
}

// peak measures the multiply-adds in a second that ONNX Runtime reaches at best, in
// billions.
func peak(b testing.TB, backend exec.Backend, threads int) float64 {
	p := newLargeProduct(b, backend, threads)
	defer p.close(b)
	seconds := benchtest.Turns(12, 5*time.Millisecond, func() { p.run(b) })
	return productWork / slices.Min(seconds[0]) / 1e9
}

// BenchmarkProfile says which operators take the time of a step in the best form,
// at one thread and at two, beside the share of the peak of matrix products that
// the step's multiply-adds reach: -bench Profile/mlp/ -benchtime 200x. With
// SHAREWISE_PROFILE_BY=node every node is told.
func BenchmarkProfile(b *testing.B) {
	backend := orttest.Kernels(b)
	for _, net := range stepNets {
		for _, threads := range []int{1, 2} {
			b.Run(fmt.Sprintf("%s/%d", net.name, threads), func(b *testing.B) {
				most := peak(b, backend, threads)
				r := newRig(b, net.config(b, kernels.Best(kernels.Offered(backend))))
				prefix := filepath.Join(b.TempDir(), "profile")
				plain := newStepperOf(b, backend, r, threads)
				least := time.Hour
				for range 10 + b.N {
					start := time.Now()
					plain.advance(b, 1e-4)
					least = min(least, time.Since(start))
				}
				plain.close(b)
				b.Setenv(ort.ProfileVariable, prefix)
				s := newStepperOf(b, backend, r, threads)
				for range b.N {
					s.advance(b, 1e-4)
				}
				s.close(b)
				work := multiplyAdds(b, newRig(b, net.config(b, kernels.Form{})).program.Step)
				tell(b, nodeTimes(b, prefix, func(name, op string) string {
					if os.Getenv("SHAREWISE_PROFILE_BY") == "node" {
						return op + " " + name
					}
					return op
				}))
				b.ReportMetric(least.Seconds()*1e3, "min-ms")
				b.ReportMetric(work/least.Seconds()/most/1e7, "%-of-peak")
				b.ReportMetric(most, "peak-GMAC/s")
			})
		}
	}
}

// multiplyAdds counts those of the products of matrices and the convolutions of a
// graph of standard operators.
func multiplyAdds(t testing.TB, m *onnxio.Model) (n float64) {
	types, err := onnxio.InferShapes(m)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range onnxio.Costs(m, types, nil) {
		switch m.Graph.Nodes[c.Node].OpName() {
		case "Gemm", "MatMul", "Conv", "ConvTranspose":
			n += float64(c.FLOPs) / 2
		}
	}
	return n
}

// tell logs a table of times, longest first.
func tell(b *testing.B, times map[string]float64) {
	if b.N == 1 {
		return // the run that finds how many follow
	}
	total := 0.0
	for _, v := range times {
		total += v
	}
	var text strings.Builder
	for _, op := range slices.SortedFunc(maps.Keys(times), func(x, y string) int { return cmp.Compare(times[y], times[x]) }) {
		fmt.Fprintf(&text, "%6.1f %% %8.1f µs  %s\n", 100*times[op]/total, times[op], op)
	}
	b.Logf("%.0f µs a step in nodes, each at its best\n%s", total, text.String())
}
