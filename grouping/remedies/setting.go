package remedies

import (
	"context"
	"fmt"
	"slices"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/suspects"
)

// open opens the study with what a remedy changes, as far as its pool needs it, and
// returns the domains and the weighting of its model.
func (t *trial) open(ctx context.Context, r *Remedy) (*project.Project, []string, study.Weighting, error) {
	s := t.project.Study.Only(nil)
	off := false
	pool := slices.DeleteFunc(slices.Clone(r.Pool), func(n string) bool { return n == r.Setting.Without })
	s.Arms = study.Arms{Pairs: &off, Pools: [][]string{pool}}
	if len(pool) == len(s.Domains) {
		s.Arms = study.Arms{Pairs: &off, Joint: true}
	}
	s.Baseline = study.NoBaseline
	at := slices.IndexFunc(s.Weightings, func(w study.Weighting) bool { return w.Name == t.file.Weighting })
	if at < 0 {
		return nil, nil, study.Weighting{}, fmt.Errorf("%w: the study no longer has the weighting %s", ErrUnsuitable, t.file.Weighting)
	}
	w := s.Weightings[at]
	if r.Setting.Weighting != nil {
		w = *r.Setting.Weighting
		w.Complete()
		if w.Weights != nil { // the study has them for all domains
			weights := map[string]float64{}
			for _, d := range s.Domains {
				weights[d.Name] = 1
			}
			for name, v := range w.Weights {
				weights[name] = v
			}
			w.Weights = weights
		}
	}
	s.Weightings = []study.Weighting{w}
	rung := t.file.Rung
	if r.Setting.Rung != "" {
		rung = r.Setting.Rung
	}
	s.Model.Rungs = slices.DeleteFunc(slices.Clone(s.Model.Rungs), func(x study.Rung) bool { return x.Name != rung })
	if width := r.Setting.Width; width > 0 {
		s.Model.Widths, s.Model.Rungs = []float64{width}, []study.Rung{{Name: fmt.Sprintf("w%g", width), Width: width}}
	}
	if len(s.Model.Rungs) != 1 {
		return nil, nil, w, fmt.Errorf("%w: the study no longer has the size %s", ErrUnsuitable, rung)
	}
	if r.Setting.Rate > 0 {
		s.Training.Rate *= r.Setting.Rate
	}
	if r.Setting.BatchNorm != "" {
		s.Model.BatchNorm = r.Setting.BatchNorm
	}
	s.Model.DomainAdapters = s.Model.DomainAdapters || r.Setting.DomainAdapters
	divided := t.project.Tested()
	switch {
	case r.Setting.Normalize != "":
		s.Input.Normalize, s.Input.Scale, s.Input.Mean, s.Input.Std = r.Setting.Normalize, 0, nil, nil
		divided = nil // read anew
	case r.Kind == Samples:
		var err error
		if divided, err = t.withoutDoubtful(ctx, r); err != nil {
			return nil, nil, w, err
		}
	}
	p, err := t.project.On(ctx, s, divided)
	return p, pool, w, err
}

// withoutDoubtful are the domains, in every fold, without doubtful training samples of
// the pool. Where there are folds, each finds its own among the samples that it learns
// from: what suspects.json lists was found with the help of samples that other folds
// test.
func (t *trial) withoutDoubtful(ctx context.Context, r *Remedy) ([][]*dataset.Domain, error) {
	r.Setting.Dropped = map[string]int{}
	found, err := suspects.Read(t.folder)
	if err != nil {
		return nil, err
	}
	if found != nil && (found.Study != t.project.Study.Name || t.project.Study.Folds() > 0) {
		found = nil
	}
	var out [][]*dataset.Domain
	for _, domains := range t.project.Tested() {
		domains = slices.Clone(domains)
		for i, d := range domains {
			if !slices.Contains(r.Pool, d.Name) {
				continue
			}
			var rows []int
			if found != nil {
				rows = listed(found, d)
			} else if rows, err = doubtful(ctx, d); err != nil {
				return nil, err
			}
			if len(rows) > 0 {
				domains[i] = d.LeaveOut(rows)
				r.Setting.Dropped[d.Name] = max(r.Setting.Dropped[d.Name], len(rows))
			}
		}
		out = append(out, domains)
	}
	if len(r.Setting.Dropped) == 0 {
		r.Setting.Dropped = nil
		return nil, fmt.Errorf("%w: no sample is doubtful by its neighbours, in domains of classes of at most %d training samples", errNone, mostCompared)
	}
	return out, nil
}

// listed are the positions of a domain's training samples that were found to be suspect.
func listed(f *suspects.File, d *dataset.Domain) []int {
	suspect := map[int64]bool{}
	for _, s := range f.Exclusion(0).Samples {
		suspect[s.Sample] = suspect[s.Sample] || s.Domain == d.Name
	}
	var out []int
	for i := range d.Train.Len() {
		if suspect[d.Train.ID(i)] {
			out = append(out, i)
		}
	}
	return out
}
