package grouping

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/sharewise/sharewise/analysis/atomicfile"
	"github.com/sharewise/sharewise/analysis/filelimit"
	"github.com/sharewise/sharewise/analysis/versioned"
)

// FileName is the name of the recommendation in a study's output folder.
const FileName = "groups.json"

const fileVersion = 3

// Marshal returns the recommendation as indented JSON.
func (r *Recommendation) Marshal() ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(r); err != nil {
		return nil, fmt.Errorf("grouping: %w", err)
	}
	return buf.Bytes(), nil
}

// WriteFile stores the recommendation, by way of a temporary file in the same
// folder.
func (r *Recommendation) WriteFile(path string) error {
	data, err := r.Marshal()
	if err != nil {
		return err
	}
	return atomicfile.WriteBytes(path, data)
}

// ReadFile reads a recommendation. It fails with versioned.ErrVersion for a
// version that this package does not know: the groups are then to be chosen
// again, from the results, by [RecommendFolder].
func ReadFile(path string) (*Recommendation, error) {
	var r Recommendation
	if err := versioned.Read(path, fileVersion, &r); err != nil {
		if errors.Is(err, versioned.ErrVersion) {
			return nil, fmt.Errorf("grouping: %w: choose the groups again from the results, as sharewise group does", err)
		}
		return nil, fmt.Errorf("grouping: %w", err)
	}
	if err := r.checkFrontier(); err != nil {
		return nil, filelimit.Damaged(fmt.Errorf("grouping: read %s: %w", path, err))
	}
	return &r, nil
}

// checkFrontier returns an error where points of the frontier are none: each parts all
// domains into as many groups as it says, and more than the point before.
func (r *Recommendation) checkFrontier() error {
	before := 0
	for i, f := range r.Frontier {
		if f.Models != len(f.Groups) || f.Models <= before {
			return fmt.Errorf("frontier[%d]: %d models are said, with %d groups, after %d models; the file is damaged", i, f.Models, len(f.Groups), before)
		}
		before = f.Models
		parted := map[string]bool{}
		for _, group := range f.Groups {
			for _, name := range group {
				if parted[name] || !slices.ContainsFunc(r.Domains, func(d DomainValue) bool { return d.Name == name }) {
					return fmt.Errorf("frontier[%d]: domain %q is no domain of the study, or in two groups; the file is damaged", i, name)
				}
				parted[name] = true
			}
		}
		if len(parted) != len(r.Domains) {
			return fmt.Errorf("frontier[%d]: its groups have %d of %d domains; the file is damaged", i, len(parted), len(r.Domains))
		}
	}
	return nil
}
