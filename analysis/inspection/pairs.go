package inspection

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/sharewise/sharewise/analysis/datafile"
	"github.com/sharewise/sharewise/analysis/dataset"
)

// Pair holds two domains against each other.
type Pair struct {
	A string `json:"a"`
	B string `json:"b"`
	// SameInputs says that shape and names of features agree, which one trunk
	// for both needs.
	SameInputs bool `json:"same_inputs"`
	// SharedClasses are the names of classes that both have.
	SharedClasses []string `json:"shared_classes"`
	// SpelledApart are classes that may be the same and are spelled differently, such as
	// "ok" and "OK ", or "0" and "no" where both domains have two classes.
	SpelledApart []string `json:"spelled_apart,omitempty"`
	// UnitsApart are columns whose numbers are written with other units in both domains, such as
	// "price ($ and €)".
	UnitsApart []string `json:"units_apart,omitempty"`
	// Distance is the root mean square, over features, of the difference of
	// means in units of the pooled standard deviation (Cohen's d). A hint at how
	// far apart inputs lie, and no more: near domains need not help each other.
	// Null where the inputs differ in kind.
	Distance *float64 `json:"distance"`
	// Equal counts the samples of each domain that have an equal one in the
	// other, TestInTraining the test samples among the other's training data: a
	// joint model is trained on those.
	Equal          Both `json:"equal"`
	TestInTraining Both `json:"test_in_training"`
	// Likely are those of TestInTraining that are likely to be copies.
	Likely   Both    `json:"likely"`
	Examples []Match `json:"examples"`
}

// Both is a count for each domain of a pair.
type Both struct {
	A int `json:"a"`
	B int `json:"b"`
}

// newPairs returns the pairs a < b at [a][b].
func newPairs(domains []*dataset.Domain, reports []Domain) [][]Pair {
	out := make([][]Pair, len(domains))
	for a, d := range domains {
		out[a] = make([]Pair, len(domains))
		for b := a + 1; b < len(domains); b++ {
			e := domains[b]
			p := &out[a][b]
			p.A, p.B = d.Name, e.Name
			p.SameInputs = slices.Equal(d.Shape, e.Shape) && slices.Equal(d.Features, e.Features)
			for _, c := range d.Task.Classes {
				if slices.Contains(e.Task.Classes, c) {
					p.SharedClasses = append(p.SharedClasses, c)
				}
			}
			p.SpelledApart = spelledApart(d.Task.Classes, e.Task.Classes)
			p.UnitsApart = unitsApart(d, e)
			if p.SameInputs {
				p.Distance = distance(reports[a].Features, reports[b].Features)
			}
		}
	}
	return out
}

// unitsApart lists the columns that have one unit in a and another, or none, in b.
func unitsApart(a, b *dataset.Domain) []string {
	columns := map[string]bool{}
	for n := range a.Units {
		columns[n] = true
	}
	for n := range b.Units {
		columns[n] = true
	}
	has := func(d *dataset.Domain, n string) bool {
		return slices.Contains(d.Features, n) || slices.Contains(d.Task.Targets, n)
	}
	var out []string
	for _, n := range slices.Sorted(maps.Keys(columns)) {
		if a.Units[n] != b.Units[n] && has(a, n) && has(b, n) {
			out = append(out, fmt.Sprintf("%s (%s and %s)", n, cmp.Or(a.Units[n], "none"), cmp.Or(b.Units[n], "none")))
		}
	}
	return out
}

// answers are words for no and yes.
var answers = [2][]string{{"0", "no", "n", "false", "f", "off"}, {"1", "yes", "y", "true", "t", "on"}}

// spelledApart pairs the classes of two domains that may be the same and are spelled
// differently; nil where none are.
func spelledApart(a, b []string) []string {
	means := func(name string) int {
		return slices.IndexFunc(answers[:], func(words []string) bool { return slices.Contains(words, datafile.Plain(name)) })
	}
	var out []string
	for _, x := range a {
		if slices.Contains(b, x) {
			continue
		}
		for _, y := range b {
			both := len(a) == 2 && len(b) == 2 && means(x) >= 0 && means(x) == means(y)
			if !slices.Contains(a, y) && (datafile.Plain(x) == datafile.Plain(y) || both) {
				out = append(out, fmt.Sprintf("%q and %q", x, y))
			}
		}
	}
	return out
}

// distance is nil where no feature varies.
func distance(a, b []Feature) *float64 {
	sum, n := 0.0, 0
	for j := range a {
		pooled := (a[j].SD*a[j].SD + b[j].SD*b[j].SD) / 2
		if pooled == 0 {
			continue
		}
		d := a[j].Mean - b[j].Mean
		sum += d * d / pooled
		n++
	}
	if n == 0 {
		return nil
	}
	r := math.Sqrt(sum / float64(n))
	return &r
}
