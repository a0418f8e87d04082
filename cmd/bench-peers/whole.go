package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/sharewise/sharewise/onnxio/benchtest"
)

// command is a contender that is a program, or several, run anew in each round.
type command struct {
	name string
	run  func(context.Context) (figure, error)
}

func (c *command) measure(ctx context.Context) (figure, error) { return c.run(ctx) }
func (c *command) about() string                               { return c.name }
func (c *command) close() error                                { return nil }

// wholeRows are the rows about whole programs.
func (s *settings) wholeRows(p *peers) []contest {
	help := contest{
		name: "help", title: "`sharewise --help`", target: 0.020, rounds: s.rounds,
		open: func(context.Context) (contender, contender, error) {
			return &command{"sharewise", s.help}, nil, nil
		},
	}
	return append(s.studies(p), s.columns(), help)
}

// help takes the median time of ten short calls.
func (s *settings) help(ctx context.Context) (figure, error) {
	var times []float64
	for range 10 {
		f, _, err := finish(exec.CommandContext(ctx, s.bin, "--help"))
		if err != nil {
			return figure{}, err
		}
		times = append(times, f.Seconds)
	}
	return figure{Seconds: benchtest.QuartilesOf(times).Median}, nil
}

// finish runs a process to its end, and gives its time, the most memory that it
// had at once, and what it wrote to standard output.
func finish(cmd *exec.Cmd) (figure, []byte, error) {
	start := time.Now()
	out, err := output(cmd)
	if err != nil {
		return figure{}, nil, err
	}
	f := figure{Seconds: time.Since(start).Seconds()}
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		f.Memory = float64(usage.Maxrss) * 1024 // KiB on Linux
	}
	return f, out, nil
}

// output is cmd.Output for a process whose processor time is told from that of
// others; the error has what it wrote to standard error.
func output(cmd *exec.Cmd) ([]byte, error) {
	var out, said limited
	cmd.Stdout, cmd.Stderr = &out, &said
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	born(cmd.Process.Pid)
	defer gone(cmd.Process.Pid)
	if err := cmd.Wait(); err != nil {
		return nil, fmt.Errorf("%s: %w: %s", filepath.Base(cmd.Path), err, said.data)
	}
	return out.data, nil
}

// limited keeps the last part of what is written to it.
type limited struct{ data []byte }

func (l *limited) Write(p []byte) (int, error) {
	const most = 1 << 20
	l.data = append(l.data, p...)
	if len(l.data) > most {
		l.data = l.data[len(l.data)-most:]
	}
	return len(p), nil
}

// fresh empties a folder.
func fresh(folder string) error {
	if err := os.RemoveAll(folder); err != nil {
		return err
	}
	return os.MkdirAll(folder, 0o755)
}

// processes is how many processes the peer trains a study in, of one thread each.
const processes = 2

// peerStudy is the peer's side of a row about a study.
type peerStudy struct {
	*peers
	work    string // file with what is to be done, see type work
	out     string
	setting json.RawMessage
	common  []string
	env     environment
	version string
}

// attempt is what the peer's script says of its settings.
type attempt struct {
	About  string             `json:"about"`
	Best   json.RawMessage    `json:"best"`
	Trials map[string]float64 `json:"trials"`
}

// openStudy finds the settings that are best for a study: all of them in the first
// environment, and the best one in the others.
func (p *peers) openStudy(ctx context.Context, work, out string) (*peerStudy, error) {
	common, err := p.variables(ctx, 1)
	if err != nil {
		return nil, err
	}
	best, least := &peerStudy{peers: p, work: work, out: out, common: common}, 0.0
	for _, e := range environments(benchtest.This()) {
		args := []string{p.script("study.py"), "try", work}
		if best.setting != nil {
			args = append(args, string(best.setting))
		}
		cmd := exec.CommandContext(ctx, p.python, args...)
		cmd.Env = slices.Concat(os.Environ(), common, e.vars)
		said, err := output(cmd)
		if err != nil {
			return nil, err
		}
		var a attempt
		if err := json.Unmarshal(said, &a); err != nil {
			return nil, fmt.Errorf("the peer's trial of settings wrote %q: %w", said, err)
		}
		for _, t := range a.Trials {
			if least == 0 || t < least {
				least, best.setting, best.env, best.version = t, a.Best, e, a.About
			}
		}
	}
	return best, nil
}

func (p *peerStudy) about() string {
	return fmt.Sprintf("%s, %s, %s, %d processes of one thread", p.version, p.setting, p.env.name, processes)
}
func (p *peerStudy) close() error { return nil }

// part is what one process of the peer's says at its end.
type part struct {
	Runs   int     `json:"runs"`
	Peak   float64 `json:"peak"`   // bytes in memory at once
	Shared float64 `json:"shared"` // of them, pages of files, as libraries are
}

// measure trains the study in several processes. Pages that all of them share
// count once.
func (p *peerStudy) measure(ctx context.Context) (figure, error) {
	if err := fresh(p.out); err != nil {
		return figure{}, err
	}
	start := time.Now()
	parts, errs := make([]part, processes), make([]error, processes)
	var wg sync.WaitGroup
	for i := range processes {
		wg.Go(func() {
			cmd := exec.CommandContext(ctx, p.python, p.script("study.py"), "run", p.work, string(p.setting), p.out)
			cmd.Env = slices.Concat(os.Environ(), p.common, p.env.vars)
			var said []byte
			if said, errs[i] = output(cmd); errs[i] == nil {
				errs[i] = json.Unmarshal(said, &parts[i])
			}
		})
	}
	wg.Wait()
	f := figure{Seconds: time.Since(start).Seconds()}
	shared := parts[0].Shared
	for i := range processes {
		if errs[i] != nil {
			return figure{}, errs[i]
		}
		f.Memory += parts[i].Peak
		shared = min(shared, parts[i].Shared)
	}
	f.Memory -= (processes - 1) * shared
	return f, nil
}
