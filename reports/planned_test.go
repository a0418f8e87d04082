package reports

import (
	"bytes"
	"html"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/policy"
	"github.com/sharewise/sharewise/grouping"
	"github.com/sharewise/sharewise/grouping/gaintable"
	"github.com/sharewise/sharewise/grouping/solve"
)

// plannedOf plans pools of the fixture's gains.
func plannedOf(t testing.TB, in *Input, o gaintable.Options, rules ...policy.Rule) *gaintable.Plan {
	t.Helper()
	problem, _, _, err := grouping.FromResults(in.Results, grouping.Selection{Rung: "w1", Weighting: "equal"})
	if err != nil {
		t.Fatal(err)
	}
	table, _, err := gaintable.OfStudy(&grouping.Stated{Problem: problem})
	if err != nil {
		t.Fatal(err)
	}
	if len(rules) > 0 {
		var labels []policy.Domain
		for _, name := range problem.Domains {
			labels = append(labels, policy.Domain{Name: name, Labels: policy.Labels{"owner": {map[bool]string{true: "orchard", false: "works"}[name == "apples"]}}})
		}
		if o.Policy, err = table.Govern(&policy.Policy{Rules: rules}, labels); err != nil {
			t.Fatal(err)
		}
	}
	p, err := table.Answer(o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPlannedSection(t *testing.T) {
	budget := 7.0
	heavy, small := 5e6, 2e5
	stated := []gaintable.Stated{{Pool: []string{"bolts", "screws"}, Cost: new(float64), Memory: &small, Latency: &heavy}}
	*stated[0].Cost = 2.5
	for _, name := range []string{"rivets", "apples"} {
		stated = append(stated, gaintable.Stated{Pool: []string{name}, Memory: &small})
	}
	in := fixture(t)
	in.Pools = plannedOf(t, in, gaintable.Options{
		Budget: &budget, Helpers: true, MaxModels: 3, Objective: gaintable.Worst, Stated: stated,
		Constraints: solve.Constraints{CannotLink: [][]string{{"bolts", "rivets"}}, Sites: []solve.Site{{Domain: "rivets", Memory: 1e6}}},
	}, policy.Rule{Name: "owners", Because: "contract <7>", Same: "owner"})
	in.Pools.Notes = append(in.Pools.Notes, "odd <b>things</b>")
	var page bytes.Buffer
	if err := HTML(&page, in); err != nil {
		t.Fatal(err)
	}
	text := strings.ReplaceAll(html.UnescapeString(page.String()), "\u202f", " ")
	for _, want := range []string{
		`<a href="#pools">`, "Train 3 models: one for bolts and screws; one each for rivets and apples. They cost 4.5 of a budget of 7.",
		"Pools are chosen by the smallest gain of a domain, within a budget of 7 and with at most 3 models. A pool may train domains that another serves. These reach 0.0%. It is proved that no other choice of these pools is better.",
		"<td>200 000 of 1 000 000</td>", "cannot link bolts+rivets", "contract <7>", "Odd <b>things</b>.", "by the model of bolts and screws",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(page.String(), "<b>things</b>") {
		t.Error("a note is not escaped")
	}
	if s := Summarize(in); s.Pools != in.Pools {
		t.Error("the summary lacks the pools")
	}
	in.Pools.Rules[0].Cost = nil
	if row := newPlanned(in).Rules[0]; row.Cost.String() != "unknown" {
		t.Errorf("a cost that is not known is written %q", row.Cost)
	}
}

// TestPlannedOtherwise says in the verdict where the study plans other pools than the
// groups, and only there.
func TestPlannedOtherwise(t *testing.T) {
	in := fixture(t)
	said := func() string { return strings.Join(english(State(in).Reasons), "\n") }
	in.Pools = plannedOf(t, in, gaintable.Options{})
	if got := newPlanned(in).Instead; got != "" || strings.Contains(said(), "study plans") {
		t.Errorf("pools are the groups, and it says %q, %s", got, said())
	}
	in.Pools = plannedOf(t, in, gaintable.Options{MaxModels: 1})
	if want := "By the mean gain of the domains and within its bounds the study plans other pools: train 1 model: one for bolts, screws, rivets and apples."; !strings.Contains(said(), want) {
		t.Errorf("the reasons lack %q:\n%s", want, said())
	}
	if got := newPlanned(in).Instead; !strings.HasPrefix(got.String(), "The recommended groups are others: ") {
		t.Error(got)
	}
}

// TestPlannedImpossible tells in the verdict's first sentence that nothing keeps to what
// the study plans for, and names what is in the way.
func TestPlannedImpossible(t *testing.T) {
	budget := 1.0
	in := fixture(t)
	in.Pools = plannedOf(t, in, gaintable.Options{Budget: &budget, Constraints: solve.Constraints{CannotLink: [][]string{{"bolts", "apples"}}}})
	if got := in.Pools.Impossible; got == nil || !slices.Equal(got.Constraints, []string{"a budget of 1", "cannot link bolts+apples"}) || in.Pools.Certificate != gaintable.Infeasible {
		t.Fatalf("%+v", in.Pools)
	}
	if got := State(in).Headline; !strings.HasSuffix(got.String(), ", but no pools keep to what the study plans for.") {
		t.Error(got)
	}
	var page bytes.Buffer
	if err := HTML(&page, in); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"No pools keep to what the study plans for: these cannot all be kept, and without any one of them the others can: the budget is 1, and the cheapest choice that serves every domain costs 2; rule cannot link bolts+apples.", "The recommended groups were chosen without that."} {
		if !strings.Contains(html.UnescapeString(page.String()), want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	// As a file it is the same.
	file := filepath.Join(t.TempDir(), "pools.json")
	if err := layout.WriteJSON(file, in.Pools); err != nil {
		t.Fatal(err)
	}
	back, err := gaintable.ReadFile(file)
	if err != nil || back.Objective.Known() || back.Cost.Known() || plannedHeadline(back) != plannedHeadline(in.Pools) {
		t.Errorf("read back it is %+v, %v", back, err)
	}
}
