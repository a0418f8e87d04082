package tracking

import (
	"encoding/csv"
	"errors"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/sharewise/sharewise/analysis/atomicfile"
	"github.com/sharewise/sharewise/analysis/wording"
)

// tables are runs.csv, with a line for each run and a column for each parameter, and
// scalars.csv, with a line for each figure.
type tables struct {
	files         []*atomicfile.File
	runs, scalars *csv.Writer
}

// paramColumns are those of runs.csv: all that a run may have.
var paramColumns = []string{"study", "arm", "domains", "rung", "weighting", "seed", "fold", "epochs", "steps", "batch", "optimizer", "rate", "schedule", "hash", "sharewise"}

func newCSV(dir string) (*tables, error) {
	t := &tables{}
	for _, name := range []string{"runs.csv", "scalars.csv"} {
		f, err := atomicfile.NewFile(filepath.Join(dir, name))
		if err != nil {
			return nil, errors.Join(err, t.close())
		}
		t.files = append(t.files, f)
	}
	t.runs, t.scalars = csv.NewWriter(t.files[0]), csv.NewWriter(t.files[1])
	return t, errors.Join(
		t.runs.Write(slices.Concat([]string{"run"}, paramColumns, []string{"epoch", "seconds", "ended", "model"})),
		t.scalars.Write([]string{"run", "name", "epoch", "value"}))
}

func (t *tables) add(r *Run) error {
	row := []string{r.ID}
	for _, c := range paramColumns {
		i := slices.IndexFunc(r.Params, func(p Param) bool { return p.Name == c })
		if i < 0 {
			row = append(row, "")
			continue
		}
		row = append(row, wording.Cell(r.Params[i].Value))
	}
	row = append(row, strconv.Itoa(r.Done.Epoch), number(r.Done.Seconds), r.Ended.Format(time.RFC3339), wording.Cell(r.Model))
	if err := t.runs.Write(row); err != nil {
		return err
	}
	for _, s := range slices.Concat(r.Curves, r.Tests) {
		if err := t.scalars.Write([]string{r.ID, s.Name, strconv.Itoa(s.Epoch), number(s.Value)}); err != nil {
			return err
		}
	}
	return nil
}

func (t *tables) close() error {
	var errs []error
	for _, w := range []*csv.Writer{t.runs, t.scalars} {
		if w != nil {
			w.Flush()
			errs = append(errs, w.Error())
		}
	}
	for _, f := range t.files {
		errs = append(errs, f.Close())
	}
	return errors.Join(errs...)
}
