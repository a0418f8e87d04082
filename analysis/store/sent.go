package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"
)

// Puts of which the store says that it did them, and has something else afterwards, are tried
// again so often, after a pause that doubles. A variable for tests.
var (
	putTries = 4
	putPause = 500 * time.Millisecond
)

// put makes an object of a file, only if there is none where absent is set, and makes sure that
// the store has what was sent: a write that is answered well and lost would otherwise be taken
// for the file for ever. known is what was in its place. Where the store fails, or has
// something else, it is tried again; of an object that was created without an answer the next
// try says that it exists.
func (m *Mirror) put(ctx context.Context, name string, known entry, absent bool) (Object, error) {
	var last error
	for try, pause := 0, putPause; try < putTries; try, pause = try+1, 2*pause {
		if try > 0 {
			select {
			case <-ctx.Done():
				return Object{}, fmt.Errorf("%s: %w", m.at, errors.Join(last, ctx.Err()))
			case <-time.After(pause):
			}
		}
		if _, err := os.Stat(m.path(name)); err != nil {
			return Object{}, fmt.Errorf("store: %w", err)
		}
		o, err := m.bucket.Put(ctx, m.at.key(name), m.path(name), absent)
		switch {
		case err == nil:
			if err = m.arrived(name, o, known); err == nil {
				return o, nil
			}
		case errors.Is(err, fs.ErrExist):
			return Object{}, fmt.Errorf("%s: %w", m.at, err)
		case errors.Is(err, fs.ErrNotExist):
			err = fmt.Errorf("%w: %s is not there", errOther, m.at.key(name))
		}
		last = err
	}
	return Object{}, fmt.Errorf("%s: %w; tried %d times", m.at, last, putTries)
}

// errOther is matched where a store has something else than it said that it took.
var errOther = fmt.Errorf("%w: it has something else than what it took", ErrUnreachable)

// arrived makes sure that an object is the file. Stores that do not say the MD5 of what came in
// parts have another time for it than for what was in its place.
func (m *Mirror) arrived(name string, o Object, known entry) error {
	sum, size, err := sumOf(m.path(name))
	switch {
	case err != nil:
		return err
	case o.Size != size:
		return fmt.Errorf("%w: %s has %d bytes where %d were sent", errOther, m.at.key(name), o.Size, size)
	case len(o.MD5) > 0 && !same(sum, o.MD5):
		return fmt.Errorf("%w: %s has other bytes than were sent", errOther, m.at.key(name))
	case len(o.MD5) == 0 && known.File != 0 && known.Mod == o.Mod:
		return fmt.Errorf("%w: %s is as old as what was there before", errOther, m.at.key(name))
	}
	return nil
}
