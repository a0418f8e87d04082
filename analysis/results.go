package analysis

import "github.com/sharewise/sharewise/analysis/effect"

// Results is everything that analysis found in a study: results.json.
// [Results.Score], [Results.Effect] and [Results.Gain] find what stands under a
// key.
type Results struct {
	Version int          `json:"version"`
	Study   string       `json:"study"`
	Title   string       `json:"title"`
	Level   float64      `json:"level"`
	Domains []DomainInfo `json:"domains"`
	// Folds is the number of parts of the data that were tested by other seeds each;
	// left out where all seeds were tested on the same samples.
	Folds      int      `json:"folds,omitempty"`
	Rungs      []string `json:"rungs"` // small to large
	Weightings []string `json:"weightings"`
	Scores     []Score  `json:"scores"`
	Effects    []Effect `json:"effects"`
	Placebo    []Effect `json:"placebo"`
	Gains      []Gain   `json:"gains"`
	// ByLoss are gains in losses beside gains in errors; left out where these are
	// not known, or are the gains anyway.
	ByLoss *ByLoss `json:"by_loss,omitempty"`
	// Covariances say how far the gains of one domain err together.
	Covariances []GainCovariance `json:"covariances,omitempty"`
	// Across says how far the gains of different domains do, since the runs of a
	// pool serve all its members and a seed may be that of all arms.
	Across []AcrossDomains `json:"across,omitempty"`
	// LeftOut is what single members of pools bring to the others; nil where no pool was
	// trained without one of its members too.
	LeftOut *LeftOut `json:"left_out,omitempty"`
	// Capacity is what several sizes of model say of others; nil where there is one, or
	// their numbers of parameters are not known.
	Capacity *Capacity  `json:"capacity,omitempty"`
	Conflict []Conflict `json:"conflict"`
	// Pairing is what runs of one seed have in common; nil where they have
	// nothing, by the study's randomness.
	Pairing *Pairing `json:"pairing,omitempty"`
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
	// Measure is what gains and effects of the domain rest on, measures.Correct
	// or one of its siblings. Analyze fills it in where it is empty.
	Measure string `json:"measure,omitempty"`
	// ClassWeights says that training weighted classes: BalancedWeights or
	// GivenWeights; empty: it did not.
	ClassWeights string `json:"class_weights,omitempty"`
	// Confidential says that samples of the domain are shown nowhere.
	Confidential bool `json:"confidential,omitempty"`
}

// Effect is what an arm did to the test samples of one domain, by the key of
// the arm's runs. In a placebo the arm is Independent.
type Effect struct {
	Key
	effect.Effect
}

// Gain is one cell of a gain table: what the domain of the key gains from a
// pool.
type Gain struct {
	Key
	Pool []string `json:"pool"` // in the study's order, with the domain itself
	effect.Gain
}

// GainCovariance is the covariance of the relative gains of one domain from its
// arms, those that have limits: they share independent runs, test samples and
// perhaps seeds (see effect.Together).
type GainCovariance struct {
	Target    string   `json:"target"`
	Rung      string   `json:"rung"`
	Weighting string   `json:"weighting"`
	Arms      []string `json:"arms"`
	// Matrix has a row and a column for every arm.
	Matrix [][]float64 `json:"matrix"`
	// Freedom are the degrees of freedom of Student's t for every arm's gain.
	Freedom []float64 `json:"freedom"`
	// Run is the covariance of the errors of one run of each arm, that of
	// independent runs in the first row and column, relative to the independent
	// error: what further runs average away. Where gains rest on pairs of runs of one
	// seed, it is that of the differences, and the first row and column are zero.
	Run [][]float64 `json:"run,omitempty"`
	// RunVariance is what the runs at hand add to the variance of every arm's gain.
	RunVariance []float64 `json:"run_variance,omitempty"`
}

// AcrossDomains are correlations of what runs add to the errors of gains of
// different domains (see effect.Across), of one rung and weighting.
type AcrossDomains struct {
	Rung      string `json:"rung"`
	Weighting string `json:"weighting"`
	effect.Across
}

// Conflict is what the trunk gradients of two domains do to each other in an arm: means
// over the epochs of a run, with limits over runs.
type Conflict struct {
	Arm       string          `json:"arm"`
	Rung      string          `json:"rung"`
	Weighting string          `json:"weighting"`
	A         string          `json:"a"`
	B         string          `json:"b"`
	Cosine    effect.Interval `json:"cosine"`
	// Opposed is the share of the steps looked at in which the cosine was negative,
	// LogRatio log₁₀(|g_A|/|g_B|). They are not known of runs of earlier versions.
	Opposed  effect.Interval `json:"opposed"`
	LogRatio effect.Interval `json:"log_ratio"`
	// CurvatureA and CurvatureB say how fast the domains' gradients change along a
	// step, |g(θ')−g(θ)|/|θ'−θ|. They are known where training measures conflict.
	CurvatureA effect.Interval `json:"curvature_a"`
	CurvatureB effect.Interval `json:"curvature_b"`
}

// RunCounts says how many runs the results rest on.
type RunCounts struct {
	Planned  int `json:"planned"`
	Done     int `json:"done"`
	Diverged int `json:"diverged"`
	Missing  int `json:"missing"`
}
