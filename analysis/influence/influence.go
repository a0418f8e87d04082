package influence

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/stat"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/analysis/ranks"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/train"
	"github.com/sharewise/sharewise/analysis/versioned"
	"github.com/sharewise/sharewise/onnxio/exec"
)

// ErrNothing is returned where no run of the arm has finished.
var ErrNothing = errors.New("no run of the arm has finished")

// Config says what is looked at. The zero value is what the command does.
type Config struct {
	Arm  string // empty stands for joint
	Rung string // empty stands for the last
	// Samples of every domain have their gradients taken, at most so many for training
	// and for validation; 0 stands for 100.
	Samples int
	// Models of so many seeds are looked at; 0 stands for all.
	Models int
	// Checkpoints is at how many points of the training gradients are taken, for which
	// every model is trained once more; 0 takes them at the trained model alone.
	Checkpoints int
	// Listed samples of a domain, those that do most harm; 0 stands for 10.
	Listed int
}

// File is the content of influence.json.
type File struct {
	Version int    `json:"version"` // 1
	Study   string `json:"study"`
	Arm     string `json:"arm"`
	Rung    string `json:"rung"`
	Models  int    `json:"models"`
	// Checkpoints is the number of points of each training, at most its epochs; 0 where the
	// trained model is the only one.
	Checkpoints int      `json:"checkpoints,omitempty"`
	Pairs       []Pair   `json:"pairs"`
	Harmful     []Harm   `json:"harmful"`
	Check       *Check   `json:"check,omitempty"` // nil where no source was left out
	Notes       []string `json:"notes"`
}

// Pair is the score of a source for a target.
type Pair struct {
	Source string  `json:"source"`
	Target string  `json:"target"`
	Score  float64 `json:"score"` // mean over models
	Cosine float64 `json:"cosine"`
	// Brings is what leaving the source out showed, null where that was not trained.
	Brings effect.Interval `json:"brings"`
}

// Harm is a training sample whose gradient opposes the others' validation losses most.
type Harm struct {
	Domain string  `json:"domain"`
	Sample int64   `json:"sample"`
	Member string  `json:"member,omitempty"`
	Score  float64 `json:"score"` // sum over the other domains, mean over models
}

// Check holds scores against training again without the source.
type Check struct {
	Pairs int `json:"pairs"`
	// Score and Cosine are rank correlations with limits over sources, of four sources or more.
	Score  effect.Interval `json:"score"`
	Cosine effect.Interval `json:"cosine"`
	// Signs is the share of pairs whose sign the score has right, Usual that of the more
	// frequent sign.
	Signs float64 `json:"signs"`
	Usual float64 `json:"usual"`
}

// Read reads a folder's influence.json; nil where there is none.
func Read(folder layout.Folder) (*File, error) {
	f := &File{}
	err := versioned.Read(folder.Influence(), 1, f)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return f, nil
}

// Assess takes gradients at the trained models of a shared arm.
func Assess(ctx context.Context, b exec.Backend, p *project.Project, folder layout.Folder, c Config) (*File, error) {
	if err := versioned.Asked("samples, models or checkpoints", c.Samples, c.Models, c.Checkpoints, c.Listed); err != nil {
		return nil, fmt.Errorf("influence: %w", err)
	}
	c.Arm, c.Rung = cmp.Or(c.Arm, study.Joint), cmp.Or(c.Rung, p.Plan.Rungs[len(p.Plan.Rungs)-1])
	c.Samples, c.Listed = cmp.Or(c.Samples, 100), cmp.Or(c.Listed, 10)
	runs, err := p.Finished(folder, c.Arm, c.Rung)
	if err != nil {
		return nil, fmt.Errorf("influence: %w", err)
	}
	runs = slices.DeleteFunc(runs, func(r study.PlannedRun) bool { return r.Weighting.Name != runs[0].Weighting.Name || len(r.Domains) < 2 })
	if len(runs) == 0 {
		return nil, fmt.Errorf("influence: %w: %s at %s", ErrNothing, c.Arm, c.Rung)
	}
	if c.Models > 0 {
		runs = runs[:min(c.Models, len(runs))]
	}
	a := &assessment{Config: c, domains: runs[0].Domains, harm: map[sampleKey]*Harm{}}
	a.sums, a.cosines = square(len(a.domains)), square(len(a.domains))
	for _, r := range runs {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := a.run(ctx, b, p, folder, r); err != nil {
			return nil, fmt.Errorf("influence: run %s: %w", r.ID, err)
		}
	}
	out := &File{Version: 1, Study: p.Plan.Study, Arm: c.Arm, Rung: c.Rung, Models: len(runs), Checkpoints: a.used, Pairs: []Pair{}, Harmful: []Harm{}, Notes: a.notes}
	for i, source := range a.domains {
		for j, target := range a.domains {
			if i != j {
				out.Pairs = append(out.Pairs, Pair{source, target, a.sums[i][j] / float64(len(runs)), a.cosines[i][j] / float64(len(runs)), effect.Unknown()})
			}
		}
	}
	out.Harmful = a.harmful(len(runs))
	results, err := analysis.ReadResults(folder.Results())
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("influence: %w", err)
		}
		out.Notes = append(out.Notes, "without results.json, scores are held against nothing; analyze the study first")
		return out, nil
	}
	out.check(results, runs[0].Weighting.Name)
	return out, nil
}

type sampleKey struct {
	domain string
	sample int64
}

// assessment adds up scores over models.
type assessment struct {
	Config
	domains       []string
	sums, cosines [][]float64 // [source][target]
	used          int         // points of each training, the most of any
	harm          map[sampleKey]*Harm
	notes         []string
}

func square(n int) [][]float64 {
	out := make([][]float64, n)
	for i := range out {
		out[i] = make([]float64, n)
	}
	return out
}

// run adds the scores of one model.
func (a *assessment) run(ctx context.Context, b exec.Backend, p *project.Project, folder layout.Folder, r study.PlannedRun) (err error) {
	if a.Checkpoints == 0 {
		point, err := p.At(b, folder, r)
		if err != nil {
			return err
		}
		return errors.Join(a.at(point, 1, 1), point.Close())
	}
	done, err := folder.Run(r.ID).ReadDone(r.Hash)
	if err != nil {
		return err
	}
	steps, point, repeated, err := p.Along(ctx, b, folder, r, middles(done.Epoch, a.Checkpoints))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, point.Close()) }()
	if !repeated {
		a.note("trained again, models do not end where they did, as on another machine, or by other kernels or another ONNX Runtime: scores are those of such trainings")
	}
	a.used = max(a.used, len(steps))
	rates := 0.0
	for _, s := range steps {
		rates += s.Rate
	}
	for _, s := range steps {
		s.Set(point)
		equal := 1 / float64(len(steps))
		part := equal
		if rates > 0 { // as it is not where the only point is the end of a schedule that falls to zero
			part = s.Rate / rates
		}
		if err := a.at(point, part, equal); err != nil {
			return err
		}
	}
	return nil
}

// middles are the epochs in the middle of n equal parts of the training that led to a
// model, at most all.
func middles(epochs, n int) []int {
	n = min(n, epochs)
	var out []int
	for k := range n {
		out = append(out, (2*k+1)*epochs/(2*n)+1)
	}
	return out
}

func (a *assessment) note(n string) {
	if !slices.Contains(a.notes, n) {
		a.notes = append(a.notes, n)
	}
}

// at adds the scores at one point, with the parts that it has in products and in
// cosines.
func (a *assessment) at(point *train.Point, part, equal float64) (err error) {
	size := 0
	for _, q := range point.Trunk() {
		size += len(point.Values(q.Name))
	}
	if size == 0 {
		return fmt.Errorf("its trunk has nothing that trains")
	}
	n := len(a.domains)
	train, val, loss := make([][]float64, n), make([][]float64, n), make([]float64, n)
	gradient := make([]float32, size)
	for k, d := range point.Domains() {
		if d.Val.Len() == 0 {
			return fmt.Errorf("domain %s has no validation samples", d.Name)
		}
		if train[k], _, err = a.mean(point, k, d.Train, gradient, nil); err != nil {
			return err
		}
		if val[k], loss[k], err = a.mean(point, k, d.Val, gradient, nil); err != nil {
			return err
		}
	}
	for i := range n {
		for j := range n {
			if i == j {
				continue
			}
			product := dot(train[i], val[j])
			a.sums[i][j] += part * product / max(loss[j], 1e-12)
			if length := math.Sqrt(dot(train[i], train[i]) * dot(val[j], val[j])); length > 0 {
				a.cosines[i][j] += equal * product / length
			}
		}
	}
	for k, d := range point.Domains() {
		others := make([]float64, size)
		for j := range n {
			if j != k {
				for q, v := range val[j] {
					others[q] += v / max(loss[j], 1e-12)
				}
			}
		}
		if _, _, err = a.mean(point, k, d.Train, gradient, func(i int, g []float32) {
			key := sampleKey{d.Name, d.Train.ID(i)}
			if a.harm[key] == nil {
				a.harm[key] = &Harm{Domain: d.Name, Sample: key.sample, Member: d.Train.Member(i)}
			}
			for q, v := range g {
				a.harm[key].Score += part * float64(v) * others[q]
			}
		}); err != nil {
			return err
		}
	}
	return nil
}

// mean is the mean gradient and loss of samples of a split, which visit sees one by one.
func (a *assessment) mean(point *train.Point, k int, split *dataset.Split, gradient []float32, visit func(i int, g []float32)) ([]float64, float64, error) {
	sum, loss := make([]float64, len(gradient)), 0.0
	count := min(split.Len(), a.Samples)
	for at := range count {
		i := at * split.Len() / count
		l, err := point.Slope(k, split, i, gradient)
		if err != nil {
			return nil, 0, err
		}
		loss += l / float64(count)
		for q, v := range gradient {
			sum[q] += float64(v) / float64(count)
		}
		if visit != nil {
			visit(i, gradient)
		}
	}
	return sum, loss, nil
}

func dot(a, b []float64) float64 {
	sum := 0.0
	for k, v := range a {
		sum += v * b[k]
	}
	return sum
}

// harmful are the samples of each domain that oppose the others most.
func (a *assessment) harmful(models int) []Harm {
	out := []Harm{}
	for _, name := range a.domains {
		var own []Harm
		for _, h := range a.harm {
			if h.Domain == name && h.Score < 0 {
				x := *h
				x.Score /= float64(models)
				own = append(own, x)
			}
		}
		slices.SortFunc(own, func(x, y Harm) int { return cmp.Or(cmp.Compare(x.Score, y.Score), cmp.Compare(x.Sample, y.Sample)) })
		out = append(out, own[:min(len(own), a.Listed)]...)
	}
	return out
}

// check fills in what leaving sources out showed.
func (f *File) check(r *analysis.Results, weighting string) {
	if r.LeftOut == nil {
		return
	}
	var known []int
	for i := range f.Pairs {
		p := &f.Pairs[i]
		for k := range r.LeftOut.Effects {
			if e := &r.LeftOut.Effects[k]; e.Arm == f.Arm && e.At(f.Rung, weighting) && e.Source == p.Source && e.Domain == p.Target && e.Brings.Known() {
				p.Brings = e.Brings
				known = append(known, i)
			}
		}
	}
	if len(known) < 4 {
		return
	}
	c := &Check{Pairs: len(known)}
	positive, right := 0, 0
	for _, i := range known {
		if f.Pairs[i].Brings.Value > 0 {
			positive++
		}
		if (f.Pairs[i].Brings.Value > 0) == (f.Pairs[i].Score > 0) {
			right++
		}
	}
	n := float64(len(known))
	c.Signs, c.Usual = float64(right)/n, max(float64(positive), n-float64(positive))/n
	c.Score = f.correlation(known, func(p Pair) float64 { return p.Score }, r.Level)
	c.Cosine = f.correlation(known, func(p Pair) float64 { return p.Cosine }, r.Level)
	f.Check = c
}

// draws of the bootstrap over sources.
const draws = 2000

// leastSources is the number of sources below which drawing them anew says too little: of
// three, limits of 95 % leave out zero in 19 % of cases where there is nothing.
const leastSources = 4

// correlation is Spearman's over pairs, with limits by drawing sources anew.
func (f *File) correlation(pairs []int, score func(Pair) float64, level float64) effect.Interval {
	bySource := map[string][]int{}
	var names []string
	for _, i := range pairs {
		s := f.Pairs[i].Source
		if bySource[s] == nil {
			names = append(names, s)
		}
		bySource[s] = append(bySource[s], i)
	}
	of := func(list []int) float64 {
		var x, y []float64
		for _, i := range list {
			x, y = append(x, score(f.Pairs[i])), append(y, f.Pairs[i].Brings.Value)
		}
		return stat.Correlation(ranks.Of(x), ranks.Of(y), nil)
	}
	out := effect.Point(of(pairs))
	if len(names) < leastSources {
		return out
	}
	random := rand.New(rand.NewPCG(1, 9))
	var drawn []float64
	for range draws {
		var list []int
		for range names {
			list = append(list, bySource[names[random.IntN(len(names))]]...)
		}
		if v := of(list); !math.IsNaN(v) {
			drawn = append(drawn, v)
		}
	}
	if len(drawn) < draws/2 {
		return out
	}
	slices.Sort(drawn)
	out.Lo, out.Hi = stat.Quantile((1-level)/2, stat.Empirical, drawn, nil), stat.Quantile((1+level)/2, stat.Empirical, drawn, nil)
	return out
}
