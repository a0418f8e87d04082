package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"time"

	"github.com/sharewise/sharewise/onnxio/benchtest"
)

// worker is a process that does a piece of work as often as it is told to. It
// writes a line of JSON, "ready", and then one for every number of seconds that it
// reads: how long each unit took that it did in about this time. It ends when its
// input ends.
type worker struct {
	cmd   *exec.Cmd
	in    io.WriteCloser
	out   *bufio.Reader
	said  *bytes.Buffer // on standard error
	ready ready
	// seconds to work in each round.
	seconds float64
	what    string
}

// ready is a worker's first line.
type ready struct {
	// About names the worker and its settings; Trials are the times of all
	// settings that it tried, of which it took the best, which is Best.
	About  string             `json:"about"`
	Trials map[string]float64 `json:"trials,omitempty"`
	Best   float64            `json:"best,omitempty"`
}

// answer is a worker's line of a round.
type answer struct {
	Times []float64 `json:"times"` // seconds of each unit
}

// children are the processes under way, and the processor time of those that
// have ended.
var children struct {
	sync.Mutex
	running map[int]bool
	ended   float64
}

// processorTimeOfAll is what this process and all that it started have had.
func processorTimeOfAll() float64 {
	children.Lock()
	defer children.Unlock()
	// A process counts those of its children that it has waited for itself, so
	// that what has ended is in its own figure.
	sum := benchtest.ProcessorTime(os.Getpid())
	for pid := range children.running {
		sum += benchtest.ProcessorTime(pid)
	}
	return sum
}

func born(pid int) {
	children.Lock()
	defer children.Unlock()
	if children.running == nil {
		children.running = map[int]bool{}
	}
	children.running[pid] = true
}

func gone(pid int) {
	children.Lock()
	defer children.Unlock()
	delete(children.running, pid)
}

// startWorker starts a process and waits until it is ready.
func startWorker(ctx context.Context, seconds float64, env []string, command ...string) (*worker, error) {
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Env = append(os.Environ(), env...)
	w := &worker{cmd: cmd, said: new(bytes.Buffer), seconds: seconds, what: command[0]}
	cmd.Stderr = w.said
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	w.in, w.out = in, bufio.NewReader(out)
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	born(cmd.Process.Pid)
	if err := w.read(&w.ready); err != nil {
		return nil, errors.Join(err, w.close())
	}
	return w, nil
}

// read takes the worker's next line.
func (w *worker) read(v any) error {
	line, err := w.out.ReadBytes('\n')
	if err != nil {
		return fmt.Errorf("%s ended early: %w", w.what, err)
	}
	if err := json.Unmarshal(line, v); err != nil {
		return fmt.Errorf("%s wrote %q: %w", w.what, line, err)
	}
	return nil
}

// measure gives the median time of a unit in one round.
func (w *worker) measure(context.Context) (figure, error) {
	if _, err := fmt.Fprintf(w.in, "%g\n", w.seconds); err != nil {
		return figure{}, fmt.Errorf("%s: %w", w.what, err)
	}
	var a answer
	if err := w.read(&a); err != nil {
		return figure{}, err
	}
	if len(a.Times) == 0 {
		return figure{}, fmt.Errorf("%s did nothing in %g s", w.what, w.seconds)
	}
	return figure{Seconds: benchtest.QuartilesOf(a.Times).Median}, nil
}

func (w *worker) about() string { return w.ready.About }

// close ends the worker. What it said on standard error is part of the error if
// it failed.
func (w *worker) close() error {
	_ = w.in.Close()
	patience := time.AfterFunc(time.Minute, func() { _ = w.cmd.Process.Kill() })
	defer patience.Stop()
	err := w.cmd.Wait()
	gone(w.cmd.Process.Pid)
	if err != nil {
		return fmt.Errorf("%s: %w: %s", w.what, err, bytes.TrimSpace(w.said.Bytes()))
	}
	return nil
}
