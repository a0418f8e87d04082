package tracking

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/sharewise/sharewise/analysis/atomicfile"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/study"
)

// Format is what runs are written for.
type Format string

// The formats.
const (
	CSV         Format = "csv"
	TensorBoard Format = "tensorboard"
	MLflow      Format = "mlflow"
)

// Formats lists them all.
var Formats = []Format{CSV, TensorBoard, MLflow}

// ErrNoRuns is matched where no run has ended as planned.
var ErrNoRuns = errors.New("no run has ended as planned")

// ErrDomain is matched where a run's files name a domain that the run has not: names of
// domains become names of files.
var ErrDomain = errors.New("a domain that the run has not")

// writer takes in one run after another.
type writer interface {
	add(r *Run) error
	close() error
}

// Write writes the runs of a folder that ended as planned into the folder dir, which
// appears complete or not at all, and returns their number. It fails as [MayWrite] does, and
// with ErrNoRuns where there is none.
func Write(dir string, format Format, folder layout.Folder, replace bool, kept ...string) (n int, err error) {
	plan, err := folder.ReadPlan()
	if err != nil {
		return 0, err
	}
	final, err := filepath.Abs(dir)
	if err != nil {
		return 0, err
	}
	err = folders.Write(dir, replace, func(work string) error {
		n, err = fill(work, final, format, folder, plan)
		if err != nil {
			return err
		}
		return list(work, format)
	}, kept...)
	if err != nil {
		return 0, err
	}
	return n, nil
}

// fill writes all but the manifest into work, which will be the folder final.
func fill(work, final string, format Format, folder layout.Folder, plan *study.Plan) (n int, err error) {
	var w writer
	switch format {
	case CSV:
		w, err = newCSV(work)
	case TensorBoard:
		w = &events{dir: work}
	case MLflow:
		w = newStore(work, final, plan)
	default:
		return 0, fmt.Errorf("tracking: no format %q; there are %v", format, Formats)
	}
	if err != nil {
		return 0, err
	}
	for run, err := range Read(folder) {
		if err == nil {
			err = w.add(run)
		}
		if err != nil {
			return 0, errors.Join(err, w.close())
		}
		n++
	}
	if err := w.close(); err != nil {
		return 0, err
	}
	if n == 0 {
		return 0, ErrNoRuns
	}
	return n, nil
}

// write writes a file of a folder that is not seen yet, with what is above it.
func write(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	return atomicfile.NewBytes(path, data)
}
