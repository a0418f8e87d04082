package linearise

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/policy"
	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/versioned"
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
	if err := versioned.Asked("dimensions, samples, subsets or models", c.Dimensions, c.Samples, c.Subsets, c.Size, c.Models); err != nil {
		return nil, fmt.Errorf("linearise: %w", err)
	}
	if c.Size == 1 {
		return nil, errors.New("linearise: size 1: a subset has two domains or more")
	}
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
	checker, err := p.Study.Checker()
	if err != nil {
		return nil, fmt.Errorf("linearise: %w", err)
	}
	if len(runs) == 0 {
		return nil, fmt.Errorf("linearise: %w; %s", ErrNoJoint, withoutJoint(p.Plan.Runs, out.Domains, checker))
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

// withoutJoint says why a study has no model of all domains that has finished.
func withoutJoint(planned []study.PlannedRun, domains []string, rules *policy.Checker) string {
	if slices.ContainsFunc(planned, func(r study.PlannedRun) bool { return r.Arm == study.Joint }) {
		return "'sharewise status' says how far its runs are"
	}
	if err := rules.Refuse(domains); err != nil {
		return err.Error()
	}
	return "arms.joint: true trains one"
}
