package adaptive

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/grouping"
	"github.com/sharewise/sharewise/grouping/decisions"
)

// column is one way to come to a verdict with a plan of fixed seeds.
type column struct {
	name   string
	paired bool
	rule   func(w *world, seeds, draws int) (verdict, error)
}

var columns = []column{
	{"before", false, func(w *world, seeds, draws int) (verdict, error) {
		p := w.problemBefore(seeds)
		p.Conditional = false
		return ruleBefore(p, draws)
	}},
	{"1 moderated", false, func(w *world, seeds, draws int) (verdict, error) {
		p, err := w.problemNow(seeds)
		if err != nil {
			return verdict{}, err
		}
		for k := range p.Pools {
			p.Pools[k].Distinct = nil
		}
		return ruleBefore(p, draws)
	}},
	{"2 paired", true, func(w *world, seeds, draws int) (verdict, error) {
		p := w.problemBefore(seeds)
		p.Conditional = false
		return ruleBefore(p, draws)
	}},
	{"3 shrunk", false, func(w *world, seeds, draws int) (verdict, error) {
		p := w.problemBefore(seeds)
		p.Conditional = false
		shrunk, err := grouping.Shrink(p)
		if err != nil {
			return verdict{}, err
		}
		for k, gains := range shrunk.Gains {
			for i, g := range gains {
				q := &p.Pools[k]
				q.Gain[i], q.Lo[i], q.Hi[i] = g.Gain, g.Lo, g.Hi
			}
		}
		return ruleBefore(p, draws)
	}},
	{"4 tolerance", false, func(w *world, seeds, draws int) (verdict, error) { return ruleNow(w.problemBefore(seeds), draws) }},
	{"all", true, func(w *world, seeds, draws int) (verdict, error) {
		p, err := w.problemNow(seeds)
		if err != nil {
			return verdict{}, err
		}
		return ruleNow(p, draws)
	}},
}

// problemNow are the gains of a plan of so many seeds as a study's results have
// them.
func (w *world) problemNow(seeds int) (*grouping.Problem, error) {
	r, err := analysis.Analyze(w.study(w.fixed(seeds)))
	if err != nil {
		return nil, err
	}
	p, _, _, err := grouping.FromResults(r, grouping.Selection{})
	return p, err
}

// ladder are the seeds of fixed plans.
var ladder = []int{2, 3, 5, 8, 10, 15, 20, 30}

// tallied counts the verdicts of one way over worlds.
type tallied struct {
	worlds, settled, said, wrong int
	trainings                    []int // to a verdict that is settled and right
	ratio                        []float64
}

// fixed looks for the smallest plan of fixed seeds that ends settled and right.
func (c column) fixed(w *world, draws int, into *tallied) (trainings int, err error) {
	into.worlds++
	for _, seeds := range ladder {
		v, err := c.rule(w, seeds, draws)
		if err != nil {
			return 0, err
		}
		if !v.settled {
			continue
		}
		into.said++
		if w.regret(v.groups) > grouping.DefaultTolerance {
			into.wrong++
			continue
		}
		into.settled++
		trainings = seeds * len(w.arms())
		into.trainings = append(into.trainings, trainings)
		return trainings, nil
	}
	return 0, nil
}

// courses are those of adaptive runs.
func (w *world) adaptively(t testing.TB, into *tallied) (trainings int) {
	into.worlds++
	r := w.course(t, Options{Step: 4, Most: 30})
	trainings = len(r.Runs())
	if r.End.Reason != decisions.Settled {
		return 0
	}
	into.said++
	if w.regret(r.End.Saw.Groups) > grouping.DefaultTolerance {
		into.wrong++
		return 0
	}
	into.settled++
	into.trainings = append(into.trainings, trainings)
	return trainings
}

func (x *tallied) String() string {
	return fmt.Sprintf("%d/%d, %s (%d of %d)", x.settled, x.worlds, median(x.trainings, x.worlds), x.wrong, x.said)
}

// median of the trainings, of which those that are missing took more than all.
func median(trainings []int, of int) string {
	slices.Sort(trainings)
	if len(trainings)*2 <= of {
		return "none"
	}
	return fmt.Sprint(trainings[(of-1)/2])
}

// BenchmarkTrainings prints the rows of testdata/trainings.md:
// go test ./grouping/adaptive -run=^$ -bench=Trainings/4 -benchtime=1x.
func BenchmarkTrainings(b *testing.B) {
	for _, n := range []int{2, 4, 6, 8, 12} {
		for _, k := range kinds {
			b.Run(fmt.Sprintf("%d/%s", n, k), func(b *testing.B) {
				for range b.N {
					printTrainings(b, n, k, map[int]int{2: 12, 4: 10, 6: 6, 8: 4, 12: 2}[n])
				}
			})
		}
	}
}

func printTrainings(t testing.TB, n int, k kind, worlds int) {
	tallies := make([]tallied, len(columns)+1)
	for seed := range uint64(worlds) {
		apart, paired := newWorld(seed+100*uint64(n), k, n, 0), newWorld(seed+100*uint64(n), k, n, pairedBy)
		for c, column := range columns {
			w := apart
			if column.paired {
				w = paired
			}
			if _, err := column.fixed(w, 400, &tallies[c]); err != nil {
				t.Fatal(err)
			}
		}
		paired.adaptively(t, &tallies[len(columns)])
	}
	var cells []string
	for i := range tallies {
		cells = append(cells, tallies[i].String())
	}
	fmt.Printf("| %d | %s | %s |\n", n, k, strings.Join(cells, " | "))
}

// pairedBy is the correlation of runs of one seed where they are paired: that of
// the errors of small models, see the README.
const pairedBy = 0.7
