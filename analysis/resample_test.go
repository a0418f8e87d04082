package analysis

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/measures"
)

// TestResampleStudy prints how often intervals hold what many seeds of a study that
// was trained say, if they see a few of its seeds and a part of its test samples: no
// simulation knows what real runs do. SHAREWISE_RESAMPLE names the study's folder;
// what came of one is in effect/testdata/fresh.md. A study of N seeds has told its
// own truth from them: K of N seeds and n of m samples err less than K new seeds and
// n new samples, by factors of 1-K/N and 1-n/m of their variances, so that intervals
// that hold new truths in 95 % hold these more often.
func TestResampleStudy(t *testing.T) {
	folder := os.Getenv("SHAREWISE_RESAMPLE")
	if folder == "" {
		t.Skip("SHAREWISE_RESAMPLE names no study")
	}
	s, err := OpenFolder(layout.Folder(folder))
	if err != nil {
		t.Fatal(err)
	}
	s.Options.Options = s.Options.WithDefaults()
	a := &analyzer{Study: s, results: &Results{}}
	if err := a.read(); err != nil {
		t.Fatal(err)
	}
	for _, e := range a.evidence {
		if e.runs, err = runsOf(e.Domain, e.outcomes); err != nil {
			t.Fatal(err)
		}
	}
	fmt.Println("| measure | K | samples | intervals | gain | narrowest to widest fifth | excludes zero % |")
	fmt.Println("|---|---|---|---|---|---|---|")
	for _, measure := range []string{measures.Correct, measures.Loss} {
		for _, k := range []int{2, 3, 5, 8} {
			fmt.Println(a.resample(t, measure, k, 200, 40))
		}
	}
}

// resample draws studies of k seeds and so many test samples.
func (a *analyzer) resample(t *testing.T, measure string, k, samples, studies int) string {
	type limits struct {
		width float64
		holds bool
	}
	var list []limits
	zero := 0
	for study := range studies {
		random := rand.New(rand.NewPCG(77, uint64(study)))
		var seeds []int64
		rows := map[string][]int{}
		var comparisons []*effect.Comparison
		var truths []float64
		for _, e := range a.evidence {
			if seeds == nil {
				for _, i := range random.Perm(e.runs.K())[:k] {
					seeds = append(seeds, e.runs.Seeds[i])
				}
				slices.Sort(seeds)
			}
			if e.Arm == Independent {
				rows[e.Domain] = random.Perm(e.runs.Samples)[:min(samples, e.runs.Samples)]
			}
		}
		independent := map[string]*effect.Runs{}
		for _, e := range a.evidence {
			if e.Arm == Independent {
				independent[e.Domain] = part(e.runs.Only(seeds), rows[e.Domain])
				continue
			}
			whole := a.alone(e.Key).runs
			c, err := effect.Compare(independent[e.Domain], part(e.runs.Only(seeds), rows[e.Domain]), a.Options.Options)
			if err != nil {
				t.Fatal(err)
			}
			all := 1 - e.runs.ErrorRate()/whole.ErrorRate()
			if measure == measures.Loss {
				all = 1 - e.runs.MeanLoss()/whole.MeanLoss()
			}
			comparisons, truths = append(comparisons, c), append(truths, all)
		}
		effect.Moderate(comparisons)
		for i, c := range comparisons {
			g, err := c.Gain(measure)
			if err != nil {
				t.Fatal(err)
			}
			v := g.Relative
			if !v.Limited() {
				continue
			}
			list = append(list, limits{v.Hi - v.Lo, v.Lo <= truths[i] && truths[i] <= v.Hi})
			if v.Lo > 0 || v.Hi < 0 {
				zero++
			}
		}
	}
	share := func(list []limits) float64 {
		n := 0.0
		for _, l := range list {
			if l.holds {
				n++
			}
		}
		return n / float64(len(list))
	}
	slices.SortStableFunc(list, func(x, y limits) int {
		if x.width < y.width {
			return -1
		}
		return 1
	})
	text := ""
	for q := range 5 {
		text += fmt.Sprintf("%.2f ", share(list[q*len(list)/5:(q+1)*len(list)/5]))
	}
	return fmt.Sprintf("| %s | %d | %d | %d | %.3f | %s| %.0f |", measure, k, samples, len(list), share(list), text, 100*float64(zero)/float64(len(list)))
}

// part are the runs on some of the samples.
func part(r *effect.Runs, rows []int) *effect.Runs {
	out := &effect.Runs{Domain: r.Domain, Seeds: r.Seeds, Samples: len(rows)}
	for _, i := range rows {
		out.Correct = append(out.Correct, r.Correct[i])
	}
	for _, run := range r.Loss {
		row := make([]float32, len(rows))
		for k, i := range rows {
			row[k] = run[i]
		}
		out.Loss = append(out.Loss, row)
	}
	return out
}
