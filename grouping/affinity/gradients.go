package affinity

import (
	"cmp"
	"math"
	"slices"

	"github.com/sharewise/sharewise/analysis/layout"
)

// Gradients is what the histories of joint trainings say about the domains'
// gradients of the shared trunk.
type Gradients struct {
	domains map[string]int
	cosine  []mean // at i*n+j, over epochs and runs
	ahead   []mean // of source i for target j
	runs    int
}

// mean is a running mean.
type mean struct {
	sum float64
	n   int
}

func (m *mean) add(x float64) {
	if finite(x) {
		m.sum, m.n = m.sum+x, m.n+1
	}
}

// value is NaN where nothing was added.
func (m mean) value() float64 { return m.sum / float64(m.n) }

// NewGradients has room for the named domains.
func NewGradients(domains []string) *Gradients {
	g := &Gradients{domains: map[string]int{}, cosine: make([]mean, len(domains)*len(domains)), ahead: make([]mean, len(domains)*len(domains))}
	for i, name := range domains {
		g.domains[name] = i
	}
	return g
}

// Add takes in the history of one training of several domains. Lines on domains
// that are not known are passed over. It reports whether the history has
// gradients, which the study's setting training.conflict asks for.
func (g *Gradients) Add(history []layout.HistoryRow) bool {
	type at struct {
		epoch  int32
		domain string
	}
	loss := map[at]float64{}
	for _, r := range history {
		if r.Split == layout.TrainSplit {
			loss[at{r.Epoch, r.Domain}] = r.Loss
		}
	}
	found := false
	n := len(g.domains)
	for _, r := range history {
		i, known := g.domains[r.Domain]
		j, other := g.domains[r.Other]
		if r.Split != layout.GradientSplit || !known || !other {
			continue
		}
		found = true
		g.cosine[i*n+j].add(r.Cosine)
		g.cosine[j*n+i].add(r.Cosine)
		if !math.IsNaN(r.Ahead) {
			g.ahead[i*n+j].add(r.Ahead)
			g.ahead[j*n+i].add(r.OtherAhead)
			continue
		}
		// Histories of earlier versions have one step per epoch, and no loss of it.
		product := r.Cosine * r.Norm * r.OtherNorm
		if l, ok := loss[at{r.Epoch, r.Other}]; ok {
			g.ahead[i*n+j].add(product / max(l, layout.LeastLoss))
		}
		if l, ok := loss[at{r.Epoch, r.Domain}]; ok {
			g.ahead[j*n+i].add(product / max(l, layout.LeastLoss))
		}
	}
	if found {
		g.runs++
	}
	return found
}

// Cosine scores by the angles between gradients:
//
//	score(j,S) = mean over i in S, i ≠ j, of cos(g_i, g_j).
func (g *Gradients) Cosine() Estimator {
	return g.estimator(g.cosine, Method{
		Name:       "gradient cosine",
		Definition: "mean over partners i and epochs of g_i·g_j/(|g_i||g_j|)",
		Source:     "Yu et al., Gradient Surgery for Multi-Task Learning, NeurIPS 2020",
	})
}

// LookAhead scores by what a small step for the partners would do to a member's
// loss, to first order and for a learning rate of one:
//
//	score(j,S) = mean over i in S, i ≠ j, of g_i·g_j/L_j.
//
// It is unknown for histories of earlier versions, which lack the lengths of
// gradients.
func (g *Gradients) LookAhead() Estimator {
	return g.estimator(g.ahead, Method{
		Name:       "gradient look-ahead",
		Definition: "mean over partners i and steps of g_i·g_j/L_j, L_j the training loss",
		Source:     "first-order form of TAG (Fifty et al., NeurIPS 2021), as in ETAP (Ayman, Mukhopadhyay and Laszka, ICLR 2026)",
	})
}

func (g *Gradients) estimator(of []mean, m Method) Estimator {
	n := len(g.domains)
	m.Needs, m.Pools = "a joint training that measures conflict", min(g.runs, 1)
	p := &pairwise{method: m, from: square(n, math.NaN())}
	for i := range n {
		for j := range n {
			p.from[i][j] = of[i*n+j].value()
		}
	}
	return p
}

// Domains lists the names that g has room for, in their order.
func (g *Gradients) Domains() []string {
	out := make([]string, 0, len(g.domains))
	for name := range g.domains {
		out = append(out, name)
	}
	slices.SortFunc(out, func(a, b string) int { return cmp.Compare(g.domains[a], g.domains[b]) })
	return out
}
