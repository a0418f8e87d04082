package merging

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/evaluate"
	"github.com/sharewise/sharewise/analysis/filelimit"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/losses"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/onnxio/exec"
)

// tests are the merged models that stand beside a trained one, run by run.
type tests struct {
	weighting string // of the trained runs
	runs      []study.PlannedRun
	// merged are runs of merged models with the paths of their loss tables.
	merged []analysis.Run
	paths  map[string]string // by the IDs of runs
}

// trained lists the runs of pools that merged models are held against: those of the
// first weighting that has any at the rung.
func (t *trial) trained(folder layout.Folder) error {
	t.tested.paths = map[string]string{}
	if t.NoTest {
		return nil
	}
	for _, w := range t.project.Plan.Weightings {
		for _, r := range t.project.Plan.Runs {
			if r.Rung.Name != t.Rung || len(r.Domains) < 2 || r.Weighting.Name != w {
				continue
			}
			state, _, err := folder.State(r)
			if err != nil {
				return err
			}
			if state == layout.StateDone {
				t.tested.weighting = w
				t.tested.runs = append(t.tested.runs, r)
			}
		}
		if len(t.tested.runs) > 0 {
			break
		}
	}
	return nil
}

// Names of the arms of controls: models as they were trained, with their heads fitted
// again as those of merged models are.
const (
	aloneAgain   = "alone, heads fitted again"
	trainedAgain = "trained, heads fitted again"
)

// test is a merged model beside a trained run, or a control, while it is tested.
type test struct {
	way     string
	beside  study.PlannedRun
	domains []*dataset.Domain
	table   *losses.Table
}

// newTest is nil where no run of the pool and seed was trained.
func (t *trial) newTest(seed, way int, pool []string) *test {
	for _, r := range t.tested.runs {
		if r.Seed == seed && slices.Equal(r.Domains, pool) {
			return &test{way: ways[way].trial.Name, beside: r}
		}
	}
	return nil
}

// add tests a member with its head fitted again; own is the validation loss of the
// merged model with the head that the member was trained with, which it has again
// afterwards.
func (s *test) add(ctx context.Context, m *opened, own float64) error {
	if _, err := refit(ctx, m.point, 0, own); err != nil {
		return err
	}
	d := m.point.Domains()[0]
	if s.table == nil {
		s.table = m.point.Table("test")
	}
	if err := m.point.Judge(s.table, 0, d.Test); err != nil {
		return err
	}
	m.restoreHead(d.Name)
	s.domains = append(s.domains, d)
	return nil
}

// write stores the loss table of a merged model and adds it to the runs.
func (t *trial) write(folder layout.Folder, s *test) error {
	if s == nil {
		return nil
	}
	evaluate.Trim(s.table, s.domains)
	r, way := s.beside, s.way
	meta := &s.table.Meta
	meta.Run, meta.Hash = slug(way)+"/"+r.ID, ""
	meta.Arm, meta.Domains, meta.Weighting = armOf(way, r.Domains), r.Domains, r.Weighting.Name
	path := filepath.Join(folder.MergedTables(), slug(way), r.ID+".parquet")
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	if err := losses.WriteFile(path, s.table); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	t.tested.paths[meta.Run] = path
	t.tested.merged = append(t.tested.merged, analysis.Run{
		ID: meta.Run, Arm: meta.Arm, Domains: r.Domains, Rung: r.Rung.Name, Weighting: r.Weighting.Name, Seed: int64(r.Seed), Status: analysis.Finished,
	})
	return nil
}

// controls tests the independent models and the trained pools with their heads fitted
// again, so that merged models are held against models that were given the same.
func (t *trial) controls(ctx context.Context, b exec.Backend, folder layout.Folder, alone []study.PlannedRun) error {
	if len(t.tested.runs) == 0 {
		return nil
	}
	for _, r := range slices.Concat(alone, t.tested.runs) {
		if err := ctx.Err(); err != nil {
			return err
		}
		s := &test{way: trainedAgain, beside: r}
		if len(r.Domains) == 1 {
			s.way = aloneAgain
			s.beside.Weighting.Name = t.tested.weighting
		}
		if err := t.control(ctx, b, folder, s); err != nil {
			return fmt.Errorf("run %s: %w", r.ID, err)
		}
	}
	return nil
}

func (t *trial) control(ctx context.Context, b exec.Backend, folder layout.Folder, s *test) (err error) {
	point, err := t.project.At(b, folder, s.beside)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, point.Close()) }()
	s.domains, s.table = point.Domains(), point.Table("test")
	for k, d := range s.domains {
		own, err := point.Loss(k, d.Val)
		if err != nil {
			return err
		}
		if _, err := refit(ctx, point, k, own); err != nil {
			return err
		}
		if err := point.Judge(s.table, k, d.Test); err != nil {
			return err
		}
	}
	return t.write(folder, s)
}

// Tables are the loss tables of merged models in a folder, sorted.
func Tables(folder layout.Folder) ([]string, error) {
	found, err := filelimit.Glob(filepath.Join(filelimit.Escape(folder.MergedTables()), "*", "*.parquet"))
	slices.Sort(found)
	return found, err
}

// armOf names a merged model among arms.
func armOf(way string, pool []string) string { return way + ": " + study.PoolName(pool) }

// slug is the name of a way as a folder has it.
func slug(way string) string {
	return strings.NewReplacer(" ", "-", ",", "").Replace(strings.ToLower(strings.TrimPrefix(way, "merged by ")))
}
