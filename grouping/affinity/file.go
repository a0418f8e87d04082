package affinity

import (
	"fmt"

	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/grouping"
)

// File is the content of affinity.json.
type File struct {
	Version   int      `json:"version"` // 1
	Study     string   `json:"study"`
	Rung      string   `json:"rung"`
	Weighting string   `json:"weighting"`
	Domains   []string `json:"domains"`
	// Rule is what an estimator must do to pass.
	Rule   string   `json:"rule"`
	Audits []Report `json:"audits"`
	// Scores are those of all pairs by every estimator that can score some.
	Scores []PairScores `json:"scores"`
	// Proposal is null where none was asked for.
	Proposal *Proposed `json:"proposal"`
	Notes    []string  `json:"notes"`
}

// PairScores are the scores of one estimator. They order pairs and are no gains.
type PairScores struct {
	Estimator string      `json:"estimator"`
	Passed    bool        `json:"passed"`
	Pairs     []PairScore `json:"pairs"`
}

// PairScore is what each of two domains gets out of the other, by score; null
// where unknown.
type PairScore struct {
	A      string        `json:"a"`
	B      string        `json:"b"`
	ScoreA effect.Number `json:"score_a"`
	ScoreB effect.Number `json:"score_b"`
}

// Proposed are the pools to train next.
type Proposed struct {
	// Estimator is the one that proposes, empty where all pairs are random.
	Estimator string `json:"estimator"`
	// Why is a sentence for readers.
	Why string `json:"why"`
	// Pools lists random pairs first; Random counts them.
	Pools  [][]string `json:"pools"`
	Random int        `json:"random"`
}

// FolderOptions are those of AssessFolder.
type FolderOptions struct {
	Selection grouping.Selection
	Audit     AuditOptions
	// Pools is the number of pairs to propose; 0 for none.
	Pools int
}

// AssessFolder makes and audits all estimators that a study's output folder
// allows, proposes pairs, and writes affinity.json there. Whichever estimator
// passed its audit at the least cost proposes; without one, pairs are random.
func AssessFolder(folder layout.Folder, o FolderOptions) (*File, error) {
	m, err := Folder(folder, o.Selection)
	if err != nil {
		return nil, err
	}
	all, err := m.Assess(o.Audit)
	if err != nil {
		return nil, err
	}
	f := &File{
		Version: 1, Study: m.Study, Rung: m.Selection.Rung, Weighting: m.Selection.Weighting, Domains: m.Domains,
		Rule: o.Audit.rule(), Audits: []Report{}, Scores: []PairScores{}, Notes: append([]string{}, m.Notes...),
	}
	for _, a := range all {
		passed := false
		if a.Report != nil {
			f.Audits = append(f.Audits, *a.Report)
			passed = a.Report.Passed
		}
		if s := m.pairScores(a.Estimator); len(s) > 0 {
			f.Scores = append(f.Scores, PairScores{a.Estimator.Method().Name, passed, s})
		}
	}
	if o.Pools > 0 {
		if f.Proposal, err = m.propose(Passed(all), len(f.Audits) > 0, o); err != nil {
			return nil, err
		}
	}
	return f, layout.WriteJSON(folder.Affinity(), f)
}

// rule says in a sentence what passing takes.
func (o AuditOptions) rule() string {
	o = o.withDefaults()
	return fmt.Sprintf("the rank correlation's lower %g %% limit is above %g, a share of at most %g of the orders of the domains' names does as well, and training the better half of the held-out pools loses at most %.0f %% of the best grouping's total",
		100*o.Level, o.MinCorrelation, o.MaxP, 100*o.MaxRegret)
}

// pairScores are those of all pairs of which one member has a score.
func (m *Material) pairScores(e Estimator) []PairScore {
	var out []PairScore
	for i, a := range m.Domains {
		for j := i + 1; j < len(m.Domains); j++ {
			s := e.Score([]int{i, j})
			if finite(s[0].Value) || finite(s[1].Value) {
				out = append(out, PairScore{a, m.Domains[j], effect.Number(s[0].Value), effect.Number(s[1].Value)})
			}
		}
	}
	return out
}

// allowedPairs counts the pairs that no rule forbids.
func (m *Material) allowedPairs() int {
	n := 0
	for j := range m.Domains {
		for i := range j {
			if m.Policy == nil || m.Policy.Allows([]int{i, j}) {
				n++
			}
		}
	}
	return n
}

// propose asks an estimator that passed, or chance; audited says whether any
// estimator was audited.
func (m *Material) propose(by *Assessed, audited bool, o FolderOptions) (*Proposed, error) {
	so := ScreenOptions{Pools: o.Pools, Seed: o.Audit.Seed}
	for _, p := range m.Pools {
		so.Trained = append(so.Trained, p.Members)
	}
	so.Forbidden = m.Policy
	var e Estimator
	if by != nil {
		e = by.Estimator
		if len(so.Trained) > 0 {
			so.Audit = -1 // it has been audited
		}
	}
	p, err := Screen(e, len(m.Domains), so)
	if err != nil {
		return nil, err
	}
	out := &Proposed{Random: len(p.Audit), Pools: [][]string{}}
	pairs := p.Audit
	for _, c := range p.Candidates {
		pairs = append(pairs, c.Pool)
	}
	for _, pool := range pairs {
		out.Pools = append(out.Pools, []string{m.Domains[pool[0]], m.Domains[pool[1]]})
	}
	all := m.allowedPairs()
	switch {
	case by != nil:
		out.Estimator = by.Report.Name
		out.Why = fmt.Sprintf("Train these %d of %d pairs next, the best partners of every domain by %s:", len(out.Pools), all, by.Report.Name)
	case !audited:
		out.Why = fmt.Sprintf("Train these %d of %d pairs first, drawn at random, so that estimators can be audited:", len(out.Pools), all)
	default:
		out.Why = fmt.Sprintf("No estimator passed its audit, so that these %d of %d pairs are drawn at random:", len(out.Pools), all)
	}
	return out, nil
}
