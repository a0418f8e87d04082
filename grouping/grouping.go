package grouping

// Problem is what a grouping is chosen from.
type Problem struct {
	Domains []string
	// Value is the worth of one unit of gain of a domain; nil means 1 each.
	Value []float64
	// Pools are the measured pools.
	Pools []Pool
	// MaxGroups bounds the number of groups; 0 means one per domain.
	MaxGroups int
}

// Pool is a subset of the domains with the gain of each member. A pool of one
// has gain zero and need not be listed.
type Pool struct {
	Members []int // ascending
	Gain    []float64
	// Lo and Hi are the limits of each gain, nil where unknown.
	Lo, Hi []float64
	Source Source
}

// Source says how a gain was obtained.
type Source string

// The sources of a gain.
const (
	Measured Source = "measured"
	// FromPairs marks a pool valued by the mean of its pair gains.
	FromPairs Source = "estimate from pairs"
	Single    Source = "single"
)

// Grouping is a partition of the domains.
type Grouping struct {
	Groups []Group
	// Total is the sum over domains of value times gain.
	Total float64
	// Optimal says that no partition within the constraints is better, given
	// the gains.
	Optimal bool
	// RunnerUp is the best partition that differs, with its total; nil when
	// there is none.
	RunnerUp *Grouping
}

// Group is one pool of a grouping.
type Group struct {
	Members []int
	Gain    []float64
	Source  Source
}

// Tree is an average-linkage tree over the domains by symmetrised pair gain.
type Tree struct {
	Domain      int // leaf: index of a domain; -1 otherwise
	Left, Right *Tree
	// Gain is the average pair gain between the two sides.
	Gain float64
}
