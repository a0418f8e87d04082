package layout

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/gofrs/flock"

	"github.com/sharewise/sharewise/analysis/atomicfile"
	"github.com/sharewise/sharewise/analysis/claim"
	"github.com/sharewise/sharewise/analysis/filelimit"
)

// Lock is a held lock on a folder.
type Lock struct{ f *flock.Flock }

// ErrInUse is matched where other processes work in a folder.
var ErrInUse = errors.New("in use")

// ErrRoot is matched where results would go to the root of a file system.
var ErrRoot = errors.New("the root of the file system")

// Lock takes the folder for this process alone, creating it if need be. Another
// process that holds it, or a run in it, is an error that says which and matches
// ErrInUse. Where runs are claimed by machines that do not answer, Lock waits until
// it is sure that they are dead, for about two minutes and never for more than three.
func (f Folder) Lock() (*Lock, error) {
	if err := f.whole(); err != nil {
		return nil, err
	}
	return f.LockToForget()
}

// LockToForget is [Folder.Lock] for whoever goes on with taking a domain out of the
// folder.
func (f Folder) LockToForget() (*Lock, error) { return f.take(true) }

// LockAtOnce is [Folder.Lock] that does not wait: claims of machines that do not answer
// are ErrInUse too.
func (f Folder) LockAtOnce() (*Lock, error) {
	if err := f.whole(); err != nil {
		return nil, err
	}
	return f.take(false)
}

// shared lets others whom the umask lets write take the same lock.
var shared = flock.SetPermissions(0o666)

func (f Folder) take(wait bool) (*Lock, error) {
	if abs, err := filepath.Abs(string(f)); err == nil && abs == filepath.Dir(abs) {
		return nil, fmt.Errorf("%s is %w; name a folder for the results", string(f), ErrRoot)
	}
	if err := os.MkdirAll(string(f), 0o777); err != nil {
		return nil, fmt.Errorf("output folder: %w", err)
	}
	if err := filelimit.MayOpen("lock", f.lock()); err != nil {
		return nil, err
	}
	l := flock.New(f.lock(), shared)
	ok, err := l.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock %s: %w", f.lock(), err)
	}
	if !ok {
		return nil, f.inUse()
	}
	if err := os.WriteFile(f.lock(), []byte(strconv.Itoa(os.Getpid())+"\n"), 0o666); err != nil {
		return nil, errors.Join(fmt.Errorf("lock %s: %w", f.lock(), err), l.Unlock())
	}
	if err := f.sweep(wait); err != nil {
		return nil, errors.Join(err, l.Unlock())
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

// inUse says who holds the lock.
func (f Folder) inUse() error {
	holder := "another process"
	if pid := f.lastHolder(); pid > 0 {
		holder = fmt.Sprintf("process %d", pid)
	}
	return fmt.Errorf("%s is %w by %s; wait for it, or choose another output folder", string(f), ErrInUse, holder)
}

// Join takes part in the work in a folder that is planned, together with others that
// do: each run is written by who holds its claim, see package claim. A process that
// holds the folder alone is ErrInUse.
func (f Folder) Join() (*Lock, error) {
	if err := f.whole(); err != nil {
		return nil, err
	}
	if err := filelimit.MayOpen("lock", f.lock()); err != nil {
		return nil, err
	}
	l := flock.New(f.lock(), shared)
	switch ok, err := l.TryRLock(); {
	case err != nil:
		return nil, fmt.Errorf("lock %s: %w", f.lock(), err)
	case !ok:
		return nil, f.inUse()
	}
	return &Lock{l}, nil
}

// Share lets others take part, see [Folder.Join].
func (l *Lock) Share() error {
	if err := l.f.Unlock(); err != nil {
		return err
	}
	joined, err := Folder(filepath.Dir(l.f.Path())).Join()
	if err != nil {
		return err
	}
	l.f = joined.f
	return nil
}

// sweep removes what a killed process left behind: temporary files, claims, folders that
// programs trained ended runs in, and checkpoints of these or of versions that nobody can go on from. Only
// the holder of the lock may call it. It fails with ErrInUse where a run is claimed.
func (f Folder) sweep(wait bool) error {
	var rubbish, claimed []string
	err := filepath.WalkDir(string(f), func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return fmt.Errorf("output folder: %w", err)
		}
		if path == filepath.Join(string(f), "damaged") {
			return fs.SkipDir
		}
		name, ended := d.Name(), func() bool { return RunFolder(filepath.Dir(path)).ended() }
		switch {
		case name == workName && path != string(f) && ended():
			rubbish = append(rubbish, path)
			if d.IsDir() {
				return fs.SkipDir
			}
		case d.IsDir():
		case claim.IsFile(name) && !ended():
			if dir := filepath.Dir(path); !slices.Contains(claimed, dir) {
				claimed = append(claimed, dir)
			}
		case claim.IsFile(name), filepath.Ext(name) == atomicfile.Suffix, name == oldCheckpointName, name == checkpointName && ended():
			rubbish = append(rubbish, path)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := f.unclaimed(claimed, wait); err != nil {
		return err
	}
	for _, path := range rubbish {
		if isLink(path) {
			continue // 'sharewise check' finds it, and its repair says what stays behind it
		}
		if err := atomicfile.Remove(path); err != nil {
			return fmt.Errorf("output folder: %w", err)
		}
	}
	return nil
}

// mostWait is how long a claim is waited for that says nothing new: longer than it takes
// until a usual one is that of a dead process. A claim may ask for days.
var mostWait = 3 * time.Minute

// unclaimed makes sure that nobody holds the runs in these folders, and may wait
// for that.
func (f Folder) unclaimed(dirs []string, wait bool) error {
	claimer, beats := claim.New(claim.Options{}), map[string]int{}
	for began := time.Now(); ; {
		var left []string
		for _, dir := range dirs {
			taken, err := claimer.Take(dir)
			var held *claim.HeldError
			if !errors.As(err, &held) {
				if err == nil {
					err = taken.Release(false)
				}
				if err != nil {
					return err
				}
				continue
			}
			h := held.Holder
			if time.Since(began) > mostWait {
				return fmt.Errorf("%s is %w: %w, which asked for %v and has not moved for %v; where it is dead, remove the claims in %s", string(f), ErrInUse, held, h.Term(), mostWait, dir)
			}
			if last, seen := beats[dir]; !wait || h != nil && (h.Alive() || seen && last != h.Beat) {
				return fmt.Errorf("%s is %w: %w; wait for it, or choose another output folder", string(f), ErrInUse, held)
			}
			if h != nil {
				beats[dir] = h.Beat
			}
			left = append(left, dir)
		}
		if dirs = left; len(dirs) == 0 {
			return nil
		}
		time.Sleep(min(claimer.Beat()/8, mostWait))
	}
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
// more: temporary files, and checkpoints, claims and folders of programs of runs that have ended.
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
		case name == workName && path != string(f) && RunFolder(filepath.Dir(path)).ended():
			left = append(left, path)
			if d.IsDir() {
				return fs.SkipDir
			}
		case d.IsDir():
		case temporary(name) && atomicfile.Abandoned(path),
			name == oldCheckpointName, (name == checkpointName || claim.IsFile(name)) && RunFolder(filepath.Dir(path)).ended():
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
