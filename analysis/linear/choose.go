package linear

import (
	"context"
	"errors"
	"math"
	"slices"
)

// Parts of rows that are no fold: Aside are never fitted and choose the penalty,
// Always are fitted whenever anything is.
const (
	Aside  = -1
	Always = -2
)

// Search says how a penalty is chosen.
type Search struct {
	// Part of every row: [Aside], [Always], or the number of its fold, from 0. Where rows
	// are set aside they choose; else every fold in turn is left out and
	// judged. With one fold, or where no fold can be judged, nothing is chosen.
	Part []int
	// Factors are ways to weigh the columns' penalties, to choose from; nil
	// stands for 1 for every column. The first of equals wins.
	Factors [][]float64
}

// Choice is a model with what was chosen for it.
type Choice struct {
	Model Model
	// Alpha is the penalty, and Factor which of the ways to weigh columns.
	Alpha  float64
	Factor int
	// Loss is the mean loss of rows that the model was not fitted to, by which
	// both were chosen; NaN where there were none.
	Loss float64
	// Edge says that the best penalty is the largest or the smallest tried.
	Edge bool
	// Unfinished says that the solution ran out of steps.
	Unfinished bool
}

// Model is a fitted model.
type Model struct {
	Outputs int
	Weights []float64 // [columns, outputs], of numbers as they are read
	Bias    []float64
}

// Scores of a row of numbers as they are read.
func (m *Model) Scores(x []float32, scores []float64) {
	copy(scores, m.Bias)
	if m.Outputs == 1 {
		scores[0] += dot(x, m.Weights)
		return
	}
	for j, v := range x {
		if v != 0 {
			add(scores, float64(v), m.Weights[j*m.Outputs:(j+1)*m.Outputs])
		}
	}
}

// The path of penalties: powers of ten between the ends, and then half and
// quarter steps beside the best.
const (
	strongest, weakest = 4, -5
	// usual is the penalty where nothing can choose one.
	usual = 1.0
)

// How near to the minimum solutions come: while penalties are compared, and in
// the end.
const (
	roughly = 1e-3
	closely = 1e-5
)

// ErrNoRows says that no row to be fitted has a weight.
var ErrNoRows = errors.New("linear: no rows to fit")

// Choose fits the problem with the penalty that is best on rows that are not
// fitted.
func (p *Problem) Choose(ctx context.Context, s Search) (*Choice, error) {
	trained := slices.Clone(p.Weight)
	any := false
	for i, part := range s.Part {
		if part == Aside {
			trained[i] = 0
		}
		any = any || trained[i] > 0
	}
	if !any {
		return nil, ErrNoRows
	}
	factors := s.Factors
	if len(factors) == 0 {
		factors = [][]float64{nil}
	}
	var short *reduction
	if len(s.Factors) == 0 || len(s.Factors) == 1 && s.Factors[0] == nil {
		if short = p.Rows.reduced(); short != nil {
			in := *p
			in.Rows = short.rows
			p = &in
		}
	}
	best := Choice{Alpha: usual, Loss: math.NaN()}
	if splits := p.splits(s.Part, trained); len(splits) > 0 {
		for i, factor := range factors {
			c, err := p.path(ctx, splits, factor)
			if err != nil {
				return nil, err
			}
			if i == 0 || c.Loss < best.Loss {
				best, best.Factor = *c, i
			}
		}
	}
	f := p.newFit(trained, factors[best.Factor])
	if err := f.end(ctx, best.Alpha); err != nil {
		return nil, err
	}
	if short != nil {
		f.p, f.w = &Problem{Rows: short.of, Outputs: p.Outputs}, short.weights(f.w, p.Outputs)
	}
	best.Model, best.Unfinished = f.model(), f.unfinished
	return &best, nil
}

// Fit fits the problem to all rows with a penalty that the caller states.
func (p *Problem) Fit(ctx context.Context, alpha float64) (*Model, error) {
	f := p.newFit(p.Weight, nil)
	if !(f.total > 0) {
		return nil, ErrNoRows
	}
	if err := f.end(ctx, alpha); err != nil {
		return nil, err
	}
	m := f.model()
	return &m, nil
}

// end solves closely for a penalty, by way of stronger ones.
func (f *fit) end(ctx context.Context, alpha float64) error {
	for _, a := range approach(alpha) {
		if err := f.solve(ctx, a, roughly); err != nil {
			return err
		}
	}
	return f.solve(ctx, alpha, closely)
}

// approach are stronger penalties on the way to one, for a start that is near.
func approach(alpha float64) []float64 {
	return []float64{100 * alpha, 10 * alpha}
}

// split is one division into rows that are fitted and rows that judge.
type split struct {
	weight []float64
	judges []int
	total  float64 // weight of the judges
}

func (p *Problem) splits(part []int, trained []float64) []split {
	var out []split
	judged := func(of int) split {
		s := split{weight: slices.Clone(trained)}
		for i, at := range part {
			if at == of && p.Weight[i] > 0 {
				s.judges, s.weight[i] = append(s.judges, i), 0
				s.total += p.Weight[i]
			}
		}
		return s
	}
	usable := func(s split) bool {
		return s.total > 0 && slices.ContainsFunc(s.weight, func(w float64) bool { return w > 0 })
	}
	if s := judged(Aside); s.total > 0 {
		return []split{s}
	}
	for fold := range slices.Max(append([]int{-1}, part...)) + 1 {
		if s := judged(fold); usable(s) {
			out = append(out, s)
		}
	}
	return out
}

// path goes through the penalties from strong to weak, each from the solution
// of the one before, until one is clearly worse than the
// best, or two in a row are worse at all.
func (p *Problem) path(ctx context.Context, splits []split, factor []float64) (*Choice, error) {
	fits := make([]*fit, len(splits))
	for i, s := range splits {
		fits[i] = p.newFit(s.weight, factor)
	}
	best := &Choice{Alpha: usual, Loss: math.Inf(1)}
	var models []Model
	try := func(alpha float64) (float64, error) {
		loss, total := 0.0, 0.0
		for i, s := range splits {
			if err := fits[i].solve(ctx, alpha, roughly); err != nil {
				return 0, err
			}
			loss += fits[i].judged(s)
			total += s.total
		}
		loss /= total
		if loss < best.Loss {
			best.Alpha, best.Loss = alpha, loss
			models = models[:0]
			for _, f := range fits {
				models = append(models, Model{Weights: slices.Clone(f.w), Bias: slices.Clone(f.b)})
			}
		}
		return loss, nil
	}
	rises := 0
	for e := strongest; e >= weakest && rises < 2; e-- {
		loss, err := try(math.Pow(10, float64(e)))
		if err != nil {
			return nil, err
		}
		switch {
		case loss > 1.05*best.Loss:
			rises = 2
		case loss > 1.001*best.Loss:
			rises++
		default:
			rises = 0
		}
	}
	best.Edge = best.Alpha == math.Pow(10, strongest) || best.Alpha == math.Pow(10, weakest)
	for _, step := range []float64{math.Sqrt(10), math.Sqrt(math.Sqrt(10))} {
		middle := best.Alpha
		for _, alpha := range []float64{middle * step, middle / step} {
			for i, f := range fits {
				f.move(models[i])
			}
			if _, err := try(alpha); err != nil {
				return nil, err
			}
		}
	}
	return best, nil
}

// judged sums the weighted losses of a split's judges.
func (f *fit) judged(s split) float64 {
	k, sum := f.p.Outputs, 0.0
	for _, i := range s.judges {
		sum += f.p.Weight[i] * f.p.Loss.of(f.scores[i*k:(i+1)*k], f.p.Target[i], nil, nil)
	}
	return sum
}

// move starts from a model of centred numbers.
func (f *fit) move(m Model) {
	copy(f.w, m.Weights)
	copy(f.b, m.Bias)
	f.p.Rows.times(f.w, f.b, nil, f.scores)
}

// model gives the fit for numbers as they are read.
func (f *fit) model() Model {
	k, r := f.p.Outputs, f.p.Rows
	m := Model{Outputs: k, Weights: slices.Clone(f.w), Bias: slices.Clone(f.b)}
	for j := range r.p {
		add(m.Bias, -(float64(r.origin[j]) + r.mean[j]), f.w[j*k:(j+1)*k])
	}
	return m
}
