package affinity

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"slices"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/policy"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/versioned"
	"github.com/sharewise/sharewise/grouping"
)

// Material is what estimators of one study can rest on, at one rung and
// weighting.
type Material struct {
	Study     string
	Domains   []string
	Selection grouping.Selection
	// Pools are the measured ones.
	Pools []grouping.Pool
	// Loss holds the losses of cross-evaluation, see NewCross; nil without.
	Loss [][]float64
	// Gradients are those of the joint trainings; nil where these measured none.
	Gradients *Gradients
	// Trials are those of merged models and of linearised joint ones; empty
	// where none were made.
	Trials []layout.Trial
	// Similarities are measures of how alike domains are; empty where none were taken.
	Similarities []layout.Similarity
	// Policy forbids pools, which are not proposed; nil: none.
	Policy *policy.Checker
	// Notes say what is missing and how to get it.
	Notes []string
}

// Folder reads the material of a study's output folder: results.json and, where
// they are, cross.json, merge.json, linear.json, similarity.json and the histories of
// the joint trainings. It fails where
// nothing was analysed; where no pool was trained, Pools is empty.
func Folder(folder layout.Folder, want grouping.Selection) (*Material, error) {
	results, err := analysis.ReadResults(folder.Results())
	if err != nil {
		return nil, err
	}
	m := &Material{Study: results.Study, Selection: want}
	for _, d := range results.Domains {
		m.Domains = append(m.Domains, d.Name)
	}
	problem, got, warnings, err := grouping.FromResults(results, want)
	switch {
	case errors.Is(err, grouping.ErrNoGains):
		m.Notes = append(m.Notes, "no pool was trained yet, so that nothing can be audited")
		if m.Selection.Rung == "" && len(results.Rungs) > 0 {
			m.Selection.Rung = results.Rungs[len(results.Rungs)-1]
		}
	case err != nil:
		return nil, err
	default:
		m.Pools, m.Selection = problem.Pools, got
		m.Notes = append(m.Notes, warnings...)
	}
	if err := m.readPolicy(folder); err != nil {
		return nil, err
	}
	if err := m.readCross(folder); err != nil {
		return nil, err
	}
	if err := m.readGradients(folder); err != nil {
		return nil, err
	}
	for _, path := range []string{folder.Merged(), folder.Linearised()} {
		if err := m.readTrials(path); err != nil {
			return nil, err
		}
	}
	if err := m.readSimilarities(folder); err != nil {
		return nil, err
	}
	return m, nil
}

// readTrials adds the trials of a file that are of the material's rung.
func (m *Material) readTrials(path string) error {
	t, err := layout.ReadTrials(path)
	if err != nil {
		return fmt.Errorf("affinity: %w", err)
	}
	if t != nil && t.Rung == m.Selection.Rung {
		m.Trials = append(m.Trials, t.Methods...)
		m.Notes = append(m.Notes, t.Notes...)
	}
	return nil
}

// readPolicy takes the rules of the plan. Measured pools that they forbid, as they
// are now, audit nothing.
func (m *Material) readPolicy(folder layout.Folder) error {
	plan, err := folder.ReadPlan()
	if errors.Is(err, layout.ErrNoPlan) {
		return nil // results from elsewhere
	}
	if err != nil || plan.Policy.Empty() {
		return err
	}
	if m.Policy, err = plan.CheckerOf(m.Domains); err != nil {
		return fmt.Errorf("affinity: %s: %w", folder.Plan(), err)
	}
	m.Pools = slices.DeleteFunc(m.Pools, func(p grouping.Pool) bool { return !m.Policy.Allows(p.Members) })
	return nil
}

// crossFile is what cross-evaluation needs of cross.json.
type crossFile struct {
	Cells []struct {
		Trained string          `json:"trained"`
		Tested  string          `json:"tested"`
		Rung    string          `json:"rung"`
		Loss    effect.Interval `json:"loss"`
	} `json:"cells"`
}

func (m *Material) readCross(folder layout.Folder) error {
	var f crossFile
	if _, err := os.Stat(folder.Cross()); errors.Is(err, fs.ErrNotExist) {
		m.Notes = append(m.Notes, fmt.Sprintf("without cross.json there is no cross-evaluation; 'sharewise cross %s' writes it and trains nothing", folder))
		return nil
	}
	if err := versioned.Read(folder.Cross(), 1, &f); err != nil {
		return fmt.Errorf("affinity: %w", err)
	}
	at := map[string]int{}
	for i, name := range m.Domains {
		at[name] = i
	}
	loss := square(len(m.Domains), math.NaN())
	apart := false
	for _, c := range f.Cells {
		i, trained := at[c.Trained]
		j, tested := at[c.Tested]
		if c.Rung == m.Selection.Rung && trained && tested && c.Loss.Value >= 0 {
			loss[i][j] = c.Loss.Value
			apart = apart || i != j
		}
	}
	if !apart {
		m.Notes = append(m.Notes, "no model fits another domain, so that there is no cross-evaluation")
		return nil
	}
	m.Loss = loss
	return nil
}

func (m *Material) readGradients(folder layout.Folder) error {
	plan, err := folder.ReadPlan()
	if errors.Is(err, layout.ErrNoPlan) {
		plan = &study.Plan{} // results from elsewhere have no runs here
	} else if err != nil {
		return err
	}
	g := NewGradients(m.Domains)
	found := false
	for _, r := range plan.Runs {
		if r.Arm != study.Joint || r.Rung.Name != m.Selection.Rung || m.Selection.Weighting != "" && r.Weighting.Name != m.Selection.Weighting {
			continue
		}
		done, err := folder.Run(r.ID).ReadDone(r.Hash)
		if err != nil {
			return err
		}
		if done == nil || done.Status != layout.Finished {
			continue
		}
		rows, err := layout.ReadHistory(folder.Run(r.ID).History())
		if err != nil {
			return err
		}
		found = g.Add(rows) || found
	}
	if found {
		m.Gradients = g
	} else {
		m.Notes = append(m.Notes, "no joint training measured gradients; training.conflict: true with arms.joint: true does")
	}
	return nil
}
