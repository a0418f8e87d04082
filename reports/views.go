package reports

import (
	"errors"
	"io/fs"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/wording"
	"github.com/sharewise/sharewise/grouping"
	"github.com/sharewise/sharewise/grouping/clusters"
)

// views are clusters by several methods, beside the recommended groups.
type views struct {
	Conclusion, Recommended text
	Count                   text
	Rows                    []viewRow
	Cells                   []orderedRow // none where domains are many
	Small                   bool
	Symmetrised             text
	Asymmetry, Null         text
	Notes                   []text
}

type viewRow struct{ Name, Clusters, Groups, Clear text }

type orderedRow struct {
	Label string
	Group int // number of the recommended group, from 1
	Cells []matrixCell
}

// viewNames are what the page calls the methods.
var viewNames = map[string]text{
	string(clusters.Average): say("average linkage"), string(clusters.Complete): say("complete linkage"), string(clusters.Single): say("single linkage"),
	string(clusters.Ward): say("Ward’s linkage"), clusters.SpectralMethod: say("spectral"), clusters.RelaxationMethod: say("relaxation"),
}

func newViews(in *Input) *views {
	v := in.Views
	if v == nil || len(v.Views.Views) == 0 {
		return nil
	}
	out := &views{
		Conclusion: wording.Written(v.Conclusion), Recommended: partitionText(v.Recommended), Count: some(len(v.Recommended), "group"), Symmetrised: wording.Written(v.Symmetrised),
		Small: len(v.Domains) >= smallCells,
	}
	if v.Asymmetry.Known() {
		out.Asymmetry = say("Being symmetric loses %s of what the pairs vary.", percent(float64(v.Asymmetry)))
	}
	if v.Missing > 0 {
		out.Asymmetry += " " + say("Of %s that were not measured the mean of the others is taken.", some(v.Missing, "pair"))
	}
	if v.Null == clusters.ErrorsNull {
		out.Null = say("A view has clusters where they explain more of the pairs than in 95 %% of references: matrices in which all pairs gain the same, plus a draw of the errors.")
	} else {
		out.Null = say("A view has clusters where they explain more of the pairs than in 95 %% of references: matrices in which what domains do to all alike is kept and the rest is drawn anew, as large as it is, since the errors are not known.")
	}
	first := map[text]text{} // rows by their groups
	for i := range v.Views.Views {
		row, note := newViewRow(&v.Views.Views[i])
		if earlier, seen := first[row.Groups]; seen && v.Views.Views[i].Clusters {
			row.Groups = say("the same as %s", earlier)
		} else {
			first[row.Groups] = row.Name
		}
		out.Rows = append(out.Rows, row)
		out.Notes = append(out.Notes, note)
	}
	if len(v.Domains) < crowdDomains {
		out.Cells = orderedCells(v)
	}
	return out
}

// smallCells is the number of domains from which cells are small.
const smallCells = 13

func newViewRow(view *clusters.View) (viewRow, text) {
	row := viewRow{Name: viewNames[view.Method], Clusters: say("none"), Groups: partitionText(view.Groups)}
	if view.Clusters {
		row.Clusters = some(view.K, "cluster")
	} else {
		row.Groups = say("no more than chance")
	}
	var facts, notes []text
	for i, names := range view.Groups {
		if mean := view.Within[i]; view.Clusters && mean.Known() && mean <= 0 {
			row.Groups = say("%s; %s lose with each other (%s)", row.Groups, joined(names, say(" and ")), signed(float64(mean)))
		}
	}
	if view.Silhouette.Known() {
		facts = append(facts, say("silhouette %s", significant(float64(view.Silhouette))))
	}
	if view.P.Known() {
		facts = append(facts, say("p %s", significant(float64(view.P))))
	}
	if view.Stability.Known() {
		facts = append(facts, say("stability %s", significant(float64(view.Stability))))
	}
	row.Clear = joined(facts, ", ")
	if !view.Clusters {
		notes = append(notes, say("what chance does as well is %s", partitionText(view.Groups)))
	}
	if view.GapK > 0 {
		notes = append(notes, say("gap statistic %s ± %s at %d, it would choose %d", significantSigned(float64(view.Gap)), significant(float64(view.GapError)), view.K, view.GapK))
	}
	if view.EigengapK > 0 {
		notes = append(notes, say("largest step of the eigenvalues after %d", view.EigengapK))
	}
	if s := view.Solution; s != nil {
		notes = append(notes, say("value %s, proved not to exceed %s, residuals %s and %s after %s", significant(s.Value), significant(s.Bound), significant(s.Primal), significant(s.Dual), some(s.Steps, "step")))
	}
	if view.References > 0 {
		notes = append(notes, some(view.References, "reference"))
	}
	if view.Agreement.Known() {
		notes = append(notes, say("agreement with the recommendation %s", significant(float64(view.Agreement))))
	}
	return row, say("%s: %s.", row.Name, wording.Clauses(notes))
}

// orderedCells is the symmetrised matrix in the order of the tree.
func orderedCells(v *grouping.Views) []orderedRow {
	at, group := map[string]int{}, map[string]int{}
	for i, name := range v.Domains {
		at[name] = i
	}
	for i, names := range v.Recommended {
		for _, name := range names {
			group[name] = i + 1
		}
	}
	var all []float64
	for i, row := range v.Matrix {
		for j, x := range row {
			if i != j && x.Known() {
				all = append(all, float64(x))
			}
		}
	}
	step := colorStepOf(all)
	var out []orderedRow
	for _, a := range v.Order {
		row := orderedRow{Label: a, Group: group[a]}
		for _, b := range v.Order {
			switch x := v.Matrix[at[a]][at[b]]; {
			case a == b:
				row.Cells = append(row.Cells, matrixCell{Class: "self"})
			case !x.Known():
				row.Cells = append(row.Cells, matrixCell{Value: noData, Class: "none", Detail: say("%s and %s: not measured", a, b)})
			default:
				shown := signed(float64(x))
				row.Cells = append(row.Cells, matrixCell{Value: shown, Class: colorClass(float64(x), step), Detail: say("%s and %s: %s", a, b, shown)})
			}
		}
		out = append(out, row)
	}
	return out
}

// viewsOf reads the views of groups, nil where there are none or where they are of
// others.
func viewsOf(folder layout.Folder, groups *grouping.Recommendation) (*grouping.Views, error) {
	v, err := grouping.ReadViews(folder.Clusters())
	switch {
	case groups == nil || errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, err
	case !v.Of(groups):
		return nil, nil
	}
	return v, nil
}
