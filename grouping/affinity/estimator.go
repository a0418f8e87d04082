package affinity

import "github.com/sharewise/sharewise/grouping"

// Estimator scores pools that need not have been trained.
type Estimator interface {
	// Method says what the scores are and what they cost.
	Method() Method
	// Score estimates what every member of a pool gets out of it, in the order
	// of the members. The larger, the better; only the order of scores means
	// something. Members are indices of domains, ascending and two at least.
	Score(pool []int) []Estimate
}

// Estimate is the score of one member of a pool.
type Estimate struct {
	Value float64 // NaN where the estimator cannot say
	// Deviation is the standard deviation of what the estimator does not know,
	// NaN where it gives none.
	Deviation float64
}

// Method says what an estimator is.
type Method struct {
	Name string `json:"name"`
	// Needs is what must exist beside the independent models.
	Needs string `json:"needs"`
	// Pools is the number of pools that were trained for it. Times the seeds of
	// the study, that is its cost in trainings.
	Pools int `json:"pools"`
	// Work is what was computed beside, in operations of training a pair with
	// all its seeds: where it is well below one, nothing worth speaking of.
	Work float64 `json:"work"`
	// Definition is the formula of a member's score, Source where it is from.
	Definition string `json:"definition"`
	Source     string `json:"source"`
}

// cell is one member of a measured pool.
type cell struct {
	pool   int // index of the pool
	target int // the domain
	gain   float64
	score  float64
}

// cells puts the scores of pools beside their gains. Members without a score are
// left out. names says which domain of the estimator stands for a domain of the
// pools: the identity, or a permutation of it.
func cells(e Estimator, pools []grouping.Pool, names []int) []cell {
	var out []cell
	for k, p := range pools {
		if len(p.Members) < 2 {
			continue
		}
		for i, s := range scores(e, p.Members, names) {
			if finite(s.Value) && finite(p.Gain[i]) {
				out = append(out, cell{k, p.Members[i], p.Gain[i], s.Value})
			}
		}
	}
	return out
}

// scores are those of a pool whose members go by other names, in the order of
// the members.
func scores(e Estimator, members, names []int) []Estimate {
	renamed, order := sortedBy(members, names)
	out := make([]Estimate, len(members))
	for k, s := range e.Score(renamed) {
		out[order[k]] = s
	}
	return out
}
