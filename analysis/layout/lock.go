package layout

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"github.com/gofrs/flock"

	"github.com/sharewise/sharewise/analysis/atomicfile"
	"github.com/sharewise/sharewise/analysis/filelimit"
)

// Lock is a held lock on a folder.
type Lock struct{ f *flock.Flock }

// Lock takes the folder for this process, creating it if need be. Another
// process that holds it is an error that says which.
func (f Folder) Lock() (*Lock, error) {
	if err := f.whole(); err != nil {
		return nil, err
	}
	return f.LockToForget()
}

// ErrRoot is matched where results would go to the root of a file system.
var ErrRoot = errors.New("the root of the file system")

// LockToForget is [Folder.Lock] for whoever goes on with taking a domain out of the
// folder.
func (f Folder) LockToForget() (*Lock, error) {
	if abs, err := filepath.Abs(string(f)); err == nil && abs == filepath.Dir(abs) {
		return nil, fmt.Errorf("%s is %w; name a folder for the results", string(f), ErrRoot)
	}
	if err := os.MkdirAll(string(f), 0o755); err != nil {
		return nil, fmt.Errorf("output folder: %w", err)
	}
	l := flock.New(f.lock())
	ok, err := l.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock %s: %w", f.lock(), err)
	}
	if !ok {
		holder := "another process"
		if pid := f.lastHolder(); pid > 0 {
			holder = fmt.Sprintf("process %d", pid)
		}
		return nil, fmt.Errorf("%s is in use by %s; wait for it, or choose another output folder", string(f), holder)
	}
	if err := os.WriteFile(f.lock(), []byte(strconv.Itoa(os.Getpid())+"\n"), 0o644); err != nil {
		l.Unlock()
		return nil, fmt.Errorf("lock %s: %w", f.lock(), err)
	}
	if err := f.sweep(); err != nil {
		l.Unlock()
		return nil, err
	}
	return &Lock{l}, nil
}

// lastHolder is the process that locked the folder last, 0 where that is not known.
func (f Folder) lastHolder() int {
	data, err := filelimit.ReadFile(f.lock(), filelimit.State)
	if err != nil {
		return 0
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(data)))
	if err != nil || pid < 1 {
		return 0
	}
	return pid
}

// Held reports whether the process that locked the folder last is still there, on
// this machine. It takes no lock itself, so that it is in nobody's way; a process that
// goes on after giving the folder back counts as well.
func (f Folder) Held() bool {
	pid := f.lastHolder()
	if pid == 0 {
		return false
	}
	p, err := os.FindProcess(pid)
	if err != nil {
		return false
	}
	defer func() { _ = p.Release() }() // it was only asked for
	err = p.Signal(syscall.Signal(0))
	return err == nil || errors.Is(err, os.ErrPermission)
}

// sweep removes what a killed process left behind: temporary files, and
// checkpoints of runs that have ended or of versions that nobody can go on from. Only the holder of the lock may call it.
func (f Folder) sweep() error {
	return filepath.WalkDir(string(f), func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return fmt.Errorf("output folder: %w", err)
		}
		if path == filepath.Join(string(f), "damaged") {
			return fs.SkipDir
		}
		name := d.Name()
		if d.IsDir() || filepath.Ext(name) != atomicfile.Suffix && name != checkpointName && name != oldCheckpointName {
			return nil
		}
		if name == checkpointName && !RunFolder(filepath.Dir(path)).ended() {
			return nil
		}
		if err := os.Remove(path); err != nil {
			return fmt.Errorf("output folder: %w", err)
		}
		return nil
	})
}

// Discard gives the folder back, and removes it where nothing but the lock is in
// it. It reports whether the folder is gone.
func (l *Lock) Discard() (gone bool, err error) {
	dir := filepath.Dir(l.f.Path())
	if entries, err := os.ReadDir(dir); err != nil || len(entries) > 1 {
		return false, errors.Join(err, l.Unlock())
	}
	if err := l.Unlock(); err != nil {
		return false, err
	}
	return true, errors.Join(os.Remove(l.f.Path()), os.Remove(dir))
}

// Unlock gives the folder back.
func (l *Lock) Unlock() error { return l.f.Unlock() }

// LeftBehind lists what killed processes left in the folder and nobody writes to any
// more: temporary files, and checkpoints of runs that have ended.
func (f Folder) LeftBehind() ([]string, error) {
	var left []string
	err := filepath.WalkDir(string(f), func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // whoever trains removes files
		}
		if err != nil {
			return fmt.Errorf("output folder: %w", err)
		}
		name := d.Name()
		switch {
		case path == filepath.Join(string(f), "damaged"):
			return fs.SkipDir
		case d.IsDir():
		case temporary(name) && atomicfile.Abandoned(path),
			name == oldCheckpointName, name == checkpointName && RunFolder(filepath.Dir(path)).ended():
			left = append(left, path)
		}
		return nil
	})
	return left, err
}

// ended reports whether there is a done.json.
func (r RunFolder) ended() bool {
	_, err := os.Stat(r.Done())
	return err == nil
}
