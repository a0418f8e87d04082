package baseline

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"maps"
	"slices"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/linear"
)

const (
	// enough is the number of validation rows that choose a penalty.
	enough = 200
	// mostAside is the number beyond which more of them tell little.
	mostAside = 2000
	// Rows are left out in folds, a tenth at a time where there are few of them
	// and few weights, a third where many weights make every fold dear: penalties
	// of images then come out half a step from those of five folds, if at all,
	// and accuracies the same.
	folds       = 5
	moreFolds   = 10
	fewerFolds  = 3
	fewRows     = 500
	fewWeights  = 500
	manyWeights = 2000
	// mostFolded is the number of training rows up to which every fold is left
	// out.
	mostFolded = 20000
)

// parts says which rows choose the penalty: rows are samples of the training
// split and then of the validation split. ordered says that samples follow each
// other in time; weights is the number of weights of a model.
func parts(d *dataset.Domain, rows, aside []int, weights int, ordered bool) (part []int, by string) {
	if len(aside) >= enough {
		part = make([]int, len(rows))
		for range aside {
			part = append(part, linear.Aside)
		}
		return part, fmt.Sprintf("%d validation rows", len(aside))
	}
	names := map[string]int{}
	for _, i := range rows {
		names[d.Train.Group(i)]++
	}
	delete(names, "")
	n := folds
	switch {
	case weights >= manyWeights:
		n = fewerFolds
	case len(rows) < fewRows && weights < fewWeights:
		n = moreFolds
	}
	switch {
	case len(names) > 1:
		part, n = byGroup(d, rows, names, n)
		by = fmt.Sprintf("%d folds of the training rows, by group", n)
	case ordered:
		for k := range rows {
			part = append(part, k*n/len(rows))
		}
		by = fmt.Sprintf("%d folds of the training rows, one after another", n)
	default:
		part = atRandom(d, rows, n)
		by = fmt.Sprintf("%d folds of the training rows", n)
	}
	if len(rows) > mostFolded {
		for k, fold := range part {
			if fold != n-1 { // in time, the last
				part[k] = linear.Always
			} else {
				part[k] = 0
			}
		}
		by = fmt.Sprintf("1 of %s", by)
	}
	return part, by
}

// byGroup keeps groups together: the largest go first, each to the fold that
// has least.
func byGroup(d *dataset.Domain, rows []int, names map[string]int, most int) (part []int, n int) {
	n = min(most, len(names))
	order := slices.SortedFunc(maps.Keys(names), func(a, b string) int {
		return cmp.Or(cmp.Compare(names[b], names[a]), cmp.Compare(a, b))
	})
	fold, sizes := map[string]int{}, make([]int, n)
	place := func(size int) int {
		k := slices.Index(sizes, slices.Min(sizes))
		sizes[k] += size
		return k
	}
	for _, name := range order {
		fold[name] = place(names[name])
	}
	for _, i := range rows {
		if name := d.Train.Group(i); name != "" {
			part = append(part, fold[name])
		} else {
			part = append(part, place(1))
		}
	}
	return part, n
}

// atRandom deals rows to folds, those of each class in turn.
func atRandom(d *dataset.Domain, rows []int, n int) []int {
	order := make([]int, len(rows))
	dataset.NewStream(len(rows), seedOf(d, "folds")).Next(order)
	if d.Task.Classes != nil {
		slices.SortStableFunc(order, func(a, b int) int { return d.Train.Label(rows[a]) - d.Train.Label(rows[b]) })
	}
	part := make([]int, len(rows))
	for k, i := range order {
		part[i] = k % n
	}
	return part
}

// drawn are at most n of all samples of a split, in their order.
func drawn(d *dataset.Domain, s *dataset.Split, n int, what string) []int {
	all := make([]int, s.Len())
	for i := range all {
		all[i] = i
	}
	if len(all) <= n {
		return all
	}
	dataset.NewStream(len(all), seedOf(d, what)).Next(all)
	all = all[:n]
	slices.Sort(all)
	return all
}

// seedOf is a seed of the domain's own, by its name.
func seedOf(d *dataset.Domain, what string) uint64 {
	h := fnv.New64a()
	h.Write([]byte("baseline\x00" + what + "\x00" + d.Name))
	return h.Sum64()
}
