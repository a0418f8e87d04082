package similarity

import (
	"context"
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/policy"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/train"
	"github.com/sharewise/sharewise/onnxio/training"
)

// statisticsMinibatches measure the statistics of batch normalisations of an untrained
// trunk.
const statisticsMinibatches = 8

// slopes are what gradients of single samples of a domain say, by the trunk's
// parameters.
type slopes struct {
	mean   []float32
	fisher []float32 // mean square
}

// compareStarts compares domains by gradients at the trunk as training starts from it,
// with a linear head that is fitted to each domain's features there.
func (a *assessment) compareStarts(ctx context.Context) error {
	if a.backend == nil {
		a.note("without ONNX Runtime nothing is compared by models")
		return nil
	}
	found := make([]*slopes, len(a.domains))
	var start []float32 // of the first domain's run: the same for all
	for i, d := range a.domains {
		r, ok := a.planned(d.Name)
		if !ok {
			a.note("domain %s has no independent run in the plan, so that its gradients at the start are not known", d.Name)
			continue
		}
		var err error
		if found[i], start, err = a.atStart(ctx, r, start, i); errors.Is(err, train.ErrHeadless) {
			a.note("domains are not compared by gradients at the start: %v", err)
			return nil
		} else if err != nil {
			return err
		}
	}
	forwards, gradients := len(a.domains)*a.Samples, len(a.domains)*a.Gradients
	return a.addSlopes(ctx, found, "at the start", "the untrained trunk", "the trunk as training starts, with a linear head fitted to each domain's features", a.work(forwards, gradients))
}

// planned is the independent run of a domain with the smallest seed.
func (a *assessment) planned(domain string) (study.PlannedRun, bool) {
	for _, r := range a.project.Plan.Runs {
		if r.Arm == study.Independent && r.Rung.Name == a.Rung && r.Domains[0] == domain {
			return r, true
		}
	}
	return study.PlannedRun{}, false
}

func (a *assessment) atStart(ctx context.Context, r study.PlannedRun, start []float32, domain int) (found *slopes, trunk []float32, err error) {
	job, err := a.project.Task(r, a.backend).Prepare()
	if err != nil {
		return nil, nil, err
	}
	point, err := train.OpenPoint(a.backend, job)
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, point.Close()) }()
	point.Begin()
	at := 0
	for _, q := range point.Trunk() {
		if start == nil {
			trunk = append(trunk, point.Values(q.Name)...)
		} else {
			at += copy(point.Values(q.Name), start[at:])
		}
	}
	if start != nil {
		trunk = start
	}
	if err := point.Recalibrate(statisticsMinibatches); err != nil {
		return nil, nil, err
	}
	d := point.Domains()[0]
	s := &drawn{domain: d}
	s.rows = a.rows(d.Train, a.Samples, 3, domain)
	values, _, err := point.Features(0, d.Train, s.rows)
	if err != nil {
		return nil, nil, err
	}
	weight, bias, err := fitHead(ctx, d.Task, values, s.target())
	if err != nil {
		return nil, nil, fmt.Errorf("domain %s: %w", d.Name, err)
	}
	copy(point.Values(training.HeadWeight(d.Name)), weight)
	copy(point.Values(training.HeadBias(d.Name)), bias)
	found, err = a.slopes(ctx, point, 0, domain)
	return found, trunk, err
}

// rows are up to n places in a split, by chance.
func (a *assessment) rows(split *dataset.Split, n, purpose, domain int) []int {
	rows := a.random(purpose, domain).Perm(split.Len())
	return rows[:min(n, len(rows))]
}

// slopes takes gradients of training samples of a domain, which has a place in the
// point's job and one in the study.
func (a *assessment) slopes(ctx context.Context, point *train.Point, place, domain int) (*slopes, error) {
	d := point.Domains()[place]
	size := 0
	for _, q := range point.Trunk() {
		size += len(point.Values(q.Name))
	}
	s := &slopes{mean: make([]float32, size), fisher: make([]float32, size)}
	gradient := make([]float32, size)
	rows := a.rows(d.Train, a.Gradients, 4, domain)
	share := 1 / float32(len(rows))
	for _, row := range rows {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if _, err := point.Slope(place, d.Train, row, gradient); err != nil {
			return nil, err
		}
		for k, g := range gradient {
			s.mean[k] += share * g
			s.fisher[k] += share * g * g
		}
	}
	return s, nil
}

// addSlopes adds the measures that follow from gradients. Domains without any are nil.
func (a *assessment) addSlopes(ctx context.Context, found []*slopes, where, needs, definition string, work float64) error {
	for _, m := range []struct {
		name, formula, source string
		of                    func(i, j *slopes) float64
	}{
		{"Fisher embedding", "cos(F_i/(F_i+F_j), F_j/(F_i+F_j)), F the mean square gradients of samples by the trunk's parameters, adding up to 1, at ", "Achille et al., Task2Vec: Task Embedding for Meta-Learning, ICCV 2019",
			func(i, j *slopes) float64 { return Fisher(i.fisher, j.fisher) }},
		{"gradient cosine", "cos(g_i, g_j), g the mean gradient of samples by the trunk's parameters at ", "Yu et al., Gradient Surgery for Multi-Task Learning, NeurIPS 2020, definition 1",
			func(i, j *slopes) float64 { return Cosine(i.mean, j.mean) }},
	} {
		if err := a.add(ctx, layout.Similarity{Name: m.name + " " + where, Needs: needs, Definition: m.formula + definition, Source: m.source, Work: work}, func(i, j int) (float64, error) {
			if found[i] == nil || found[j] == nil {
				return math.NaN(), nil
			}
			return m.of(found[i], found[j]), nil
		}); err != nil {
			return err
		}
	}
	return nil
}

// compareJoint compares domains by gradients at a trained joint model.
func (a *assessment) compareJoint(ctx context.Context) (err error) {
	if a.backend == nil || a.folder == "" {
		return nil
	}
	runs, err := a.project.Finished(a.folder, study.Joint, a.Rung)
	if err != nil || len(runs) == 0 {
		return err
	}
	point, err := a.project.At(a.backend, a.folder, runs[0])
	if errors.Is(err, train.ErrMerged) {
		a.note("domains are not compared by gradients at the joint model: %v", err)
		return nil
	} else if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, point.Close()) }()
	found := make([]*slopes, len(a.domains))
	for place, d := range point.Domains() {
		for i, other := range a.domains {
			if other.Name == d.Name {
				if found[i], err = a.slopes(ctx, point, place, i); err != nil {
					return err
				}
			}
		}
	}
	return a.addSlopes(ctx, found, "at the joint model", "one joint model", "one joint model, with its heads", a.work(0, len(a.domains)*a.Gradients))
}

// compareModels compares independent models by what their trunks make of the same
// samples.
func (a *assessment) compareModels(ctx context.Context) error {
	if a.backend == nil || a.folder == "" {
		return nil
	}
	runs, err := a.project.Finished(a.folder, study.Independent, a.Rung)
	if err != nil {
		return err
	}
	n := len(a.domains)
	c := &comparison{assessment: a, sums: make([]float64, n*n), counts: make([]int, n*n)}
	for seed := 1; seed <= a.Seeds; seed++ {
		if err := c.seed(ctx, seed, runs); errors.Is(err, train.ErrHeadless) || errors.Is(err, train.ErrMerged) {
			a.note("models are not compared by their features: %v", err)
			return nil
		} else if err != nil {
			return err
		}
	}
	if c.samples == 0 {
		return nil
	}
	return a.add(ctx, layout.Similarity{
		Name: "representations (CKA)", Needs: "the independent models", Definition: "unbiased linear CKA of the features of the models of i and j on validation data of j, and of i, mean over both and seeds",
		Source: "Kornblith et al., Similarity of Neural Network Representations Revisited, ICML 2019", Work: a.work(c.samples, 0),
	}, func(i, j int) (float64, error) {
		one, other := i*n+j, j*n+i
		return (c.sums[one] + c.sums[other]) / float64(c.counts[one]+c.counts[other]), nil
	})
}

// comparison sums the similarities of the models of i and j on samples of j up, at
// i·n+j.
type comparison struct {
	*assessment
	sums    []float64
	counts  []int
	samples int
}

func (c *comparison) seed(ctx context.Context, seed int, runs []study.PlannedRun) (err error) {
	points := make([]*train.Point, len(c.domains))
	defer func() {
		for _, p := range points {
			if p != nil {
				err = errors.Join(err, p.Close())
			}
		}
	}()
	for _, r := range runs {
		for i, d := range c.domains {
			if r.Seed == seed && r.Domains[0] == d.Name {
				if points[i], err = c.project.At(c.backend, c.folder, r); err != nil {
					return err
				}
			}
		}
	}
	for j, own := range points {
		if own == nil {
			continue
		}
		split := own.Domains()[0].Val
		if split.Len() < 4 {
			split = own.Domains()[0].Train
		}
		rows := c.rows(split, c.Samples, 5, j)
		if len(rows) < 4 {
			continue
		}
		var home *mat.Dense
		for step := range len(points) {
			i := (j + step) % len(points) // the domain's own model first
			if points[i] == nil || i != j && !(c.allows(min(i, j), max(i, j)) && c.tests(i, j)) {
				continue
			}
			if err := ctx.Err(); err != nil {
				return err
			}
			values, _, err := points[i].Features(0, split, rows)
			if err != nil {
				return err
			}
			c.samples += len(rows)
			features := dense(values, len(rows))
			if i == j {
				home = features
				continue
			}
			if s := CKA(features, home); !math.IsNaN(s) {
				c.sums[i*len(points)+j] += s
				c.counts[i*len(points)+j]++
			}
		}
	}
	return nil
}

// tests reports whether a model of one domain may see samples of the other.
func (c *comparison) tests(i, j int) bool {
	return c.rules == nil || c.rules.AllowsAct(policy.Evaluation, []int{min(i, j), max(i, j)})
}
