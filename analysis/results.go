package analysis

// Interval is an estimate with its confidence limits. Lo and Hi are NaN (null
// in JSON) where no interval can be given; a warning then says why.
type Interval struct {
	Value float64
	Lo    float64
	Hi    float64
}

// Side is one direction of the change from independent to arm: transfer or
// interference, as fractions of samples (section "Measures" of the package
// documentation).
type Side struct {
	Estimate   float64
	BoundLo    float64
	BoundHi    float64
	Crossfit   Interval
	Raw        Interval
	Floor      Interval
	Excess     Interval
	Normalised float64 // of what could be gained or lost: mean(1-p) or mean p
}

// Effect is what an arm did to one domain's test samples.
type Effect struct {
	Domain       string
	Samples      int
	SeedsA       int // independent runs
	SeedsB       int // runs of the arm
	AccuracyA    float64
	AccuracyB    float64
	Delta        Interval // change of accuracy
	Transfer     Side
	Interference Side
	Changed      float64 // least share of samples whose probability changed
	NoEffect     Test
	Calls        Calls
	Warnings     []string
}

// Test is a permutation test.
type Test struct {
	Statistic float64
	P         float64
	Smallest  float64 // the smallest p that this many runs can give
}

// Calls are the samples called helped or harmed.
type Calls struct {
	Helped, Harmed []Call
	// Power is the least number of true changes that could be called at all;
	// 0 where calling was refused.
	Needed int
	Note   string
}

// Call is one called or listed sample.
type Call struct {
	Sample string
	P, Q   float64 // share of correct runs, independent and arm, shrunk
	PValue float64
}

// Gain is one cell of a gain table: what pooling with Pool does to Target.
type Gain struct {
	Target   string
	Pool     []string // sorted in the study's order, includes Target
	Relative Interval // relative reduction of the target's own independent error or loss
	Absolute Interval // the same in units of Metric
	Metric   string   // error (classification), mse (regression)
	Samples  int
	Runs     [2]int // independent, pool
	Warnings []string
}

// Results is everything that analysis found in a study: results.json.
type Results struct {
	Version    int
	Study      string
	Title      string
	Level      float64
	Domains    []DomainInfo
	Rungs      []string // small to large
	Weightings []string
	Scores     []Score
	Effects    []ArmEffect
	Placebo    []ArmEffect
	Gains      []ArmGain
	Conflict   []Conflict
	Runs       RunCounts
	Warnings   []string
}

// DomainInfo describes a domain as the study saw it.
type DomainInfo struct {
	Name             string
	Task             string // classification or regression
	Outputs          int
	Train, Val, Test int
	Dropped          int
	Metric           string // the metric that readers see first
}

// Score is the quality of one domain under one arm, rung and weighting.
type Score struct {
	Arm, Rung, Weighting, Domain string
	Seeds                        int
	Loss                         Interval
	// Accuracy and BalancedAccuracy for classification, R2 and MAE for
	// regression: mean over runs, limits from the spread of runs.
	Accuracy, BalancedAccuracy, R2, MAE *Interval
}

// ArmEffect is an Effect with the arm it belongs to.
type ArmEffect struct {
	Arm, Rung, Weighting string
	Effect
}

// ArmGain is a Gain with the arm it belongs to.
type ArmGain struct {
	Arm, Rung, Weighting string
	Gain
}

// Conflict is the mean cosine of two domains' trunk gradients in an arm.
type Conflict struct {
	Arm, Rung, Weighting string
	A, B                 string
	Cosine               Interval // over runs, averaged over epochs
}

// RunCounts says how many runs the results rest on.
type RunCounts struct {
	Planned, Done, Diverged, Missing int
}
