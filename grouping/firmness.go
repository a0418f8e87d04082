package grouping

import (
	"slices"

	"github.com/sharewise/sharewise/analysis"
)

// Firmness says how much the evidence supports a recommendation.
type Firmness string

// The degrees of firmness.
const (
	// Clear: the decision is [Settled], every recommended pool was trained, and
	// where a least gain was asked for, all members exceed it.
	Clear Firmness = "settled"
	// Even: the decision is [Indifferent], so that costs decide: the partition with the
	// fewest models is recommended.
	Even Firmness = "indifferent"
	// Likely: the partition is best in at least 75 % of draws, or it would be
	// settled but for pools that were not trained, or exceed no least gain. Neither
	// where limits leave out how runs vary, nor where its pools are expected to lose, see
	// [Recommendation.Losing].
	Likely Firmness = "likely"
	// Open: in fewer. Pools whose members are together in at least 75 % of
	// draws may still be acted on, see [Recommendation.Lasting]; and the
	// partition may be a guess, see [Recommendation.Guess].
	Open Firmness = "open"
	// Unknown: no gain has limits.
	Unknown Firmness = "unknown"
	// Doubtful: whatever the limits say, there is a reason not to act on what
	// was measured, such as models that had not finished learning. A group is in
	// doubt where one of its domains is; a recommendation as a whole where the
	// doubts touch more than half of the value, or leave nothing to decide, see
	// [Rest].
	Doubtful Firmness = "doubtful"
)

// losingPools is the warning of groups that are not to be acted on yet.
const losingPools = "all gains together lead one to expect that these pools lose: do not share yet"

const (
	supportedShare = 0.95
	likelyShare    = 0.75
	guessShare     = 0.20
)

// Measured is the firmness by limits and draws alone, whatever doubts there are.
func (r *Recommendation) Measured() Firmness {
	if r.Stability == nil {
		return Unknown
	}
	kind := Unsettled
	if d := r.Stability.Decision; d != nil {
		kind = d.Kind
	}
	if r.Second != nil && r.Second.Rests {
		kind = Settled
	}
	switch {
	case kind == Settled && !open(r.Groups, r.MinGain):
		return Clear
	case kind == Indifferent && !open(r.Groups, r.MinGain):
		return Even
	case r.Losing():
		return Open
	case kind != Unsettled || r.Stability.Share >= likelyShare && !r.Stability.Conditional:
		return Likely
	}
	return Open
}

// Losing reports whether the recommended pools, which were measured best, are expected to
// lose by what all gains of the study have in common: chosen as the best of many noisy ones,
// chance has favoured them. Where nothing is settled, they ought not to be shared yet.
func (r *Recommendation) Losing() bool {
	pooled := slices.ContainsFunc(r.Groups, func(g Group) bool { return len(g.Members) > 1 })
	return pooled && r.Promised != nil && r.Promised.Why == "" && r.Promised.Total.Gain < 0
}

// Bearing returns the doubts that bear on the recommendation, and the others. A
// domain whose models learned nothing says nothing about sharing, and nothing
// against sharing by others: that doubt bears on pools with the domain, or on a
// recommendation without pools. All other doubts are about all that was
// measured of their domains.
func (r *Recommendation) Bearing(doubts []analysis.Doubt) (on, beside []analysis.Doubt) {
	var pooled []string
	for i := range r.Groups {
		if names := r.Groups[i].Names(); len(names) > 1 {
			pooled = append(pooled, names...)
		}
	}
	for _, d := range doubts {
		concerns := slices.ContainsFunc(d.Domains, func(name string) bool { return slices.Contains(pooled, name) })
		if d.Kind == analysis.NoSkill && len(pooled) > 0 && !concerns {
			beside = append(beside, d)
		} else {
			on = append(on, d)
		}
	}
	return on, beside
}

// Rival is the partition, other than the recommended one, that is best in most
// draws; false where there is none.
func (r *Recommendation) Rival() (PartitionShare, bool) {
	if r.Stability == nil {
		return PartitionShare{}, false
	}
	for _, p := range r.Stability.Partitions {
		if !r.Same(p.Groups) {
			return p, true
		}
	}
	return PartitionShare{}, false
}

// Guess says whether the recommended partition may be called the best guess: it
// is best in at least 20 % of draws, and no other is in more.
func (r *Recommendation) Guess() bool {
	if r.Stability == nil {
		return true
	}
	other, ok := r.Rival()
	return r.Stability.Share >= guessShare && (!ok || other.Share <= r.Stability.Share)
}

// StandsOut says whether some partition, recommended or not, is best in at least
// 20 % of draws.
func (r *Recommendation) StandsOut() bool {
	if r.Stability == nil {
		return false
	}
	other, _ := r.Rival()
	return max(other.Share, r.Stability.Share) >= guessShare
}

// lasting lists the recommended pools all of whose members are together in at
// least 75 % of draws, whatever becomes of the other domains, and of which none
// is harmed or expected to lose.
func (r *Recommendation) lasting() [][]string {
	out := [][]string{}
	if r.Stability == nil {
		return out
	}
	type pair [2]string
	together := map[pair]float64{}
	for _, p := range r.Stability.Together {
		together[pair{p.A, p.B}], together[pair{p.B, p.A}] = p.Share, p.Share
	}
	for i, names := range r.Names() {
		least := 1.0
		for k, a := range names {
			for _, b := range names[:k] {
				least = min(least, together[pair{a, b}])
			}
		}
		losing := r.Promised != nil && r.Promised.Why == "" && r.Promised.Groups[i].Total.Gain < 0
		if len(names) > 1 && least >= likelyShare && r.Groups[i].Verdict != Apart && !losing {
			out = append(out, names)
		}
	}
	return out
}

// Decide fills in Firmness, of groups too, and Lasting, which follow from limits, draws and
// doubts, and verdicts on groups that draws support: a domain that is alone in at
// least 95 % of draws is to be kept apart, and a pool whose members are together
// in as many, none of them harmed, is to be shared, unless a least gain was asked
// for. [Recommend] has done so.
func (r *Recommendation) Decide() {
	for i := range r.Groups {
		if r.Stability != nil && !r.Stability.Conditional {
			r.Groups[i].support(r.Stability, r.MinGain)
		}
	}
	r.Firmness, r.Lasting = r.Measured(), r.lasting()
	r.Warnings = slices.DeleteFunc(r.Warnings, func(w string) bool { return w == losingPools })
	if r.Losing() && len(r.Lasting) == 0 && (r.Firmness == Open || r.Firmness == Unknown) {
		r.Warnings = append(r.Warnings, losingPools)
	}
	doubted := r.Doubted()
	switch {
	case r.OutOfDoubt != nil:
		r.Firmness = r.OutOfDoubt.Firmness
	case len(doubted) > 0:
		r.Firmness = Doubtful
	}
	lasting := r.OfRest().Lasting
	for i := range r.Groups {
		g := &r.Groups[i]
		switch names := g.Names(); {
		case r.Firmness == Doubtful || slices.ContainsFunc(names, func(name string) bool { return slices.Contains(doubted, name) }):
			g.Firmness = Doubtful
		case r.Firmness == Open && slices.ContainsFunc(lasting, func(l []string) bool { return slices.Equal(l, names) }):
			g.Firmness = Likely
		default:
			g.Firmness = r.Firmness
		}
	}
}

// support settles the verdict on a group that is there in almost all draws.
func (g *Group) support(s *Stability, minGain float64) {
	names := g.Names()
	switch {
	case len(names) == 1 && s.AloneShare(names[0]) >= supportedShare:
		g.Verdict, g.Members[0].Verdict = Apart, Apart
	case len(names) > 1 && minGain <= 0 && g.Source == Measured && g.Verdict == Undecided && s.leastTogether(names) >= supportedShare:
		g.Verdict = Share
	}
}

// leastTogether is the smallest share of draws in which two of the domains were
// in one group.
func (s *Stability) leastTogether(names []string) float64 {
	least := 1.0
	for k, a := range names {
		for _, b := range names[:k] {
			least = min(least, s.TogetherShare(a, b))
		}
	}
	return least
}
