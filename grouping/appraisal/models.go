package appraisal

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/onnxio"
)

// meter tells what models of a study take: measured where they were trained, and
// estimated from others where not.
type meter struct {
	folder layout.Folder
	plan   *study.Plan
	// serving says that sizes and operations of models matter.
	serving bool
	// seconds and work are sums over the finished runs of a rung.
	seconds, work map[string]float64
	arms          map[string]*armMeter // by rung, weighting and domains
	// read keeps what models take, by the path of their files.
	read map[string]served
	// estimated are sets of domains that were not trained together.
	estimated [][]string
}

type armMeter struct {
	seconds []float64
	work    float64 // planned, of one run
	run     string  // a finished one
}

type served struct {
	flops, bytes float64
}

func newMeter(folder layout.Folder, plan *study.Plan, serving bool) (*meter, error) {
	m := &meter{folder: folder, plan: plan, serving: serving, seconds: map[string]float64{}, work: map[string]float64{}, arms: map[string]*armMeter{}, read: map[string]served{}}
	for _, r := range plan.Runs {
		done, err := folder.Run(r.ID).ReadDone(r.Hash)
		if err != nil {
			return nil, err
		}
		if done == nil || done.Status != layout.Finished {
			continue
		}
		key := armKey(r.Rung.Name, r.Weighting.Name, r.Domains)
		if m.arms[key] == nil {
			m.arms[key] = &armMeter{work: r.FLOPs, run: r.ID}
		}
		m.arms[key].seconds = append(m.arms[key].seconds, done.Seconds)
		m.seconds[r.Rung.Name] += done.Seconds
		m.work[r.Rung.Name] += r.FLOPs
	}
	return m, nil
}

func armKey(rung, weighting string, domains []string) string {
	return fmt.Sprint(rung, "|", weighting, "|", domains)
}

// take is what a model for some domains takes, at a rung and with a weighting.
func (m *meter) take(rung, weighting string, domains []string) (seconds float64, s served, err error) {
	if len(domains) == 1 {
		weighting = ""
	}
	arm := m.arms[armKey(rung, weighting, domains)]
	if arm == nil {
		return m.estimate(rung, weighting, domains)
	}
	for _, x := range arm.seconds {
		seconds += x / float64(len(arm.seconds))
	}
	if m.serving {
		s, err = m.model(arm.run)
	}
	return seconds, s, err
}

// estimate takes a pool's training to be as much work as those of its domains by
// themselves, at the speed of the runs of its rung; and its model to be like the
// largest of theirs.
func (m *meter) estimate(rung, weighting string, domains []string) (seconds float64, s served, err error) {
	if !slices.ContainsFunc(m.estimated, func(d []string) bool { return slices.Equal(d, domains) }) {
		m.estimated = append(m.estimated, domains)
	}
	work := 0.0
	for _, d := range domains {
		arm := m.arms[armKey(rung, "", []string{d})]
		if arm == nil {
			continue
		}
		work += arm.work
		if !m.serving {
			continue
		}
		one, err := m.model(arm.run)
		if err != nil {
			return 0, s, err
		}
		s.flops, s.bytes = max(s.flops, one.flops), max(s.bytes, one.bytes)
	}
	if m.work[rung] > 0 {
		seconds = work * m.seconds[rung] / m.work[rung]
	}
	return seconds, s, nil
}

// model reads what the model of a run takes.
func (m *meter) model(run string) (served, error) {
	path := m.folder.Run(run).Model()
	if s, ok := m.read[path]; ok {
		return s, nil
	}
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return served{}, fmt.Errorf("appraisal: what serving takes is read from model.onnx, which run %s has not left; where a program of your own trains, let it leave one, or leave the prices of serving out", run)
	}
	if err != nil {
		return served{}, fmt.Errorf("appraisal: what serving takes: %w", err)
	}
	model, err := onnxio.Load(path)
	if err != nil {
		return served{}, fmt.Errorf("appraisal: what serving takes: %w", err)
	}
	values, err := onnxio.InferShapes(model)
	if err != nil {
		return served{}, fmt.Errorf("appraisal: %s: %w", path, err)
	}
	s := served{float64(onnxio.Totals(onnxio.Costs(model, values, nil)).FLOPs), float64(info.Size())}
	m.read[path] = s
	return s, nil
}

// seed is what one more seed of every arm of a rung and weighting takes, and how
// many there are of pools, in the mean.
func (m *meter) seed(rung, weighting string) (seconds float64, arms int, have float64) {
	pools := 0
	for key, arm := range m.arms {
		domains := m.domainsOf(arm.run)
		w := weighting
		if len(domains) == 1 {
			w = ""
		}
		if key != armKey(rung, w, domains) {
			continue
		}
		sum := 0.0
		for _, x := range arm.seconds {
			sum += x / float64(len(arm.seconds))
		}
		seconds += sum
		arms++
		if len(domains) > 1 {
			pools++
			have += float64(len(arm.seconds))
		}
	}
	if pools > 0 {
		have /= float64(pools)
	}
	return seconds, arms, have
}

func (m *meter) domainsOf(run string) []string {
	r, err := m.plan.Run(run)
	if err != nil {
		return nil
	}
	return r.Domains
}
