// Command sharewise measures which data domains should share one model. Its
// help, and README.md, say how it is used.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/sharewise/sharewise/onnxio/ort"
)

// Exit codes, as documented in the help of the root command.
const (
	exitDone        = 0
	exitAnswerNo    = 1
	exitUsage       = 2
	exitInput       = 3
	exitFailure     = 4
	exitInterrupted = 130
)

func main() {
	ort.MaybeProbe()
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
	err := root.ExecuteContext(ctx)
	if err != nil {
		fmt.Fprintf(a.stderr, "sharewise: %v\n", err)
	}
	return exitCode(err)
}

func exitCode(err error) int {
	var (
		no    errAnswerNo
		usage errUsage
		input errInput
	)
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &no):
		return exitAnswerNo
	case errors.As(err, &usage):
		return exitUsage
	case errors.As(err, &input):
		return exitInput
	case errors.Is(err, errInterrupted), errors.Is(err, errAbandoned):
		return exitInterrupted
	}
	return exitFailure
}

// errInterrupted is returned by a command that stopped early, cleanly, because
// it was asked to.
var errInterrupted = errors.New("interrupted; what was finished is kept")

// errAbandoned is errInterrupted of a command that keeps nothing.
var errAbandoned = errors.New("interrupted; nothing was written")

// interruptible returns a context that ends at the first interrupt. A second
// one kills the process as usual.
func interruptible() (context.Context, context.CancelFunc) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	return ctx, stop
}
