package adaptive

import (
	"fmt"
	"math"
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
}

// fixed looks for the smallest plan of fixed seeds that ends settled and right.
func (c column) fixed(w *world, draws int, into *tallied) (trainings int, err error) {
	into.worlds++
	for _, seeds := range ladder {
		if seeds > w.most {
			break
		}
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
	r := w.course(t, Options{Step: 4, Most: w.most})
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

// TestTrainings is a small part of testdata/trainings.md: where pairs of four
// domains gain a little, plans of before do not settle it with ten seeds, and
// adaptive runs do with a third of these trainings at most.
func TestTrainings(t *testing.T) {
	for seed := range uint64(2) {
		apart, paired := newWorld(400+seed, weak, 4, 0), newWorld(400+seed, weak, 4, pairedBy)
		apart.most = 10
		var before, all, adaptive tallied
		if _, err := columns[0].fixed(apart, 200, &before); err != nil {
			t.Fatal(err)
		}
		if _, err := columns[len(columns)-1].fixed(paired, 200, &all); err != nil {
			t.Fatal(err)
		}
		trainings := paired.adaptively(t, &adaptive)
		t.Logf("seed %d: before %v, all %v, adaptive %v", seed, before.trainings, all.trainings, adaptive.trainings)
		if before.settled > 0 || all.settled == 0 || trainings == 0 || 3*trainings > apart.most*len(apart.arms()) || before.wrong+all.wrong+adaptive.wrong > 0 {
			t.Errorf("seed %d: before %s, all %s, adaptive %s", seed, &before, &all, &adaptive)
		}
	}
}

// BenchmarkTrainings prints the rows of testdata/trainings.md:
// go test ./grouping/adaptive -run=^$ -bench=Trainings/4 -benchtime=1x.
func BenchmarkTrainings(b *testing.B) {
	for _, n := range []int{2, 4, 6, 8, 12} {
		for _, k := range kinds {
			b.Run(fmt.Sprintf("%d/%s", n, k), func(b *testing.B) {
				for range b.N {
					printTrainings(b, n, k, map[int]int{2: 10, 4: 8, 6: 5, 8: 2, 12: 1}[n])
				}
			})
		}
	}
}

func printTrainings(t testing.TB, n int, k kind, worlds int) {
	printTallies(t, fmt.Sprintf("%d | %s", n, k), worlds, func(seed uint64) (apart, paired *world) {
		return newWorld(seed+100*uint64(n), k, n, 0), newWorld(seed+100*uint64(n), k, n, pairedBy)
	})
}

// printTallies prints a row: of every way the worlds that end settled and right,
// the median of the trainings that takes, and the settled verdicts that are wrong.
// Last comes the median, over worlds, of what adaptive runs take of the trainings of
// before, where these settle something, or of all that were tried.
func printTallies(t testing.TB, title string, worlds int, of func(seed uint64) (apart, paired *world)) {
	tallies := make([]tallied, len(columns)+1)
	var ratios []float64
	open := 0
	for seed := range uint64(worlds) {
		apart, paired := of(seed)
		before := 0
		for c, column := range columns {
			w := apart
			if column.paired {
				w = paired
			}
			trainings, err := column.fixed(w, 300, &tallies[c])
			if err != nil {
				t.Fatal(err)
			}
			if c == 0 {
				before = trainings
			}
		}
		ratio := math.Inf(1)
		if n := paired.adaptively(t, &tallies[len(columns)]); n > 0 {
			if before == 0 {
				before = apart.most * len(apart.arms())
				open++
			}
			ratio = float64(n) / float64(before)
		}
		ratios = append(ratios, ratio)
	}
	slices.Sort(ratios)
	var cells []string
	for i := range tallies {
		cells = append(cells, tallies[i].String())
	}
	ratio := fmt.Sprintf("%.2f", ratios[(len(ratios)-1)/2])
	if open > 0 {
		ratio = "≤ " + ratio
	}
	fmt.Printf("| %s | %s | %s |\n", title, strings.Join(cells, " | "), ratio)
}

// pairedBy is the correlation of runs of one seed where they are paired: that of
// the errors of small models, see the README.
const pairedBy = 0.7
