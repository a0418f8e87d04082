package decisions

import (
	"fmt"
	"strings"
	"testing"
)

// TestValidate refuses decisions without what they were taken by.
func TestValidate(t *testing.T) {
	for says, damage := range map[string]func(*Record){
		"":                                       func(*Record) {},
		"settings: -1":                           func(r *Record) { r.Settings.Step = -1 },
		"settings.level: 2":                      func(r *Record) { r.Settings.Level = 2 },
		"decisions[1]: nothing was known":        func(r *Record) { r.Decisions[1].Saw = nil },
		"decisions[1].saw.groups: a group witho": func(r *Record) { r.Decisions[1].Saw.Groups = [][]string{{}} },
		"end: settled":                           func(r *Record) { r.End.Saw = nil },
		`end.saw.groups: "a" stands there twice`: func(r *Record) { r.End.Saw.Groups = [][]string{{"a"}, {"a", "b"}} },
		"end.saw: 1.5 is no chance":              func(r *Record) { r.End.Saw.Within = 1.5 },
		"end.saw: -2":                            func(r *Record) { r.End.Saw.Runs = -2 },
		"decisions[2].proposal.levels[0]: a gro": func(r *Record) { r.Decisions[2].Proposal.Levels[0].Pools[0] = nil },
	} {
		saw := func() *View { return &View{Runs: 4, Groups: [][]string{{"a", "b"}, {"c"}}, Within: 0.9} }
		r := &Record{
			Settings: Settings{Level: 0.95, Step: 1},
			Decisions: []Decision{
				{Number: 1, Kind: Pilot}, {Number: 2, Kind: Improve, Saw: saw()},
				{Number: 3, Kind: Propose, Saw: saw(), Proposal: &Proposal{Levels: []Level{{Groups: 2, Pools: [][]string{{"a", "b"}}}}}},
			},
			End: &End{Reason: Settled, Saw: saw()},
		}
		damage(r)
		if err := r.Validate(); (says == "") != (err == nil) || !strings.Contains(fmt.Sprint(err), says) {
			t.Errorf("%v, want %q", err, says)
		}
	}
}
