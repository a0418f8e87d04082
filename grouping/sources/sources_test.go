package sources

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/grouping"
)

// results have gains of pools, by names joined by +.
func results(domains string, pools map[string]float64) *analysis.Results {
	r := &analysis.Results{Study: "s", Level: 0.95, Rungs: []string{"w1", "w2"}, Weightings: []string{"equal"}}
	all := strings.Split(domains, "")
	for _, d := range all {
		r.Domains = append(r.Domains, analysis.DomainInfo{Name: d})
	}
	var names []string
	for name := range pools {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		members := strings.Split(name, "+")
		arm := "pool{" + strings.Join(members, ",") + "}"
		if len(members) == len(all) {
			arm = "joint"
		}
		for _, d := range members {
			r.Gains = append(r.Gains, analysis.Gain{Key: analysis.Key{Arm: arm, Rung: "w2", Weighting: "equal", Domain: d}, Pool: members, Gain: effect.Gain{Relative: effect.Interval{Value: pools[name], Lo: pools[name] - 0.1, Hi: pools[name] + 0.1}}})
		}
	}
	return r
}

func missingOf(a *Answer) string {
	var out []string
	for _, m := range a.Missing {
		out = append(out, fmt.Sprintf("%s-%s by %s", strings.Join(m.Pool, ""), m.Source, m.Ground))
	}
	return strings.Join(out, ", ")
}

// TestMissing proposes what was not trained, the most suspect first.
func TestMissing(t *testing.T) {
	for _, c := range []struct {
		name  string
		pools map[string]float64
		group bool // groups are recommended, of which that without a is to be trained
		want  string
	}{
		{"nothing larger than pairs", map[string]float64{"a+b": 0.1, "c+d": 0.1}, false, ""},
		{"joint alone", map[string]float64{"a+b+c+d": 0}, false, "bcd-a by none, acd-b by none, abd-c by none, abc-d by none"},
		{"pairs say who", map[string]float64{"a+b+c+d": 0, "a+c": -0.3, "b+c": -0.1, "c+d": 0.1, "a+b": 0.2, "a+d": -0.15}, false, "abd-c by pairs, bcd-a by pairs, abc-d by pairs, acd-b by pairs"},
		{"trained ones are left out", map[string]float64{"a+b+c+d": 0, "a+b+d": 0.1, "a+b+c": 0}, false, "bcd-a by none, acd-b by none"},
		{"a group and joint", map[string]float64{"a+b+c+d": 0, "a+b+c": 0.4, "a+b": 0.2, "a+c": -0.1}, true, "bc-a"},
		{"the largest where rules forbid joint", map[string]float64{"a+b+c": 0.1, "b+c+d": 0.1, "b+c": 0.1}, false, "ac-b by pairs, ab-c by pairs, cd-b by pairs, bd-c by pairs"},
	} {
		r := results("abcd", c.pools)
		o := Options{}
		if c.group {
			p, at, _, err := grouping.FromResults(r, grouping.Selection{})
			if err != nil {
				t.Fatal(err)
			}
			if o.Groups, err = grouping.Recommend(p, grouping.Context{Study: "s", Selection: at}); err != nil {
				t.Fatal(err)
			}
		}
		a, err := Ask(r, o)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range a.Missing {
			if len(m.Pool) < 2 || slices.Contains(m.Pool, m.Source) {
				t.Errorf("%s: %+v", c.name, m)
			}
		}
		if c.group {
			marked := slices.IndexFunc(a.Missing, func(m Missing) bool {
				return m.Recommended && strings.Join(m.Pool, "")+"-"+m.Source == c.want
			})
			// The group lacks bc; ab and ac were trained.
			if marked < 0 || len(a.Missing) != 4 {
				t.Errorf("%s: groups %v, missing %+v", c.name, o.Groups.Names(), a.Missing)
			}
			continue
		}
		if got := missingOf(a); got != c.want {
			t.Errorf("%s: missing %s, want %s", c.name, got, c.want)
		}
		if c.want == "" && len(a.Notes) != 1 {
			t.Errorf("%s: notes %q", c.name, a.Notes)
		}
	}
}

// TestMissingByGradients takes cosines where no pairs were trained.
func TestMissingByGradients(t *testing.T) {
	r := results("abc", map[string]float64{"a+b+c": -0.1})
	for pair, cosine := range map[string]float64{"ab": 0.4, "ac": -0.2, "bc": -0.1} {
		r.Conflict = append(r.Conflict, analysis.Conflict{Arm: "joint", Rung: "w2", Weighting: "equal", A: pair[:1], B: pair[1:], Cosine: effect.Point(cosine)})
	}
	a, err := Ask(r, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := missingOf(a), "ab-c by gradients, bc-a by gradients, ac-b by gradients"; got != want {
		t.Errorf("missing %s, want %s", got, want)
	}
	if got := float64(a.Missing[0].Score); math.Abs(got+0.15) > 1e-12 {
		t.Errorf("score %v", got)
	}
}

// TestAsk orders what was measured, at the capacity that was asked for.
func TestAsk(t *testing.T) {
	r := results("abc", map[string]float64{"a+b+c": -0.1, "a+b": 0.1})
	add := func(rung, domain string, value float64, limits, found bool) {
		v := effect.Point(value)
		if limits {
			v.Lo, v.Hi = value-0.1, value+0.1
		}
		r.LeftOut.Effects = append(r.LeftOut.Effects, analysis.SourceEffect{Brought: analysis.Brought{Key: analysis.Key{Arm: "joint", Rung: rung, Weighting: "equal", Domain: domain}, Source: "c", Brings: v, Discovery: found}})
	}
	r.LeftOut = &analysis.LeftOut{}
	add("w2", "help", 0.4, true, true)
	add("w2", "open", -0.5, true, false)
	add("w2", "unknown", -0.1, false, false)
	add("w2", "harm", -0.2, true, true)
	add("w1", "other", -0.9, true, true)
	a, err := Ask(r, Options{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for i := range a.Effects {
		got = append(got, a.Effects[i].Domain+" "+Judgement(&a.Effects[i].Brought))
	}
	if want := "harm harms, open not settled, unknown unknown, help helps"; strings.Join(got, ", ") != want {
		t.Errorf("effects %q, want %s", got, want)
	}
	if len(a.Notes) != 1 || !strings.HasPrefix(a.Notes[0], "1 of 4 differences have no limits") {
		t.Errorf("notes %q", a.Notes)
	}
	if _, err := Ask(r, Options{Selection: grouping.Selection{Rung: "w9"}}); err == nil || !strings.Contains(err.Error(), `rung "w9" is not one of w1, w2`) {
		t.Errorf("rung w9: %v", err)
	}
	if _, err := Ask(&analysis.Results{Study: "s"}, Options{}); err == nil {
		t.Error("results without gains have an answer")
	}
}
