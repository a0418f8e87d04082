package analysis

import (
	"math"
	"slices"

	"github.com/sharewise/sharewise/analysis/effect"
)

// Brought is what one member of a pool, the source, brings to the others: a model that
// the whole pool shares against one that its other members share, of the same capacity
// and weighting, which both were trained.
type Brought struct {
	// Key is that of the whole pool's runs, and of the domain that the source helps or
	// harms. In [SourceSum] the domain is empty.
	Key
	Source string `json:"source"`
	// Without is the arm of the pool without the source.
	Without string `json:"without"`
	// Brings is the gain in the whole pool less that in the pool without the source, in
	// units of relative gains (fractions of the domain's own error): below zero, the
	// source harms. It has limits where both gains and their covariance are known.
	Brings effect.Interval `json:"brings"`
	// P is how likely a difference as far from zero is where there is none, 1 where it
	// has no limits.
	P float64 `json:"p"`
	// Discovery says that the difference is not zero, said of all differences of the
	// same kind, capacity and weighting together (see effect.Discoveries).
	Discovery bool `json:"discovery"`
}

// SourceEffect is what a source brings to one domain, with the two gains that tell it.
type SourceEffect struct {
	Brought
	With    effect.Interval `json:"with"`         // the domain's gain in the whole pool
	Left    effect.Interval `json:"left"`         // that without the source
	Freedom float64         `json:"df,omitempty"` // degrees of freedom of the limits; 0: many, or none
}

// SourceSum is what a source brings to the other members of a pool on average, where
// all of them are known. Members may share test samples, and their gains share runs:
// limits hold whatever their errors have in common, and so are wider than those of
// members that err on their own.
type SourceSum struct {
	Brought
	Domains int `json:"domains"` // how many others there are
	// Own is what the source gains itself in the whole pool.
	Own effect.Interval `json:"own"`
}

// LeftOut is what leaving single members out of pools changes for the others.
type LeftOut struct {
	Effects []SourceEffect `json:"effects"`
	Sums    []SourceSum    `json:"sums"`
}

// leaveOut compares every pool of three or more domains with those that lack one of
// its members, as far as they were trained; nil where none were. A pair without one of
// its members is an independent model: that difference is the gain itself.
//
// For domain j in pool S with source i, by the covariance C of j's relative gains
// ([GainCovariance]),
//
//	D = g(j,S) - g(j,S\i),   Var D = C(S,S) + C(S\i,S\i) - 2 C(S,S\i)
//
// with Student's t of the fewer degrees of freedom of both. The mean over the n members
// j has a standard error of at most the mean of theirs, which is taken: by Cauchy and
// Schwarz the standard deviation of a sum is no larger than the sum of the standard
// deviations, whatever the correlations.
func (r *Results) leaveOut() *LeftOut {
	out := &LeftOut{}
	for _, p := range r.lacking() {
		out.add(r, p)
	}
	if len(out.Effects) == 0 {
		return nil
	}
	discover(out.Effects, func(e *SourceEffect) *Brought { return &e.Brought }, r.Level)
	discover(out.Sums, func(s *SourceSum) *Brought { return &s.Brought }, r.Level)
	return out
}

// trainedPool is an arm at a rung and weighting.
type trainedPool struct {
	key   Key // without domain
	names []string
}

// lackingOne is a pool, and another that lacks one of its members.
type lackingOne struct {
	whole, less trainedPool
	source      string
}

// lacking lists the pools of three and more with those that lack one member, in the
// order of gains.
func (r *Results) lacking() []lackingOne {
	var pools []trainedPool
	seen := map[Key]bool{}
	type place struct{ rung, weighting, names string }
	at := map[place]trainedPool{}
	placeOf := func(k Key, names []string) place {
		return place{k.Rung, k.Weighting, joined(names)}
	}
	for i := range r.Gains {
		g := &r.Gains[i]
		k := g.On("")
		if seen[k] || len(g.Pool) < 2 {
			continue
		}
		seen[k] = true
		p := trainedPool{k, g.Pool}
		pools = append(pools, p)
		if here := placeOf(k, g.Pool); at[here].names == nil {
			at[here] = p
		}
	}
	var out []lackingOne
	for _, whole := range pools {
		if len(whole.names) < 3 {
			continue
		}
		for _, source := range whole.names {
			rest := slices.DeleteFunc(slices.Clone(whole.names), func(name string) bool { return name == source })
			if less, ok := at[placeOf(whole.key, rest)]; ok {
				out = append(out, lackingOne{whole, less, source})
			}
		}
	}
	return out
}

// joined tells sets of names apart, whatever the names are and their order is.
func joined(names []string) string {
	out := ""
	for _, n := range slices.Sorted(slices.Values(names)) {
		out += n + "\x00"
	}
	return out
}

// add adds what a source brings to each other member of a pool, and on average.
func (l *LeftOut) add(r *Results, p lackingOne) {
	sum := SourceSum{Brought: Brought{Key: p.whole.key, Source: p.source, Without: p.less.key.Arm, Brings: effect.Unknown(), P: 1}, Own: effect.Unknown()}
	if own := r.Gain(p.whole.key.On(p.source)); own != nil {
		sum.Own = own.Relative
	}
	mean, error, freedom, all := 0.0, 0.0, math.Inf(1), true
	for _, name := range p.less.names {
		with, left := r.Gain(p.whole.key.On(name)), r.Gain(p.less.key.On(name))
		if with == nil || left == nil || !with.Relative.Known() || !left.Relative.Known() {
			all = false
			continue
		}
		e := SourceEffect{Brought: sum.Brought, With: with.Relative, Left: left.Relative}
		e.Domain = name
		value := with.Relative.Value - left.Relative.Value
		v := r.differenceOf(with.Key, left.Key)
		e.Brings, e.P = limited(value, v, r.Level)
		if e.Brings.Limited() && !math.IsInf(v.Freedom, 0) {
			e.Freedom = v.Freedom
		}
		l.Effects = append(l.Effects, e)
		mean += value
		error += math.Sqrt(v.Value) // NaN where it is not known
		freedom = min(freedom, v.Freedom)
		sum.Domains++
	}
	if n := float64(sum.Domains); all && n > 0 {
		sum.Brings, sum.P = limited(mean/n, effect.Variance{Value: error / n * error / n, Freedom: freedom}, r.Level)
		l.Sums = append(l.Sums, sum)
	}
}

// differenceOf is the variance of the difference between two gains of one domain; NaN
// where it is not known.
func (r *Results) differenceOf(with, left Key) effect.Variance {
	unknown := effect.Variance{Value: math.NaN(), Freedom: math.Inf(1)}
	for i := range r.Covariances {
		c := &r.Covariances[i]
		if c.Target != with.Domain || !with.At(c.Rung, c.Weighting) {
			continue
		}
		a, b := slices.Index(c.Arms, with.Arm), slices.Index(c.Arms, left.Arm)
		if most := max(a, b); a < 0 || b < 0 || most >= len(c.Matrix) || most >= len(c.Freedom) || most >= len(c.Matrix[a]) || most >= len(c.Matrix[b]) {
			return unknown
		}
		both := c.Matrix[a][a] + c.Matrix[b][b]
		v := both - 2*c.Matrix[a][b]
		if !(v > both*1e-9) { // all that varies is shared: nothing tells how far apart they may be
			return unknown
		}
		freedom := math.Inf(1)
		for _, df := range []float64{c.Freedom[a], c.Freedom[b]} {
			if df > 0 { // 0 stands for many
				freedom = min(freedom, max(1, df))
			}
		}
		return effect.Variance{Value: v, Freedom: freedom}
	}
	return unknown
}

// discover says which differences are discoveries among those of their capacity and
// weighting.
func discover[T any](list []T, brought func(*T) *Brought, level float64) {
	type family struct{ rung, weighting string }
	of := map[family][]*Brought{}
	for i := range list {
		b := brought(&list[i])
		if b.Brings.Limited() {
			f := family{b.Rung, b.Weighting}
			of[f] = append(of[f], b)
		}
	}
	for _, members := range of {
		chances := make([]float64, len(members))
		for k, b := range members {
			chances[k] = b.P
		}
		for k, found := range effect.Discoveries(chances, 1-level) {
			members[k].Discovery = found
		}
	}
}
