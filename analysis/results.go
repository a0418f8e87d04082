package analysis

import "github.com/sharewise/sharewise/analysis/effect"

// What results hold of single comparisons, as package effect defines it.
type (
	Interval = effect.Interval
	Side     = effect.Side
	Effect   = effect.Effect
	Test     = effect.Test
	Calls    = effect.Calls
	Call     = effect.Call
	Gain     = effect.Gain
	Carriers = effect.Carriers
)

// What effects and gains rest on, as package effect defines it.
const (
	MeasureCorrect  = effect.MeasureCorrect
	MeasureLoss     = effect.MeasureLoss
	MeasureAUC      = effect.MeasureAUC
	MeasureBalanced = effect.MeasureBalanced
)

// What the absolute figures of gains are measured in, as package effect defines
// it.
const (
	MetricError    = effect.MetricError
	MetricMSE      = effect.MetricMSE
	MetricLoss     = effect.MetricLoss
	MetricAUC      = effect.MetricAUC
	MetricBalanced = effect.MetricBalanced
)

// Results is everything that analysis found in a study: results.json.
type Results struct {
	Version    int          `json:"version"`
	Study      string       `json:"study"`
	Title      string       `json:"title"`
	Level      float64      `json:"level"`
	Domains    []DomainInfo `json:"domains"`
	Rungs      []string     `json:"rungs"` // small to large
	Weightings []string     `json:"weightings"`
	Scores     []Score      `json:"scores"`
	Effects    []ArmEffect  `json:"effects"`
	Placebo    []ArmEffect  `json:"placebo"`
	Gains      []ArmGain    `json:"gains"`
	Conflict   []Conflict   `json:"conflict"`
	// Baselines are simple models of single domains, where the study has some.
	Baselines []Baseline `json:"baselines,omitempty"`
	Runs      RunCounts  `json:"runs"`
	// Doubts are reasons not to act on the figures yet, the gravest first.
	Doubts   []Doubt  `json:"doubts"`
	Warnings []string `json:"warnings"`
}

// DomainInfo describes a domain as the study saw it.
type DomainInfo struct {
	Name    string `json:"name"`
	Task    string `json:"task"` // classification, regression, binary or multilabel
	Outputs int    `json:"outputs"`
	// Names of the targets or labels, where there are several.
	Names   []string `json:"names,omitempty"`
	Train   int      `json:"train"`
	Val     int      `json:"val"`
	Test    int      `json:"test"`
	Dropped int      `json:"dropped"`
	// Notes are what a reader should know about the data.
	Notes []string `json:"notes,omitempty"`
	// Metric is the figure that readers see first, by its name in [Score].
	// Analyze fills it in where it is empty: that of the measure where it is
	// AUC or balanced; else accuracy for classification, auc for binary and
	// multilabel, r2 for regression.
	Metric string `json:"metric"`
	// Measure is what gains and effects of the domain rest on, MeasureCorrect
	// or one of its siblings. Analyze fills it in where it is empty.
	Measure string `json:"measure,omitempty"`
	// ClassWeights says that training weighted classes: BalancedWeights or
	// GivenWeights; empty: it did not.
	ClassWeights string `json:"class_weights,omitempty"`
}

// Score is the quality of one domain under one arm, rung and weighting.
type Score struct {
	Arm       string   `json:"arm"`
	Rung      string   `json:"rung"`
	Weighting string   `json:"weighting"`
	Domain    string   `json:"domain"`
	Seeds     int      `json:"seeds"`
	Loss      Interval `json:"loss"`
	// The figures that the domain's task has; all are means over runs, with
	// limits from the spread of runs. Those that are not known are nil.
	//
	// Accuracy and BalancedAccuracy are shares of samples, for one class a
	// sample; ExactMatch is the share of samples with every known label on
	// the right side of ½, for several labels a sample.
	Accuracy         *Interval `json:"accuracy,omitempty"`
	BalancedAccuracy *Interval `json:"balanced_accuracy,omitempty"`
	ExactMatch       *Interval `json:"exact_match,omitempty"`
	// AUC is the area under the curve of true against false positive rates: the
	// chance that a positive sample is ranked above a negative one, ½ where
	// ranks say nothing. AveragePrecision is the mean precision over recall,
	// the share of positives where ranks say nothing. Of two classes they
	// are those of class 1, ranked by its probability as far as 32 bits of the
	// recorded confidence tell samples apart. Of several labels they are the
	// mean over labels (macro average) of which both classes are known; a
	// warning names the others.
	AUC              *Interval `json:"auc,omitempty"`
	AveragePrecision *Interval `json:"average_precision,omitempty"`
	// R2 is 1 - Σ(f-y)²/Σ(y-ȳ)² and MAE the mean of |f-y|, in the units of the
	// target. Of several targets they are the mean over targets of the
	// figures over each one's known values; a mean of MAE over targets in
	// different units says little, see Targets. Targets whose values are all
	// the same have no R2, and a warning names them.
	R2  *Interval `json:"r2,omitempty"`
	MAE *Interval `json:"mae,omitempty"`
	// Targets and Labels are the same figures one by one, where there are
	// several.
	Targets []TargetScore `json:"targets,omitempty"`
	Labels  []LabelScore  `json:"labels,omitempty"`
}

// TargetScore is the quality of one of several targets, NaN where unknown.
type TargetScore struct {
	Name string   `json:"name"`
	R2   Interval `json:"r2"`
	MAE  Interval `json:"mae"` // in the target's units
}

// LabelScore is the quality of one of several labels, NaN where unknown.
type LabelScore struct {
	Name             string   `json:"name"`
	AUC              Interval `json:"auc"`
	AveragePrecision Interval `json:"average_precision"`
}

// Metric returns a figure of the score by the name that [DomainInfo.Metric] has,
// the name of its field in JSON; nil where it is not known.
func (s *Score) Metric(name string) *Interval {
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
		return &s.Loss
	}
	return nil
}

// ArmEffect is an Effect with the arm it belongs to.
type ArmEffect struct {
	Arm       string `json:"arm"`
	Rung      string `json:"rung"`
	Weighting string `json:"weighting"`
	Effect
}

// ArmGain is a Gain with the arm it belongs to.
type ArmGain struct {
	Arm       string `json:"arm"`
	Rung      string `json:"rung"`
	Weighting string `json:"weighting"`
	Gain
}

// Conflict is the mean cosine of two domains' trunk gradients in an arm.
type Conflict struct {
	Arm       string   `json:"arm"`
	Rung      string   `json:"rung"`
	Weighting string   `json:"weighting"`
	A         string   `json:"a"`
	B         string   `json:"b"`
	Cosine    Interval `json:"cosine"` // over runs, averaged over epochs
}

// RunCounts says how many runs the results rest on.
type RunCounts struct {
	Planned  int `json:"planned"`
	Done     int `json:"done"`
	Diverged int `json:"diverged"`
	Missing  int `json:"missing"`
}
