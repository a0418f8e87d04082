package sources

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/grouping"
)

// Options say what is asked.
type Options struct {
	// Selection picks capacity and weighting; blanks stand for those of Groups or,
	// without these, as grouping.FromResults picks them.
	Selection grouping.Selection
	// Groups are recommended for the same results; nil where none are.
	Groups *grouping.Recommendation
}

// Answer is what is known of the sources of help and harm at one capacity and
// weighting, and what is not.
type Answer struct {
	Study     string  `json:"study"`
	Rung      string  `json:"rung"`
	Weighting string  `json:"weighting"`
	Level     float64 `json:"level"`
	// Sums and Effects begin with what harms most.
	Sums    []analysis.SourceSum    `json:"sums"`
	Effects []analysis.SourceEffect `json:"effects"`
	// Missing begins with the most suspect source.
	Missing []Missing `json:"missing"`
	Notes   []string  `json:"notes"`
}

// Ground is what makes a source suspect.
type Ground string

// Grounds, the better first.
const (
	Pairs   Ground = "pairs"     // mean of what the others gain in a pair with it
	Cosines Ground = "gradients" // mean cosine between its gradient and theirs in the pool
	None    Ground = "none"
)

// Missing is a pool without one of its members that was not trained.
type Missing struct {
	Pool   []string `json:"pool"`   // to train, in the study's order
	Source string   `json:"source"` // the member that it lacks
	Whole  string   `json:"whole"`  // the arm that has it too, which was trained
	// Recommended says that the whole pool is a recommended group.
	Recommended bool   `json:"recommended"`
	Ground      Ground `json:"ground"`
	// Score is that of the ground; the lower, the more suspect. Unknown without one.
	Score effect.Number `json:"score"`
}

// Ask says what results tell of the sources of help and harm. It fails where the
// selection names what the results do not have, and with grouping.ErrNoGains where no
// pool was measured.
func Ask(r *analysis.Results, o Options) (*Answer, error) {
	want := o.Selection
	if g := o.Groups; g != nil && g.Study == r.Study && want == (grouping.Selection{}) {
		want = grouping.Selection{Rung: g.Rung, Weighting: g.Weighting}
	}
	_, at, _, err := grouping.FromResults(r, want)
	if err != nil && (!errors.Is(err, grouping.ErrNoGains) || at.Rung == "" || at.Weighting == "") {
		return nil, err
	}
	a := &Answer{Study: r.Study, Rung: at.Rung, Weighting: at.Weighting, Level: r.Level, Sums: []analysis.SourceSum{}, Effects: []analysis.SourceEffect{}, Missing: []Missing{}, Notes: []string{}}
	a.measured(r)
	a.missing(r, o.Groups)
	return a, nil
}

// measured picks what was measured.
func (a *Answer) measured(r *analysis.Results) {
	if r.LeftOut == nil {
		return
	}
	unknown := 0
	for _, s := range r.LeftOut.Sums {
		if s.At(a.Rung, a.Weighting) {
			a.Sums = append(a.Sums, s)
		}
	}
	for _, e := range r.LeftOut.Effects {
		if e.At(a.Rung, a.Weighting) {
			a.Effects = append(a.Effects, e)
			if !e.Brings.Limited() {
				unknown++
			}
		}
	}
	slices.SortStableFunc(a.Sums, func(x, y analysis.SourceSum) int { return worse(&x.Brought, &y.Brought) })
	slices.SortStableFunc(a.Effects, func(x, y analysis.SourceEffect) int { return worse(&x.Brought, &y.Brought) })
	if unknown > 0 {
		a.Notes = append(a.Notes, fmt.Sprintf("%d of %d differences have no limits, so that nothing can be said of them: there are fewer than two seeds of a model, or nothing was seen to vary between the two", unknown, len(a.Effects)))
	}
}

// worse puts harm that is out of doubt first, then other differences, then help that
// is, and orders each by size.
func worse(x, y *analysis.Brought) int {
	class := func(b *analysis.Brought) int {
		switch {
		case b.Discovery && b.Brings.Value < 0:
			return 0
		case b.Discovery:
			return 2
		}
		return 1
	}
	return cmp.Or(cmp.Compare(class(x), class(y)), cmp.Compare(x.Brings.Value, y.Brings.Value))
}

// missing lists what was not trained.
func (a *Answer) missing(r *analysis.Results, groups *grouping.Recommendation) {
	pools := trained(r, a.Rung, a.Weighting)
	larger := 0
	for _, p := range pools {
		larger = max(larger, len(p.names))
	}
	if larger < 3 {
		a.Notes = append(a.Notes, "no model of three or more domains was trained at this capacity and weighting: of a pair, the gain itself says what its other member brings")
		return
	}
	if groups != nil && groups.Study != r.Study {
		groups = nil
	}
	for _, p := range pools {
		recommended := groups != nil && slices.ContainsFunc(groups.Names(), func(names []string) bool { return same(names, p.names) })
		if len(p.names) < 3 || !recommended && len(p.names) < larger {
			continue
		}
		for _, source := range p.names {
			rest := slices.DeleteFunc(slices.Clone(p.names), func(n string) bool { return n == source })
			if slices.ContainsFunc(pools, func(q pool) bool { return same(q.names, rest) }) {
				continue
			}
			if at := slices.IndexFunc(a.Missing, func(m Missing) bool { return same(m.Pool, rest) }); at >= 0 {
				a.Missing[at].Recommended = a.Missing[at].Recommended || recommended
				continue
			}
			m := Missing{Pool: rest, Source: source, Whole: p.arm, Recommended: recommended}
			m.suspect(r, a.Rung, a.Weighting)
			a.Missing = append(a.Missing, m)
		}
	}
	slices.SortStableFunc(a.Missing, func(x, y Missing) int {
		return cmp.Or(cmp.Compare(x.Ground.order(), y.Ground.order()), compareKnown(float64(x.Score), float64(y.Score)))
	})
}

func (g Ground) order() int { return slices.Index([]Ground{Pairs, Cosines, None}, g) }

// compareKnown orders numbers, of which unknown ones are equal.
func compareKnown(x, y float64) int {
	if math.IsNaN(x) || math.IsNaN(y) {
		return 0
	}
	return cmp.Compare(x, y)
}

// suspect fills in the ground and its score.
func (m *Missing) suspect(r *analysis.Results, rung, weighting string) {
	sum, n := 0.0, 0
	for g := range r.PoolGains(rung, weighting) {
		if len(g.Pool) == 2 && slices.Contains(g.Pool, m.Source) && slices.Contains(m.Pool, g.Domain) && g.Relative.Known() {
			sum, n = sum+g.Relative.Value, n+1
		}
	}
	if n > 0 {
		m.Ground, m.Score = Pairs, effect.Number(sum/float64(n))
		return
	}
	for _, c := range r.Conflict {
		if c.Arm == m.Whole && c.Rung == rung && c.Weighting == weighting && (c.A == m.Source || c.B == m.Source) && c.Cosine.Known() {
			sum, n = sum+c.Cosine.Value, n+1
		}
	}
	if n > 0 {
		m.Ground, m.Score = Cosines, effect.Number(sum/float64(n))
		return
	}
	m.Ground, m.Score = None, effect.NaN
}

// pool is an arm that was trained.
type pool struct {
	arm   string
	names []string
}

// trained lists the pools at a capacity and weighting, in the order of the results.
func trained(r *analysis.Results, rung, weighting string) []pool {
	var out []pool
	seen := map[string]bool{}
	for g := range r.PoolGains(rung, weighting) {
		if !seen[g.Arm] {
			seen[g.Arm] = true
			out = append(out, pool{g.Arm, g.Pool})
		}
	}
	return out
}

func same(a, b []string) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(n string) bool { return !slices.Contains(b, n) })
}

// Words says what a source brings to a domain in a sentence.
func Words(e *analysis.SourceEffect) string {
	gain := func(v effect.Interval) string {
		if s := fmt.Sprintf("%+.1f %%", 100*v.Value); strings.Trim(s, "+-0.% ") != "" {
			return s
		}
		return "0.0 %"
	}
	return fmt.Sprintf("without %s, %s would gain %s instead of %s", e.Source, e.Domain, gain(e.Left), gain(e.With))
}

// Judgement says of what a source brings which way it goes, as far as is known.
func Judgement(b *analysis.Brought) string {
	switch {
	case b.Discovery && b.Brings.Value < 0:
		return "harms"
	case b.Discovery:
		return "helps"
	case !b.Brings.Limited():
		return "unknown"
	}
	return "not settled"
}
