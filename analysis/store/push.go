package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/sharewise/sharewise/analysis/claim"
	"github.com/sharewise/sharewise/analysis/layout"
)

// changes are what the folder has that the store has not, or otherwise.
type changes struct {
	runs    []string // that ended here, by their folders
	send    []string // other files
	removed []string
}

// Push brings what was changed here to the store. Runs that others hold, and checkpoints, are
// left alone.
func (m *Mirror) Push(ctx context.Context) error {
	if err := m.still(); err != nil {
		return err
	}
	c, err := m.changes()
	if err != nil {
		return err
	}
	if len(c.runs)+len(c.send)+len(c.removed) == 0 {
		return nil
	}
	if len(c.send)+len(c.removed) > 0 {
		claimer := m.claimer()
		held, err := m.hold(ctx, claimer)
		if err != nil {
			return err
		}
		defer func() { _ = held.Release(true) }() // one that is not released ends with its lease
		objects, err := m.list(ctx)
		if err != nil {
			return err
		}
		if err := m.unchanged(c, objects); err != nil {
			return err
		}
		if c.touchesRuns() {
			if err := m.idle(ctx, claimer, objects); err != nil {
				return err
			}
		}
		if err := held.Confirm(); err != nil {
			return err
		}
	}
	for _, name := range c.removed {
		if err := m.remove(ctx, name); err != nil {
			return err
		}
	}
	for _, unit := range c.runs {
		if err := m.Publish(ctx, layout.RunFolder(m.path(unit)), nil); err != nil {
			return err
		}
	}
	for _, final := range []int{0, 1} {
		if err := each(ctx, c.send, func(name string) error {
			if last(name) != final {
				return nil
			}
			return m.send(ctx, name)
		}); err != nil {
			return err
		}
	}
	return nil
}

// changes compares the folder with what is known of the store.
func (m *Mirror) changes() (*changes, error) {
	known, err := m.index.all()
	if err != nil {
		return nil, err
	}
	c, here := new(changes), map[string]bool{}
	err = m.walk(func(name string, info fs.FileInfo) error {
		here[name] = true
		unit, base := unitOf(name), path.Base(name)
		if e := known[name]; own(name) || claim.IsFile(base) || e.File == info.ModTime().UnixNano() && e.Size == info.Size() {
			return nil
		}
		switch {
		case base == "failure.json" && exists(m.path(path.Join(unit, doneName))): // it has ended since
		case unit == "" || base == "failure.json":
			return m.changed(c, name, known[name], info)
		case base == doneName:
			c.runs = append(c.runs, unit)
		}
		return nil
	})
	for _, name := range m.wasThere() {
		if !here[name] {
			c.removed = append(c.removed, name)
		}
	}
	// What says that a run has ended goes before its files do.
	slices.SortStableFunc(c.removed, func(a, b string) int { return cmp.Compare(last(b), last(a)) })
	return c, err
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

// changed notes a file unless its content is what it was.
func (m *Mirror) changed(c *changes, name string, known entry, info fs.FileInfo) error {
	if known.Size == info.Size() && len(known.MD5) > 0 {
		sum, _, err := sumOf(m.path(name))
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		if same(sum, known.MD5) {
			return m.index.know(name, m.path(name), Object{Size: known.Size, Mod: known.Mod, MD5: known.MD5})
		}
	}
	c.send = append(c.send, name)
	return nil
}

// touchesRuns reports whether workers would be in the way: the plan changes, or runs go.
func (c *changes) touchesRuns() bool {
	return slices.Contains(c.send, "plan.json") ||
		slices.ContainsFunc(c.removed, func(name string) bool { return unitOf(name) != "" && path.Base(name) == doneName })
}

// unchanged makes sure that nobody has changed in the store what is going to be changed.
func (m *Mirror) unchanged(c *changes, objects map[string]Object) error {
	for _, name := range c.send {
		known, err := m.index.of(name)
		if err != nil {
			return err
		}
		o, ok := objects[name]
		if !ok || path.Base(name) == "failure.json" || known.is(o) {
			continue
		}
		if sum, _, err := sumOf(m.path(name)); err == nil && same(sum, o.MD5) {
			continue // to the same
		}
		return fmt.Errorf("%s: %w; nothing was written: give the command again", m.at.key(name), ErrChanged)
	}
	return nil
}

// claimer is for claims of the folder itself, and to ask whether workers live.
func (m *Mirror) claimer() *claim.Claimer {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.claims == nil {
		m.claims = claim.New(claim.Options{Space: m.Claims(), Beat: beat})
	}
	return m.claims
}

// beat is how often who pushes shows that it lives. A variable for tests.
var beat = 5 * time.Second

// hold takes the claim of the folder, and waits for who has it.
func (m *Mirror) hold(ctx context.Context, claimer *claim.Claimer) (*claim.Claim, error) {
	for {
		held, err := claimer.Take(string(m.dir))
		if !errors.Is(err, claim.ErrHeld) {
			return held, err
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("%s: %w: %w", m.at, layout.ErrInUse, err)
		case <-time.After(beat / 4):
		}
	}
}

// idle makes sure that nobody trains a run of the folder, and waits for that where its
// worker may be dead.
func (m *Mirror) idle(ctx context.Context, claimer *claim.Claimer, objects map[string]Object) error {
	dirs := map[string]bool{}
	for name := range objects {
		unit := unitOf(name)
		if _, ended := objects[path.Join(unit, doneName)]; unit != "" && !ended && claim.IsFile(path.Base(name)) {
			dirs[unit] = true
		}
	}
	w := watch{m, claimer, map[string]int{}}
	for len(dirs) > 0 {
		for unit := range dirs {
			taken, err := w.take(unit)
			if err == nil && taken == nil {
				continue
			}
			if err == nil {
				err = taken.Release(true) // nothing of it is left to be told
			}
			if err != nil {
				return err
			}
			delete(dirs, unit)
			_ = os.Remove(m.path(unit)) // where Take made nothing else of it
		}
		if len(dirs) == 0 {
			break
		}
		if err := w.pause(ctx); err != nil {
			return err
		}
	}
	return nil
}

// Sent says what went to the store, for people; empty for nothing.
func (v Moved) String() string {
	var parts []string
	for _, p := range []struct {
		n    int
		what string
	}{{v.Fetched, "fetched"}, {v.Sent, "sent"}, {v.Removed, "removed"}} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", p.n, p.what))
		}
	}
	return strings.Join(parts, ", ")
}
