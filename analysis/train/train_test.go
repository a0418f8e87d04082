package train

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sharewise/sharewise/analysis/augment"
	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/losses"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/kernels"
	"github.com/sharewise/sharewise/onnxio/reference"
	"github.com/sharewise/sharewise/onnxio/zoo"
)

// mixed is a study of one classification and one regression on the same two
// features, small enough for the reference evaluator.
const mixed = `version: 1
name: mixed
seeds: 3
domains:
  - {name: classes, data: classes.csv, columns: {label: y}}
  - {name: values, data: values.csv, columns: {targets: [y]}}
model: {trunk: mlp, widths: [0.02]}
training: {epochs: 3, batch: 8, rate: %g, conflict: true, select: %s}
weightings: [uncertainty]
`

// newJob prepares the joint run of the mixed study.
func newJob(t *testing.T, rate float64, selection string) *Job {
	t.Helper()
	dir := t.TempDir()
	rng := rand.New(rand.NewPCG(1, 2))
	var classes, values strings.Builder
	fmt.Fprintln(&classes, "a,b,y")
	fmt.Fprintln(&values, "a,b,y")
	for range 60 {
		a, b := rng.NormFloat64(), rng.NormFloat64()
		label := "low"
		if a+b > 0 {
			label = "high"
		}
		fmt.Fprintf(&classes, "%.3f,%.3f,%s\n", a, b, label)
		fmt.Fprintf(&values, "%.3f,%.3f,%.3f\n", a, b, 100+20*(a-b))
	}
	for name, text := range map[string]string{"classes.csv": classes.String(), "values.csv": values.String()} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return jointJob(t, dir, fmt.Sprintf(mixed, rate, selection), 6)
}

// jointJob prepares the joint run of a study of two domains.
func jointJob(t *testing.T, dir, text string, steps int) *Job {
	t.Helper()
	s, err := study.ParseBytes([]byte(text), "study.yaml", dir)
	if err != nil {
		t.Fatal(err)
	}
	domains, err := dataset.OpenAll(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	rows := []int{8, 8}
	program, err := Compile(Trunk{Model: newTrunk(t, domains), BatchNorm: s.Model.BatchNorm, Freeze: s.Model.Freeze}, domains, rows, s.Training, kernels.Form{})
	if err != nil {
		t.Fatal(err)
	}
	return &Job{
		Run: study.Run{
			ID: "joint", Hash: "hash", Arm: study.Joint, Domains: []string{domains[0].Name, domains[1].Name},
			Rung: s.Model.Rungs[0], Weighting: s.Weightings[0], Seed: 1, StudySeed: 1,
		},
		Study: s.Name, Domains: domains, Program: program, Batches: rows, StepsPerEpoch: steps, Training: s.Training,
	}
}

func newTrunk(t *testing.T, domains []*dataset.Domain) *onnxio.Model {
	t.Helper()
	trunk, err := zoo.Build("mlp", zoo.Config{Input: domains[0].Shape, Width: 0.02})
	if err != nil {
		t.Fatal(err)
	}
	return trunk
}

// results hashes the result files of a run.
func results(t *testing.T, dir layout.RunFolder) map[string][32]byte {
	t.Helper()
	out := map[string][32]byte{}
	for _, path := range []string{dir.Spec(), dir.Losses(), dir.History(), dir.Model()} {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		out[filepath.Base(path)] = sha256.Sum256(data)
	}
	return out
}

func TestExecute(t *testing.T) {
	for _, selection := range []string{"last", "best"} {
		job := newJob(t, 0.02, selection)
		dir := layout.RunFolder(filepath.Join(t.TempDir(), "run"))
		done, err := Execute(t.Context(), reference.Backend(), job, dir, nil)
		if err != nil {
			t.Fatal(err)
		}
		if done.Status != layout.Finished || done.Steps != 18 || done.Epoch < 1 || done.Epoch > 3 {
			t.Errorf("%s: %+v", selection, done)
		}
		if err := dir.Verify(done); err != nil {
			t.Error(err)
		}
		checkTable(t, job, dir)
		checkHistory(t, dir)
		again, err := Execute(t.Context(), nil, job, dir, nil)
		if err != nil || again.Seconds != done.Seconds {
			t.Errorf("a run that has ended was not left alone: %v", err)
		}
	}
}

// TestObserve tells of epochs what the history records, and leaves the results
// as they are.
func TestObserve(t *testing.T) {
	job := newJob(t, 0.02, "last")
	quiet := layout.RunFolder(filepath.Join(t.TempDir(), "run"))
	if _, err := Execute(t.Context(), reference.Backend(), job, quiet, nil); err != nil {
		t.Fatal(err)
	}
	var told []Epoch
	job.Observe = func(e Epoch) { told = append(told, e) }
	dir := layout.RunFolder(filepath.Join(t.TempDir(), "run"))
	if _, err := Execute(t.Context(), reference.Backend(), job, dir, nil); err != nil {
		t.Fatal(err)
	}
	if !maps.Equal(results(t, dir), results(t, quiet)) {
		t.Error("watching a run changes its results")
	}
	history, err := layout.ReadHistory(dir.History())
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range told {
		if e.Number != i+1 {
			t.Errorf("epoch %d is told as %d", i+1, e.Number)
		}
		for d, domain := range job.Domains {
			for split, loss := range map[string]float64{layout.TrainSplit: e.Loss[d], layout.ValSplit: e.ValLoss[d]} {
				if !slices.ContainsFunc(history, func(r layout.HistoryRow) bool {
					return int(r.Epoch) == e.Number && r.Domain == domain.Name && r.Split == split && r.Loss == loss
				}) {
					t.Errorf("epoch %d: %s loss %g of %s is not in the history", e.Number, split, loss, domain.Name)
				}
			}
		}
		if want := job.Domains[0].Val.Len() + job.Domains[1].Val.Len(); e.Val.Len() != want {
			t.Errorf("epoch %d: %d rows of validation, want %d", e.Number, e.Val.Len(), want)
		}
	}
	if len(told) != 3 {
		t.Errorf("%d epochs were told, want 3", len(told))
	}
}

func checkTable(t *testing.T, job *Job, dir layout.RunFolder) {
	t.Helper()
	table, err := losses.ReadFile(dir.Losses())
	if err != nil {
		t.Fatal(err)
	}
	want := job.Domains[0].Test.Len() + job.Domains[1].Test.Len()
	if table.Len() != want {
		t.Errorf("%d rows, want %d", table.Len(), want)
	}
	norm := job.Domains[1].TargetNorm
	for i := range table.Len() {
		if !table.Regression(i) {
			right := table.Prediction[i] == float32(table.Label[i])
			if right != table.Correct[i] {
				t.Errorf("row %d: prediction %g of class %d has correct %v", i, table.Prediction[i], table.Label[i], table.Correct[i])
			}
			continue
		}
		// The loss is the squared error in standard units.
		e := (table.Prediction[i] - table.Target[i]) / norm.Std[0]
		if math.Abs(float64(e*e-table.Loss[i])) > 1e-3 {
			t.Errorf("row %d: loss %g, prediction %g of %g", i, table.Loss[i], table.Prediction[i], table.Target[i])
		}
	}
}

func checkHistory(t *testing.T, dir layout.RunFolder) {
	t.Helper()
	rows, err := layout.ReadHistory(dir.History())
	if err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	var train []float64
	for _, r := range rows {
		count[r.Split]++
		if r.Split == layout.TrainSplit && r.Domain == "values" {
			train = append(train, r.Loss)
		}
		if r.Split == layout.GradientSplit && !(math.Abs(r.Cosine) <= 1.0001) {
			t.Errorf("cosine %g", r.Cosine)
		}
		if r.Split == layout.GradientSplit && !(r.Norm > 0 && r.OtherNorm > 0) {
			t.Errorf("lengths of gradients %g and %g", r.Norm, r.OtherNorm)
		}
	}
	if count[layout.TrainSplit] != 6 || count[layout.ValSplit] != 6 || count[layout.GradientSplit] != 3 {
		t.Errorf("rows by split: %v", count)
	}
	if len(train) != 3 || train[2] >= train[0] {
		t.Errorf("training losses %v do not fall", train)
	}
}

// TestResume interrupts a run at every step and expects the same bytes.
func TestResume(t *testing.T) {
	resume(t, reference.Backend(), newJob(t, 0.02, "best"))
	resume(t, reference.Backend(), newNormedJob(t, "best"))
	for _, name := range study.Optimizers() {
		job := newJob(t, 0.02, "last")
		job.Training.SetOptimizer(name)
		var err error
		if job.Program, err = Compile(Trunk{Model: newTrunk(t, job.Domains)}, job.Domains, job.Batches, job.Training, kernels.Form{}); err != nil {
			t.Fatal(err)
		}
		resume(t, reference.Backend(), job)
	}
}

func resume(t *testing.T, backend exec.Backend, job *Job) {
	t.Helper()
	calm := layout.RunFolder(filepath.Join(t.TempDir(), "run"))
	if _, err := Execute(t.Context(), backend, job, calm, nil); err != nil {
		t.Fatal(err)
	}
	dir := layout.RunFolder(filepath.Join(t.TempDir(), "run"))
	interruptions := 0
	for {
		ctx, cancel := context.WithCancel(t.Context())
		_, err := Execute(ctx, backend, job, dir, func(int) { cancel() })
		cancel()
		if err == nil {
			break
		}
		if !errors.Is(err, ErrInterrupted) {
			t.Fatal(err)
		}
		interruptions++
	}
	if interruptions < job.steps()-1 {
		t.Errorf("only %d interruptions", interruptions)
	}
	if got, want := results(t, dir), results(t, calm); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Error("an interrupted run gives other bytes")
	}
}

// TestResumeAugmented does the same where samples are augmented, and checks that
// training sees the augmented samples and nothing else does.
func TestResumeAugmented(t *testing.T) {
	plain := newJob(t, 0.02, "last")
	job := *plain
	job.Augment = []augment.Settings{{Noise: 0.3}, {Scaling: 0.2}}
	calm := layout.RunFolder(filepath.Join(t.TempDir(), "run"))
	if _, err := Execute(t.Context(), reference.Backend(), &job, calm, nil); err != nil {
		t.Fatal(err)
	}
	dir := layout.RunFolder(filepath.Join(t.TempDir(), "run"))
	for err := ErrInterrupted; err != nil; {
		ctx, cancel := context.WithCancel(t.Context())
		if _, err = Execute(ctx, reference.Backend(), &job, dir, func(int) { cancel() }); err != nil && !errors.Is(err, ErrInterrupted) {
			t.Fatal(err)
		}
		cancel()
	}
	if got, want := results(t, dir), results(t, calm); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Error("an interrupted run gives other bytes")
	}
	without := layout.RunFolder(filepath.Join(t.TempDir(), "run"))
	if _, err := Execute(t.Context(), reference.Backend(), plain, without, nil); err != nil {
		t.Fatal(err)
	}
	if results(t, without)["model.onnx"] == results(t, calm)["model.onnx"] {
		t.Error("augmentation changes nothing")
	}
	// At the same parameters both test alike.
	table := func(j *Job) []float32 {
		e, err := newEngine(reference.Backend(), j, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer e.close()
		e.initialize()
		table, err := e.table()
		if err != nil {
			t.Fatal(err)
		}
		return table.Loss
	}
	if !slices.Equal(table(plain), table(&job)) {
		t.Error("test samples are augmented")
	}
	job.Augment = []augment.Settings{{Flip: true}, {}}
	if _, err := Execute(t.Context(), reference.Backend(), &job, layout.RunFolder(filepath.Join(t.TempDir(), "run")), nil); err == nil || !strings.Contains(err.Error(), "domain classes: augment: flip: it is for images") {
		t.Errorf("mirroring tables gives %v", err)
	}
}

// TestFrozen trains heads on a frozen trunk: it stays as it starts, also in a
// run that is interrupted at every step.
func TestFrozen(t *testing.T) {
	job := newJob(t, 0.02, "last")
	trunk, err := zoo.Build("mlp", zoo.Config{Input: job.Domains[0].Shape, Width: 0.02})
	if err != nil {
		t.Fatal(err)
	}
	free := len(job.Program.State)
	if job.Program, err = Compile(Trunk{Model: trunk, Freeze: []string{"*"}}, job.Domains, job.Batches, job.Training, kernels.Form{}); err != nil {
		t.Fatal(err)
	}
	if got := len(job.Program.State); got != free-8 {
		t.Errorf("%d tensors of state, without freezing %d", got, free)
	}
	start, err := newEngine(reference.Backend(), job, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer start.close()
	start.initialize()
	dir := layout.RunFolder(filepath.Join(t.TempDir(), "run"))
	for err = ErrInterrupted; errors.Is(err, ErrInterrupted); {
		ctx, cancel := context.WithCancel(t.Context())
		_, err = Execute(ctx, reference.Backend(), job, dir, func(int) { cancel() })
		cancel()
	}
	if err != nil {
		t.Fatal(err)
	}
	m, err := onnxio.Load(dir.Model())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range job.Program.Params {
		end, err := m.Graph.Initializer(p.Name).Float32()
		if err != nil {
			t.Fatal(err)
		}
		if same := slices.Equal(end, start.values(p.Name)); same != p.Frozen {
			t.Errorf("%s: frozen is %v, and that it stayed the same is %v", p.Name, p.Frozen, same)
		}
	}
	// Nothing is shared that trains, so there is no conflict to measure.
	rows, err := layout.ReadHistory(dir.History())
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if r.Split == layout.GradientSplit {
			t.Errorf("gradient conflict %g of a frozen trunk", r.Cosine)
		}
	}
}

func TestDiverged(t *testing.T) {
	job := newJob(t, 1e30, "last")
	dir := layout.RunFolder(filepath.Join(t.TempDir(), "run"))
	done, err := Execute(t.Context(), reference.Backend(), job, dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	if done.Status != layout.Diverged || !strings.Contains(done.Reason, "step") {
		t.Errorf("%+v", done)
	}
	if _, err := os.Stat(dir.Losses()); err == nil {
		t.Error("a diverged run left a loss table")
	}
}

func TestSchedule(t *testing.T) {
	job := newJob(t, 0.02, "last")
	folder := layout.Folder(t.TempDir())
	task := func(id string, prepare func() (*Job, error)) Task {
		return Task{ID: id, Hash: "hash", Steps: job.steps(), Prepare: prepare}
	}
	good := func(id string) Task {
		return task(id, func() (*Job, error) {
			j := *job
			j.Run.ID = id
			return &j, nil
		})
	}
	kinds := map[EventKind]int{}
	opt := Options{Jobs: 2, Observe: func(e Event) { kinds[e.Kind]++ }}
	s, err := Schedule(t.Context(), reference.Backend(), folder, []Task{good("a"), good("b")}, opt)
	if err != nil || s != (Summary{Trained: 2}) || kinds[Ended] != 2 || kinds[Stepped] != 2*job.steps() {
		t.Errorf("%+v, %v, events %v", s, err, kinds)
	}
	s, err = Schedule(t.Context(), reference.Backend(), folder, []Task{good("a"), good("b"), good("c")}, opt)
	if err != nil || s != (Summary{Reused: 2, Trained: 1}) {
		t.Errorf("second time: %+v, %v", s, err)
	}
	broken := errors.New("broken")
	bad := task("bad", func() (*Job, error) { return nil, broken })
	s, err = Schedule(t.Context(), reference.Backend(), folder, []Task{bad, good("d")}, Options{})
	if !errors.Is(err, broken) || s.Failed != 1 || s.Left != 1 {
		t.Errorf("failure: %+v, %v", s, err)
	}
	s, err = Schedule(t.Context(), reference.Backend(), folder, []Task{good("e")}, Options{MaxTime: time.Nanosecond})
	if !errors.Is(err, ErrTimeUp) || s.Left != 1 {
		t.Errorf("time limit: %+v, %v", s, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err = Schedule(ctx, reference.Backend(), folder, []Task{good("f")}, Options{}); !errors.Is(err, ErrInterrupted) {
		t.Errorf("interrupted: %v", err)
	}
}

func TestLock(t *testing.T) {
	folder := layout.Folder(filepath.Join(t.TempDir(), "out"))
	lock, err := folder.Lock()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := folder.Lock(); err == nil || !strings.Contains(err.Error(), fmt.Sprint(os.Getpid())) {
		t.Errorf("second lock: %v", err)
	}
	if err := lock.Unlock(); err != nil {
		t.Fatal(err)
	}
	// What a killed process left is swept by the next holder.
	run := folder.Run("r")
	if err := os.MkdirAll(string(run), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{filepath.Join(string(run), ".losses.parquet.1.tmp"), run.Checkpoint(), run.Done()} {
		if err := os.WriteFile(path, []byte("{}"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if lock, err = folder.Lock(); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(string(run))
	if err != nil || len(entries) != 1 || entries[0].Name() != "done.json" {
		t.Errorf("left after the sweep: %v, %v", entries, err)
	}
	// A folder that holds something stays, an empty one goes.
	for _, want := range []bool{false, true} {
		if gone, err := lock.Discard(); err != nil || gone != want {
			t.Errorf("the folder is gone: %v, %v, want %v", gone, err, want)
		}
		if _, err := os.Stat(string(folder)); (err != nil) != want {
			t.Errorf("the folder: %v", err)
		}
		if want {
			return
		}
		if lock, err = folder.Lock(); err != nil {
			t.Fatal(err)
		}
		if err := os.RemoveAll(filepath.Dir(string(run))); err != nil {
			t.Fatal(err)
		}
	}
}

func TestDamagedDone(t *testing.T) {
	run := layout.RunFolder(t.TempDir())
	if err := os.WriteFile(run.Done(), []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := run.ReadDone("hash"); err == nil || !strings.Contains(err.Error(), "remove the folder") {
		t.Errorf("damaged done.json: %v", err)
	}
}
