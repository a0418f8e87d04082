package project

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/sharewise/sharewise/analysis/datafile"
	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/onnxio"
)

// ErrModelChanged is matched where the file of a model, or one of its weights, is not
// what it was when it was read.
var ErrModelChanged = errors.New("training may have begun from other weights than the file has now, and its results are not kept. Put the file back, or run again to train what is there now")

// modelFiles are those that a rung's model was read from.
type modelFiles struct {
	mu    sync.Mutex
	files []*layout.Watched
}

// watchModel takes down what the files of a rung's model are before it is read, once.
func (p *Project) watchModel(r study.Rung) error {
	if p.watched[r.Name] != nil {
		return nil
	}
	began := time.Now()
	names, err := onnxio.FilesOf(p.Study.Path(r.Path))
	if err != nil {
		return err
	}
	w := &modelFiles{}
	for _, name := range names {
		sum, err := layout.HashFile(name)
		if err != nil {
			continue // reading the model says why
		}
		if f := layout.Watch(name, sum, began); f != nil {
			w.files = append(w.files, f)
		}
	}
	p.watched[r.Name] = w
	return nil
}

// Steady returns an error where a file of data or of a model is not what was read, for what was computed of it
// beside training, as [dataset.Steady] does.
func (p *Project) Steady(ctx context.Context) error {
	if err := dataset.Steady(ctx, p.Tested()); err != nil {
		return err
	}
	for _, r := range p.Study.Model.Rungs {
		if err := p.unchangedModel(r.Name, false); err != nil {
			return err
		}
	}
	return nil
}

// unchangedModel makes sure that the files of a rung's model are what they were when it
// was read; with thorough set it reads them again. The error matches [ErrModelChanged].
func (p *Project) unchangedModel(rung string, thorough bool) error {
	w := p.watched[rung]
	if w == nil { // made by the program
		return nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, f := range w.files {
		what, err := f.Changed(thorough)
		if err != nil {
			what = "cannot be read any more: " + strings.TrimPrefix(datafile.Unreadable(err), "cannot be read: ")
		}
		if what != "" {
			return fmt.Errorf("model of rung %s: %s %s; %w", rung, filepath.Base(f.Path()), what, ErrModelChanged)
		}
	}
	return nil
}
