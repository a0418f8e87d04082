package adaptive

import (
	"fmt"
	"regexp"
	"strconv"
	"time"

	"github.com/sharewise/sharewise/analysis/claim"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/train"
	"github.com/sharewise/sharewise/grouping/decisions"
)

// Options say how runs are chosen and trained; the zero value is useful.
type Options struct {
	// Rung and Weighting are the size and the weighting that the decision is
	// about; empty: the study's largest and its first.
	Rung, Weighting string
	// Most is the largest number of seeds of an arm; 0: 12.
	Most int
	// Pilot is the number of seeds of every arm to begin with; 0: what [PilotSeeds]
	// says. Where two turn out to tell too little of how runs vary, a third follows.
	Pilot int
	// Step is the least number of runs that a decision chooses; 0: as many as are
	// trained side by side. Decisions depend on it.
	Step int
	// Budget ends training whether or not the grouping is settled.
	Budget Budget
	// Jobs is the number of runs trained side by side; 0: as many as the
	// processors allow.
	Jobs int
	// Claims and Mirror are those of project.TrainOptions.
	Claims *claim.Claimer
	Mirror train.Mirror
	// Observe, which may be nil, is told what happens to runs.
	Observe func(train.Event)
	// Decided, which may be nil, is told every decision before its runs are
	// trained, and the end, with the record so far.
	Decided func(*decisions.Record)
}

// Budget is what may be spent, in runs or in time; 0: no limit.
type Budget struct {
	Runs int
	Time time.Duration
}

var runsOf = regexp.MustCompile(`^([0-9]+) ?runs?$`)

// ParseBudget reads a budget such as 40runs or 2h.
func ParseBudget(text string) (Budget, error) {
	if m := runsOf.FindStringSubmatch(text); m != nil {
		if n, err := strconv.Atoi(m[1]); err == nil && n > 0 {
			return Budget{Runs: n}, nil
		}
	}
	if d, err := time.ParseDuration(text); err == nil && d > 0 {
		return Budget{Time: d}, nil
	}
	return Budget{}, fmt.Errorf("%q is no budget: give a time such as 90m or 2h, or a number of runs such as 40runs", text)
}

// String is what ParseBudget reads.
func (b Budget) String() string {
	switch {
	case b.Runs > 0:
		return fmt.Sprintf("%druns", b.Runs)
	case b.Time > 0:
		return b.Time.String()
	}
	return "none"
}

// rung is the size that the decision is about.
func (o Options) rung(s *study.Study) string {
	if o.Rung == "" {
		return s.Model.Rungs[len(s.Model.Rungs)-1].Name
	}
	return o.Rung
}

func (o Options) withDefaults(p interface{ SideBySide(int) int }) Options {
	if o.Most == 0 {
		o.Most = 12
	}
	if o.Step == 0 {
		o.Step = p.SideBySide(o.Jobs)
	}
	return o
}

func (o Options) validate() error {
	switch {
	case o.Pilot == 1 || o.Pilot < 0:
		return fmt.Errorf("adaptive: a pilot of %d seeds: two are the least that show what seeds do", o.Pilot)
	case o.Most < 2:
		return fmt.Errorf("adaptive: at most %d seeds: two are the least that show what seeds do", o.Most)
	case o.Most < o.Pilot:
		return fmt.Errorf("adaptive: at most %d seeds, and %d in the pilot", o.Most, o.Pilot)
	case o.Step < 1:
		return fmt.Errorf("adaptive: steps of %d runs", o.Step)
	case o.Budget.Runs < 0 || o.Budget.Time < 0:
		return fmt.Errorf("adaptive: budget %+v is negative", o.Budget)
	}
	return nil
}
