package merging

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/train"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/training"
)

// opened is an independent model of one seed.
type opened struct {
	point  *train.Point
	weight []float32 // of the head as it was trained
	bias   []float32
	start  []float32
	model  []float32
	task   []float32 // trimmed
	alone  float64
}

func (m *opened) trunk() []float32   { return m.model }
func (m *opened) trimmed() []float32 { return m.task }

// each are the vectors of one kind of several models.
func each(members []*opened, vector func(*opened) []float32) [][]float32 {
	out := make([][]float32, len(members))
	for i, m := range members {
		out[i] = vector(m)
	}
	return out
}

// seed merges the models of one seed.
func (t *trial) seed(ctx context.Context, b exec.Backend, folder layout.Folder, seed int, runs []study.PlannedRun) (err error) {
	models := map[string]*opened{}
	defer func() {
		for _, m := range models {
			err = errors.Join(err, m.point.Close())
		}
	}()
	var first *opened
	for _, r := range runs {
		if r.Seed != seed {
			continue
		}
		point, err := t.project.At(b, folder, r)
		if err != nil {
			return err
		}
		m := &opened{point: point}
		name := r.Domains[0]
		m.weight, m.bias = slices.Clone(point.Values(training.HeadWeight(name))), slices.Clone(point.Values(training.HeadBias(name)))
		models[r.Domains[0]] = m
		for _, q := range point.Trunk() {
			m.start = append(m.start, point.Start(q)...)
			m.model = append(m.model, point.Values(q.Name)...)
		}
		m.task = trimmed(m.start, m.model, t.Density)
		if first == nil {
			first = m
		} else if !slices.Equal(first.start, m.start) {
			return fmt.Errorf("%w: %s", ErrStart, r.ID)
		}
		if m.alone, err = point.Loss(0, point.Domains()[0].Val); err != nil {
			return err
		}
	}
	for w := range ways {
		for k := range t.pools {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := t.pool(ctx, folder, seed, w, k, models); err != nil {
				return err
			}
		}
	}
	return nil
}

// pool merges the models of a pool in one way and adds what it is worth. A pool of
// which a member has no model of this seed is left out.
func (t *trial) pool(ctx context.Context, folder layout.Folder, seed, w, k int, models map[string]*opened) error {
	pool := t.pools[k]
	test := t.newTest(seed, w, pool)
	var members []*opened
	for _, name := range pool {
		if models[name] == nil {
			return nil
		}
		members = append(members, models[name])
	}
	merged := ways[w].merge(t.Config, members)
	s := &t.sums[w*len(t.pools)+k]
	if s.seeds == 0 {
		s.loss, s.alone = make([]float64, len(pool)), make([]float64, len(pool))
	}
	s.seeds++
	for i, name := range pool {
		m := models[name]
		at := 0
		for _, q := range m.point.Trunk() {
			at += copy(m.point.Values(q.Name), merged[at:])
		}
		if err := m.point.Recalibrate(t.Minibatches); err != nil {
			return err
		}
		val := m.point.Domains()[0].Val
		loss, err := m.point.Loss(0, val)
		if err != nil {
			return err
		}
		s.loss[i] += layout.Bounded(loss)
		s.alone[i] += layout.Bounded(m.alone)
		t.samples += float64(val.Len())
		if m.point.Normalised() {
			t.samples += float64(t.Minibatches * t.project.Plan.Domain(name).Rows)
		}
		if test != nil {
			if err := test.add(ctx, m, loss); err != nil {
				return err
			}
		}
	}
	return t.write(folder, test)
}

// restoreHead gives a model the head that it was trained with.
func (m *opened) restoreHead(domain string) {
	copy(m.point.Values(training.HeadWeight(domain)), m.weight)
	copy(m.point.Values(training.HeadBias(domain)), m.bias)
}
