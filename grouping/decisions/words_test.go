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

// TestProposed says by what pools were proposed, and what it means that none of them was
// trained.
func TestProposed(t *testing.T) {
	saw := &View{Runs: 8, Groups: [][]string{{"a"}, {"b"}}}
	r := &Record{Settings: Settings{Level: 0.95, Propose: true}, Decisions: []Decision{
		{Number: 1, Kind: Pilot, Runs: []string{"1", "2"}},
		{Number: 2, Kind: Propose, Saw: saw, Runs: []string{"3", "4"}, Proposal: &Proposal{By: "cross-evaluation", Levels: []Level{{Groups: 3}, {Groups: 2}}, Chance: [][]string{{"a", "b"}}}},
	}}
	if line := r.Last(); !strings.Contains(line, "2 runs to train of pools that seem alike by cross-evaluation, which parts the domains into 3 | 2 groups, and of 1 by chance; after 8") {
		t.Error(line)
	}
	for _, c := range []struct {
		end  End
		want string
	}{
		{End{Reason: BudgetSpent, Saw: saw, Left: []string{"3", "4"}}, "after 2 runs, before any pool of alike domains was trained"},
		{End{Reason: BudgetSpent, Saw: saw, Left: []string{"4"}}, "after 3 runs: not settled"},
		{End{Reason: Settled, Saw: saw}, "no other grouping of the pools that were trained reduces errors more"},
	} {
		if got := r.Say(&c.end).String(); !strings.Contains(got, c.want) {
			t.Errorf("%+v: %q, want %q", c.end, got, c.want)
		}
	}
}

// TestNoDecisions has nothing to say of a record without any.
func TestNoDecisions(t *testing.T) {
	if line := new(Record).Last(); line != "" {
		t.Errorf("%q", line)
	}
}
