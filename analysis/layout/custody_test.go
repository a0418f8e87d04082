package layout

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestTwoWriters lets processes write records of a folder at once: none is lost, and the
// ledger is whole whenever it is read.
func TestTwoWriters(t *testing.T) {
	const writers, each = 4, 20
	if dir := os.Getenv("SHAREWISE_TEST_WRITER"); dir != "" {
		f := Folder(dir)
		for i := range each {
			path := filepath.Join(dir, fmt.Sprintf("%d-%d", os.Getpid(), i))
			if err := os.WriteFile(path, []byte(path), 0o644); err != nil {
				t.Fatal(err)
			}
			if err := (&Origin{folder: f}).Record(nil, path); err != nil {
				t.Fatal(err)
			}
			if _, err := f.ReadLedger(); err != nil {
				t.Fatal(err)
			}
		}
		return
	}
	dir := t.TempDir()
	done := make(chan error)
	for range writers {
		go func() {
			cmd := exec.Command(os.Args[0], "-test.run", "TestTwoWriters$")
			cmd.Env = append(os.Environ(), "SHAREWISE_TEST_WRITER="+dir)
			out, err := cmd.CombinedOutput()
			if err != nil {
				err = fmt.Errorf("%w: %s", err, out)
			}
			done <- err
		}()
	}
	for range writers {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	l, err := Folder(dir).ReadLedger()
	if err != nil || len(l.Files) != writers*each {
		t.Errorf("%d records, want %d; %v", len(l.Files), writers*each, err)
	}
}
