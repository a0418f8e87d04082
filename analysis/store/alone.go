package store

import (
	"context"
	"errors"
	"fmt"
	"path"
	"time"

	"github.com/sharewise/sharewise/analysis/claim"
	"github.com/sharewise/sharewise/analysis/layout"
)

// Alone takes a part of the folder, such as the runs of a comparison, for this process, for
// commands that choose further runs by what came of others: two of them would train the
// same, and write each other's choices over. Where another process has it and lives, the error
// matches layout.ErrInUse; while that is not known Alone waits, after it told waiting, which
// may be nil. [Mirror.Push] fails once the part is lost, [Mirror.Leave] gives it back.
func (m *Mirror) Alone(ctx context.Context, part string, waiting func(holder string)) error {
	w := watch{m, claim.New(claim.Options{Space: m.Claims(), Beat: aloneBeat}), map[string]int{}}
	for told := false; ; told = true {
		taken, err := w.take(part)
		if err != nil {
			return err
		}
		if taken != nil {
			m.mu.Lock()
			m.alone = taken
			m.mu.Unlock()
			return nil
		}
		if !told && waiting != nil {
			waiting(m.at.key(part))
		}
		if err := w.pause(ctx); err != nil {
			return err
		}
	}
}

// Leave gives back what Alone took.
func (m *Mirror) Leave() error {
	m.mu.Lock()
	held := m.alone
	m.alone = nil
	m.mu.Unlock()
	if held == nil {
		return nil
	}
	return held.Release(true)
}

// still makes sure that what Alone took is this process's.
func (m *Mirror) still() error {
	m.mu.Lock()
	held := m.alone
	m.mu.Unlock()
	if held == nil {
		return nil
	}
	if err := held.Confirm(); err != nil {
		return fmt.Errorf("%s: %w: nothing was written there; give the command again", m.at, err)
	}
	return nil
}

// aloneBeat is how often who has a part shows that it lives. A variable for tests.
var aloneBeat = 15 * time.Second

// watch takes claims of parts of a folder from the dead.
type watch struct {
	m       *Mirror
	claimer *claim.Claimer
	beats   map[string]int // of holders that were seen, by part
}

// take takes a part. It returns nothing as long as nobody knows whether its holder lives, and
// layout.ErrInUse once it does.
func (w watch) take(part string) (*claim.Claim, error) {
	taken, err := w.claimer.Take(w.m.path(part))
	var held *claim.HeldError
	if !errors.As(err, &held) {
		return taken, err
	}
	if h := held.Holder; h != nil {
		if last, seen := w.beats[part]; seen && last != h.Beat {
			return nil, fmt.Errorf("%s is %w: %s is worked on by %s; wait for it, or end it", w.m.at, layout.ErrInUse, path.Base(part), h)
		}
		w.beats[part] = h.Beat
	}
	return nil, nil
}

// pause waits for the next sign of life.
func (w watch) pause(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return fmt.Errorf("%s: %w: %w", w.m.at, layout.ErrInUse, ctx.Err())
	case <-time.After(w.claimer.Beat() / 4):
		return nil
	}
}
