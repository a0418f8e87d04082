package reports

import (
	"bytes"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/grouping/decisions"
)

// fixtureDecisions are decisions that ended.
func fixtureDecisions() *decisions.Record {
	saw := decisions.View{Runs: 4, Groups: [][]string{{"bolts", "screws"}, {"rivets"}, {"apples"}}, Within: 0.81, Regret: 0.064}
	r := &decisions.Record{
		Fixed:    40,
		Settings: decisions.Settings{Pilot: 2, Most: 12, Level: 0.95, Tolerance: 0.02},
		Decisions: []decisions.Decision{
			{Number: 1, Kind: decisions.Pilot, Runs: []string{"1", "2", "3", "4"}},
			{Number: 2, Kind: decisions.Improve, Saw: &saw, Options: []decisions.Option{{Arm: "independent", Domain: "bolts"}}, Dropped: []string{"pool{rivets,apples}"}, Runs: []string{"5"}},
			{Number: 3, Kind: decisions.Confirm, Saw: &saw, Pools: [][]string{{"bolts", "screws", "rivets"}}, Runs: []string{"6", "7"}},
		},
		End: &decisions.End{Reason: decisions.Settled, Saw: &decisions.View{Runs: 7, Groups: saw.Groups, Within: 0.97, Regret: 0.013}},
	}
	r.End.Words = r.Say(r.End).String()
	return r
}

// TestChosen tells how runs were chosen, what that saved and why it ended.
func TestChosen(t *testing.T) {
	in := fixture(t)
	in.Decisions = fixtureDecisions()
	text := func() string {
		var b bytes.Buffer
		if err := HTML(&b, in); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	page := text()
	for _, want := range []string{
		`<a href="#chosen">`, "chosen step by step", "7 were trained, and the study&#39;s plan of fixed seeds has 40, so that 33 were saved.",
		"End: settled after 7 runs: share bolts, screws;", "The first were 2 of every arm.", "No arm gets more than 12.",
		"what decides, most of all bolts alone<br><small>1 pool given up</small>", "from pairs: bolts, screws and rivets together", "81%", "6.4 %", "none: settled",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if s := Summarize(in); s.Decisions != in.Decisions {
		t.Error("the summary lacks the decisions")
	}
	in.Decisions.End = nil
	if page := text(); !strings.Contains(page, "Training goes on.") {
		t.Error("the page does not say that training goes on")
	}
	in.Decisions = nil
	if page := text(); strings.Contains(page, `id="chosen"`) || strings.Contains(page, "step by step") {
		t.Error("a plan of fixed seeds is said to be chosen")
	}
}
