package merging

import (
	"cmp"
	"fmt"
	"iter"
	"slices"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/losses"
	"github.com/sharewise/sharewise/analysis/study"
)

// DefaultMargin is the difference in relative gains that does not matter, where the
// study says nothing else: that of grouping.DefaultTolerance.
const DefaultMargin = 0.02

// Verdict says whether a merged model is as good as a trained one.
type Verdict string

// The verdicts, as a trial of non-inferiority has them.
const (
	AsGood    Verdict = "as good"     // surely no worse than the margin
	Worse     Verdict = "worse"       // surely worse, and not as good
	Undecided Verdict = "not decided" // neither
)

// Judgement is what merged models are worth on test data, as arms beside the pools that
// were trained, measured by the same tables, statistics and limits.
type Judgement struct {
	Level     float64 `json:"level"`
	Weighting string  `json:"weighting"` // of the trained pools
	// Margin is what a merged model may gain less and still be as good.
	Margin float64 `json:"margin"`
	Ways   []Way   `json:"ways"`
	// Alone is what fitting heads again does to independent models, by domain.
	Alone []Judged `json:"alone"`
	// Warnings say what to mind.
	Warnings []string `json:"warnings"`
}

// Way is one way of merging over all trained pools.
type Way struct {
	Name string `json:"name"`
	// Merged and Trained are mean gains over all members of all pools, Again that of
	// trained pools with their heads fitted again.
	Merged  float64 `json:"merged"`
	Trained float64 `json:"trained"`
	Again   float64 `json:"trained_again"`
	// Mean is the mean difference over pools.
	Mean    Compared `json:"mean"`
	AsGood  int      `json:"as_good"` // pools
	Worse   int      `json:"worse"`
	Pools   []Judged `json:"pools"`
	Members []Judged `json:"members"`
}

// Judged is a pool merged and trained, or one member of it.
type Judged struct {
	Pool   []string `json:"pool"`
	Domain string   `json:"domain,omitempty"` // of a member
	// Merged, Trained and Again are gains over independent models, relative to their
	// errors; of a pool their means, without limits. Again is that of the trained pool
	// with heads fitted again.
	Merged  effect.Interval `json:"merged"`
	Trained effect.Interval `json:"trained"`
	Again   effect.Interval `json:"trained_again"`
	Compared
}

// Compared is the gain merged less the gain of the trained pool whose heads were fitted
// again in the same way, with what follows.
type Compared struct {
	Difference analysis.Difference `json:"difference"`
	Verdict    Verdict             `json:"verdict"`
}

// judge measures the merged models beside the trained ones; nil without any.
func (t *trial) judge(folder layout.Folder) (*Judgement, error) {
	if len(t.tested.merged) == 0 {
		return nil, nil
	}
	s, err := analysis.OpenFolder(folder)
	if err != nil {
		return nil, err
	}
	s.Runs = slices.DeleteFunc(s.Runs, func(r analysis.Run) bool {
		return r.Rung != t.Rung || r.Arm != analysis.Independent && r.Weighting != t.tested.weighting
	})
	s.Runs = append(s.Runs, t.tested.merged...)
	// Learning curves, linear models and doubts are those of the study, not of merging.
	s.GainsOnly, s.Baselines, s.Curves, s.Conflict, s.Doubts, s.Warnings = true, nil, nil, nil, nil, nil
	open := s.Open
	s.Open = func(r analysis.Run) iter.Seq2[*losses.Table, error] {
		if path, ok := t.tested.paths[r.ID]; ok {
			return losses.Batches(path)
		}
		return open(r)
	}
	results, err := analysis.Analyze(s)
	if err != nil {
		return nil, err
	}
	out := &Judgement{Level: results.Level, Weighting: t.tested.weighting, Ways: []Way{}, Alone: []Judged{}, Warnings: []string{},
		Margin: cmp.Or(t.Margin, t.project.Plan.Grouping.Tolerance, DefaultMargin)}
	for _, way := range ways {
		if w := out.way(results, way.trial.Name, t); len(w.Pools) > 0 {
			out.Ways = append(out.Ways, w)
		}
	}
	for _, d := range t.project.Plan.Domains {
		pool := []string{d.Name}
		if g := results.Gain(analysis.Key{Arm: armOf(aloneAgain, pool), Rung: t.Rung, Weighting: t.tested.weighting, Domain: d.Name}); g != nil {
			out.Alone = append(out.Alone, Judged{Pool: pool, Domain: d.Name, Merged: effect.Unknown(), Trained: effect.Unknown(), Again: g.Relative})
		}
	}
	if t.project.Plan.Seeds < 3 {
		out.Warnings = append(out.Warnings, fmt.Sprintf("%d seeds: limits hold for these runs alone", t.project.Plan.Seeds))
	}
	return out, nil
}

// way judges one way of merging.
func (j *Judgement) way(r *analysis.Results, name string, t *trial) Way {
	w := Way{Name: name, Pools: []Judged{}, Members: []Judged{}}
	var differences []analysis.Difference
	seen := map[string]bool{}
	for _, run := range t.tested.runs {
		if seen[run.Arm] {
			continue
		}
		seen[run.Arm] = true
		key := analysis.Key{Arm: run.Arm, Rung: t.Rung, Weighting: t.tested.weighting}
		merged, again := key, key
		merged.Arm, again.Arm = armOf(name, run.Domains), armOf(trainedAgain, run.Domains)
		pool := Judged{Pool: run.Domains, Merged: effect.Point(0), Trained: effect.Point(0), Again: effect.Point(0)}
		var own []analysis.Difference
		for _, domain := range run.Domains {
			a, b, c := r.Gain(merged.On(domain)), r.Gain(key.On(domain)), r.Gain(again.On(domain))
			if a == nil || b == nil || c == nil || !a.Relative.Known() || !b.Relative.Known() || !c.Relative.Known() {
				continue
			}
			m := Judged{Pool: run.Domains, Domain: domain, Merged: a.Relative, Trained: b.Relative, Again: c.Relative}
			m.Compared = j.compared(r.Difference(merged.On(domain), again.On(domain)))
			w.Members = append(w.Members, m)
			own = append(own, m.Difference)
			pool.Merged.Value += a.Relative.Value
			pool.Trained.Value += b.Relative.Value
			pool.Again.Value += c.Relative.Value
			w.Merged += a.Relative.Value
			w.Trained += b.Relative.Value
			w.Again += c.Relative.Value
		}
		if len(own) < len(run.Domains) {
			j.note("%s of %s is not judged: the gain of a member is not known", name, study.PoolName(run.Domains))
			continue
		}
		pool.Merged.Value /= float64(len(own))
		pool.Trained.Value /= float64(len(own))
		pool.Again.Value /= float64(len(own))
		pool.Compared = j.compared(analysis.MeanDifference(own, j.Level))
		switch pool.Verdict {
		case AsGood:
			w.AsGood++
		case Worse:
			w.Worse++
		}
		w.Pools = append(w.Pools, pool)
		differences = append(differences, pool.Difference)
	}
	if n := float64(len(w.Members)); n > 0 {
		w.Merged, w.Trained, w.Again = w.Merged/n, w.Trained/n, w.Again/n
	}
	w.Mean = j.compared(analysis.MeanDifference(differences, j.Level))
	return w
}

func (j *Judgement) note(format string, args ...any) {
	if n := fmt.Sprintf(format, args...); !slices.Contains(j.Warnings, n) {
		j.Warnings = append(j.Warnings, n)
	}
}

// compared judges a difference as a trial of non-inferiority does.
func (j *Judgement) compared(d analysis.Difference) Compared {
	c := Compared{Difference: d, Verdict: Undecided}
	switch {
	case !d.By.Limited():
	case d.By.Lo >= -j.Margin:
		c.Verdict = AsGood
	case d.By.Hi < 0:
		c.Verdict = Worse
	}
	return c
}
