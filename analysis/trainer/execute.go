package trainer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/sharewise/sharewise/analysis/atomicfile"
	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/filelimit"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/losses"
	"github.com/sharewise/sharewise/analysis/study"
)

// Job is a run that a program is to train.
type Job struct {
	Program *Program
	Study   *study.Study
	Run     study.Run
	// Domains are the run's, in its order.
	Domains []*dataset.Domain
	// Batches holds the rows of each domain in a minibatch, and StepsPerEpoch the number
	// of these, by which arms compare at equal passes over each domain's data.
	Batches       []int
	StepsPerEpoch int
	// Spec is written to the run's spec.json as it is.
	Spec layout.Spec
	// Confirm, where it is not nil, is called before anything is written to the run's
	// folder, and says by an error that it belongs to somebody else.
	Confirm func() error
}

func (j *Job) confirm() error {
	if j.Confirm == nil {
		return nil
	}
	return j.Confirm()
}

// The names of what lies in the folder of a run while it is trained.
const (
	samplesName    = "samples"
	checkpointName = "checkpoint"
	// LogName is the file of what the program wrote.
	LogName = "trainer.log"
	// ModelStem is the name of the program's model, with the ending that the program
	// gave it.
	ModelStem = "trained"
)

// Execute has one run trained in its folder and returns what done.json says. A run that
// has ended is left alone. It fails with an [*Error] where the program does, and with
// the error of ctx where that ends; then the run can be repeated.
func Execute(ctx context.Context, job *Job, dir layout.RunFolder) (*layout.Done, error) {
	if done, err := dir.ReadDone(job.Run.Hash); done != nil || err != nil {
		return done, err
	}
	if err := job.Program.Check(); err != nil {
		return nil, err
	}
	began := time.Now()
	var spent layout.Spent
	lap := func(to *float64) {
		now := time.Now()
		*to += now.Sub(began).Seconds()
		began = now
	}
	if err := os.MkdirAll(string(dir), 0o777); err != nil {
		return nil, fmt.Errorf("trainer: %w", err)
	}
	work, err := filepath.Abs(dir.Work())
	if err != nil {
		return nil, fmt.Errorf("trainer: %w", err)
	}
	if err := job.confirm(); err != nil {
		return nil, err
	}
	if err := layout.WriteJSON(dir.Spec(), job.Spec); err != nil {
		return nil, err
	}
	if job.Program.existing != nil {
		done, err := job.take(work, dir)
		if err == nil {
			err = job.confirm()
		}
		if err != nil {
			return nil, err
		}
		lap(&spent.Write)
		done.Spent, done.Seconds = &spent, spent.Seconds()
		return done, dir.WriteDone(done)
	}
	spec, err := job.prepare(work)
	if err != nil {
		return nil, fmt.Errorf("trainer: run %s: %w", job.Run.ID, err)
	}
	lap(&spent.Prepare)
	p := &process{
		args: job.Program.Args, dir: work, study: filelimit.Absolute(job.Study.Path(".")), seed: spec.RandomSeed, threads: spec.Threads,
		limit: job.Program.settings.Limit(), out: new(output),
	}
	err = p.run(ctx)
	lap(&spent.Steps)
	if lost := job.confirm(); lost != nil {
		return nil, lost
	}
	log, unkept := job.keepLog(dir, p.out)
	if err == nil {
		err = unkept
	}
	if err == nil {
		err = job.Program.Check()
	}
	var done *layout.Done
	if err == nil {
		done, err = job.take(work, dir)
	}
	if err != nil {
		return nil, job.failed(err, work, p.out, log)
	}
	for _, d := range job.Domains {
		if err := d.Unchanged(context.WithoutCancel(ctx), false); err != nil {
			return nil, fmt.Errorf("trainer: %w", err)
		}
	}
	lap(&spent.Write)
	done.Spent, done.Seconds = &spent, spent.Seconds()
	if err := job.confirm(); err != nil {
		return nil, err
	}
	if err := dir.WriteDone(done); err != nil {
		return nil, err
	}
	// Of others, what stays goes when a process has the folder to itself.
	if err := atomicfile.Remove(work); err != nil && job.confidential() {
		return nil, staying(work, err)
	}
	return done, nil
}

// confidential reports whether samples of the run must be shown nowhere.
func (j *Job) confidential() bool {
	for _, d := range j.Domains {
		if d.Confidential {
			return true
		}
	}
	return false
}

// keepLog writes what the program wrote, unless that may show samples, and returns the path
// of the file, empty where there is none.
func (j *Job) keepLog(dir layout.RunFolder, out *output) (string, error) {
	path := filepath.Join(string(dir), LogName)
	if j.confidential() {
		return "", nil
	}
	err := atomicfile.Write(path, func(w io.Writer) error { _, err := out.WriteTo(w); return err })
	if err != nil {
		return "", fmt.Errorf("trainer: %w", err)
	}
	return path, nil
}

// failed adds the program's last lines to an error, and leaves the work of a stopped run
// for when it is repeated, but no samples of confidential domains.
func (j *Job) failed(err error, work string, out *output, log string) error {
	var stays error
	if j.confidential() {
		if stays = empty(work); stays != nil {
			stays = staying(work, stays)
		}
	}
	var fault *Error
	if !errors.As(err, &fault) {
		return errors.Join(err, stays)
	}
	if fault.Withheld = j.confidential(); !fault.Withheld && fault.Fault != Changed {
		fault.Lines, fault.Log = out.lines(), log
	}
	if stays != nil {
		return errors.Join(fault, stays)
	}
	return fault
}

// staying says that samples which must not stay could not be removed.
func staying(work string, err error) error {
	return fmt.Errorf("trainer: samples of confidential domains stay in %s; remove that folder: %w", work, err)
}

// empty removes all that is in the folder of a program's work but its checkpoint.
func empty(work string) error {
	entries, err := os.ReadDir(work)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	for _, e := range entries {
		if e.Name() == checkpointName && e.IsDir() {
			continue
		}
		if err := atomicfile.Remove(filepath.Join(work, e.Name())); err != nil {
			return err
		}
	}
	return nil
}

// prepare makes the folder that the program is called with. The content of checkpoint is
// kept from an earlier call.
func (j *Job) prepare(work string) (*Spec, error) {
	if info, err := os.Lstat(work); err == nil && !info.IsDir() {
		if err := atomicfile.RemoveFile(work); err != nil { // a link may lead anywhere, and is not emptied
			return nil, err
		}
	}
	if err := empty(work); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Join(work, checkpointName), 0o777); err != nil {
		return nil, err
	}
	r, t := j.Run, j.Program.settings
	spec := &Spec{
		Version: specVersion, Study: j.Study.Name, Run: r.ID, Arm: r.Arm, Weighting: r.Weighting, Seed: r.Seed, Fold: r.Fold,
		Rung:       Rung{Name: r.Rung.Name, Width: r.Rung.Width},
		RandomSeed: int64(r.Stream("trainer", "") >> 33),
		Threads:    j.Study.Training.Threads, Training: j.Study.Training, Settings: t.Settings, Inputs: t.Inputs, Checkpoint: checkpointName,
		StepsPerEpoch: j.StepsPerEpoch,
	}
	if spec.Threads < 1 {
		spec.Threads = runtime.GOMAXPROCS(0)
	}
	if spec.Weighting.Name == "" {
		spec.Weighting.Name = "equal"
	}
	if spec.Settings == nil {
		spec.Settings = map[string]string{}
	}
	if r.Rung.Path != "" {
		spec.Rung.Path = filelimit.Absolute(j.Study.Path(r.Rung.Path))
	}
	h := handing{dir: work, samples: t.Samples, raw: t.Inputs == study.RawInputs}
	for i, d := range j.Domains {
		ds, err := j.domain(h, d)
		if err != nil {
			return nil, fmt.Errorf("domain %s: %w", d.Name, err)
		}
		if i < len(j.Batches) {
			ds.Batch = j.Batches[i]
		}
		spec.Domains = append(spec.Domains, ds)
	}
	return spec, layout.WriteJSON(filepath.Join(work, "spec.json"), spec)
}

// domain writes the samples of a domain and describes them.
func (j *Job) domain(h handing, d *dataset.Domain) (DomainSpec, error) {
	s := DomainSpec{
		Name: d.Name, Task: string(d.Task.Kind), Outputs: d.Task.Outputs(), Classes: d.Task.Classes, Targets: d.Task.Targets,
		Loss: d.Objective.Loss, Seed: int64(j.Run.Stream("trainer order", d.Name) >> 33), Shape: d.Shape, Categories: d.Categories, Files: []File{},
	}
	if len(d.Shape) == 1 && (d.Features != nil || d.Categories != nil) {
		s.Features = inputNames(d)
	}
	if d.Task.Kind == dataset.Regression {
		for k := range d.Task.Targets {
			s.TargetMean = append(s.TargetMean, targetMean(d, k))
			s.TargetStd = append(s.TargetStd, float64(d.TargetNorm.Std[k]))
		}
	}
	if err := os.MkdirAll(filepath.Join(h.dir, samplesName, d.Name), 0o777); err != nil {
		return s, err
	}
	for _, f := range d.Sources {
		s.Files = append(s.Files, File{filelimit.Absolute(j.Study.Path(f.Path)), f.SHA256})
	}
	for _, p := range []struct {
		name string
		of   *dataset.Split
		to   *Part
	}{{"train", d.Train, &s.Train}, {"validation", d.Val, &s.Validation}, {"test", d.Test, &s.Test}} {
		part, err := h.part(d, p.name, p.of)
		if err != nil {
			return s, err
		}
		*p.to = part
	}
	return s, nil
}

// take makes the files of the run from what the program left.
func (j *Job) take(work string, dir layout.RunFolder) (*layout.Done, error) {
	r := j.Run
	meta := losses.Meta{
		Study: j.Study.Name, Run: r.ID, Hash: r.Hash, Arm: r.Arm, Domains: r.Domains, Rung: r.Rung.Name, Weighting: r.Weighting.Name,
		Seed: int64(r.Seed), Split: "test", Randomness: r.Randomness, Fold: r.Fold, Folds: j.Study.Folds(),
	}
	var (
		table    *losses.Table
		diverged string
		history  []layout.HistoryRow
		epoch    int
		model    string
		err      error
	)
	if j.Program.existing != nil {
		table, diverged, err = j.existing(meta)
	} else if table, diverged, err = readLosses(work, j.Domains, meta); err == nil {
		if history, epoch, err = readHistory(work, r); err == nil {
			model, err = findModel(work)
		}
	}
	if err != nil {
		return nil, err
	}
	d := &layout.Done{Hash: r.Hash, Status: layout.Finished, Files: map[string]string{}}
	d.Epoch = epoch
	last := 0
	for _, row := range history {
		last = max(last, int(row.Epoch))
	}
	if last == j.Study.Training.Epochs { // then they are those of the study
		d.Steps = last * j.StepsPerEpoch
	}
	if err := layout.WriteHistory(dir.History(), r, history); err != nil {
		return nil, err
	}
	files := []string{dir.History(), dir.Spec()}
	if diverged != "" {
		d.Status, d.Reason, d.Epoch = layout.Diverged, diverged, 0
	} else {
		if err := losses.WriteFile(dir.Losses(), table); err != nil {
			return nil, err
		}
		files = append(files, dir.Losses())
		if model != "" {
			to := filepath.Join(string(dir), ModelStem+filepath.Ext(model))
			if err := atomicfile.Move(model, to); err != nil {
				return nil, fmt.Errorf("trainer: %w", err)
			}
			files = append(files, to)
		}
	}
	for _, f := range files {
		sum, err := layout.HashFile(f)
		if err != nil {
			return nil, err
		}
		d.Files[filepath.Base(f)] = sum
	}
	return d, nil
}

// findModel finds the file model.* that a program left, "" if it left none.
func findModel(work string) (string, error) {
	entries, err := os.ReadDir(work)
	if err != nil {
		return "", fmt.Errorf("trainer: %w", err)
	}
	found := ""
	for _, e := range entries {
		name := e.Name()
		if ext := filepath.Ext(name); strings.TrimSuffix(name, ext) != "model" || ext == "." {
			continue
		}
		switch {
		case !e.Type().IsRegular():
			return "", bad("%s is no regular file; a model is one file", name)
		case found != "":
			return "", bad("the program left both %s and %s; a model is one file", found, name)
		}
		found = name
	}
	if found == "" {
		return "", nil
	}
	return filepath.Join(work, found), nil
}
