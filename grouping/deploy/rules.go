package deploy

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/sharewise/sharewise/analysis/dataset"
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
	if g.plan.File == "" {
		return nil
	}
	now, err := dataset.ParseStudy(g.plan.File)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil // elsewhere, or gone: the plan's rules hold
	case err != nil:
		return fmt.Errorf("%w: nobody knows what the study forbids now: %w", ErrForbidden, err)
	case now.Name != g.plan.Study || now.Policy == nil:
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
