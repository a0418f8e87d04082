package clusters

import "github.com/sharewise/sharewise/analysis/effect"

// Method is a way of finding clusters: a [Linkage], or one of these.
const (
	SpectralMethod   = "spectral"
	RelaxationMethod = "relaxation"
)

// Views is what [Look] found in a matrix.
type Views struct {
	Domains []string `json:"domains"`
	// Matrix is the symmetrised matrix, 0 on the diagonal, null where a pair is not
	// known, in the order of Domains.
	Matrix [][]effect.Number `json:"matrix"`
	// Asymmetry is the share of the matrix's sum of squares that symmetrising lost.
	Asymmetry effect.Number `json:"asymmetry"`
	Missing   int           `json:"missing"` // pairs that are not known
	// Order puts the domains as the leaves of the first view's tree.
	Order []string `json:"order"`
	// Null says what clusters are held against.
	Null Null `json:"null"`
	// Gains says that zero is between what speaks for pooling and against it.
	Gains bool   `json:"gains"`
	Seed  uint64 `json:"seed"`
	// Reason says why there are no views; empty where there are.
	Reason string `json:"reason,omitempty"`
	Views  []View `json:"views"`
}

// Null is what reference matrices are.
type Null string

// The nulls, see the documentation of the package.
const (
	ErrorsNull   Null = "errors"
	RotationNull Null = "rotation"
)

// View is what one method finds.
type View struct {
	Method string `json:"method"`
	// Clusters says that there are any: P is at most 0.05, or, of a method without
	// a P, that of the first view.
	Clusters bool `json:"clusters"`
	// K is the number of clusters with the largest mean silhouette, and Groups are
	// these, also where Clusters is false: then chance does as well.
	K      int        `json:"k"`
	Groups [][]string `json:"groups"`
	// Within is the mean entry of the pairs of each group, null of one alone.
	Within []effect.Number `json:"within"`
	// P is the share of references, the matrix itself among them, whose contrast
	// is as large; null where there are none.
	P          effect.Number `json:"p"`
	References int           `json:"references"`
	Silhouette effect.Number `json:"silhouette"`
	// Gap is what the dispersion W(K)/W(1) is below that of references on average,
	// and GapError the standard error by which the gap statistic judges. GapK is
	// the number of clusters that it would choose, 1 for none; 0 where it has no
	// references.
	Gap      effect.Number `json:"gap"`
	GapError effect.Number `json:"gap_error"`
	GapK     int           `json:"gap_k"`
	// Stability is the mean adjusted Rand index of Groups with the K clusters of
	// draws of the matrix's errors; null where errors are not known. Together has
	// for each group the share of draws in which two of it are in one cluster, on
	// average over its pairs.
	Stability effect.Number   `json:"stability"`
	Draws     int             `json:"draws"`
	Together  []effect.Number `json:"together"`
	// Tree is a linkage's.
	Tree *Named `json:"tree,omitempty"`
	// Eigenvalues and EigengapK, the number of clusters before the largest step of
	// them, are of the spectral view.
	Eigenvalues []float64 `json:"eigenvalues,omitempty"`
	EigengapK   int       `json:"eigengap_k,omitempty"`
	// Solution is the relaxation's.
	Solution *Solution `json:"solution,omitempty"`
	// Agreement is the adjusted Rand index of its pools with a grouping, see
	// [Views.Compare].
	Agreement effect.Number `json:"agreement"`
}

// Solution says how well the relaxation was solved.
type Solution struct {
	K      int     `json:"k"` // the trace; the partition may have more or fewer clusters
	Value  float64 `json:"value"`
	Bound  float64 `json:"bound"`
	Primal float64 `json:"primal_residual"`
	Dual   float64 `json:"dual_residual"`
	Steps  int     `json:"steps"`
}

// Named is a [Tree] with the names of domains.
type Named struct {
	Domain   string        `json:"domain,omitempty"`
	Score    effect.Number `json:"score"`
	Children []*Named      `json:"children,omitempty"`
}

func (t *Tree) named(names []string) *Named {
	out := &Named{Score: effect.Number(t.Score)}
	if len(t.Children) == 0 {
		out.Domain = names[t.Leaf]
	}
	for _, c := range t.Children {
		out.Children = append(out.Children, c.named(names))
	}
	return out
}

// Pools are the groups of a view as far as they are worth pooling: of gains,
// domains that are alike because they lose with each other stand alone.
func (v *Views) Pools(of *View) [][]string {
	var out [][]string
	for i, names := range of.Groups {
		if !v.Gains || len(names) == 1 || of.Within[i] > 0 {
			out = append(out, names)
			continue
		}
		for _, name := range names {
			out = append(out, []string{name})
		}
	}
	return out
}

// Compare fills in how far the pools of the views agree with a grouping. Domains in
// none of its groups stand alone.
func (v *Views) Compare(groups [][]string) {
	at := map[string]int{}
	for i, name := range v.Domains {
		at[name] = i
	}
	indices := func(groups [][]string) Partition {
		out := make([][]int, len(groups))
		for g, names := range groups {
			for _, name := range names {
				if i, known := at[name]; known {
					out[g] = append(out[g], i)
				}
			}
		}
		return PartitionOf(len(v.Domains), out)
	}
	other := indices(groups)
	for i := range v.Views {
		v.Views[i].Agreement = effect.Number(Agreement(indices(v.Pools(&v.Views[i])), other))
	}
}

// Found counts the views that have clusters.
func (v *Views) Found() int {
	n := 0
	for _, view := range v.Views {
		if view.Clusters {
			n++
		}
	}
	return n
}
