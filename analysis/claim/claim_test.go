package claim

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sharewise/sharewise/analysis/atomicfile"
)

// lab makes claimers on machines of their own, whose clocks the test sets.
type lab struct {
	t   *testing.T
	dir string
	now time.Duration
}

// claimer has a clock that is off by so much. Its beats come from the test alone.
func (l *lab) claimer(host string, off time.Duration) *Claimer {
	c := New(Options{Beat: time.Hour})
	c.self.Host, c.self.Machine = host, host
	c.now = func() time.Duration { return l.now + off }
	c.elapsed = c.now
	return c
}

const lease = leaseBeats * time.Hour

func (l *lab) take(c *Claimer) *Claim {
	l.t.Helper()
	claim, err := c.Take(l.dir)
	if err != nil {
		l.t.Fatal(err)
	}
	l.t.Cleanup(func() { _ = claim.Release(false) })
	return claim
}

func (l *lab) held(c *Claimer, by string) {
	l.t.Helper()
	claim, err := c.Take(l.dir)
	var held *HeldError
	if !errors.As(err, &held) || !errors.Is(err, ErrHeld) || held.Holder.Host != by {
		l.t.Fatalf("took %v, %v; want it to be held by %s", claim, err, by)
	}
}

func (l *lab) files() (out []string) {
	entries, err := os.ReadDir(l.dir)
	if err != nil {
		l.t.Fatal(err)
	}
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return out
}

func newLab(t *testing.T) *lab {
	return &lab{t: t, dir: filepath.Join(t.TempDir(), "run"), now: time.Hour}
}

// TestGivenBack hands work from one to the next, and leaves nothing when it is done.
func TestGivenBack(t *testing.T) {
	l := newLab(t)
	a, b := l.claimer("a", 0), l.claimer("b", 0)
	first := l.take(a)
	l.held(b, "a")
	l.held(a, "a")
	if err := first.Confirm(); err != nil {
		t.Error(err)
	}
	if err := first.Release(false); err != nil {
		t.Error(err)
	}
	if err := first.Confirm(); !errors.Is(err, ErrLost) {
		t.Errorf("a claim that was given back is confirmed: %v", err)
	}
	second := l.take(b)
	l.held(a, "b")
	if err := second.Release(true); err != nil {
		t.Error(err)
	}
	if left := l.files(); len(left) > 0 {
		t.Errorf("left %v", left)
	}
}

// TestKilledWhileClaiming leaves nothing of a process that was killed between making a
// file and giving it its name, once the work is done.
func TestKilledWhileClaiming(t *testing.T) {
	l := &lab{t: t, dir: filepath.Join(t.TempDir(), "[runs]")}
	if err := os.MkdirAll(l.dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(temporary(l.dir, newToken()), []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	claim := l.take(l.claimer("a", 0))
	if err := claim.Release(true); err != nil {
		t.Fatal(err)
	}
	if left := l.files(); len(left) > 0 {
		t.Errorf("left: %q", left)
	}
}

// TestStale takes over what was silent for a lease, by the clock of who waits, however
// wrong that is, and whatever times the files have.
func TestStale(t *testing.T) {
	for _, off := range []time.Duration{0, time.Hour, -time.Hour, 1000 * time.Hour} {
		t.Run(off.String(), func(t *testing.T) {
			l := newLab(t)
			a, b := l.claimer("a", 0), l.claimer("b", off)
			first := l.take(a)
			wrong := time.Now().Add(off)
			if err := os.Chtimes(filepath.Join(first.dir, name(first.number)), wrong, wrong); err != nil {
				t.Fatal(err)
			}
			l.held(b, "a")
			for range 20 { // it beats, late but in time
				l.now += lease / 2
				if err := first.Confirm(); err != nil {
					t.Fatal(err)
				}
				l.held(b, "a")
			}
			l.now += lease
			l.held(b, "a")
			l.now++
			second := l.take(b)
			if err := first.Confirm(); !errors.Is(err, ErrLost) {
				t.Errorf("two hold it: %v", err)
			}
			select {
			case <-first.Lost():
			default:
				t.Error("the holder is not told")
			}
			if err := first.Release(true); err != nil {
				t.Error(err)
			}
			if err := second.Confirm(); err != nil {
				t.Errorf("who lost it took it away: %v", err)
			}
		})
	}
}

// TestHeldUp holds up a machine together with its clock, as the pause of a virtual
// one does: the holder cannot know how late it is, and sees the higher claim.
func TestHeldUp(t *testing.T) {
	l := newLab(t)
	a, b := l.claimer("a", 0), l.claimer("b", 0)
	stands := l.now
	a.now = func() time.Duration { return stands }
	first := l.take(a)
	l.held(b, "a")
	l.now += lease + 1
	second := l.take(b)
	if err := first.Confirm(); !errors.Is(err, ErrLost) {
		t.Errorf("two hold it: %v", err)
	}
	if err := second.Confirm(); err != nil {
		t.Error(err)
	}
}

// TestLate gives a claim up for good where its holder was late, although nobody else
// has taken it.
func TestLate(t *testing.T) {
	l := newLab(t)
	first := l.take(l.claimer("a", 0))
	l.now += lease/2 + 1
	for range 2 {
		if err := first.Confirm(); !errors.Is(err, ErrLost) {
			t.Errorf("confirmed %v after the last time: %v", lease/2+1, err)
		}
	}
}

// TestBackInTime lets a holder beat between the look at its file and the claim of who
// takes it for dead: the latter withdraws.
func TestBackInTime(t *testing.T) {
	l := newLab(t)
	a, b := l.claimer("a", 0), l.claimer("b", 0)
	a.now = func() time.Duration { return 0 } // it is never late by its own clock
	first := l.take(a)
	l.held(b, "a")
	l.now += lease + 1
	beats := 0
	b.space = disk{rename: os.Rename, fill: theDisk().fill, link: func(from, to string) error {
		if beats++; beats == 1 {
			if err := first.Confirm(); err != nil {
				t.Error(err)
			}
		}
		return os.Link(from, to)
	}}
	l.held(b, "a")
	if err := first.Confirm(); err != nil || beats != 1 {
		t.Errorf("%d claims, %v", beats, err)
	}
}

// TestLostReplies reports calls as failed that had succeeded, and calls that had not.
func TestLostReplies(t *testing.T) {
	after := func(call func(string, string) error, reply error) func(string, string) error {
		return func(from, to string) error {
			if err := call(from, to); err != nil {
				return err
			}
			return &os.LinkError{Op: "link", Old: from, New: to, Err: reply}
		}
	}
	never := func(string, string) error { return fs.ErrPermission }

	l := newLab(t)
	a := l.claimer("a", 0)
	a.space = disk{link: after(os.Link, fs.ErrExist), rename: after(os.Rename, fs.ErrNotExist), fill: theDisk().fill}
	claim := l.take(a)
	for range 3 {
		if err := claim.Confirm(); err != nil {
			t.Error(err)
		}
	}
	l.held(l.claimer("b", 0), "a")
	if err := claim.Release(true); err != nil || len(l.files()) > 0 {
		t.Errorf("%v, left %v", err, l.files())
	}

	l = newLab(t)
	a = l.claimer("a", 0)
	a.space = disk{link: never, rename: never, fill: theDisk().fill} // no links: created by O_EXCL
	claim = l.take(a)
	l.held(l.claimer("b", 0), "a")
	if err := claim.Confirm(); err == nil || errors.Is(err, ErrLost) {
		t.Errorf("a beat that did not arrive: %v", err)
	}
	a.space = disk{link: never, rename: os.Rename, fill: theDisk().fill}
	if err := claim.Confirm(); err != nil {
		t.Errorf("the next beat: %v", err)
	}
	if left := l.files(); len(left) != 1 {
		t.Errorf("left %v", left)
	}
}

// TestLostWrite fails at once where a file system reports a claim as written that it lost:
// all others would wait for it as for one who is dead.
func TestLostWrite(t *testing.T) {
	l := newLab(t)
	a := l.claimer("a", 0)
	lost := theDisk()
	lost.fill = func(path string, _ []byte) error { return os.WriteFile(path, nil, 0o644) }
	a.space = lost
	if _, err := a.Take(l.dir); !errors.Is(err, atomicfile.ErrLost) {
		t.Errorf("a claim that was lost: %v", err)
	}
	if left := l.files(); len(left) > 0 {
		t.Errorf("left %v", left)
	}
	a.space = theDisk()
	claim := l.take(a)
	a.space = lost
	if err := claim.Confirm(); !errors.Is(err, atomicfile.ErrLost) {
		t.Errorf("a beat that was lost: %v", err)
	}
	l.held(l.claimer("b", 0), "a")
}

// TestUnreadable waits for the lease where a claim says nothing.
func TestUnreadable(t *testing.T) {
	l := newLab(t)
	if err := os.MkdirAll(l.dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(l.dir, name(7)), []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	a := l.claimer("a", 0)
	if _, err := a.Take(l.dir); !errors.Is(err, ErrHeld) {
		t.Fatal(err)
	}
	l.now += lease + 1
	if c := l.take(a); c.number != 8 {
		t.Errorf("claim %d", c.number)
	}
}

// TestOneOfMany lets eight claimers take the same work at the same time, again and
// again: of new work, of work that was given back, and of a dead holder's.
func TestOneOfMany(t *testing.T) {
	const rounds, many = 100, 8
	l := newLab(t)
	var claimers []*Claimer
	for i := range many {
		claimers = append(claimers, l.claimer(fmt.Sprint(i), 0))
	}
	for round := range rounds {
		l.dir = filepath.Join(filepath.Dir(l.dir), fmt.Sprint(round))
		for _, state := range []string{"new", "given back", "dead"} {
			var dead *Claim
			switch state {
			case "given back":
				if err := l.take(claimers[0]).Release(false); err != nil {
					t.Fatal(err)
				}
			case "dead":
				dead = l.take(l.claimer("dead", 0))
				for _, c := range claimers {
					l.held(c, "dead")
				}
				l.now += lease + 1
			}
			var taken atomic.Int32
			var winner *Claim
			var wait sync.WaitGroup
			for _, c := range claimers {
				wait.Go(func() {
					claim, err := c.Take(l.dir)
					if err == nil {
						taken.Add(1)
						winner = claim
					} else if !errors.Is(err, ErrHeld) {
						t.Error(err)
					}
				})
			}
			wait.Wait()
			if taken.Load() != 1 {
				t.Fatalf("round %d, %s: %d hold it", round, state, taken.Load())
			}
			if err := winner.Confirm(); err != nil {
				t.Fatal(err)
			}
			if dead != nil && dead.Confirm() == nil {
				t.Fatal("the dead holds it too")
			}
			if err := winner.Release(false); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestRandom interleaves claimers that work, die, hang and come back at random. No
// two may be sure of the work at the same time.
func TestRandom(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	rng := rand.New(rand.NewPCG(seed, 1))
	for range 30 {
		l := newLab(t)
		var claimers []*Claimer
		for i := range 5 {
			claimers = append(claimers, l.claimer(fmt.Sprint(i), time.Duration(rng.Int64N(int64(2000*time.Hour)))))
		}
		var all []*Claim
		taken := 0
		for range 400 {
			l.now += time.Duration(rng.Int64N(int64(lease / 3)))
			switch c := claimers[rng.IntN(len(claimers))]; {
			case rng.IntN(3) == 0:
				if claim, err := c.Take(l.dir); err == nil {
					all = append(all, claim)
					taken++
				} else if !errors.Is(err, ErrHeld) {
					t.Fatal(err)
				}
			case len(all) > 0 && rng.IntN(20) == 0:
				if err := all[len(all)-1].Release(false); err != nil {
					t.Fatal(err)
				}
			case len(all) > 0:
				_ = all[rng.IntN(len(all))].Confirm()
			}
			var sure []int
			for _, a := range all {
				if !a.ended && a.claimer.now()-a.confirmed <= lease/2 {
					sure = append(sure, a.number)
				}
			}
			if len(sure) > 1 {
				t.Fatalf("seed %d: claims %v are held", seed, sure)
			}
		}
		if taken < 5 {
			t.Errorf("seed %d: the work was taken %d times only", seed, taken)
		}
		for _, a := range all {
			_ = a.Release(false)
		}
	}
}
