package reports

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/grouping"
	"github.com/sharewise/sharewise/grouping/decisions"
)

// g is a short way to write a group: a verdict and its members.
type g struct {
	verdict grouping.Verdict
	names   string
}

func recommendation(share float64, groups ...g) *grouping.Recommendation {
	r := &grouping.Recommendation{Level: 0.95}
	if share >= 0 {
		r.Stability = &grouping.Stability{Share: share, Decision: &grouping.Decision{Kind: grouping.Unsettled}}
		if share >= 0.9 {
			r.Stability.Decision.Kind = grouping.Settled
		}
	}
	for _, x := range groups {
		group := grouping.Group{Verdict: x.verdict, Source: grouping.Measured}
		for name := range strings.FieldsSeq(x.names) {
			group.Members = append(group.Members, grouping.Member{Domain: name, Verdict: x.verdict})
			r.Domains = append(r.Domains, grouping.DomainValue{Name: name, Value: 1})
		}
		if len(group.Members) == 1 {
			group.Source = grouping.Single
		}
		r.Groups = append(r.Groups, group)
	}
	r.Decide()
	return r
}

// estimated says that no pool was trained.
func estimated(r *grouping.Recommendation) *grouping.Recommendation {
	for i := range r.Groups {
		r.Groups[i].Source = grouping.FromPairs
	}
	return r
}

// conditional says that limits leave out how runs vary.
func conditional(r *grouping.Recommendation) *grouping.Recommendation {
	r.Stability.Conditional = true
	return r
}

// even says that it makes no difference which domains share.
func even(r *grouping.Recommendation) *grouping.Recommendation {
	r.Stability.Decision.Kind = grouping.Indifferent
	return r
}

func TestHeadline(t *testing.T) {
	const share, apart, open = grouping.Share, grouping.Apart, grouping.Undecided
	tests := []struct {
		groups *grouping.Recommendation
		want   string
	}{
		{recommendation(0.97, g{share, "a b"}, g{apart, "c"}), "Settled: share a and b; keep c apart."},
		{recommendation(0.97, g{share, "a b"}, g{open, "c"}), "Settled: share a and b; leave c alone for now."},
		{recommendation(0.97, g{share, "a b"}, g{apart, "c"}, g{open, "d"}), "Settled: share a and b; keep c apart; leave d alone for now."},
		{recommendation(0.97, g{share, "a b c"}), "Settled: share a, b and c."},
		{recommendation(0.97, g{share, "a b c d"}), "Settled: share one model among all four domains."},
		{recommendation(0.97, g{share, "a b"}, g{share, "c d"}), "Settled: share a and b; share c and d."},
		{recommendation(0.97, g{apart, "a"}, g{apart, "b"}), "Settled: keep a and b apart."},
		{recommendation(0.97, g{apart, "a"}, g{apart, "b"}, g{apart, "c"}), "Settled: keep all three domains apart."},
		{recommendation(0.97, g{open, "a"}, g{open, "b"}, g{open, "c"}), "Settled: leave all three domains alone for now."},
		{recommendation(0.97, g{open, "a b"}, g{apart, "c"}), "Settled: share a and b; keep c apart."},
		{recommendation(0.80, g{share, "a b"}, g{apart, "c"}), "Probably: share a and b; keep c apart."},
		{recommendation(0.50, g{share, "a b"}, g{apart, "c"}), "Best guess, not settled: share a and b; keep c apart."},
		{recommendation(-1, g{open, "a b"}, g{open, "c"}), "Best guess, not settled: share a and b; leave c alone for now."},
		{recommendation(1, g{open, "a"}), "One domain alone: there is nothing to share."},
	}
	bound := recommendation(0.97, g{share, "a b"}, g{share, "c d"})
	bound.MaxGroups = 2
	harm := recommendation(1, g{apart, "a b c"})
	harm.MaxGroups = 1
	harm.Groups[0].Members[0].Verdict = share
	tests = append(tests, []struct {
		groups *grouping.Recommendation
		want   string
	}{
		{bound, "Settled: with at most 2 models, share a and b; share c and d."},
		{harm, "Settled: with at most 1 model, share a, b and c, although that harms b and c."},
	}...)
	for _, tt := range tests {
		if got := headline(tt.groups, tt.groups.Measured(), false).text().String(); got != tt.want {
			t.Errorf("stability %v, groups %v:\n got %s\nwant %s", tt.groups.Stability, tt.groups.Groups, got, tt.want)
		}
	}
}

func TestFirmness(t *testing.T) {
	const share, apart, open = grouping.Share, grouping.Apart, grouping.Undecided
	tests := []struct {
		groups *grouping.Recommendation
		want   grouping.Firmness
	}{
		{recommendation(0.90, g{share, "a b"}), grouping.Clear},
		{recommendation(0.899, g{share, "a b"}), grouping.Likely},
		{recommendation(0.75, g{share, "a b"}), grouping.Likely},
		{recommendation(0.749, g{share, "a b"}), grouping.Open},
		{recommendation(1, g{open, "a b"}), grouping.Clear},
		{estimated(recommendation(1, g{share, "a b"})), grouping.Likely},
		{conditional(recommendation(0.8, g{share, "a b"})), grouping.Open},
		{even(recommendation(1, g{share, "a b"})), grouping.Even},
		{recommendation(-1, g{share, "a b"}), grouping.Unknown},
	}
	for i, tt := range tests {
		if got := tt.groups.Measured(); got != tt.want {
			t.Errorf("case %d: %s, want %s", i, got, tt.want)
		}
	}
}

func member(domain string, gain float64, limits ...float64) grouping.Member {
	m := grouping.Member{Domain: domain, Gain: gain, Lo: nan, Hi: nan, Verdict: grouping.Undecided}
	if len(limits) == 2 {
		m.Lo, m.Hi = limits[0], limits[1]
		m.Verdict = grouping.Judge(limits[0], limits[1], 0)
	}
	return m
}

func TestReasons(t *testing.T) {
	recommended := &grouping.Recommendation{
		Domains: []grouping.DomainValue{{Name: "a", Value: 1}, {Name: "b", Value: 1}, {Name: "c", Value: 1}},
		Pairs: []grouping.PairGain{
			{A: member("a", -0.3, -0.4, -0.2), B: member("c", 0.05, -0.01, 0.11)},
			{A: member("b", -0.1), B: member("c", 0.0004, -0.2, 0.2)},
		},
	}
	measuredIn := func(metrics ...string) *Input {
		in := &Input{Results: &analysis.Results{}, Groups: recommended}
		for i, m := range metrics {
			in.Results.Gains = append(in.Results.Gains, analysis.Gain{Key: analysis.Key{Domain: string(rune('a' + i))}, Gain: effect.Gain{Metric: m}})
		}
		return in
	}
	errors, squares, mixed := measuredIn("error", "error", "error"), measuredIn("mse", "mse", "mse"), measuredIn("error", "loss", "error")
	pool := func(v grouping.Verdict, s grouping.Source, m ...grouping.Member) *grouping.Group {
		return &grouping.Group{Members: m, Verdict: v, Source: s}
	}
	tests := []struct {
		in    *Input
		group *grouping.Group
		want  string
	}{
		{errors, pool(grouping.Share, grouping.Measured, member("a", 0.21, 0.16, 0.26), member("b", 0.143, 0.09, 0.19)),
			"a and b together: a makes 21% fewer errors (16% to 26%) and b makes 14% fewer errors (9.0% to 19%)."},
		{squares, pool(grouping.Undecided, grouping.FromPairs, member("a", 0.21, 0.16, 0.26), member("b", 0.01)),
			"a and b together: a makes 21% less squared error (16% to 26%) and b makes 1.0% less squared error. Undecided for b. An estimate from pairs: this pool was not trained."},
		{errors, pool(grouping.Apart, grouping.Measured, member("a", 0.5, 0.4, 0.6), member("b", -0.11, -0.16, -0.06)),
			"a and b together: a makes 50% fewer errors (40% to 60%) and b makes 11% more errors (6.0% to 16%). Sharing harms b: pooled only because the total or the bound on groups asks for it."},
		{errors, pool(grouping.Undecided, grouping.Single, member("c", 0)),
			"c alone: with its best partner, b, it would make as many errors (from 20% more to 20% fewer), and b 10% more errors. Not settled."},
		{mixed, pool(grouping.Share, grouping.Measured, member("a", 0.21, 0.16, 0.26), member("b", 0.143, 0.09, 0.19)),
			"a and b together: a makes 21% fewer errors (16% to 26%) and b makes 14% less loss (9.0% to 19%)."},
		{mixed, pool(grouping.Undecided, grouping.Single, member("c", 0)),
			"c alone: with its best partner, b, it would make as many errors (from 20% more to 20% fewer), and b 10% more loss. Not settled."},
		{errors, pool(grouping.Undecided, grouping.Single, member("d", 0)), "d alone: no pair with it was measured."},
	}
	barred := *errors
	groups := *errors.Groups
	groups.Barred = []grouping.Barred{{Domain: "c", Rules: []string{"cannot link c+a", "memory of at most 100 at c"}}}
	barred.Groups = &groups
	if got, want := barred.reason(pool(grouping.Undecided, grouping.Single, member("c", 0))), "c alone: every pair with it is forbidden, by cannot link c+a and memory of at most 100 at c."; got.String() != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
	for _, tt := range tests {
		if got := tt.in.reason(tt.group); got.String() != tt.want {
			t.Errorf("\n got %s\nwant %s", got, tt.want)
		}
	}
}

// A domain whose models make no error alone has no gain; that is not the same as
// a pair that was not trained.
func TestReasonWithoutErrors(t *testing.T) {
	undefined := effect.Interval{Value: nan, Lo: nan, Hi: nan}
	in := &Input{Results: &analysis.Results{}, Groups: &grouping.Recommendation{Rung: "w1", Weighting: "equal"}}
	for name, relative := range map[string]effect.Interval{"bolts": undefined, "screws": around(0.1, 0.05)} {
		in.Results.Gains = append(in.Results.Gains, analysis.Gain{Key: analysis.Key{Arm: "pool{bolts,screws}", Rung: "w1", Weighting: "equal", Domain: name}, Pool: []string{"bolts", "screws"}, Gain: effect.Gain{Metric: "error", Relative: relative, Absolute: around(0, 0.01)}})
	}
	for name, want := range map[string]string{
		"bolts":  "bolts alone: its own models make no error, so that there is nothing for sharing to reduce.",
		"screws": "screws alone: no pair with it could be judged, since models of bolts alone make no error. With bolts it makes 10% fewer errors (5.0% to 15%); bolts can only lose by that.",
		"nuts":   "nuts alone: no pair with it was measured.",
	} {
		if got := in.reason(&grouping.Group{Members: []grouping.Member{{Domain: name}}}); got.String() != want {
			t.Errorf("\n got %s\nwant %s", got, want)
		}
	}
}

func TestEvidenceNamesTheNextCandidate(t *testing.T) {
	r := recommendation(0.5, g{grouping.Undecided, "a b"}, g{grouping.Undecided, "c"})
	r.Stability.Partitions = []grouping.PartitionShare{
		{Groups: [][]string{{"a", "b"}, {"c"}}, Share: 0.5}, {Groups: [][]string{{"a"}, {"b"}, {"c"}}, Share: 0.31},
	}
	want := "These groups come out best in 50% of redraws of the measured gains; the next candidate is a | b | c with 31%."
	if got := evidence(r, grouping.Open); got.String() != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
	// The most frequent partition need not be the recommended one.
	r.Stability.Partitions[0], r.Stability.Partitions[1] = r.Stability.Partitions[1], r.Stability.Partitions[0]
	if got := evidence(r, grouping.Open); got.String() != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
}

// Where another partition comes out best more often, or none does in many
// draws, the one with the largest total is not called the best guess.
func TestNothingIsSettled(t *testing.T) {
	const open = grouping.Undecided
	shares := func(share, other float64) *grouping.Recommendation {
		r := recommendation(share, g{open, "a b"}, g{open, "c"})
		r.Stability.Partitions = []grouping.PartitionShare{
			{Groups: [][]string{{"a"}, {"b"}, {"c"}}, Share: other}, {Groups: [][]string{{"a", "b"}, {"c"}}, Share: share},
		}
		return r
	}
	together := shares(0.037, 0.22)
	together.Stability.Together = []grouping.PairShare{{A: "a", B: "b", Share: 0.8}}
	together.Decide()
	for _, tt := range []struct {
		groups             *grouping.Recommendation
		headline, evidence string
	}{
		{shares(0.037, 0.22), "Nothing is settled: no grouping of these three domains stands out.",
			"The grouping a | b | c comes out best in 22% of redraws of the measured gains; the one with the largest total, a + b | c, in 3.7%."},
		{shares(0.15, 0.10), "Nothing is settled: no grouping of these three domains stands out.",
			"No grouping comes out best in more than 15% of redraws of the measured gains; the one with the largest total, a + b | c, in 15%."},
		{shares(0.4, 0.3), "Best guess, not settled: share a and b; leave c alone for now.",
			"These groups come out best in 40% of redraws of the measured gains; the next candidate is a | b | c with 30%."},
		{shares(0.4, 0.41), "Nothing is settled: no grouping of these three domains stands out.",
			"The grouping a | b | c comes out best in 41% of redraws of the measured gains; the one with the largest total, a + b | c, in 40%."},
		// What lasts through most draws is said, whatever becomes of the rest.
		{together, "Not settled as a whole; probably: share a and b.",
			"The grouping a | b | c comes out best in 22% of redraws of the measured gains; the one with the largest total, a + b | c, in 3.7%."},
	} {
		if got := headline(tt.groups, tt.groups.Measured(), false).text().String(); got != tt.headline {
			t.Errorf("\n got %s\nwant %s", got, tt.headline)
		}
		if got := evidence(tt.groups, tt.groups.Measured()); got.String() != tt.evidence {
			t.Errorf("\n got %s\nwant %s", got, tt.evidence)
		}
	}
}

// A total of zero, of all alone, was not chosen from noise.
func TestOptimism(t *testing.T) {
	groups := func(total, optimism float64, list ...g) *grouping.Recommendation {
		r := recommendation(0.5, list...)
		r.Total, r.Stability.Optimism = total, optimism
		return r
	}
	for _, tt := range []struct {
		groups *grouping.Recommendation
		want   string
	}{
		{groups(0, 0.39, g{grouping.Undecided, "a"}, g{grouping.Undecided, "b"}), ""},
		{groups(0.4, 0.1, g{grouping.Undecided, "a b"}), "Their total of +40% is therefore likely to be too high, by about 10%."},
		{groups(0.1, 0.39, g{grouping.Undecided, "a b"}), "Their total of +10% is therefore likely to be too high, by as much as it is or more."},
	} {
		got := strings.Join(english(groupLimits(tt.groups)), " ")
		if tt.want == "" && strings.Contains(got, "too high") || !strings.Contains(got, tt.want) {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
}

// The verdict on 139 domains stays readable, whatever was measured of them.
func TestVerdictOnManyDomains(t *testing.T) {
	for name, pools := range map[string]bool{"pairs": false, "pools": true} {
		r := &analysis.Results{Study: "schools", Level: 0.95, Rungs: []string{"w1"}, Weightings: []string{"equal"}}
		var names []string
		for i := range 139 {
			names = append(names, fmt.Sprintf("school-%03d", i))
			r.Domains = append(r.Domains, analysis.DomainInfo{Name: names[i]})
		}
		add := func(arm string, pool []string, gain float64) {
			for _, n := range pool {
				r.Gains = append(r.Gains, analysis.Gain{Key: analysis.Key{Arm: arm, Rung: "w1", Weighting: "equal", Domain: n}, Pool: pool, Gain: effect.Gain{Metric: "error", Relative: around(gain, 0.2)}})
			}
		}
		add("joint", names, -0.05)
		for i := 0; i+8 <= 139; i += 8 {
			if pools {
				add(fmt.Sprint("p", i), names[i:i+8], 0.01*float64(i%5))
				continue
			}
			for k := range 8 {
				for l := range k {
					pair := []string{names[i+l], names[i+k]}
					add(fmt.Sprint(pair), pair, 0.03*float64(k%3-1))
				}
			}
		}
		groups, err := grouping.RecommendResults(r, grouping.Options{Draws: 20, Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		in := &Input{Results: r, Groups: groups}
		checkManyDomains(t, in, pools)
		lines := append(Verdict(in), groups.Warnings...)
		if len(lines) > 30 {
			t.Errorf("%s: %d lines", name, len(lines))
		}
		for _, line := range lines {
			if len(line) > 900 {
				t.Errorf("%s: a line of %d bytes: %s", name, len(line), line)
			}
		}
	}
}

func TestMetricWord(t *testing.T) {
	results := func(metrics ...string) *analysis.Results {
		r := &analysis.Results{}
		for _, m := range metrics {
			r.Gains = append(r.Gains, analysis.Gain{Gain: effect.Gain{Metric: m}})
		}
		return r
	}
	for want, r := range map[string]*analysis.Results{
		"errors": results("error", "error"), "squared error": results("mse"), "loss": results("other"), "error or loss": results("error", "mse"),
	} {
		if got := gainWordsOf(r).metric.Word; got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestVerdictWithoutGroups(t *testing.T) {
	got := Verdict(&Input{Results: &analysis.Results{}})
	want := []string{
		"No groups were chosen.",
		"How sure: unknown. The study has no gains of pools to choose from, or they were not grouped yet.",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func ExampleVerdict() {
	results := &analysis.Results{
		Study: "parts", Level: 0.95, Rungs: []string{"w1"}, Weightings: []string{"equal"},
		Domains: []analysis.DomainInfo{{Name: "bolts"}, {Name: "screws"}},
	}
	for _, name := range []string{"bolts", "screws"} {
		results.Gains = append(results.Gains, analysis.Gain{Key: analysis.Key{Arm: "joint", Rung: "w1", Weighting: "equal", Domain: name}, Pool: []string{"bolts", "screws"}, Gain: effect.Gain{Metric: "error", Relative: effect.Interval{Value: 0.12, Lo: 0.05, Hi: 0.19}}})
	}
	groups, err := grouping.RecommendResults(results, grouping.Options{Seed: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, line := range Verdict(&Input{Results: results, Groups: groups}) {
		fmt.Println(line)
	}
	// Output:
	// Settled: share bolts and screws.
	// How sure: settled. With 95% probability no other grouping is better; up to 2.0% does not matter. These groups come out best in 100% of redraws of the measured gains.
	// - bolts and screws together: bolts makes 12% fewer errors (5.0% to 19%) and screws makes 12% fewer errors (5.0% to 19%).
}

// TestWithoutLimits asks for seeds only where there are too few of them.
func TestWithoutLimits(t *testing.T) {
	for seeds, want := range map[int][2]string{
		2: {"three seeds or more", "Three seeds or more"},
		4: {"of one group", "split: {folds: N}"},
	} {
		r := &analysis.Results{Gains: []analysis.Gain{{Gain: effect.Gain{Seeds: effect.Pair[int]{Independent: seeds, Arm: seeds}}}}}
		if evidence, next := withoutLimits(&analysis.Results{Folds: 4, Gains: r.Gains}); seeds > 2 && (!strings.Contains(evidence.String(), "in every fold") || !strings.Contains(next.String(), "half as many folds")) {
			t.Errorf("in folds: %q, %q", evidence, next)
		}
		evidence, next := withoutLimits(r)
		if !strings.Contains(evidence.String(), want[0]) || !strings.Contains(next.String(), want[1]) {
			t.Errorf("%d seeds: %q, %q", seeds, evidence, next)
		}
	}
}

// TestSettledOnAverage: where the groups are settled, single gains that are not are no
// reason to wait.
func TestSettledOnAverage(t *testing.T) {
	in := &Input{Results: &analysis.Results{}, Groups: &grouping.Recommendation{
		Domains:   []grouping.DomainValue{{Name: "a"}, {Name: "b"}},
		Stability: &grouping.Stability{Decision: &grouping.Decision{Kind: grouping.Settled}},
	}}
	pool := &grouping.Group{Verdict: grouping.Undecided, Members: []grouping.Member{{Domain: "a", Verdict: grouping.Undecided}, {Domain: "b", Verdict: grouping.Undecided}}}
	for f, want := range map[grouping.Firmness][2]string{
		grouping.Clear:    {"Undecided for a and b taken singly; settled on average.", "settled on average, not singly"},
		grouping.Doubtful: {"Undecided for a and b.", "gain not settled"},
	} {
		in.Groups.Firmness = f
		if got := in.measuredReason(pool); !strings.HasSuffix(got.String(), want[0]) {
			t.Errorf("%s: %s", f, got)
		}
		if got := card(pool, in.settled()).Verdict; got.String() != want[1] {
			t.Errorf("%s: %s", f, got)
		}
	}
}

// TestExhausted: where steps found that seeds settle nothing more, the report asks for
// none.
func TestExhausted(t *testing.T) {
	in := &Input{Results: &analysis.Results{}, Groups: &grouping.Recommendation{}}
	if got := in.next(in.Groups, grouping.Open); len(got) != 1 || !strings.HasPrefix(got[0].String(), "More seeds would narrow") {
		t.Errorf("of fixed seeds: %q", got)
	}
	in.Decisions = &decisions.Record{End: &decisions.End{Reason: decisions.NothingHelps, Samples: 3}}
	if got := in.next(in.Groups, grouping.Open); len(got) != 1 || !strings.HasPrefix(got[0].String(), "More seeds would not settle it, since the test samples leave open what remains; about 3.0 times as many would. ") {
		t.Errorf("of steps: %q", got)
	}
}

// TestExpectedLoss: pools that look good as measured and are expected to lose are not
// told to be shared in the first sentence.
func TestExpectedLoss(t *testing.T) {
	in := fixture(t)
	in.Groups.Firmness, in.Groups.Doubts, in.Groups.Second, in.Groups.Stability.Decision = grouping.Open, nil, nil, nil
	in.Groups.Promised = &grouping.Promise{Total: grouping.Shrunk{Gain: -0.3, Lo: -0.5, Hi: 0.1}}
	promise := func(pools float64) {
		in.Groups.Promised.Groups = nil
		for _, g := range in.Groups.Groups {
			group := grouping.PromisedGroup{}
			if len(g.Members) > 1 {
				group.Total.Gain = pools
			}
			in.Groups.Promised.Groups = append(in.Groups.Promised.Groups, group)
		}
		in.Groups.Decide()
	}
	promise(-0.3)
	if in.Groups.Firmness != grouping.Open || len(in.Groups.Lasting) > 0 || !slices.ContainsFunc(in.Groups.Warnings, func(w string) bool { return strings.Contains(w, "these pools lose: do not share yet") }) {
		t.Errorf("groups are %s, lasting %v, warnings %q", in.Groups.Firmness, in.Groups.Lasting, in.Groups.Warnings)
	}
	s := State(in)
	if !strings.Contains(s.Headline.String(), "expect that these pools lose: do not share yet.") || !strings.HasPrefix(s.Headline.String(), "Best as measured, not settled: share ") || !strings.Contains(strings.Join(english(s.Reasons), "\n"), "expected to bring −30% in all (from −50% to +10%)") {
		t.Errorf("headline %q, reasons %q", s.Headline, s.Reasons)
	}
	// Another pool loses: this one can be acted on.
	promise(0.1)
	if s = State(in); !strings.HasPrefix(s.Headline.String(), "Not settled as a whole; probably: share ") || strings.Contains(s.Headline.String(), "do not share yet") {
		t.Errorf("one of several pools: %q", s.Headline)
	}
	in.Groups.Promised.Total.Gain = 0.1
	if s = State(in); strings.Contains(s.Headline.String(), "pools lose") {
		t.Errorf("a good promise: %q", s.Headline)
	}
}
