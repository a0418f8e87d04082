package decide

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/atomicfile"
	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/drafting"
	"github.com/sharewise/sharewise/analysis/exemplars"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/analysis/train"
	"github.com/sharewise/sharewise/grouping/adaptive"
	"github.com/sharewise/sharewise/grouping/decisions"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/reports"
	"github.com/sharewise/sharewise/reports/language"
)

// Options say how a decision is come by; the zero value is useful.
type Options struct {
	// Folder takes study file, runs and report; empty: that of a study file, or one
	// called by the name of the data with -decision.
	Folder string
	// Draft and Open say how data are looked through and read.
	Draft project.DraftOptions
	Open  project.Options
	// Adaptive has the budget, and what else there is to say about training.
	Adaptive adaptive.Options
	// Told, which may be nil, is told what is being done and what was found, in
	// lines for people.
	Told func(line string)
	// Opened, which may be nil, is told the project that is to be trained.
	Opened func(*project.Project)
	// Training, which may be nil, is called before all runs of a plan are trained that
	// are not chosen step by step.
	Training func()
}

// Outcome is a decision with where it comes from.
type Outcome struct {
	File    string        `json:"file"` // the study file
	Output  layout.Folder `json:"output"`
	Report  string        `json:"report"` // the report's file
	Assumed []string      `json:"assumed"`
	Verdict string        `json:"verdict"` // in one line
	// End says why training ended.
	End *decisions.End `json:"end"`
	// Input is what the report was made from.
	Input *reports.Input `json:"-"`
}

// InputError says what is wrong with data, study file or model, in the words of
// the package that read it.
type InputError struct{ Err error }

func (e *InputError) Error() string { return e.Err.Error() }

// Unwrap returns the package's own error.
func (e *InputError) Unwrap() error { return e.Err }

// inputError leaves alone an error that is the end of ctx.
func inputError(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("%w: %w", train.ErrInterrupted, ctx.Err())
	}
	return &InputError{err}
}

// Decide takes a folder or file of data, or a study file, to a decision. It fails
// with an *InputError where data or study are at fault, and with
// train.ErrInterrupted when ctx ends.
func Decide(ctx context.Context, path string, b exec.Backend, o Options) (*Outcome, error) {
	start := time.Now()
	switch {
	case o.Folder != "":
	case drafting.IsStudy(path):
		o.Folder = filepath.Dir(path)
	default:
		o.Folder = drafting.Name(path) + "-decision"
	}
	out := &Outcome{Output: layout.Folder(filepath.Join(o.Folder, "out")), Assumed: []string{}}
	out.Report = out.Output.Report()
	d := &decision{Options: o, backend: b}
	var err error
	if out.File, err = d.studyFile(ctx, path, out); err != nil {
		return nil, err
	}
	s, err := dataset.ParseStudy(out.File)
	if err != nil {
		return nil, &InputError{err}
	}
	p, err := project.Open(ctx, s, o.Open)
	if err != nil {
		return nil, inputError(ctx, err)
	}
	if o.Opened != nil {
		o.Opened(p)
	}
	if o.Adaptive.Budget.Time > 0 {
		o.Adaptive.Budget.Time = max(1, o.Adaptive.Budget.Time-time.Since(start))
	}
	d.Adaptive = o.Adaptive
	switch proposes := adaptive.Proposes(p.Study); {
	case p.Study.Folds() > 0 && !proposes:
		out.End, err = d.all(ctx, p, out.Output)
	case p.Study.Folds() > 0:
		// All arms have all seeds, so that all are tested on the same samples.
		d.Adaptive.Pilot, d.Adaptive.Most = p.Study.Seeds, p.Study.Seeds
		fallthrough
	default:
		out.End, err = d.stepByStep(ctx, p, out.Output)
	}
	if err != nil {
		return nil, err
	}
	if out.Input, err = d.report(ctx, p, out.Output); err != nil {
		return nil, err
	}
	out.Verdict = out.End.Words
	if lines := reports.Verdict(out.Input); len(lines) > 0 {
		out.Verdict = lines[0]
	}
	return out, nil
}

// stepByStep trains what the choice of groups gains most from.
func (d *decision) stepByStep(ctx context.Context, p *project.Project, folder layout.Folder) (*decisions.End, error) {
	record, err := adaptive.Run(ctx, p, d.backend, folder, d.Adaptive)
	if err != nil {
		return nil, err
	}
	return record.End, nil
}

// decision is one under way.
type decision struct {
	Options
	backend exec.Backend
	// rate is the measured speed of one run, in floating-point operations per
	// second.
	rate float64
}

func (d *decision) tell(format string, args ...any) {
	if d.Told != nil {
		d.Told(fmt.Sprintf(format, args...))
	}
}

// studyFile finds the study file, or drafts one.
func (d *decision) studyFile(ctx context.Context, path string, out *Outcome) (string, error) {
	if drafting.IsStudy(path) {
		return path, nil
	}
	file := filepath.Join(d.Folder, "study.yaml")
	if _, err := os.Lstat(file); err == nil {
		d.tell("Going on with %s", file)
		return file, nil
	}
	if err := os.MkdirAll(d.Folder, 0o777); err != nil {
		return "", err
	}
	draft, assumed, err := d.draft(ctx, path)
	if err != nil {
		os.Remove(d.Folder) // if nothing else is in it
		return "", err
	}
	out.Assumed = assumed
	for _, f := range append(slices.Clone(draft.Found), out.Assumed...) {
		d.tell("%s", f)
	}
	draft.Found = append(draft.Found, out.Assumed...)
	if err := atomicfile.Create(file, draft.Encode(file)); err != nil && !errors.Is(err, fs.ErrExist) {
		return "", err
	}
	d.tell("Wrote %s", file)
	return file, nil
}

// report adds to results and groups, which are there, pictures of samples and the
// report.
func (d *decision) report(ctx context.Context, p *project.Project, folder layout.Folder) (*reports.Input, error) {
	results, err := analysis.ReadResults(folder.Results())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("decide: %w before there was anything to compare", train.ErrTimeUp)
	}
	if err != nil {
		return nil, err
	}
	if _, err := exemplars.Write(ctx, folder, p.Plan, results, p.Tested()); err != nil {
		return nil, err
	}
	return reports.WriteFolder(folder, folder.Report(), language.English)
}
