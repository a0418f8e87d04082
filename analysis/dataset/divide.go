package dataset

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/sharewise/sharewise/analysis/study"
)

// divide puts every undecided row into a split.
func (a *assembly) divide(st *store) error {
	var given [nowhere + 1]bool
	for _, p := range st.part {
		given[p] = true
	}
	rows := rowsIn(st, undecided)
	split := a.d.Split
	if split.Folds > 0 {
		if given[inTest] {
			return &Error{File: name(a.d.Files), Reason: "some samples are said to be for testing, and split.folds tests all in turns: leave out one of the two"}
		}
		return a.divideFolds(st, rows)
	}
	if column := a.d.Columns != nil && a.d.Columns.Split != ""; column && len(rows) == 0 && !given[inVal] {
		// The column names training and test rows; validation comes out of
		// the training rows.
		rows = rowsIn(st, inTrain)
	}
	shares := func(n int) (test, val int) {
		if !given[inTest] {
			test = int(math.Round(split.Test * float64(n)))
		}
		if !given[inVal] {
			val = int(math.Round(split.Val * float64(n)))
		}
		return test, val
	}
	nTest, nVal := shares(len(rows))
	for _, i := range rows {
		st.part[i] = inTrain
	}
	rng := a.splitStream()
	switch {
	case split.By == study.ByTime:
		for _, rows := range bySignal(st, inTime(st, rows)) {
			nTest, nVal := shares(len(rows))
			end := len(rows)
			test := end - nTest
			if nTest > 0 {
				test = cutInTime(st, rows, test)
			}
			from := test - nVal
			if nVal > 0 {
				from = min(test, cutInTime(st, rows, max(0, from)))
			}
			mark(st, rows[test:end], inTest)
			mark(st, rows[from:test], inVal)
		}
	case split.By == study.ByGroup:
		return a.divideGroups(st, rows, nTest, nVal, rng)
	case split.By == study.ByContent:
		copies := *st // the same parts under other groups
		copies.group = contentGroups(st, rows)
		return a.divideGroups(&copies, rows, nTest, nVal, rng)
	case st.span != nil && overlap(st, rows):
		return a.divideBlocks(st, rows, nTest, nVal)
	default:
		test := sample(st, rows, nTest, 1, rng)
		mark(st, test, inTest)
		rest := slices.DeleteFunc(rows, func(i int) bool { return st.part[i] == inTest })
		mark(st, sample(st, rest, nVal, 1, rng), inVal)
	}
	return nil
}

// splitStream is the stream that draws splits.
func (a *assembly) splitStream() *rand.Rand {
	return rand.New(rand.NewPCG(a.study.Seed64(a.d.SplitKey(), "split"), 0))
}

func (a *assembly) stream(purpose string) *rand.Rand {
	return rand.New(rand.NewPCG(a.study.Seed64(a.d.Name, purpose), 0))
}

// stratum is the class of a row, the same for all rows where there are no classes.
func (st *store) stratum(row int) int32 {
	if st.label == nil {
		return 0
	}
	return st.label[row]
}

func mark(st *store, rows []int, p part) {
	for _, i := range rows {
		st.part[i] = p
	}
}

// sample chooses n rows, from every class in proportion, and leaves at least
// leave rows of every class. The result is in the order of rows.
func sample(st *store, rows []int, n, leave int, rng *rand.Rand) []int {
	count := map[int32]int{}
	for _, i := range rows {
		count[st.stratum(i)]++
	}
	order := slices.Sorted(maps.Keys(count))
	strata := make(map[int32][]int, len(order))
	for c, n := range count {
		strata[c] = make([]int, 0, n)
	}
	for _, i := range rows {
		strata[st.stratum(i)] = append(strata[st.stratum(i)], i)
	}
	sizes := make([]int, len(order))
	for k, c := range order {
		sizes[k] = len(strata[c])
	}
	out := make([]int, 0, max(0, min(n, len(rows))))
	for k, take := range apportion(sizes, n, leave) {
		s := strata[order[k]]
		rng.Shuffle(len(s), func(a, b int) { s[a], s[b] = s[b], s[a] })
		out = append(out, s[:take]...)
	}
	slices.Sort(out)
	return out
}

// apportion shares n among strata in proportion to their sizes by largest
// remainders, the first of equals first. Every stratum keeps leave elements
// back, and gets one where n allows and it has one to give.
func apportion(sizes []int, n, leave int) []int {
	out := make([]int, len(sizes))
	room := make([]int, len(sizes))
	total, sum := 0, 0
	for k, s := range sizes {
		room[k] = max(0, s-leave)
		total += room[k]
		sum += s
	}
	n = min(n, total)
	if n <= 0 {
		return out
	}
	ideal := make([]float64, len(sizes))
	left := n
	for k, s := range sizes {
		ideal[k] = float64(n) * float64(s) / float64(sum)
		out[k] = min(room[k], int(ideal[k]))
		left -= out[k]
	}
	for left > 0 {
		best, most := -1, math.Inf(-1)
		for k := range sizes {
			want := ideal[k] - float64(out[k])
			if out[k] == 0 {
				want += float64(n) // none yet: before all others
			}
			if out[k] < room[k] && want > most {
				best, most = k, want
			}
		}
		out[best]++
		left--
	}
	// Take from the largest where a class got none although there are enough.
	for k := range out {
		if out[k] > 0 || room[k] == 0 {
			continue
		}
		if largest := slices.Index(out, slices.Max(out)); out[largest] > 1 {
			out[largest]--
			out[k]++
		}
	}
	return out
}

// bundle holds the rows of one group.
type bundle struct {
	rows  []int
	class int32 // the most frequent
}

// divideGroups deals whole groups, within the class that is most frequent in
// each, so that where a group has one class every split has its share of it.
func (a *assembly) divideGroups(st *store, rows []int, nTest, nVal int, rng *rand.Rand) error {
	bundles := groups(st, rows)
	if len(bundles) < 2 {
		return &Error{File: name(a.d.Files), Reason: fmt.Sprintf("%d group; splitting by group needs at least two", len(bundles))}
	}
	rng.Shuffle(len(bundles), func(a, b int) { bundles[a], bundles[b] = bundles[b], bundles[a] })
	slices.SortStableFunc(bundles, func(a, b bundle) int { return cmp.Compare(a.class, b.class) })
	var owed [2]float64 // what the classes so far were short of, testing and validation
	for start := 0; start < len(bundles); {
		end := start
		size := 0
		for end < len(bundles) && bundles[end].class == bundles[start].class {
			size += len(bundles[end].rows)
			end++
		}
		share := float64(size) / float64(len(rows))
		owed[0] += share * float64(nTest)
		owed[1] += share * float64(nVal)
		deal(st, bundles[start:end], &owed)
		start = end
	}
	// Many classes of one group each leave nothing to deal.
	for _, want := range []struct {
		p part
		n int
	}{{inTest, nTest}, {inVal, nVal}} {
		if want.n == 0 || slices.ContainsFunc(rows, func(i int) bool { return st.part[i] == want.p }) {
			continue
		}
		if b := spare(st, bundles); b != nil {
			mark(st, b.rows, want.p)
		}
	}
	return nil
}

func groups(st *store, rows []int) []bundle {
	at := map[string]int{}
	var out []bundle
	for _, i := range rows {
		k, ok := at[st.group[i]]
		if !ok {
			k = len(out)
			at[st.group[i]] = k
			out = append(out, bundle{})
		}
		out[k].rows = append(out[k].rows, i)
	}
	if st.label == nil {
		return out
	}
	for k := range out {
		count := map[int32]int{}
		for _, i := range out[k].rows {
			count[st.label[i]]++
		}
		best := 0
		for c, n := range count {
			if n > best || n == best && c < out[k].class {
				best, out[k].class = n, c
			}
		}
	}
	return out
}

// deal marks groups for testing, then for validation, as long as each brings
// the number of rows nearer to what is owed, and takes them off that; at least
// one group stays for training.
func deal(st *store, bundles []bundle, owed *[2]float64) {
	left := bundles
	for k, p := range []part{inTest, inVal} {
		var rest []bundle
		for i, b := range left {
			n := float64(len(b.rows))
			last := len(rest) == 0 && i == len(left)-1
			if !last && math.Abs(owed[k]-n) < math.Abs(owed[k]) {
				mark(st, b.rows, p)
				owed[k] -= n
				continue
			}
			rest = append(rest, b)
		}
		left = rest
	}
}

// spare returns the smallest group in training without which training still
// has every class, or nil.
func spare(st *store, bundles []bundle) *bundle {
	total := map[int32]int{}
	for _, b := range bundles {
		for _, i := range b.rows {
			if st.part[i] == inTrain {
				total[st.stratum(i)]++
			}
		}
	}
	var best *bundle
	for k := range bundles {
		b := &bundles[k]
		if st.part[b.rows[0]] != inTrain || best != nil && len(b.rows) >= len(best.rows) {
			continue
		}
		own := map[int32]int{}
		missed := false
		for _, i := range b.rows {
			own[st.stratum(i)]++
			missed = missed || own[st.stratum(i)] == total[st.stratum(i)]
		}
		if !missed {
			best = b
		}
	}
	return best
}

// limit leaves out rows beyond the caps of the study.
func (a *assembly) limit(st *store) {
	for _, l := range []struct {
		p    part
		most int
		name string
	}{{inTrain, a.d.Limit.Train, "train"}, {inVal, a.d.Limit.Val, "validation"}, {inTest, a.d.Limit.Test, "test"}} {
		rows := rowsIn(st, l.p)
		if l.most == 0 || len(rows) <= l.most {
			continue
		}
		kept := sample(st, rows, l.most, 0, a.stream("limit/"+l.name))
		mark(st, rows, nowhere)
		mark(st, kept, l.p)
	}
}
