package project

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/inspection"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/finetune"
	"github.com/sharewise/sharewise/onnxio/lower"
	"github.com/sharewise/sharewise/onnxio/training"
	"github.com/sharewise/sharewise/onnxio/zoo"
)

// Options say how a study is opened, beside what the study itself says.
type Options struct {
	// SkipBad leaves out bad samples of every domain, whatever the study says.
	SkipBad bool
	// Memory is what the data may take in memory, in bytes; 0 leaves it to
	// package dataset.
	Memory int64
	// Set are settings of model files beside the study's, see onnxio.Specialise.
	Set []string
	// Whole keeps the model's own head: it is trained as it is.
	Whole bool
	// Alone plans one run and nothing else, for a study of one domain and one
	// model.
	Alone bool
	// Domains are data that were read before; nil reads those of the study.
	Domains []*dataset.Domain
	// Samples are the data of domains of format study.InMemory, see
	// dataset.FromMemory for their names.
	Samples map[string]*dataset.Samples
}

// Project is a study with its data and models read and its runs planned.
type Project struct {
	Study *study.Study
	// Domains are in the order of the study.
	Domains []*dataset.Domain
	Plan    *study.Plan
	// Trunks says what was made of models that were changed, in the order of
	// rungs.
	Trunks []TrunkNote

	options  Options
	sizes    []study.DomainSize
	trunks   map[string]*onnxio.Model // by rung
	models   map[string]study.ModelSize
	leaks    *inspection.Report
	programs programs
}

// Open reads all that a study names, its data and models, and plans its runs. A
// study that a program made is validated before. Open works on a copy of the
// study, Project.Study, and adds to its warnings. Errors are those of the packages
// that read: [study.Errors], [dataset.Error], [onnxio] and [finetune]; each names
// key, domain, file or rung.
func Open(ctx context.Context, s *study.Study, o Options) (*Project, error) {
	s = s.Only(nil)
	s.Warnings = slices.Clone(s.Warnings)
	if len(s.Model.Rungs) == 0 { // Validate makes them
		if err := s.Validate(); err != nil {
			return nil, err
		}
	}
	p := &Project{Study: s, Domains: o.Domains, options: o, trunks: map[string]*onnxio.Model{}, models: map[string]study.ModelSize{}}
	if p.Domains == nil {
		for i := range s.Domains {
			s.Domains[i].SkipBad = s.Domains[i].SkipBad || o.SkipBad
		}
		var err error
		if p.Domains, err = dataset.OpenAll(ctx, s, dataset.Memory(o.Memory), dataset.FromMemory(o.Samples)); err != nil {
			return nil, err
		}
	}
	for _, d := range p.Domains {
		p.sizes = append(p.sizes, sizeOf(d))
	}
	for _, r := range s.Model.Rungs {
		err := p.openTrunk(r, p.Domains[0])
		var several *onnxio.OutputError
		if errors.As(err, &several) && !errors.Is(err, finetune.ErrFeatures) {
			err = fmt.Errorf("%w (model.features)", err)
		}
		if err != nil {
			return nil, fmt.Errorf("model of rung %s: %w", r.Name, err)
		}
	}
	var err error
	if o.Alone {
		p.Plan, err = s.Alone(p.sizes[0], p.models[s.Model.Rungs[0].Name])
	} else {
		p.Plan, err = s.Plan(p.sizes, p.models)
	}
	return p, err
}

// Domain returns a domain by its name, nil if the study has none of that name.
func (p *Project) Domain(name string) *dataset.Domain {
	for _, d := range p.Domains {
		if d.Name == name {
			return d
		}
	}
	return nil
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
func (p *Project) openTrunk(r study.Rung, d *dataset.Domain) error {
	var m *onnxio.Model
	var err error
	if r.Path != "" {
		m, err = onnxio.Open(p.Study.Path(r.Path), append(Settings(p.Study.Model), p.options.Set...))
	} else {
		m, err = zoo.Build(p.Study.Model.Trunk, zooConfig(d, r))
	}
	if err != nil {
		return err
	}
	cfg := finetuning(p.Study.Model, r, d)
	if p.options.Whole {
		cfg.Scores = training.Loss(d.Objective.Loss)
	}
	merged, err := lower.Merged(m)
	if err != nil {
		return err
	}
	m, note, err := Finetune(m, cfg)
	if err != nil {
		return err
	}
	if op := finetune.Activation(m); op != "" && r.Path != "" && cfg.Features == "" && !p.options.Whole {
		p.Study.Warnings = append(p.Study.Warnings, fmt.Sprintf("model of rung %s ends in a %s, and heads take its output; model.features: auto leaves out the last linear layer and what follows it", r.Name, op))
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
	size := study.ModelSize{SHA256: hex.EncodeToString(sum[:]), FLOPs: float64(cost.FLOPs), Params: cost.Params, BatchNorm: hasBatchNorm(m), Whole: p.options.Whole}
	freezes := freezer(p.Study.Model) != ""
	if freezes || note != nil || r.Path != "" {
		o, err := outlook(m, p.Study.Model)
		if err != nil {
			return err
		}
		if freezes {
			size.TrainFLOPs = float64(o.FLOPs)
			p.Study.Warnings = append(p.Study.Warnings, doubts(o, freezer(p.Study.Model)+", rung "+r.Name, len(p.Study.Domains))...)
		}
		p.Study.Warnings = append(p.Study.Warnings, stuckAndMerged(o, merged, r.Name)...)
		if note != nil {
			note.Rung, note.Parameters, note.Trained = r.Name, o.Params, o.TrainedParams-o.StuckParams
			p.Trunks = append(p.Trunks, *note)
		}
	}
	p.models[r.Name] = size
	return nil
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
