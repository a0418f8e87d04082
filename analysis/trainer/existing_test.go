package trainer

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/study"
)

// importOf is what is found of a table of runs that exist already, and the runs of a plan of two
// seeds of north, south and both.
func importOf(t *testing.T, change func(s *study.Study), tables ...string) (*Program, []study.PlannedRun, error) {
	t.Helper()
	b := newBench(t, "true", change)
	for i, text := range tables {
		b.write(fmt.Sprintf("runs-%d.csv", i+1), text)
	}
	b.s.Trainer.Command, b.s.Trainer.Import = nil, "runs-*.csv"
	var runs []study.PlannedRun
	for seed := 1; seed <= 2; seed++ {
		for _, domains := range [][]string{{"north"}, {"south"}, {"north", "south"}} {
			r := study.Run{Domains: domains, Rung: study.Rung{Name: "w1", Width: 1}, Seed: seed}
			if len(domains) > 1 {
				r.Weighting.Name = "equal"
			}
			runs = append(runs, study.PlannedRun{Run: r})
		}
	}
	p, err := Find(b.s)
	return p, runs, err
}

// TestImportedRuns tells the runs of one table apart however it says which domains were
// trained together, and says how it differs from the plan.
func TestImportedRuns(t *testing.T) {
	table := func(column string, forms [3]string, seeds ...string) string {
		text := "domain,sample,loss,correct,seed," + column + "\n"
		for _, seed := range seeds {
			text += fmt.Sprintf("north,1,0.5,1,%[1]s,%[2]s\nsouth,1,0.5,1,%[1]s,%[3]s\nnorth,1,0.5,1,%[1]s,%[4]s\nsouth,1,0.5,1,%[1]s,%[4]s\n", seed, forms[0], forms[1], forms[2])
		}
		return text
	}
	whole := table("arm", [3]string{"independent", "independent", "joint"}, "1", "2")
	for _, test := range []struct {
		name   string
		tables []string
		notes  []string
	}{
		{"arms", []string{whole}, nil},
		{"a plus", []string{table("domains", [3]string{"north", "south", "south+north"}, "1", "2")}, nil},
		{"a list of Python's", []string{table("domains", [3]string{"['north']", "['south']", `"['north', 'south']"`}, "1", "2")}, nil},
		{"a list of JSON", []string{table("pool", [3]string{`"[""north""]"`, "south", `"[""south"",""north""]"`}, "1", "2")}, nil},
		{"a tuple", []string{table("domains", [3]string{`"('north',)"`, "south", `"('north', 'south')"`}, "1", "2")}, nil},
		{"bars", []string{table("domains", [3]string{"north", "south", "north|south"}, "1", "2")}, nil},
		{"blanks", []string{table("domains", [3]string{"north", "south", "north south"}, "1", "2")}, nil},
		{"a pool", []string{table("arm", [3]string{"independent", "south", `"pool{north,south}"`}, "1.0", "2.0")}, nil},
		{"a table a seed", []string{table("arm", [3]string{"independent", "independent", "joint"}, "1"), table("arm", [3]string{"independent", "independent", "joint"}, "2")}, nil},
		{"other seeds", []string{table("arm", [3]string{"independent", "independent", "joint"}, "1337", "0")}, []string{"seeds 0, 1337 of the imported tables are called 1, 2 here, in their order"}},
		{"more seeds", []string{table("arm", [3]string{"independent", "independent", "joint"}, "1", "2", "3")}, []string{"have 3 runs that the study does not plan, which are passed over: north, size w1, seed 3; south, size w1, seed 3; north+south, size w1, weighting equal, seed 3"}},
		{"too few", []string{table("arm", [3]string{"independent", "independent", "joint"}, "5")}, []string{"seeds 5 of the imported tables are called 1", "lack 3 of the 6 runs that the study plans: north, size w1, seed 2; south, size w1, seed 2; north+south, size w1, weighting equal, seed 2; set seeds"}},
		{"halves of runs", []string{strings.Join(strings.SplitAfter(whole, "\n")[:6], ""), "domain,sample,loss,correct,seed,arm\n" + strings.Join(strings.SplitAfter(whole, "\n")[6:], "")}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			p, runs, err := importOf(t, nil, test.tables...)
			if err != nil {
				t.Fatal(err)
			}
			notes := p.Compare(runs)
			if len(notes) != len(test.notes) {
				t.Fatalf("notes %q, want %d", notes, len(test.notes))
			}
			for i, want := range test.notes {
				if !strings.Contains(notes[i], want) {
					t.Errorf("note %q, want %q", notes[i], want)
				}
			}
		})
	}
}

// TestImportMistakes names file, line and domain of what cannot be meant.
func TestImportMistakes(t *testing.T) {
	const head = "domain,sample,loss,correct,arm,seed\n"
	for _, test := range []struct {
		name, text, says string
		change           func(s *study.Study)
	}{
		{"no rows", head, "runs-1.csv has a header and no rows", nil},
		{"no samples", "domain,loss,correct,arm,seed\nnorth,1,1,joint,1\n", `has no column "sample"; it has domain, loss`, nil},
		{"no arm", "domain,sample,loss,correct,seed\nnorth,1,1,1,1\n", "runs-1.csv, line 2: nothing says which domains the model learned; give a column arm", nil},
		{"an arm is missing", head + "north,1,1,1,joint,1\nnorth,2,1,1,,1\n", "runs-1.csv, line 3: nothing says which domains", nil},
		{"unknown domain", head + "nroth,1,1,1,joint,1\n", `line 2: the study has no domain "nroth"; did you mean "north"?`, nil},
		{"unknown member", head + "north,1,1,1,north+west,1\n", `line 2: the model learned "north+west", and the study has no domain "west"; there are north, south`, nil},
		{"not learned", head + "south,1,1,1,north,1\n", "line 2: the row is about domain south, which the model of north did not learn; leave such rows out", nil},
		{"no seed", "domain,sample,loss,correct,arm\nnorth,1,1,1,joint\n", "line 2: nothing says by which seed", nil},
		{"seed of letters", head + "north,1,1,1,joint,one\n", `line 2: seed "one" is no whole number`, nil},
		{"half a seed", head + "north,1,1,1,joint,1.5\n", `line 2: seed "1.5" is no whole number`, nil},
		{"seed without end", head + "north,1,1,1,joint,inf\n", `line 2: seed "inf" is no whole number`, nil},
		{"sizes", head + "north,1,1,1,joint,1\n", "the study has 2; give a column rung", func(s *study.Study) { s.Model.Widths = []float64{0.5, 1} }},
		{"seed 0 of folds", head + "north,1,1,1,joint,0\n", "with split.folds seeds are numbered from 1", func(s *study.Study) {
			for i := range s.Domains {
				s.Domains[i].Split.Folds = 2
			}
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, _, err := importOf(t, test.change, test.text)
			if err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("%v, want %q", err, test.says)
			}
		})
	}
}
