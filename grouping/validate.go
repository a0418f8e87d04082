package grouping

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/sharewise/sharewise/analysis/versioned"
)

// Validate returns an error where parts of a recommendation do not belong together: groups
// that do not have every domain once, figures of unknown domains, chances beyond 1.
func (r *Recommendation) Validate() error {
	names := make([]string, len(r.Domains))
	for i, d := range r.Domains {
		names[i] = d.Name
	}
	for _, check := range []func([]string) error{r.validateGroups, r.validateFrontier, r.validateRest} {
		if err := check(names); err != nil {
			return err
		}
	}
	return nil
}

// validateGroups looks at the partitions, the recommended one and others.
func (r *Recommendation) validateGroups(names []string) error {
	if err := versioned.Partition("groups", names, r.Names()); err != nil {
		return err
	}
	for i, a := range r.Alternatives {
		if err := versioned.Partition(fmt.Sprintf("alternatives[%d]", i), names, a.Groups); err != nil {
			return err
		}
	}
	if s := r.Stability; s != nil {
		for i, p := range s.Partitions {
			if err := versioned.Partition(fmt.Sprintf("stability.partitions[%d]", i), names, p.Groups); err != nil {
				return err
			}
		}
	}
	if r.Tree == nil {
		return nil
	}
	leaves, err := r.Tree.leaves(nil)
	if err != nil {
		return err
	}
	return versioned.Partition("tree", names, [][]string{leaves})
}

// leaves adds the domains of a tree.
func (t *Tree) leaves(to []string) ([]string, error) {
	if t == nil || len(t.Children) != 0 && len(t.Children) != 2 {
		return nil, errors.New("tree: a node has neither none nor two children")
	}
	if len(t.Children) == 0 {
		return append(to, t.Domain), nil
	}
	to, err := t.Children[0].leaves(to)
	if err != nil {
		return nil, err
	}
	return t.Children[1].leaves(to)
}

// validateFrontier looks at what fewer models would bring: points each part all domains
// into as many groups as they say, and into more than the point before.
func (r *Recommendation) validateFrontier(names []string) error {
	before := 0
	for i, f := range r.Frontier {
		where := fmt.Sprintf("frontier[%d]", i)
		if f.Models != len(f.Groups) || f.Models <= before {
			return fmt.Errorf("%s: %d models are said, with %d groups, after %d models", where, f.Models, len(f.Groups), before)
		}
		before = f.Models
		if err := versioned.Partition(where, names, f.Groups); err != nil {
			return err
		}
	}
	return nil
}

// validateRest looks at what is said of single domains and pools.
func (r *Recommendation) validateRest(names []string) error {
	if err := versioned.Shares("level", r.Level); err != nil {
		return err
	}
	among := func(where string, i int, of ...string) error {
		return versioned.Among(fmt.Sprintf("%s[%d]", where, i), names, of...)
	}
	for i, p := range r.Pairs {
		if err := among("pairs", i, p.A.Domain, p.B.Domain); err != nil {
			return err
		}
	}
	for i, pool := range r.Lasting {
		if err := among("lasting", i, pool...); err != nil {
			return err
		}
	}
	for i, c := range r.Confirm {
		if err := among("confirm", i, c.Pool...); err != nil {
			return err
		}
	}
	if c := r.Capacity; c != nil {
		if len(c.Domains) == 0 {
			return errors.New("capacity: an answer about no domain")
		}
		for i, d := range c.Domains {
			if err := among("capacity.domains", i, d.Domain); err != nil {
				return err
			}
		}
	}
	if s := r.Stability; s != nil {
		for i, p := range s.Together {
			if err := cmp.Or(among("stability.together", i, p.A, p.B), versioned.Shares("stability.together", p.Share)); err != nil {
				return err
			}
		}
		return versioned.Shares("stability", s.Share)
	}
	return nil
}
