package project

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/evaluate"
	"github.com/sharewise/sharewise/analysis/inspection"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/textcode"
	"github.com/sharewise/sharewise/analysis/trainer"
	"github.com/sharewise/sharewise/analysis/wording"
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
	// Divided are data that were read before and divided into folds, as
	// [Project.Tested] lists them; nil reads those of the study, or takes Domains.
	Divided [][]*dataset.Domain
	// Samples are the data of domains of format study.InMemory, see
	// dataset.FromMemory for their names.
	Samples map[string]*dataset.Samples
}

// Project is a study with its data and models read and its runs planned.
type Project struct {
	Study *study.Study
	// Domains are in the order of the study; where it has folds, as the first one
	// divides them.
	Domains []*dataset.Domain
	Plan    *study.Plan
	// Trunks says what was made of models that were changed, in the order of
	// rungs.
	Trunks []TrunkNote

	trainer *trainer.Program // nil where sharewise trains
	options Options
	asked   *study.Plan // what the study file plans now, where Plan was read from a folder
	folds   []*fold     // one where the study has no folds
	leaks   *inspection.Report
	exposed []study.Exposure
	learned map[string][]string    // by rung: domains that its model has learned before
	watched map[string]*modelFiles // by rung
}

// fold is what the runs see that are tested on the same samples.
type fold struct {
	domains  []*dataset.Domain
	trunks   map[string]*onnxio.Model // by rung
	models   map[string]study.ModelSize
	programs programs
}

// of is the fold of a planned run.
func (p *Project) of(r study.PlannedRun) *fold { return p.folds[max(0, r.Fold-1)] }

// Tested are the domains once for every fold that a study has, in the order of
// folds: together their test parts hold all samples that are tested.
func (p *Project) Tested() [][]*dataset.Domain {
	var out [][]*dataset.Domain
	for _, f := range p.folds {
		out = append(out, f.domains)
	}
	return out
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
	p := &Project{Study: s, options: o, learned: map[string][]string{}, watched: map[string]*modelFiles{}}
	before := namedFiles(s)
	divided := o.Divided
	if divided == nil && o.Domains != nil {
		divided = [][]*dataset.Domain{o.Domains}
	}
	if divided == nil {
		for i := range s.Domains {
			s.Domains[i].SkipBad = s.Domains[i].SkipBad || o.SkipBad
		}
		var err error
		if divided, err = dataset.OpenFolds(ctx, s, dataset.Memory(o.Memory), dataset.FromMemory(o.Samples)); err != nil {
			return nil, err
		}
	}
	if n := s.Folds(); len(divided) != max(1, n) {
		return nil, fmt.Errorf("the study has %d folds, and domains that were read before have %s; leave out split.folds, or let Open read the data", n, wording.Plural(len(divided), "split"))
	}
	p.Domains = divided[0]
	if err := p.findTrainer(); err != nil {
		return nil, err
	}
	for _, domains := range divided {
		f := &fold{domains: domains, trunks: map[string]*onnxio.Model{}, models: map[string]study.ModelSize{}}
		p.folds = append(p.folds, f)
		for _, r := range s.Model.Rungs {
			if err := p.openTrunk(f, r); err != nil {
				return nil, fmt.Errorf("model of rung %s: %w", r.Name, err)
			}
		}
	}
	sizes, models := p.sizes()
	var err error
	if o.Alone {
		p.Plan, err = s.Alone(sizes[0], models[s.Model.Rungs[0].Name])
	} else {
		p.Plan, err = s.Plan(sizes, models)
	}
	if err == nil && p.trainer != nil {
		p.Plan.Warnings = append(p.Plan.Warnings, p.trainer.Compare(p.Plan.Runs)...)
	}
	if err == nil {
		p.Plan.Files, err = p.planFiles(before)
	}
	if err == nil {
		err = p.refuse(p.Plan.Runs)
	}
	return p, err
}

// sizes are what the plan must know, of all folds together.
func (p *Project) sizes() ([]study.DomainSize, map[string]study.ModelSize) {
	var sizes []study.DomainSize
	for i := range p.Domains {
		var at []study.DomainSize
		for _, f := range p.folds {
			at = append(at, sizeOf(f.domains[i]))
		}
		sizes = append(sizes, study.OverFolds(at))
	}
	models := map[string]study.ModelSize{}
	for name, m := range p.folds[0].models {
		if len(p.folds) > 1 {
			for _, f := range p.folds {
				m.Folds = append(m.Folds, f.models[name].SHA256)
			}
		}
		models[name] = m
	}
	return sizes, models
}

// Domain returns a domain by its name, nil if the study has none of that name.
func (p *Project) Domain(name string) *dataset.Domain { return p.folds[0].domain(name) }

func (f *fold) domain(name string) *dataset.Domain {
	for _, d := range f.domains {
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
	var sources []study.Source
	for _, s := range d.Sources {
		sources = append(sources, study.Source(s))
	}
	return study.DomainSize{
		Sources: sources,
		Name:    d.Name, Task: string(d.Task.Kind), Outputs: d.Task.Outputs(), Names: d.Task.Targets,
		Train: d.Train.Len(), Val: d.Val.Len(), Test: d.Test.Len(),
		Dropped: dropped, SHA256: d.SHA256, Notes: d.Notes,
	}
}

// openTrunk builds or loads the trunk of a rung for the samples of a fold. What
// there is to say of a model is said of the first fold's.
func (p *Project) openTrunk(f *fold, r study.Rung) error {
	if p.trainer != nil {
		return p.ownTrunk(f, r)
	}
	err := p.buildTrunk(f, r)
	var several *onnxio.OutputError
	if errors.As(err, &several) && !errors.Is(err, finetune.ErrFeatures) {
		err = fmt.Errorf("%w (model.features)", err)
	}
	return err
}

func (p *Project) buildTrunk(f *fold, r study.Rung) error {
	d := f.domains[0]
	var m *onnxio.Model
	var err error
	if r.Path != "" {
		if err := p.watchModel(r); err != nil {
			return err
		}
		m, err = onnxio.Open(p.Study.Path(r.Path), append(Settings(p.Study.Model), p.options.Set...))
	} else {
		var c zoo.Config
		if c, err = zooConfig(d, r); err == nil {
			m, err = zoo.Build(p.Study.Model.Trunk, c)
		}
	}
	if err != nil {
		return err
	}
	p.learned[r.Name] = evaluate.History(m)
	cfg := finetuning(p.Study.Model, r, d)
	if p.options.Whole {
		cfg.Scores = training.Loss(d.Objective.Loss)
	}
	merged, err := lower.Merged(m)
	if err != nil {
		return err
	}
	inputs := ""
	if t := d.Text; t != nil && t.Kind != textcode.NGrams && r.Path != "" {
		if m, inputs, err = finetune.Tokens(m, cfg.Features, int64(t.Length), int64(t.Padding)); err != nil {
			return err
		}
		if cfg.Features != finetune.Auto {
			cfg.Features = ""
		}
	}
	m, note, err := Finetune(m, cfg)
	if err != nil {
		return err
	}
	if inputs != "" {
		if note == nil {
			note = &TrunkNote{Features: fmt.Sprintf("%s %v%v", m.Graph.Outputs[0].Name, m.Graph.Outputs[0].Type, m.Graph.Outputs[0].Shape)}
		}
		note.Input = inputs
	}
	first := f == p.folds[0]
	if op := finetune.Activation(m); op != "" && first && r.Path != "" && cfg.Features == "" && !p.options.Whole {
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
	f.trunks[r.Name] = m
	size := study.ModelSize{SHA256: hex.EncodeToString(sum[:]), FLOPs: float64(cost.FLOPs), Params: cost.Params, BatchNorm: hasBatchNorm(m), Whole: p.options.Whole}
	freezes := freezer(p.Study.Model) != ""
	if freezes || note != nil || r.Path != "" {
		o, err := outlook(m, p.Study.Model)
		if err != nil {
			return err
		}
		if freezes {
			size.TrainFLOPs = float64(o.FLOPs)
			if first {
				p.Study.Warnings = append(p.Study.Warnings, doubts(o, freezer(p.Study.Model)+", rung "+r.Name, len(p.Study.Domains))...)
			}
		}
		size.Frozen = o.Trained == 0
		if note := p.Study.IdleWeightings(); size.Frozen && note != "" && !slices.Contains(p.Study.Warnings, note) {
			p.Study.Warnings = append(p.Study.Warnings, note)
		}
		if first {
			p.Study.Warnings = append(p.Study.Warnings, stuckAndMerged(o, merged, r.Name)...)
		}
		if note != nil && first {
			note.Rung, note.Parameters, note.Trained = r.Name, o.Params, o.TrainedParams-o.StuckParams
			p.Trunks = append(p.Trunks, *note)
		}
	}
	f.models[r.Name] = size
	return nil
}

// zooConfig asks for a trunk of a rung's width for the samples of a domain.
func zooConfig(d *dataset.Domain, r study.Rung) (zoo.Config, error) {
	c := zoo.Config{Input: d.Shape, Width: r.Width}
	for _, w := range d.Categories {
		c.Categories = append(c.Categories, zoo.Category{Name: w.Name, Size: len(w.Words) + 1})
	}
	if d.Text == nil {
		return c, nil
	}
	var err error
	c.Vocabulary, err = d.Text.Vocabulary()
	c.Padding = d.Text.Padding
	return c, err
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
