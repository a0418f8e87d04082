package study

// Study is a parsed and validated study file. Every default is filled in.
type Study struct {
	Version    int // schema of the file; 1
	Name       string
	Title      string // optional, for the report
	Seed       uint64 // base of every random stream
	Input      Input
	Domains    []Domain
	Model      Model
	Training   Training
	Weightings []Weighting
	Arms       Arms
	Seeds      int // runs per arm, rung and weighting: K
	Analysis   Analysis
	Grouping   Grouping
	// Dir is the folder of the study file; relative paths start there.
	Dir string
}

// Input is the shape that samples of all domains take so that they can share
// a trunk, and how they get there.
type Input struct {
	// Kind is image or table.
	Kind string
	// Size is [height, width] of images.
	Size []int
	// Channels is 1 or 3 for images.
	Channels int
	// Fit says how an image of another size is brought to Size: resize
	// (stretch), pad (keep size, centre on background), fit (scale keeping the
	// aspect, then pad), crop (centre).
	Fit string
	// Normalize is standard (per channel or column, from training data of the
	// domain), unit (bytes to 0..1) or none.
	Normalize string
}

// Domain is one entry of domains.
type Domain struct {
	Name    string
	Format  string // idx, images, csv
	Files   Files  // everything, to be split
	Test    *Files // given test data
	Val     *Files // given validation data
	Task    Task
	Columns *Columns // csv
	Split   Split
	Limit   Limit
	Invert  bool // image transform: 255-x
	SkipBad bool
	Value   float64 // worth of one unit of gain, for grouping; 0 = 1
}

// Files locates a domain's data. IDX has Images and Labels, image folders and
// tables have Path (a folder; or one file or glob).
type Files struct {
	Path   string
	Images string
	Labels string
}

// Task is classification or regression; empty Kind lets the reader decide.
type Task struct {
	Kind    string
	Classes []string // fixed order, or a subset to keep; empty: found in data
}

// Columns are the roles of a table's columns.
type Columns struct {
	Label     string   // classification
	Targets   []string // regression
	Features  []string // empty: every numeric column without another role
	Ignore    []string
	Group     string
	Split     string   // a column saying train, val, test
	Delimiter string   // empty: by file name, then by content
	Header    *bool    // nil: true
	Names     []string // column names of a file without header
	Missing   []string // spellings of a missing value: an error unless SkipBad
}

// Split says how samples are divided where the files do not.
type Split struct {
	Val, Test float64 // fractions of what is not given
	By        string  // random, group, or time (order of the file)
	Group     string  // images: regular expression on the file name whose first submatch is the group
}

// Limit caps samples, drawn by the study's seed and stratified by class.
type Limit struct{ Train, Val, Test int }

// Model is the trunk and the ladder of capacities.
type Model struct {
	// Trunk is mlp, cnn, or a path to a model file (relative to Dir).
	Trunk string
	// Rungs are the capacities, small to large: width multipliers of a named
	// trunk.
	Rungs []Rung
}

// Rung is one capacity.
type Rung struct {
	Name  string // "w0.5", or the stem of the file
	Width float64
	Path  string
}

// Training is how every run trains.
type Training struct {
	Epochs      int    // passes over the data, see Sampling
	Batch       int    // average number of rows of one domain in a minibatch
	Sampling    string // proportional, balanced, temperature
	Temperature float64
	Optimizer   Optimizer
	Rate        float64 // peak learning rate
	Schedule    Schedule
	Clip        float64
	// Select is last or best: which epoch's parameters are tested. best picks
	// the epoch with the least mean validation loss.
	Select          string
	Conflict        bool // measure gradient conflict once per epoch
	Threads         int  // per session; part of a run's identity
	CheckpointEvery int  // epochs between checkpoints; 0: 1
}

// Optimizer mirrors training.Optimizer with the file's spelling.
type Optimizer struct {
	Name                  string // adamw, sgd
	Momentum              float64
	Nesterov              bool
	Beta1, Beta2, Epsilon float64
	WeightDecay           float64
}

// Schedule is warm-up and decay of the learning rate.
type Schedule struct {
	Kind   string  // constant, cosine, linear
	Warmup float64 // fraction of all steps
	Final  float64 // last rate as a fraction of the peak
}

// Weighting is one way of combining losses.
type Weighting struct {
	Name        string             // equal, static, size, dwa, uncertainty
	Weights     map[string]float64 // static
	Temperature float64            // dwa
	Rate        float64            // uncertainty: learning rate of the log variances
}

// Arms says which arms are run beside the independent ones.
type Arms struct {
	Joint bool
	Pairs bool
	Pools [][]string // further subsets
}

// Analysis are settings of the measures.
type Analysis struct {
	Level     float64 // nominal coverage of intervals; 0.95
	Alpha     float64 // false discovery rate of calls; 0.05
	Exemplars int     // samples listed per domain and direction; 12
}

// Grouping are settings of the recommendation.
type Grouping struct {
	MaxGroups int     // 0: as many as domains
	MinGain   float64 // least lower limit for sharing to be called worth it
}

// Run is one training. Its ID is derived from everything that decides its
// result.
type Run struct {
	ID        string
	Hash      string   // SHA-256 of the run's exact inputs
	Arm       string   // independent, joint, pool{A,B}
	Domains   []string // in the study's order; one for independent
	Rung      Rung
	Weighting Weighting
	Seed      int // 1..Seeds
}
