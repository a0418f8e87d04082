package grouping

import "github.com/sharewise/sharewise/analysis"

// Recommendation is the content of groups.json: what planners act on. Gains
// are relative, as fractions of the domain's own independent error or loss:
// 0.1 means a tenth less. Limits are null where unknown.
type Recommendation struct {
	Version   int     `json:"version"` // 1
	Study     string  `json:"study"`
	Rung      string  `json:"rung"`
	Weighting string  `json:"weighting"`
	Level     float64 `json:"level"`      // coverage of the limits
	MinGain   float64 `json:"min_gain"`   // what a lower limit must exceed for "share"
	MaxGroups int     `json:"max_groups"` // the bound that was asked for; 0: none

	Domains []DomainValue `json:"domains"`
	// Groups are the recommendation.
	Groups []RecommendedGroup `json:"groups"`
	// Total is the sum over domains of value times gain.
	Total float64 `json:"total"`
	// Bound is what no partition's total exceeds, given the gains. Optimal
	// says that Total meets it; false means that a search found this partition
	// and another may be better by up to the difference.
	Bound   float64 `json:"bound"`
	Optimal bool    `json:"optimal"`
	// Alternatives are other partitions worth knowing: the runner-up, every
	// domain alone, all domains together.
	Alternatives []Alternative `json:"alternatives"`
	// Firmness says how far to trust the groups, doubts included.
	Firmness Firmness `json:"firmness"`
	// Lasting are recommended pools whose members are together in at least 75 % of
	// draws and of which none is harmed: what can be acted on even where the
	// grouping as a whole is open.
	Lasting [][]string `json:"lasting"`
	// Stability is null where no gain has limits.
	Stability *RecommendedStability `json:"stability"`
	Pairs     []PairGain            `json:"pairs"`
	Tree      *TreeNode             `json:"tree"`
	// Confirm lists runs that would turn estimates into measurements.
	Confirm []Confirmation `json:"confirm"`
	// Doubts are the results' reasons not to act on this yet.
	Doubts   []analysis.Doubt `json:"doubts"`
	Warnings []string         `json:"warnings"`
}

// DomainValue is a domain with the worth of one unit of its gain.
type DomainValue struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
}

// RecommendedGroup is one group of the recommendation.
type RecommendedGroup struct {
	Members []Member `json:"members"`
	Source  Source   `json:"source"`
	// Verdict is share, keep apart or undecided for a pool; a domain alone
	// has keep apart if every pair with it was measured and has that
	// verdict, undecided otherwise.
	Verdict Verdict `json:"verdict"`
	// Total is the sum over members of value times gain.
	Total float64 `json:"total"`
}

// Names returns the names of the members.
func (g *RecommendedGroup) Names() []string {
	names := make([]string, len(g.Members))
	for i, m := range g.Members {
		names[i] = m.Domain
	}
	return names
}

// Member is a domain in a group with its gain there.
type Member struct {
	Domain  string   `json:"domain"`
	Gain    float64  `json:"gain"`
	Lo      *float64 `json:"lo"`
	Hi      *float64 `json:"hi"`
	Verdict Verdict  `json:"verdict"`
}

// Alternative is another partition.
type Alternative struct {
	Name   string     `json:"name"` // runner-up, independent, joint
	Groups [][]string `json:"groups"`
	Total  float64    `json:"total"`
	// Source is measured if every pool of two or more in it was.
	Source Source `json:"source"`
}

// RecommendedStability is a Stability with names.
type RecommendedStability struct {
	Share    float64 `json:"share"`
	Draws    int     `json:"draws"`
	Seed     uint64  `json:"seed"`
	Optimism float64 `json:"optimism"`
	Meaning  string  `json:"meaning"`
	// Together leaves out the pairs that were in one group in no draw.
	Together   []PairShare      `json:"together"`
	Partitions []PartitionShare `json:"partitions"`
}

// PairShare is the share of draws in which two domains were in one group.
type PairShare struct {
	A     string  `json:"a"`
	B     string  `json:"b"`
	Share float64 `json:"share"`
}

// PartitionShare is the share of draws in which a partition was best.
type PartitionShare struct {
	Groups [][]string `json:"groups"`
	Share  float64    `json:"share"`
}

// PairGain is a measured pair: what each gains from the other.
type PairGain struct {
	A       Member  `json:"a"`
	B       Member  `json:"b"`
	Verdict Verdict `json:"verdict"`
}

// TreeNode is a leaf with a domain, or two children with the average pair gain
// between them (null where no pair across was measured).
type TreeNode struct {
	Domain   string      `json:"domain,omitempty"`
	Gain     *float64    `json:"gain,omitempty"`
	Children []*TreeNode `json:"children,omitempty"`
}

// Confirmation is a pool that ought to be run.
type Confirmation struct {
	Pool []string `json:"pool"`
	// Recommended says that the pool is part of the recommendation; otherwise
	// it is part of the runner-up.
	Recommended bool   `json:"recommended"`
	Why         string `json:"why"`
}
