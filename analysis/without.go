package analysis

import "slices"

// Without returns the results of the other domains: pools that learned the domain are
// left out, since their models have its data in their weights. It holds as far as the
// study without the domain would have trained the same runs of all others.
func (r *Results) Without(domain string) *Results {
	out := *r
	pools := map[string]bool{} // arms that learned the domain
	for _, g := range r.Gains {
		if slices.Contains(g.Pool, domain) {
			pools[g.Arm] = true
		}
	}
	gone := func(k Key) bool { return k.Domain == domain || pools[k.Arm] }
	out.Domains = slices.DeleteFunc(slices.Clone(r.Domains), func(d DomainInfo) bool { return d.Name == domain })
	out.Scores = slices.DeleteFunc(slices.Clone(r.Scores), func(s Score) bool { return gone(s.Key) })
	out.Effects = slices.DeleteFunc(slices.Clone(r.Effects), func(e Effect) bool { return gone(e.Key) })
	out.Placebo = slices.DeleteFunc(slices.Clone(r.Placebo), func(e Effect) bool { return gone(e.Key) })
	out.Gains = slices.DeleteFunc(slices.Clone(r.Gains), func(g Gain) bool { return gone(g.Key) })
	out.Doubts = slices.DeleteFunc(slices.Clone(r.Doubts), func(d Doubt) bool { return slices.Contains(d.Domains, domain) })
	out.Covariances, out.Across, out.Conflict = nil, nil, nil
	for _, c := range r.Covariances {
		if c.Target != domain {
			out.Covariances = append(out.Covariances, c)
		}
	}
	out.LeftOut = out.leaveOut()
	out.Baselines = slices.DeleteFunc(slices.Clone(r.Baselines), func(b Baseline) bool { return b.Domain == domain })
	return &out
}
