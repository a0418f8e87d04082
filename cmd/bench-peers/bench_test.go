package main

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/onnxio/benchtest"
)

// side is a contender that tells when it worked.
type side struct {
	name   string
	log    *[]string
	takes  []float64 // seconds, by round
	fails  error
	closed bool
}

func (s *side) measure(context.Context) (figure, error) {
	*s.log = append(*s.log, s.name)
	if s.fails != nil {
		return figure{}, s.fails
	}
	f := figure{Seconds: s.takes[0], Memory: 1 << 20}
	s.takes = s.takes[1:]
	return f, nil
}

func (s *side) about() string { return s.name + " 1.0, at its best" }
func (s *side) close() error  { s.closed = true; return nil }

// quiet is a machine on which nothing else goes on.
func quiet() func() benchtest.Noise { return func() benchtest.Noise { return benchtest.Noise{} } }

func contestOf(ours, theirs *side, rounds int) contest {
	return contest{name: "row", title: "some work", threads: 2, target: 0.8, rounds: rounds,
		open: func(context.Context) (contender, contender, error) { return ours, theirs, nil }}
}

// TestTurns has both sides begin in turns, and takes the ratio in each round.
func TestTurns(t *testing.T) {
	var log []string
	ours := &side{name: "we", log: &log, takes: []float64{1, 2, 4}}
	theirs := &side{name: "they", log: &log, takes: []float64{2, 2, 2}}
	out := fight(t.Context(), contestOf(ours, theirs, 3), quiet)
	if got, want := strings.Join(log, " "), "we they they we we they"; got != want {
		t.Errorf("order %s, want %s", got, want)
	}
	if got, want := out.series(ratio), []float64{0.5, 1, 2}; !slices.Equal(got, want) {
		t.Errorf("ratios %v, want %v", got, want)
	}
	if !ours.closed || !theirs.closed {
		t.Error("a side was not closed")
	}
	if got, want := out.line(), "row               2  2.00 s : 2.00 s = 1.00 (0.75–1.50)"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := out.row(), "| some work | 2 | 2.00 s | 2.00 s | 1.00 (0.75–1.50) | ≤ 0.80 | at its best |\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestFailure keeps what was measured before, and closes both sides.
func TestFailure(t *testing.T) {
	var log []string
	ours := &side{name: "we", log: &log, takes: []float64{1, 1}}
	theirs := &side{name: "they", log: &log, fails: errors.New("no memory | left")}
	out := fight(t.Context(), contestOf(ours, theirs, 2), quiet)
	if out.Failed != "round 1: no memory | left" || len(out.Rounds) > 0 || !ours.closed || !theirs.closed {
		t.Errorf("%+v", out)
	}
	if got, want := out.row(), "| some work | 2 | failed: round 1: no memory / left | | | | |\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	c := contestOf(nil, nil, 1)
	c.open = func(context.Context) (contender, contender, error) { return nil, nil, errors.New("no PyTorch") }
	if out := fight(t.Context(), c, quiet); out.Failed != "no PyTorch" {
		t.Errorf("%+v", out)
	}
}

// TestMarks marks rows that others disturbed, and says what the mark means.
func TestMarks(t *testing.T) {
	rows := func(n benchtest.Noise) report {
		return report{Outcomes: []outcome{{
			Title: "some work", Ours: "we 1", Theirs: "they 2, best", Target: 0.5, Memory: true, MemoryTarget: 0.4,
			Rounds: []round{{Ours: figure{Seconds: 0.00123, Memory: 1 << 29}, Theirs: figure{Seconds: 0.0041, Memory: 1 << 30}, Noise: n}},
		}, {Title: "alone", Ours: "we 1", Target: 0.02, Rounds: []round{{Ours: figure{Seconds: 0.011}}}}}}
	}
	plainRow := "| some work |  | 1.23 ms | 4.10 ms | 0.30 | ≤ 0.50 | best |\n"
	memory := "| peak memory of the former | | 512 MiB | 1.00 GiB | 0.50 | ≤ 0.40 | |\n"
	alone := "| alone |  | 11.0 ms | | | ≤ 20.0 ms | |\n"
	got := rows(benchtest.Noise{Steal: 0.02, Other: 0.05, Load: 9}).markdown()
	if !strings.Contains(got, plainRow+memory+alone) || strings.Contains(got, "Disturbed") {
		t.Errorf("on a quiet machine:\n%s", got)
	}
	for _, n := range []benchtest.Noise{{Steal: 0.021}, {Other: 0.051}} {
		got := rows(n).markdown()
		if !strings.Contains(got, strings.Replace(plainRow, "work", `work \*`, 1)+memory) || !strings.Contains(got, "Disturbed") {
			t.Errorf("%+v:\n%s", n, got)
		}
	}
	stopped := rows(benchtest.Noise{})
	stopped.Stopped = true
	if table := stopped.markdown(); !strings.Contains(table, "stopped before all rows") || strings.Contains(got, "stopped before") {
		t.Errorf("a run that was stopped is written\n%s", table)
	}
	if !strings.Contains(got, "Measured with we 1, they 2.\n") {
		t.Errorf("versions are missing:\n%s", got)
	}
}

func TestDigits(t *testing.T) {
	for v, want := range map[float64]string{0.00123: "0.001", 0.123: "0.123", 1.234: "1.23", 12.34: "12.3", 123.4: "123", 1234: "1234", 0: "0"} {
		if got := benchtest.Digits(v); got != want {
			t.Errorf("%v is written %s, want %s", v, got, want)
		}
	}
	for v, want := range map[float64]string{2.5: "2.50 s", 0.0025: "2.50 ms", 2.5e-6: "2.50 µs", 2.5e-9: "0.003 µs"} {
		if got := benchtest.Duration(v); got != want {
			t.Errorf("%v s is written %s, want %s", v, got, want)
		}
	}
}

// TestInto writes a table again and again, and leaves the rest alone.
func TestInto(t *testing.T) {
	file := filepath.Join(t.TempDir(), "README.md")
	frame := "before\n" + tableBegins + "\n%s" + tableEnds + "\nafter\n"
	if err := os.WriteFile(file, fmt.Appendf(nil, frame, ""), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"first\n", "second\n"} {
		if err := into(file, text); err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(file)
		if want := fmt.Sprintf(frame, "\n"+text+"\n"); err != nil || string(data) != want {
			t.Errorf("%q, %v, want %q", data, err, want)
		}
	}
	if err := os.WriteFile(file, []byte(tableBegins+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := into(file, "third"); err == nil || !strings.Contains(err.Error(), "lacks the lines") {
		t.Errorf("%v", err)
	}
}

// TestChoose finds rows by name, and names what is no row.
func TestChoose(t *testing.T) {
	all := []contest{{name: "mlp"}, {name: "mlp-tiny"}, {name: "cnn"}}
	names := func(patterns string) string {
		chosen, err := choose(all, patterns)
		var s []string
		for _, c := range chosen {
			s = append(s, c.name)
		}
		return strings.Join(s, " ") + fmt.Sprint(err)
	}
	for patterns, want := range map[string]string{
		"": "mlp mlp-tiny cnn<nil>", "mlp*": "mlp mlp-tiny<nil>", "cnn,mlp": "mlp cnn<nil>",
		"mlp,rnn": `--rows: no row is called "rnn"; --list tells them`,
	} {
		if got := names(patterns); got != want {
			t.Errorf("%q gives %s, want %s", patterns, got, want)
		}
	}
}

// TestRows holds the real rows together: names and flags, on this machine.
func TestRows(t *testing.T) {
	var out, said strings.Builder
	if err := run(t.Context(), []string{"--list"}, nil, &out, &said); err != nil {
		t.Fatal(err)
	}
	for _, r := range stepRows {
		if !strings.Contains(out.String(), r.title) {
			t.Errorf("row %s is missing:\n%s", r.name, &out)
		}
		if n := r.sized(2); n.Samples < n.Batch || n.Threads != 2 {
			t.Errorf("%s: %+v", r.name, n)
		}
	}
	for _, args := range [][]string{{"--threads", "1,x"}, {"--rounds", "0"}, {"--rows", "nothing"}, {"cnn"}} {
		if err := run(t.Context(), args, nil, &out, &said); err == nil {
			t.Errorf("%q is taken", args)
		}
	}
}

// TestAgree lets no row pass whose sides computed different things.
func TestAgree(t *testing.T) {
	deltas := func(first float64) map[string]float64 {
		return map[string]float64{"a": first, "b": 0, "c": 1, "d": -1, "e": 0.5}
	}
	c := new(comparison)
	for i, test := range []struct {
		deltas map[string]float64
		says   string
	}{
		{deltas(0.25), ""}, {deltas(0.25 + 1e-12), ""}, {deltas(0.26), "domain a"}, {deltas(math.NaN()), "domain a"},
		{map[string]float64{"a": 0.25}, "of 1 domains"}, {nil, "of 0 domains"},
	} {
		err := c.agree(test.deltas)
		if (err == nil) != (test.says == "") || err != nil && !strings.Contains(err.Error(), test.says) {
			t.Errorf("%d: %v", i, err)
		}
	}
}

// TestWork writes the study of tables and plans it for the peer; written again, no
// file changes.
func TestWork(t *testing.T) {
	folder := t.TempDir()
	file, err := writeTables(folder)
	if err != nil {
		t.Fatal(err)
	}
	before, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := writeTables(folder); err != nil {
		t.Fatal(err)
	}
	if after, err := os.Stat(file); err != nil || !os.SameFile(before, after) {
		t.Errorf("the study was written again: %v", err)
	}
	w, err := workOf(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	// 29 alone, all pairs of them, all together.
	if want := (29 + 29*28/2 + 1) * 3; len(w.Runs) != want || len(w.Domains) != 29 || !slices.Equal(w.Network.Input, []int{9}) {
		t.Errorf("%d runs of %d domains with inputs %v, want %d", len(w.Runs), len(w.Domains), w.Network.Input, want)
	}
	d := w.Domains[3]
	if d.Train+d.Val+d.Test != 500 || d.Outputs != 2 || d.Table != filepath.Join(folder, "site04.csv") {
		t.Errorf("%+v", d)
	}
	for _, r := range w.Runs {
		if len(r.Rows) != len(r.Domains) || r.Steps < r.StepsPerEpoch || r.Rows[0] != 32 {
			t.Fatalf("%+v", r)
		}
	}
	if w.Training.Optimizer != "adamw" || w.Training.Rate <= 0 || w.Training.Schedule != "cosine" {
		t.Errorf("%+v", w.Training)
	}
}

// TestIDX writes files of images that package dataset reads.
func TestIDX(t *testing.T) {
	file := filepath.Join(t.TempDir(), "images.gz")
	if err := writeIDX(file, []byte{1, 2, 3, 4, 5, 6, 7, 8}, 2, 2, 2); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	z, err := gzip.NewReader(strings.NewReader(string(data)))
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(z)
	want := "\x00\x00\x08\x03\x00\x00\x00\x02\x00\x00\x00\x02\x00\x00\x00\x02\x01\x02\x03\x04\x05\x06\x07\x08"
	if err != nil || string(got) != want {
		t.Errorf("%q, %v", got, err)
	}
}

// TestFinish takes the time of a process, its output and the reason of its failure.
func TestFinish(t *testing.T) {
	f, out, err := finish(exec.Command("sh", "-c", "sleep 0.05; echo done"))
	if err != nil || string(out) != "done\n" || f.Seconds < 0.05 || f.Memory < 1<<16 {
		t.Errorf("%+v, %q, %v", f, out, err)
	}
	if _, _, err := finish(exec.Command("sh", "-c", "echo no such study >&2; exit 3")); err == nil || !strings.Contains(err.Error(), "no such study") {
		t.Errorf("%v", err)
	}
	var l limited
	for range 3 {
		if _, err := l.Write(make([]byte, 600_000)); err != nil {
			t.Fatal(err)
		}
	}
	if len(l.data) != 1<<20 {
		t.Errorf("%d bytes are kept", len(l.data))
	}
}
