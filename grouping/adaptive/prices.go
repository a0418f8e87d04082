package adaptive

import (
	"github.com/sharewise/sharewise/grouping"
	"github.com/sharewise/sharewise/grouping/nextruns"
)

// prices are the seconds that a run of every arm takes: the mean of those that were
// trained, and where none was, by its work, as fast as all others. Decisions go by
// work, since they must be the same whenever they are taken.
func (d *driver) prices(p *grouping.Problem) (nextruns.Costs, error) {
	type spent struct{ seconds, runs float64 }
	by, seconds, work := map[*armRuns]spent{}, 0.0, 0.0
	for _, a := range d.candidates.arms {
		for _, r := range a.runs {
			done, err := d.folder.Run(r.ID).ReadDone(r.Hash)
			if err != nil {
				return nextruns.Costs{}, err
			}
			if done == nil {
				continue
			}
			s := by[a]
			by[a] = spent{s.seconds + done.Seconds, s.runs + 1}
			seconds, work = seconds+done.Seconds, work+r.FLOPs
		}
	}
	of := func(a *armRuns) float64 {
		if s := by[a]; s.runs > 0 {
			return s.seconds / s.runs
		}
		return a.runs[0].FLOPs * seconds / max(work, 1)
	}
	var out nextruns.Costs
	for _, name := range p.Domains {
		out.Alone = append(out.Alone, of(d.candidates.domain(name)))
	}
	for k := range p.Pools {
		out.Pools = append(out.Pools, of(d.candidates.pool(members(p, k))))
	}
	return out, nil
}
