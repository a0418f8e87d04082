package train

import (
	"errors"
	"fmt"
	"math/rand/v2"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/losses"
	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/finetune"
	"github.com/sharewise/sharewise/onnxio/training"
)

// Point is a run's model at parameters of the caller's choice: what it is worth
// there, and where its loss falls. Nothing is trained. A point is for one goroutine
// at a time.
type Point struct {
	engine   *engine
	batches  *statistics
	slopes   []*slope    // by domain
	features []*features // by domain
}

// OpenPoint makes a point of a run, whose parameters and buffers are zero until
// they are set. The job's specification and observers are not used.
func OpenPoint(b exec.Backend, job *Job) (*Point, error) {
	if err := job.Validate(); err != nil {
		return nil, err
	}
	e := &engine{
		job: job, backend: b, options: exec.Options{Threads: job.Training.Threads},
		eval: make([]exec.Session, len(job.Domains)), evalRows: make([]int, len(job.Domains)),
	}
	e.vars[0] = map[string]*exec.Tensor{}
	for _, p := range e.model() {
		e.vars[0][p.Name] = exec.Zeros(onnxio.Float32, p.Shape...)
	}
	return &Point{engine: e, slopes: make([]*slope, len(job.Domains)), features: make([]*features, len(job.Domains))}, nil
}

// Domains are those of the job, divided as the run saw them.
func (p *Point) Domains() []*dataset.Domain { return p.engine.job.Domains }

// Trunk lists the parameters that all domains share and that train.
func (p *Point) Trunk() []training.Param {
	var out []training.Param
	for _, q := range p.engine.job.Program.Params {
		if q.Domain == "" && !q.Frozen {
			out = append(out, q)
		}
	}
	return out
}

// ErrMerged is returned for the trained model of a run with low-rank adapters.
var ErrMerged = errors.New("the low-rank adapters (model.adapters) were merged into the weights of the trained models, so that what was trained cannot be looked at on its own any more; " +
	"'sharewise cross' and 'sharewise subgroups' need the model only, and a study without model.adapters has all commands")

// Trained sets all parameters and buffers to those of a model that the run wrote.
// It fails for a model that has others, and with ErrMerged for one into whose weights
// low-rank adapters were merged.
func (p *Point) Trained(m *onnxio.Model) error {
	for _, q := range p.engine.model() {
		t := m.Graph.Initializer(q.Name)
		if t == nil {
			if finetune.IsAdapter(q.Name) {
				return ErrMerged
			}
			return fmt.Errorf("train: the trained model of run %s has no parameter %q", p.engine.job.Run.ID, q.Name)
		}
		v, err := t.Float32()
		if err != nil || len(v) != len(p.Values(q.Name)) {
			return fmt.Errorf("train: the trained model of run %s has a parameter %q of %v%v, not of shape %v", p.engine.job.Run.ID, q.Name, t.Type, t.Shape, q.Shape)
		}
		copy(p.Values(q.Name), v)
	}
	return nil
}

// Start is where a parameter stood before the run's first step.
func (p *Point) Start(q training.Param) []float32 {
	seed := p.engine.job.Run.Stream("init", q.Name)
	return training.Initialize(q, rand.New(rand.NewPCG(seed, 0)))
}

// Begin sets all parameters and buffers to where the run starts.
func (p *Point) Begin() {
	for _, q := range p.engine.model() {
		copy(p.Values(q.Name), p.Start(q))
	}
}

// Values are the elements of a parameter or buffer, which the caller may change.
func (p *Point) Values(name string) []float32 { return p.engine.values(name) }

// Loss is the mean loss of a domain, by its place in the job, over a split; NaN
// where the split is empty.
func (p *Point) Loss(domain int, split *dataset.Split) (float64, error) {
	loss, _, err := p.engine.meanLoss(domain, split, nil)
	return loss, err
}

// Table is an empty loss table of the run, for a split by its name, with all columns.
func (p *Point) Table(split string) *losses.Table { return p.engine.newTable(split) }

// Judge appends the losses of a domain's samples of a split to a table, as the run
// would have written them with these parameters. The domain is named by its place in
// the job. evaluate.Trim drops the columns that stay without meaning.
func (p *Point) Judge(t *losses.Table, domain int, split *dataset.Split) error {
	_, _, err := p.engine.meanLoss(domain, split, t)
	return err
}

// Close releases what the point holds.
func (p *Point) Close() error {
	errs := []error{p.engine.close()}
	if p.batches != nil {
		errs = append(errs, p.batches.session.Close())
	}
	for _, f := range p.features {
		if f != nil {
			errs = append(errs, f.session.Close())
		}
	}
	for _, s := range p.slopes {
		if s != nil {
			errs = append(errs, s.session.Close())
		}
	}
	return errors.Join(errs...)
}

// Normalised reports whether there are statistics for Recalibrate to set.
func (p *Point) Normalised() bool { return len(p.engine.job.Program.Buffers) > 0 }
