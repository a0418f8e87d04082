package affinity

import (
	"fmt"

	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/versioned"
	"github.com/sharewise/sharewise/grouping"
)

// fileVersion is that of affinity.json.
const fileVersion = 2

// File is the content of affinity.json.
type File struct {
	Version   int      `json:"version"` // 2
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

// FolderOptions are those of AssessFolder.
type FolderOptions struct {
	Selection grouping.Selection
	Audit     AuditOptions
	// Pools is the number of pools to propose; 0 for none. Larger of them have
	// three members and more: where it is 0 a quarter, if an estimator passed its
	// audit; -1 for none.
	Pools, Larger int
}

// AssessFolder makes and audits all estimators that a study's output folder
// allows, proposes pairs, and writes affinity.json there. Whichever estimator
// passed its audit at the least cost proposes; without one, pairs are random.
func AssessFolder(folder layout.Folder, o FolderOptions) (*File, error) {
	if err := versioned.Asked("draws or pools", o.Audit.Draws, o.Pools, max(o.Larger, 0)); err != nil {
		return nil, fmt.Errorf("affinity: %w", err)
	}
	origin, err := folder.Origin(folder.Results(), folder.Plan(), folder.Cross(), folder.Merged(), folder.Linearised(), folder.Similar())
	if err != nil {
		return nil, err
	}
	m, err := Folder(folder, o.Selection)
	if err != nil {
		return nil, err
	}
	f, err := m.file(o)
	if err != nil {
		return nil, err
	}
	return f, origin.Write(o, folder.Affinity(), f)
}

// ReadFile reads an affinity.json.
func ReadFile(path string) (*File, error) {
	f := &File{}
	return f, versioned.Read(path, fileVersion, f)
}

// file assesses the material.
func (m *Material) file(o FolderOptions) (*File, error) {
	all, err := m.Assess(o.Audit)
	if err != nil {
		return nil, err
	}
	f := &File{
		Version: fileVersion, Study: m.Study, Rung: m.Selection.Rung, Weighting: m.Selection.Weighting, Domains: m.Domains,
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
	f.Notes = append(f.Notes, byChance(f.Audits, o.Audit)...)
	if o.Pools > 0 {
		if f.Proposal, err = m.propose(all, o); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// rule says in a sentence what passing takes.
func (o AuditOptions) rule() string {
	o = o.withDefaults()
	return fmt.Sprintf("the rank correlation's lower %g %% limit is above %g, a share of at most %g of the orders of the domains' names does as well, and training the better half of the held-out pools loses at most %.0f %% of the best grouping's total",
		100*o.Level, o.MinCorrelation, o.MaxP, 100*o.MaxRegret)
}

// byChance says how many of several estimators would pass although none told anything.
func byChance(audits []Report, o AuditOptions) []string {
	passed := 0
	for _, r := range audits {
		if r.Passed {
			passed++
		}
	}
	if passed == 0 || len(audits) < 3 {
		return nil
	}
	return []string{fmt.Sprintf("%d of %d estimators passed; if none told anything, up to %.1f would on average, by the share of orders alone", passed, len(audits), o.withDefaults().MaxP*float64(len(audits)))}
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
