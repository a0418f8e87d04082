package reports

import (
	"cmp"
	"slices"

	"github.com/sharewise/sharewise/analysis/merging"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/wording"
)

// mostMerged is how many pools the picture of merged models has, in each way.
const mostMerged = 5

// merged shows what merged models are worth beside trained pools.
type merged struct {
	Lead        text
	Means, Each *rangeChart
	More        int // pools that are not shown
	Notes       []text
}

// newMerged is nil where nothing was merged and tested at the report's capacity.
func newMerged(in *Input) *merged {
	f := in.Merged
	rung, weighting := in.selection()
	if f == nil || f.Judged == nil || len(f.Judged.Ways) == 0 || f.Study != in.Results.Study || f.Rung != rung || f.Judged.Weighting != weighting {
		return nil
	}
	j := f.Judged
	out := &merged{Lead: leadOfMerged(j), Notes: written(j.Warnings)}
	var means, each []rangeItem
	shown := in.poolsFirst(j.Ways[0].Pools)
	out.More = max(0, len(shown)-mostMerged)
	shown = shown[:len(shown)-out.More]
	for i := range j.Ways {
		w := &j.Ways[i]
		means = append(means, rangeItem{label: wording.Written(w.Name), note: say("mean gain %s of merged, %s of trained members", signed(w.Merged), signed(w.Again)), value: w.Mean.Difference.By, mark: wording.Written(string(w.Mean.Verdict))})
	}
	for _, pool := range shown {
		for i := range j.Ways {
			for _, p := range j.Ways[i].Pools {
				if slices.Equal(p.Pool, pool) {
					each = append(each, rangeItem{label: armTitle(study.PoolName(pool)), note: wording.Written(j.Ways[i].Name), value: p.Difference.By, mark: wording.Written(string(p.Verdict))})
				}
			}
		}
	}
	axis := say("gain of the merged less that of the trained model, mean over domains")
	out.Means, out.Each = newRangeChart(means, axis, signed), newRangeChart(each, axis, signed)
	for _, c := range []*rangeChart{out.Means, out.Each} {
		if c == nil { // no pool could be judged
			continue
		}
		c.unless(wording.Written(string(merging.Undecided)))
	}
	return out
}

// poolsFirst lists pools, those that are recommended first, then the largest.
func (in *Input) poolsFirst(pools []merging.Judged) [][]string {
	recommended := map[string]bool{}
	if in.Groups != nil {
		for i := range in.Groups.Groups {
			recommended[study.PoolName(in.Groups.Groups[i].Names())] = true
		}
	}
	var out [][]string
	for i := range pools {
		out = append(out, pools[i].Pool)
	}
	first := func(pool []string) int {
		if recommended[study.PoolName(pool)] {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(out, func(a, b []string) int {
		return cmp.Or(cmp.Compare(first(a), first(b)), cmp.Compare(len(b), len(a)))
	})
	return out
}

// leadOfMerged says whether merging would do in place of training together.
func leadOfMerged(j *merging.Judgement) text {
	best, worst := &j.Ways[0], 0
	for i := range j.Ways {
		if w := &j.Ways[i]; w.AsGood > best.AsGood || w.AsGood == best.AsGood && w.Mean.Difference.By.Value > best.Mean.Difference.By.Value {
			best = w
		}
		worst = max(worst, j.Ways[i].Worse)
	}
	n := len(best.Pools)
	switch {
	case n == 0:
		return say("No pool could be judged.")
	case best.AsGood == n:
		return say("Every pool is as good %s as trained together: that costs no training.", wording.Written(best.Name))
	case best.AsGood > 0:
		return say("Of %d pools, %d are as good %s as trained together, and %d surely worse.", n, best.AsGood, wording.Written(best.Name), best.Worse)
	case worst > 0:
		return say("No pool is surely as good merged as trained together, and up to %d of %d are surely worse.", worst, n)
	}
	return say("Of no pool it is settled whether it is as good merged as trained together.")
}
