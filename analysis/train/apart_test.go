package train

import (
	"fmt"
	"maps"
	"math"
	"path/filepath"
	"slices"
	"testing"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/kernels"
	"github.com/sharewise/sharewise/onnxio/ort/orttest"
	"github.com/sharewise/sharewise/onnxio/reference"
	"github.com/sharewise/sharewise/onnxio/training"
)

// TestResumeGradients interrupts runs whose weights follow from gradients at every step,
// and expects the same bytes.
func TestResumeGradients(t *testing.T) {
	backend := orttest.Backend(t)
	for _, every := range []int{1, 4} {
		job := newJob(t, 0.02, "best")
		job.Run.Weighting = study.Weighting{Name: "mgda", Every: every}
		resume(t, backend, job)
	}
	for _, name := range []string{"db-mtl", "excess-mtl"} { // which remember whole gradients
		job := newJob(t, 0.02, "best")
		job.Run.Weighting = study.Weighting{Name: name}
		resume(t, backend, job)
	}
	job, _ := newDroppingJob(t)
	job.Run.Weighting = study.Weighting{Name: "mgda", Every: 4}
	resume(t, backend, job)
}

// TestHistoryOfGradients checks what is recorded of weights and gradients.
func TestHistoryOfGradients(t *testing.T) {
	backend := orttest.Backend(t)
	for every, steps := range map[int]float64{1: 6, 3: 3, 100: 2} { // 100: the first step of all, and the last of each epoch
		job := newJob(t, 0.02, "last")
		job.Run.Weighting = study.Weighting{Name: "mgda", Every: every}
		dir := layout.RunFolder(filepath.Join(t.TempDir(), "run"))
		if _, err := Execute(t.Context(), backend, job, dir, nil); err != nil {
			t.Fatal(err)
		}
		rows, err := layout.ReadHistory(dir.History())
		if err != nil {
			t.Fatal(err)
		}
		weights := map[int32]float64{}
		for _, r := range rows {
			switch r.Split {
			case layout.TrainSplit:
				weights[r.Epoch] += r.Weight
				if r.Unsolved != 0 {
					t.Errorf("%g steps are unsolved", r.Unsolved)
				}
			case layout.GradientSplit:
				if r.Epoch == 1 && r.Steps != steps {
					t.Errorf("every %d: %g steps in the first epoch, want %g", every, r.Steps, steps)
				}
				if !(r.Curvature > 0) || !(r.OtherCurvature > 0) || !(r.Norm > 0) || r.Opposed < 0 || r.Opposed > 1 {
					t.Errorf("%+v", r)
				}
				if (r.Ahead > 0) != (r.OtherAhead > 0) && r.Steps == 1 {
					t.Errorf("%+v", r)
				}
			}
		}
		for epoch, sum := range weights {
			if math.Abs(sum-2) > 1e-5 {
				t.Errorf("weights of epoch %d sum to %g", epoch, sum)
			}
		}
	}
}

// TestStepAlongMeans checks that what is recorded of gradients is of those of the step
// even where the step is taken along others.
func TestStepAlongMeans(t *testing.T) {
	job := newJob(t, 0.02, "last")
	job.Run.Weighting = study.Weighting{Name: "db-mtl"}
	r, err := newRunner(reference.Backend(), job, layout.RunFolder(filepath.Join(t.TempDir(), "run")), job.began)
	if err != nil {
		t.Fatal(err)
	}
	defer r.close()
	for range job.StepsPerEpoch {
		if reason, err := r.advance(nil); reason != "" || err != nil {
			t.Fatal(reason, err)
		}
	}
	a, n := r.engine.apart, len(job.Domains)
	for _, along := range []bool{false, true} {
		far := 0.0
		for i := range n {
			for j := range n {
				sum := 0.0
				for name, stack := range a.kept.stacks {
					v := a.kept.stack(name)
					if along {
						v = stack.Float32()
					}
					for k, l := 0, len(v)/n; k < l; k++ {
						sum += float64(v[i*l+k]) * float64(v[j*l+k])
					}
				}
				far = max(far, math.Abs(sum/float64(a.products[i*n+j])-1))
			}
		}
		if (far < 1e-3) == along {
			t.Errorf("what the step is taken along: %v; it is %g off the Gram matrix of the gradients", along, far)
		}
	}
}

// TestUnsolved checks that a step without gradients of the trunk has equal weights and
// is counted.
func TestUnsolved(t *testing.T) {
	job := newJob(t, 0.01, "last")
	job.Run.Weighting = study.Weighting{Name: "mgda"}
	dir := layout.RunFolder(filepath.Join(t.TempDir(), "run"))
	e, err := newRunner(reference.Backend(), job, dir, job.began)
	if err != nil {
		t.Fatal(err)
	}
	defer e.close()
	for _, d := range job.Domains { // scores that depend on nothing
		clear(e.engine.values(training.HeadWeight(d.Name)))
	}
	if reason, err := e.advance(nil); reason != "" || err != nil {
		t.Fatal(reason, err)
	}
	if e.sums.Unsolved != 1 || e.sums.Gram.Steps != 0 || !slices.Equal(e.engine.weights, []float32{1, 1}) {
		t.Errorf("%d steps are unsolved, %d have angles, weights are %v", e.sums.Unsolved, e.sums.Gram.Steps, e.engine.weights)
	}
}

// TestGradientTrajectory follows ten steps by an implementation of its own: each
// domain's gradient is that of a program of this domain alone, weights are the closed
// form of two, and momentum is added up here.
func TestGradientTrajectory(t *testing.T) {
	const steps = 10
	momentum := 0.9
	for _, every := range []int{1, 3} {
		job := newJob(t, 0.05, "last")
		job.Training.Optimizer = study.Optimizer{Name: "sgd", Momentum: momentum}
		job.Run.Weighting = study.Weighting{Name: "mgda", Every: every}
		trunk := newTrunk(t, job.Domains)
		var err error
		if job.Program, err = Compile(Trunk{Model: trunk, Gradients: true}, job.Domains, job.Batches, job.Training, kernels.Form{}); err != nil {
			t.Fatal(err)
		}
		r, err := newRunner(reference.Backend(), job, layout.RunFolder(filepath.Join(t.TempDir(), "run")), job.began)
		if err != nil {
			t.Fatal(err)
		}
		defer r.close()
		theta, velocity := map[string][]float64{}, map[string][]float64{}
		for _, p := range job.Program.Params {
			for _, x := range r.engine.values(p.Name) {
				theta[p.Name] = append(theta[p.Name], float64(x))
			}
			velocity[p.Name] = make([]float64, len(theta[p.Name]))
		}
		var single []*training.Program
		for i := range job.Domains {
			s := job.Training
			s.Optimizer, s.Conflict, s.Clip = study.Optimizer{Name: "sgd"}, false, 0
			p, err := Compile(Trunk{Model: trunk}, job.Domains[i:i+1], job.Batches[i:i+1], s, kernels.Form{})
			if err != nil {
				t.Fatal(err)
			}
			single = append(single, p)
		}
		w := []float64{1, 1}
		for step := range steps {
			if reason, err := r.advance(nil); reason != "" || err != nil {
				t.Fatal(reason, err)
			}
			// The minibatch is still in the engine.
			grads := []map[string][]float64{}
			at := 0
			for i, d := range job.Domains {
				n := job.Batches[i] * product(d.Shape)
				x := exec.NewTensor(append([]int64{int64(job.Batches[i])}, int64(d.Shape[0])), r.engine.x.Float32()[at:at+n])
				at += n
				grads = append(grads, gradientsOf(t, single[i], theta, x, r.engine.inputs[training.TargetName(d.Name)], d.Name))
			}
			if step%every == 0 {
				var aa, bb, ab float64
				for _, p := range job.Program.Params {
					if p.Domain == "" {
						aa, bb, ab = aa+dot(grads[0][p.Name], grads[0][p.Name]), bb+dot(grads[1][p.Name], grads[1][p.Name]), ab+dot(grads[0][p.Name], grads[1][p.Name])
					}
				}
				first := max(0, min(1, (bb-ab)/(aa+bb-2*ab)))
				w = []float64{2 * first, 2 - 2*first}
			}
			for i := range w {
				if math.Abs(float64(r.engine.weights[i])-w[i]) > 1e-4 {
					t.Fatalf("every %d: weights of step %d are %v, want %v", every, step, r.engine.weights, w)
				}
			}
			rate := job.Training.Rate * r.rate.At(step, job.steps())
			for _, p := range job.Program.Params {
				for k := range theta[p.Name] {
					g := 0.0
					for i, d := range job.Domains {
						switch p.Domain {
						case "":
							g += w[i] * grads[i][p.Name][k]
						case d.Name:
							g = grads[i][p.Name][k]
						}
					}
					v := momentum*velocity[p.Name][k] + g
					velocity[p.Name][k] = v
					theta[p.Name][k] -= rate * v
				}
			}
		}
		for _, p := range job.Program.Params {
			for k, x := range r.engine.values(p.Name) {
				if math.Abs(float64(x)-theta[p.Name][k]) > 1e-4 {
					t.Errorf("every %d: %s[%d] is %g after %d steps, want %g", every, p.Name, k, x, steps, theta[p.Name][k])
					break
				}
			}
		}
	}
}

func dot(a, b []float64) (sum float64) {
	for i := range a {
		sum += a[i] * b[i]
	}
	return sum
}

// gradientsOf takes them from a step of plain gradient descent at rate 1 in float64.
func gradientsOf(t *testing.T, p *training.Program, theta map[string][]float64, x, target *exec.Tensor, domain string) map[string][]float64 {
	t.Helper()
	doubles := func(v *exec.Tensor) *exec.Tensor {
		if v.Float32() == nil {
			return v
		}
		out := exec.Zeros(onnxio.Float64, v.Shape...)
		for i, f := range v.Float32() {
			out.Float64()[i] = float64(f)
		}
		return out
	}
	inputs := map[string]*exec.Tensor{
		training.InputX: doubles(x), training.TargetName(domain): doubles(target),
		training.InputWeights: exec.NewTensor([]int64{1}, []float64{1}),
		training.InputRate:    exec.Scalar(1.0), training.InputStep: exec.Scalar(1.0),
	}
	for _, v := range p.Params {
		inputs[v.Name] = exec.NewTensor(v.Shape, slices.Clone(theta[v.Name]))
	}
	out, err := reference.Eval(p.Step, inputs, reference.Float64)
	if err != nil {
		t.Fatal(fmt.Errorf("%w (inputs %v)", err, slices.Sorted(maps.Keys(inputs))))
	}
	grads := map[string][]float64{}
	for _, v := range p.Params {
		for k, next := range out[training.NextName(v.Name)].Float64() {
			grads[v.Name] = append(grads[v.Name], theta[v.Name][k]-next)
		}
	}
	return grads
}
