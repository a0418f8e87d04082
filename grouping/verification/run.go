package verification

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/train"
	"github.com/sharewise/sharewise/grouping"
	"github.com/sharewise/sharewise/onnxio/exec"
)

// Options say how a recommendation is verified.
type Options struct {
	// Seeds is the number of fresh seeds of every model; 0 stands for 3, or for one a
	// fold where the study has folds, so that all samples are tested.
	Seeds int
	// Test is what models are tested on; nil: the study's test samples.
	Test *Test
	// Planned, which may be nil, is told before training what is to be trained.
	Planned func([]study.PlannedRun)
	// Jobs and Observe are as for project.TrainOptions.
	Jobs    int
	Observe func(train.Event)
}

// Run verifies the recommendation of a folder, by the study that it was made from,
// and adds the record to the folder's history. It fails with train.ErrInterrupted
// when ctx ends; called again, it goes on.
func Run(ctx context.Context, p *project.Project, b exec.Backend, folder layout.Folder, o Options) (*Record, error) {
	basis, err := folder.Origin(folder.Groups(), folder.Plan())
	if err != nil {
		return nil, err
	}
	groups, err := grouping.ReadFile(folder.Groups())
	if err != nil {
		return nil, err
	}
	plan, err := folder.ReadPlan()
	if err != nil {
		return nil, err
	}
	if err := basis.Confirm(); err != nil {
		return nil, err
	}
	v := &verifier{project: p, backend: b, folder: folder.Verification(), o: o, groups: groups, record: Record{
		Rung: groups.Rung, Weighting: groups.Weighting, Level: groups.Level, Groups: []Group{}, Warnings: []string{},
		Test: "the test samples that the choice rests on",
	}}
	if o.Test != nil {
		v.record.Test, v.record.Fresh = o.Test.Name, true
		v.record.Warnings = append(v.record.Warnings, o.Test.Warnings...)
	}
	if groups.Promised == nil {
		return nil, fmt.Errorf("verification: the recommendation has no promise; choose groups again")
	}
	if err := v.plan(plan); err != nil {
		return nil, err
	}
	if err := v.train(ctx); err != nil {
		return nil, err
	}
	if err := v.judge(ctx); err != nil {
		return nil, err
	}
	h, err := ReadHistory(folder)
	if err != nil {
		return nil, err
	}
	h.Study = groups.Study
	h.add(v.record)
	// A history is made of many recommendations, and none makes it out of date.
	origin, err := folder.Origin()
	if err != nil {
		return nil, err
	}
	return &v.record, origin.Write(nil, folder.Promises(), h)
}

type verifier struct {
	project *project.Project
	backend exec.Backend
	folder  layout.Folder
	o       Options
	groups  *grouping.Recommendation
	runs    *study.Plan
	record  Record
}

// plan chooses the runs: fresh seeds of the recommended pools and of their domains
// alone.
func (v *verifier) plan(of *study.Plan) error {
	var pools [][]string
	var domains []string
	for _, names := range v.groups.Names() {
		if len(names) > 1 {
			pools = append(pools, names)
			domains = append(domains, names...)
		}
	}
	if len(pools) == 0 {
		return fmt.Errorf("verification: %w: the recommendation keeps every domain apart", ErrNothing)
	}
	used, fresh, folds := 0, v.o.Seeds, v.project.Study.Folds()
	if fresh == 0 {
		fresh = max(3, folds)
	}
	if fresh < folds && v.o.Test == nil {
		v.record.Warnings = append(v.record.Warnings, fmt.Sprintf("%d fresh seeds test %d of %d folds, a part of the samples that the choice rests on; %d test all.", fresh, fresh, folds, folds))
	}
	for _, r := range of.Runs {
		used = max(used, r.Seed)
	}
	all, err := v.project.Candidates(used+fresh, pools)
	if err != nil {
		return err
	}
	var ids []string
	for _, r := range all.Runs {
		wanted := slices.ContainsFunc(pools, func(pool []string) bool { return slices.Equal(pool, r.Domains) }) && r.Weighting.Name == v.groups.Weighting ||
			len(r.Domains) == 1 && slices.Contains(domains, r.Domains[0])
		if wanted && r.Rung.Name == v.groups.Rung && r.Seed > used {
			ids = append(ids, r.ID)
		}
	}
	if len(ids) != fresh*(len(pools)+len(domains)) {
		return fmt.Errorf("verification: %w: its size %s, weighting %s or pools are not those of the recommendation; train and group it again", ErrChanged, v.groups.Rung, v.groups.Weighting)
	}
	if err := project.Same(of, all, domains); err != nil {
		return fmt.Errorf("verification: %w", err)
	}
	v.runs = all.Choose(ids)
	v.runs.Domains = slices.Clone(v.runs.Domains)
	for i := range v.runs.Domains {
		v.runs.Domains[i].Baseline = "" // nothing is held against linear models here
	}
	for seed := used + 1; seed <= used+fresh; seed++ {
		v.record.Seeds = append(v.record.Seeds, seed)
	}
	return nil
}

func (v *verifier) train(ctx context.Context) error {
	if v.o.Planned != nil {
		v.o.Planned(v.runs.Runs)
	}
	before := v.project.Plan
	v.project.Plan = v.runs
	defer func() { v.project.Plan = before }()
	_, err := v.project.Train(ctx, v.backend, v.folder, project.TrainOptions{Jobs: v.o.Jobs, Observe: v.o.Observe})
	return err
}

// judge measures gains of the fresh runs and compares.
func (v *verifier) judge(ctx context.Context) error {
	s, err := analysis.OpenFolder(v.folder)
	if err != nil {
		return err
	}
	s.GainsOnly, s.Baselines, s.Curves = true, nil, nil
	sum := ""
	if v.o.Test != nil {
		if sum, err = v.o.Test.use(ctx, v.backend, v.folder, v.runs, &s); err != nil {
			return err
		}
	}
	results, err := analysis.Analyze(s)
	if err != nil {
		return err
	}
	if n := results.Runs.Diverged; n > 0 {
		v.record.Warnings = append(v.record.Warnings, fmt.Sprintf("%d fresh runs diverged and are left out.", n))
	}
	problem, _, warnings, err := grouping.FromResults(results, grouping.Selection{Rung: v.groups.Rung, Weighting: v.groups.Weighting})
	if err != nil {
		return fmt.Errorf("verification: %w", err)
	}
	v.record.Warnings = append(v.record.Warnings, warnings...)
	problem.Value = make([]float64, len(problem.Domains))
	for _, d := range v.groups.Domains {
		if i := slices.Index(problem.Domains, d.Name); i >= 0 {
			problem.Value[i] = d.Value
		}
	}
	delivered, err := grouping.Delivered(problem, v.groups.Names())
	if err != nil {
		return fmt.Errorf("verification: %w", err)
	}
	if err := limited(delivered); err != nil {
		return err
	}
	v.compare(results, delivered)
	return v.identify(sum)
}

// limited makes sure that what was delivered has limits, without which it can be held
// against nothing.
func limited(delivered *grouping.Promise) error {
	for _, g := range delivered.Groups {
		for _, m := range g.Members {
			if len(g.Members) > 1 && (math.IsNaN(m.Gain.Gain) || math.IsNaN(m.Gain.Lo) || math.IsNaN(m.Gain.Hi)) {
				return fmt.Errorf("verification: %w: %s, whose own models may have made no error on what they were tested on; give more fresh seeds, or other test data", ErrNoLimits, m.Domain)
			}
		}
	}
	return nil
}

func (v *verifier) compare(results *analysis.Results, delivered *grouping.Promise) {
	tolerance := grouping.DefaultTolerance
	if s := v.groups.Stability; s != nil && s.Decision != nil {
		tolerance = s.Decision.Tolerance
	}
	value, all := map[string]float64{}, 0.0
	for _, d := range v.groups.Domains {
		value[d.Name] = d.Value
		all += d.Value
	}
	for k, promised := range v.groups.Promised.Groups {
		if len(promised.Members) < 2 {
			continue
		}
		g, values := Group{}, 0.0
		for i, m := range promised.Members {
			member := Member{Domain: m.Domain, Comparison: compare(m.Gain, delivered.Groups[k].Members[i].Gain, tolerance)}
			values += value[m.Domain]
			for gain := range results.PoolGains(v.groups.Rung, v.groups.Weighting) {
				if gain.Domain == m.Domain {
					member.Samples = gain.Samples
				}
			}
			g.Members = append(g.Members, member)
		}
		g.Total = compare(promised.Total, delivered.Groups[k].Total, tolerance*values)
		v.record.Groups = append(v.record.Groups, g)
	}
	v.record.Total = compare(v.groups.Promised.Total, delivered.Total, tolerance*all)
	v.record.Verdict = v.record.Total.Verdict
}

// identify gives the record its ID.
func (v *verifier) identify(data string) error {
	what, err := json.Marshal([]any{v.groups.Names(), v.groups.Promised, v.record.Rung, v.record.Weighting, v.record.Seeds, v.record.Test, data})
	if err != nil {
		return fmt.Errorf("verification: %w", err)
	}
	sum := sha256.Sum256(what)
	v.record.ID = hex.EncodeToString(sum[:])[:12]
	return nil
}
