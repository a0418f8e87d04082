package atomicfile

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sharewise/sharewise/analysis/filelimit"
)

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestLinksStay writes at the end of links, whether it exists or not.
func TestLinksStay(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "store"), 0o755); err != nil {
		t.Fatal(err)
	}
	file, link, second := filepath.Join(dir, "store", "report"), filepath.Join(dir, "link"), filepath.Join(dir, "second")
	for from, to := range map[string]string{link: filepath.Join("store", "report"), second: "link"} {
		if err := os.Symlink(to, from); err != nil {
			t.Skip(err)
		}
	}
	for _, content := range []string{"new", "again"} {
		if err := WriteBytes(second, []byte(content)); err != nil {
			t.Fatal(err)
		}
		if got := read(t, file); got != content {
			t.Errorf("the file has %q, want %q", got, content)
		}
		for _, l := range []string{link, second} {
			if info, err := os.Lstat(l); err != nil || info.Mode()&os.ModeSymlink == 0 {
				t.Errorf("%s is no link any more: %v", l, err)
			}
		}
	}
	loop := filepath.Join(dir, "loop")
	if err := os.Symlink("loop", loop); err != nil {
		t.Fatal(err)
	}
	if err := WriteBytes(loop, nil); err == nil {
		t.Error("a link to itself was written to")
	}
	if err := WriteBytes(dir, nil); err == nil {
		t.Error("a folder was written to")
	}
}

// TestUnnamed writes to a file that has no name any more, and to one whose place the system
// does not tell: that stays as it is.
func TestUnnamed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString("what was there before"); err != nil {
		t.Fatal(err)
	}
	evalSymlinks = func(string) (string, error) { return "", syscall.EIO }
	defer func() { evalSymlinks = filepath.EvalSymlinks }()
	if err := WriteBytes(path, []byte("new")); !errors.Is(err, syscall.EIO) || read(t, path) != "what was there before" {
		t.Errorf("while the disk fails: %v, and the file has %q", err, read(t, path))
	}
	evalSymlinks = filepath.EvalSymlinks
	unnamed := fmt.Sprintf("/proc/self/fd/%d", f.Fd())
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(unnamed); err != nil {
		t.Skip(err)
	}
	if err := OutputBytes(unnamed, []byte("new")); err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(io.NewSectionReader(f, 0, 100)); err != nil || string(got) != "new" {
		t.Errorf("the file without a name has %q, %v", got, err)
	}
}

// TestPipesStay writes to a pipe and leaves it in place, and with it all that is no
// regular file. A device of the system is not tried: it would be lost to the whole
// machine where this fails.
func TestPipesStay(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := makePipe(pipe); err != nil {
		t.Skip(err)
	}
	got := make(chan string)
	go func() {
		f, err := os.Open(pipe)
		if err != nil {
			got <- err.Error()
			return
		}
		defer f.Close()
		data, _ := io.ReadAll(f)
		got <- string(data)
	}()
	if err := OutputBytes(pipe, []byte("through")); err != nil {
		t.Fatal(err)
	}
	if text := <-got; text != "through" {
		t.Errorf("the pipe had %q", text)
	}
	if info, err := os.Lstat(pipe); err != nil || info.Mode()&os.ModeNamedPipe == 0 {
		t.Errorf("the pipe is gone: %v", err)
	}
}

// TestPipesRefused does not wait for who reads a pipe that nobody named.
func TestPipesRefused(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := makePipe(pipe); err != nil {
		t.Skip(err)
	}
	if err := WriteBytes(pipe, []byte("x")); !errors.Is(err, filelimit.ErrKind) || !strings.Contains(err.Error(), pipe) {
		t.Errorf("error %v", err)
	}
}

// TestLeftBehind removes what an ended process left, and nothing else.
func TestLeftBehind(t *testing.T) {
	dir := t.TempDir()
	old := time.Now().Add(-time.Hour)
	plant := func(name string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte("half"), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, old, old); err != nil {
			t.Fatal(err)
		}
		return path
	}
	left, held := plant(".report.html.123.tmp"), plant(".report.html.456.tmp")
	others := []string{plant(".report.html.mine.tmp"), plant(".other.123.tmp"), plant("report.html.123.tmp")}
	release := hold(held)
	defer release()
	young := plant(".report.html.789.tmp")
	if err := os.Chtimes(young, time.Now(), time.Now()); err != nil {
		t.Fatal(err)
	}
	if err := WriteBytes(filepath.Join(dir, "report.html"), nil); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(left); !os.IsNotExist(err) {
		t.Errorf("%s is still there", left)
	}
	for _, path := range append(others, held, young) {
		if _, err := os.Stat(path); err != nil {
			t.Error(err)
		}
	}
}

// TestFolderPutBack puts back a folder that was taken away when a process ended, and
// removes what it left.
func TestFolderPutBack(t *testing.T) {
	dir := t.TempDir()
	path, work := filepath.Join(dir, "out"), filepath.Join(dir, ".out.77.tmp")
	for _, d := range []string{"old", "new"} {
		if err := os.MkdirAll(filepath.Join(work, d), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(work, d, "file"), []byte(d), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	lock := filepath.Join(work, lockName)
	if err := os.WriteFile(lock, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	old := time.Now().Add(-time.Hour)
	if err := os.Chtimes(lock, old, old); err != nil {
		t.Fatal(err)
	}
	if err := WriteFolder(path, false, func(string) error { return nil }); err == nil {
		t.Error("the folder was not put back before another was written")
	}
	if got := read(t, filepath.Join(path, "file")); got != "old" {
		t.Errorf("the folder has %q", got)
	}
	if _, err := os.Stat(work); !os.IsNotExist(err) {
		t.Errorf("%s is still there", work)
	}
}
