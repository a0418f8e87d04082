package remedies

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/sharewise/sharewise/grouping"
)

// Options say which remedies are proposed and tried.
type Options struct {
	// Selection is the capacity and weighting that harm is looked for at, see Propose.
	Selection grouping.Selection
	// Arm is the pool that remedies are tried in; empty: that of all domains where it
	// harms, else the one that harms most domains.
	Arm string
	// Budget bounds a trial.
	Budget Budget
	// Jobs is the number of runs side by side, see project.TrainOptions.
	Jobs int
	// Observe, which may be nil, is told what is being done.
	Observe func(stage string, done, of int)
}

// Budget bounds a trial by its runs or by its time; the zero value bounds nothing.
type Budget struct {
	Runs int
	Time time.Duration
}

// ParseBudget reads a budget: a number of runs, such as 20 or "20 runs", or a time, such
// as 10m.
func ParseBudget(text string) (Budget, error) {
	number, _ := strings.CutSuffix(strings.TrimSpace(text), "runs")
	if n, err := strconv.Atoi(strings.TrimSpace(number)); err == nil && n > 0 {
		return Budget{Runs: n}, nil
	}
	if d, err := time.ParseDuration(strings.TrimSpace(text)); err == nil && d > 0 {
		return Budget{Time: d}, nil
	}
	return Budget{}, fmt.Errorf("budget %q: give a number of runs, such as 20, or a time, such as 10m", text)
}

func (b Budget) String() string {
	switch {
	case b.Runs > 0:
		return fmt.Sprintf("%d runs", b.Runs)
	case b.Time > 0:
		return b.Time.String()
	}
	return ""
}

// Settings are those that remedies.json was made with, as the ledger records them.
type Settings struct {
	Rung      string `json:"rung,omitempty"`
	Weighting string `json:"weighting,omitempty"`
	Arm       string `json:"arm,omitempty"`
	// Tried says that remedies were tried, which takes training.
	Tried bool `json:"tried,omitempty"`
	// Budget is that of the trial.
	Budget string `json:"budget,omitempty"`
}

// Options are those of the settings.
func (s Settings) Options() Options {
	return Options{Selection: grouping.Selection{Rung: s.Rung, Weighting: s.Weighting}, Arm: s.Arm}
}

func (o Options) settings(tried bool) Settings {
	s := Settings{Rung: o.Selection.Rung, Weighting: o.Selection.Weighting, Arm: o.Arm, Tried: tried}
	if tried {
		s.Budget = o.Budget.String()
	}
	return s
}
