package reports

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/measures"
	"github.com/sharewise/sharewise/analysis/wording"
)

// matrix is the heatmap of gains: row = source, column = target.
type matrix struct {
	Columns []string
	Rows    []matrixRow
	Legend  []legendStep
	Wide    bool   // too many columns for limits inside the cells
	Less    string // what a gain is, as in "fewer errors"
	// Beyond says that cells with a mark lie beyond the colours.
	Beyond bool
}

type matrixRow struct {
	Label string
	Pool  bool // a pool of three or more, below the pairs
	Cells []matrixCell
}

type matrixCell struct {
	Value, Limits string
	Class         string // color step: g1…g5, h1…h5, z, self, none
	Strong        bool
	Detail        string
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
		row := matrixRow{Label: source}
		for _, target := range m.Columns {
			if source == target {
				row.Cells = append(row.Cells, matrixCell{Class: "self", Detail: source + " alone: what the others are compared with."})
				continue
			}
			row.Cells = append(row.Cells, newCell(find(target, []string{source, target}), source, target, step, limit))
		}
		m.Rows = append(m.Rows, row)
	}
	for _, pool := range largerPools(gains) {
		row := matrixRow{Label: poolTitle(pool), Pool: true}
		if len(pool) == len(m.Columns) {
			row.Label = "all together"
		}
		for _, target := range m.Columns {
			if !slices.Contains(pool, target) {
				row.Cells = append(row.Cells, matrixCell{Class: "self", Detail: target + " is not in this pool."})
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

func newCell(g *analysis.Gain, source, target string, step, limit float64) matrixCell {
	if g == nil || !g.Relative.Known() {
		return matrixCell{Value: noData, Class: "none", Detail: fmt.Sprintf("%s with %s: not measured.", target, source)}
	}
	r := g.Relative
	c := matrixCell{
		Value: signed(r.Value), Limits: span(r.Lo, r.Hi, signed),
		Class: colorClass(r.Value, step), Strong: g.Distinct(),
	}
	if math.Abs(r.Value) > limit {
		c.Value += beyondMark
	}
	var b strings.Builder
	change := gainWords{measures.MetricNamed(g.Metric), g.Floor > 0}.change(r.Value)
	than := "than"
	if strings.HasPrefix(change, "as ") {
		than = "as"
	}
	fmt.Fprintf(&b, "%s, trained with %s: %s %s alone, ", target, source, change, than)
	if c.Limits != "" {
		fmt.Fprintf(&b, "limits %s", c.Limits)
	} else {
		b.WriteString("no limits")
	}
	if g.Absolute.Known() {
		switch m := measures.MetricNamed(g.Metric); {
		case m.Rises == "":
			fmt.Fprintf(&b, "; mean %s %s", m.Word, fallOrRise(g.Absolute.Value))
		case m.Percent:
			fmt.Fprintf(&b, "; %s %s", m.Rises, withLimits(g.Absolute, points))
		default:
			fmt.Fprintf(&b, "; %s %s", m.Rises, withLimits(g.Absolute, significantSigned))
		}
	}
	if g.LossCap > 0 {
		fmt.Fprintf(&b, "; losses cut at %s", significant(g.LossCap))
	}
	tested := wording.Plural(g.Samples, "test sample")
	if g.Folds > 0 {
		tested += fmt.Sprintf(", tested in %d folds", g.Folds)
	}
	fmt.Fprintf(&b, ". %s; %d runs alone, %d shared.", tested, g.Seeds.Independent, g.Seeds.Arm)
	if k := g.Carriers; k != nil {
		fmt.Fprintf(&b, " %s", carriersText(k))
	}
	c.Detail = b.String()
	return c
}

// fallOrRise writes a fall of a mean, which a negative one is not.
func fallOrRise(x float64) string {
	if x < 0 {
		return significant(-x) + " higher"
	}
	return significant(x) + " lower"
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
func carriersText(c *effect.Carriers) string {
	what, decide, them := "test samples", "decide", "them"
	if c.Groups {
		what = "groups of test samples"
	}
	if c.Count == 1 {
		decide, them = "decides", "it"
	}
	return fmt.Sprintf("%d of %d %s %s that figure: without %s it is %s.", c.Count, c.Of, what, decide, them, withLimits(c.Without, signed))
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
