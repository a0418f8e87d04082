package analysis

import (
	"cmp"
	"slices"
)

// rowsByGroup returns the rows so that those of one group follow one another.
func rowsByGroup(r *Runs) []int {
	rows := make([]int, r.Len())
	for i := range rows {
		rows[i] = i
	}
	if r.Group != nil {
		slices.SortStableFunc(rows, func(i, j int) int { return cmp.Compare(r.Group[i], r.Group[j]) })
	}
	return rows
}

// meanError is the mean error or loss over samples and runs.
func meanError(r *Runs, classification bool) float64 {
	sum := 0.0
	for k := range r.Seeds {
		sum += runError(r, k, classification)
	}
	return sum / float64(r.K())
}

// runError is the mean error or loss of run k.
func runError(r *Runs, k int, classification bool) float64 {
	sum := 0.0
	for i := range r.Len() {
		switch {
		case !classification:
			sum += float64(r.Loss[k][i])
		case r.Correct[i]>>k&1 == 0:
			sum++
		}
	}
	return sum / float64(r.Len())
}
