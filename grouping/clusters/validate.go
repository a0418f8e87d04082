package clusters

import (
	"fmt"

	"github.com/sharewise/sharewise/analysis/versioned"
)

// Validate returns an error where parts of the views do not belong together: a matrix of
// another size than there are domains, groups that do not have every domain once.
func (v *Views) Validate() error {
	if err := versioned.Partition("domains", v.Domains, [][]string{v.Domains}); err != nil {
		return err
	}
	if err := versioned.Partition("order", v.Domains, [][]string{v.Order}); err != nil {
		return err
	}
	if err := versioned.Length("matrix", len(v.Matrix), len(v.Domains)); err != nil {
		return err
	}
	for i, row := range v.Matrix {
		if err := versioned.Length(fmt.Sprintf("matrix[%d]", i), len(row), len(v.Domains)); err != nil {
			return err
		}
	}
	if err := versioned.Counts("missing", v.Missing); err != nil {
		return err
	}
	for i := range v.Views {
		if err := v.Views[i].validate(fmt.Sprintf("views[%d]", i), v.Domains); err != nil {
			return err
		}
	}
	return nil
}

// validate is that of one view of the domains.
func (v *View) validate(where string, domains []string) error {
	if err := versioned.Partition(where+".groups", domains, v.Groups); err != nil {
		return err
	}
	if err := versioned.Length(where+".within", len(v.Within), len(v.Groups)); err != nil {
		return err
	}
	if len(v.Together) > 0 {
		if err := versioned.Length(where+".together", len(v.Together), len(v.Groups)); err != nil {
			return err
		}
	}
	if err := versioned.Counts(where, v.K, v.References, v.GapK, v.Draws, v.EigengapK); err != nil {
		return err
	}
	return versioned.Shares(where, v.P)
}
