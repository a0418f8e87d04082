package reports

import (
	"slices"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/grouping"
)

// nothingToGain words the verdict of a recommendation with NothingToGain.
type nothingToGain struct {
	headline verdict
	evidence text
}

func (in *Input) nothingToGain() *nothingToGain {
	names := in.Groups.NothingToGain
	if len(names) == 0 {
		return nil
	}
	samples := 0
	for _, name := range names {
		for _, g := range in.selectedGains() {
			if g.Domain == name {
				samples += g.Samples
				break
			}
		}
	}
	n := &nothingToGain{evidence: say("On %s, models of %s alone make no error; a gain is relative to the errors made alone.", some(samples, "test sample"), list(names))}
	if len(names) == len(in.Results.Domains) {
		n.headline = verdict{call: say("Nothing to gain"), todo: say("models of each domain alone make no error")}
		return n
	}
	n.headline = verdict{call: say("Nothing to gain from a pool with %s, whose own models make no error", list(names)), todo: say("leave %s alone", in.allNames())}
	return n
}

func (in *Input) allNames() text {
	var names []string
	for _, d := range in.Results.Domains {
		names = append(names, d.Name)
	}
	if len(names) > 3 {
		return say("all %s domains", count(len(names)))
	}
	return list(names)
}

// selectedGains are those of pools at the rung and weighting of the report.
func (in *Input) selectedGains() []analysis.Gain {
	rung, weighting := in.selection()
	var out []analysis.Gain
	for g := range in.Results.PoolGains(rung, weighting) {
		out = append(out, *g)
	}
	return out
}

// inPools says what a domain, of which no pair was measured, gained in the best
// of the larger pools that it was in.
func (in *Input) inPools(name string, gains []analysis.Gain) text {
	var best *analysis.Gain
	for i, g := range gains {
		if len(g.Pool) > 2 && g.Domain == name && g.Relative.Known() && (best == nil || g.Relative.Value > best.Relative.Value) {
			best = &gains[i]
		}
	}
	if best == nil {
		if in.barred(name) {
			return say("%s alone: the rules forbid every pair with it.", name)
		}
		return unpaired(name)
	}
	w := in.gainWords(name)
	m := grouping.Member{Domain: name, Gain: best.Relative.Value, Lo: best.Relative.Lo, Hi: best.Relative.Hi}
	if len(best.Pool) == len(in.Results.Domains) {
		return say("%s alone: no pair with it was measured. In the model of all it makes %s.", name, w.limited(m))
	}
	return say("%s alone: no pair with it was measured. In the pool of %s it makes %s.", name, few(best.Pool), w.limited(m))
}

// unpairedReason says why there is no pair of a domain to tell of: it, or those
// that it was paired with, make no error alone; or no pair was trained.
func (in *Input) unpairedReason(name string) text {
	if barred := in.barredReason(name); barred != "" {
		return barred
	}
	var perfect []string
	var own *analysis.Gain
	gains := in.selectedGains()
	for i, g := range gains {
		if len(g.Pool) != 2 || !slices.Contains(g.Pool, name) {
			continue
		}
		switch {
		case g.Domain == name && grouping.NothingToReduce(g.Gain):
			return say("%s alone: its own models make no error, so that there is nothing for sharing to reduce.", name)
		case g.Domain == name && (own == nil || g.Relative.Value > own.Relative.Value):
			own = &gains[i]
		case g.Domain != name && grouping.NothingToReduce(g.Gain) && !slices.Contains(perfect, g.Domain):
			perfect = append(perfect, g.Domain)
		}
	}
	if len(perfect) == 0 {
		return in.inPools(name, gains)
	}
	reason := say("%s alone: no pair with it could be judged, since models of %s alone make no error.", name, list(perfect))
	if own != nil && own.Relative.Known() {
		w, partner := in.gainWords(name), own.Pool[0]
		if partner == name {
			partner = own.Pool[1]
		}
		m := grouping.Member{Domain: name, Gain: own.Relative.Value, Lo: own.Relative.Lo, Hi: own.Relative.Hi}
		reason += " " + say("With %s it makes %s; %s can only lose by that.", partner, w.limited(m), partner)
	}
	return reason
}
