package train

import (
	"context"
	"errors"
	"maps"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/ort/orttest"
)

// device stands in for a backend on a device: it is the CPU's, asked for several
// steps in one run. It counts runs of graphs by their names.
type device struct {
	exec.Backend
	steps int
	runs  map[string]int
}

func (d *device) StepsPerRun() int { return d.steps }

func (d *device) Open(m *onnxio.Model, opt exec.Options) (exec.Session, error) {
	s, err := d.Backend.Open(m, opt)
	return &onDevice{s, d, m.Graph.Name}, err
}

type onDevice struct {
	exec.Session
	device *device
	graph  string
}

func (s *onDevice) Bind(in, out map[string]*exec.Tensor) (exec.Binding, error) {
	b, err := s.Session.Bind(in, out)
	return &boundOnDevice{b, s}, err
}

type boundOnDevice struct {
	exec.Binding
	of *onDevice
}

func (b *boundOnDevice) Run() error {
	b.of.device.runs[b.of.graph]++
	return b.Binding.Run()
}

// TestSeveralSteps trains with several steps in one run and gets the files of
// single steps, to the byte, also when it is stopped on the way. Weights that follow
// from the losses of the step before leave one step to a run.
func TestSeveralSteps(t *testing.T) {
	backend := orttest.Backend(t)
	for _, weights := range []string{"equal", "uncertainty", "famo"} {
		job := newJob(t, 0.01, "best")
		job.Run.Weighting.Name = weights
		train := func(b exec.Backend, stop int) map[string]string {
			t.Helper()
			dir := layout.RunFolder(t.TempDir())
			var steps []int
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			_, err := Execute(ctx, b, job, dir, func(n int) {
				if steps = append(steps, n); n == stop {
					cancel()
				}
			})
			if stop > 0 {
				if !errors.Is(err, ErrInterrupted) {
					t.Fatal(err)
				}
				_, err = Execute(t.Context(), b, job, dir, func(n int) { steps = append(steps, n) })
			}
			if err != nil {
				t.Fatal(err)
			}
			for i, n := range steps {
				if n != i+1 {
					t.Errorf("progress is told of steps %v", steps)
					break
				}
			}
			done, err := dir.ReadDone(job.Run.Hash)
			if err != nil || done == nil || done.Steps != 18 {
				t.Fatalf("%+v, %v", done, err)
			}
			return done.Files
		}
		want := train(backend, 0)
		for _, most := range []int{2, 4, 100} {
			for _, stop := range []int{0, 3} {
				d := &device{backend, most, map[string]int{}}
				if got := train(d, stop); !maps.Equal(got, want) {
					t.Errorf("%s, %d steps in a run, stopped at %d: files %v, want %v", weights, most, stop, got, want)
				}
				// Of six steps in an epoch and three epochs.
				runs := map[int]int{2: 9, 4: 6, 100: 3}[most]
				gradients := 6
				switch weights {
				case "uncertainty":
					runs = 15
				case "famo": // which sees every minibatch twice
					runs = 30
					gradients = 9
				}
				// The last step of an epoch measures conflict, and its gradients are computed
				// once more after it.
				if d.runs["steps"] != runs || d.runs["step"] != 0 || d.runs["update"] != 3 || d.runs["gradients"] != gradients {
					t.Errorf("%s, at most %d steps in a run: %v, want %d", weights, most, d.runs, runs)
				}
			}
		}
	}
}

// TestSeveralDiverge finds the step at which numbers stopped being finite, within
// a run of several.
func TestSeveralDiverge(t *testing.T) {
	backend := orttest.Backend(t)
	var reasons []string
	for _, most := range []int{1, 5} {
		job := newJob(t, 1e8, "last")
		job.Run.Weighting.Name = "equal"
		done, err := Execute(t.Context(), &device{backend, most, map[string]int{}}, job, layout.RunFolder(t.TempDir()), nil)
		if err != nil || done.Status != layout.Diverged {
			t.Fatalf("%+v, %v", done, err)
		}
		reasons = append(reasons, done.Reason)
	}
	if reasons[0] != reasons[1] || !strings.Contains(reasons[0], "at step") {
		t.Errorf("%q", reasons)
	}
}
