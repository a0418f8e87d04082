package benchtest

import "time"

// Turns measures alternatives in turns, so that all see the same machine. In every
// round each of them is called until the slice of time is spent, at least once; who
// begins changes from round to round. seconds[i][round] is the least time that a call
// of alternative i took in a round: what delays a call is no part of its work.
//
// Everything is called once before, unmeasured.
func Turns(rounds int, slice time.Duration, alternatives ...func()) (seconds [][]float64) {
	for _, call := range alternatives {
		call()
	}
	seconds = make([][]float64, len(alternatives))
	for round := range rounds {
		for k := range alternatives {
			i := (k + round) % len(alternatives)
			seconds[i] = append(seconds[i], least(slice, alternatives[i]))
		}
	}
	return seconds
}

func least(slice time.Duration, call func()) float64 {
	shortest := time.Duration(0)
	for begin := time.Now(); shortest == 0 || time.Since(begin) < slice; {
		start := time.Now()
		call()
		if took := max(1, time.Since(start)); shortest == 0 || took < shortest {
			shortest = took
		}
	}
	return shortest.Seconds()
}

// Ratios divides the figures of an alternative by those of another, round by round.
func Ratios(of, by []float64) []float64 {
	ratios := make([]float64, len(of))
	for round := range of {
		ratios[round] = of[round] / by[round]
	}
	return ratios
}
