package store

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/sharewise/sharewise/analysis/atomicfile"
	"github.com/sharewise/sharewise/analysis/claim"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/versioned"
)

// ErrChanged is matched where files were changed in the store by others since they were pulled.
var ErrChanged = errors.New("changed in the store meanwhile, by another command")

// ErrTwice is matched where a run ended twice with different results.
var ErrTwice = errors.New("the run has ended on another machine with other results, which stay")

// Mirror is a folder that stands for a place in a store. One process may use it from several
// goroutines, and several processes of a machine may have the same one.
type Mirror struct {
	bucket Bucket
	at     Location
	dir    layout.Folder
	index  index
	claims *claim.Claimer

	mu sync.Mutex
	// alone is the part of the folder that this process has for itself; nil for none.
	alone *claim.Claim
	// there are the files, by slashed paths, that were in folder and store alike when they
	// were looked at last: those that are gone since were removed here.
	there map[string]bool
	sent  map[string]sending // checkpoints, by folder
	moved Moved
	// models says that the last pull brought models, so that runs which end meanwhile on other
	// machines come with theirs.
	models bool
}

// Moved counts what went through the network.
type Moved struct {
	Fetched, Sent, Removed  int
	FetchedBytes, SentBytes int64
}

// Open makes the mirror of a place in a store, in a folder of its own below cache.
func Open(b Bucket, at Location, cache string) (*Mirror, error) {
	home := filepath.Join(cache, "store", folderName(at))
	m := &Mirror{bucket: b, at: at, dir: layout.Folder(filepath.Join(home, "out")), index: index{dir: filepath.Join(home, "index")}, there: map[string]bool{}, sent: map[string]sending{}}
	for _, dir := range []string{string(m.dir), m.index.dir} {
		if err := os.MkdirAll(dir, 0o777); err != nil {
			return nil, fmt.Errorf("store: %w", err)
		}
	}
	return m, nil
}

// folderName is a name for a place that says where that is and is that of no other.
func folderName(at Location) string {
	sum := sha256.Sum256([]byte(at.URL()))
	plain := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '.' || r == '-' {
			return r
		}
		return '-'
	}, strings.ReplaceAll(at.String(), "://", "-"))
	const most = 60
	return plain[:min(len(plain), most)] + "-" + hex.EncodeToString(sum[:6])
}

// Folder is the working copy.
func (m *Mirror) Folder() layout.Folder { return m.dir }

// Moved is what went through the network so far.
func (m *Mirror) Moved() Moved {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.moved
}

func (m *Mirror) count(how func(*Moved)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	how(&m.moved)
}

func (m *Mirror) path(name string) string {
	return filepath.Join(string(m.dir), filepath.FromSlash(name))
}

// name is the slashed path of a file of the folder.
func (m *Mirror) name(file string) (string, error) {
	rel, err := filepath.Rel(string(m.dir), file)
	if err != nil || !filepath.IsLocal(rel) {
		return "", fmt.Errorf("store: %s is not in %s", file, m.dir)
	}
	return filepath.ToSlash(rel), nil
}

// unitOf is the folder of the run or baseline that a file belongs to, "" for other files.
func unitOf(name string) string {
	parts := strings.Split(name, "/")
	for i := len(parts) - 3; i >= 0; i-- {
		if parts[i] == "runs" || parts[i] == "baseline" {
			return strings.Join(parts[:i+2], "/")
		}
	}
	return ""
}

// own reports whether a file is for this machine alone: locks, what is being written, and
// what was set aside.
func own(name string) bool {
	base := path.Base(name)
	return strings.HasPrefix(name, "damaged/") || base == ".lock" || base == ".custody.lock" || strings.HasSuffix(base, atomicfile.Suffix)
}

const (
	doneName       = "done.json"
	checkpointName = "checkpoint.bin"
	modelName      = "model.onnx"
)

// Parts say what is pulled.
type Parts struct {
	// Models brings the models of runs.
	Models bool
	// Runs brings all other files of runs that have ended; without it only how they ended.
	Runs bool
	// Claims brings who trains what, to be looked at: claims and the checkpoints of runs that
	// have not ended. Without it they go from the folder.
	Claims bool
}

// wanted reports whether a pull brings a file. ended says whether its run has.
func (p Parts) wanted(name string, ended bool) bool {
	unit, base := unitOf(name), path.Base(name)
	switch {
	case own(name):
		return false
	case claim.IsFile(base):
		return p.Claims && unit != ""
	case unit == "" || base == doneName || base == "failure.json":
		return true
	case base == checkpointName || !ended:
		return p.Claims && !ended
	case base == modelName:
		return p.Models
	}
	return p.Runs
}

// Pull brings the folder to what the store has. What is there already is not fetched
// again, and what is gone from the store goes from the folder, but for what ended here and was
// not uploaded.
func (m *Mirror) Pull(ctx context.Context, parts Parts) error {
	m.mu.Lock()
	m.models = parts.Models
	m.mu.Unlock()
	known, err := m.index.all() // before the list, so that what others send in between is not taken for gone
	if err != nil {
		return err
	}
	objects, err := m.list(ctx)
	if err != nil {
		return err
	}
	var gone []string
	for name := range known {
		if _, ok := objects[name]; !ok {
			gone = append(gone, name)
		}
	}
	if err := m.drop(gone); err != nil {
		return err
	}
	if err := m.dropOthers(objects, parts); err != nil {
		return err
	}
	names := make([]string, 0, len(objects))
	for name := range objects {
		_, ended := objects[path.Join(unitOf(name), doneName)]
		if parts.wanted(name, ended) {
			names = append(names, name)
		}
	}
	// Files first that others vouch for.
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(last(a)-last(b), cmp.Compare(a, b)) })
	for _, final := range []int{0, 1} {
		if err := each(ctx, names, func(name string) error {
			if last(name) != final {
				return nil
			}
			return m.fetch(ctx, name, objects[name], known[name])
		}); err != nil {
			return err
		}
	}
	return nil
}

// last is 1 for files that are written after those that they speak of.
func last(name string) int {
	if base := path.Base(name); base == doneName || base == "custody.json" {
		return 1
	}
	return 0
}

// list lists the objects by the paths of their files.
func (m *Mirror) list(ctx context.Context) (map[string]Object, error) {
	all, err := m.bucket.List(ctx, m.at.below())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", m.at, err)
	}
	out := make(map[string]Object, len(all))
	for _, o := range all {
		if name := strings.TrimPrefix(o.Key, m.at.below()); local(name) {
			out[name] = o
		}
	}
	return out, nil
}

// local reports whether a key below the study's is that of a file in its folder.
func local(name string) bool {
	return versioned.Inside("keys", name) == nil
}

// drop removes files that the store does not have any more.
func (m *Mirror) drop(names []string) error {
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(last(b)-last(a), cmp.Compare(a, b)) })
	for _, name := range names {
		if err := atomicfile.RemoveFile(m.path(name)); err != nil {
			return fmt.Errorf("store: %w", err)
		}
		if err := m.index.forget(name); err != nil {
			return err
		}
		m.mark(name, false)
		m.tidy(name)
	}
	return nil
}

// tidy removes the folders of a file as far as nothing is in them.
func (m *Mirror) tidy(name string) {
	for dir := path.Dir(name); dir != "." && os.Remove(m.path(dir)) == nil; dir = path.Dir(dir) {
	}
}

// dropOthers removes files that were never in the store and that nobody goes on from: derived
// files that a command could not push, and claims that were looked at.
func (m *Mirror) dropOthers(objects map[string]Object, parts Parts) error {
	return m.walk(func(name string, _ fs.FileInfo) error {
		_, stored := objects[name]
		looked := claim.IsFile(path.Base(name)) && !(parts.Claims && stored)
		if looked || !stored && unitOf(name) == "" && !own(name) {
			if err := atomicfile.RemoveFile(m.path(name)); err != nil {
				return fmt.Errorf("store: %w", err)
			}
			return m.index.forget(name)
		}
		return nil
	})
}

// walk visits all files of the folder.
func (m *Mirror) walk(visit func(name string, info fs.FileInfo) error) error {
	err := filepath.WalkDir(string(m.dir), func(file string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // whoever trains beside removes files
		}
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if errors.Is(err, fs.ErrNotExist) || err == nil && !info.Mode().IsRegular() {
			return nil
		}
		if err != nil {
			return err
		}
		name, err := m.name(file)
		if err != nil {
			return err
		}
		return visit(name, info)
	})
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	return nil
}

func (m *Mirror) mark(name string, there bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if there {
		m.there[name] = true
	} else {
		delete(m.there, name)
	}
}

func (m *Mirror) wasThere() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := make([]string, 0, len(m.there))
	for name := range m.there {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// fetch brings an object to its file, unless it is there.
func (m *Mirror) fetch(ctx context.Context, name string, o Object, known entry) error {
	if known.is(o) && known.unchanged(m.path(name)) {
		m.mark(name, true)
		return nil
	}
	file := m.path(name)
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	temp, err := temporaryName(file)
	if err != nil {
		return err
	}
	defer os.Remove(temp)
	if err := m.bucket.Get(ctx, o.Key, temp); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // it was removed meanwhile
		}
		return fmt.Errorf("%s: %w", m.at, err)
	}
	info, err := os.Stat(temp)
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	if info.Size() != o.Size && !claim.IsFile(path.Base(name)) && path.Base(name) != checkpointName { // which change while others work
		return fmt.Errorf("%w: %s has %d bytes where %d were listed; give the command again", ErrUnreachable, o.Key, info.Size(), o.Size)
	}
	if err := os.Rename(temp, file); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	if err := m.index.know(name, file, o); err != nil {
		return err
	}
	m.mark(name, true)
	m.count(func(v *Moved) { v.Fetched, v.FetchedBytes = v.Fetched+1, v.FetchedBytes+o.Size })
	return nil
}

var temporaries atomic.Int64

// temporaryName is a name beside a file that nobody else uses.
func temporaryName(file string) (string, error) {
	f, err := os.CreateTemp(filepath.Dir(file), fmt.Sprintf(".%s.%d.*%s", filepath.Base(file), temporaries.Add(1), atomicfile.Suffix))
	if err != nil {
		return "", fmt.Errorf("store: %w", err)
	}
	if err := errors.Join(f.Close(), os.Remove(f.Name())); err != nil {
		return "", fmt.Errorf("store: %w", err)
	}
	return f.Name(), nil
}

// atOnce is how many objects are on their way at the same time.
const atOnce = 16

// each does something with all names, several at a time, and stops at the first error.
func each(ctx context.Context, names []string, do func(name string) error) error {
	var (
		wg    sync.WaitGroup
		mu    sync.Mutex
		first error
		next  int
	)
	for range min(atOnce, len(names)) {
		wg.Go(func() {
			for {
				mu.Lock()
				if first != nil || ctx.Err() != nil || next == len(names) {
					mu.Unlock()
					return
				}
				name := names[next]
				next++
				mu.Unlock()
				if err := do(name); err != nil {
					mu.Lock()
					first = cmp.Or(first, err)
					mu.Unlock()
				}
			}
		})
	}
	wg.Wait()
	if first == nil && ctx.Err() != nil {
		return fmt.Errorf("store: %w", ctx.Err())
	}
	return first
}

// same reports whether two sums are known and the same.
func same(a, b []byte) bool { return len(a) > 0 && bytes.Equal(a, b) }
