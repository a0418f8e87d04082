package dataset

import "github.com/sharewise/sharewise/analysis/study"

// assembly is a domain whose samples are read and split. What depends on other
// domains, such as the numbering of words, is done when all are read.
type assembly struct {
	*source
	store  *store
	domain *Domain
	own    int      // rows of the data itself, before given validation and test data
	filled []int    // numbers of a sample that are missing anywhere
	moved  []string // inputs that vary in testing and not in training
}

// assemble divides the samples read: classes, splits, limits.
func (s *source) assemble(st *store, own int) (*assembly, error) {
	d := &Domain{Name: s.d.Name, rate: st.rate, Shape: st.shape, Depth: st.depth, Features: st.features, Text: st.encoding, Dropped: s.bin.drops, Sources: s.sources, inputs: s.inputsOf()}
	if s.d.Columns != nil {
		d.Units, d.Known = s.d.Columns.Units, s.d.Columns.Known
	}
	if study.IsTable(s.d.Format) && !s.texts() {
		d.Dated = s.dateNames()
	}
	if left := st.table.unlabelled; left.Count > 0 {
		d.Dropped = append(d.Dropped, left)
	}
	a := &assembly{source: s, store: st, domain: d, own: own}
	switch d.Task.Kind = TaskKind(s.d.Task.Kind); d.Task.Kind {
	case Regression:
		d.Task.Targets = st.targetNames
		if s.d.Columns != nil {
			d.Task.Targets = s.d.Columns.Targets
		}
	case Multilabel:
		d.Task.Targets = st.targetNames
		if s.d.Columns != nil {
			d.Task.Targets = s.d.Columns.Labels
		}
	default:
		if err := a.classes(st, d); err != nil {
			return nil, err
		}
	}
	if err := a.divideRows(st); err != nil {
		return nil, err
	}
	a.separate(st)
	a.limit(st)
	if err := a.exclude(st); err != nil {
		return nil, err
	}
	if err := a.checkParts(st, d.Task); err != nil {
		return nil, err
	}
	return a, nil
}

// finish completes the domain: normalisation, identity.
func (a *assembly) finish() (*Domain, error) {
	st, d := a.store, a.domain
	train := rowsIn(st, inTrain)
	norm, inputs, err := a.normalize(st, train, a.fitFill(train))
	if err != nil {
		return nil, a.located(err)
	}
	d.Norm = norm
	targetNorm := identityNorm(len(d.Task.Targets))
	if d.Task.Kind == Regression {
		if d.TargetNorm, err = a.fitTargets(st, train, d.Task.Targets); err != nil {
			return nil, a.located(err)
		}
		targetNorm = d.TargetNorm
	}
	d.Masked = masked(st, len(d.Task.Targets))
	if d.Objective, err = a.objective(st, train, d.Task); err != nil {
		return nil, err
	}
	split := func(p part) *Split {
		return &Split{store: st, index: rowsIn(st, p), inputs: inputs, size: st.size(), norm: targetNorm}
	}
	d.Train, d.Val, d.Test = split(inTrain), split(inVal), split(inTest)
	a.noteMissing()
	a.withhold()
	d.Notes = a.notes
	d.SHA256 = digest(d, st, a.study.Input.Normalization(), a.moved, a.impute(d))
	return d, nil
}

func rowsIn(st *store, p part) []int {
	n := 0
	for _, q := range st.part {
		if q == p {
			n++
		}
	}
	out := make([]int, 0, n)
	for i, q := range st.part {
		if q == p {
			out = append(out, i)
		}
	}
	return out
}
