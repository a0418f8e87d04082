package grouping

import "github.com/sharewise/sharewise/analysis"

// Recommendation is the content of groups.json: what planners act on. Gains
// are relative, as fractions of the domain's own independent error or loss:
// 0.1 means a tenth less. Limits are null where unknown.
type Recommendation struct {
	Version   int     `json:"version"` // 3
	Study     string  `json:"study"`
	Rung      string  `json:"rung"`
	Weighting string  `json:"weighting"`
	Level     float64 `json:"level"`      // coverage of the limits
	MinGain   float64 `json:"min_gain"`   // what a lower limit must exceed for "share"
	MaxGroups int     `json:"max_groups"` // the bound that was asked for; 0: none

	Domains []DomainValue `json:"domains"`
	// Grouping is the recommendation itself, and the only one: sentences, exported
	// models, promises and prices are all about these groups.
	Grouping
	// Chosen says what decided between groupings.
	Chosen Chosen `json:"chosen"`
	// Promised is what the groups are expected to deliver with fresh seeds. The
	// gains of Grouping are those that the groups were chosen by, and lean high.
	Promised *Promise `json:"promised"`
	// Alternatives are other partitions worth knowing: the best guess where Chosen is
	// ByModels, the runner-up, every domain alone, all domains together.
	Alternatives []Alternative `json:"alternatives"`
	// Frontier says what fewer models would bring at most, fewest first, up to the
	// partition of the largest total; partitions that bring no more than one of fewer
	// models are left out.
	Frontier []FrontierPoint `json:"frontier,omitempty"`
	// Firmness says how far to trust the groups, doubts included; where some are out
	// of doubt, that of these.
	Firmness Firmness `json:"firmness"`
	// Lasting are recommended pools whose members are together in at least 75 % of
	// draws and of which none is harmed: what can be acted on even where the
	// grouping as a whole is open.
	Lasting [][]string `json:"lasting"`
	// OutOfDoubt is what may be decided although some domains are in doubt; null
	// where none is, and where the doubts bear on the decision as a whole, which
	// Firmness then says.
	OutOfDoubt *Rest `json:"out_of_doubt"`
	// RestsOn is the measure that the decision rests on, as analysis/measures names
	// it: that of the gains or, where Second says so, that of Second. Empty for gains
	// that are no study's.
	RestsOn string `json:"rests_on,omitempty"`
	// Second is what losses say where gains count errors and leave the decision
	// open; left out elsewhere.
	Second *Second `json:"second,omitempty"`
	// Stability is null where no gain has limits.
	Stability *Stability `json:"stability"`
	Pairs     []PairGain `json:"pairs"`
	Tree      *Tree      `json:"tree"`
	// Capacity answers what size has to do with it; null for a study of one
	// size, and for gains that are no study's.
	Capacity *Capacity `json:"capacity"`
	// NothingToGain are domains whose own models make no error, where every pool
	// that was measured has one of them, so that none could be judged: an
	// answer, and not a lack of one. Empty otherwise.
	NothingToGain []string `json:"nothing_to_gain"`
	// Governance says what rules forbade, and what each costs; nil without rules.
	Governance *Governance `json:"governance,omitempty"`
	// Constraints are the rules that were asked for beside a policy, with what each
	// costs; absent where there are none.
	Constraints []RuleCost `json:"constraints,omitempty"`
	// Barred are domains that such rules allow no pair with, with the rules that do it.
	Barred []Barred `json:"barred,omitempty"`
	// Confirm lists runs that would turn estimates into measurements.
	Confirm []Confirmation `json:"confirm"`
	// Doubts are the results' reasons not to act on this yet.
	Doubts   []analysis.Doubt `json:"doubts"`
	Warnings []string         `json:"warnings"`
}

// Barred is a domain that may share a model with no other one alone.
type Barred struct {
	Domain string   `json:"domain"`
	Rules  []string `json:"rules"` // names, the first for each pair
}

// DomainValue is a domain with the worth of one unit of its gain.
type DomainValue struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
}

// Alternative is another partition.
type Alternative struct {
	Name   string     `json:"name"` // best guess, runner-up, independent, joint
	Groups [][]string `json:"groups"`
	Total  float64    `json:"total"`
	// Source is measured if every pool of two or more in it was.
	Source Source `json:"source"`
}

// Alternative finds an alternative by its name; false where there is none.
func (r *Recommendation) Alternative(name string) (Alternative, bool) {
	for _, a := range r.Alternatives {
		if a.Name == name {
			return a, true
		}
	}
	return Alternative{}, false
}

// Confirmation is a pool that ought to be run.
type Confirmation struct {
	Pool []string `json:"pool"`
	// Recommended says that the pool is part of the recommendation; otherwise
	// it is part of the runner-up.
	Recommended bool   `json:"recommended"`
	Why         string `json:"why"`
}

// BestPartner is the measured pair of a domain that is worth most, with the
// domain as A; false where no pair of it was measured.
func (r *Recommendation) BestPartner(domain string) (best PairGain, found bool) {
	for _, p := range r.Pairs {
		if p.B.Domain == domain {
			p.A, p.B = p.B, p.A
		}
		if p.A.Domain == domain && (!found || r.Worth(p) > r.Worth(best)) {
			best, found = p, true
		}
	}
	return best, found
}

// Worth is what a pair adds to the total: the sum over both of value times gain.
func (r *Recommendation) Worth(p PairGain) float64 {
	total := 0.0
	for _, d := range r.Domains {
		for _, m := range []Member{p.A, p.B} {
			if d.Name == m.Domain {
				total += d.Value * m.Gain
			}
		}
	}
	return total
}
