package remedies

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math"
	"slices"
	"strconv"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/grouping"
)

// weights proposes more weight for harmed domains: multiples of what they have by the
// study's weighting, equal weights where they have less than others by that, and what
// the comparison of weightings prefers.
func (p *proposer) weights(who string) {
	own, others := 0, 0
	for _, name := range p.pool {
		n := p.results.Domain(name).Train
		if slices.Contains(p.harmed, name) {
			own += n
		} else {
			others += n
		}
	}
	reason := fmt.Sprintf("%s has a part of the pool's loss that does not follow what it loses", who)
	expected := "known only by trying: it moves error from harmed domains to others"
	if own < others {
		reason = fmt.Sprintf("%s brings %d of %d training samples of the pool", who, own, own+others)
		expected = "helps where few samples are drowned by many, and hardly where tasks conflict"
	}
	raise := p.harmed
	if len(p.harmed) == len(p.pool) { // all weights higher are none
		raise = []string{p.worst()}
		expected = "known only by trying: it moves error from the most harmed domain to others"
	}
	base, name := p.base(), "weight %g to 1"
	multiples := reason
	if !level(base) {
		name, multiples = "%g times the weight", reason+fmt.Sprintf("; the weights are multiples of those that %s gave on average", p.file.Weighting)
	}
	for _, by := range raised {
		w := study.Weighting{Name: "static", Weights: maps.Clone(base)}
		more := false
		for _, name := range raise {
			w.Weights[name] *= by
			more = more || w.Weights[name] > 0
		}
		if more {
			p.add(Weights, fmt.Sprintf(name, by), multiples, expected, Setting{Weighting: &w})
		}
	}
	if slices.ContainsFunc(raise, func(name string) bool { return base[name] < 0.99*mean(base) }) {
		p.add(Weights, "equal weights", reason+fmt.Sprintf("; %s gives less weight to it than to others", p.file.Weighting), expected, Setting{Weighting: &study.Weighting{Name: "equal"}})
	}
	if c := p.known.Contest; c != nil && c.Study == p.results.Study && c.Rung == p.file.Rung {
		for i := range c.Entries {
			if e := &c.Entries[i]; e.Method == c.Chosen && e.Method != p.file.Weighting && !e.Setting.Method().Has("weights") {
				p.add(Weights, "weighting "+e.Method, "the comparison of weightings prefers it by validation samples, over all domains", "what it did for all domains together stands in weightings.json", Setting{Weighting: &e.Setting, Rate: e.Rate})
			}
		}
	}
}

// base are the weights of the pool by the study's weighting, 1 where these are not known.
func (p *proposer) base() map[string]float64 {
	out := map[string]float64{}
	for _, name := range p.pool {
		if out[name] = 1; p.given != nil {
			out[name] = p.given[name]
		}
	}
	return out
}

// level reports whether all weights are one.
func level(weights map[string]float64) bool {
	for _, w := range weights {
		if math.Abs(w-1) > 1e-3 {
			return false
		}
	}
	return true
}

func mean(weights map[string]float64) float64 {
	sum := 0.0
	for _, name := range slices.Sorted(maps.Keys(weights)) {
		sum += weights[name]
	}
	return sum / float64(len(weights))
}

// given reads from the first run of a pool that has finished which weights it gave its
// domains, on average over epochs, to four digits. Those of methods that follow from the
// study alone are the same in all runs. It is nil where no run has finished.
func given(folder layout.Folder, plan *study.Plan, at grouping.Selection, arm string) (map[string]float64, error) {
	for _, r := range plan.Runs {
		if r.Arm != arm || r.Rung.Name != at.Rung || r.Weighting.Name != at.Weighting {
			continue
		}
		done, err := folder.Run(r.ID).ReadDone(r.Hash)
		if err != nil {
			return nil, err
		}
		if done == nil || done.Status != layout.Finished {
			continue
		}
		history, err := layout.ReadHistory(folder.Run(r.ID).History())
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		sum, epochs := map[string]float64{}, map[string]int{}
		for _, row := range history {
			if row.Split == layout.TrainSplit && !math.IsNaN(row.Weight) {
				sum[row.Domain] += row.Weight
				epochs[row.Domain]++
			}
		}
		for name := range sum {
			text := strconv.FormatFloat(sum[name]/float64(epochs[name]), 'g', 4, 64)
			if sum[name], err = strconv.ParseFloat(text, 64); err != nil {
				return nil, err
			}
		}
		if len(sum) == len(r.Domains) {
			return sum, nil
		}
	}
	return nil, nil
}
