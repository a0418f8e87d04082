package analysis

import "github.com/sharewise/sharewise/analysis/effect"

// Score is the quality of one domain under one arm, rung and weighting.
type Score struct {
	Key
	Seeds int             `json:"seeds"`
	Loss  effect.Interval `json:"loss"`
	// The figures that the domain's task has; all are means over runs, with
	// limits from the spread of runs. Those that it does not
	// have are unknown, as [NewScore] leaves them.
	//
	// Accuracy and BalancedAccuracy are shares of samples, for one class a
	// sample; ExactMatch is the share of samples with every known label on
	// the right side of ½, for several labels a sample.
	Accuracy         effect.Interval `json:"accuracy"`
	BalancedAccuracy effect.Interval `json:"balanced_accuracy"`
	ExactMatch       effect.Interval `json:"exact_match"`
	// AUC is the area under the curve of true against false positive rates: the
	// chance that a positive sample is ranked above a negative one, ½ where
	// ranks say nothing. AveragePrecision is the mean precision over recall,
	// the share of positives where ranks say nothing. Of two classes they
	// are those of class 1, ranked by its probability as far as 32 bits of the
	// recorded confidence tell samples apart. Of several labels they are the
	// mean over labels (macro average) of which both classes are known; a
	// warning names the others.
	AUC              effect.Interval `json:"auc"`
	AveragePrecision effect.Interval `json:"average_precision"`
	// R2 is 1 - Σ(f-y)²/Σ(y-ȳ)² and MAE the mean of |f-y|, in the units of the
	// target. Of several targets they are the mean over targets of the
	// figures over each one's known values; a mean of MAE over targets in
	// different units says little, see Targets. Targets whose values are all
	// the same have no R2, and a warning names them.
	R2  effect.Interval `json:"r2"`
	MAE effect.Interval `json:"mae"`
	// Targets and Labels are the same figures one by one, where there are
	// several.
	Targets []TargetScore `json:"targets,omitempty"`
	Labels  []LabelScore  `json:"labels,omitempty"`
}

// NewScore returns a score of which no figure is known yet.
func NewScore(k Key) Score {
	u := effect.Unknown()
	return Score{
		Key: k, Loss: u, Accuracy: u, BalancedAccuracy: u, ExactMatch: u,
		AUC: u, AveragePrecision: u, R2: u, MAE: u,
	}
}

// TargetScore is the quality of one of several targets, NaN where unknown.
type TargetScore struct {
	Name string          `json:"name"`
	R2   effect.Interval `json:"r2"`
	MAE  effect.Interval `json:"mae"` // in the target's units
}

// LabelScore is the quality of one of several labels, NaN where unknown.
type LabelScore struct {
	Name             string          `json:"name"`
	AUC              effect.Interval `json:"auc"`
	AveragePrecision effect.Interval `json:"average_precision"`
}

// Metric returns a figure of the score by the name that [DomainInfo.Metric] has,
// the name of its field in JSON; unknown where the score does not have it.
func (s *Score) Metric(name string) effect.Interval {
	switch name {
	case "accuracy":
		return s.Accuracy
	case "balanced_accuracy":
		return s.BalancedAccuracy
	case "exact_match":
		return s.ExactMatch
	case "auc":
		return s.AUC
	case "average_precision":
		return s.AveragePrecision
	case "r2":
		return s.R2
	case "mae":
		return s.MAE
	case "loss":
		return s.Loss
	}
	return effect.Unknown()
}
