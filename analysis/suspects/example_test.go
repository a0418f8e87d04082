package suspects_test

import (
	"fmt"

	"github.com/sharewise/sharewise/analysis/suspects"
)

// The training samples to leave out, of what was found: each once, with its surest
// reason, and none that is for testing.
func ExampleFile_Exclusion() {
	f := &suspects.File{Study: "lines", Suspects: []suspects.Suspect{
		{Domain: "a", Split: "train", Sample: 17, Reason: suspects.Disputed, Score: 0.9},
		{Domain: "a", Split: "train", Sample: 17, Reason: suspects.Copy, Score: 0.7},
		{Domain: "a", Split: "train", Sample: 4, Reason: suspects.Disputed, Score: 0.2},
		{Domain: "a", Split: "test", Sample: 9, Reason: suspects.Disputed, Score: 1},
	}}
	for _, s := range f.Exclusion(0.5).Samples {
		fmt.Println(s.Domain, s.Sample, s.Reason, s.Score)
	}
	// Output: a 17 label disputed 0.9
}
