package trainer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"syscall"
	"time"

	"github.com/sharewise/sharewise/analysis/wording"
)

// process is one call of a program.
type process struct {
	args    []string
	dir     string // where it works
	study   string // folder of the study file
	seed    int64
	threads int
	limit   time.Duration
	out     *output
}

// runFolder is the environment variable that tells a program, and what it starts, to
// which run it belongs.
const runFolder = "SHAREWISE_RUN_FOLDER"

// patience is how long a program has to end when it is asked to, and afterwards means how long its
// output is waited for when it has ended.
const (
	patience   = 10 * time.Second
	afterwards = 2 * time.Second
)

// environment is what the program is told beside what sharewise was.
func (p *process) environment() []string {
	threads, seed := strconv.Itoa(p.threads), strconv.FormatInt(p.seed, 10)
	env := append(os.Environ(), runFolder+"="+p.dir, "SHAREWISE_STUDY_FOLDER="+p.study, "SHAREWISE_SEED="+seed, "SHAREWISE_THREADS="+threads, "PYTHONHASHSEED="+seed, "PYTHONUNBUFFERED=1", "PYTHONDONTWRITEBYTECODE=1")
	for _, name := range []string{"OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"} {
		env = append(env, name+"="+threads)
	}
	return env
}

// run calls the program and waits for its end. It fails with an [*Error], with the
// error of ctx, or with one of the system.
func (p *process) run(ctx context.Context) error {
	// What the system does to the program when the thread that started it ends must not
	// happen while it runs.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := ctx.Err(); err != nil {
		return err
	}
	r, w, err := os.Pipe()
	if err != nil {
		return fmt.Errorf("trainer: %w", err)
	}
	defer r.Close()
	cmd := exec.Command(p.args[0], append(p.args[1:len(p.args):len(p.args)], p.dir)...)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = p.dir, p.environment(), w, w
	together(cmd)
	start := time.Now()
	err = cmd.Start()
	w.Close()
	if err != nil {
		return startError(p.args[0], err)
	}
	copied := make(chan struct{})
	go func() {
		defer close(copied)
		_, _ = io.Copy(p.out, r) // what cannot be read is not shown
	}()
	limit, cancel := context.WithTimeout(ctx, p.limit)
	defer cancel()
	stop := watch(limit, cmd)
	err = cmd.Wait()
	stop()
	killAll(cmd, p.dir)
	_ = r.SetReadDeadline(time.Now().Add(afterwards)) // a process that got away may hold it open
	<-copied
	took := wording.Duration(time.Since(start).Seconds())
	var exit *exec.ExitError
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case limit.Err() != nil:
		return &Error{Fault: Hung, Detail: fmt.Sprintf("the program had not ended after %s (trainer.timeout), and was stopped with all that it had started", p.limit)}
	case !errors.As(err, &exit):
		return fmt.Errorf("trainer: %w", err)
	}
	if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		detail := fmt.Sprintf("the program was ended by signal %d (%s) after %s", int(status.Signal()), status.Signal(), took)
		if status.Signal() == syscall.SIGKILL {
			detail += ", as the system does where memory runs out"
		}
		return &Error{Fault: Killed, Detail: detail}
	}
	return &Error{Fault: Exited, Detail: fmt.Sprintf("the program ended with exit code %d after %s", exit.ExitCode(), took)}
}

// watch asks the program to end when ctx ends, and kills it when it does not. The
// function that is returned waits until nothing is sent any more.
func watch(ctx context.Context, cmd *exec.Cmd) (stop func()) {
	ended, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		select {
		case <-ended:
			return
		case <-ctx.Done():
		}
		ask(cmd)
		select {
		case <-ended:
		case <-time.After(patience):
			kill(cmd)
		}
	}()
	return func() {
		close(ended)
		<-done
	}
}

// startError says why a program did not start.
func startError(name string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, exec.ErrNotFound):
		return &Error{Fault: NotFound, Detail: fmt.Sprintf("there is no program %s, or none that its first line names", name)}
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.ENOEXEC):
		return &Error{Fault: NotExecutable, Detail: fmt.Sprintf("%s cannot be executed: %v", name, err)}
	}
	return fmt.Errorf("trainer: start %s: %w", name, err)
}
