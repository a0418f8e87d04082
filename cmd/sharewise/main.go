// Command sharewise measures which data domains should share one model. Its
// help, and README.md, say how it is used.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/sharewise/sharewise/analysis/filelimit"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/versioned"
	"github.com/sharewise/sharewise/grouping"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/ort"
)

// Exit codes, as documented in the help of the root command.
const (
	exitDone        = 0
	exitAnswerNo    = 1
	exitUsage       = 2
	exitInput       = 3
	exitFailure     = 4
	exitElsewhere   = 74 // EX_IOERR of sysexits.h
	exitRetry       = 75 // EX_TEMPFAIL
	exitInterrupted = 130
)

func main() {
	ort.MaybeProbe()
	patience = leave
	a := &app{stdin: os.Stdin, stdout: plain(os.Stdout), stderr: plain(os.Stderr)}
	os.Exit(a.main(os.Args[1:]))
}

// main runs one command line and returns its exit code.
func (a *app) main(args []string) int {
	ctx, stop := interruptible()
	defer stop()
	root := newRootCommand(a)
	root.SetArgs(args)
	root.SetIn(a.stdin)
	root.SetOut(a.stdout)
	root.SetErr(a.stderr)
	cmd, err := root.ExecuteContextC(ctx)
	if err == nil {
		err = unwritten(a.stdout)
	}
	if err != nil {
		fmt.Fprintf(a.stderr, "sharewise: %s\n", readable(pathsInWords(err)))
		if advice := cmp.Or(systemFault(err), nodeFault(err), divergence(cmd, err)); advice != "" {
			fmt.Fprintf(a.stderr, "sharewise: %s\n", advice)
		}
	}
	return exitCode(err)
}

func exitCode(err error) int {
	var (
		no    errAnswerNo
		usage errUsage
		input errInput
		retry errRetry
		other errElsewhere
		node  *exec.NodeError
	)
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &retry):
		return exitRetry
	case errors.As(err, &other):
		return exitElsewhere
	case systemFault(err) != "", errors.Is(err, fs.ErrPermission): // whatever was read or written
		return exitFailure
	case errors.As(err, &no):
		return exitAnswerNo
	case errors.As(err, &usage), errors.Is(err, layout.ErrRoot):
		return exitUsage
	case errors.As(err, &input), errors.As(err, &node) && !errors.Is(err, exec.ErrMemory), isOneOf(err, filelimit.ErrDamaged, filelimit.ErrKind, versioned.ErrVersion, layout.ErrForgetting, grouping.ErrNoGains):
		return exitInput
	case isOneOf(err, errInterrupted, errAbandoned, errTimeUp, errLeftRunning):
		return exitInterrupted
	}
	return exitFailure
}

// isOneOf reports whether an error matches one of others.
func isOneOf(err error, others ...error) bool {
	return slices.ContainsFunc(others, func(other error) bool { return errors.Is(err, other) })
}

// errInterrupted is returned by a command that stopped early, cleanly, because
// it was asked to.
var errInterrupted = errors.New("interrupted; what was finished is kept")

// errTimeUp is errInterrupted of a command that was given a time.
var errTimeUp = errors.New("the time is up; what was finished is kept, and the same command goes on from there")

// errAbandoned is errInterrupted of a command that keeps nothing.
var errAbandoned = errors.New("interrupted; nothing was written")

// interruptible returns a context that ends at the first interrupt. A second
// one kills the process as usual. A command that has not ended some time after the
// first, since a model runs without end for example, is ended too.
func interruptible() (context.Context, context.CancelFunc) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	ended := make(chan struct{})
	context.AfterFunc(ctx, func() {
		stop()
		select {
		case <-ended:
		case <-time.After(grace):
			patience()
		}
	})
	return ctx, sync.OnceFunc(func() {
		close(ended)
		stop()
	})
}

// grace is how long a command may take to end after an interrupt: training writes a
// checkpoint after the step under way.
const grace = 20 * time.Second

// patience is what is done when it is over: nothing in tests.
var patience = func() {}

// leave ends the process. Files appear whole or not at all, so that nothing half
// written stays.
func leave() {
	fmt.Fprintln(os.Stderr, "sharewise: interrupted, and the work under way did not end within", grace)
	os.Exit(exitInterrupted)
}
