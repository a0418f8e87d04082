package linearise

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/policy"
	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/train"
	"github.com/sharewise/sharewise/onnxio/exec"
)

// Config says how much is computed. The zero value is what the command does.
type Config struct {
	Rung string // empty stands for the last
	// Dimensions is d, 0 for 200. Samples is the number of training samples of a
	// domain, drawn by chance, 0 for 200.
	Dimensions, Samples int
	// Subsets is the number of random subsets; 0 stands for as many as hold a pair
	// three times on average, and 40 at least. Pairs that none holds are added. Size is the largest number of members, 0
	// for half of the domains, of 2 to 5.
	Subsets, Size int
	// Models is the number of joint models, of different seeds, whose losses are
	// averaged; 0 stands for 1.
	Models int
	Seed   uint64 // of samples, signs and subsets
}

func (c Config) withDefaults(domains int) Config {
	if c.Dimensions == 0 {
		c.Dimensions = 200
	}
	if c.Samples == 0 {
		c.Samples = 200
	}
	if c.Size == 0 {
		c.Size = min(5, max(2, domains/2))
	}
	c.Size = min(c.Size, domains)
	if c.Subsets == 0 {
		// Sizes are 2 to Size alike; a subset of k members holds k(k−1)/2 pairs.
		held := 0.0
		for k := 2; k <= c.Size; k++ {
			held += float64(k*(k-1)/2) / float64(c.Size-1)
		}
		c.Subsets = max(40, int(math.Ceil(3*float64(domains*(domains-1)/2)/held)))
	}
	c.Models = max(1, c.Models)
	return c
}

// penalties are tried in units of the mean curvature.
var penalties = []float64{0.1, 1, 10, 100, 1000}

// Try estimates what random subsets of a study's domains are worth, see the
// package. It fails with ErrNoJoint where the folder has no trained model of all
// domains, and with ErrValidation where a domain has no validation data. Subsets
// that the study's policy forbids are not drawn.
func Try(ctx context.Context, b exec.Backend, p *project.Project, folder layout.Folder, c Config) (*layout.Trials, error) {
	c = c.withDefaults(len(p.Plan.Domains))
	if c.Rung == "" {
		c.Rung = p.Plan.Rungs[len(p.Plan.Rungs)-1]
	}
	out := &layout.Trials{Version: 1, Study: p.Plan.Study, Rung: c.Rung, Notes: []string{}}
	for _, d := range p.Plan.Domains {
		out.Domains = append(out.Domains, d.Name)
		if p.Domain(d.Name).Val.Len() == 0 {
			return nil, fmt.Errorf("linearise: domain %s: %w", d.Name, ErrValidation)
		}
	}
	runs, err := p.Finished(folder, study.Joint, c.Rung)
	if err != nil {
		return nil, fmt.Errorf("linearise: %w", err)
	}
	runs = slices.DeleteFunc(runs, func(r study.PlannedRun) bool { return r.Weighting.Name != runs[0].Weighting.Name })
	if len(runs) == 0 {
		return nil, fmt.Errorf("linearise: %w", ErrNoJoint)
	}
	checker, err := p.Study.Checker()
	if err != nil {
		return nil, fmt.Errorf("linearise: %w", err)
	}
	subsets := draw(len(out.Domains), c, func(members []int) bool { return checker.AllowsAct(policy.Pooling, members) })
	if len(subsets) == 0 {
		return nil, fmt.Errorf("linearise: the policy forbids every pair")
	}
	runs = runs[:min(c.Models, len(runs))]
	pools := make([]layout.TriedPool, len(subsets))
	work := 0.0
	for _, r := range runs {
		done, err := at(ctx, b, p, folder, r, c, subsets, pools)
		if err != nil {
			return nil, fmt.Errorf("linearise: %w", err)
		}
		work += done
	}
	for k, members := range subsets {
		for i, m := range members {
			pools[k].Pool = append(pools[k].Pool, out.Domains[m])
			pools[k].Loss[i] = layout.Bounded(pools[k].Loss[i] / float64(len(runs)))
			pools[k].Alone[i] = layout.Bounded(pools[k].Alone[i] / float64(len(runs)))
		}
	}
	pair, _ := p.PairWork(c.Rung)
	out.Methods = []layout.Trial{{
		Name: "linearised", Needs: "the joint model and validation data",
		Definition: "mean over partners i and random subsets S that hold i and j of −log(L_j(θ_S)/L_j(θ_{j})), θ_S = θ* + P·w by regularised regression on projected gradients at the joint model, one true evaluation a subset",
		Source:     "Grad-TAG: Li, Sharma and Zhang, Scalable Multitask Learning Using Gradient-based Estimation of Task Affinity, KDD 2024",
		Trained:    1, Work: work / pair, Subsets: true, Pools: pools,
	}}
	return out, nil
}

// draw lists different random subsets of two members and more that are allowed, and
// then the pairs that none of them holds.
func draw(n int, c Config, allowed func([]int) bool) [][]int {
	random := rand.New(rand.NewPCG(c.Seed, 1))
	taken := map[string]bool{}
	var out [][]int
	for range 20 * c.Subsets {
		if len(out) == c.Subsets {
			break
		}
		members := random.Perm(n)[:2+random.IntN(c.Size-1)]
		slices.Sort(members)
		if key := fmt.Sprint(members); !taken[key] && allowed(members) {
			taken[key] = true
			out = append(out, members)
		}
	}
	held := map[[2]int]bool{}
	for _, members := range out {
		for k, j := range members {
			for _, i := range members[:k] {
				held[[2]int{i, j}] = true
			}
		}
	}
	for i := range n {
		for j := i + 1; j < n; j++ {
			if pair := []int{i, j}; !held[[2]int{i, j}] && allowed(pair) {
				out = append(out, pair)
			}
		}
	}
	return out
}

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
