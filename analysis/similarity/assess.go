package similarity

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/policy"
	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/analysis/versioned"
	"github.com/sharewise/sharewise/onnxio/exec"
)

// ErrOneDomain is returned for a study of one domain, which is like no other.
var ErrOneDomain = errors.New("similarity is that of two domains, and there is one")

// Config says what is compared. The zero value is what the command does.
type Config struct {
	Rung string // empty stands for the last
	// Samples is the number of training samples of every domain that distances are
	// taken of, Gradients that of gradients; 0 stands for 200 and 100.
	Samples, Gradients int
	// Seeds is the number of independent models of every domain that are compared; 0
	// stands for 2.
	Seeds int
	Seed  uint64 // of the samples
}

// Assess compares the domains of a study by all measures that can be had: those of data
// always, those of the untrained trunk with a backend, and those of trained models of
// the runs that have finished in a folder. backend may be nil, and folder empty. Pairs
// that the study's policy keeps apart are left out.
func Assess(ctx context.Context, b exec.Backend, p *project.Project, folder layout.Folder, c Config) (*layout.Similarities, error) {
	if err := versioned.Asked("samples, gradients or models", c.Samples, c.Gradients, c.Seeds); err != nil {
		return nil, fmt.Errorf("similarity: %w", err)
	}
	a, err := begin(b, p, folder, c)
	if err != nil {
		return nil, fmt.Errorf("similarity: %w", err)
	}
	for _, step := range []func(context.Context) error{a.obey, a.compareData, a.compareStarts, a.compareJoint, a.compareModels} {
		if err := step(ctx); err != nil {
			return nil, fmt.Errorf("similarity: %w", err)
		}
	}
	return a.out, nil
}

// Representations compares the domains of a study by the independent models alone that
// have finished in a folder: by what their trunks make of validation samples, or of
// training samples where a domain has fewer than four of those. It is nil where there are
// no such models, or they have no linear head. Pairs that the study's policy keeps apart
// are left out.
func Representations(ctx context.Context, b exec.Backend, p *project.Project, folder layout.Folder, c Config) (*layout.Similarity, error) {
	a, err := begin(b, p, folder, c)
	if err != nil {
		return nil, fmt.Errorf("similarity: %w", err)
	}
	for _, step := range []func(context.Context) error{a.obey, a.compareModels} {
		if err := step(ctx); err != nil {
			return nil, fmt.Errorf("similarity: %w", err)
		}
	}
	if len(a.out.Measures) == 0 {
		return nil, nil
	}
	return &a.out.Measures[0], nil
}

// begin is an assessment of which no step is taken.
func begin(b exec.Backend, p *project.Project, folder layout.Folder, c Config) (*assessment, error) {
	if c.Rung == "" {
		c.Rung = p.Plan.Rungs[len(p.Plan.Rungs)-1]
	}
	for _, d := range []struct {
		value *int
		usual int
	}{{&c.Samples, 200}, {&c.Gradients, 100}, {&c.Seeds, 2}} {
		if *d.value == 0 {
			*d.value = d.usual
		}
	}
	if len(p.Domains) < 2 {
		return nil, ErrOneDomain
	}
	a := &assessment{Config: c, project: p, backend: b, folder: folder, domains: p.Domains,
		out: &layout.Similarities{Version: 1, Study: p.Plan.Study, Rung: c.Rung, Domains: []string{}, Measures: []layout.Similarity{}, Notes: []string{}}}
	for _, d := range p.Domains {
		a.out.Domains = append(a.out.Domains, d.Name)
	}
	return a, nil
}

type assessment struct {
	Config
	project *project.Project
	backend exec.Backend // nil without
	folder  layout.Folder
	domains []*dataset.Domain
	rules   *policy.Checker // nil where everything is allowed
	out     *layout.Similarities
}

// obey reads the rules that keep domains apart.
func (a *assessment) obey(context.Context) error {
	if a.project.Plan.Policy.Empty() {
		return nil
	}
	var err error
	if a.rules, err = a.project.Plan.CheckerOf(a.out.Domains); err != nil {
		return err
	}
	kept := 0
	for i := range a.domains {
		for j := range i {
			if !a.allows(j, i) {
				kept++
			}
		}
	}
	if kept > 0 {
		a.note("%d of %d pairs are kept apart by the policy and not compared", kept, len(a.domains)*(len(a.domains)-1)/2)
	}
	return nil
}

func (a *assessment) allows(i, j int) bool {
	return a.rules == nil || a.rules.Allows([]int{i, j})
}

func (a *assessment) note(format string, args ...any) {
	a.out.Notes = append(a.out.Notes, fmt.Sprintf(format, args...))
}

// add scores all pairs that the policy allows by a measure. Scores that are no finite
// numbers are left out, and a measure without any.
func (a *assessment) add(ctx context.Context, m layout.Similarity, score func(i, j int) (float64, error)) error {
	m.Pairs = []layout.SimilarPair{}
	for i := range a.domains {
		for j := i + 1; j < len(a.domains); j++ {
			if !a.allows(i, j) {
				continue
			}
			if err := ctx.Err(); err != nil {
				return err
			}
			s, err := score(i, j)
			if err != nil {
				return err
			}
			if !math.IsNaN(s) && !math.IsInf(s, 0) { // and −0 is 0
				m.Pairs = append(m.Pairs, layout.SimilarPair{A: a.domains[i].Name, B: a.domains[j].Name, Score: s + 0})
			}
		}
	}
	if len(m.Pairs) == 0 {
		a.note("no pair has a %s", m.Name)
		return nil
	}
	a.out.Measures = append(a.out.Measures, m)
	return nil
}

// work is a number of samples that models see, in operations of training a pair. A
// gradient of one takes three passes.
func (a *assessment) work(forwards, gradients int) float64 {
	pair, forward := a.project.PairWork(a.Rung)
	return (float64(forwards) + 3*float64(gradients)) * forward / pair
}

// random is a stream of its own for a purpose.
func (a *assessment) random(purpose, domain int) *rand.Rand {
	return rand.New(rand.NewPCG(a.Seed, uint64(purpose)<<32|uint64(domain)))
}

// dense makes a matrix of n rows of float32.
func dense(values []float32, n int) *mat.Dense {
	out := mat.NewDense(n, len(values)/n, nil)
	for k, v := range values {
		out.RawMatrix().Data[k] = float64(v)
	}
	return out
}
