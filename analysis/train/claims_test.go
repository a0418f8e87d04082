package train

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sharewise/sharewise/analysis/claim"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/onnxio/reference"
)

// oneEpoch is a job that takes little time.
func oneEpoch(t *testing.T) *Job {
	job := newJob(t, 0.02, "last")
	job.Training.Epochs, job.StepsPerEpoch = 1, 1
	return job
}

func claimer() *claim.Claimer { return claim.New(claim.Options{Beat: 100 * time.Millisecond}) }

// TestTwoWorkers starts two workers on the same run a hundred times. One trains it,
// the other waits and finds it done; never do two train.
func TestTwoWorkers(t *testing.T) {
	job := oneEpoch(t)
	var want map[string][32]byte
	waited := 0
	for round := range 100 {
		folder := layout.Folder(t.TempDir())
		var training, trained, reused, waits atomic.Int32
		task := Task{ID: "joint", Hash: "hash", Steps: 1, Prepare: func() (*Job, error) {
			if training.Add(1) > 1 {
				t.Errorf("round %d: two train", round)
			}
			j := *job
			return &j, nil
		}}
		var wait sync.WaitGroup
		for range 2 {
			wait.Go(func() {
				s, err := Schedule(t.Context(), reference.Backend(), folder, []Task{task}, Options{Claims: claimer(), Observe: func(e Event) {
					switch e.Kind {
					case Ended:
						training.Add(-1)
					case Waiting:
						waits.Add(1)
					}
				}})
				if err != nil {
					t.Error(err)
				}
				trained.Add(int32(s.Trained))
				reused.Add(int32(s.Reused))
			})
		}
		wait.Wait()
		waited += int(waits.Load())
		if trained.Load() != 1 || reused.Load() != 1 {
			t.Fatalf("round %d: trained %d times, found done %d times", round, trained.Load(), reused.Load())
		}
		got := results(t, folder.Run("joint"))
		if want == nil {
			want = got
		}
		for name, sum := range want {
			if got[name] != sum {
				t.Errorf("round %d: %s differs", round, name)
			}
		}
		if entries, err := os.ReadDir(string(folder.Run("joint"))); err != nil || len(entries) != len(want)+1 {
			t.Fatalf("round %d: left %v, %v", round, entries, err)
		}
	}
	if waited == 0 {
		t.Error("no worker ever met the other")
	}
}

// TestLostClaim takes a run over from a worker that is held up at its last write: it
// writes nothing more, finds the run done by the other, and has the same results.
func TestLostClaim(t *testing.T) {
	job := oneEpoch(t)
	folder := layout.Folder(t.TempDir())
	dir := string(folder.Run("joint"))
	prepared := 0
	task := Task{ID: "joint", Hash: "hash", Steps: 1, Prepare: func() (*Job, error) {
		prepared++
		// Another machine has been waiting, and takes it for dead.
		if err := os.WriteFile(filepath.Join(dir, "claim.2.json"), []byte(`{"token":"other","machine":"elsewhere","host":"elsewhere","lease_seconds":0.3}`), 0o644); err != nil {
			t.Fatal(err)
		}
		j := *job
		return &j, nil
	}}
	once := task.Prepare
	var lost []error
	task.Prepare = func() (*Job, error) {
		if prepared == 0 {
			return once()
		}
		prepared++
		j := *job
		return &j, nil
	}
	s, err := Schedule(t.Context(), reference.Backend(), folder, []Task{task}, Options{Claims: claimer(), Observe: func(e Event) {
		if e.Kind == Waiting {
			lost = append(lost, e.Err)
			if _, err := os.Stat(folder.Run("joint").Done()); err == nil {
				t.Error("it was written although the claim was lost")
			}
		}
	}})
	if err != nil || s != (Summary{Trained: 1}) || prepared != 2 {
		t.Errorf("%+v, prepared %d times, %v", s, prepared, err)
	}
	if len(lost) != 1 || !errors.Is(lost[0], claim.ErrLost) {
		t.Errorf("told %v", lost)
	}
}

// TestKeepGoing trains what comes after a failure where that is asked for.
func TestKeepGoing(t *testing.T) {
	job := oneEpoch(t)
	broken := errors.New("broken")
	tasks := []Task{
		{ID: "bad", Hash: "hash", Steps: 1, Prepare: func() (*Job, error) { return nil, broken }},
		{ID: "joint", Hash: "hash", Steps: 1, Prepare: func() (*Job, error) { j := *job; return &j, nil }},
	}
	s, err := Schedule(t.Context(), reference.Backend(), layout.Folder(t.TempDir()), tasks, Options{KeepGoing: true})
	if !errors.Is(err, broken) || s != (Summary{Trained: 1, Failed: 1}) {
		t.Errorf("%+v, %v", s, err)
	}
}

// TestWaitEnds ends a worker that waits for another.
func TestWaitEnds(t *testing.T) {
	folder := layout.Folder(t.TempDir())
	held, err := claimer().Take(string(folder.Run("joint")))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	task := Task{ID: "joint", Hash: "hash", Prepare: func() (*Job, error) { return nil, errors.New("taken") }}
	if s, err := Schedule(ctx, reference.Backend(), folder, []Task{task}, Options{}); !errors.Is(err, ErrInterrupted) || s != (Summary{Left: 1}) {
		t.Errorf("%+v, %v", s, err)
	}
	if _, err := folder.LockAtOnce(); !errors.Is(err, layout.ErrInUse) {
		t.Errorf("the folder is locked while a run is held: %v", err)
	}
	if _, err := folder.Lock(); !errors.Is(err, layout.ErrInUse) {
		t.Errorf("the folder is locked while a run is held: %v", err)
	}
	if err := held.Release(false); err != nil {
		t.Fatal(err)
	}
	lock, err := folder.Lock()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := folder.Join(); !errors.Is(err, layout.ErrInUse) {
		t.Errorf("joined a folder that is held alone: %v", err)
	}
	if err := lock.Share(); err != nil {
		t.Fatal(err)
	}
	joined, err := folder.Join()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := folder.Lock(); !errors.Is(err, layout.ErrInUse) {
		t.Errorf("locked a folder that is shared: %v", err)
	}
	if err := errors.Join(joined.Unlock(), lock.Unlock()); err != nil {
		t.Fatal(err)
	}
}
