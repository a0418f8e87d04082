package deploy

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/study"
)

// Refit says that a model was trained once more, for use, on all samples of its
// domains, see package refit: it is none of those that were measured.
type Refit struct {
	// Samples are those that it has learned, and Measured those of the smallest
	// training part of the models that were measured, by domain.
	Samples  map[string]int `json:"samples" jsonschema:"training samples by domain"`
	Measured map[string]int `json:"measured_samples" jsonschema:"training samples by domain of the models that were measured, the fewest of any fold"`
	// Estimates are the scores of the models that were measured.
	Estimates []Estimate `json:"estimates" jsonschema:"what models of this pool that lacked a fold scored on it, over all folds: no sample is left that this model has not seen"`
}

// Estimate is what models of a pool scored on samples that they had not seen.
type Estimate struct {
	Domain string   `json:"domain"`
	Models int      `json:"models" jsonschema:"models that were measured, each on a fold that it was trained without"`
	Loss   *float64 `json:"loss,omitempty" jsonschema:"mean loss of a sample"`
	// Accuracy is of classifications, R2 of regressions.
	Accuracy *float64 `json:"accuracy,omitempty" jsonschema:"share of samples that were classified rightly"`
	R2       *float64 `json:"r2,omitempty" jsonschema:"share of the variance of the targets that was explained"`
}

// refitted is the model of a pool that was trained on all samples.
func (g *gatherer) refitted(domains []string) (*Model, string, error) {
	folder := g.folder.Refit()
	plan, err := folder.ReadPlan()
	if err != nil {
		return nil, "", fmt.Errorf("%w: %w", ErrMissing, err)
	}
	i := slices.IndexFunc(plan.Runs, func(r study.PlannedRun) bool {
		return same(r.Domains, domains) && r.Rung.Name == g.groups.Rung && (len(domains) == 1 || r.Weighting.Name == g.groups.Weighting)
	})
	if i < 0 {
		return nil, "", fmt.Errorf("%w: %s has no run of %s", ErrMissing, folder, strings.Join(domains, ", "))
	}
	r := plan.Runs[i]
	state, done, err := folder.State(r)
	if err == nil && state != layout.StateDone {
		err = fmt.Errorf("%w: run %s of %s is %s", ErrMissing, r.ID, folder, state)
	}
	if err == nil {
		err = folder.Run(r.ID).Verify(done)
	}
	if err != nil {
		return nil, "", err
	}
	path := folder.Run(r.ID).Model()
	info, err := os.Stat(path)
	if err != nil {
		return nil, "", fmt.Errorf("%w: %w", ErrMissing, err)
	}
	out := &Model{
		SHA256: done.Files[filepath.Base(path)], Bytes: info.Size(), Domains: domains,
		Arm: r.Arm, Run: r.ID, Seed: r.Seed, Epoch: done.Epoch, Labels: g.labelsOf(domains), Candidates: []Candidate{},
		Refit: &Refit{Samples: map[string]int{}, Measured: map[string]int{}, Estimates: []Estimate{}},
	}
	for _, domain := range domains {
		out.Refit.Samples[domain] = plan.Domain(domain).Train
		out.Refit.Measured[domain] = g.plan.Domain(domain).Train
		for _, s := range g.results.Scores {
			if s.Domain != domain || s.Arm != r.Arm || s.Rung != g.groups.Rung || len(domains) > 1 && s.Weighting != g.groups.Weighting {
				continue
			}
			e := Estimate{Domain: domain, Models: s.Seeds}
			if s.Loss.Known() {
				e.Loss = &s.Loss.Value
			}
			if s.Accuracy.Known() {
				e.Accuracy = &s.Accuracy.Value
			}
			if s.R2.Known() {
				e.R2 = &s.R2.Value
			}
			out.Refit.Estimates = append(out.Refit.Estimates, e)
			break
		}
	}
	return out, path, nil
}
