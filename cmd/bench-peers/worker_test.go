package main

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"math"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/sharewise/sharewise/onnxio/ort"
	"github.com/sharewise/sharewise/onnxio/ort/orttest"
)

// asWorker makes the test program the worker of TestWorkers.
const asWorker = "BENCH_PEERS_TEST_WORKER"

func TestMain(m *testing.M) {
	ort.MaybeProbe()
	if kind := os.Getenv(asWorker); kind != "" {
		if err := serve(context.Background(), kind, os.Args[1], os.Stdin, os.Stdout); err != nil {
			_, _ = io.WriteString(os.Stderr, err.Error())
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// TestWorkers trains and evaluates a small network as rows do, in rounds.
func TestWorkers(t *testing.T) {
	orttest.Backend(t)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	n := sgd(network{Trunk: "mlp", Width: 0.1, Input: []int{6}, Classes: 3, Batch: 8, Threads: 1, Samples: 64})
	description, err := json.Marshal(n)
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range []string{"steps", "evaluation"} {
		w, err := startWorker(t.Context(), 0.001, []string{asWorker + "=" + kind}, self, string(description))
		if err != nil {
			t.Fatal(err)
		}
		if w.about() == "" {
			t.Errorf("%s: the worker does not say what it is", kind)
		}
		for range 3 {
			if f, err := w.measure(t.Context()); err != nil || f.Seconds <= 0 || f.Seconds > 1 {
				t.Errorf("%s: %+v, %v", kind, f, err)
			}
		}
		if err := w.close(); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
	}
	if _, err := startWorker(t.Context(), 1, []string{asWorker + "=steps"}, self, `{"trunk": "none"}`); err == nil {
		t.Error("a worker without a trunk starts")
	}
}

// TestStepTimes shares the time of a run among its steps, however long telling of them
// takes.
func TestStepTimes(t *testing.T) {
	at := time.Unix(1000, 0)
	s := stepTimes{epoch: 5, most: 3, skip: 1, last: at}
	runs := map[int]time.Duration{1: 7777, 4: 200, 6: 300, 9: 200} // by the first step of each
	for step := 1; step <= 10; step++ {
		took, first := runs[step], true
		if took == 0 {
			took, first = 50, false // the machine did something else
		}
		at = at.Add(took * time.Microsecond)
		if got := s.tell(step, at); got != first {
			t.Errorf("step %d is the first of a run: %t", step, got)
		}
	}
	if len(s.times) != 7 || slices.ContainsFunc(s.times, func(v float64) bool { return math.Abs(v-100e-6) > 1e-12 }) {
		t.Errorf("steps took %v, want 100 µs each of seven", s.times)
	}
}

// TestRounds answers every line, until there is one that is no number.
func TestRounds(t *testing.T) {
	in, say := io.Pipe()
	go func() { _, _ = io.WriteString(say, "0.5\n2\nsoon\n") }()
	var asked []float64
	err := rounds(bufio.NewScanner(in), io.Discard, func(s float64) (answer, error) {
		asked = append(asked, s)
		return answer{}, nil
	})
	if err == nil || len(asked) != 2 || asked[1] != 2 {
		t.Errorf("asked for %v, %v", asked, err)
	}
}
