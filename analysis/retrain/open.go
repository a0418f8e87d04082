package retrain

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/train"
)

// Config says what is trained on what.
type Config struct {
	// Model is an ONNX file.
	Model string
	// Study has the data, of which Domain is taken, and the settings of training
	// and seed; one that a program made is validated. Its models, arms and seeds do not matter.
	Study *study.Study
	// Domain may be empty where the study has one alone.
	Domain string
	// Tuning is what is made of the model before: where its head is put, how
	// weights start, which of them stay. Its trunk and rungs do not matter.
	Tuning study.Model
	// KeepHead trains the model with the outputs that it has; Tuning.Features may
	// name another value than the only output. A Softmax or Sigmoid at its end is
	// left out.
	KeepHead bool
	// Options are those of reading data and model: SkipBad, Memory, Set and Samples.
	Options project.Options
}

// DomainError says that a study does not have the domain that was asked for, or
// has several and none was.
type DomainError struct {
	Name  string // empty: none was asked for
	Known []string
}

func (e *DomainError) Error() string {
	if e.Name == "" {
		return fmt.Sprintf("the study has %d domains; choose one: %s", len(e.Known), strings.Join(e.Known, ", "))
	}
	return fmt.Sprintf("the study has no domain %q%s", e.Name, study.DidYouMean(e.Name, e.Known))
}

// Training is a model with the data that it is to be trained on.
type Training struct {
	// Project is the study of the one domain, with one run.
	Project *project.Project
	// Notes are what is worth knowing before.
	Notes []string

	config Config
	task   train.Task
	job    *train.Job
}

// Open reads the model and the data. Where the model keeps its head and states an
// order of classes that nobody else has said, it is followed, and a note says so.
// Errors are those of [project.Open], or a *DomainError.
func Open(ctx context.Context, c Config) (*Training, error) {
	s, err := c.study()
	if err != nil {
		return nil, err
	}
	o := c.Options
	o.Whole, o.Alone = c.KeepHead, true
	t := &Training{config: c}
	if t.Project, err = project.Open(ctx, s, o); err != nil {
		return nil, err
	}
	if err := c.allowed(t.Project.Learned(), s.Domains[0].Name); err != nil {
		return nil, err
	}
	stated := t.statedOrder()
	if stated != nil {
		s.Domains[0].Task.Classes = stated
		if t.Project, err = project.Open(ctx, s, o); err != nil {
			return nil, err
		}
	}
	t.Notes = append(t.Notes, t.Project.Study.Warnings...)
	if stated != nil {
		t.Notes = append(t.Notes, "classes are in the order that the model states: "+shortList(stated))
	}
	return t, nil
}

// allowed fails with policy.ErrForbidden where the study's rules forbid that one model
// learns the domain and those that it has learned before.
func (c Config) allowed(before []string, domain string) error {
	rules, err := c.Study.Checker()
	if err != nil {
		return err
	}
	learned := []string{domain}
	for _, name := range before {
		if name != domain {
			learned = append(learned, name)
		}
	}
	if err := rules.Refuse(learned); err != nil {
		return fmt.Errorf("%s: %w", c.Model, err)
	}
	return nil
}

// Domain is the domain that is trained on.
func (t *Training) Domain() *dataset.Domain { return t.Project.Domains[0] }

// study is what the data say, for one domain and one model.
func (c Config) study() (*study.Study, error) {
	name := c.Domain
	if name == "" && len(c.Study.Domains) == 1 {
		name = c.Study.Domains[0].Name
	}
	d := c.Study.Domain(name)
	if d == nil {
		e := &DomainError{Name: name}
		for _, d := range c.Study.Domains {
			e.Known = append(e.Known, d.Name)
		}
		return nil, e
	}
	path, err := filepath.Abs(c.Model)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(path); err != nil {
		return nil, err
	}
	s := c.Study.Only([]string{name})
	if len(s.Model.Rungs) == 0 { // a program made it
		if err := s.Validate(); err != nil {
			return nil, err
		}
	}
	s.Warnings, s.Arms, s.Model = nil, study.Arms{}, c.Tuning
	s.Model.Trunk = path
	s.Model.Rungs = []study.Rung{{Name: strings.TrimSuffix(filepath.Base(path), filepath.Ext(path)), Path: path}}
	s.Training.Sampling, s.Training.Conflict = study.Proportional, false
	return s, nil
}

// shortList lists the first classes.
func shortList(names []string) string {
	const most = 13
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return strings.Join(names[:most], ", ") + ", ..."
}
