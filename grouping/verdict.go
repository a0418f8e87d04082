package grouping

// Verdict says what the limits of a gain support.
type Verdict string

// The verdicts.
const (
	Share     Verdict = "share"      // the lower limit exceeds the least gain worth having
	Apart     Verdict = "keep apart" // the upper limit is below zero
	Undecided Verdict = "undecided"  // neither, or the gain is not distinct among all
)

// Judge gives the verdict on one gain from its limits. Unknown limits (NaN)
// decide nothing.
func Judge(lo, hi, minGain float64) Verdict {
	switch {
	case lo > minGain:
		return Share
	case hi < 0:
		return Apart
	}
	return Undecided
}

func (m *Member) judge(minGain float64) { m.Verdict = Judge(m.Lo, m.Hi, minGain) }

// and is the verdict on a pool from its members': share only if all share,
// apart as soon as one is better off alone.
func (v Verdict) and(other Verdict) Verdict {
	switch {
	case v == Apart || other == Apart:
		return Apart
	case v == Share && other == Share:
		return Share
	}
	return Undecided
}
