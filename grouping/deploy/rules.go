package deploy

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/study"
)

// allowed fails with ErrForbidden where a rule forbids a recommended pool: one of the
// plan, or one that the study file has now, for the labels that it has now.
func (g *gatherer) allowed() error {
	rules, err := g.plan.Checker()
	if err != nil {
		return err
	}
	for _, domains := range g.groups.Names() {
		if err := rules.Refuse(domains); err != nil {
			return fmt.Errorf("%w: %w; run 'sharewise group %s'", ErrForbidden, err, g.folder)
		}
	}
	if err := g.linked(g.plan.Grouping); err != nil {
		return fmt.Errorf("%w: %w; run 'sharewise group %s'", ErrForbidden, err, g.folder)
	}
	if g.plan.File == "" {
		return nil
	}
	now, err := dataset.ParseStudy(g.plan.File)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil // elsewhere, or gone: the plan's rules hold
	case err != nil:
		return fmt.Errorf("%w: nobody knows what the study forbids now: %w", ErrForbidden, err)
	case now.Name != g.plan.Study:
		return nil
	}
	if err := g.linked(now.Grouping); err != nil {
		return fmt.Errorf("%w by %s as it is now: %w; run 'sharewise run %s -o %s', analyze and group", ErrForbidden, g.plan.File, err, g.file(), g.folder)
	}
	if now.Policy == nil {
		return nil
	}
	if rules, err = now.Checker(); err != nil {
		return err
	}
	for _, domains := range g.groups.Names() {
		if err := rules.Refuse(domains); err != nil {
			return fmt.Errorf("%w by %s as it is now: %w; run 'sharewise group %s' with these rules as its policy", ErrForbidden, g.plan.File, err, g.folder)
		}
	}
	return nil
}

// linked fails where a recommended group is against a study's rules for groups: it
// holds two domains that must be apart, or a part of those that must be together, or
// more than the largest pool has.
func (g *gatherer) linked(rules study.Grouping) error {
	for _, domains := range g.groups.Names() {
		within := func(list []string) (in []string) {
			for _, name := range list {
				if slices.Contains(domains, name) {
					in = append(in, name)
				}
			}
			return in
		}
		for _, apart := range rules.CannotLink {
			if in := within(apart); len(in) > 1 {
				return fmt.Errorf("%s may not share a model by grouping.cannot_link", strings.Join(in, ", "))
			}
		}
		for _, together := range rules.MustLink {
			if in := within(together); len(in) > 0 && len(in) < len(together) {
				return fmt.Errorf("%s must share a model by grouping.must_link", strings.Join(together, ", "))
			}
		}
		if most := rules.LargestPool; most > 0 && len(domains) > most {
			return fmt.Errorf("%s are more than grouping.largest_pool, %d", strings.Join(domains, ", "), most)
		}
	}
	return nil
}
