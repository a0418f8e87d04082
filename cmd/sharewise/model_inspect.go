package main

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/analysis/wording"
	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/finetune"
	"github.com/sharewise/sharewise/onnxio/overview"
)

const inspectLong = `Inspect checks a model and says what it takes in and gives out, how many
parameters and floating-point operations it has and in which operators, and
which parameters training can change.

Operations are counted per sample, a multiply-add as two; symbolic sizes such
as the batch count as 1. Convolutions, matrix products and recurrent layers are
counted exactly, other operators by the elements they touch.

A parameter is trainable if it has a gradient. One that is blocked needs an
operator without a gradient rule between itself and an output: freeze it, or
take an earlier value as the output of the trunk. One that no gradient reaches
acts through steps alone, such as Sign in binarized networks or Round, whose
derivative is 0: training would leave it as it is.

Some models have settings among their inputs, or sizes that are open: --set
settles them. INPUT=NUMBER makes an input a constant, SIZE=NUMBER settles a size
that has a name, and INPUT=[N,3,224,224] gives an input a shape, with names for
sizes that stay open.

--features previews model.features of a study: which value heads would take,
what would be left out, and what the trunk then costs.

A model that is not valid is bad input, exit code 3.`

func newModelInspectCommand(a *app) *cobra.Command {
	var listing bool
	var settings []string
	var features string
	cmd := &cobra.Command{
		Use:   "inspect MODEL",
		Short: "Say what a model holds, what it costs and what is trainable",
		Long:  inspectLong,
		Example: `  sharewise model inspect resnet.onnx
  sharewise model inspect --print small.onnx
  sharewise model inspect --features auto resnet.onnx
  sharewise model inspect speech.onnx --set rate=16000 --set 'input=[N,512]'`,
		Args:              exactArgs("MODEL"),
		ValidArgsFunction: completeModels,
		RunE: func(_ *cobra.Command, args []string) error {
			return a.modelInspect(args[0], settings, features, listing)
		},
	}
	cmd.Flags().StringArrayVar(&settings, "set", nil, "settle `NAME=VALUE`, an input or a size; may be repeated")
	cmd.Flags().BoolVar(&listing, "print", false, "list every value and node instead, with types and shapes")
	cmd.Flags().StringVar(&features, "features", "", "show the trunk that ends at the value or node `NAME`, or, with auto, before the last linear layer")
	return cmd
}

func (a *app) modelInspect(path string, settings []string, features string, listing bool) error {
	if listing && a.json {
		return usagef("model inspect: --print and --json exclude each other")
	}
	m, mended, err := onnxio.LoadMended(path)
	if err != nil {
		return inputError(err)
	}
	settled, broken := onnxio.Settle(m, settings)
	if broken == nil {
		m = settled
	}
	if listing && features == "" {
		// A broken model is worth looking at.
		if err := onnxio.Print(a.stdout, m); err != nil || broken == nil {
			return err
		}
	}
	if broken != nil {
		return inputError(fmt.Errorf("%s: %w", path, broken))
	}
	if listing {
		trunk, _, err := project.Finetune(m, finetune.Config{Features: features})
		if err != nil {
			return inputError(fmt.Errorf("%s: %w", path, err))
		}
		return onnxio.Print(a.stdout, trunk)
	}
	report, err := project.Overview(m, features)
	if err != nil {
		return inputError(fmt.Errorf("%s: %w", path, err))
	}
	report.Mended = mended
	return a.show(report, func(w io.Writer) error { return printModelReport(w, report) })
}

func printModelReport(out io.Writer, r *overview.Report) error {
	g := newGrid(out)
	g.row("format", formatOf(r))
	for i, v := range r.Inputs {
		g.row(onlyFirst(i, "input"), v.Name+" "+v.Type+v.Shape)
	}
	for i, v := range r.Outputs {
		g.row(onlyFirst(i, "output"), v.Name+" "+v.Type+v.Shape)
	}
	if c := r.Cut; c != nil {
		g.row("left out", fmt.Sprintf("%s; %s parameters, %s FLOP", c.What, onnxio.FormatCount(c.Parameters), onnxio.FormatCount(c.FLOPs)))
	}
	g.row("parameters", onnxio.FormatCount(r.Parameters)+" in "+wording.Plural(r.ParameterTensors, "tensor"))
	cost := onnxio.FormatCount(r.FLOPs) + " FLOP per sample"
	if !r.FLOPsComplete {
		cost = "at least " + cost + "; some shapes are unknown"
	}
	g.row("compute", cost)
	g.row("training", trainingSummary(r.Training))
	if len(r.Training.Merged) > 0 {
		g.row("", project.MergedNote(r.Training.Merged))
	}
	for i, note := range r.Mended {
		g.row(onlyFirst(i, "mended"), note)
	}
	if err := g.close(); err != nil {
		return err
	}
	if err := printOperators(out, r.Operators); err != nil {
		return err
	}
	return printBlocked(out, r.Training)
}

// printOperators prints a table with numbers to the right.
func printOperators(out io.Writer, ops []overview.Operator) error {
	width := len("operator")
	for _, op := range ops {
		width = max(width, len(op.Op))
	}
	_, err := fmt.Fprintf(out, "\n%-*s  nodes  parameters   FLOP\n", width, "operator")
	for _, op := range ops {
		_, e := fmt.Fprintf(out, "%-*s  %5d  %10s  %5s\n", width, op.Op, op.Nodes,
			onnxio.FormatCount(op.Parameters), onnxio.FormatCount(op.FLOPs))
		err = errors.Join(err, e)
	}
	return err
}

// printBlocked lists what stands in the way of training, a line per reason.
func printBlocked(out io.Writer, t overview.Training) error {
	var errs []error
	for _, list := range []struct {
		title   string
		reasons []overview.Block
	}{{"what blocks gradients", t.Blocks}, {"where gradients end, so that training changes nothing above", t.Stops}} {
		for i, b := range list.reasons {
			if i == 0 {
				_, err := fmt.Fprintf(out, "\n%s:\n", list.title)
				errs = append(errs, err)
			}
			_, err := fmt.Fprintf(out, "  %s\n      of %s\n", b.Reason, wording.First(b.Parameters, 4))
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

func onlyFirst(i int, label string) string {
	if i > 0 {
		return ""
	}
	return label
}

// trainingSummary is one line about training.
func trainingSummary(t overview.Training) string {
	switch {
	case t.Refused != "":
		return "not possible: " + t.Refused
	case t.Tensors() == 0:
		return "no parameters"
	}
	parts := []string{wording.Plural(len(t.Trainable), "tensor") + " trainable"}
	if len(t.Blocked) > 0 {
		parts = append(parts, fmt.Sprintf("%d blocked", len(t.Blocked)))
	}
	if len(t.Stuck) > 0 {
		parts = append(parts, fmt.Sprintf("%d that no gradient reaches", len(t.Stuck)))
	}
	if len(t.Idle) > 0 {
		parts = append(parts, fmt.Sprintf("%d that no output of floating point depends on (%s)", len(t.Idle), wording.First(t.Idle, 4)))
	}
	if t.Upgraded > 0 {
		parts = append(parts, fmt.Sprintf("once rewritten for operator set %d", t.Upgraded))
	}
	return strings.Join(parts, ", ")
}

// formatOf names the versions that a model is written in.
func formatOf(r *overview.Report) string {
	parts := []string{fmt.Sprintf("IR %d", r.IRVersion)}
	for _, d := range slices.Sorted(maps.Keys(r.Opsets)) {
		parts = append(parts, fmt.Sprintf("%s %d", d, r.Opsets[d]))
	}
	if r.Producer != "" {
		parts = append(parts, "by "+r.Producer)
	}
	return strings.Join(parts, ", ")
}
