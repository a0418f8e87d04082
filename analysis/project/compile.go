package project

import (
	"fmt"
	"sync"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/train"
	"github.com/sharewise/sharewise/onnxio/kernels"
	"github.com/sharewise/sharewise/onnxio/training"
)

// mostPrograms is the number of compiled programs that are kept, by fold. Runs are
// trained seed by seed, so that an arm's next run comes after one run of every
// other arm. A study with more arms than this compiles their programs again for
// each seed, rather than hold the parameters of all its models in memory.
const mostPrograms = 256

// programs keeps compiled programs by arm and rung: runs that differ in seed or
// weighting alone train the same graphs.
type programs struct {
	mu   sync.Mutex
	made map[string]*compilation
}

// compilation is one compiled program. Whoever asks first compiles it, and the
// others wait for that.
type compilation struct {
	once    sync.Once
	program *training.Program
	err     error
}

// CompileError says that a run's graphs cannot be made: its model, its data and
// the study's settings do not go together. It appears when the first run of an
// arm is prepared.
type CompileError struct {
	Run string // its ID
	Err error
}

func (e *CompileError) Error() string { return e.Err.Error() }

// Unwrap returns what package training or autodiff says.
func (e *CompileError) Unwrap() error { return e.Err }

// compile returns the program of a run.
func (p *Project) compile(f *fold, r study.PlannedRun, domains []*dataset.Domain, form kernels.Form) (*training.Program, error) {
	key := fmt.Sprintf("%q %q %v %q %v %s %v", r.Rung.Name, r.BatchNorm, r.DomainAdapters, r.Domains, r.Rows, form, r.Weighting.FromGradients())
	f.programs.mu.Lock()
	c := f.programs.made[key]
	if c == nil {
		c = &compilation{}
		if f.programs.made == nil {
			f.programs.made = map[string]*compilation{}
		}
		if len(f.programs.made) < mostPrograms {
			f.programs.made[key] = c
		}
	}
	f.programs.mu.Unlock()
	c.once.Do(func() {
		c.program, c.err = train.Compile(train.Trunk{
			Model: f.trunks[r.Rung.Name], BatchNorm: r.BatchNorm, DomainAdapters: r.DomainAdapters, Freeze: p.Study.Model.Freeze, Whole: p.options.Whole,
			Gradients: r.Weighting.FromGradients(),
		}, domains, r.Rows, p.Study.Training, form)
	})
	if c.err != nil {
		return nil, &CompileError{r.ID, c.err}
	}
	return c.program, nil
}
