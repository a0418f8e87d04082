package main

import (
	"context"
	"fmt"
	"os/exec"
	"time"
)

// command is a contender that is a program, run anew in each round.
type command struct {
	name string
	// prepare, which may be nil, comes before each run and is not measured.
	prepare func() error
	// run does the work.
	run func(context.Context) (figure, error)
}

func (c *command) measure(ctx context.Context) (figure, error) {
	if c.prepare != nil {
		if err := c.prepare(); err != nil {
			return figure{}, err
		}
	}
	return c.run(ctx)
}

func (c *command) about() string { return c.name }
func (c *command) close() error  { return nil }

// wholeRows are the rows about whole programs.
func (s *settings) wholeRows(*peers) []contest {
	return []contest{{
		name: "help", title: "`sharewise --help`", target: 0.020, rounds: s.rounds,
		open: func(context.Context) (contender, contender, error) {
			return &command{name: "sharewise", run: func(ctx context.Context) (figure, error) { return s.help(ctx) }}, nil, nil
		},
	}}
}

// help takes the median time of ten short calls.
func (s *settings) help(ctx context.Context) (figure, error) {
	var times []float64
	for range 10 {
		start := time.Now()
		if out, err := exec.CommandContext(ctx, s.bin, "--help").CombinedOutput(); err != nil {
			return figure{}, fmt.Errorf("%s --help: %w: %s", s.bin, err, out)
		}
		times = append(times, time.Since(start).Seconds())
	}
	return figure{Seconds: quartilesOf(times).median}, nil
}
