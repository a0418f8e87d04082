package analysis

import "math"

// Interval is an estimate with its confidence limits. Lo and Hi are NaN (null
// in JSON) where no interval can be given; a warning then says why.
type Interval struct {
	Value float64 `json:"value"`
	Lo    float64 `json:"lo"`
	Hi    float64 `json:"hi"`
}

// Side is one direction of the change from independent to arm: transfer or
// interference, as fractions of samples or, for losses, in their units (section
// "Measures" of the package documentation).
type Side struct {
	// Estimate is indicative. For losses it is the cross-fitted figure, cut to
	// the bounds, and leans low.
	Estimate float64 `json:"estimate"`
	BoundLo  float64 `json:"bound_lo"`
	BoundHi  float64 `json:"bound_hi"`
	// P is the probability of lower limits as far above zero as these where the
	// side is zero: what a statement about several sides is controlled by. NaN
	// where fewer than three runs of an arm say nothing about others. It is no
	// part of a placebo, which is a mean over splits.
	P        float64  `json:"p"`
	Crossfit Interval `json:"crossfit"`
	Raw      Interval `json:"raw"`
	Floor    Interval `json:"floor"`
	Excess   Interval `json:"excess"`
	// Normalised is the estimate relative to what could be gained or lost,
	// mean(1-p) or mean p; for losses, to the independent mean loss.
	Normalised float64 `json:"normalised"`
}

// Effect is what an arm did to one domain's test samples.
type Effect struct {
	Domain  string `json:"domain"`
	Measure string `json:"measure"` // MeasureCorrect or MeasureLoss
	Samples int    `json:"samples"`
	// Groups is the number of groups of samples that belong together; 0 where
	// samples count one by one.
	Groups    int     `json:"groups,omitempty"`
	SeedsA    int     `json:"seeds_a"` // independent runs
	SeedsB    int     `json:"seeds_b"` // runs of the arm
	AccuracyA float64 `json:"accuracy_a"`
	AccuracyB float64 `json:"accuracy_b"`
	LossA     float64 `json:"loss_a"` // mean loss of the independent runs
	LossB     float64 `json:"loss_b"` // mean loss of the arm's runs
	// LossCap is what losses were cut to, where the effect rests on losses; 0
	// where they were not.
	LossCap      float64  `json:"loss_cap,omitempty"`
	Delta        Interval `json:"delta"` // rise of accuracy, or fall of the mean loss: positive is better
	Transfer     Side     `json:"transfer"`
	Interference Side     `json:"interference"`
	Changed      float64  `json:"changed"` // correctness: least share of samples whose probability changed
	// Loss is the change of the mean loss, independent minus arm: positive
	// means that the arm is better.
	Loss     Interval `json:"loss"`
	NoEffect Test     `json:"no_effect"`
	Calls    Calls    `json:"calls"`
	Warnings []string `json:"warnings"`
}

// Relative is a change of the loss, such as a bound of transfer, as a fraction
// of the independent mean loss. NaN for effects on correctness, and where that
// mean is not above zero.
func (e *Effect) Relative(change float64) float64 {
	if e.Measure != MeasureLoss || !(e.LossA > 0) {
		return math.NaN()
	}
	return change / e.LossA
}

// What effects and gains rest on.
const (
	// MeasureCorrect: transfer and interference count samples by correctness,
	// gains reduce the share of wrong ones.
	MeasureCorrect = "correct"
	// MeasureLoss: transfer and interference add up changes of the samples'
	// losses, in their units; accuracy and Changed are NaN. Gains reduce the
	// mean loss.
	MeasureLoss = "loss"
	// MeasureAUC: gains reduce 1-AUC, of two classes. Transfer and interference
	// count samples by correctness.
	MeasureAUC = "auc"
	// MeasureBalanced: gains reduce the balanced error, in which every class
	// counts the same. Transfer and interference count samples by correctness.
	MeasureBalanced = "balanced"
)

// measures are all of them.
var measures = []string{MeasureCorrect, MeasureLoss, MeasureAUC, MeasureBalanced}

// effectMeasure is what effects rest on where gains rest on the given measure:
// what a single answer is worth in AUC or in the balanced error depends on the
// answers to others, and transfer and interference are about single answers.
func effectMeasure(measure string) string {
	if measure == MeasureAUC || measure == MeasureBalanced {
		return MeasureCorrect
	}
	return measure
}

// Test is a permutation test.
type Test struct {
	Statistic float64 `json:"statistic"`
	P         float64 `json:"p"`
	Smallest  float64 `json:"smallest"` // the smallest p that this many runs can give
	Choices   int     `json:"choices"`  // label choices looked at
	Sampled   bool    `json:"sampled"`  // a random subset of all choices
}

// Calls are the samples called helped or harmed.
type Calls struct {
	// Called says that Helped and Harmed are calls at the stated false
	// discovery rate. Otherwise calling was refused or found nothing, and the
	// lists are exploratory: the samples that seem to have changed most.
	Called bool `json:"called"`
	// HelpedTotal and HarmedTotal count the calls; the lists are cut to
	// Options.Exemplars.
	HelpedTotal int `json:"helped_total"`
	HarmedTotal int `json:"harmed_total"`
	// HelpedGroups and HarmedGroups count the groups that called samples belong
	// to; 0 where samples stand alone.
	HelpedGroups int    `json:"helped_groups,omitempty"`
	HarmedGroups int    `json:"harmed_groups,omitempty"`
	Helped       []Call `json:"helped"`
	Harmed       []Call `json:"harmed"`
	// Tested is the number m of samples that could be called at all, Minimum
	// how many of them stand at the smallest p that the runs can give.
	Tested  int `json:"tested"`
	Minimum int `json:"minimum"`
	// Needed is r, the number of samples that must stand at the minimum before
	// any can be called.
	Needed int `json:"needed"`
	// Seeds is the number of seeds per arm that would do where calling was
	// refused; 0 otherwise.
	Seeds int    `json:"seeds,omitempty"`
	Note  string `json:"note"`
}

// Call is one called or listed sample.
type Call struct {
	Sample string `json:"sample"`
	// P and Q are the shares of correct runs, independent and of the arm, or
	// their mean losses; both are shrunk.
	P      float64 `json:"p"`
	Q      float64 `json:"q"`
	PValue float64 `json:"p_value"`
}

// Gain is one cell of a gain table: what pooling with Pool does to Target.
type Gain struct {
	Target   string   `json:"target"`
	Pool     []string `json:"pool"`     // sorted in the study's order, includes Target
	Relative Interval `json:"relative"` // relative reduction of the target's own independent error or loss
	Absolute Interval `json:"absolute"` // the same in units of Metric
	Metric   string   `json:"metric"`   // MetricError or one of its siblings
	Samples  int      `json:"samples"`
	Runs     [2]int   `json:"runs"` // independent, pool
	// LossCap is what losses were cut to; 0 where they were not.
	LossCap float64 `json:"loss_cap,omitempty"`
	// Carriers are a few samples that decide a gain in losses; nil where none
	// do.
	Carriers *Carriers `json:"carriers,omitempty"`
	Warnings []string  `json:"warnings"`
}

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
