package decisions_test

import (
	"fmt"

	"github.com/sharewise/sharewise/grouping/decisions"
)

// A study of two plants was settled by eight of the fifteen runs that its plan has.
func ExampleRecord_Spent() {
	saw := &decisions.View{Runs: 8, Groups: [][]string{{"north", "south"}}, Within: 0.98, Regret: 0.004}
	r := &decisions.Record{
		Fixed:    15,
		Settings: decisions.Settings{Pilot: 2, Most: 12, Level: 0.95, Tolerance: 0.02},
		Decisions: []decisions.Decision{
			{Number: 1, Kind: decisions.Pilot, Runs: []string{"1", "2", "3", "4", "5", "6"}},
			{Number: 2, Kind: decisions.Improve, Runs: []string{"7", "8"}, Saw: &decisions.View{Runs: 6, Groups: saw.Groups, Within: 0.88, Regret: 0.05}},
		},
		End: &decisions.End{Reason: decisions.Settled, Saw: saw},
	}
	fmt.Println(r.Spent())
	fmt.Println(r.Last())
	fmt.Println(r.Say(r.End))
	// Output:
	// Runs were chosen step by step: 8 were trained, and the study's plan of fixed seeds has 15, so that 7 were saved.
	// Step 2, improve: 2 runs to train; after 6, best is to share north, south, good enough with 88 % probability; another may reduce errors by 5.0 % more
	// settled after 8 runs: share north, south; with 95 % probability no other grouping reduces errors by more than 0.4 % more, averaged over domains
}
