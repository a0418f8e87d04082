package train

import (
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/augment"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/kernels"
	"github.com/sharewise/sharewise/onnxio/ort/orttest"
	"github.com/sharewise/sharewise/onnxio/reference"
)

// alone is the independent run of the second domain of a joint job, with rows of
// its own in minibatches of the same size.
func alone(t *testing.T, joint *Job, trunk *onnxio.Model) *Job {
	t.Helper()
	job := *joint
	job.Domains, job.Batches = joint.Domains[1:], joint.Batches[1:]
	job.Run.Arm, job.Run.Domains, job.Run.Weighting = study.Independent, joint.Run.Domains[1:], study.Weighting{Name: "equal"}
	if joint.Augment != nil {
		job.Augment = joint.Augment[1:]
	}
	var err error
	if job.Program, err = Compile(Trunk{Model: trunk}, job.Domains, job.Batches, job.Training, kernels.Form{}); err != nil {
		t.Fatal(err)
	}
	return &job
}

// start is what a run of some seed and randomness begins with.
func start(t *testing.T, b exec.Backend, job *Job, seed int, randomness string) map[string][]float32 {
	t.Helper()
	j := *job
	j.Run.Seed, j.Run.Randomness = seed, randomness
	e, err := newEngine(b, &j, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer e.close()
	e.initialize()
	return e.snapshot(e.model())
}

// TestPairedStart starts an independent and a shared run of one seed from the same
// weights: those of the trunk, and those of the domain's head.
func TestPairedStart(t *testing.T) {
	joint := newJob(t, 0.02, "last")
	single := alone(t, joint, newTrunk(t, joint.Domains))
	backend := reference.Backend()
	a, b := start(t, backend, single, 1, study.Paired), start(t, backend, joint, 1, study.Paired)
	another, separate := start(t, backend, joint, 2, study.Paired), start(t, backend, joint, 1, study.Separate)
	drawn := map[bool]int{} // parameters, by whether they are the head's
	for name, v := range a {
		if !slices.Equal(v, b[name]) {
			t.Errorf("%s starts with %v alone and with %v in the joint run", name, v, b[name])
		}
		if slices.Max(v) == slices.Min(v) {
			continue // a bias, which starts at nothing
		}
		drawn[strings.HasPrefix(name, "head/")]++
		if slices.Equal(v, another[name]) {
			t.Errorf("%s starts alike with two seeds", name)
		}
		if slices.Equal(start(t, backend, single, 1, study.Separate)[name], separate[name]) {
			t.Errorf("%s starts alike in two arms whose streams are separate", name)
		}
	}
	if drawn[false] == 0 || drawn[true] == 0 {
		t.Errorf("%d parameters of the trunk and %d of the head are drawn", drawn[false], drawn[true])
	}
	if slices.Equal(b["head/classes/weight"], b["head/values/weight"]) && len(b["head/classes/weight"]) > 0 {
		t.Error("two domains have the same head")
	}
}

// minibatches are what a run of some seed sees of its last domain in a number of
// steps, more than an epoch has.
func minibatches(t *testing.T, job *Job, seed int) (x []float32) {
	t.Helper()
	j := *job
	j.Run.Seed = seed
	f, err := newFeeder(&j)
	if err != nil {
		t.Fatal(err)
	}
	e, err := newEngine(reference.Backend(), &j, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer e.close()
	last := len(j.Batches) - 1
	for range 20 {
		if err := f.next(e.x, e.targets); err != nil {
			t.Fatal(err)
		}
		all := e.x.Float32()
		x = append(x, all[len(all)-j.Batches[last]*product(j.Domains[last].Shape):]...)
	}
	return x
}

// TestPairedOrder shows an independent and a shared run of one seed the rows of a
// domain in the same order, changed by augmentation in the same way, pass after
// pass.
func TestPairedOrder(t *testing.T) {
	for _, augmented := range []bool{false, true} {
		joint := newJob(t, 0.02, "last")
		if augmented {
			joint.Augment = []augment.Settings{{}, {Noise: 0.1}}
		}
		single := alone(t, joint, newTrunk(t, joint.Domains))
		a, b := minibatches(t, single, 1), minibatches(t, joint, 1)
		if !slices.Equal(a, b) {
			t.Errorf("augmented %v: the rows of a domain differ between arms", augmented)
		}
		if slices.Equal(a, minibatches(t, single, 2)) {
			t.Errorf("augmented %v: two seeds see the same rows", augmented)
		}
	}
}

// TestPairedMasks drops the same elements of the first domain's rows in the joint
// run as in the independent one.
func TestPairedMasks(t *testing.T) {
	backend := orttest.Backend(t)
	joint, trunk := newDroppingJob(t)
	single := *joint
	single.Domains, single.Batches = joint.Domains[:1], joint.Batches[:1]
	single.Run.Arm, single.Run.Domains = study.Independent, joint.Run.Domains[:1]
	var err error
	if single.Program, err = Compile(Trunk{Model: trunk}, single.Domains, single.Batches, single.Training, kernels.Form{}); err != nil {
		t.Fatal(err)
	}
	first := func(job *Job, seed int) float32 {
		j := *job
		j.Run.Seed = seed
		f, err := newFeeder(&j)
		if err != nil {
			t.Fatal(err)
		}
		e, err := newEngine(backend, &j, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer e.close()
		e.initialize()
		if err := f.next(e.x, e.targets); err != nil {
			t.Fatal(err)
		}
		for i := range e.weights {
			e.weights[i] = 1
		}
		if err := e.advance(); err != nil {
			t.Fatal(err)
		}
		return e.losses[0]
	}
	a, b := first(&single, 1), first(joint, 1)
	if diff := (a - b) / a; diff > 1e-5 || diff < -1e-5 {
		t.Errorf("the first loss of a domain is %v alone and %v in the joint run", a, b)
	}
	if other := first(&single, 2); other == a {
		t.Errorf("two seeds have the first loss %v", a)
	}
}
