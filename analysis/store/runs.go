package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/sharewise/sharewise/analysis/claim"
	"github.com/sharewise/sharewise/analysis/filelimit"
	"github.com/sharewise/sharewise/analysis/layout"
)

// Begin brings what others need before runs are trained: the plan, and the baselines that
// were fitted.
func (m *Mirror) Begin(ctx context.Context) error { return m.Push(ctx) }

// Fetch brings what others have left of a run whose claim this process holds: its results, but
// for the model unless models were pulled, if it has ended, else its last checkpoint.
func (m *Mirror) Fetch(ctx context.Context, dir layout.RunFolder) error {
	unit, err := m.name(string(dir))
	if err != nil {
		return err
	}
	objects, err := m.listRun(ctx, unit)
	if err != nil {
		return err
	}
	_, ended := objects[path.Join(unit, doneName)]
	if !ended {
		return m.fetchCheckpoint(ctx, dir, unit, objects)
	}
	m.mu.Lock()
	parts := Parts{Runs: true, Models: m.models}
	m.mu.Unlock()
	names := make([]string, 0, len(objects))
	for name := range objects {
		if parts.wanted(name, true) {
			names = append(names, name)
		}
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(last(a)-last(b), cmp.Compare(a, b)) })
	for _, name := range names {
		known, err := m.index.of(name)
		if err == nil {
			err = m.fetch(ctx, name, objects[name], known)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (m *Mirror) listRun(ctx context.Context, unit string) (map[string]Object, error) {
	all, err := m.bucket.List(ctx, m.at.key(unit)+"/")
	if err != nil {
		return nil, fmt.Errorf("%s: %w", m.at, err)
	}
	out := map[string]Object{}
	for _, o := range all {
		if name := strings.TrimPrefix(o.Key, m.at.below()); local(name) && unitOf(name) == unit {
			out[name] = o
		}
	}
	return out, nil
}

// fetchCheckpoint brings a checkpoint of which the folder has none, or one of fewer steps.
func (m *Mirror) fetchCheckpoint(ctx context.Context, dir layout.RunFolder, unit string, objects map[string]Object) error {
	name := path.Join(unit, checkpointName)
	o, ok := objects[name]
	known, err := m.index.of(name)
	if err != nil || !ok || known.is(o) && known.unchanged(dir.Checkpoint()) {
		return err
	}
	here := steps(dir.Checkpoint())
	aside := filepath.Join(string(dir), "elsewhere")
	if err := os.MkdirAll(aside, 0o777); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	defer func() { _ = os.RemoveAll(aside) }() // what is left there is written over
	other := layout.RunFolder(aside)
	_ = os.Remove(other.Checkpoint()) // of a process that was killed
	switch err := m.bucket.Get(ctx, o.Key, other.Checkpoint()); {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("%s: %w", m.at, err)
	}
	if steps(other.Checkpoint()) <= here {
		return nil
	}
	if err := os.Rename(other.Checkpoint(), dir.Checkpoint()); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	m.count(func(v *Moved) { v.Fetched, v.FetchedBytes = v.Fetched+1, v.FetchedBytes+o.Size })
	return m.index.know(name, dir.Checkpoint(), o)
}

// steps is how many steps a checkpoint has taken, −1 where there is none that can be read.
func steps(file string) int {
	s, err := layout.RunFolder(filepath.Dir(file)).StandingOfAny()
	if err != nil || s == nil {
		return -1
	}
	return s.Step
}

// sending says of a checkpoint when it was sent and how long that took.
type sending struct {
	at   time.Time
	took time.Duration
}

// Checkpoints are sent at most so often, and for at most one part in so many of the time.
const (
	rarest = 30 * time.Second
	share  = 20
)

// Checkpoint sends the checkpoint of a run, unless one was sent a short time ago. final is for
// who stops.
func (m *Mirror) Checkpoint(ctx context.Context, dir layout.RunFolder, final bool) error {
	unit, err := m.name(string(dir))
	if err != nil {
		return err
	}
	m.mu.Lock()
	before, ok := m.sent[unit]
	if !ok { // counted from the first one
		before = sending{at: time.Now()}
		m.sent[unit] = before
	}
	m.mu.Unlock()
	if !final && time.Since(before.at) < max(rarest, share*before.took) {
		return nil
	}
	began := time.Now()
	err = m.send(ctx, path.Join(unit, checkpointName))
	m.mu.Lock()
	m.sent[unit] = sending{time.Now(), time.Since(began)}
	m.mu.Unlock()
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// send makes an object of a file, unless it is that already.
func (m *Mirror) send(ctx context.Context, name string) error {
	known, err := m.index.of(name)
	if err != nil || known.unchanged(m.path(name)) {
		return err
	}
	o, err := m.put(ctx, name, known, false)
	if err != nil {
		return err
	}
	return m.sentAs(name, o)
}

func (m *Mirror) sentAs(name string, o Object) error {
	m.mark(name, true)
	m.count(func(v *Moved) { v.Sent, v.SentBytes = v.Sent+1, v.SentBytes+o.Size })
	return m.index.know(name, m.path(name), o)
}

// Published reports whether the store has the results that a folder has.
func (m *Mirror) Published(dir layout.RunFolder) bool {
	unit, err := m.name(string(dir))
	if err != nil {
		return false
	}
	known, err := m.index.of(path.Join(unit, doneName))
	return err == nil && known.unchanged(dir.Done())
}

// Publish sends the results of a run that has ended, and says last that it has. Where
// the store has results of the run already, these stay and are brought here; where they are others,
// the error matches ErrTwice. confirm, which may be nil, makes sure that this process still
// holds the run.
func (m *Mirror) Publish(ctx context.Context, dir layout.RunFolder, confirm func() error) error {
	unit, err := m.name(string(dir))
	if err != nil {
		return err
	}
	done, err := dir.ReadAnyDone()
	if err != nil || done == nil {
		return err
	}
	name := path.Join(unit, doneName)
	if m.Published(dir) {
		return nil
	}
	stored, err := m.storedDone(ctx, name)
	if err != nil {
		return err
	}
	if stored != nil && stored.Hash == done.Hash {
		return m.adopt(ctx, dir, done, stored)
	}
	if stored != nil { // of an earlier version of the study
		if err := m.bucket.Delete(ctx, m.at.key(name)); err != nil {
			return fmt.Errorf("%s: %w", m.at, err)
		}
	}
	files, err := m.filesOf(dir, unit)
	if err != nil {
		return err
	}
	for _, f := range files {
		if err := m.send(ctx, f); err != nil {
			return err
		}
	}
	if confirm != nil {
		if err := confirm(); err != nil {
			return err
		}
	}
	o, err := m.put(ctx, name, entry{}, true)
	switch {
	case errors.Is(err, fs.ErrExist): // by another, or by this process, whose reply was lost
		if stored, err = m.storedDone(ctx, name); err != nil {
			return err
		}
		if stored == nil {
			return fmt.Errorf("%w: %s came and went", ErrChanged, name)
		}
		return m.adopt(ctx, dir, done, stored)
	case err != nil:
		return err
	}
	if err := m.sentAs(name, o); err != nil {
		return err
	}
	return m.clearRun(ctx, unit, files)
}

// filesOf lists the files of a run but for done.json and what goes when it has ended.
func (m *Mirror) filesOf(dir layout.RunFolder, unit string) ([]string, error) {
	entries, err := os.ReadDir(string(dir))
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	var out []string
	for _, e := range entries {
		name := e.Name()
		if e.Type().IsRegular() && name != doneName && name != checkpointName && name != "failure.json" && !own(name) && !claim.IsFile(name) {
			out = append(out, path.Join(unit, name))
		}
	}
	return out, nil
}

// clearRun removes what a run that has ended does not have any more from the store: its
// checkpoint, why it had failed, and what an earlier version of it left.
func (m *Mirror) clearRun(ctx context.Context, unit string, files []string) error {
	objects, err := m.listRun(ctx, unit)
	if err != nil {
		return err
	}
	for name := range objects {
		if base := path.Base(name); base == doneName || claim.IsFile(base) || slices.Contains(files, name) {
			continue
		}
		if err := m.remove(ctx, name); err != nil {
			return err
		}
	}
	return nil
}

// remove removes an object.
func (m *Mirror) remove(ctx context.Context, name string) error {
	if err := m.bucket.Delete(ctx, m.at.key(name)); err != nil {
		return fmt.Errorf("%s: %w", m.at, err)
	}
	m.mark(name, false)
	m.count(func(v *Moved) { v.Removed++ })
	return m.index.forget(name)
}

// storedDone reads how a run ended, nil where it has not in the store.
func (m *Mirror) storedDone(ctx context.Context, name string) (*layout.Done, error) {
	data, err := m.bucket.Read(ctx, m.at.key(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", m.at, err)
	}
	d := new(layout.Done)
	if err := filelimit.DecodeJSON(data, d); err != nil {
		return nil, fmt.Errorf("%s: %w; remove that object to have the run trained again", m.at.key(name), err)
	}
	return d, nil
}

// adopt takes what the store has of a run for what ended here.
func (m *Mirror) adopt(ctx context.Context, dir layout.RunFolder, done, stored *layout.Done) error {
	same := done.Identity() == stored.Identity()
	if !same { // nothing of it is to be taken for the run's
		if err := dir.Remove(); err != nil {
			return fmt.Errorf("store: %w", err)
		}
	}
	if err := m.Fetch(ctx, dir); err != nil {
		return err
	}
	if !same {
		return fmt.Errorf("%s: %w; the machines compute differently, or data changed", filepath.Base(string(dir)), ErrTwice)
	}
	return nil
}
