package claim

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"sync"
	"time"
)

// Options say how claims are kept. The zero value is for use.
type Options struct {
	// Beat is how often a holder shows that it lives; 0 stands for 15 s. The lease is
	// eight times as long.
	Beat time.Duration
	// Job and Log say for people in which batch job the holder runs and where it
	// writes what it prints; empty for none.
	Job, Log string
	// Space is where the claims are; nil stands for files in the folders themselves.
	Space Space
}

// lease is how long a claim must stay as it is before others take it for that of a
// dead process.
func (o Options) lease() time.Duration { return leaseBeats * o.Beat }

const (
	leaseBeats = 8
	usualBeat  = 15 * time.Second
)

// longestLease is more than a holder asks for: what says so was damaged, and nobody waits
// that long for it.
const longestLease = 7 * 24 * time.Hour

// Holder is who holds a claim, as its file says.
type Holder struct {
	Version int `json:"version"`
	// Token is drawn for each claim.
	Token string `json:"token"`
	// Beat grows while the holder lives.
	Beat  int     `json:"beat"`
	Lease float64 `json:"lease_seconds"`
	// Released says that the holder gave the claim back.
	Released bool   `json:"released,omitempty"`
	Host     string `json:"host"`
	// Machine names one start of one machine, and there the processes that can see
	// each other; empty where the system does not tell.
	Machine string `json:"machine,omitempty"`
	PID     int    `json:"pid"`
	// Process tells processes of the same number apart; empty where the system does not.
	Process string `json:"process,omitempty"`
	Job     string `json:"job,omitempty"`
	Log     string `json:"log,omitempty"`
}

func (h *Holder) String() string {
	text := fmt.Sprintf("process %d on %s", h.PID, h.Host)
	if h.Job != "" {
		text += ", " + h.Job
	}
	return text
}

// Term is how long the file of a claim may stay as it is before its holder is taken for dead:
// the lease that it states, or the usual one where it states none that a holder asks for.
func (h *Holder) Term() time.Duration { return h.term(leaseBeats * usualBeat) }

func (h *Holder) term(otherwise time.Duration) time.Duration {
	if h == nil || !(h.Lease > 0 && h.Lease <= longestLease.Seconds()) {
		return otherwise
	}
	return time.Duration(h.Lease * float64(time.Second))
}

// ErrHeld is matched by [HeldError].
var ErrHeld = errors.New("held by another process")

// HeldError says who holds the work that was to be taken.
type HeldError struct {
	Dir string
	// Holder is nil where the claim cannot be read.
	Holder *Holder
}

func (e *HeldError) Error() string {
	if e.Holder == nil {
		return fmt.Sprintf("%s is held by a claim that cannot be read", e.Dir)
	}
	return fmt.Sprintf("%s is held by %s", e.Dir, e.Holder)
}

// Is makes ErrHeld match.
func (e *HeldError) Is(target error) bool { return target == ErrHeld }

// ErrLost is matched where a claim was held and is not any more: another process has,
// or may have, taken the work over, and nothing may be written to it.
var ErrLost = errors.New("claim: lost")

// Claimer takes claims for this process. It remembers which claims of others it has
// seen and since when, so that one Claimer should serve for all of a process's work.
// It may be used by several goroutines.
type Claimer struct {
	o     Options
	self  Holder
	space Space
	// now and elapsed are the clocks of a holder and of who waits.
	now     func() time.Duration
	elapsed func() time.Duration

	mu   sync.Mutex
	seen map[string]sighting // by folder
}

// sighting is the content of a claim, and when it was first seen to be that.
type sighting struct {
	content []byte
	since   time.Duration
}

// New makes a Claimer for this process.
func New(o Options) *Claimer {
	if o.Beat <= 0 {
		o.Beat = usualBeat
	}
	if o.Space == nil {
		o.Space = theDisk()
	}
	began := time.Now()
	return &Claimer{
		o: o, self: self(), space: o.Space,
		now: awake, elapsed: func() time.Duration { return time.Since(began) },
		seen: map[string]sighting{},
	}
}

// Beat is how often the Claimer's claims show that their holder lives.
func (c *Claimer) Beat() time.Duration { return c.o.Beat }

// Take takes the claim of the work in a folder, which it creates if need be. The work
// may have been done when it returns: look before working. Where another holds it, the
// error is a *HeldError; try again every now and then, since a dead holder is told by
// what does not change between calls.
func (c *Claimer) Take(dir string) (*Claim, error) {
	const most = 100 // others that take and give back in between
	for range most {
		claim, err := c.try(dir)
		if claim != nil || err != nil {
			return claim, err
		}
	}
	return nil, &HeldError{Dir: dir}
}

// try is one attempt. It returns nothing where another process was faster.
func (c *Claimer) try(dir string) (*Claim, error) {
	token := newToken()
	if err := c.space.Prepare(dir, token); err != nil {
		return nil, err
	}
	top, err := highest(c.space, dir)
	if err != nil {
		return nil, err
	}
	var before []byte
	if top > 0 {
		var h *Holder
		if before, h, err = read(c.space, dir, top); errors.Is(err, fs.ErrNotExist) {
			return nil, nil // the work was done meanwhile
		}
		if err != nil {
			return nil, err
		}
		if !c.free(dir, before, h) {
			return nil, &HeldError{dir, h}
		}
	}
	if top >= highestNumber {
		return nil, fmt.Errorf("claim: %s was taken up %d times, after which nobody can; remove %s", dir, top, name(top))
	}
	claim := &Claim{claimer: c, dir: dir, number: top + 1, holder: c.self, confirmed: c.now()}
	claim.holder.Token, claim.holder.Lease = token, c.o.lease().Seconds()
	claim.holder.Job, claim.holder.Log = c.o.Job, c.o.Log
	if err := c.space.Create(dir, claim.number, claim.content(), token); errors.Is(err, fs.ErrExist) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	ours, err := claim.highest()
	if err == nil && ours && top > 0 {
		var now []byte
		now, _, err = read(c.space, dir, top)
		ours = bytes.Equal(now, before)
	}
	if errors.Is(err, fs.ErrNotExist) {
		ours, err = false, nil
	}
	if err != nil || !ours {
		return nil, errors.Join(err, c.space.Remove(dir, claim.number))
	}
	claim.start()
	return claim, nil
}

// free reports whether the holder of a claim with this content gave it back or is dead.
func (c *Claimer) free(dir string, content []byte, h *Holder) bool {
	if h != nil && (h.Released || h.gone(&c.self)) {
		return true
	}
	lease := h.term(c.o.lease())
	now := c.elapsed()
	c.mu.Lock()
	defer c.mu.Unlock()
	s, ok := c.seen[dir]
	if !ok || !bytes.Equal(s.content, content) {
		c.seen[dir] = sighting{content, now}
		return false
	}
	return now-s.since > lease
}

// Claim is work that this process holds.
type Claim struct {
	claimer *Claimer
	dir     string
	number  int

	mu        sync.Mutex
	holder    Holder
	confirmed time.Duration // when the last beat that succeeded began
	ended     bool
	lost      chan struct{}
	stop      chan struct{}
	stopped   sync.WaitGroup
}

func (c *Claim) space() Space { return c.claimer.space }

func (c *Claim) content() []byte {
	data, err := json.Marshal(&c.holder)
	if err != nil { // of strings and numbers
		panic(err)
	}
	return append(data, '\n')
}

// start beats until the claim ends.
func (c *Claim) start() {
	c.lost, c.stop = make(chan struct{}), make(chan struct{})
	c.stopped.Go(func() {
		ticker := time.NewTicker(c.claimer.o.Beat)
		defer ticker.Stop()
		for {
			select {
			case <-c.stop:
				return
			case <-ticker.C:
				_ = c.Confirm() // who works learns of a loss by Lost
			}
		}
	})
}

// Lost is closed when the claim is lost.
func (c *Claim) Lost() <-chan struct{} { return c.lost }

// Confirm shows that the holder lives and makes sure that it holds the work. It stands
// before everything that a holder writes. Errors that match ErrLost are final.
func (c *Claim) Confirm() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended {
		return c.lostError("it was given back, or lost before")
	}
	began := c.claimer.now()
	if silent := began - c.confirmed; silent > c.claimer.o.lease()/2 {
		c.lose()
		return c.lostError(fmt.Sprintf("nothing was heard of it for %v", silent.Round(time.Millisecond)))
	}
	if err := c.beat(); err != nil {
		if errors.Is(err, ErrLost) {
			c.lose()
		}
		return err
	}
	c.confirmed = began
	return nil
}

// beat replaces the file and looks for a higher one.
func (c *Claim) beat() error {
	_, h, err := read(c.space(), c.dir, c.number)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return c.lostError("its file is gone")
	case err != nil:
		return err
	case h == nil || h.Token != c.holder.Token:
		return c.lostError("its file is another's")
	}
	c.holder.Beat++
	if err := c.space().Replace(c.dir, c.number, c.content(), c.holder.Token); err != nil {
		return err
	}
	ours, err := c.highest()
	if err == nil && !ours {
		err = c.lostError("another process has taken it over")
	}
	return err
}

// highest reports whether no claim is above this one.
func (c *Claim) highest() (bool, error) {
	top, err := highest(c.space(), c.dir)
	return top == c.number, err
}

func (c *Claim) lostError(why string) error {
	return fmt.Errorf("%w: %s: %s", ErrLost, c.dir, why)
}

// lose ends the claim.
func (c *Claim) lose() {
	c.ended = true
	close(c.lost)
	close(c.stop)
}

// Release gives the claim back, so that others can take it at once. done says that
// the work is done, and whoever takes the claim sees that: its files are removed then.
// A claim that was lost is nothing to give back.
func (c *Claim) Release(done bool) error {
	c.mu.Lock()
	ended := c.ended
	c.ended = true
	if !ended {
		close(c.stop)
	}
	c.mu.Unlock()
	c.stopped.Wait()
	if ended {
		return nil
	}
	_, h, err := read(c.space(), c.dir, c.number)
	if err != nil || h == nil || h.Token != c.holder.Token {
		return nil // taken over: nothing of it is ours
	}
	if done {
		return c.space().Clear(c.dir)
	}
	c.holder.Released = true
	return c.space().Replace(c.dir, c.number, c.content(), c.holder.Token)
}
