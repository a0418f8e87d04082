package main

import (
	"context"
	"fmt"
	"os"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/study"
)

// openPlanned reads the data that a plan's runs were trained on, from the study
// file that it names. It refuses a study that has come to read other data, or
// to divide them otherwise, since then: models would be shown or tested on
// samples that they were trained on.
//
// Bad samples are left out, as --skip-bad does: what was left out when the runs
// were planned is in the hashes, and where none was, none may be now.
func openPlanned(ctx context.Context, plan *study.Plan, memory byteSize) (*study.Study, []*dataset.Domain, error) {
	if plan.File == "" {
		return nil, nil, fmt.Errorf("the plan names no study file")
	}
	if _, err := os.Stat(plan.File); err != nil {
		return nil, nil, err
	}
	s, err := study.Parse(plan.File)
	if err != nil {
		return nil, nil, err
	}
	for i := range s.Domains {
		s.Domains[i].SkipBad = true
	}
	domains, err := dataset.OpenAll(ctx, s, dataset.Memory(int64(memory)))
	if err != nil {
		return nil, nil, err
	}
	for _, d := range domains {
		switch planned := planDomain(plan, d.Name); {
		case planned == nil:
			return nil, nil, fmt.Errorf("%s: domain %s was not there when the runs were planned; run 'sharewise run' again", plan.File, d.Name)
		case planned.SHA256 != d.SHA256:
			return nil, nil, fmt.Errorf("%s: the data of domain %s, or how they are divided and prepared, have changed since the runs; undo that, or run 'sharewise run' again", plan.File, d.Name)
		}
	}
	for _, d := range plan.Domains {
		if s.Domain(d.Name) == nil {
			return nil, nil, fmt.Errorf("%s: domain %s is gone since the runs were planned; run 'sharewise run' again", plan.File, d.Name)
		}
	}
	return s, domains, nil
}

func planDomain(plan *study.Plan, name string) *study.PlanDomain {
	for i := range plan.Domains {
		if plan.Domains[i].Name == name {
			return &plan.Domains[i]
		}
	}
	return nil
}
