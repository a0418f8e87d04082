package suspects

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/losses"
	"github.com/sharewise/sharewise/analysis/policy"
	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/train"
	"github.com/sharewise/sharewise/analysis/versioned"
	"github.com/sharewise/sharewise/onnxio/exec"
)

// Config says how suspects are looked for. The zero value is what the command does.
type Config struct {
	Rung string // empty stands for the last
	// Samples of a split are looked at, at most; 0 stands for 4000.
	Samples int
	// Trunks of other domains judge the labels of one, at most so many of each seed; 0
	// stands for 3. Seeds is how many seeds do; 0 stands for 3.
	Trunks, Seeds int
}

// Assess looks for suspects among the samples of a study that was trained. It fails with
// ErrNothing where no independent model has finished.
func Assess(ctx context.Context, b exec.Backend, p *project.Project, folder layout.Folder, c Config) (*File, error) {
	if err := versioned.Asked("samples, trunks or seeds", c.Samples, c.Trunks, c.Seeds); err != nil {
		return nil, fmt.Errorf("suspects: %w", err)
	}
	if c.Rung == "" {
		c.Rung = p.Plan.Rungs[len(p.Plan.Rungs)-1]
	}
	for at, usual := range map[*int]int{&c.Samples: 4000, &c.Trunks: 3, &c.Seeds: 3} {
		if *at == 0 {
			*at = usual
		}
	}
	runs, err := p.Finished(folder, study.Independent, c.Rung)
	if err != nil {
		return nil, fmt.Errorf("suspects: %w", err)
	}
	if len(runs) == 0 {
		return nil, fmt.Errorf("suspects: %w", ErrNothing)
	}
	a := &assessment{Config: c, project: p, backend: b, folder: folder, runs: runs,
		out: &File{Version: 1, Study: p.Plan.Study, Rung: c.Rung, Domains: []Domain{}, Suspects: []Suspect{}, Notes: []string{}}}
	if a.rules, err = p.Study.Checker(); err != nil {
		return nil, fmt.Errorf("suspects: %w", err)
	}
	if err := a.labels(ctx); err != nil {
		return nil, fmt.Errorf("suspects: %w", err)
	}
	if err := a.tested(); err != nil {
		return nil, fmt.Errorf("suspects: %w", err)
	}
	a.copies()
	a.out.sort()
	return a.out, nil
}

// ErrNothing is returned where no independent run has finished.
var ErrNothing = errors.New("no independent run has finished, whose models judge labels")

// assessment looks for suspects.
type assessment struct {
	Config
	project *project.Project
	backend exec.Backend
	folder  layout.Folder
	runs    []study.PlannedRun
	rules   *policy.Checker
	out     *File
}

// domains are those of the first fold, of which training samples are looked at.
func (a *assessment) domains() []*dataset.Domain { return a.project.Tested()[0] }

func (a *assessment) note(format string, args ...any) {
	if n := fmt.Sprintf(format, args...); !slices.Contains(a.out.Notes, n) {
		a.out.Notes = append(a.out.Notes, n)
	}
}

// labels judges the labels of training samples.
func (a *assessment) labels(ctx context.Context) (err error) {
	points := map[string][]*train.Point{} // by domain, of several seeds
	defer func() {
		for _, list := range points {
			for _, p := range list {
				err = errors.Join(err, p.Close())
			}
		}
	}()
	for _, r := range a.runs {
		if name := r.Domains[0]; len(points[name]) < a.Seeds {
			p, err := a.project.At(a.backend, a.folder, r)
			if err != nil {
				return err
			}
			points[name] = append(points[name], p)
		}
	}
	for _, d := range a.domains() {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := a.labelsOf(ctx, d, points); err != nil {
			return fmt.Errorf("domain %s: %w", d.Name, err)
		}
	}
	return nil
}

func (a *assessment) labelsOf(ctx context.Context, d *dataset.Domain, points map[string][]*train.Point) error {
	a.out.Domains = append(a.out.Domains, Domain{Name: d.Name})
	own := &a.out.Domains[len(a.out.Domains)-1]
	if d.Task.Kind != dataset.Classification && d.Task.Kind != dataset.Binary {
		a.note("labels are judged of domains with classes, not of %s", d.Name)
		return nil
	}
	rows := spread(d.Train.Len(), a.Samples)
	if len(rows) < d.Train.Len() {
		a.note("labels of %d of %d training samples of %s were looked at", len(rows), d.Train.Len(), d.Name)
	}
	label := make([]int, len(rows))
	for k, i := range rows {
		label[k] = d.Train.Label(i)
	}
	b := newBallot(label, len(d.Task.Classes))
	if err := a.inputs(ctx, d, rows, b); err != nil {
		return err
	}
	taken := 0
	for _, other := range a.domains() {
		if other.Name == d.Name || taken == a.Trunks || !slices.Equal(other.Shape, d.Shape) || a.rules.RefuseAct(policy.Evaluation, []string{other.Name, d.Name}) != nil {
			continue
		}
		for k, p := range points[other.Name] {
			features, width, err := p.Features(0, d.Train, rows)
			if errors.Is(err, train.ErrHeadless) {
				continue
			}
			if err != nil {
				return err
			}
			if err := b.vote(ctx, features, width, uint64(k)); err != nil {
				return err
			}
		}
		taken++
	}
	few := 0
	for _, n := range b.sizes() {
		if n < fewest {
			few += int(n)
		}
	}
	if few > 0 {
		a.note("labels of %d of %d training samples of %s were not judged: their classes have fewer than %d", few, len(rows), d.Name, fewest)
	}
	own.Looked, own.Models = len(rows)-few, b.models
	for _, x := range b.disputes() {
		i := rows[x.sample]
		s := Suspect{Domain: d.Name, Split: layout.TrainSplit, Sample: d.Train.ID(i), Member: d.Train.Member(i), Reason: Disputed, Score: x.score}
		if !a.project.Study.Confidential(d.Name) {
			s.Label, s.Other = d.Task.Classes[label[x.sample]], d.Task.Classes[x.other]
		}
		own.Disputed++
		a.out.Suspects = append(a.out.Suspects, s)
	}
	return nil
}

// mostInputs is how many inputs a sample may have for these to judge labels too.
const mostInputs = 4096

// inputs judges labels by the inputs themselves, as often as a trunk.
func (a *assessment) inputs(ctx context.Context, d *dataset.Domain, rows []int, b *ballot) error {
	size := 1
	for _, k := range d.Shape {
		size *= k
	}
	if size > mostInputs {
		return nil
	}
	x := make([]float32, len(rows)*size)
	if err := d.Train.Gather(rows, x); err != nil {
		return err
	}
	for k := range a.Seeds {
		if err := b.vote(ctx, x, size, uint64(100+k)); err != nil {
			return err
		}
	}
	return nil
}

// Test labels are disputed where this share of at least so many models agree on another.
const (
	agreed     = 0.9
	leastVotes = 6
)

// tested judges the labels of test samples by what the runs say of them.
func (a *assessment) tested() error {
	type key struct {
		domain string
		sample int64
	}
	label, votes := map[key]int{}, map[key]map[int]int{}
	for _, r := range a.project.Plan.Runs {
		if r.Rung.Name != a.Rung {
			continue
		}
		if state, _, err := a.folder.State(r); err != nil || state != layout.StateDone {
			if err != nil {
				return err
			}
			continue
		}
		for t, err := range losses.Batches(a.folder.Run(r.ID).Losses()) {
			if err != nil {
				return err
			}
			if t.Label == nil || t.Prediction == nil {
				continue
			}
			for i, domain := range t.Domain {
				if t.Label[i] < 0 {
					continue
				}
				k := key{domain, t.Sample[i].Number}
				if votes[k] == nil {
					votes[k] = map[int]int{}
				}
				label[k] = int(t.Label[i])
				votes[k][int(t.Prediction[i])]++
			}
		}
	}
	for at := range a.out.Domains {
		own := &a.out.Domains[at]
		d := a.project.Domain(own.Name)
		if d.Task.Kind != dataset.Classification {
			continue // what a binary table predicts is no class
		}
		for _, domains := range a.project.Tested() {
			test := domains[slices.IndexFunc(domains, func(x *dataset.Domain) bool { return x.Name == own.Name })].Test
			for i := range test.Len() {
				k := key{own.Name, test.ID(i)}
				total, best := 0, -1
				for class, n := range votes[k] {
					if total += n; best < 0 || n > votes[k][best] || n == votes[k][best] && class < best {
						best = class
					}
				}
				share := float64(votes[k][best]) / float64(max(1, total))
				if total < leastVotes || best == label[k] || share < agreed {
					continue
				}
				own.TestDisputed++
				s := Suspect{Domain: own.Name, Split: testSplit, Sample: test.ID(i), Member: test.Member(i), Reason: Disputed, Score: share}
				if !a.project.Study.Confidential(own.Name) && best < len(d.Task.Classes) {
					s.Label, s.Other = d.Task.Classes[label[k]], d.Task.Classes[best]
				}
				a.out.Suspects = append(a.out.Suspects, s)
			}
		}
	}
	return nil
}

// copies looks for copies among the domains whose samples have one shape.
func (a *assessment) copies() {
	var done []int
	for i, d := range a.domains() {
		if slices.Contains(done, i) {
			continue
		}
		var alike []*dataset.Domain
		for k, other := range a.domains() {
			if slices.Equal(d.Shape, other.Shape) {
				alike, done = append(alike, other), append(done, k)
			}
		}
		for _, s := range newShelf(alike, a.Samples).copies() {
			a.out.Suspects = append(a.out.Suspects, s)
			for k := range a.out.Domains {
				if a.out.Domains[k].Name == s.Domain {
					a.out.Domains[k].Copies++
				}
			}
		}
	}
	for _, d := range a.domains() {
		if a.project.Study.Folds() > 1 {
			a.note("copies are looked for in the first of %d folds", a.project.Study.Folds())
		}
		for _, s := range splitsOf(d) {
			if s.Len() > a.Samples {
				a.note("copies are looked for among %d samples of a split, in equal steps", a.Samples)
			}
		}
	}
}
