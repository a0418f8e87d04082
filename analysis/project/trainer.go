package project

import (
	"context"
	"errors"
	"fmt"

	"github.com/sharewise/sharewise/analysis/augment"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/train"
	"github.com/sharewise/sharewise/analysis/trainer"
	"github.com/sharewise/sharewise/analysis/wording"
)

// ErrOwnTrainer is returned where models of runs are wanted that a program of the user's
// trained, which sharewise cannot execute.
var ErrOwnTrainer = errors.New("the study is trained by a program of its own, and this needs models that sharewise trained")

// OwnTrainer reports whether a program of the user's trains the runs, so that no backend
// is needed.
func (p *Project) OwnTrainer() bool { return p.trainer != nil }

// findTrainer looks up the program that trains, where the study names one.
func (p *Project) findTrainer() error {
	if p.Study.Trainer == nil {
		return nil
	}
	var err error
	if p.trainer, err = trainer.Find(p.Study); err != nil {
		return err
	}
	note := "every run is trained by the program " + p.trainer.String()
	if n := len(p.trainer.Files); n > 0 {
		note += ", with " + wording.Plural(n, "file") + " of its own"
	}
	if imported := p.Study.Trainer.Import; imported != "" {
		note = fmt.Sprintf("runs are taken from %s, %s, and none is trained", imported, wording.Plural(len(p.trainer.Files), "file"))
		p.Study.Warnings = append(p.Study.Warnings, note)
		return nil
	}
	p.Study.Warnings = append(append(p.Study.Warnings, note+"; how long it takes shows once its first runs have ended"), p.trainer.Notes...)
	return nil
}

// passFLOPs is what a sample is taken to cost in a program of which nothing is known, so
// that runs can be compared by their numbers of samples.
const passFLOPs = 1e5

// ownTrunk stands in for the model of a rung that a program makes.
func (p *Project) ownTrunk(f *fold, r study.Rung) error {
	sum, err := p.trainer.Model(r)
	if err != nil {
		return err
	}
	f.models[r.Name] = study.ModelSize{SHA256: sum, FLOPs: passFLOPs * max(1, r.Width)}
	return nil
}

// ownTask makes the training of a planned run by the program.
func (p *Project) ownTask(r study.PlannedRun) train.Task {
	at := p.of(r)
	return train.Task{
		ID: r.ID, Hash: r.Hash, Steps: r.Steps,
		Prepare: func() (*train.Job, error) { return nil, ErrOwnTrainer },
		Execute: func(ctx context.Context, dir layout.RunFolder, confirm func() error) (*layout.Done, error) {
			if err := p.refuse([]study.PlannedRun{r}); err != nil {
				return nil, err
			}
			t := p.Study.Trainer
			job := &trainer.Job{Program: p.trainer, Study: p.Study, Run: r.Run, Confirm: confirm, Batches: r.Rows, StepsPerEpoch: p.Plan.StepsPerEpoch, Spec: layout.Spec{
				Run: r.Run, Data: map[string]string{}, Model: at.models[r.Rung.Name].SHA256, Batches: map[string]int{}, Augment: map[string]augment.Settings{},
				Steps: r.Steps, Training: p.Study.Training, Backend: p.trainer.String(), Sharewise: Version,
				Trainer: &layout.Trainer{Command: p.trainer.Called, Files: p.trainer.Files, Samples: t.Samples, Inputs: t.Inputs, Settings: t.Settings},
			}}
			for i, name := range r.Domains {
				d := at.domain(name)
				job.Domains = append(job.Domains, d)
				job.Spec.Data[name], job.Spec.Batches[name] = d.SHA256, r.Rows[i]
			}
			done, err := trainer.Execute(ctx, job, dir)
			if err != nil && ctx.Err() != nil && errors.Is(err, ctx.Err()) {
				return nil, fmt.Errorf("%w: %w", train.ErrInterrupted, ctx.Err())
			}
			return done, err
		},
	}
}
