package appraisal

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/evaluate"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/losses"
	"github.com/sharewise/sharewise/analysis/measures"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/onnxio"
)

// pricedAnswers are what answers of a domain's models cost.
type pricedAnswers struct {
	classes []string
	// cost of a prediction for a sample of a class, at [actual][predicted].
	cost [][]float64
	// weight of a sample of a class; nil: 1 each.
	weight []float64
}

// newPricedAnswers is nil where nothing the domain does wrong has a price.
func newPricedAnswers(e *study.Economics, domain string, classes []string) (*pricedAnswers, error) {
	p := &pricedAnswers{classes: classes, cost: make([][]float64, len(classes))}
	priced := false
	for a := range classes {
		p.cost[a] = make([]float64, len(classes))
		for b := range classes {
			if a == b {
				continue
			}
			most := -1
			for _, c := range e.Errors {
				if len(c.Domains) > 0 && !slices.Contains(c.Domains, domain) ||
					c.Actual != "" && c.Actual != classes[a] || c.Predicted != "" && c.Predicted != classes[b] {
					continue
				}
				named := 0
				if c.Actual != "" {
					named++
				}
				if c.Predicted != "" {
					named++
				}
				if named >= most {
					most, p.cost[a][b] = named, c.Cost
				}
			}
			priced = priced || p.cost[a][b] > 0
		}
	}
	for _, c := range e.Errors {
		if len(c.Domains) > 0 && !slices.Contains(c.Domains, domain) {
			continue
		}
		for _, name := range []string{c.Actual, c.Predicted} {
			if name != "" && !slices.Contains(classes, name) && len(c.Domains) > 0 {
				return nil, fmt.Errorf("appraisal: economics.errors: domain %s has no class %q; it has %s", domain, name, strings.Join(classes, ", "))
			}
		}
	}
	if !priced {
		return nil, nil
	}
	return p, nil
}

// weigh takes over shares of classes in use, given how many test samples there are
// of each.
func (p *pricedAnswers) weigh(shares map[string]float64, counts []int) error {
	total, sum := 0, 0.0
	for _, n := range counts {
		total += n
	}
	use := make([]float64, len(p.classes))
	named := false
	for c, name := range p.classes {
		share, given := shares[name]
		if !given {
			share = float64(counts[c]) / float64(total)
		} else if named = true; counts[c] == 0 && share > 0 {
			return fmt.Errorf("no test sample is of class %s, so that nobody knows what its errors cost; leave it out of economics.class_shares", name)
		}
		use[c] = share
		sum += share
	}
	if !named || sum == 0 {
		return nil
	}
	p.weight = make([]float64, len(p.classes))
	for c := range p.weight {
		if counts[c] > 0 {
			p.weight[c] = use[c] / sum / (float64(counts[c]) / float64(total))
		}
	}
	return nil
}

// of is what an answer costs.
func (p *pricedAnswers) of(label, predicted int) float64 {
	c := p.cost[label][predicted]
	if p.weight != nil {
		c *= p.weight[label]
	}
	return c
}

// price replaces losses of a table by what answers cost.
func price(t *losses.Table, by map[string]*pricedAnswers) error {
	t.Loss = slices.Clone(t.Loss)
	for i, domain := range t.Domain {
		p := by[domain]
		if p == nil {
			continue
		}
		if t.Label == nil || t.Prediction == nil {
			return fmt.Errorf("has no columns label and prediction, by which errors of %s cost", domain)
		}
		label, predicted := int(t.Label[i]), int(t.Prediction[i])
		if label < 0 || label >= len(p.classes) || predicted < 0 || predicted >= len(p.classes) {
			return fmt.Errorf("sample %s of %s: class %d taken for %d, of %d classes", t.Sample[i], domain, label, predicted, len(p.classes))
		}
		t.Loss[i] = float32(p.of(label, predicted))
	}
	return nil
}

// priced returns the study with what answers cost in the place of losses, and by
// domain what they cost; notes say what was left out.
func priced(s analysis.Study, folder layout.Folder, plan *study.Plan, e *study.Economics) (analysis.Study, map[string]*pricedAnswers, []string, error) {
	by := map[string]*pricedAnswers{}
	var notes []string
	known := map[string]bool{}
	for _, d := range plan.Domains {
		if d.Task != study.Classification && d.Task != study.Binary {
			continue
		}
		run := finished(s, d.Name)
		if run == nil {
			return s, nil, nil, fmt.Errorf("appraisal: domain %s: %w", d.Name, ErrNoTables)
		}
		m, err := onnxio.Load(folder.Run(run.ID).Model())
		if err != nil {
			return s, nil, nil, fmt.Errorf("appraisal: %w", err)
		}
		about, err := evaluate.DeploymentOf(m, d.Name)
		if err != nil {
			return s, nil, nil, fmt.Errorf("appraisal: %s: %w", folder.Run(run.ID).Model(), err)
		}
		for _, c := range about.Classes {
			known[c] = true
		}
		p, err := newPricedAnswers(e, d.Name, about.Classes)
		if err != nil {
			return s, nil, nil, err
		}
		if p == nil {
			continue
		}
		if len(e.ClassShares) > 0 {
			counts, err := labels(s, *run, d.Name, len(about.Classes))
			if err == nil {
				err = p.weigh(e.ClassShares, counts)
			}
			if err != nil {
				return s, nil, nil, fmt.Errorf("appraisal: domain %s: %w", d.Name, err)
			}
		}
		by[d.Name] = p
	}
	for _, c := range e.Errors {
		for _, name := range []string{c.Actual, c.Predicted} {
			if name != "" && !known[name] {
				return s, nil, nil, fmt.Errorf("appraisal: economics.errors: no domain has a class %q", name)
			}
		}
	}
	for i := range s.Domains {
		d := &s.Domains[i]
		if by[d.Name] != nil {
			d.Measure = measures.Loss
		} else if e.Value.Of(d.Name) == 0 {
			notes = append(notes, fmt.Sprintf("Errors of %s have no price, so that its gains count nothing.", d.Name))
		}
	}
	open := s.Open
	s.Open = func(r analysis.Run) iter.Seq2[*losses.Table, error] {
		return func(yield func(*losses.Table, error) bool) {
			for t, err := range open(r) {
				if err == nil {
					err = price(t, by)
				}
				if !yield(t, err) || err != nil {
					return
				}
			}
		}
	}
	s.Options.LossCap = 0 // dear errors are rare
	return s, by, notes, nil
}

// finished is a finished independent run of a domain.
func finished(s analysis.Study, domain string) *analysis.Run {
	for i := range s.Runs {
		r := &s.Runs[i]
		if r.Arm == analysis.Independent && r.Status == analysis.Finished && r.Domains[0] == domain {
			return r
		}
	}
	return nil
}

// labels counts the test samples of each class.
func labels(s analysis.Study, r analysis.Run, domain string, classes int) ([]int, error) {
	out := make([]int, classes)
	for t, err := range s.Open(r) {
		if err != nil {
			return nil, err
		}
		for i, d := range t.Domain {
			if d == domain && t.Label != nil && int(t.Label[i]) >= 0 && int(t.Label[i]) < classes {
				out[t.Label[i]]++
			}
		}
	}
	return out, nil
}
