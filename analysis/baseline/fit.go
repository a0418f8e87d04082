package baseline

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/evaluate"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/linear"
	"github.com/sharewise/sharewise/analysis/losses"
)

// Limits of the work.
const (
	mostNumbers  = 1 << 25
	mostProducts = 1 << 25
)

// ErrTooLarge says that a domain's linear model would have too many weights.
var ErrTooLarge = errors.New("too large for a linear model")

// Linear is a fitted linear model of a domain.
type Linear struct {
	layout.Fit
	domain *dataset.Domain
	in     *inputs
	models []linear.Model // of all outputs together, or one for each
}

// Fit fits the domain's linear model. ordered says that its samples follow each
// other in time.
func Fit(ctx context.Context, d *dataset.Domain, ordered bool) (*Linear, error) {
	in := inputsOf(d)
	k := 1
	if d.Task.Kind == dataset.Classification {
		k = d.Task.Outputs()
	}
	if weights := in.columns * k; weights > mostNumbers {
		return nil, fmt.Errorf("%w: %d columns of %d outputs", ErrTooLarge, in.columns, k)
	}
	l := &Linear{domain: d, in: in, Fit: layout.Fit{
		Model: modelName(d.Task), Columns: in.columns, Train: d.Train.Len(), Notes: []string{},
	}}
	if note := in.note(d); note != "" {
		l.Notes = append(l.Notes, note)
	}
	r, err := collect(ctx, d, in, k, ordered)
	if err != nil {
		return nil, err
	}
	l.Rows, l.ChosenBy = len(r.train), r.by
	if l.Rows < l.Train {
		l.Notes = append(l.Notes, fmt.Sprintf("fitted to %d of %d training rows, drawn at random, to bound the work", l.Rows, l.Train))
	}
	var factors [][]float64
	for _, w := range r.weighings {
		factors = append(factors, w.factor)
	}
	for _, p := range r.problems(k) {
		c, err := p.Choose(ctx, linear.Search{Part: r.part, Factors: factors})
		if errors.Is(err, linear.ErrNoRows) { // the output is unknown in all rows drawn
			c, err = &linear.Choice{Model: linear.Model{Outputs: k, Weights: make([]float64, in.columns*k), Bias: make([]float64, k)}}, nil
		}
		if err != nil {
			return nil, err
		}
		if c.Unfinished {
			l.note("the fit ran out of steps before it was as close as it should be")
		}
		w := r.weighings[c.Factor]
		if w.note != "" {
			l.note(w.note)
		}
		l.Hint = cmp.Or(l.Hint, w.hint)
		l.models = append(l.models, c.Model)
		l.Penalties = append(l.Penalties, c.Alpha)
	}
	return l, nil
}

// note adds a note once.
func (l *Linear) note(text string) {
	if !slices.Contains(l.Notes, text) {
		l.Notes = append(l.Notes, text)
	}
}

func modelName(t dataset.Task) string {
	switch t.Kind {
	case dataset.Regression:
		return "ridge regression"
	case dataset.Multilabel:
		return "logistic regression of each label"
	}
	return "logistic regression"
}

// material is what a domain's models are fitted to.
type material struct {
	domain     *dataset.Domain
	rows       *linear.Rows
	train, val []int // samples of the splits, in the order of rows
	part       []int
	by         string
	weighings  []weighing
}

// weighing is a way to weigh the penalties of columns.
type weighing struct {
	factor     []float64
	note, hint string
}

// collect reads training rows, and validation rows where they choose.
func collect(ctx context.Context, d *dataset.Domain, in *inputs, k int, ordered bool) (*material, error) {
	read := in.reader(d.Train)
	survey, err := linear.Look(d.Train.Len(), in.columns, read)
	if err != nil {
		return nil, err
	}
	stored := survey.Stored()
	numbers := stored
	if stored < float64(in.columns) { // sparse: a number and where it stands
		numbers *= 2
	}
	most := max(1, int(min(mostNumbers/numbers, mostProducts/(stored*float64(k)))))
	m := &material{domain: d}
	if d.Val.Len() >= enough {
		m.val = drawn(d, d.Val, min(mostAside, max(enough, most/5)), "validation")
	}
	m.train = drawn(d, d.Train, max(1, most-len(m.val)), "training")
	m.part, m.by = parts(d, m.train, m.val, in.columns*k, ordered)
	readVal := func(int, []float32) error { return nil }
	if len(m.val) > 0 {
		readVal = in.reader(d.Val)
	}
	m.rows, err = linear.Collect(ctx, len(m.train)+len(m.val), survey, func(i int, out []float32) error {
		if i < len(m.train) {
			return read(m.train[i], out)
		}
		return readVal(m.val[i-len(m.train)], out)
	})
	if err == nil {
		m.weigh(in)
	}
	return m, err
}

// weigh lists ways to weigh the penalties of a table's columns beside that of
// the study's normalisation.
func (m *material) weigh(in *inputs) {
	m.weighings = []weighing{{}} // as the study has them
	if len(m.domain.Shape) > 1 {
		return
	}
	numbers := in.size - len(in.words)
	variances := m.rows.Variances()
	if least, most := span(variances); most > unequal*least {
		w := weighing{factor: slices.Clone(variances), note: "columns count as if they were standardised, which did better on rows that were not fitted"}
		for j, v := range w.factor {
			if v <= 0 { // never varies: any penalty will do
				w.factor[j] = most
			}
		}
		if least, most := span(variances[:numbers]); most > unequal*least { // not by words alone
			w.hint = "did better on columns of mean 0 and deviation 1, which input.normalize: standard gives to networks"
		}
		m.weighings = append(m.weighings, w)
	}
	std := m.domain.Norm.Std
	if m.rows.Sparse() && len(std) >= numbers && numbers > 0 && slices.Max(std[:numbers]) != slices.Min(std[:numbers]) {
		factor := slices.Repeat([]float64{1}, in.columns)
		for j, s := range std[:numbers] {
			factor[j] = 1 / (float64(s) * float64(s))
		}
		m.weighings = append(m.weighings, weighing{factor, "columns count in their own units, not standardised, which did better on rows that were not fitted", "did better on columns in their own units, which input.normalize: scale gives to networks"})
	}
}

// unequal is the ratio from which variances of columns are told apart.
const unequal = 4

// span is the least variance that is not 0, and the largest.
func span(variances []float64) (least, most float64) {
	for _, v := range variances {
		if v > 0 && (least == 0 || v < least) {
			least = v
		}
		most = max(most, v)
	}
	return least, most
}

// problems are what is to be fitted: all classes at once, or output by output.
func (m *material) problems(k int) []*linear.Problem {
	d := m.domain
	n := len(m.train) + len(m.val)
	classes := d.Objective.ClassWeights
	outputs := d.Task.Outputs()
	if d.Task.Kind == dataset.Classification {
		p := &linear.Problem{Rows: m.rows, Loss: linear.Softmax, Outputs: k, Target: make([]float64, n), Weight: slices.Repeat([]float64{1}, n)}
		for i := range n {
			label := m.label(i)
			p.Target[i] = float64(label)
			if classes != nil {
				p.Weight[i] = float64(classes[label])
			}
		}
		return []*linear.Problem{p}
	}
	targets := make([]float32, n*outputs)
	d.Train.Targets(m.train, targets)
	if len(m.val) > 0 {
		d.Val.Targets(m.val, targets[len(m.train)*outputs:])
	}
	loss := linear.Logistic
	if d.Task.Kind == dataset.Regression {
		loss = linear.Squared
	}
	return linear.ByOutput(m.rows, loss, targets, outputs, classes)
}

// label is the class of row i.
func (m *material) label(i int) int {
	if i < len(m.train) {
		return m.domain.Train.Label(m.train[i])
	}
	return m.domain.Val.Label(m.val[i-len(m.train)])
}

// testRows is how many samples are judged at a time.
const testRows = 256

// Test appends the losses of a split's samples to a table.
func (l *Linear) Test(ctx context.Context, t *losses.Table, s *dataset.Split) error {
	outputs := l.domain.Task.Outputs()
	read := l.in.reader(s)
	x := make([]float32, l.in.columns)
	wide := make([]float64, outputs)
	for start := 0; start < s.Len(); start += testRows {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		rows := make([]int, min(testRows, s.Len()-start))
		scores := make([]float32, 0, len(rows)*outputs)
		for i := range rows {
			rows[i] = start + i
			if err := read(rows[i], x); err != nil {
				return err
			}
			if len(l.models) == 1 {
				l.models[0].Scores(x, wide)
			} else {
				for o := range l.models {
					l.models[o].Scores(x, wide[o:o+1])
				}
			}
			for _, v := range wide {
				scores = append(scores, float32(v))
			}
		}
		o, err := evaluate.Scored(l.domain, s, rows, scores)
		if err != nil {
			return err
		}
		evaluate.Append(t, l.domain, s, o, 0)
	}
	return nil
}
