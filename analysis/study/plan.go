package study

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/policy"
)

// planVersion is that of plan.json. Plans of the versions since oldestPlan are
// read; runs of version 1 had nothing in common.
const planVersion, oldestPlan = 2, 1

// Plan is every run of a study.
type Plan struct {
	Version  int      `json:"version"` // 2
	Study    string   `json:"study"`
	Title    string   `json:"title"`
	Warnings []string `json:"warnings,omitempty"`
	// ManyPairs is the warning, first of all, that pairs are most of a large
	// plan; empty where they are not.
	ManyPairs string `json:"-"`
	// Analysis and Grouping are the study's, for the steps that come after
	// training and see the output folder only.
	Analysis Analysis `json:"analysis"`
	Grouping Grouping `json:"grouping"`
	// Economics is the study's too; nil where it says nothing of money.
	Economics *Economics `json:"economics,omitempty"`
	// Seeds is the number of runs of every shared model, IndependentSeeds that of
	// every independent one where there are more.
	Seeds            int `json:"seeds"`
	IndependentSeeds int `json:"independent_seeds,omitempty"`
	// Randomness is Paired where runs of one seed have random streams in common,
	// whatever their arm, and Separate where none have.
	Randomness string `json:"randomness"`
	// Trainer is the command that trains in place of sharewise, which then cannot execute
	// the runs' models; empty where sharewise trains.
	Trainer string `json:"trainer,omitempty"`
	// File is the study file, where it was read from one.
	File string `json:"file,omitempty"`
	// FileSHA256 is that of the study file.
	FileSHA256 string `json:"file_sha256,omitempty"`
	// Rungs and Weightings are in the study's order.
	Rungs      []string `json:"rungs"`
	Weightings []string `json:"weightings"`
	// Parameters are those of the trunk of every rung; none in plans of versions that did
	// not count them, or where a size is not known.
	Parameters []int64 `json:"parameters,omitempty"`
	// Epochs and StepsPerEpoch are those of every run.
	Epochs        int          `json:"epochs"`
	StepsPerEpoch int          `json:"steps_per_epoch"`
	Domains       []PlanDomain `json:"domains"`
	// Files are those beside those of the data that runs depend on; none in plans of versions that did not
	// write them down.
	Files []NamedFile `json:"files,omitempty"`
	// Exposures are test samples that training sees, as far as the data were
	// looked at.
	Exposures []Exposure `json:"exposures,omitempty"`
	// Policy is the study's, nil without one, and PolicySHA256 its identity with the
	// labels of the domains.
	Policy       *policy.Policy `json:"policy,omitempty"`
	PolicySHA256 string         `json:"policy_sha256,omitempty"`
	// Refused are the arms that the study asks for and that the policy, cannot_link or
	// largest_pool forbids.
	Refused []RefusedArm `json:"refused,omitempty"`
	// Adaptive is nil where all runs were planned at once.
	Adaptive *Adaptive      `json:"adaptive,omitempty"`
	Runs     []PlannedRun   `json:"runs"`
	Total    Cost           `json:"total"`
	rows     map[string]int // of a minibatch, by domain
}

// PlanDomain is a domain as the plan counts it.
type PlanDomain struct {
	DomainSize
	Rows int `json:"rows"` // of every minibatch
	// Passes is how often an epoch goes through the training data.
	Passes float64 `json:"passes"`
	Value  float64 `json:"value"` // of one unit of gain
	// Measure is the domain's task.measure, empty where the study leaves it
	// open.
	Measure string `json:"measure,omitempty"`
	// ClassWeights says how training weights classes: "balanced", or "given" by
	// numbers; empty where it does not.
	ClassWeights string        `json:"class_weights,omitempty"`
	Labels       policy.Labels `json:"labels,omitempty"`
	// Confidential says that the domain's samples are shown nowhere.
	Confidential bool `json:"confidential,omitempty"`
	// Baseline is the identity of the domain's baseline; empty: none.
	Baseline string `json:"baseline,omitempty"`
}

// DomainSize is what the plan must know of a domain's data.
type DomainSize struct {
	Name    string `json:"name"`
	Task    string `json:"task"`
	Outputs int    `json:"outputs"`
	// Names of the targets or labels, where there are several outputs of these
	// kinds.
	Names   []string `json:"names,omitempty"`
	Train   int      `json:"train"`
	Val     int      `json:"validation"`
	Test    int      `json:"test"`
	Dropped int      `json:"dropped"`
	SHA256  string   `json:"sha256"`
	// Folds are the parts that are tested in turns, by other seeds each; none
	// where all seeds are tested on the same samples. Test is then the number of
	// samples of all parts, Train and Val are the least that a run has, and SHA256
	// covers all parts.
	Folds []FoldSize `json:"folds,omitempty"`
	// Notes are what a reader of the results should know about the data.
	Notes []string `json:"notes,omitempty"`
	// Sources are the files that the data were read from.
	Sources []Source `json:"sources,omitempty"`
}

// Source is a file, or a folder of images, with its SHA-256: of its bytes, or of names
// and bytes of a folder's images.
type Source struct {
	Path   string `json:"path"` // as the study has it
	SHA256 string `json:"sha256"`
}

// RulesFile is what a plan calls the file of a policy.
const RulesFile = "rules"

// NamedFile is a file that runs depend on and that is none of the data.
type NamedFile struct {
	What string `json:"what"` // such as model of rung small, tokenizer
	Source
}

// ModelSize is what the plan must know of a rung's trunk.
type ModelSize struct {
	SHA256 string // of the model's definition
	// Folds are the SHA-256 of the definition by fold, where data have folds: what
	// the training part lacks may be no input there.
	Folds  []string
	FLOPs  float64 // of one sample forwards
	Params int64
	// TrainFLOPs are those of one sample forwards and of the gradients; 0
	// stands for three times FLOPs.
	TrainFLOPs float64
	// BatchNorm says that the model has batch normalisations.
	BatchNorm bool
	// Whole says that the model has no head put on it.
	Whole bool
	// Frozen says that no parameter of the trunk trains.
	Frozen bool
}

// PlannedRun is a run with its work and its estimated cost.
type PlannedRun struct {
	Run
	// Rows are the rows of each of the run's domains in every minibatch.
	Rows  []int `json:"rows"`
	Steps int   `json:"steps"` // of the whole run
	// BatchNorm says which statistics batch normalisations use in training,
	// empty where the trunk has none.
	BatchNorm string `json:"batch_norm,omitempty"`
	// DomainAdapters says that every domain has adapters of its own.
	DomainAdapters bool `json:"domain_adapters,omitempty"`
	Cost
}

// Plan expands the study to runs: per rung and seed, one independent run for
// each domain, and for each weighting one run of every arm. domains are in the
// order of the study; models has an entry for every rung, by name.
func (s *Study) Plan(domains []DomainSize, models map[string]ModelSize) (*Plan, error) {
	if len(s.Domains) < 2 {
		return nil, fmt.Errorf("plan: the study has one domain, %s, and so nothing to compare; give at least two", s.Domains[0].Name)
	}
	return s.plan(domains, models)
}

// Alone plans one run: that of the study's only domain and only rung.
func (s *Study) Alone(domain DomainSize, model ModelSize) (*Plan, error) {
	if len(s.Domains) != 1 || len(s.Model.Rungs) != 1 {
		return nil, fmt.Errorf("plan: %d domains and %d models; a single training takes one of each", len(s.Domains), len(s.Model.Rungs))
	}
	alone := *s
	alone.Seeds, alone.IndependentSeeds, alone.Arms, alone.Baseline = 1, 0, Arms{}, NoBaseline
	return alone.plan([]DomainSize{domain}, map[string]ModelSize{s.Model.Rungs[0].Name: model})
}

func (s *Study) plan(domains []DomainSize, models map[string]ModelSize) (*Plan, error) {
	if err := s.checkSizes(domains, models); err != nil {
		return nil, fmt.Errorf("plan: %w", err)
	}
	if err := s.checkMeasures(domains); err != nil {
		return nil, fmt.Errorf("plan: %w", err)
	}
	train := make([]int, len(domains))
	for i, d := range domains {
		train[i] = d.Train
	}
	a := Allocate(s.Training, train)
	p := &Plan{
		Version: planVersion, Study: s.Name, Title: s.Title, File: s.File, FileSHA256: s.FileSHA256,
		Analysis: s.Analysis, Grouping: s.Grouping, Economics: s.Economics, Seeds: s.Seeds, IndependentSeeds: s.IndependentSeeds, Randomness: s.Randomness,
		Epochs: s.Training.Epochs, StepsPerEpoch: a.Steps, rows: map[string]int{},
	}
	if s.Trainer != nil {
		p.Trainer = strings.Join(s.Trainer.Command, " ")
		if s.Trainer.Import != "" {
			p.Trainer = "import " + s.Trainer.Import
		}
	}
	for _, r := range s.Model.Rungs {
		p.Rungs = append(p.Rungs, r.Name)
		p.Parameters = append(p.Parameters, models[r.Name].Params)
	}
	if slices.Contains(p.Parameters, 0) {
		p.Parameters = nil
	}
	for _, w := range s.Weightings {
		p.Weightings = append(p.Weightings, w.Name)
	}
	p.Warnings = append(append(p.Warnings, s.Warnings...), s.partedMeasures()...)
	if s.Model.BatchNorm != "" && !slices.ContainsFunc(s.Model.Rungs, func(r Rung) bool { return models[r.Name].BatchNorm }) {
		p.Warnings = append(p.Warnings, "model.batch_norm is set, and no model has batch normalisation")
	}
	for i, d := range domains {
		p.Domains = append(p.Domains, PlanDomain{DomainSize: d, Rows: a.Rows[i], Passes: a.Passes[i], Value: s.Domains[i].Value, Measure: s.Domains[i].Task.Measure, ClassWeights: s.Domains[i].Task.ClassWeights.kind(), Baseline: s.baseline(d), Labels: s.Domains[i].Labels, Confidential: s.Confidential(d.Name)})
		p.rows[d.Name] = a.Rows[i]
	}
	p.Warnings = append(p.Warnings, doubts(p.Domains)...)
	arms, refused, err := s.arms()
	if err != nil {
		return nil, fmt.Errorf("plan: %w", err)
	}
	if p.Refused = refused; s.Policy != nil {
		p.Policy, p.PolicySHA256 = s.rules(), policy.Hash(s.rules(), s.PolicyDomains())
	}
	if len(arms) == 0 && len(refused) > 0 {
		return nil, fmt.Errorf("plan: %w: every arm that the study asks for, %s and so on; nothing is left to compare", policy.ErrForbidden, refused[0].Words())
	}
	for _, r := range s.runs(arms) {
		if n := s.Folds(); n > 0 {
			r.Fold = foldOf(r.Seed, n) + 1
		}
		planned := PlannedRun{Run: r, Steps: a.Steps * s.Training.Epochs}
		for _, d := range r.Domains {
			planned.Rows = append(planned.Rows, p.rows[d])
		}
		model := models[r.Rung.Name]
		planned.BatchNorm = s.batchNorm(model, len(r.Domains))
		planned.DomainAdapters = s.adapted(len(r.Domains))
		planned.Hash = s.identity(planned, p, model).hash()
		planned.ID = planned.slug() + "_" + planned.Hash[:10]
		planned.Cost = s.cost(planned, p, model)
		p.Total.add(planned.Cost)
		p.Runs = append(p.Runs, planned)
	}
	if note := s.gradientWork(p, models); note != "" {
		p.Warnings = append(p.Warnings, note)
	}
	if note := s.screening(domains); note != "" {
		p.Warnings = append(p.Warnings, note)
	}
	if p.ManyPairs = s.manyPairs(p); p.ManyPairs != "" {
		p.Warnings = append([]string{p.ManyPairs}, p.Warnings...)
	}
	return p, nil
}

// manyPairs says what pairs cost where they are most of a large plan.
func (s *Study) manyPairs(p *Plan) string {
	const many = 500 // runs
	if !s.Pairs() || s.pairRuns() <= many || len(s.Domains) < 3 {
		return ""
	}
	pairs := 0
	var cost Cost
	for _, r := range p.Runs {
		if len(r.Domains) == 2 {
			pairs++
			cost.add(r.Cost)
		}
	}
	share := math.Round(100 * cost.FLOPs / p.Total.FLOPs)
	return fmt.Sprintf("the pairs of %d domains are %d of the %d runs and %.0f %% of the work; with arms.pairs: false %d runs and %.0f %% of the work are left, and groups can be chosen from sets that you think alike, listed under arms.pools",
		len(s.Domains), pairs, len(p.Runs), share, len(p.Runs)-pairs, 100-share)
}

func (s *Study) checkSizes(domains []DomainSize, models map[string]ModelSize) error {
	if len(domains) != len(s.Domains) {
		return fmt.Errorf("sizes of %d domains given, the study has %d", len(domains), len(s.Domains))
	}
	var errs []error
	for i, d := range domains {
		switch {
		case d.Name != s.Domains[i].Name:
			errs = append(errs, fmt.Errorf("domain %d is %s, the study has %s", i+1, d.Name, s.Domains[i].Name))
		case d.Train < 1 || d.Test < 1:
			errs = append(errs, fmt.Errorf("domain %s has %d training and %d test samples; both are needed", d.Name, d.Train, d.Test))
		case s.Training.Select == "best" && d.Val < 1:
			errs = append(errs, fmt.Errorf("domain %s has no validation samples, which training.select best needs", d.Name))
		}
	}
	for _, r := range s.Model.Rungs {
		if _, ok := models[r.Name]; !ok {
			errs = append(errs, fmt.Errorf("no model for rung %s", r.Name))
		}
	}
	return errors.Join(errs...)
}

// doubts are what is allowed about the domains and probably not meant. What
// holds for many of them is told once.
func doubts(domains []PlanDomain) []string {
	const few, many = 30, 4 // test samples, domains
	var out []string
	var odd, small []PlanDomain
	for _, d := range domains {
		if d.Passes < 0.2 || d.Passes > 5 {
			odd = append(odd, d)
		}
		if d.Test < few {
			small = append(small, d)
		}
	}
	if len(odd) >= many {
		byPasses := func(a, b PlanDomain) int { return cmp.Compare(a.Passes, b.Passes) }
		least, most := slices.MinFunc(odd, byPasses), slices.MaxFunc(odd, byPasses)
		out = append(out, fmt.Sprintf("an epoch goes between %.2g (%s) and %.2g times (%s) through the training data of %d domains; training.sampling changes that", least.Passes, least.Name, most.Passes, most.Name, len(odd)))
		odd = nil
	}
	for _, d := range odd {
		out = append(out, fmt.Sprintf("an epoch goes %.2g times through the training data of %s; training.sampling changes that", d.Passes, d.Name))
	}
	if len(small) >= many {
		least := slices.MinFunc(small, func(a, b PlanDomain) int { return a.Test - b.Test })
		return append(out, fmt.Sprintf("%d domains have fewer than %d test samples, %s the fewest, %d; intervals will be wide", len(small), few, least.Name, least.Test))
	}
	for _, d := range small {
		out = append(out, fmt.Sprintf("domain %s has %d test samples; intervals will be wide", d.Name, d.Test))
	}
	return out
}

// runs lists the study's runs without identity: first the independent ones,
// then arm by arm.
func (s *Study) runs(arms []arm) []Run {
	var out []Run
	for _, rung := range s.Model.Rungs {
		for i := range s.Domains {
			for seed := 1; seed <= max(s.Seeds, s.IndependentSeeds); seed++ {
				out = append(out, Run{Arm: Independent, Domains: []string{s.Domains[i].Name}, Rung: rung, Seed: seed, StudySeed: s.Seed, Randomness: s.Randomness})
			}
		}
	}
	for _, arm := range arms {
		for _, rung := range s.Model.Rungs {
			for _, w := range s.Weightings {
				for seed := 1; seed <= s.Seeds; seed++ {
					out = append(out, Run{Arm: arm.name, Domains: arm.domains, Rung: rung, Weighting: w.restrict(arm.domains), Seed: seed, StudySeed: s.Seed, Randomness: s.Randomness})
				}
			}
		}
	}
	return out
}

// restrict leaves a weighting the weights and targets of some domains.
func (w Weighting) restrict(domains []string) Weighting {
	of := func(all map[string]float64) map[string]float64 {
		if all == nil {
			return nil
		}
		out := map[string]float64{}
		for _, d := range domains {
			out[d] = all[d]
		}
		return out
	}
	w.Weights, w.Targets = of(w.Weights), of(w.Targets)
	return w
}
