// Command bench-peers measures sharewise against what else people would use, on
// this machine, in one run: training steps, evaluations and whole studies against
// PyTorch, comparisons of loss tables against DuckDB.
//
//		make peers-install   # once: the peers, from Debian and npm
//		make bench-peers     # all rows, and the table in README.md
//		go run ./cmd/bench-peers --rows 'cnn*,mlp' --rounds 9
//
//	 1. Every row is the same work by both, see stepRows and wholeRows. The peer has
//	    its best settings: each row tries them, in processes of their own where a
//	    setting holds for a process, and keeps the fastest.
//	 2. Both work in turns, round after round, so that both see the same machine. A
//	    figure is the median over rounds, with the quartiles around it; the ratio is
//	    taken in each round.
//	 3. Beside each round the program watches what else the machine did: time that
//	    the host took (steal) and processor time of processes that are not its own.
//	    Rows that were disturbed are marked.
//	 4. The table is printed, and with --readme written into a file, between two lines
//	    that say so. All raw figures go to --json.
//
// Data are noise of the right shape, unless a row can have real ones: SHAREWISE_DATA
// names the folder, see testdata/studies/four-images. Nothing here is a test of
// speed; what is tested is how figures are taken and shown.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/sharewise/sharewise/onnxio/benchtest"

	"github.com/sharewise/sharewise/onnxio/ort"
)

func main() {
	ort.MaybeProbe()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr); err != nil {
		fmt.Fprintf(os.Stderr, "bench-peers: %v\n", err)
		stop()
		os.Exit(1)
	}
}

// settings are the flags.
type settings struct {
	rows, threads               string
	rounds, whole               int
	seconds                     float64
	readme, raw                 string
	python, scripts, bin, store string
	list, quick                 bool
}

func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	if len(args) == 3 && args[0] == "worker" {
		return serve(ctx, args[1], args[2], stdin, stdout)
	}
	var s settings
	flags := flag.NewFlagSet("bench-peers", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&s.rows, "rows", "", "names of rows, separated by commas, with * for any letters; empty: all")
	flags.StringVar(&s.threads, "threads", "1,2", "numbers of threads of the rows about one network")
	flags.IntVar(&s.rounds, "rounds", 5, "rounds of each row about one network")
	flags.IntVar(&s.whole, "whole-rounds", 1, "rounds of each row about a whole program that takes long")
	flags.Float64Var(&s.seconds, "seconds", 0.8, "time of each side in a round of a row about one network")
	flags.StringVar(&s.readme, "readme", "", "write the table into this file, between the lines that mark its place")
	flags.StringVar(&s.raw, "json", "", "write all figures to this file")
	flags.StringVar(&s.python, "python", "/usr/bin/python3", "Python with PyTorch")
	flags.StringVar(&s.scripts, "scripts", "testdata/peers/speed", "folder of the peers' scripts")
	flags.StringVar(&s.bin, "sharewise", "bin/sharewise", "the program that rows about whole programs run")
	flags.StringVar(&s.store, "store", "out/bench-peers", "folder for data and outputs")
	flags.BoolVar(&s.list, "list", false, "list the rows and measure nothing")
	flags.BoolVar(&s.quick, "quick", false, "3 short rounds of each row, and no row that takes minutes")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("unknown argument %q; rows are chosen by --rows", flags.Arg(0))
	}
	if s.quick {
		s.rounds, s.seconds, s.whole = 3, 0.3, 0
	}
	if s.rounds < 1 || s.seconds <= 0 || s.whole < 0 {
		return fmt.Errorf("--rounds must be 1 or more, --seconds above 0, --whole-rounds 0 or more")
	}
	all, err := s.contests()
	if err != nil {
		return err
	}
	chosen, err := choose(all, s.rows)
	if err != nil {
		return err
	}
	if s.list {
		for _, c := range chosen {
			fmt.Fprintf(stdout, "%-16s %s\n", c.name, c.title)
		}
		return nil
	}
	return s.measure(ctx, chosen, stdout, stderr)
}

// serve is this program as the worker of a row.
func serve(ctx context.Context, kind, description string, in io.Reader, out io.Writer) error {
	var n network
	if err := json.Unmarshal([]byte(description), &n); err != nil {
		return fmt.Errorf("worker: %w", err)
	}
	if kind == "evaluation" {
		return workOnEvaluation(ctx, n, in, out)
	}
	return workOnSteps(ctx, n, in, out)
}

// contests lists all rows, in the order of the table.
func (s *settings) contests() ([]contest, error) {
	var threads []int
	for t := range strings.SplitSeq(s.threads, ",") {
		n, err := strconv.Atoi(t)
		if err != nil || n < 1 {
			return nil, fmt.Errorf("--threads %q: %q is no number of threads", s.threads, t)
		}
		threads = append(threads, n)
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	p := &peers{python: s.python, scripts: s.scripts, best: map[string]environment{}}
	var all []contest
	for _, r := range stepRows {
		for _, t := range threads {
			all = append(all, r.contest(p, self, t, s))
		}
	}
	return append(all, s.wholeRows(p)...), nil
}

// contest is a row about one network as both sides work on it.
func (r stepRow) contest(p *peers, self string, threads int, s *settings) contest {
	n := r.sized(threads)
	kind := "steps"
	if r.evaluation {
		kind = "evaluation"
	}
	return contest{
		name: r.name, title: r.title, threads: threads, target: r.target, rounds: s.rounds,
		open: func(ctx context.Context) (contender, contender, error) {
			theirs, err := p.worker(ctx, r.name, kind, n, s.seconds)
			if err != nil {
				return nil, nil, err
			}
			description, err := json.Marshal(n)
			if err != nil {
				return nil, nil, err
			}
			ours, err := startWorker(ctx, s.seconds, nil, self, "worker", kind, string(description))
			if err != nil {
				_ = theirs.close() // the other error is what matters
				return nil, nil, err
			}
			return ours, theirs, nil
		},
	}
}

// choose takes the rows whose names match one of some patterns.
func choose(all []contest, patterns string) ([]contest, error) {
	if patterns == "" {
		return all, nil
	}
	var chosen []contest
	for p := range strings.SplitSeq(patterns, ",") {
		found := false
		for _, c := range all {
			match, err := path.Match(p, c.name)
			if err != nil {
				return nil, fmt.Errorf("--rows: %q: %w", p, err)
			}
			found = found || match
		}
		if !found {
			return nil, fmt.Errorf("--rows: no row is called %q; --list tells them", p)
		}
	}
	for _, c := range all {
		if slices.ContainsFunc(strings.Split(patterns, ","), func(p string) bool {
			match, _ := path.Match(p, c.name)
			return match
		}) {
			chosen = append(chosen, c)
		}
	}
	return chosen, nil
}

// report is everything that one run found.
type report struct {
	Machine  benchtest.Machine `json:"machine"`
	Outcomes []outcome         `json:"rows"`
	// Stopped says that not all rows were measured that were asked for.
	Stopped bool `json:"stopped,omitempty"`
}

// measure fights all contests out and shows what came of them.
func (s *settings) measure(ctx context.Context, contests []contest, stdout, stderr io.Writer) error {
	rep := report{Machine: benchtest.This()}
	for _, c := range contests {
		if c.rounds == 0 {
			continue
		}
		if ctx.Err() != nil {
			rep.Stopped = true
			break
		}
		out := fight(ctx, c, func() func() benchtest.Noise { return benchtest.Watch(processorTimeOfAll) })
		rep.Outcomes = append(rep.Outcomes, out)
		fmt.Fprintln(stderr, out.line())
	}
	table := rep.markdown()
	fmt.Fprint(stdout, table)
	if s.raw != "" {
		data, err := json.MarshalIndent(rep, "", " ")
		if err != nil {
			return err
		}
		if err := os.WriteFile(s.raw, append(data, '\n'), 0o644); err != nil {
			return err
		}
	}
	if s.readme != "" {
		if err := into(s.readme, table); err != nil {
			return err
		}
	}
	if rep.Stopped {
		return ctx.Err()
	}
	for _, o := range rep.Outcomes {
		if o.Failed != "" {
			return fmt.Errorf("row %s: %s", o.Name, o.Failed)
		}
	}
	return nil
}
