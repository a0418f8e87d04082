package grouping

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/versioned"
	"github.com/sharewise/sharewise/grouping/clusters"
)

const viewsVersion = 1

// Views is the content of clusters.json: whether the pair gains fall into
// clusters, by several methods, and how far these are the recommended groups.
type Views struct {
	Version   int    `json:"version"` // 1
	Study     string `json:"study"`
	Rung      string `json:"rung"`
	Weighting string `json:"weighting"`
	// Symmetrised says in words what the entries of the matrix are.
	Symmetrised string `json:"symmetrised"`
	// Recommended are the groups that the views are compared with.
	Recommended [][]string `json:"recommended"`
	// Conclusion is what a planner should take from them, in a sentence or two.
	Conclusion string `json:"conclusion"`
	clusters.Views
}

// ViewsOf looks for clusters in the pair gains of a problem. Errors are those of
// [Resample], where any gain has limits.
func ViewsOf(p *Problem, recommended [][]string, seed uint64) (*Views, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	g := newGains(p)
	model, err := newErrorModel(g)
	if err != nil {
		return nil, err
	}
	config := clusters.Config{Gains: true, Seed: seed}
	if model.fixed < len(g.cell) {
		centre, cell := make([]float64, len(g.cell)), make([]float64, len(g.cell))
		config.Errors = func(random *rand.Rand) [][]float64 {
			model.draw(random, centre, cell)
			return g.pairMatrix(cell)
		}
	}
	found, err := clusters.Look(p.Domains, g.pairMatrix(g.cell), config)
	if err != nil {
		return nil, fmt.Errorf("grouping: views: %w", err)
	}
	found.Compare(recommended)
	v := &Views{
		Version: viewsVersion, Recommended: recommended, Views: *found,
		Symmetrised: "Each entry is the mean of what the two domains gain from each other, ½(g(i,{i,j}) + g(j,{i,j})), as a fraction of their own error.",
	}
	v.Conclusion = v.conclude()
	return v, nil
}

// ViewResults is [ViewsOf] for the results that a recommendation was made from,
// by the same seed of draws.
func ViewResults(r *analysis.Results, recommendation *Recommendation, seed uint64) (*Views, error) {
	problem, selection, _, err := FromResults(r, Selection{recommendation.Rung, recommendation.Weighting})
	if err != nil {
		return nil, err
	}
	v, err := ViewsOf(problem, recommendation.Names(), seed)
	if err != nil {
		return nil, err
	}
	v.Study, v.Rung, v.Weighting = r.Study, selection.Rung, selection.Weighting
	return v, nil
}

// conclude says what a planner should take from the views.
func (v *Views) conclude() string {
	if v.Reason != "" {
		return "There are no views of clusters: " + v.Reason + "."
	}
	found, same, total := v.Found(), 0, len(v.Views.Views)
	for _, view := range v.Views.Views {
		if view.Clusters && view.Agreement > 1-1e-9 {
			same++
		}
	}
	switch {
	case found == 0:
		return fmt.Sprintf("None of %d views finds clusters%s. %s", total, v.without(), v.restsOn())
	case same == found && found == total:
		return fmt.Sprintf("All of %d views find clusters, and%s these are the recommended groups: a pattern among all pairs stands behind them.", total, v.losing())
	}
	text := fmt.Sprintf("%d of %d views find clusters; ", found, total)
	switch same {
	case 0:
		text += "none finds exactly the recommended groups."
	case found:
		text += strings.TrimSpace(v.losing() + " these are the recommended groups.")
	case 1:
		text += "1 of them finds the recommended groups."
	default:
		text += fmt.Sprintf("%d of them find the recommended groups.", same)
	}
	if same < found && v.nested() {
		return text + " Each recommended group lies within one cluster of most views: pools as large as these may do as well with fewer models, which training them would tell."
	}
	if apart := v.contrary(true); apart != "" {
		text += " Most put together " + apart + ", which the recommendation keeps apart."
	}
	if together := v.contrary(false); together != "" {
		text += " Most keep apart " + together + ", which the recommendation puts together."
	}
	return text
}

// without says what pairs are like where there are no clusters.
func (v *Views) without() string {
	if v.Null == clusters.ErrorsNull {
		return ": pairs of domains differ no more than their errors make them"
	}
	return " beyond domains that are good or bad company for all alike"
}

// restsOn says what recommended groups rest on where there are no clusters.
func (v *Views) restsOn() string {
	switch len(v.Recommended) {
	case len(v.Domains):
		return "The recommendation, every domain alone, agrees."
	case 1:
		return "The recommendation, one pool of all, agrees."
	}
	return "The recommended groups rest on single gains and on no pattern among all."
}

// nested reports whether, for most of the views with clusters, each recommended
// group lies within one pool.
func (v *Views) nested() bool {
	nested, found := 0, 0
	for i := range v.Views.Views {
		view := &v.Views.Views[i]
		if !view.Clusters {
			continue
		}
		found++
		at := indexed(v.Pools(view))
		within := true
		for _, names := range v.Recommended {
			for _, name := range names {
				within = within && at[name] == at[names[0]]
			}
		}
		if within {
			nested++
		}
	}
	return 2*nested > found
}

// indexed has the index of the group of every name.
func indexed(groups [][]string) map[string]int {
	out := map[string]int{}
	for i, names := range groups {
		for _, name := range names {
			out[name] = i
		}
	}
	return out
}

// losing says that clusters of domains that lose with each other are taken apart,
// where some view has one.
func (v *Views) losing() string {
	for _, view := range v.Views.Views {
		for _, mean := range view.Within {
			if view.Clusters && mean <= 0 {
				return " with domains apart that are alike in losing with each other,"
			}
		}
	}
	return ""
}

// contrary lists pairs on which most of the views with clusters say otherwise than
// the recommendation: those that they put together, or keep apart.
func (v *Views) contrary(together bool) string {
	recommended := indexed(v.Recommended)
	var views []map[string]int
	for i := range v.Views.Views {
		if view := &v.Views.Views[i]; view.Clusters {
			views = append(views, indexed(v.Pools(view)))
		}
	}
	var pairs []string
	for i, a := range v.Domains {
		for _, b := range v.Domains[:i] {
			votes := 0
			for _, groups := range views {
				if (groups[a] == groups[b]) == together {
					votes++
				}
			}
			if (recommended[a] == recommended[b]) != together && 2*votes > len(views) {
				pairs = append(pairs, b+" and "+a)
			}
		}
	}
	const most = 3
	if extra := len(pairs) - most; extra > 0 {
		return strings.Join(pairs[:most], ", ") + fmt.Sprintf(" and %d more", extra)
	}
	return strings.Join(pairs, ", ")
}

// Of says whether the views are of the given recommendation.
func (v *Views) Of(r *Recommendation) bool {
	return v.Study == r.Study && v.Rung == r.Rung && v.Weighting == r.Weighting && r.Same(v.Recommended)
}

// WriteFile stores the views, by way of a temporary file in the same folder.
func (v *Views) WriteFile(path string) error { return layout.WriteJSON(path, v) }

// ReadViews reads views. It fails with versioned.ErrVersion for a version that this
// package does not know.
func ReadViews(path string) (*Views, error) {
	var v Views
	if err := versioned.Read(path, viewsVersion, &v); err != nil {
		if errors.Is(err, versioned.ErrVersion) {
			return nil, fmt.Errorf("grouping: %w: choose the groups again from the results, as sharewise group does", err)
		}
		return nil, fmt.Errorf("grouping: %w", err)
	}
	return &v, nil
}
