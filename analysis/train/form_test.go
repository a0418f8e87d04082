package train

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/onnxio/kernels"
	"github.com/sharewise/sharewise/onnxio/ort/orttest"
	"github.com/sharewise/sharewise/onnxio/reference"
)

// TestResumeOfKernels interrupts runs that use every kernel at every step and
// expects the same bytes.
func TestResumeOfKernels(t *testing.T) {
	backend := orttest.Kernels(t)
	form, err := Form(backend, "all")
	if err != nil {
		t.Fatal(err)
	}
	form.Everywhere = true
	for _, job := range []*Job{newJob(t, 0.02, "best"), newNormedJob(t, "last")} {
		trunk := Trunk{Model: newTrunk(t, job.Domains)}
		if len(job.Program.Buffers) > 0 {
			trunk = Trunk{Model: newNormedTrunk(), BatchNorm: "domain"}
		}
		if job.Program, err = Compile(trunk, job.Domains, job.Batches, job.Training, form); err != nil {
			t.Fatal(err)
		}
		if job.Program.Step.Opset(kernels.Domain) == 0 {
			t.Error("the step uses no kernels")
		}
		job.Spec.Form = form.String()
		resume(t, backend, job)
	}
}

// TestStepsOfKernel takes several steps in one run of a kernel. Training goes on from
// checkpoints between any two of them to the same bytes, however steps fall into runs.
func TestStepsOfKernel(t *testing.T) {
	backend := orttest.Kernels(t)
	form, err := Form(backend, "all")
	if err != nil {
		t.Fatal(err)
	}
	job := newJob(t, 0.02, "best")
	job.Run.Weighting.Name = "equal"
	if job.Program, err = Compile(Trunk{Model: newTrunk(t, job.Domains)}, job.Domains, job.Batches, job.Training, form); err != nil {
		t.Fatal(err)
	}
	job.Spec.Form = form.String()
	calm := layout.RunFolder(filepath.Join(t.TempDir(), "run"))
	whole := &device{backend, 1, map[string]int{}}
	if _, err := Execute(t.Context(), whole, job, calm, nil); err != nil {
		t.Fatal(err)
	}
	if whole.runs["steps"] != 3 || whole.runs["step"] != 0 {
		t.Errorf("three epochs take runs %v", whole.runs)
	}
	defer func(most int) { mostStepsOfKernel = most }(mostStepsOfKernel)
	dir := layout.RunFolder(filepath.Join(t.TempDir(), "run"))
	stops := map[int]bool{} // by the step of the epoch
	for turn := 0; ; turn++ {
		mostStepsOfKernel = []int{2, 3, 5, 4}[turn%4]
		ctx, cancel := context.WithCancel(t.Context())
		last := 0
		_, err := Execute(ctx, backend, job, dir, func(step int) {
			last = step
			cancel()
		})
		cancel()
		stops[last%job.StepsPerEpoch] = true
		if err == nil {
			break
		}
		if !errors.Is(err, ErrInterrupted) {
			t.Fatal(err)
		}
	}
	if len(stops) < 4 {
		t.Errorf("it stopped at steps %v only", stops)
	}
	if got, want := results(t, dir), results(t, calm); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Error("an interrupted run gives other bytes")
	}
}

// TestRestart: a run does not go on from the checkpoint of another form, says so
// and gives what it gives without interruption.
func TestRestart(t *testing.T) {
	job := newJob(t, 0.02, "last")
	dir := layout.RunFolder(filepath.Join(t.TempDir(), "run"))
	ctx, cancel := context.WithCancel(t.Context())
	job.Spec.Form = "fold of standard operators"
	if _, err := Execute(ctx, reference.Backend(), job, dir, func(int) { cancel() }); !errors.Is(err, ErrInterrupted) {
		t.Fatalf("error %v, want an interruption", err)
	}
	var why []string
	first := 0
	other := *job
	other.Spec.Form = "standard"
	other.Restarted = func(text string) { why = append(why, text) }
	if _, err := Execute(t.Context(), reference.Backend(), &other, dir, func(step int) {
		if first == 0 {
			first = step
		}
	}); err != nil {
		t.Fatal(err)
	}
	if first != 1 || len(why) != 1 || !strings.Contains(why[0], "after 1 steps") || !strings.Contains(why[0], "fold of standard operators") {
		t.Errorf("it went on with step %d and said %q", first, why)
	}
}

// TestForm: the environment takes the place of the study's passes.
func TestForm(t *testing.T) {
	for _, test := range []struct{ study, env, want string }{
		{"all", "", "fold of standard operators"},
		{"none", "", "standard"},
		{"fold,layout", "", "fold of standard operators"},
		{"folds", "", `error: training.passes: unknown pass "folds"; there are fold, layout,`},
		{"fold,-layout", "", "error: training.passes: passes \"fold,-layout\": name those to use"},
		{"none", "fold", "fold of standard operators"},
		{"all", "-fold", "standard"},
		{"all", "quick", `error: SHAREWISE_PASSES: unknown pass "quick"`},
	} {
		t.Run(test.study+" "+test.env, func(t *testing.T) {
			if test.env != "" {
				t.Setenv(PassesVariable, test.env)
			}
			f, err := Form(reference.Backend(), test.study)
			got := f.String()
			if err != nil {
				got = "error: " + err.Error()
			}
			if !strings.HasPrefix(got, test.want) {
				t.Errorf("%+v: %s", test, got)
			}
		})
	}
}
