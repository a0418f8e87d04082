package project

import (
	"fmt"
	"slices"

	"github.com/sharewise/sharewise/analysis/study"
)

// refuse fails with policy.ErrForbidden where the study's rules forbid a run: its
// domains, together with those whose data are in the weights that it starts with.
// A training of one domain alone is for its caller to judge, who knows the others.
func (p *Project) refuse(runs []study.PlannedRun) error {
	rules, err := p.Study.Checker()
	if err != nil {
		return err
	}
	for _, r := range runs {
		domains := slices.Clone(r.Domains)
		if !p.options.Alone {
			for _, name := range p.learned[r.Rung.Name] {
				if !slices.Contains(domains, name) {
					domains = append(domains, name)
				}
			}
		}
		if err := rules.Refuse(domains); err != nil {
			if len(domains) > len(r.Domains) {
				err = fmt.Errorf("%w (the model of rung %s has learned %s before)", err, r.Rung.Name, study.PoolName(p.learned[r.Rung.Name]))
			}
			return fmt.Errorf("run %s: %w", r.ID, err)
		}
	}
	return nil
}

// Learned lists the domains whose data are in the weights that some run starts with.
func (p *Project) Learned() []string {
	var out []string
	for _, r := range p.Study.Model.Rungs {
		out = append(out, p.learned[r.Name]...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}
