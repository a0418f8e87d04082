package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/onnxio/kernels"
	"github.com/sharewise/sharewise/onnxio/ort"
)

// doctorResult is what doctor prints.
type doctorResult struct {
	*ort.Diagnosis
	// Steps say how training steps of a study are computed here, if one was given.
	Steps []stepForm `json:"steps,omitempty"`
}

// stepForm is how the training step of a rung is computed.
type stepForm struct {
	Rung  string `json:"rung"`
	Run   string `json:"run"` // whose step it is
	Form  string `json:"form"`
	Nodes int    `json:"nodes"`
	// Kernels counts the nodes that are kernels, by operator.
	Kernels map[string]int `json:"kernels"`
	// Choices are about the nodes that could be kernels of the network as it stands,
	// before gradients.
	Choices []stepChoice `json:"choices"`
}

type stepChoice struct {
	Node     string `json:"node"`
	Operator string `json:"operator"`
	Kernel   bool   `json:"kernel"`
	Why      string `json:"why"`
}

// stepForms compiles the step of the first run of every rung of a study.
func (a *app) stepForms(ctx context.Context, file string) ([]stepForm, error) {
	p, err := reading{}.open(ctx, file)
	if err != nil {
		return nil, err
	}
	backend, err := a.backend()
	if err != nil {
		return nil, err
	}
	var all []stepForm
	for _, r := range p.Plan.Runs {
		if slices.ContainsFunc(all, func(f stepForm) bool { return f.Rung == r.Rung.Name }) {
			continue
		}
		job, err := p.Task(r, backend).Prepare()
		if err != nil {
			return nil, studyTrainingError(err)
		}
		f := stepForm{Rung: r.Rung.Name, Run: r.ID, Form: job.Spec.Form, Nodes: len(job.Program.Step.Graph.Nodes), Kernels: map[string]int{}, Choices: []stepChoice{}}
		for _, n := range job.Program.Step.Graph.Nodes {
			if n.Domain == kernels.Domain {
				f.Kernels[n.Op]++
			}
		}
		for _, c := range job.Program.Choices {
			f.Choices = append(f.Choices, stepChoice{c.Node, c.Op, c.Kernel, c.Why})
		}
		all = append(all, f)
	}
	return all, nil
}

// printStepForms prints a table of choices for each rung.
func printStepForms(w io.Writer, forms []stepForm) error {
	for _, f := range forms {
		var counts []string
		for _, op := range slices.Sorted(maps.Keys(f.Kernels)) {
			counts = append(counts, fmt.Sprintf("%d %s", f.Kernels[op], op))
		}
		used := "none is a kernel"
		if len(counts) > 0 {
			used = "kernels are " + strings.Join(counts, ", ")
		}
		if _, err := fmt.Fprintf(w, "\nA step of %s (rung %s): %d nodes; %s\n", f.Run, f.Rung, f.Nodes, used); err != nil {
			return err
		}
		if len(f.Choices) == 0 {
			continue
		}
		g := newGrid(w, "OPERATOR", "NODE", "COMPUTED BY", "WHY")
		for _, c := range f.Choices {
			by := "standard operator"
			if c.Kernel {
				by = "kernel"
			}
			g.row(c.Operator, c.Node, by, c.Why)
		}
		if err := g.close(); err != nil {
			return err
		}
	}
	return nil
}
