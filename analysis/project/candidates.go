package project

import (
	"context"
	"slices"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/study"
)

// Candidates plans every arm of the study with this many seeds, and pools beside
// those of the study. It leaves the project's own plan alone. Runs that both plans
// have are the same, to their IDs.
func (p *Project) Candidates(seeds int, pools [][]string) (*study.Plan, error) {
	s := p.Study.Only(nil)
	s.Seeds, s.IndependentSeeds = seeds, 0
	s.Arms.Pools = append(slices.Clone(s.Arms.Pools), pools...)
	sizes, models := p.sizes()
	return s.Plan(sizes, models)
}

// Again opens another study of the same domains, whose data are not read again.
func (p *Project) Again(ctx context.Context, s *study.Study) (*Project, error) {
	return p.On(ctx, s, p.Tested())
}

// On opens another study on data that were read before, once for each of its folds, as by
// dataset.Domain.LeaveOut from those of [Project.Tested]; nil reads those that the study
// names.
func (p *Project) On(ctx context.Context, s *study.Study, divided [][]*dataset.Domain) (*Project, error) {
	o := p.options
	o.Domains, o.Divided = nil, divided
	return Open(ctx, s, o)
}
