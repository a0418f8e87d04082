package reports

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/wording"
	"github.com/sharewise/sharewise/grouping"
	"github.com/sharewise/sharewise/grouping/clusters"
)

// views are clusters by several methods, beside the recommended groups.
type views struct {
	Conclusion, Recommended string
	Count                   string
	Rows                    []viewRow
	Cells                   []orderedRow // none where domains are many
	Small                   bool
	Symmetrised             string
	Asymmetry, Null         string
	Notes                   []string
}

type viewRow struct{ Name, Clusters, Groups, Clear string }

type orderedRow struct {
	Label string
	Group int // number of the recommended group, from 1
	Cells []matrixCell
}

// viewNames are what the page calls the methods.
var viewNames = map[string]string{
	string(clusters.Average): "average linkage", string(clusters.Complete): "complete linkage", string(clusters.Single): "single linkage",
	string(clusters.Ward): "Ward’s linkage", clusters.SpectralMethod: "spectral", clusters.RelaxationMethod: "relaxation",
}

func newViews(in *Input) *views {
	v := in.Views
	if v == nil || len(v.Views.Views) == 0 {
		return nil
	}
	out := &views{
		Conclusion: v.Conclusion, Recommended: partitionText(v.Recommended), Count: wording.Plural(len(v.Recommended), "group"), Symmetrised: v.Symmetrised,
		Small: len(v.Domains) >= smallCells,
	}
	if v.Asymmetry.Known() {
		out.Asymmetry = fmt.Sprintf("Being symmetric loses %s of what the pairs vary.", percent(float64(v.Asymmetry)))
	}
	if v.Missing > 0 {
		out.Asymmetry += fmt.Sprintf(" Of %s that were not measured the mean of the others is taken.", wording.Plural(v.Missing, "pair"))
	}
	out.Null = "A view has clusters where they explain more of the pairs than in 95 % of references: "
	if v.Null == clusters.ErrorsNull {
		out.Null += "matrices in which all pairs gain the same, plus a draw of the errors."
	} else {
		out.Null += "matrices in which what domains do to all alike is kept and the rest is drawn anew, as large as it is, since the errors are not known."
	}
	first := map[string]string{} // rows by their groups
	for i := range v.Views.Views {
		row, note := newViewRow(&v.Views.Views[i])
		if earlier, seen := first[row.Groups]; seen && v.Views.Views[i].Clusters {
			row.Groups = "the same as " + earlier
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

func newViewRow(view *clusters.View) (viewRow, string) {
	row := viewRow{Name: viewNames[view.Method], Clusters: "none", Groups: partitionText(view.Groups)}
	if view.Clusters {
		row.Clusters = wording.Plural(view.K, "cluster")
	} else {
		row.Groups = "no more than chance"
	}
	var facts, notes []string
	for i, names := range view.Groups {
		if mean := view.Within[i]; view.Clusters && mean.Known() && mean <= 0 {
			row.Groups += fmt.Sprintf("; %s lose with each other (%s)", strings.Join(names, " and "), signed(float64(mean)))
		}
	}
	if view.Silhouette.Known() {
		facts = append(facts, "silhouette "+significant(float64(view.Silhouette)))
	}
	if view.P.Known() {
		facts = append(facts, "p "+significant(float64(view.P)))
	}
	if view.Stability.Known() {
		facts = append(facts, "stability "+significant(float64(view.Stability)))
	}
	row.Clear = strings.Join(facts, ", ")
	if !view.Clusters {
		notes = append(notes, fmt.Sprintf("what chance does as well is %s", partitionText(view.Groups)))
	}
	if view.GapK > 0 {
		notes = append(notes, fmt.Sprintf("gap statistic %s ± %s at %d, it would choose %d", significantSigned(float64(view.Gap)), significant(float64(view.GapError)), view.K, view.GapK))
	}
	if view.EigengapK > 0 {
		notes = append(notes, fmt.Sprintf("largest step of the eigenvalues after %d", view.EigengapK))
	}
	if s := view.Solution; s != nil {
		notes = append(notes, fmt.Sprintf("value %s, proved not to exceed %s, residuals %s and %s after %s", significant(s.Value), significant(s.Bound), significant(s.Primal), significant(s.Dual), wording.Plural(s.Steps, "step")))
	}
	if view.References > 0 {
		notes = append(notes, wording.Plural(view.References, "reference"))
	}
	if view.Agreement.Known() {
		notes = append(notes, "agreement with the recommendation "+significant(float64(view.Agreement)))
	}
	return row, row.Name + ": " + strings.Join(notes, "; ") + "."
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
				row.Cells = append(row.Cells, matrixCell{Value: noData, Class: "none", Detail: a + " and " + b + ": not measured"})
			default:
				text := signed(float64(x))
				row.Cells = append(row.Cells, matrixCell{Value: text, Class: colorClass(float64(x), step), Detail: a + " and " + b + ": " + text})
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
