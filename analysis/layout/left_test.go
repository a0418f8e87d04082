package layout

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestLeftOfEndedRuns removes what was left of runs that have ended, and keeps what others
// go on from.
func TestLeftOfEndedRuns(t *testing.T) {
	folder := Folder(filepath.Join(t.TempDir(), "work"))
	ended, under := folder.Run("ended"), folder.Run("under")
	for _, r := range []RunFolder{ended, under} {
		if err := os.MkdirAll(filepath.Join(r.Work(), "samples"), 0o755); err != nil {
			t.Fatal(err)
		}
		for _, path := range []string{r.Checkpoint(), filepath.Join(r.Work(), "samples", "train.npy")} {
			if err := os.WriteFile(path, nil, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	// A folder that happens to be of that name, in one that happens to have such a file.
	for _, path := range []string{ended.Done(), filepath.Join(filepath.Dir(string(folder)), "done.json")} {
		if err := os.WriteFile(path, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	left, err := folder.LeftBehind()
	if want := []string{ended.Checkpoint(), ended.Work()}; err != nil || !slices.Equal(left, want) {
		t.Errorf("left behind: %v, %v; want %v", left, err, want)
	}
	lock, err := folder.Lock()
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Unlock()
	for path, stays := range map[string]bool{ended.Checkpoint(): false, ended.Work(): false, ended.Done(): true, under.Checkpoint(): true, filepath.Join(under.Work(), "samples", "train.npy"): true} {
		if _, err := os.Stat(path); (err == nil) != stays {
			t.Errorf("%s: stays %t, want %t", path, err == nil, stays)
		}
	}
}

// TestFailureOfEnded keeps no failure beside what says that the run has ended: what failed
// came after that.
func TestFailureOfEnded(t *testing.T) {
	r := RunFolder(filepath.Join(t.TempDir(), "run"))
	if err := r.WriteFailure(&Failure{Reason: "the disk was full"}); err != nil {
		t.Fatal(err)
	}
	if f, err := r.ReadFailure(); err != nil || f == nil || f.Reason != "the disk was full" {
		t.Errorf("%+v, %v", f, err)
	}
	if err := errors.Join(r.ClearFailure(), r.WriteDone(&Done{Status: Finished, Files: map[string]string{}}), r.WriteFailure(&Failure{Reason: "later"})); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(r.failure()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a failure of what has ended: %v", err)
	}
}

// TestClaimForDays does not wait for a claim of a machine that is not there any more for as
// long as that asked for, and says what to do.
func TestClaimForDays(t *testing.T) {
	defer func(was time.Duration) { mostWait = was }(mostWait)
	mostWait = 10 * time.Millisecond
	folder := Folder(t.TempDir())
	run := string(folder.Run("a"))
	if err := os.MkdirAll(run, 0o755); err != nil {
		t.Fatal(err)
	}
	text := `{"version":1,"token":"x","beat":1,"lease_seconds":500000,"host":"far","machine":"m","pid":7}`
	if err := os.WriteFile(filepath.Join(run, "claim.1.json"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	_, err := folder.Lock()
	if !errors.Is(err, ErrInUse) || !strings.Contains(err.Error(), "process 7 on far, which asked for 138h53m20s") || !strings.Contains(err.Error(), "remove the claims in "+run) {
		t.Error(err)
	}
}
