package training_test

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/sharewise/sharewise/onnxio/benchtest"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/kernels"
	"github.com/sharewise/sharewise/onnxio/ort/orttest"
)

var update = flag.Bool("update", false, "measure the tables under testdata again")

const formsText = `# Each pass and each kernel switched off

At one thread. Times are those of a training step, and of the evaluation of 256 samples: the least within a slice of 20 ms, of which the
median over five rounds in which all forms take turns. With something off they are multiples of the time with everything on, with the
quartiles over rounds: above 1, it pays. What is the same graph for graph is listed together, and not at all where a network lacks what it
is about. "all passes" leaves standard operators as they are. All of these take one step in a run of the graph; dense layers alone take up to
32, for which the least of 640 ms counts: the row "steps" says how many times as long a step in a run of one takes.
`

// TestFormsTable measures what every pass and every kernel is worth.
func TestFormsTable(t *testing.T) {
	if !*update {
		t.Skip("measures only with -update")
	}
	backend := orttest.Kernels(t)
	table := benchtest.Begin()
	for i := range stepNets {
		net := &stepNets[i]
		list := variants(t, net, backend)
		var calls []func()
		var closers []func()
		for _, v := range list {
			s, e := newStepperOf(t, backend, v.rig, 1), newEvaluator(t, backend, v.rig, 1)
			calls = append(calls, func() { s.advance(t, 1e-4) }, func() { e.run(t) })
			closers = append(closers, func() { s.close(t) }, func() { e.close(t) })
		}
		seconds := benchtest.Turns(5, 20*time.Millisecond, calls...)
		alone, several := stepsAtOnce(t, net, backend)
		step := func(i int) benchtest.Quartiles {
			return benchtest.QuartilesOf(benchtest.Ratios(seconds[2*i], seconds[0]))
		}
		eval := func(i int) benchtest.Quartiles {
			return benchtest.QuartilesOf(benchtest.Ratios(seconds[2*i+1], seconds[1]))
		}
		order := make([]int, len(list)-1)
		for k := range order {
			order[k] = k + 1
		}
		slices.SortFunc(order, func(a, b int) int { return cmp.Compare(step(b).Median, step(a).Median) })
		time := func(i int) string { return benchtest.Duration(benchtest.QuartilesOf(seconds[i]).Median) }
		table.Row(net.name, allOn, fmt.Sprint(len(list[0].rig.program.Step.Graph.Nodes)), time(0), time(1))
		for _, k := range order {
			if several.Median > 0 && k == order[0] {
				table.Row("", string(kernels.Steps), alone, multiple(several), "")
			}
			table.Row("", list[k].off, fmt.Sprint(len(list[k].rig.program.Step.Graph.Nodes)), multiple(step(k)), multiple(eval(k)))
		}
		for _, c := range closers {
			c()
		}
	}
	text := table.Markdown(formsText, "go test ./onnxio/training -run FormsTable -update", []string{"network", "switched off", "nodes of a step", "step", "evaluation"})
	if err := os.WriteFile("testdata/forms.md", []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// stepsAtOnce is by how much steps in runs of one take longer than steps in runs of 32, and
// of how many nodes the graph of the latter is; 0 where a network takes none.
func stepsAtOnce(t *testing.T, net *stepNet, backend exec.Backend) (string, benchtest.Quartiles) {
	t.Helper()
	r := newRig(t, net.config(t, kernels.Best(kernels.Offered(backend))))
	if r.program.Steps == nil {
		return "", benchtest.Quartiles{}
	}
	const count = 32
	s := newStepperOf(t, backend, r, 1)
	defer s.close(t)
	session, err := backend.Open(r.program.Steps, exec.Options{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	inputs := severalInputs(r.program, s, 1, count)
	for n, v := range s.vars[0] {
		inputs[n] = v
	}
	seconds := benchtest.Turns(5, count*20*time.Millisecond, func() {
		for range count {
			s.advance(t, 1e-4)
		}
	}, func() {
		if _, err := session.Run(inputs); err != nil {
			t.Fatal(err)
		}
	})
	return fmt.Sprint(len(r.program.Steps.Graph.Nodes)), benchtest.QuartilesOf(benchtest.Ratios(seconds[0], seconds[1]))
}

// multiple writes a ratio and its quartiles.
func multiple(q benchtest.Quartiles) string {
	return fmt.Sprintf("%.2f (%.2f–%.2f)", q.Median, q.Low, q.High)
}
