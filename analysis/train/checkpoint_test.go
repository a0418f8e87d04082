package train

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/onnxio/reference"
)

// sampleCheckpoint has tensors of some sizes, NaN, and an odd number of bytes of state.
func sampleCheckpoint() *checkpoint {
	rng := rand.New(rand.NewPCG(5, 5))
	tensor := func(n int) []float32 {
		v := make([]float32, n)
		for i := range v {
			v[i] = float32(rng.NormFloat64())
		}
		return v
	}
	history := []layout.HistoryRow{trainRow(1, "a", 0.5, 1, 0), trainRow(2, "b", 0.25, 1, 3)}
	for i := range history { // so that DeepEqual holds
		h := &history[i]
		h.Cosine, h.Norm, h.OtherNorm, h.Accuracy = 1, 2, 3, math.Inf(1)
		h.Steps, h.Opposed, h.Ahead, h.OtherAhead, h.Curvature, h.OtherCurvature = 4, 5, 6, 7, 8, 9
	}
	return &checkpoint{
		checkpointHead: checkpointHead{
			Hash: "hash", Backend: "backend", Step: 17, Method: []byte("state"), History: history,
			Sums: epochSums{Steps: 2, Loss: []float64{1, 2}, Weight: []float64{3, 4}, Unsolved: 5, Gram: gramSums{Steps: 1, Norm: []float64{2, 3}}},
		},
		Vars: map[string][]float32{"trunk/w": tensor(1000), "trunk/b": tensor(3), "none": {}, "momentum": tensor(70_001)},
		Best: bestEpoch{Epoch: 1, Loss: 0.75, Params: map[string][]float32{"trunk/w": tensor(1000)}},
	}
}

func writeSample(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "checkpoint")
	finish, err := startCheckpoint(path, sampleCheckpoint())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("the checkpoint is there before it is on the disk")
	}
	if err := finish(); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestCheckpoint(t *testing.T) {
	path, want := writeSample(t), sampleCheckpoint()
	got, why, err := readCheckpoint(path, "hash", "backend")
	if err != nil || got == nil || why != "" {
		t.Fatalf("%v, %q, %v", got, why, err)
	}
	if !reflect.DeepEqual(got.Vars, want.Vars) || !reflect.DeepEqual(got.Best, want.Best) || !reflect.DeepEqual(got.History, want.History) ||
		!reflect.DeepEqual(got.Sums, want.Sums) || string(got.Method) != "state" || got.Step != 17 {
		t.Errorf("read %+v", got.checkpointHead)
	}
	for _, other := range [][2]string{{"other", "backend"}, {"hash", "other"}} {
		if c, why, err := readCheckpoint(path, other[0], other[1]); c != nil || why == "" || err != nil {
			t.Errorf("%v: %v, %q, %v", other, c, why, err)
		}
	}
	if c, why, err := readCheckpoint(path+"x", "hash", "backend"); c != nil || why != "" || err != nil {
		t.Errorf("no file: %v, %q, %v", c, why, err)
	}
}

// TestDamagedCheckpoint cuts a checkpoint anywhere and changes any part of it: it is
// then none.
func TestDamagedCheckpoint(t *testing.T) {
	path := writeSample(t)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	none := func(what string, data []byte) {
		t.Helper()
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		if c, why, err := readCheckpoint(path, "hash", "backend"); c != nil || why == "" || err != nil {
			t.Errorf("%s: %v, %q, %v", what, c, why, err)
		}
	}
	none("empty", nil)
	none("another format", []byte(strings.Repeat("gob", 1000)))
	rng := rand.New(rand.NewPCG(1, 1))
	for i := range 300 {
		at := rng.IntN(len(whole))
		if i%3 == 0 {
			at = rng.IntN(1200) // in the head
		}
		if i%2 == 0 {
			none(fmt.Sprintf("cut at %d", at), whole[:at])
			continue
		}
		data := append([]byte(nil), whole...)
		data[at] ^= 1 << rng.IntN(8)
		none(fmt.Sprintf("byte %d changed", at), data)
	}
}

// TestKilledBetweenSteps goes on from every checkpoint that a run leaves, as a process
// does that was killed right after it, and expects the same bytes.
func TestKilledBetweenSteps(t *testing.T) {
	job := newJob(t, 0.02, "best")
	calm := layout.RunFolder(filepath.Join(t.TempDir(), "run"))
	if _, err := Execute(t.Context(), reference.Backend(), job, calm, nil); err != nil {
		t.Fatal(err)
	}
	left := 0
	for stop := 1; stop < job.steps(); stop += 4 {
		dir := layout.RunFolder(filepath.Join(t.TempDir(), "run"))
		ctx, cancel := context.WithCancel(t.Context())
		_, err := Execute(ctx, reference.Backend(), job, dir, func(step int) {
			if step == stop {
				cancel()
			}
		})
		cancel()
		if !errors.Is(err, ErrInterrupted) {
			t.Fatal(err)
		}
		c, _, err := readCheckpoint(dir.Checkpoint(), job.Run.Hash, reference.Backend().Name()+" with "+job.Spec.Form)
		if err != nil || c == nil || c.Step != stop {
			t.Fatalf("checkpoint after step %d: %+v, %v", stop, c, err)
		}
		left++
		if _, err := Execute(t.Context(), reference.Backend(), job, dir, nil); err != nil {
			t.Fatal(err)
		}
		if got, want := results(t, dir), results(t, calm); !reflect.DeepEqual(got, want) {
			t.Errorf("stopped after step %d, it gives other bytes", stop)
		}
		if _, err := os.Stat(dir.Checkpoint()); err == nil {
			t.Error("a run that has ended keeps its checkpoint")
		}
	}
	if left < 4 {
		t.Errorf("only %d checkpoints", left)
	}
}

// TestSaver spaces checkpoints out, and fails where one cannot be written.
func TestSaver(t *testing.T) {
	dir := t.TempDir()
	s := saver{path: filepath.Join(dir, "c"), last: time.Now()}
	if s.due() {
		t.Error("a checkpoint is due at once")
	}
	if s.last = s.last.Add(-2 * leastApart); !s.due() {
		t.Error("none is due after a while")
	}
	if s.took = time.Second; s.due() {
		t.Error("one is due although it would take a large part of the time")
	}
	if err := errors.Join(s.save(sampleCheckpoint()), s.save(sampleCheckpoint()), s.wait()); err != nil {
		t.Fatal(err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("left %v, %v", entries, err)
	}
	// The folder goes away between the writing and the rest.
	s.path = filepath.Join(dir, "gone", "c")
	if err := os.Mkdir(filepath.Dir(s.path), 0o755); err != nil {
		t.Fatal(err)
	}
	finish, err := startCheckpoint(s.path, sampleCheckpoint())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Dir(s.path)); err != nil {
		t.Fatal(err)
	}
	if err := finish(); err == nil {
		t.Error("a checkpoint in a folder that is gone")
	}
	if err := s.save(sampleCheckpoint()); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no folder: %v", err)
	}
}

// BenchmarkCheckpoint writes that of a model of a million parameters under AdamW.
// Training waits for the first part alone.
func BenchmarkCheckpoint(b *testing.B) {
	c := sampleCheckpoint()
	for _, name := range []string{"w", "m", "v"} {
		c.Vars[name] = make([]float32, 1_000_000)
	}
	path := filepath.Join(b.TempDir(), "checkpoint")
	var waited time.Duration
	b.SetBytes(12_000_000)
	for b.Loop() {
		start := time.Now()
		finish, err := startCheckpoint(path, c)
		waited += time.Since(start)
		if err == nil {
			err = finish()
		}
		if err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(waited.Microseconds())/1e3/float64(b.N), "waited-ms/op")
}

// TestStanding reads how far a run is from its checkpoint, as those do who only watch.
func TestStanding(t *testing.T) {
	dir := layout.RunFolder(t.TempDir())
	c := &checkpoint{
		checkpointHead: checkpointHead{Hash: "h", Backend: "b", Step: 12, Method: []byte{1}, History: []layout.HistoryRow{trainRow(3, "a", 0.5, 1, 0)}},
		Vars:           map[string][]float32{"w": {1, 2, 3}},
	}
	finish, err := startCheckpoint(dir.Checkpoint(), c)
	if err != nil {
		t.Fatal(err)
	}
	if err := finish(); err != nil {
		t.Fatal(err)
	}
	got, err := dir.Standing("h")
	if err != nil || got == nil {
		t.Fatalf("Standing: %v, %v", got, err)
	}
	if got.Step != 12 || len(got.History) != 1 || got.History[0].Domain != "a" || got.History[0].Loss != 0.5 {
		t.Errorf("Standing: %+v", got)
	}
	if got, err := dir.Standing("another"); got != nil || err != nil {
		t.Errorf("of another run: %v, %v", got, err)
	}
	if err := os.WriteFile(dir.Checkpoint(), []byte(layout.CheckpointMagic+"no head"), 0o644); err != nil {
		t.Fatal(err)
	}
	if got, err := dir.Standing("h"); err == nil || !strings.Contains(err.Error(), dir.Checkpoint()) {
		t.Errorf("of a damaged checkpoint: %v, %v", got, err)
	}
	if got, err := layout.RunFolder(t.TempDir()).Standing("h"); got != nil || err != nil {
		t.Errorf("of a run not begun: %v, %v", got, err)
	}
}

// TestCheckpointFits refuses checkpoints that a run could not have been at: it would go on
// from nowhere, or not end.
func TestCheckpointFits(t *testing.T) {
	job := &Job{Domains: make([]*dataset.Domain, 2), StepsPerEpoch: 3, Training: study.Training{Epochs: 4}}
	for name, c := range map[string]struct {
		change func(c *checkpoint)
		fits   bool
	}{
		"as it was":         {func(*checkpoint) {}, true},
		"at the end":        {func(c *checkpoint) { c.Step = 12 }, true},
		"with curvature":    {func(c *checkpoint) { c.Sums.Gram.Curvature = []float64{1, 2} }, true},
		"beyond the end":    {func(c *checkpoint) { c.Step = 13 }, false},
		"far beyond":        {func(c *checkpoint) { c.Step = 1 << 62 }, false},
		"before the start":  {func(c *checkpoint) { c.Step = -1 }, false},
		"no sums":           {func(c *checkpoint) { c.Sums = epochSums{} }, false},
		"less than no sums": {func(c *checkpoint) { c.Sums.Steps = -1 }, false},
		"fewer cosines":     {func(c *checkpoint) { c.Sums.Gram.Cosine = nil }, false},
		"other curvatures":  {func(c *checkpoint) { c.Sums.Gram.Curvature = []float64{1} }, false},
	} {
		at := &checkpoint{checkpointHead: checkpointHead{Step: 5, Sums: newEpochSums(2)}}
		c.change(at)
		if at.fits(job) != c.fits {
			t.Errorf("%s: fits is %v", name, !c.fits)
		}
	}
}
