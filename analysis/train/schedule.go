package train

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/sharewise/sharewise/analysis/claim"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/sessions"
)

// Task is a planned run whose job is prepared only when its turn comes.
type Task struct {
	ID      string
	Hash    string
	Steps   int
	Prepare func() (*Job, error)
	// Execute, where it is not nil, trains the run in place of a job: a program of the
	// user's. It leaves what [Execute] leaves, fails with ErrInterrupted when ctx ends, and
	// calls confirm before it writes, whose error says that another process has the run.
	Execute func(ctx context.Context, dir layout.RunFolder, confirm func() error) (*layout.Done, error)
}

// Options say how tasks are run.
type Options struct {
	// Jobs is the number of runs trained side by side; 0 means 1.
	Jobs int
	// MaxTime stops starting and continuing runs after this long; 0 is no limit.
	MaxTime time.Duration
	// Observe, which may be nil, is told what happens. Calls are serialised.
	Observe func(Event)
	// Claims takes the claims of runs; nil makes one with the usual settings.
	Claims *claim.Claimer
	// KeepGoing executes other tasks after one has failed. The error is that of the
	// first all the same.
	KeepGoing bool
	// Mirror, where it is not nil, is where other machines see the runs; claims are to be
	// kept there too.
	Mirror Mirror
}

// EventKind says what happened to a run.
type EventKind int

// What happens to a run.
const (
	Started   EventKind = iota
	Stepped             // Steps of the run have been taken
	Ended               // Done says how; Reused when it had ended before
	Failed              // Err says why
	Restarted           // from its start, although there is a checkpoint; Err says why
	Waiting             // for another process that holds it, or may; Err says which
)

// Event is one thing that happened.
type Event struct {
	Kind   EventKind
	ID     string
	Steps  int
	Total  int
	Done   *layout.Done
	Reused bool
	Err    error
}

// Summary counts what became of the tasks.
type Summary struct {
	Reused, Trained, Diverged, Failed, Left int
}

// Add adds what became of other tasks.
func (s *Summary) Add(more Summary) {
	s.Reused += more.Reused
	s.Trained += more.Trained
	s.Diverged += more.Diverged
	s.Failed += more.Failed
	s.Left += more.Left
}

// ErrTimeUp is returned when MaxTime ended the work; running it again goes on.
var ErrTimeUp = errors.New("train: time limit reached; run again to go on")

// Schedule executes tasks in their order, several at a time. The first failure
// of a run stops new ones from starting; diverged runs are no failure. When
// ctx ends, running tasks write a checkpoint and stop. Runs whose graphs are equal
// but for names use the same sessions, see package sessions.
//
// Other processes may execute the same tasks in the same folder at the same time. A run
// is executed by who holds its claim; one that another process holds is waited for,
// after all others, and taken over if that process is dead.
func Schedule(ctx context.Context, b exec.Backend, folder layout.Folder, tasks []Task, opt Options) (summary Summary, err error) {
	limited, cancel := ctx, context.CancelFunc(func() {})
	if opt.MaxTime > 0 {
		limited, cancel = context.WithTimeout(ctx, opt.MaxTime)
	}
	defer cancel()
	kept := sessions.New(b)
	defer func() { err = errors.Join(err, kept.Close()) }()
	s := scheduler{ctx: limited, backend: kept, folder: folder, opt: opt, waiting: map[string]bool{}}
	for _, t := range tasks {
		s.left = append(s.left, queued{Task: t})
	}
	if s.opt.Claims == nil {
		s.opt.Claims = claim.New(claim.Options{})
	}
	s.summary.Left = len(tasks)
	defer spare(max(1, opt.Jobs))()
	var wg sync.WaitGroup
	for range max(1, opt.Jobs) {
		wg.Go(s.work)
	}
	wg.Wait()
	switch {
	case s.err != nil:
		return s.summary, s.err
	case ctx.Err() != nil && s.summary.Left > 0:
		return s.summary, ErrInterrupted
	case limited.Err() != nil && s.summary.Left > 0:
		return s.summary, ErrTimeUp
	}
	return s.summary, nil
}

type scheduler struct {
	ctx     context.Context
	backend exec.Backend
	folder  layout.Folder
	opt     Options

	mu      sync.Mutex
	left    []queued
	waiting map[string]bool // runs that others were seen to hold
	summary Summary
	err     error
}

// queued is a task that may be held by another process until some time.
type queued struct {
	Task
	not time.Time // before which it is not tried
}

func (s *scheduler) work() {
	for {
		task, wait, ok := s.take()
		switch {
		case !ok:
			return
		case wait > 0:
			select {
			case <-s.ctx.Done():
			case <-time.After(wait):
			}
		default:
			s.execute(task)
		}
	}
}

// take returns the next task, or how long to wait for one that others hold.
func (s *scheduler) take() (t Task, wait time.Duration, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.left) == 0 || s.err != nil && !s.opt.KeepGoing || s.ctx.Err() != nil {
		return Task{}, 0, false
	}
	// Those that wait stand behind the others, in the order of their times.
	if wait := time.Until(s.left[0].not); wait > 0 {
		return Task{}, wait, true
	}
	t = s.left[0].Task
	s.left = s.left[1:]
	return t, 0, true
}

// putBack leaves a task for later, since another process holds its run.
func (s *scheduler) putBack(t Task, why error) {
	s.mu.Lock()
	s.left = append(s.left, queued{t, time.Now().Add(s.opt.Claims.Beat() / 4)})
	told := s.waiting[t.ID]
	s.waiting[t.ID] = true
	s.mu.Unlock()
	if !told {
		s.observe(Event{Kind: Waiting, ID: t.ID, Total: t.Steps, Err: why})
	}
}

// execute does a task that has not been done, if this process gets hold of it.
func (s *scheduler) execute(t Task) {
	dir := s.folder.Run(t.ID)
	done, err := dir.ReadDone(t.Hash)
	if done != nil && (s.opt.Mirror == nil || s.opt.Mirror.Published(dir)) || err != nil {
		s.ended(t, done, true, err)
		return
	}
	held, err := s.opt.Claims.Take(string(dir))
	if errors.Is(err, claim.ErrHeld) {
		s.putBack(t, err)
		return
	}
	if err != nil {
		s.ended(t, nil, false, err)
		return
	}
	// It may have been done just before it was free.
	if err = s.fetch(dir); err == nil {
		done, err = dir.ReadDone(t.Hash)
	}
	if done != nil && err == nil {
		err = s.publish(dir, held)
	}
	if done != nil || err != nil {
		s.ended(t, done, true, errors.Join(err, held.Release(done != nil && err == nil)))
		return
	}
	ctx, cancel := context.WithCancel(s.ctx)
	defer cancel()
	go func() {
		select {
		case <-held.Lost():
			cancel()
		case <-ctx.Done():
		}
	}()
	done, err = s.train(ctx, t, dir, held)
	switch {
	case done != nil && err == nil:
		err = errors.Join(dir.ClearFailure(), s.publish(dir, held))
	case errors.Is(err, ErrInterrupted) && s.opt.Mirror != nil:
		_ = s.opt.Mirror.Checkpoint(context.WithoutCancel(ctx), dir, true) // else others begin at an earlier one
	}
	if errors.Is(err, claim.ErrLost) {
		_ = held.Release(false) // nothing is ours to give back
		s.putBack(t, err)
		return
	}
	released := held.Release(done != nil && err == nil)
	if done != nil && s.opt.Mirror != nil {
		released = nil // others have been shown that the run has ended, and look at no claim of it
	}
	s.ended(t, done, false, errors.Join(err, released))
}

// fetch brings what others have left of a run.
func (s *scheduler) fetch(dir layout.RunFolder) error {
	if s.opt.Mirror == nil {
		return nil
	}
	return s.opt.Mirror.Fetch(context.WithoutCancel(s.ctx), dir)
}

// publish shows others the results of a run, also where this process is to stop.
func (s *scheduler) publish(dir layout.RunFolder, held *claim.Claim) error {
	if s.opt.Mirror == nil {
		return nil
	}
	return s.opt.Mirror.Publish(context.WithoutCancel(s.ctx), dir, held.Confirm)
}

// train executes the run of a task that this process holds.
func (s *scheduler) train(ctx context.Context, t Task, dir layout.RunFolder, held *claim.Claim) (*layout.Done, error) {
	s.observe(Event{Kind: Started, ID: t.ID, Total: t.Steps})
	if t.Execute != nil {
		return t.Execute(ctx, dir, held.Confirm)
	}
	began := time.Now()
	job, err := t.Prepare()
	if err != nil {
		return nil, err
	}
	job.began, job.confirm = began, held.Confirm
	if s.opt.Mirror != nil {
		job.kept = func() { _ = s.opt.Mirror.Checkpoint(ctx, dir, false) } // what does not arrive does with the next one
	}
	job.Restarted = func(why string) {
		s.observe(Event{Kind: Restarted, ID: t.ID, Total: t.Steps, Err: errors.New(why)})
	}
	return Execute(ctx, s.backend, job, dir, func(steps int) {
		s.observe(Event{Kind: Stepped, ID: t.ID, Steps: steps, Total: t.Steps})
	})
}

func (s *scheduler) observe(e Event) {
	if s.opt.Observe == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opt.Observe(e)
}

func (s *scheduler) ended(t Task, done *layout.Done, reused bool, err error) {
	e := Event{Kind: Ended, ID: t.ID, Total: t.Steps, Done: done, Reused: reused}
	s.mu.Lock()
	switch {
	case errors.Is(err, ErrInterrupted):
		s.mu.Unlock()
		return
	case err != nil:
		e = Event{Kind: Failed, ID: t.ID, Total: t.Steps, Err: err}
		s.summary.Failed++
		if s.err == nil {
			s.err = fmt.Errorf("run %s: %w", t.ID, err)
		}
	case done.Status == layout.Diverged:
		s.summary.Diverged++
	case reused:
		s.summary.Reused++
	default:
		s.summary.Trained++
	}
	s.summary.Left--
	s.mu.Unlock()
	s.observe(e)
}
