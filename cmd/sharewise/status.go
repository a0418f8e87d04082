package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/study"
)

const statusLong = `Show how far the runs of a study are, from its output folder alone: no data, no
ONNX Runtime. It can be called while 'run' is training.

Example:
  sharewise status out`

// folderStatus is what status --json prints.
type folderStatus struct {
	Study    string        `json:"study"`
	Planned  int           `json:"planned"`
	Done     int           `json:"done"`
	Diverged []divergedRun `json:"diverged"`
	Started  []string      `json:"started"`
	New      int           `json:"new"`
	Seconds  float64       `json:"seconds"` // spent on the runs that ended
	Arms     []armStatus   `json:"arms"`
	Steps    []stepStatus  `json:"steps"` // what follows training
}

type divergedRun struct {
	ID     string `json:"id"`
	Reason string `json:"reason"`
}

type armStatus struct {
	Arm     string `json:"arm"`
	Planned int    `json:"planned"`
	Ended   int    `json:"ended"`
}

type stepStatus struct {
	Command string `json:"command"`
	Output  string `json:"output"`
	Done    bool   `json:"done"`
}

func newStatusCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "status OUT",
		Short:   "Show how far a study is",
		Long:    statusLong,
		GroupID: "study",
		Args:    outputArg(),
		RunE: func(_ *cobra.Command, args []string) error {
			s, err := statusOf(layout.Folder(args[0]))
			if err != nil {
				return err
			}
			if a.json {
				return a.writeJSON(s)
			}
			return s.print(a.stdout, args[0])
		},
	}
}

func statusOf(folder layout.Folder) (*folderStatus, error) {
	plan, err := readPlan(folder)
	if err != nil {
		return nil, err
	}
	s := &folderStatus{Study: plan.Study, Planned: len(plan.Runs), Diverged: []divergedRun{}, Started: []string{}}
	for _, name := range plan.Arms() {
		s.Arms = append(s.Arms, armStatus{Arm: name})
	}
	for _, r := range plan.Runs {
		if err := s.add(folder, r); err != nil {
			return nil, err
		}
	}
	for _, step := range []struct{ command, file string }{
		{"analyze", folder.Results()}, {"group", folder.Groups()}, {"report", folder.Report()},
	} {
		s.Steps = append(s.Steps, stepStatus{step.command, step.file, exists(step.file)})
	}
	return s, nil
}

func (s *folderStatus) add(folder layout.Folder, r study.PlannedRun) error {
	state, done, err := folder.State(r)
	if err != nil {
		return inputError(err)
	}
	arm := &s.Arms[0]
	for i := range s.Arms {
		if s.Arms[i].Arm == r.Arm {
			arm = &s.Arms[i]
		}
	}
	arm.Planned++
	switch state {
	case layout.StateDone:
		s.Done++
	case layout.StateDiverged:
		s.Diverged = append(s.Diverged, divergedRun{r.ID, done.Reason})
	case layout.StateStarted:
		s.Started = append(s.Started, r.ID)
	default:
		s.New++
	}
	if done != nil {
		arm.Ended++
		s.Seconds += done.Seconds
	}
	return nil
}

func (s *folderStatus) print(out io.Writer, folder string) error {
	fmt.Fprintf(out, "%s: %d of %d runs done", s.Study, s.Done, s.Planned)
	for _, part := range []struct {
		n    int
		what string
	}{{len(s.Diverged), "diverged"}, {len(s.Started), "started"}, {s.New, "not begun"}} {
		if part.n > 0 {
			fmt.Fprintf(out, ", %d %s", part.n, part.what)
		}
	}
	fmt.Fprintf(out, "; %s of training\n\n", duration(s.Seconds))
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "arm\tended\tplanned")
	for _, a := range s.Arms {
		fmt.Fprintf(w, "%s\t%d\t%d\n", a.Arm, a.Ended, a.Planned)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, d := range s.Diverged {
		fmt.Fprintf(out, "\nDiverged: %s: %s", d.ID, d.Reason)
	}
	if len(s.Started) > 0 {
		fmt.Fprintf(out, "\nStarted: %s\n", strings.Join(s.Started, ", "))
	}
	fmt.Fprintln(out)
	for _, step := range s.Steps {
		mark := "to do: sharewise " + step.Command + " " + folder
		if step.Done {
			mark = step.Output
		}
		fmt.Fprintf(out, "%-8s %s\n", step.Command, mark)
	}
	return nil
}
