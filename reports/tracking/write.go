package tracking

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/sharewise/sharewise/analysis/atomicfile"
	"github.com/sharewise/sharewise/analysis/layout"
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
// appears complete or not at all, and returns their number. What stands there is an
// error that matches fs.ErrExist, unless it may be replaced. It fails with ErrNoRuns
// where there is none.
func Write(dir string, format Format, folder layout.Folder, replace bool) (n int, err error) {
	plan, err := folder.ReadPlan()
	if err != nil {
		return 0, err
	}
	final, err := filepath.Abs(dir)
	if err != nil {
		return 0, err
	}
	err = atomicfile.WriteFolder(dir, replace, func(work string) error {
		var w writer
		switch format {
		case CSV:
			w, err = newCSV(work)
		case TensorBoard:
			w = &events{dir: work}
		case MLflow:
			w = newStore(work, final, plan)
		default:
			return fmt.Errorf("tracking: no format %q; there are %v", format, Formats)
		}
		if err != nil {
			return err
		}
		for run, err := range Read(folder) {
			if err == nil {
				err = w.add(run)
			}
			if err != nil {
				return errors.Join(err, w.close())
			}
			n++
		}
		if err := w.close(); err != nil {
			return err
		}
		if n == 0 {
			return ErrNoRuns
		}
		return nil
	})
	if err != nil {
		return 0, err
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
