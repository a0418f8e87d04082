package study

import (
	"cmp"
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
		p.rows[d.Name] = d.Rows
	}
	return &p, nil
}

// Validate returns an error where a plan has what no study has: names that lead out of the
// folder, runs of unknown domains or twice the same, settings out of their bounds.
func (p *Plan) Validate() error {
	names := make([]string, len(p.Domains))
	for i, d := range p.Domains {
		if !plainName.MatchString(d.Name) {
			return fmt.Errorf("%q is no name of a domain", d.Name)
		}
		names[i] = d.Name
	}
	for _, rung := range p.Rungs {
		if !isEntry(rung) {
			return fmt.Errorf("%q is no name of a rung", rung)
		}
	}
	err := cmp.Or(versioned.Names("domains", names), versioned.Names("rungs", p.Rungs), versioned.Names("weightings", p.Weightings),
		versioned.Counts("seeds", p.Seeds, p.IndependentSeeds, p.Epochs, p.StepsPerEpoch), p.Analysis.validate())
	if err != nil {
		return err
	}
	if p.StepsPerEpoch > mostSteps/max(1, p.Epochs) {
		return fmt.Errorf("%d epochs of %d steps; there are at most %d steps", p.Epochs, p.StepsPerEpoch, mostSteps)
	}
	ids := make([]string, len(p.Runs))
	for i := range p.Runs {
		if err := p.Runs[i].validate(names); err != nil {
			return err
		}
		ids[i] = p.Runs[i].ID
	}
	return versioned.Names("runs", ids)
}

// isEntry reports whether a name, or none, can lead to nothing but an entry of a folder.
func isEntry(name string) bool {
	return name != "." && name != ".." && !strings.ContainsAny(name, "/\\\n\r\x00")
}

// validate looks at a planned run of some of the domains.
func (r *PlannedRun) validate(domains []string) error {
	if err := r.Run.validate(domains); err != nil {
		return err
	}
	where := "run " + r.ID
	if len(r.Rows) > 0 && len(r.Rows) != len(r.Domains) {
		return versioned.Length(where+".rows", len(r.Rows), len(r.Domains))
	}
	for _, n := range r.Rows {
		if n < 0 || n > mostRows {
			return fmt.Errorf("%s: %d rows of a minibatch; there are at most %d", where, n, mostRows)
		}
	}
	return versioned.Counts(where, r.Steps)
}

// What a plan may have at most of seeds, rows of a minibatch, and steps of a run: more than
// anybody trains.
const (
	mostSeeds = 100_000
	mostRows  = 1 << 20
	mostSteps = 1 << 40
)

// validate looks at a run of some of the domains.
func (r *Run) validate(domains []string) error {
	if !plainName.MatchString(r.ID) {
		return fmt.Errorf("%q is no name of a run", r.ID)
	}
	where := "run " + r.ID
	if !isEntry(r.Hash) {
		return fmt.Errorf("%s: %q is no hash", where, r.Hash)
	}
	if !isEntry(r.Rung.Name) {
		return fmt.Errorf("%s: %q is no name of a rung", where, r.Rung.Name)
	}
	if len(r.Domains) == 0 {
		return fmt.Errorf("%s: it has no domains", where)
	}
	if r.Seed > mostSeeds || r.Fold > MaxFolds {
		return fmt.Errorf("%s: seed %d of fold %d; there are at most %d of %d", where, r.Seed, r.Fold, mostSeeds, MaxFolds)
	}
	return cmp.Or(versioned.Names(where, r.Domains), versioned.Among(where, domains, r.Domains...), versioned.Counts(where, r.Seed, r.Fold))
}

// validate looks at the bounds that a study file keeps; 0 stands for the default.
func (a *Analysis) validate() error {
	switch {
	case a.Level != 0 && !(a.Level >= 0.5 && a.Level < 1):
		return fmt.Errorf("analysis: level %g is no coverage", a.Level)
	case !(a.Alpha >= 0 && a.Alpha < 1):
		return fmt.Errorf("analysis: alpha %g is no rate", a.Alpha)
	case a.LossCap != 0 && !(a.LossCap >= 0.5 && a.LossCap <= 1):
		return fmt.Errorf("analysis: loss_cap %g is no quantile", a.LossCap)
	}
	return nil
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
