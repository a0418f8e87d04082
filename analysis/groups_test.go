package analysis

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/sharewise/sharewise/analysis/losses"
)

// grouped simulates tables whose samples come in groups of five that are right
// or wrong together, with the groups named or not.
func grouped(seed uint64, named bool) *losses.Table {
	t := &losses.Table{}
	for run := range 3 {
		rng := rand.New(rand.NewPCG(seed, 1)) // boards differ, runs do not
		for board := range 30 {
			right := rng.Float64() < 0.8
			for i := range 5 {
				t.Domain = append(t.Domain, "boards")
				t.Seed = append(t.Seed, int64(10*seed)+int64(run))
				t.Sample = append(t.Sample, losses.SampleID{Number: int64(5*board + i)})
				t.Loss = append(t.Loss, 1)
				t.Correct = append(t.Correct, right)
				if named {
					t.Group = append(t.Group, fmt.Sprintf("board %d", board))
				}
			}
		}
	}
	return t
}

// TestGroupsOfTables checks that a column of groups does what Options.Group
// does, also after a trip through a file, and that it widens the intervals.
func TestGroupsOfTables(t *testing.T) {
	stored := func(table *losses.Table) *losses.Table {
		path := filepath.Join(t.TempDir(), "losses.parquet")
		if err := losses.WriteFile(path, table); err != nil {
			t.Fatal(err)
		}
		back, err := losses.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return back
	}
	byColumn, err := Compare(stored(grouped(1, true)), stored(grouped(2, true)), Options{})
	if err != nil {
		t.Fatal(err)
	}
	byOption, err := Compare(grouped(1, false), grouped(2, false), Options{
		Group: func(_ string, id losses.SampleID) string { return fmt.Sprint(id.Number / 5) },
	})
	if err != nil {
		t.Fatal(err)
	}
	alone, err := Compare(grouped(1, false), grouped(2, false), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if byColumn.Effects[0].Groups != 30 || byColumn.Effects[0].Delta != byOption.Effects[0].Delta {
		t.Errorf("by column: %d groups, %+v; by option: %+v", byColumn.Effects[0].Groups, byColumn.Effects[0].Delta, byOption.Effects[0].Delta)
	}
	wide, narrow := byColumn.Effects[0].Delta.Hi-byColumn.Effects[0].Delta.Lo, alone.Effects[0].Delta.Hi-alone.Effects[0].Delta.Lo
	if wide < 1.3*narrow {
		t.Errorf("interval of groups is %g wide, of single samples %g", wide, narrow)
	}
}

func TestGroupsOfText(t *testing.T) {
	var b bytes.Buffer
	fmt.Fprintln(&b, "domain,seed,sample,loss,correct,group")
	for i := range 4 {
		fmt.Fprintf(&b, "a,1,%d,0.5,1,%s\n", i, []string{"x", ""}[i%2])
	}
	path := filepath.Join(t.TempDir(), "t.csv")
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	table, err := losses.ReadFile(path)
	if err != nil || fmt.Sprint(table.Group) != "[x  x ]" {
		t.Errorf("groups %q, %v", table.Group, err)
	}
}
