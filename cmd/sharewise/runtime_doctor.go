package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sharewise/sharewise/onnxio/ort"
)

func newRuntimeDoctorCommand(a *app) *cobra.Command {
	var study string
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Show which ONNX Runtime library is used, and what else was tried",
		Long: `Loads every library that can be found, each in a process of its own, runs a
small model in it, and prints what came out: version, API level, execution
providers, and the reason for each that cannot be used. Also prints what counts
for speed: threads, the features of the processor, and which kernels of
'runtime kernels' are proven here.

With --study it also says how training steps of a study are computed here: which
nodes are kernels, what the cost model expected of them, and why others are not.

Exits with 1 if there is no usable library.`,
		Example: `  sharewise runtime doctor
  sharewise runtime doctor --onnxruntime /opt/onnxruntime/lib/libonnxruntime.so
  sharewise runtime doctor --study study.yaml`,
		Args: exactArgs(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.runtimeDoctor(cmd.Context(), study)
		},
	}
	cmd.Flags().StringVar(&study, "study", "", "say how training steps of a study `FILE` are computed, too")
	return cmd
}

func (a *app) runtimeDoctor(ctx context.Context, study string) error {
	d, err := ort.Diagnose(ctx, a.library)
	if ctx.Err() != nil {
		return errInterrupted
	}
	if err != nil {
		return err
	}
	result := doctorResult{Diagnosis: d}
	if study != "" && d.Used != nil {
		if result.Steps, err = a.stepForms(ctx, study); err != nil {
			return err
		}
	}
	err = a.show(result, func(w io.Writer) error {
		if err := printDiagnosis(w, d); err != nil {
			return err
		}
		return printStepForms(w, result.Steps)
	})
	if err == nil && d.Used == nil {
		return errAnswerNo{d.Reason}
	}
	return err
}

func printDiagnosis(w io.Writer, d *ort.Diagnosis) error {
	t := newGrid(w, "SOURCE", "PATH", "RESULT")
	for _, tried := range d.Tried {
		result := tried.Error
		if tried.Info != nil {
			result = "works: version " + tried.Version
		}
		t.row(tried.Source, tried.Path, result)
	}
	t.row()
	if used := d.Used; used != nil {
		t.row("Used:", used.Path)
		t.row("Version:", fmt.Sprintf("%s, API level %d (at least %d is needed; %s is tested)", used.Version, used.API, d.MinAPI, d.Pinned))
		t.row("Execution providers:", "CPU is used; the library knows "+strings.Join(used.Providers, ", "))
		t.row("Build:", strings.TrimPrefix(used.Build, "ORT Build Info: "))
	} else {
		t.row("Used:", "none")
	}
	if k := d.Kernels; k != nil {
		t.row("Kernels:", fmt.Sprintf("%s (%s instructions)", k.Path, k.ISA))
		if k.Compiler != "" {
			t.row("Built with:", k.Compiler)
		}
		t.row("Proven here:", strings.Join(k.Proven, " "))
		for _, op := range slices.Sorted(maps.Keys(k.Failed)) {
			t.row("Not used:", op+": "+k.Failed[op])
		}
	} else {
		t.row("Kernels:", "none: "+d.KernelsReason)
	}
	t.row("Cache:", d.Cache)
	t.row("Processor:", fmt.Sprintf("%s/%s, %d threads of %d usable", d.OS, d.Arch, d.Threads, d.CPUs))
	t.row("Features:", strings.Join(d.Features, " "))
	return t.close()
}
