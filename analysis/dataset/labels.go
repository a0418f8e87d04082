package dataset

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/sharewise/sharewise/analysis/study"

	"github.com/sharewise/sharewise/analysis/datafile"
)

// appendTargets appends the targets of a row, or its labels as 0 and 1. Missing ones
// are NaN where the study lets them be.
func (t *table) appendTargets(ro *roles, fields []string) *Error {
	for _, j := range ro.targets {
		var v float64
		var reason string
		if t.d.Task.Kind == study.Multilabel {
			v, reason = t.answer(fields[j])
		} else {
			v, reason = t.Measured(fields[j], ro.units[j])
		}
		if reason == datafile.MissingValue && t.dropsUnlabelled() {
			v, reason = math.NaN(), ""
		}
		if reason != "" {
			return &Error{Column: ro.columns[j], Value: fields[j], Reason: reason}
		}
		t.st.target = append(t.st.target, v)
	}
	return nil
}

// answer reads a label that is right or wrong.
func (t *table) answer(s string) (float64, string) {
	s = strings.TrimSpace(s)
	if t.Missing[s] {
		return 0, datafile.MissingValue
	}
	switch strings.ToLower(s) {
	case "true":
		return 1, ""
	case "false":
		return 0, ""
	}
	if v, reason := t.Number(s); reason == "" && (v == 0 || v == 1) {
		return v, ""
	}
	return 0, "neither 0 nor 1"
}

func (t *table) dropsUnlabelled() bool { return t.d.Columns.MissingLabels == study.DropUnlabelled }

// unlabelledRow reports whether a row has no label or target at all and is to
// be left out for that.
func (t *table) unlabelledRow(ro *roles, fields []string) bool {
	if !t.dropsUnlabelled() {
		return false
	}
	at := ro.targets
	if ro.label >= 0 {
		at = []int{ro.label}
	}
	for _, j := range at {
		if !t.Missing[strings.TrimSpace(fields[j])] {
			return false
		}
	}
	return len(at) > 0
}

func (r *tableReader) dropUnlabelled(path string, line int) {
	if r.unlabelled.Count++; r.unlabelled.Count == 1 {
		r.unlabelled.Reason, r.unlabelled.Example = NoLabel, path+":"+strconv.Itoa(line)
	}
}

// masked reports whether a target of a row in use is unknown.
func masked(st *store, targets int) bool {
	for row, p := range st.part {
		if p == nowhere {
			continue
		}
		for _, v := range st.target[row*targets : (row+1)*targets] {
			if v != v {
				return true
			}
		}
	}
	return false
}

// identityNorm leaves values as they are.
func identityNorm(n int) Norm {
	norm := Norm{Mean: make([]float32, n), Std: make([]float32, n)}
	for i := range norm.Std {
		norm.Std[i] = 1
	}
	return norm
}

// objective says how training judges the domain. Balanced weights come from
// the training rows: n/(C*n_c) for class c of C with n_c of n rows, and the
// ratio of the rows without to those with the label for a loss that weights
// positive ones only.
func (a *assembly) objective(st *store, train []int, task Task) (Objective, error) {
	t := a.d.Task
	out := Objective{Loss: t.Loss, Delta: t.Delta, Smoothing: t.Smoothing}
	if task.Kind == Regression {
		return out, nil
	}
	var weights [][2]float64 // without, with: for each label
	if task.Kind == Multilabel {
		weights = a.countLabels(st, train, task.Targets)
	}
	if !t.ClassWeights.Given() {
		return out, nil
	}
	names := task.Classes
	if task.Kind == Multilabel {
		names = task.Targets
	}
	for name := range t.ClassWeights.ByClass {
		if !slices.Contains(names, name) {
			return out, &Error{Reason: fmt.Sprintf("task.class_weights names %q, and there is no such class%s", name, study.DidYouMean(name, names))}
		}
	}
	given := func(name string) float64 {
		if w, ok := t.ClassWeights.ByClass[name]; ok {
			return w
		}
		return 1
	}
	balanced := t.ClassWeights.ByClass == nil
	if task.Kind == Multilabel {
		for k, name := range names {
			w := given(name)
			if balanced && weights[k][0] > 0 && weights[k][1] > 0 {
				w = weights[k][0] / weights[k][1]
			}
			out.ClassWeights = append(out.ClassWeights, float32(w))
		}
		return out, nil
	}
	count := make([]float64, len(names))
	for _, row := range train {
		count[st.label[row]]++
	}
	each := make([]float64, len(names))
	for k, name := range names {
		each[k] = given(name)
		if balanced {
			each[k] = float64(len(train)) / (float64(len(names)) * count[k])
		}
	}
	if task.Kind == Binary {
		out.ClassWeights = []float32{float32(each[1] / each[0])}
		return out, nil
	}
	for _, w := range each {
		out.ClassWeights = append(out.ClassWeights, float32(w))
	}
	return out, nil
}

// countLabels counts the training rows without and with each label, and notes
// labels that are all the same.
func (a *assembly) countLabels(st *store, train []int, names []string) [][2]float64 {
	count := make([][2]float64, len(names))
	for _, row := range train {
		for k := range names {
			if v := st.target[row*len(names)+k]; v == v {
				count[k][int(v)]++
			}
		}
	}
	for k, name := range names {
		for v := range 2 {
			if count[k][v] == 0 {
				a.notef("label %q is never %d in training: it cannot be learnt", name, v)
			}
		}
	}
	return count
}
