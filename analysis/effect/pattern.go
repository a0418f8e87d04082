package effect

import (
	"cmp"
	"math/bits"
	"slices"
)

// pattern is the outcome of one sample under all runs of both arms: bit k of a
// and of b is run k.
type pattern struct{ a, b uint64 }

// cell is a number of samples with the same pattern.
type cell struct {
	pattern
	n int
}

// cluster is a set of samples that count as one observation, and how often
// such a set occurs. Where samples stand alone, every distinct pattern is a
// cluster of one sample, so a study of millions of samples has no more
// clusters than there are distinct patterns: this table holds the count table
// of (correct independent runs, correct runs of the arm) and the same table
// with any run left out.
type cluster struct {
	times int
	cells []cell
}

// size is the number of samples of one such cluster.
func (c cluster) size() int {
	n := 0
	for _, x := range c.cells {
		n += x.n
	}
	return n
}

// clusters builds the table. Its order depends on the patterns only, so that
// sums come out the same whatever the order of samples.
func clusters(a, b []uint64, group []int32) []cluster {
	if group == nil {
		cells := cellsOf(a, b, nil)
		list := make([]cluster, len(cells))
		for i, c := range cells {
			list[i] = cluster{c.n, []cell{{c.pattern, 1}}}
		}
		return list
	}
	rows := make([]int, len(a))
	for i := range rows {
		rows[i] = i
	}
	slices.SortStableFunc(rows, func(i, j int) int { return cmp.Compare(group[i], group[j]) })
	var list []cluster
	for len(rows) > 0 {
		n := 1
		for n < len(rows) && group[rows[n]] == group[rows[0]] {
			n++
		}
		list = append(list, cluster{1, cellsOf(a, b, rows[:n])})
		rows = rows[n:]
	}
	return list
}

// cellsOf counts the patterns of the given rows, of all where rows is nil.
func cellsOf(a, b []uint64, rows []int) []cell {
	count := map[pattern]int{}
	if rows == nil {
		for i := range a {
			count[pattern{a[i], b[i]}]++
		}
	}
	for _, i := range rows {
		count[pattern{a[i], b[i]}]++
	}
	cells := make([]cell, 0, len(count))
	for p, n := range count {
		cells = append(cells, cell{p, n})
	}
	slices.SortFunc(cells, func(x, y cell) int {
		return cmp.Or(cmp.Compare(x.a, y.a), cmp.Compare(x.b, y.b))
	})
	return cells
}

// counts is the (K+1) by (K'+1) table: counts[a][b] samples were right under a
// independent runs and b runs of the arm.
func counts(list []cluster, ka, kb int) [][]int {
	table := make([][]int, ka+1)
	for i := range table {
		table[i] = make([]int, kb+1)
	}
	for _, c := range list {
		for _, x := range c.cells {
			table[bits.OnesCount64(x.a)][bits.OnesCount64(x.b)] += c.times * x.n
		}
	}
	return table
}
