package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/train"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/ort"
)

// domainName is the only domain of a row about one network.
const domainName = "d"

// samplesOf draws a network's samples: noise, with a class each.
func samplesOf(n network, count int) *dataset.Samples {
	rng := rand.New(rand.NewPCG(1, 2))
	s := &dataset.Samples{Shape: n.Input}
	size := 1
	for _, d := range n.Input {
		size *= d
	}
	for i := range count {
		x := make([]float32, size)
		for k := range x {
			x[k] = float32(rng.NormFloat64())
		}
		s.X, s.Labels = append(s.X, x), append(s.Labels, strconv.Itoa(i%n.Classes))
	}
	return s
}

// studyOf asks for one run of a network that goes on for ever: what is measured
// is a training as any study has it.
func studyOf(n network, tested bool) *study.Study {
	s := study.New("speed")
	s.Seeds = 1
	s.Model.Trunk, s.Model.Widths = n.Trunk, []float64{n.Width}
	s.Training.Batch, s.Training.Threads = n.Batch, n.Threads
	s.Training.SetOptimizer(n.Optimizer)
	s.Training.Rate, s.Training.Optimizer.WeightDecay = n.Rate, n.Decay
	s.Training.Optimizer.Momentum, s.Training.Optimizer.Nesterov = n.Momentum, false
	s.Training.Epochs, s.Training.CheckpointEvery = 100_000, 100_000
	s.Input.Normalize = "none"
	d := study.NewDomain(domainName)
	d.Format = study.InMemory
	d.Split.By, d.Split.Val, d.Split.Test = study.ByTime, 0, 0.02
	if tested {
		d.Split.Test = 0.9
	}
	s.Domains = []study.Domain{d}
	return s
}

// prepareOurs opens the study and prepares its only run.
func prepareOurs(ctx context.Context, n network, tested bool) (*train.Job, exec.Backend, error) {
	backend, err := ort.Default("")
	if err != nil {
		return nil, nil, err
	}
	count := n.Samples * 50 / 49
	if tested {
		count = n.Samples * 10 / 9
	}
	p, err := project.Open(ctx, studyOf(n, tested), project.Options{
		Samples: map[string]*dataset.Samples{domainName: samplesOf(n, count+1)}, Alone: true,
	})
	if err != nil {
		return nil, nil, err
	}
	job, err := p.Task(p.Plan.Runs[0], backend).Prepare()
	return job, backend, err
}

// rounds answers one line of in after another: tell gets a number of seconds and
// gives the times of the units that it did.
func rounds(in *bufio.Scanner, out io.Writer, tell func(seconds float64) (answer, error)) error {
	for in.Scan() {
		seconds, err := strconv.ParseFloat(strings.TrimSpace(in.Text()), 64)
		if err != nil {
			return err
		}
		a, err := tell(seconds)
		if err != nil {
			return err
		}
		if err := json.NewEncoder(out).Encode(a); err != nil {
			return err
		}
	}
	return in.Err()
}

// leastUnits is how many units a worker does in a round at least, however long
// they take: of three, two may be disturbed.
const leastUnits = 7

// stepTimes are the seconds of steps, of which several may be taken in one run and are
// told of one after another when it has ended.
type stepTimes struct {
	epoch, most int // steps of an epoch and, at most, of a run, of which one begins with each epoch
	skip        int // runs that do not count
	times       []float64
	last        time.Time // when the last run had ended
}

// tell takes the time at which a step, counted from 1, is told of, and reports whether it is the
// first of a run.
func (s *stepTimes) tell(step int, now time.Time) (first bool) {
	before := (step - 1) % s.epoch
	if before%s.most != 0 {
		s.last = now
		return false
	}
	steps := min(s.most, s.epoch-before)
	took := now.Sub(s.last)
	s.last = now
	if s.skip > 0 {
		s.skip--
		return true
	}
	for range steps {
		s.times = append(s.times, took.Seconds()/float64(steps))
	}
	return true
}

// workOnSteps is the worker for training steps: it trains as every study does,
// and stands still between rounds.
func workOnSteps(ctx context.Context, n network, in io.Reader, out io.Writer) error {
	job, backend, err := prepareOurs(ctx, n, false)
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "bench-peers-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	ctx, stop := context.WithCancel(ctx)
	defer stop()

	orders := bufio.NewScanner(in)
	var (
		warm     = max(3, min(200, int(1e8/float64(1+n.Batch)/1e5)))
		until    time.Time
		done     = stepTimes{epoch: job.StepsPerEpoch, most: train.StepsPerRun(backend, job)}
		speaking error
	)
	// wait answers the round that ended and takes the next, of which the first run is not
	// measured: after standing still caches are cold.
	wait := func() {
		if done.times != nil {
			speaking = json.NewEncoder(out).Encode(answer{done.times})
		}
		if speaking != nil || !orders.Scan() {
			stop()
			return
		}
		seconds, err := strconv.ParseFloat(strings.TrimSpace(orders.Text()), 64)
		if err != nil {
			speaking = err
			stop()
			return
		}
		done.times, done.last = []float64{}, time.Now()
		done.skip = 1
		until = done.last.Add(time.Duration(seconds * float64(time.Second)))
	}
	_, err = train.Execute(ctx, backend, job, layout.RunFolder(folder), func(steps int) {
		switch {
		case steps < warm || ctx.Err() != nil: // steps of a run that ended are still told of
			return
		case steps == warm:
			speaking = json.NewEncoder(out).Encode(ready{About: backend.Name()})
			wait()
			return
		}
		if now := time.Now(); done.tell(steps, now) && now.After(until) && len(done.times) >= leastUnits {
			wait()
		}
	})
	switch {
	case speaking != nil:
		return speaking
	case errors.Is(err, train.ErrInterrupted):
		return orders.Err()
	case err == nil:
		return fmt.Errorf("the training ended, which was to go on for ever")
	}
	return err
}

// workOnEvaluation is the worker for the evaluation of a domain's test samples.
func workOnEvaluation(ctx context.Context, n network, in io.Reader, out io.Writer) error {
	job, backend, err := prepareOurs(ctx, n, true)
	if err != nil {
		return err
	}
	point, err := train.OpenPoint(backend, job)
	if err != nil {
		return err
	}
	defer func() { _ = point.Close() }()
	for _, q := range slices.Concat(job.Program.Params, job.Program.Buffers) {
		copy(point.Values(q.Name), point.Start(q))
	}
	test := point.Domains()[0].Test
	once := func() (float64, error) {
		start := time.Now()
		_, err := point.Loss(0, test)
		return time.Since(start).Seconds() / float64(test.Len()), err
	}
	if _, err := once(); err != nil {
		return err
	}
	if err := json.NewEncoder(out).Encode(ready{About: backend.Name()}); err != nil {
		return err
	}
	return rounds(bufio.NewScanner(in), out, func(seconds float64) (answer, error) {
		var a answer
		if _, err := once(); err != nil { // after standing still caches are cold
			return a, err
		}
		for start := time.Now(); time.Since(start).Seconds() < seconds || len(a.Times) < leastUnits; {
			t, err := once()
			if err != nil {
				return a, err
			}
			a.Times = append(a.Times, t)
		}
		return a, nil
	})
}
