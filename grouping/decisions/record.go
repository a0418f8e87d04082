package decisions

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/versioned"
)

// Version is that of decisions.json.
const Version = 1

// Record is the content of decisions.json: how the runs of a study were chosen.
type Record struct {
	Version  int      `json:"version"` // 1
	Study    string   `json:"study"`
	Settings Settings `json:"settings"`
	// Fixed is the number of runs that the study's own plan of fixed seeds has, of
	// the rung and weighting that the decision is about.
	Fixed int `json:"fixed_runs"`
	// Decisions are in the order in which they were made; the first is the pilot.
	Decisions []Decision `json:"decisions"`
	// End is null while there is more to train.
	End *End `json:"end"`
}

// Settings are what decisions follow from, beside the results of runs.
type Settings struct {
	// Candidates is the SHA-256 of all runs that may be chosen.
	Candidates string `json:"candidates"`
	Rung       string `json:"rung"`
	Weighting  string `json:"weighting"`
	// Most seeds of an arm, Pilot seeds of every arm of the pilot, and the least
	// number of runs of a decision.
	Most  int `json:"most_seeds"`
	Pilot int `json:"pilot_seeds"`
	Step  int `json:"step"`
	// Pairs says that the pilot trains all pools of the study; false: those of
	// three and more domains, since the budget does not allow for pairs.
	Pairs bool `json:"pairs"`
	// Propose says that pools are proposed after the pilot, since the study asks for
	// none.
	Propose bool `json:"propose,omitempty"`
	// Tolerance is what the recommended groups may be worse than the best by, a
	// relative gain averaged over domains by their value; Level is with which
	// probability they are not. Seed is that of the draws.
	Tolerance float64 `json:"tolerance"`
	// Money, where the study says what gains are worth, identifies these values, by
	// which domains then count. ToleranceMoney stands in for Tolerance unless it is
	// 0: an amount a month, in Currency.
	Money          string  `json:"money,omitempty"`
	ToleranceMoney float64 `json:"tolerance_money,omitempty"`
	Currency       string  `json:"currency,omitempty"`
	Level          float64 `json:"level"`
	Seed           uint64  `json:"seed"`
}

// Decision is a step: what was known, and which runs it chose.
type Decision struct {
	Number int  `json:"number"` // from 1
	Kind   Kind `json:"kind"`
	// Saw is null for the pilot.
	Saw *View `json:"saw"`
	// Options are the most useful of what could be trained, the best first.
	Options []Option `json:"options,omitempty"`
	// Dropped are pools that cannot win any more.
	Dropped []string `json:"dropped,omitempty"`
	// Pools are new ones that the study did not ask for.
	Pools [][]string `json:"pools,omitempty"`
	// Proposal says where the pools come from that a decision of the kind Propose
	// asks for; nil of other kinds.
	Proposal *Proposal `json:"proposal,omitempty"`
	// Runs are the IDs of what it chose, in the order of their use.
	Runs []string `json:"runs"`
}

// Kind says what a decision is for.
type Kind string

// The kinds of decisions.
const (
	Pilot Kind = "pilot"
	// Improve chooses runs that lower the bound of the regret most.
	Improve Kind = "improve"
	// Confirm trains recommended pools whose gains were estimated from pairs.
	Confirm Kind = "confirm"
	// Propose trains pools that a cheap estimate proposes, of many domains of which
	// no pairs are trained.
	Propose Kind = "propose"
)

// Proposal is how a cheap estimate, which rests on training and validation samples
// alone, parts the domains.
type Proposal struct {
	// By names the estimate.
	By string `json:"by"`
	// Levels part the domains into groups, those first that the estimate holds for the
	// best; then into fewer, and into more.
	Levels []Level `json:"levels"`
	// Chance are pools drawn by chance, to hold the estimate against.
	Chance [][]string `json:"chance"`
}

// Level is one way to part the domains.
type Level struct {
	// Groups counts all groups, those of one domain too; Pools are those of several.
	Groups int        `json:"groups"`
	Pools  [][]string `json:"pools"`
	// Silhouette is how much more alike domains are to their own group than to the
	// next, by the estimate: 1 at most.
	Silhouette float64 `json:"silhouette"`
}

// View is what was known at a decision.
type View struct {
	// Runs have ended, of which Diverged without a result.
	Runs     int `json:"runs"`
	Diverged int `json:"diverged"`
	// Groups are the recommended ones, and Total what they are worth: Σ over
	// domains of value times gain.
	Groups [][]string `json:"groups"`
	Total  float64    `json:"total"`
	// Regret is how much better another grouping may be, with the probability of
	// the settings, and Within how likely none is better by more than the
	// tolerance, in its units.
	Regret float64 `json:"regret"`
	Within float64 `json:"within"`
	// CouldSettle is how likely it is settled once every arm that can win has all
	// of its seeds.
	CouldSettle float64 `json:"could_settle"`
}

// Option is one arm that could have further runs.
type Option struct {
	Arm    string `json:"arm"` // as plans call it
	Domain string `json:"domain,omitempty"`
	// Fall is by how much the bound of the regret is expected to fall for the work
	// of the study's cheapest run.
	Fall float64 `json:"fall"`
	// Cost is in units of that run's work.
	Cost float64 `json:"cost"`
}

// End says why no further runs are trained.
type End struct {
	Reason Reason `json:"reason"`
	// Saw is null where too little was trained to be looked at.
	Saw *View `json:"saw"`
	// Left are runs that were chosen and not trained.
	Left []string `json:"left,omitempty"`
	// Samples is by what the number of test samples would have to be multiplied to
	// settle it, about, where no further runs would; 0: not known.
	Samples float64 `json:"samples,omitempty"`
	// Words say it to people.
	Words string `json:"words"`
}

// Reason is why training ended.
type Reason string

// The reasons.
const (
	Settled Reason = "settled"
	// BudgetSpent: the budget of runs or time.
	BudgetSpent Reason = "budget spent"
	// NothingHelps: no further runs would settle it, or hardly.
	NothingHelps Reason = "nothing helps"
	// NothingToGain: no domain's models make errors that could be reduced, or no
	// pool could be measured.
	NothingToGain Reason = "nothing to gain"
)

// Validate returns an error where decisions lack what they were taken by: what was known,
// pools with members, a settled end with groups.
func (r *Record) Validate() error {
	if err := cmp.Or(versioned.Counts("settings", r.Fixed, r.Settings.Most, r.Settings.Pilot, r.Settings.Step), versioned.Shares("settings.level", r.Settings.Level)); err != nil {
		return err
	}
	for i, d := range r.Decisions {
		where := fmt.Sprintf("decisions[%d]", i)
		if d.Saw == nil && d.Kind != Pilot {
			return fmt.Errorf("%s: nothing was known when it was taken", where)
		}
		if err := cmp.Or(d.Saw.validate(where+".saw"), d.Proposal.validate(where+".proposal")); err != nil {
			return err
		}
	}
	if r.End == nil {
		return nil
	}
	if r.End.Saw == nil && r.End.Reason == Settled {
		return errors.New("end: settled, and by what is not said")
	}
	return r.End.Saw.validate("end.saw")
}

// validate looks at what was known, if anything was.
func (v *View) validate(where string) error {
	if v == nil {
		return nil
	}
	if err := cmp.Or(versioned.Counts(where, v.Runs, v.Diverged), versioned.Shares(where, v.Within, v.CouldSettle)); err != nil {
		return err
	}
	all := slices.Concat(v.Groups...)
	return versioned.Partition(where+".groups", all, v.Groups)
}

// validate looks at a proposal, if there is one.
func (p *Proposal) validate(where string) error {
	if p == nil {
		return nil
	}
	for i, l := range p.Levels {
		all := slices.Concat(l.Pools...)
		if err := versioned.Partition(fmt.Sprintf("%s.levels[%d]", where, i), all, l.Pools); err != nil {
			return err
		}
	}
	return nil
}

// Read reads decisions.json; nil without error where there is none. It
// fails with versioned.ErrVersion for a version that this package does not know.
func Read(folder layout.Folder) (*Record, error) {
	var r Record
	err := versioned.Read(folder.Decisions(), Version, &r)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("decisions: %w", err)
	}
	return &r, nil
}

// Runs lists the IDs of all runs that were chosen.
func (r *Record) Runs() []string {
	var out []string
	for _, d := range r.Decisions {
		out = append(out, d.Runs...)
	}
	return out
}
