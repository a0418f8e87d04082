package linearise

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/train"
	"github.com/sharewise/sharewise/onnxio/exec"
)

// base is one joint model with what was measured there.
type base struct {
	Config
	point   *train.Point
	domains []*dataset.Domain
	start   []float32
	signs   *Projection
	parts   []*part
	work    float64 // operations
	forward float64 // operations of one sample
}

// at adds the losses of all subsets by the neighbourhood of one joint model to pools.
func at(ctx context.Context, b exec.Backend, p *project.Project, folder layout.Folder, r study.PlannedRun, c Config, subsets [][]int, pools []layout.TriedPool) (work float64, err error) {
	point, err := p.At(b, folder, r)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, point.Close()) }()
	s := &base{Config: c, point: point, domains: point.Domains()}
	_, s.forward = p.PairWork(c.Rung)
	for _, q := range point.Trunk() {
		s.start = append(s.start, point.Values(q.Name)...)
	}
	s.signs = NewProjection(len(s.start), c.Dimensions, c.Seed)
	for i := range s.domains {
		if err := s.measure(ctx, i); err != nil {
			return 0, err
		}
	}
	penalty, alone, err := s.choosePenalty(ctx)
	if err != nil {
		return 0, err
	}
	for k, members := range subsets {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		loss, err := s.worth(members, penalty)
		if err != nil {
			return 0, err
		}
		if pools[k].Loss == nil {
			pools[k].Loss, pools[k].Alone = make([]float64, len(members)), make([]float64, len(members))
		}
		for i, m := range members {
			pools[k].Loss[i] += loss[i]
			pools[k].Alone[i] += alone[m]
		}
	}
	return s.work, nil
}

// gradientsAtOnce is the number of gradients that are held at a time.
const gradientsAtOnce = 16

// measure projects the gradients of some training samples of a domain.
func (s *base) measure(ctx context.Context, domain int) error {
	d := s.domains[domain]
	random := rand.New(rand.NewPCG(s.Seed, 100+uint64(domain)))
	rows := random.Perm(d.Train.Len())
	rows = rows[:min(len(rows), s.Samples)]
	q := &part{link: Margin, d: s.Dimensions, x: make([]float32, len(rows)*s.Dimensions)}
	if d.Task.Kind == dataset.Regression {
		q.link = Distance
	}
	size := len(s.start)
	gradients := make([]float32, gradientsAtOnce*size)
	for from := 0; from < len(rows); from += gradientsAtOnce {
		if err := ctx.Err(); err != nil {
			return err
		}
		chunk := rows[from:min(from+gradientsAtOnce, len(rows))]
		for k, row := range chunk {
			g := gradients[k*size : (k+1)*size]
			loss, err := s.point.Slope(domain, d.Train, row, g)
			if err != nil {
				return err
			}
			f, factor := q.link.At(loss)
			q.f = append(q.f, f)
			for i := range g {
				g[i] *= float32(factor)
			}
		}
		s.signs.Project(gradients[:len(chunk)*size], q.x[from*s.Dimensions:(from+len(chunk))*s.Dimensions])
	}
	s.work += float64(len(rows)) * (3*s.forward + 2*float64(size)*float64(s.Dimensions))
	s.parts = append(s.parts, q)
	return nil
}

// choosePenalty takes the penalty under which domains alone are best on validation
// data, by the mean logarithm of their losses, and returns these losses.
func (s *base) choosePenalty(ctx context.Context) (best float64, alone []float64, err error) {
	scale := curvature(s.parts)
	if !(scale > 0) {
		scale = 1 // every sample is fitted without error
	}
	least := math.Inf(1)
	for _, c := range penalties {
		if err := ctx.Err(); err != nil {
			return 0, nil, err
		}
		var losses []float64
		total := 0.0
		for i := range s.domains {
			loss, err := s.worth([]int{i}, c*scale)
			if err != nil {
				return 0, nil, err
			}
			losses = append(losses, loss[0])
			total += math.Log(max(loss[0], 1e-6))
		}
		if total < least {
			best, least, alone = c*scale, total, losses
		}
	}
	return best, alone, nil
}

// worth is the loss of each member on its validation data after a regression for
// all of them.
func (s *base) worth(members []int, penalty float64) ([]float64, error) {
	var parts []*part
	samples := 0
	for _, m := range members {
		parts = append(parts, s.parts[m])
		samples += len(s.parts[m].f)
	}
	theta := slices.Clone(s.start)
	s.signs.Back(fit(parts, penalty), theta)
	at := 0
	for _, q := range s.point.Trunk() {
		at += copy(s.point.Values(q.Name), theta[at:])
	}
	d := float64(s.Dimensions)
	// About eight steps of Newton's method, and the way back.
	s.work += 8*(2*float64(samples)*d*d+d*d*d/3) + 2*float64(len(theta))*d
	var out []float64
	for _, m := range members {
		loss, err := s.point.Loss(m, s.domains[m].Val)
		if err != nil {
			return nil, err
		}
		s.work += float64(s.domains[m].Val.Len()) * s.forward
		out = append(out, layout.Bounded(loss))
	}
	return out, nil
}
