package atomicfile

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/gofrs/flock"
)

// Whoever writes a temporary file holds a lock on it, which the system gives back
// when the process ends, however it ends. What nobody holds was left behind.

// young is for how long a temporary file may be without the lock of its writer,
// who takes it just after making it.
const young = time.Minute

// hold takes the lock on a temporary file that this process has just made. Where the
// system has no locks, nothing is held.
func hold(path string) (release func()) {
	l := flock.New(path)
	if ok, err := l.TryLock(); err != nil || !ok {
		return func() { _ = l.Close() }
	}
	return func() { _ = l.Close() }
}

// seen are the temporary files that stood in folders when this process first wrote
// there, by folder. A folder of many files is listed once.
var seen struct {
	sync.Mutex
	folders map[string][]string
}

// leftBehind lists what ended processes left of a file that is to be written at
// path.
func leftBehind(path string) []string {
	dir := filepath.Dir(path)
	seen.Lock()
	defer seen.Unlock()
	names, listed := seen.folders[dir]
	if !listed {
		entries, _ := os.ReadDir(dir) // what is wrong shows when the file is written
		for _, e := range entries {
			if strings.HasPrefix(e.Name(), ".") && filepath.Ext(e.Name()) == Suffix {
				names = append(names, e.Name())
			}
		}
		if seen.folders == nil {
			seen.folders = map[string][]string{}
		}
		seen.folders[dir] = names
	}
	var out []string
	for _, n := range names {
		random, ok := strings.CutPrefix(strings.TrimSuffix(n, Suffix), "."+filepath.Base(path)+".")
		if ok && random != "" && strings.Trim(random, "0123456789") == "" {
			out = append(out, filepath.Join(dir, n))
		}
	}
	return out
}

// sweep removes temporary files that ended processes left of the file at path.
func sweep(path string) {
	for _, left := range leftBehind(path) {
		info, err := os.Lstat(left)
		if err != nil || !info.Mode().IsRegular() || time.Since(info.ModTime()) < young {
			continue
		}
		if l, ok := abandoned(left); ok {
			_ = os.Remove(left)
			_ = l.Close()
		}
	}
}

// abandoned takes the lock on a file that nobody holds.
func abandoned(path string) (*flock.Flock, bool) {
	l := flock.New(path, flock.SetFlag(os.O_RDWR))
	ok, err := l.TryLock()
	if err != nil || !ok {
		_ = l.Close()
		return nil, false
	}
	return l, true
}

// lockName is a file in a temporary folder whose lock its writer holds.
const lockName = "lock"

// sweepFolders removes temporary folders that ended processes left of the folder at
// path. One that was ended between taking the old folder away and putting the new one
// there left the old one: it is put back.
func sweepFolders(path string) {
	for _, left := range leftBehind(path) {
		info, err := os.Lstat(filepath.Join(left, lockName))
		if err != nil || time.Since(info.ModTime()) < young {
			continue
		}
		l, ok := abandoned(filepath.Join(left, lockName))
		if !ok {
			continue
		}
		old := filepath.Join(left, "old")
		if _, err := os.Lstat(path); os.IsNotExist(err) {
			if _, err := os.Lstat(old); err == nil {
				err = os.Rename(old, path)
				if err != nil {
					_ = l.Close()
					continue
				}
			}
		}
		_ = os.RemoveAll(left)
		_ = l.Close()
	}
}

// Abandoned reports whether no process writes to a temporary file any more.
func Abandoned(path string) bool {
	l, ok := abandoned(path)
	if ok {
		_ = l.Close()
	}
	return ok
}
