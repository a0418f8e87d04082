package effect

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"

	"github.com/sharewise/sharewise/analysis/measures"
)

// MaxRuns is the largest number of runs of one arm that can be compared. The
// outcomes of a sample are kept as bits of one word, run by run.
const MaxRuns = 64

// Runs holds what K runs of one arm did on the test samples of one domain.
// Row i of every column is sample i; the caller knows its name. Of samples that
// tie, lists show the one of the smaller number first.
type Runs struct {
	Domain  string
	Seeds   []int64 // K of them, ascending
	Samples int     // the number of samples
	// Correct has bit k set where run k was right; nil where nothing is known
	// of correctness.
	Correct []uint64
	// Loss holds the loss of every sample, run by run; nil where unknown.
	Loss [][]float32
	// LossCap is what losses were cut to, 0 where they were not.
	LossCap float64
	// Label is the class of every sample, and Score how likely every run takes
	// it for class 1, of two, on any scale; nil where unknown.
	Label []int32
	Score [][]float32
	// Group names the group that a sample belongs to (track, board, patient),
	// which then counts as one observation; nil where samples stand alone.
	Group []int32
	// Tested has bit k set where run k was tested on the sample, where runs were
	// tested on other samples each (folds.go); what other columns hold of a run on
	// a sample that it was not tested on means nothing. Nil: all runs on all.
	Tested []uint64
}

// NewRuns returns runs with seeds 1 to K from correctness by run and sample,
// for experiments and tests.
func NewRuns(domain string, correct [][]bool) (*Runs, error) {
	r := &Runs{Domain: domain}
	for k, row := range correct {
		if k >= MaxRuns {
			return nil, fmt.Errorf("runs of %s: %w: at most %d", domain, ErrTooManyRuns, MaxRuns)
		}
		if k == 0 {
			r.Correct, r.Samples = make([]uint64, len(row)), len(row)
		}
		if len(row) != len(r.Correct) {
			return nil, fmt.Errorf("runs of %s: run %d has %d samples, the first has %d", domain, k+1, len(row), len(r.Correct))
		}
		r.Seeds = append(r.Seeds, int64(k+1))
		for i, ok := range row {
			if ok {
				r.Correct[i] |= 1 << k
			}
		}
	}
	return r, nil
}

// K is the number of runs.
func (r *Runs) K() int { return len(r.Seeds) }

// check returns an error where a column has the wrong length.
func (r *Runs) check() error {
	if r.K() > MaxRuns {
		return fmt.Errorf("runs of %s: %w: %d, at most %d", r.Domain, ErrTooManyRuns, r.K(), MaxRuns)
	}
	n := r.Samples
	if r.Tested != nil && len(r.Tested) != n || r.Correct != nil && len(r.Correct) != n || r.Group != nil && len(r.Group) != n || r.Loss != nil && len(r.Loss) != r.K() {
		return fmt.Errorf("runs of %s: columns differ in length", r.Domain)
	}
	if r.Label != nil && len(r.Label) != n || r.Score != nil && len(r.Score) != r.K() {
		return fmt.Errorf("runs of %s: columns differ in length", r.Domain)
	}
	for _, l := range slices.Concat(r.Loss, r.Score) {
		if len(l) != n {
			return fmt.Errorf("runs of %s: columns differ in length", r.Domain)
		}
	}
	return nil
}

// pick returns the runs with the given indices, sharing columns of losses.
func (r *Runs) pick(runs []int) *Runs {
	out := &Runs{Domain: r.Domain, Samples: r.Samples, Label: r.Label, Group: r.Group, LossCap: r.LossCap}
	for _, k := range runs {
		out.Seeds = append(out.Seeds, r.Seeds[k])
		if r.Loss != nil {
			out.Loss = append(out.Loss, r.Loss[k])
		}
		if r.Score != nil {
			out.Score = append(out.Score, r.Score[k])
		}
	}
	out.Correct, out.Tested = pickBits(r.Correct, runs), pickBits(r.Tested, runs)
	return out
}

// pickBits moves bits of every word to the first places.
func pickBits(words []uint64, bits []int) []uint64 {
	if words == nil {
		return nil
	}
	out := make([]uint64, len(words))
	for i, w := range words {
		for to, from := range bits {
			out[i] |= w >> from & 1 << to
		}
	}
	return out
}

// Only keeps the runs of the given seeds, sharing columns of losses.
func (r *Runs) Only(seeds []int64) *Runs {
	var kept []int
	for k, s := range r.Seeds {
		if slices.Contains(seeds, s) {
			kept = append(kept, k)
		}
	}
	return r.pick(kept)
}

// MeanLoss is the mean loss over samples and runs, NaN where unknown.
func (r *Runs) MeanLoss() float64 {
	if r.Loss == nil {
		return math.NaN()
	}
	if r.Tested != nil {
		return stat.Mean(r.errorsOverTests(measures.Loss), nil)
	}
	return sum(r.meanLosses()) / float64(r.K())
}

// meanLosses are the mean losses of the runs; none where losses are not known.
func (r *Runs) meanLosses() []float64 {
	return r.means(r.scan())
}

// ErrorRate is the share of samples that are wrong, over samples and runs; NaN
// where nothing is known of correctness.
func (r *Runs) ErrorRate() float64 {
	if r.Correct == nil {
		return math.NaN()
	}
	if r.Tested != nil {
		return stat.Mean(r.errorsOverTests(measures.Correct), nil)
	}
	return sum(r.errorRates()) / float64(r.K())
}

// errorRates are the shares of samples that are wrong, run by run; none where
// nothing is known of correctness.
func (r *Runs) errorRates() []float64 {
	if r.Correct == nil {
		return nil
	}
	rates := make([]float64, r.K())
	atOnce(r.K(), func(k int) {
		right := 0
		for _, c := range r.Correct {
			right += int(c >> k & 1)
		}
		rates[k] = float64(r.Samples-right) / float64(r.Samples)
	})
	return rates
}

// CapLosses brings losses down to a limit, and remembers it.
func (r *Runs) CapLosses(limit float32) {
	r.LossCap = float64(limit)
	capped := make([][]float32, len(r.Loss))
	for k, run := range r.Loss {
		capped[k] = slices.Clone(run)
		for i, l := range run {
			capped[k][i] = min(l, limit)
		}
	}
	r.Loss = capped
}

// without leaves samples out.
func (r *Runs) without(out []bool) *Runs {
	var rows []int
	for i, gone := range out {
		if !gone {
			rows = append(rows, i)
		}
	}
	left := r.Rows(rows)
	left.Correct, left.Label, left.Score = nil, nil, nil
	return left
}

// at takes the given rows of a column.
func at[T any](column []T, rows []int) []T {
	out := make([]T, len(rows))
	for to, i := range rows {
		out[to] = column[i]
	}
	return out
}

// rowsByGroup returns the rows so that those of one group follow one another.
func (r *Runs) rowsByGroup() []int {
	rows := make([]int, r.Samples)
	for i := range rows {
		rows[i] = i
	}
	if r.Group != nil {
		slices.SortStableFunc(rows, func(i, j int) int { return cmp.Compare(r.Group[i], r.Group[j]) })
	}
	return rows
}

// sharedSeeds returns the seeds that both have, ascending.
func sharedSeeds(a, b *Runs) []int64 {
	var shared []int64
	for _, s := range a.Seeds {
		if slices.Contains(b.Seeds, s) {
			shared = append(shared, s)
		}
	}
	return shared
}
