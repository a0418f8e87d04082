package study

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/versioned"
)

// Domain returns a domain of the plan by its name, nil if there is none.
func (p *Plan) Domain(name string) *PlanDomain {
	for i := range p.Domains {
		if p.Domains[i].Name == name {
			return &p.Domains[i]
		}
	}
	return nil
}

func (p *Plan) domain(name string) PlanDomain {
	i := slices.IndexFunc(p.Domains, func(d PlanDomain) bool { return d.Name == name })
	return p.Domains[i]
}

// Arms lists the names of the plan's arms in their order.
func (p *Plan) Arms() []string {
	var out []string
	seen := map[string]bool{}
	for _, r := range p.Runs {
		if !seen[r.Arm] {
			seen[r.Arm] = true
			out = append(out, r.Arm)
		}
	}
	return out
}

// Run returns the run with an ID, or an unambiguous beginning of it.
func (p *Plan) Run(id string) (*PlannedRun, error) {
	var found *PlannedRun
	for i := range p.Runs {
		switch r := &p.Runs[i]; {
		case r.ID == id:
			return r, nil
		case strings.HasPrefix(r.ID, id) && found != nil:
			return nil, fmt.Errorf("plan: %q is the beginning of several runs, such as %s and %s", id, found.ID, r.ID)
		case strings.HasPrefix(r.ID, id):
			found = r
		}
	}
	if found == nil {
		return nil, fmt.Errorf("plan: no run is called %q", id)
	}
	return found, nil
}

// ReadPlan decodes plan.json.
func ReadPlan(data []byte) (*Plan, error) {
	var p Plan
	if err := versioned.DecodeSince(data, oldestPlan, planVersion, &p); err != nil {
		return nil, fmt.Errorf("plan: %w", err)
	}
	if p.Version == 1 {
		p.Randomness = Separate
	}
	p.rows = map[string]int{}
	for _, d := range p.Domains {
		if !plainName.MatchString(d.Name) {
			return nil, fmt.Errorf("plan: %q is no name of a domain; the file is damaged", d.Name)
		}
		p.rows[d.Name] = d.Rows
	}
	for _, r := range p.Runs {
		if !plainName.MatchString(r.ID) {
			return nil, fmt.Errorf("plan: %q is no name of a run; the file is damaged", r.ID)
		}
		if strings.ContainsAny(r.Hash, "/\\\n\r\x00") || r.Hash == "." || r.Hash == ".." {
			return nil, fmt.Errorf("plan: run %s: %q is no hash; the file is damaged", r.ID, r.Hash)
		}
	}
	return &p, nil
}

// SourcePath is where a file of data is: its path, or that from the folder of the study
// file where it is relative.
func (p *Plan) SourcePath(s Source) string {
	if IsURL(s.Path) {
		if file, err := fetch(s.Path); err == nil {
			return file
		}
	}
	if filepath.IsAbs(s.Path) || p.File == "" || IsURL(s.Path) {
		return s.Path
	}
	return filepath.Join(filepath.Dir(p.File), filepath.FromSlash(s.Path))
}
