package reports

import (
	"fmt"
	"math"
	"slices"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/measures"
	"github.com/sharewise/sharewise/analysis/wording"
)

// matrix is the heatmap of gains: row = source, column = target. A source of which no pair
// was trained has no row.
type matrix struct {
	Columns []string
	Rows    []matrixRow
	Legend  []legendStep
	Wide    bool // too many columns for limits inside the cells
	Less    text // what a gain is, as in "fewer errors"
	// Beyond says that cells with a mark lie beyond the colours.
	Beyond bool
}

type matrixRow struct {
	Label text
	Pool  bool // a pool of three or more, below the pairs
	Cells []matrixCell
}

type matrixCell struct {
	Value  string
	Limits text
	Class  string // color step: g1…g5, h1…h5, z, self, none
	Strong bool
	Detail text
}

type legendStep struct{ Class, Label string }

// colorSteps is the number of steps of each half of the color scale.
const colorSteps = 5

// wideMatrix is the number of domains from which limits are left out of the
// cells; they stay in the detail line and in the table of numbers.
const wideMatrix = 7

func newMatrix(in *Input) *matrix {
	if len(in.Results.Domains) >= crowdDomains {
		return nil
	}
	gains := in.selectedGains()
	if len(gains) == 0 {
		return nil
	}
	m := &matrix{Less: gainWordsOf(in.Results).reduction()}
	for _, d := range in.Results.Domains {
		m.Columns = append(m.Columns, d.Name)
	}
	m.Wide = len(m.Columns) >= wideMatrix
	step := colorStep(gains)
	m.Legend = legend(step)
	limit := clipAt(values(gains))
	find := func(target string, pool []string) *analysis.Gain {
		for i := range gains {
			if gains[i].Domain == target && samePool(gains[i].Pool, pool) {
				return &gains[i]
			}
		}
		return nil
	}
	for _, source := range m.Columns {
		row, measured := matrixRow{Label: wording.Name(source)}, false
		for _, target := range m.Columns {
			if source == target {
				row.Cells = append(row.Cells, matrixCell{Class: "self", Detail: say("%s alone: what the others are compared with.", source)})
				continue
			}
			g := find(target, []string{source, target})
			measured = measured || g != nil
			row.Cells = append(row.Cells, newCell(g, wording.Name(source), target, step, limit))
		}
		if measured { // many domains have pools and hardly a pair
			m.Rows = append(m.Rows, row)
		}
	}
	for _, pool := range largerPools(gains) {
		row := matrixRow{Label: poolTitle(pool), Pool: true}
		if len(pool) == len(m.Columns) {
			row.Label = say("all together")
		}
		for _, target := range m.Columns {
			if !slices.Contains(pool, target) {
				row.Cells = append(row.Cells, matrixCell{Class: "self", Detail: say("%s is not in this pool.", target)})
				continue
			}
			row.Cells = append(row.Cells, newCell(find(target, pool), row.Label, target, step, limit))
		}
		m.Rows = append(m.Rows, row)
	}
	for _, g := range gains {
		m.Beyond = m.Beyond || math.Abs(g.Relative.Value) > limit
	}
	return m
}

// beyondMark stands after figures beyond the colours.
const beyondMark = " ‡"

func values(gains []analysis.Gain) []float64 {
	var out []float64
	for _, g := range gains {
		out = append(out, g.Relative.Value)
	}
	return out
}

func samePool(a, b []string) bool {
	if len(a) != len(b) {
		return false
	}
	for _, x := range a {
		if !slices.Contains(b, x) {
			return false
		}
	}
	return true
}

func largerPools(gains []analysis.Gain) [][]string {
	var pools [][]string
	for _, g := range gains {
		if len(g.Pool) > 2 && !slices.ContainsFunc(pools, func(p []string) bool { return slices.Equal(p, g.Pool) }) {
			pools = append(pools, g.Pool)
		}
	}
	return pools
}

func newCell(g *analysis.Gain, source text, target string, step, limit float64) matrixCell {
	if g == nil || !g.Relative.Known() {
		return matrixCell{Value: noData, Class: "none", Detail: say("%s with %s: not measured.", target, source)}
	}
	r := g.Relative
	c := matrixCell{
		Value: signed(r.Value), Limits: span(r.Lo, r.Hi, signed),
		Class: colorClass(r.Value, step), Strong: g.Distinct(),
	}
	if math.Abs(r.Value) > limit {
		c.Value += beyondMark
	}
	w := gainWords{measures.MetricNamed(g.Metric), g.Floor > 0}
	var facts []text
	switch than, all := w.than(r.Value), source == armTitle("joint"); {
	case all && c.Limits == "":
		facts = []text{say("%s, trained with all others: %s, no limits", target, than)}
	case all:
		facts = []text{say("%s, trained with all others: %s, limits %s", target, than, c.Limits)}
	case c.Limits == "":
		facts = []text{say("%s, trained with %s: %s, no limits", target, source, than)}
	default:
		facts = []text{say("%s, trained with %s: %s, limits %s", target, source, than, c.Limits)}
	}
	if g.Absolute.Known() {
		facts = append(facts, w.absolute(g.Absolute))
	}
	if g.LossCap > 0 {
		facts = append(facts, say("losses cut at %s", significant(g.LossCap)))
	}
	tested := some(g.Samples, "test sample")
	if g.Folds > 0 {
		tested = say("%s, tested in %d folds", tested, g.Folds)
	}
	c.Detail = say("%s. %s; %d runs alone, %d shared.", wording.Clauses(facts), tested, g.Seeds.Independent, g.Seeds.Arm)
	if k := g.Carriers; k != nil {
		c.Detail += " " + carriersText(k)
	}
	return c
}

// colorStep is the width of one color step: a fifth of the largest gain that
// colors tell apart, rounded up to a round number.
func colorStep(gains []analysis.Gain) float64 { return colorStepOf(values(gains)) }

func colorStepOf(all []float64) float64 {
	largest := 0.0
	for _, x := range clipped(all, clipAt(all)) {
		if finite(x) {
			largest = max(largest, math.Abs(x))
		}
	}
	if largest == 0 {
		return 0.01
	}
	return niceScale(0, largest, colorSteps).step
}

// carriersText says that a few samples decide a gain, and what it is without
// them.
func carriersText(c *effect.Carriers) text {
	without := withLimits(c.Without, signed)
	switch {
	case c.Groups && c.Count == 1:
		return say("1 of %d groups of test samples decides that figure: without it it is %s.", c.Of, without)
	case c.Groups:
		return say("%d of %d groups of test samples decide that figure: without them it is %s.", c.Count, c.Of, without)
	case c.Count == 1:
		return say("1 of %d test samples decides that figure: without it it is %s.", c.Of, without)
	}
	return say("%d of %d test samples decide that figure: without them it is %s.", c.Count, c.Of, without)
}

// colorClass names the color of a gain: g1 to g5 for gain, h1 to h5 for harm,
// z within a quarter step of zero.
func colorClass(x, step float64) string {
	if math.Abs(x) < step/4 {
		return "z"
	}
	level := min(colorSteps, int(math.Ceil(math.Abs(x)/step-1e-9)))
	if x > 0 {
		return fmt.Sprintf("g%d", level)
	}
	return fmt.Sprintf("h%d", level)
}

func legend(step float64) []legendStep {
	var out []legendStep
	s := scale{step: step}
	for i := colorSteps; i > 0; i-- {
		out = append(out, legendStep{fmt.Sprintf("h%d", i), s.tickPercent(-step * float64(i))})
	}
	out = append(out, legendStep{"z", "0"})
	for i := 1; i <= colorSteps; i++ {
		out = append(out, legendStep{fmt.Sprintf("g%d", i), s.tickSigned(step * float64(i))})
	}
	return out
}
