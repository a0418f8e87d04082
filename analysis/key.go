package analysis

import (
	"iter"
	"slices"
)

// Key says what a figure is of: a domain under the runs of an arm at one rung
// and weighting. What differs between these runs is the seed. Scores, effects
// and gains carry one; in JSON its fields stand beside theirs.
type Key struct {
	Arm       string `json:"arm"` // Independent, or the name of a shared arm
	Rung      string `json:"rung"`
	Weighting string `json:"weighting"`
	Domain    string `json:"domain"`
}

// On is the key of another domain under the same runs.
func (k Key) On(domain string) Key {
	k.Domain = domain
	return k
}

// At reports whether the key stands at a rung and weighting.
func (k Key) At(rung, weighting string) bool { return k.Rung == rung && k.Weighting == weighting }

// key lets figures be found by what they embed.
func (k Key) key() Key { return k }

type keyed interface{ key() Key }

// find returns the figure of a key, nil where there is none.
func find[T keyed](list []T, k Key) *T {
	for i := range list {
		if list[i].key() == k {
			return &list[i]
		}
	}
	return nil
}

// Score returns the score of a key, nil where there is none. Independent models
// have no need of a weighting: where they were not trained under that of the
// key, it is their first at the same rung.
func (r *Results) Score(k Key) *Score {
	if s := find(r.Scores, k); s != nil || k.Arm != Independent {
		return s
	}
	at := slices.IndexFunc(r.Scores, func(s Score) bool { return s.Arm == Independent && s.Rung == k.Rung && s.Domain == k.Domain })
	if at < 0 {
		return nil
	}
	return &r.Scores[at]
}

// Effect returns the effect of an arm on a domain, nil where it was not
// measured.
func (r *Results) Effect(k Key) *Effect { return find(r.Effects, k) }

// Gain returns the gain of a domain from an arm, nil where it was not measured.
func (r *Results) Gain(k Key) *Gain { return find(r.Gains, k) }

// Domain returns what the study says of a domain; of an unknown one, its name.
func (r *Results) Domain(name string) DomainInfo { return domainOf(r.Domains, name) }

func domainOf(domains []DomainInfo, name string) DomainInfo {
	for _, d := range domains {
		if d.Name == name {
			return d
		}
	}
	return DomainInfo{Name: name}
}

// PoolGains yields the gains from pools of two or more domains at a rung and
// weighting, in the order of the results.
func (r *Results) PoolGains(rung, weighting string) iter.Seq[*Gain] {
	return func(yield func(*Gain) bool) {
		for i := range r.Gains {
			if g := &r.Gains[i]; g.At(rung, weighting) && len(g.Pool) > 1 && !yield(g) {
				return
			}
		}
	}
}

// LargestRung is the name of the largest rung, empty where there is none.
func (r *Results) LargestRung() string {
	if len(r.Rungs) == 0 {
		return ""
	}
	return r.Rungs[len(r.Rungs)-1]
}
