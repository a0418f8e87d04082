package train

import (
	"fmt"
	"math"
	"testing"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/weighting"
	"github.com/sharewise/sharewise/onnxio/ort/orttest"
	"github.com/sharewise/sharewise/onnxio/reference"
)

// TestResumeWeightings interrupts runs of every method that remembers something from
// one step to the next, at every step.
func TestResumeWeightings(t *testing.T) {
	for _, d := range weighting.Methods() {
		if d.Cost == weighting.Gradients || d.Name == "static" || d.Name == "equal" {
			continue
		}
		job := newJob(t, 0.02, "last")
		job.Program.Gradients = nil
		job.Run.Weighting = study.Weighting{Name: d.Name, Targets: map[string]float64{"classes": 0.1, "values": 0.2}}
		resume(t, reference.Backend(), job)
	}
}

// TestResumeLooking does so where a graph drops elements, whose masks follow from the
// number of its runs, and losses are looked at again now and then.
func TestResumeLooking(t *testing.T) {
	for _, every := range []int{1, 3} {
		job, _ := newDroppingJob(t)
		job.Program.Gradients = nil
		job.Run.Weighting = study.Weighting{Name: "famo", Every: every}
		resume(t, orttest.Backend(t), job)
	}
}

// TestLook checks that a second look at a minibatch sees its losses with the new
// parameters, and changes nothing else.
func TestLook(t *testing.T) {
	job := newJob(t, 0.02, "last")
	job.Run.Weighting = study.Weighting{Name: "famo"}
	r, err := newRunner(reference.Backend(), job, layout.RunFolder(t.TempDir()), job.began)
	if err != nil {
		t.Fatal(err)
	}
	defer r.close()
	seen := &seeing{Method: r.method}
	r.method = seen
	if _, err := r.takeStep(); err != nil {
		t.Fatal(err)
	}
	// The same minibatch by hand: losses come before the update that a step makes.
	before := fmt.Sprint(r.engine.snapshot(r.engine.variables()))
	r.engine.rate[0] = 0.5
	if err := r.engine.binding[r.engine.current].Run(); err != nil {
		t.Fatal(err)
	}
	for i, l := range r.engine.losses {
		if math.Abs(float64(l-seen.after[i])) > 1e-6 || seen.after[i] == seen.before[i] {
			t.Errorf("losses %v, after the step %v; by hand %v", seen.before, seen.after, r.engine.losses)
			break
		}
	}
	if after := fmt.Sprint(r.engine.snapshot(r.engine.variables())); after != before {
		t.Error("a second look changed the model")
	}
}

// seeing remembers what a method was shown.
type seeing struct {
	weighting.Method
	before, after []float32
}

func (s *seeing) Observe(losses []float32) { s.before = append([]float32(nil), losses...) }
func (s *seeing) Look(losses []float32)    { s.after = append([]float32(nil), losses...) }
func (s *seeing) Every() int               { return 1 }
