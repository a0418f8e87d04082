package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"github.com/sharewise/sharewise/analysis/augment"
	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/train"
	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/finetune"
	"github.com/sharewise/sharewise/onnxio/lower"
	"github.com/sharewise/sharewise/onnxio/training"
	"github.com/sharewise/sharewise/onnxio/zoo"
)

// prepared is a study with its data and models read and its runs planned.
type prepared struct {
	study   *study.Study
	domains map[string]*dataset.Domain
	trunks  map[string]*onnxio.Model // by rung
	models  map[string]study.ModelSize
	// whole says that the model keeps its head.
	whole bool
	// settings are those of model files beside the study's.
	settings []string
	changed  []trunkNote // of models that were changed, in the order of rungs
	plan     *study.Plan
}

// prepare reads a study file and everything it names.
func prepare(ctx context.Context, file string, how reading) (*prepared, error) {
	s, err := study.Parse(file)
	if err != nil {
		return nil, inputError(err)
	}
	p := &prepared{study: s}
	sizes, err := p.open(ctx, how)
	var several *onnxio.OutputError
	if errors.As(err, &several) && !errors.Is(err, finetune.ErrFeatures) {
		err = fmt.Errorf("%w (model.features)", err)
	}
	if err != nil {
		return nil, inputError(err)
	}
	if p.plan, err = s.Plan(sizes, p.models); err != nil {
		return nil, inputError(err)
	}
	return p, nil
}

// open reads the data and models of the study.
func (p *prepared) open(ctx context.Context, how reading) ([]study.DomainSize, error) {
	s := p.study
	for i := range s.Domains {
		s.Domains[i].SkipBad = s.Domains[i].SkipBad || how.skipBad
	}
	domains, err := dataset.OpenAll(ctx, s, dataset.Memory(int64(how.memory)))
	if err != nil {
		return nil, err
	}
	return p.build(domains)
}

// build takes the domains of the study, and builds or loads its models.
func (p *prepared) build(domains []*dataset.Domain) ([]study.DomainSize, error) {
	s := p.study
	p.domains, p.trunks, p.models = map[string]*dataset.Domain{}, map[string]*onnxio.Model{}, map[string]study.ModelSize{}
	sizes := make([]study.DomainSize, len(domains))
	for i, d := range domains {
		p.domains[d.Name] = d
		sizes[i] = sizeOf(d)
	}
	for _, r := range s.Model.Rungs {
		if err := p.openTrunk(r, domains[0]); err != nil {
			return nil, fmt.Errorf("model of rung %s: %w", r.Name, err)
		}
	}
	return sizes, nil
}

func sizeOf(d *dataset.Domain) study.DomainSize {
	dropped := 0
	for _, drop := range d.Dropped {
		dropped += drop.Count
	}
	return study.DomainSize{
		Name: d.Name, Task: string(d.Task.Kind), Outputs: d.Task.Outputs(), Names: d.Task.Targets,
		Train: d.Train.Len(), Val: d.Val.Len(), Test: d.Test.Len(),
		Dropped: dropped, SHA256: d.SHA256, Notes: d.Notes,
	}
}

// openTrunk builds or loads the trunk of a rung for samples like those of a
// domain.
func (p *prepared) openTrunk(r study.Rung, d *dataset.Domain) error {
	var m *onnxio.Model
	var err error
	if r.Path != "" {
		m, err = loadModel(p.study.Path(r.Path), append(settingsOf(p.study.Model), p.settings...))
	} else {
		m, err = zoo.Build(p.study.Model.Trunk, zooConfig(d, r))
	}
	if err != nil {
		return err
	}
	cfg := finetuning(p.study.Model, r, d)
	if p.whole {
		cfg.Scores = training.Loss(d.Objective.Loss)
	}
	merged, err := lower.Merged(m)
	if err != nil {
		return err
	}
	m, note, err := applyFinetuning(m, cfg)
	if err != nil {
		return err
	}
	if op := finetune.Activation(m); op != "" && r.Path != "" && cfg.Features == "" && !p.whole {
		p.study.Warnings = append(p.study.Warnings, fmt.Sprintf("model of rung %s ends in a %s, and heads take its output; model.features: auto leaves out the last linear layer and what follows it", r.Name, op))
	}
	data, err := m.Marshal()
	if err != nil {
		return err
	}
	values, err := onnxio.InferShapes(m)
	if err != nil {
		return err
	}
	cost := onnxio.Totals(onnxio.Costs(m, values, trainable(m)))
	sum := sha256.Sum256(data)
	p.trunks[r.Name] = m
	size := study.ModelSize{SHA256: hex.EncodeToString(sum[:]), FLOPs: float64(cost.FLOPs), Params: cost.Params, BatchNorm: hasBatchNorm(m), Whole: p.whole}
	if size.Drops, err = training.Drops(m); err != nil {
		return err
	}
	freezes := freezer(p.study.Model) != ""
	if freezes || note != nil || r.Path != "" {
		o, err := outlook(m, p.study.Model)
		if err != nil {
			return err
		}
		if freezes {
			size.TrainFLOPs = float64(o.FLOPs)
			p.study.Warnings = append(p.study.Warnings, doubts(o, freezer(p.study.Model)+", rung "+r.Name, len(p.study.Domains))...)
		}
		p.study.Warnings = append(p.study.Warnings, stuckAndMerged(o, merged, r.Name)...)
		if note != nil {
			note.Rung, note.Parameters, note.Trained = r.Name, o.Params, o.TrainedParams-o.StuckParams
			p.changed = append(p.changed, *note)
		}
	}
	p.models[r.Name] = size
	return nil
}

// task makes the training of a planned run.
func (p *prepared) task(r study.PlannedRun, backend string) train.Task {
	return train.Task{ID: r.ID, Hash: r.Hash, Steps: r.Steps, Prepare: func() (*train.Job, error) {
		domains := make([]*dataset.Domain, len(r.Domains))
		augmentation := make([]augment.Settings, len(r.Domains))
		spec := train.Spec{
			Run: r.Run, Data: map[string]string{}, Model: p.models[r.Rung.Name].SHA256,
			Batches: map[string]int{}, Augment: map[string]augment.Settings{}, Steps: r.Steps, Training: p.study.Training, BatchNorm: r.BatchNorm, Freeze: p.study.Model.Freeze,
			Backend: backend, Sharewise: version,
		}
		for i, name := range r.Domains {
			domains[i] = p.domains[name]
			spec.Data[name] = domains[i].SHA256
			spec.Batches[name] = r.Rows[i]
			if augmentation[i] = p.study.Augmentation(name); augmentation[i].Used() {
				spec.Augment[name] = augmentation[i]
			}
		}
		program, err := train.Compile(train.Trunk{
			Model: p.trunks[r.Rung.Name], BatchNorm: r.BatchNorm, Freeze: p.study.Model.Freeze, Whole: p.whole,
		}, domains, r.Rows, p.study.Training)
		if err != nil {
			return nil, inputError(err)
		}
		return &train.Job{
			Run: r.Run, Study: p.study.Name, Domains: domains, Program: program,
			Batches: r.Rows, StepsPerEpoch: p.plan.StepsPerEpoch,
			Training: p.study.Training, Augment: augmentation, Spec: spec,
		}, nil
	}}
}

// zooConfig asks for a trunk of a rung's width for the samples of a domain.
func zooConfig(d *dataset.Domain, r study.Rung) zoo.Config {
	c := zoo.Config{Input: d.Shape, Width: r.Width}
	for _, w := range d.Categories {
		c.Categories = append(c.Categories, zoo.Category{Name: w.Name, Size: len(w.Words) + 1})
	}
	return c
}

func hasBatchNorm(m *onnxio.Model) bool {
	return slices.ContainsFunc(m.Graph.Nodes, func(n *onnxio.Node) bool { return n.OpName() == "BatchNormalization" })
}

// trainable reports which inputs of a trunk are parameters: those that carry
// an initialisation rule.
func trainable(m *onnxio.Model) func(string) bool {
	return func(name string) bool {
		_, ok := m.Property("sharewise.init/" + name)
		return ok
	}
}
