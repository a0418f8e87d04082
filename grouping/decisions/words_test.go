package decisions

import (
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/layout"
)

// TestSay words every reason to end.
func TestSay(t *testing.T) {
	saw := &View{Runs: 6, Groups: [][]string{{"a", "b"}, {"c"}}, Regret: 0.034}
	r := &Record{Settings: Settings{Most: 12, Level: 0.95}, Decisions: []Decision{{Runs: []string{"1", "2", "3", "4", "5", "6", "7"}}}}
	for _, c := range []struct {
		end  End
		want string
	}{
		{End{Reason: Settled, Saw: saw}, "settled after 7 runs: share a, b; keep c apart; with 95 % probability no other grouping reduces errors by more than 3.4 % more"},
		{End{Reason: Settled, Saw: &View{Groups: saw.Groups}}, "no other grouping reduces errors more"},
		{End{Reason: BudgetSpent, Left: []string{"6", "7"}}, "after 5 runs: too few to tell anything yet"},
		{End{Reason: BudgetSpent, Saw: saw, Left: []string{"7"}}, "after 6 runs: not settled, another grouping may reduce errors by 3.4 % more"},
		{End{Reason: BudgetSpent, Saw: &View{Regret: 4.3}}, "may reduce errors by any amount more"},
		{End{Reason: NothingHelps, Saw: saw, Samples: 2.04}, "about 2.0 times as many would"},
		{End{Reason: NothingHelps, Saw: saw}, "up to 12 of an arm, would hardly settle it"},
		{End{Reason: NothingToGain}, "no gain could be measured"},
	} {
		if got := r.Say(&c.end).String(); !strings.Contains(got, c.want) {
			t.Errorf("%+v: %q, want %q", c.end, got, c.want)
		}
	}
}

// TestSpent compares with the plan of fixed seeds.
func TestSpent(t *testing.T) {
	r := &Record{Decisions: []Decision{{Runs: []string{"1", "2", "3"}}}, End: &End{Left: []string{"3"}}}
	for fixed, want := range map[int]string{5: "3 were saved.", 2: "has 2.", 1: "1 more than these were needed."} {
		r.Fixed = fixed
		if got := r.Spent().String(); !strings.HasPrefix(got, "Runs were chosen step by step: 2 were trained") || !strings.HasSuffix(got, want) {
			t.Errorf("%d: %q", fixed, got)
		}
	}
}

// TestRead returns nothing where there is nothing.
func TestRead(t *testing.T) {
	if r, err := Read(layout.Folder(t.TempDir())); r != nil || err != nil {
		t.Errorf("%v, %v", r, err)
	}
}
