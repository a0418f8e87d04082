package study

import (
	"math"

	"github.com/sharewise/sharewise/analysis/augment"
	"github.com/sharewise/sharewise/analysis/filelimit"
	"github.com/sharewise/sharewise/analysis/policy"
)

// Study is a question: domains, models, and how they are trained and compared.
// [Parse] reads it from a file, [New] begins one in a program; after Parse or
// [Study.Validate] every default is filled in.
type Study struct {
	Version int // schema of the file; 1
	Name    string
	Title   string // optional, for the report
	Seed    uint64 // base of every random stream
	Seeds   int    // runs per arm, rung and weighting: K
	// IndependentSeeds is the number of runs per independent model and rung, at
	// least Seeds; 0 stands for Seeds.
	IndependentSeeds int
	Randomness       string // Paired or Separate
	Input            Input
	Domains          []Domain
	// Exclude is the path of a list of samples that no run trains on (package
	// exclusion); empty: none.
	Exclude  string
	Model    Model
	Training Training
	// Trainer is a program that trains in place of sharewise; nil: none.
	Trainer    *Trainer
	Weightings []Weighting
	Arms       Arms
	Baseline   string // NoBaseline or LinearBaseline
	Analysis   Analysis
	Grouping   Grouping
	// Policy says which domains may share a model; nil: all.
	Policy *Policy
	// Economics is nil where the study says nothing of money.
	Economics *Economics
	// Limits say how much one file of the data may ask for; 0: what the process
	// allows.
	Limits filelimit.Limits
	// File is the study file, empty when the study was not read from one.
	File string
	// FileSHA256 is that of the study file.
	FileSHA256 string
	// Dir is the folder of the study file; relative paths start there. It is
	// absolute when the study was read from a file.
	Dir string
	// Warnings are what is allowed and probably not meant, in the order of the
	// file.
	Warnings []string

	// fold is the part of the data that is tested, see AtFold.
	fold int
	// defaults are settings that every domain takes unless it has its own. The
	// parser spreads them over Domains and clears them.
	defaults Domain
	// fetched are the paths here of what the study names by URL. Copies share them.
	fetched *fetched
}

// Input is the shape that samples of all domains take so that they can share
// a trunk, and how they get there.
type Input struct {
	// Kind is image, table, series, array or text.
	Kind string
	// Size is [height, width] of images.
	Size []int
	// Channels is 1 or 3 for images.
	Channels int
	// Fit says how an image of another size is brought to Size: resize
	// (stretch), pad (keep size, centre on background), fit (scale keeping the
	// aspect, then pad), crop (centre; smaller images are padded).
	Fit string
	// Background is the byte that padding is filled with.
	Background int
	// Shape is that of a sample, for arrays; nil: that of the files.
	Shape []int
	// Series is the shape of windows; nil for others than series.
	Series *Window
	// Text says how texts become numbers; nil for others than text.
	Text *Text
	// Normalize is standard (per channel or column, from training data of the
	// domain), unit (bytes to 0..1) or none.
	Normalize string
	// Scale, Mean and Std, where any is given, stand in for Normalize; see
	// Scaling.
	Scale     float64
	Mean, Std []float64
}

// The kinds of input.
const (
	Image       = "image"
	Table       = "table"
	SeriesInput = "series"
	ArrayInput  = "array"
)

// Domain is one entry of domains.
type Domain struct {
	Name    string
	Format  string // idx, images, csv, parquet, svmlight, series, array, texts; memory
	Files   Files  // everything, to be split
	Test    *Files // given test data
	Val     *Files // given validation data
	Task    Task
	Columns *Columns // tables; never nil there
	Series  *Series  // series; never nil there
	// Svmlight is how sparse samples are read; never nil there.
	Svmlight *Svmlight
	Split    Split
	Limit    Limit
	Invert   bool // image transform: 255-x
	SkipBad  bool
	Value    float64 // worth of one unit of gain, for grouping; 0: none
	// Labels are what the rules of Policy speak of.
	Labels policy.Labels
	// Augment replaces the training's augmentation; nil for those that have
	// none of their own.
	Augment *augment.Settings
}

// Files locates a domain's data. IDX has Images and Labels; image folders,
// tables and series have Path (a folder; or one file or glob). Arrays have Path
// and Labels or Targets: names of arrays in the file at Path, or other files.
type Files struct {
	Path    string
	Images  string
	Labels  string
	Inputs  string // arrays: the samples; empty where the file tells
	Targets string // arrays: numbers to predict
	Groups  string // arrays: empty without groups
	Index   string // image folders: the table that lists the images; empty without one
}

// Task is what is predicted, and how training judges it.
type Task struct {
	Kind    string
	Classes []string // fixed order, or a subset to keep; empty: found in data
	// ClassOrder is how classes that are found are sorted, OrderNumbers or
	// OrderText; empty where the study leaves it open: then as OrderNumbers.
	ClassOrder string
	// Loss, Delta (Huber), ClassWeights and Smoothing say what training
	// reduces. Losses are recorded without weights and smoothing.
	Loss         string
	Delta        float64
	ClassWeights ClassWeights
	Smoothing    float64
	// Measure is what gains and effects rest on, the setting of one of
	// [measures.All]; empty: by the task and its classes.
	Measure string
}

// How classes are sorted.
const (
	OrderNumbers = "numbers" // whole numbers by value and first, others as text
	OrderText    = "text"    // all as text
)

// The kinds of task.
const (
	Classification = "classification"
	Binary         = "binary"     // two classes, one logit
	Multilabel     = "multilabel" // several labels, each right or wrong
	Regression     = "regression"
)

// The losses.
const (
	CrossEntropy       = "cross_entropy"
	BinaryCrossEntropy = "binary_cross_entropy"
	SquaredError       = "squared_error"
	Huber              = "huber"
)

// lossOf is the loss of a kind of task where the study does not say.
var lossOf = map[string]string{
	Classification: CrossEntropy,
	Binary:         BinaryCrossEntropy,
	Multilabel:     BinaryCrossEntropy,
	Regression:     SquaredError,
}

// ClassWeights says how classes are weighted in training: by a rule, "none" or
// [BalancedClasses], or by numbers, 1 for classes that are not named.
type ClassWeights struct {
	Rule    string             `json:"rule,omitempty"`
	ByClass map[string]float64 `json:"by_class,omitempty"`
}

// BalancedClasses weights classes by the inverse of their frequency.
const BalancedClasses = "balanced"

// kind says how classes are weighted, empty where they are not.
func (w ClassWeights) kind() string {
	switch {
	case w.ByClass != nil:
		return "given"
	case w.Rule == BalancedClasses:
		return BalancedClasses
	}
	return ""
}

// Given reports whether classes are weighted at all.
func (w ClassWeights) Given() bool { return w.ByClass != nil || w.Rule == BalancedClasses }

// What stands in for missing inputs.
const (
	Median   = "median"
	Mean     = "mean"
	NoImpute = "none"
)

// DropUnlabelled leaves out rows without a label.
const DropUnlabelled = "drop"

// Columns are the roles of a table's columns.
type Columns struct {
	Label   string   // classification
	Targets []string // regression
	Labels  []string // multilabel
	// MissingLabels is "error" or [DropUnlabelled].
	MissingLabels string
	Features      []string // empty: every numeric column without another role
	// Text are the columns whose texts, one below the other, are the samples of an
	// input of kind text.
	Text   []string
	Ignore []string
	Known  []string // inputs that are known before the answer, though they tell it
	// Categorical are columns of words, texts or whole numbers, that the mlp
	// turns into embeddings.
	Categorical []string
	// Dates are columns that become positions in year, week and day, Time the one
	// that orders rows for a split by time.
	Dates     []Date
	Time      string
	Group     string
	Split     string            // a column saying train, val, test
	File      string            // images in an index: the column with names of files
	Where     map[string]string // rows of the domain: those with these values
	Delimiter string            // empty: by file name, then by content
	Quotes    string            // double or none; empty: by the first lines
	Encoding  string            // empty: by content
	Decimal   string            // point or comma; empty: by content
	Thousands string            // none, comma, point, space or apostrophe; empty: by content
	Units     map[string]string // of columns: what stands before or behind their numbers
	Skip      *int              // lines before the header; nil: by content
	Comment   string            // what lines begin with that are no rows; empty: by content
	Header    *bool             // nil: true, unless Names are given
	Names     []string          // column names of a file without header
	Missing   []string          // spellings of a missing value
	// Impute is Median, Mean or NoImpute; with NoImpute rows with missing numbers
	// are bad samples.
	Impute     string
	Indicators bool // an input for each column with missing numbers
}

// Split says how samples are divided where the files do not.
type Split struct {
	Val, Test float64 // fractions of what is not given
	// Folds, where not 0, is the number of parts that the data are divided into,
	// each of which is the test data of some seeds; Test then plays no part.
	Folds int
	By    string // random, group, time (order of the file) or content; empty in memory: by the samples
	// Shared says that the split is drawn by the rows of the file, not by the
	// domain's name; nil: no.
	Shared *bool
	Group  string // images, series: regular expression on a file's name whose first submatch is the group
	// key names the stream of splits that domains with the same rows share;
	// empty where the name of the file does.
	key string
}

// The ways to split.
const (
	ByRandom = "random"
	ByGroup  = "group"
	ByTime   = "time"
	// ByContent keeps samples with equal inputs together.
	ByContent = "content"
)

// Limit caps samples, drawn by the study's seed and stratified by class; 0 is
// no limit.
type Limit struct{ Train, Val, Test int }

// MaxThreads bounds the threads of one training.
const MaxThreads = 1024

// The ways to sample, see [Allocate].
const (
	Proportional = "proportional"
	Balanced     = "balanced"
	Temperature  = "temperature"
)

// Weighting is one way of combining losses: a method of [WeightingMethods] with the
// settings that it has; the others are zero.
type Weighting struct {
	Name        string             `json:"name"`
	Weights     map[string]float64 `json:"weights,omitempty"` // by domain
	Temperature float64            `json:"temperature,omitempty"`
	Rate        float64            `json:"rate,omitempty"` // at which a method learns, not that of the training
	Power       float64            `json:"power,omitempty"`
	Radius      float64            `json:"radius,omitempty"`
	Smoothing   float64            `json:"smoothing,omitempty"`
	Decay       float64            `json:"decay,omitempty"`
	Warmup      int                `json:"warmup,omitempty"`  // epochs
	Every       int                `json:"every,omitempty"`   // steps from one look at gradients, or at losses again, to the next
	Targets     map[string]float64 `json:"targets,omitempty"` // losses by domain; those of independent models where nil
}

// Arms says which arms are run beside the independent ones.
type Arms struct {
	Joint bool
	// Pairs is nil where the study leaves it open; see [Study.Pairs].
	Pairs *bool
	Pools [][]string // further subsets
}

// MaxDomains is the largest number of domains of a study.
const MaxDomains = 512

// pairsByDefault is the largest number of domains of which all pairs are
// trained unless the study says so: 120 pairs, 600 runs with five seeds.
const pairsByDefault = 16

// Pairs reports whether every pair of domains is trained.
func (s *Study) Pairs() bool {
	if s.Arms.Pairs != nil {
		return *s.Arms.Pairs
	}
	return len(s.Domains) <= pairsByDefault
}

// independentSeeds is how many seeds of independent models go best with those of
// pools, where runs have nothing in common: a model that n-1 differences rest on
// deserves sqrt(n-1) times the runs, since the variance of each falls with 1/K0 +
// 1/K and the computer time rises with n K0 + n(n-1)/2 · 2K. It is at most 12.
func (s *Study) independentSeeds() int {
	const most = 12
	if !s.Pairs() || len(s.Domains) < 2 {
		return s.Seeds
	}
	best := float64(s.Seeds) * math.Sqrt(float64(len(s.Domains)-1))
	return max(s.Seeds, min(most, int(math.Round(best))))
}

// pairRuns is the number of runs of all pairs.
func (s *Study) pairRuns() int {
	n := len(s.Domains)
	return n * (n - 1) / 2 * len(s.Model.Rungs) * len(s.Weightings) * s.Seeds
}

// Analysis are settings of the statistics.
type Analysis struct {
	Level     float64 `json:"level"`     // nominal coverage of intervals; 0.95
	Alpha     float64 `json:"alpha"`     // false discovery rate of calls; 0.05
	Exemplars int     `json:"exemplars"` // samples listed per domain and direction; 12
	LossCap   float64 `json:"loss_cap"`  // quantile that losses are cut to; 1: none
}

// Grouping are settings of the recommendation.
type Grouping struct {
	MaxGroups int     `json:"max_groups"` // 0: as many as domains
	MinGain   float64 `json:"min_gain"`   // least lower limit for sharing to be called worth it
	Tolerance float64 `json:"tolerance"`  // relative gain, averaged over domains, that does not matter
	// ToleranceMoney stands in for Tolerance unless it is 0: an amount a month, by
	// the values of the study's economics.
	ToleranceMoney float64 `json:"tolerance_money,omitempty"`
	// MustLink are domains that one model must serve, CannotLink domains of which no
	// model may train two.
	MustLink    [][]string `json:"must_link,omitempty"`
	CannotLink  [][]string `json:"cannot_link,omitempty"`
	LargestPool int        `json:"largest_pool,omitempty"` // most domains of a model; 0: any number
	// Objective is what pools are planned by beside the groups, "" where none are:
	// see package gaintable. Aversion is to risk; 0 stands for 1.
	Objective string  `json:"objective,omitempty"`
	Aversion  float64 `json:"aversion,omitempty"`
	Budget    float64 `json:"budget,omitempty"` // most that the models of pools cost; 0: no bound
	Helpers   bool    `json:"helpers,omitempty"`
	// Models say what the models of pools cost and take, Sites what those that
	// serve a domain may take.
	Models []GroupModel `json:"models,omitempty"`
	Sites  []GroupSite  `json:"sites,omitempty"`
}

// GroupModel says what the model of a pool costs and takes; 0 where that is not said.
type GroupModel struct {
	Pool    []string `json:"pool"`
	Cost    float64  `json:"cost,omitempty"`
	Memory  float64  `json:"memory,omitempty"`
	Latency float64  `json:"latency,omitempty"`
}

// GroupSite says what the model that serves a domain may take; 0: anything.
type GroupSite struct {
	Domain  string  `json:"domain"`
	Memory  float64 `json:"memory,omitempty"`
	Latency float64 `json:"latency,omitempty"`
}

// Planned says whether pools are to be planned beside the groups.
func (g *Grouping) Planned() bool {
	return g.Objective != "" || g.Aversion > 0 || g.Budget > 0 || g.Helpers
}
