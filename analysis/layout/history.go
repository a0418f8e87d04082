package layout

import (
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/parquet-go/parquet-go"

	"github.com/sharewise/sharewise/analysis/atomicfile"
	"github.com/sharewise/sharewise/analysis/filelimit"
	"github.com/sharewise/sharewise/analysis/parquetfile"
	"github.com/sharewise/sharewise/analysis/study"
)

// HistoryRow is one line of history.parquet. Split says what it holds:
//
//	train     mean loss of the epoch's minibatches, the mean weight used, and how
//	          often none was found
//	val       mean loss and share of right answers after the epoch
//	gradient  cosine between the trunk gradients of Domain and Other, and what else
//	          is known of the two: means over the steps whose gradients were kept
//
// Figures that a line does not hold are NaN.
type HistoryRow struct {
	Epoch  int32   `parquet:"epoch"`
	Domain string  `parquet:"domain,dict"`
	Other  string  `parquet:"other,dict"`
	Split  string  `parquet:"split,dict"`
	Loss   float64 `parquet:"loss"`
	Weight float64 `parquet:"weight"`
	Cosine float64 `parquet:"cosine"`
	// Norm and OtherNorm are the lengths of the trunk gradients of Domain and
	// Other on lines of the split "gradient": where there was one step, with the
	// cosine they give the entries of the Gram matrix, gᵢ·gⱼ = cosine·norm·other_norm.
	Norm      float64 `parquet:"norm"`
	OtherNorm float64 `parquet:"other_norm"`
	// Accuracy is the share of validation samples that are right, where they
	// are right or wrong.
	Accuracy float64 `parquet:"accuracy"`
	// Unsolved is the number of steps of the epoch for whose gradients the weighting
	// found no weights, so that they were equal.
	Unsolved float64 `parquet:"unsolved"`
	// Steps is the number of steps that a line on gradients is the mean over; Opposed
	// is the share of them with a negative cosine.
	Steps   float64 `parquet:"steps"`
	Opposed float64 `parquet:"opposed"`
	// Ahead is gᵢ·gⱼ/Lⱼ, what a step for Domain would take off the loss of Other, to
	// first order, relative to that loss and for a learning rate of one; OtherAhead is
	// what one for Other would take off that of Domain.
	Ahead      float64 `parquet:"ahead"`
	OtherAhead float64 `parquet:"other_ahead"`
	// Curvature and OtherCurvature are |g(θ')−g(θ)|/|θ'−θ| over the epoch's last step
	// on its minibatch, of the gradients of Domain and Other.
	Curvature      float64 `parquet:"curvature"`
	OtherCurvature float64 `parquet:"other_curvature"`
}

// LeastLoss is the least loss that figures relative to a loss divide by.
const LeastLoss = 1e-6

// figures are the numbers of a row that may be missing, by their columns.
var figures = map[string]func(*HistoryRow) *float64{
	"loss":            func(r *HistoryRow) *float64 { return &r.Loss },
	"weight":          func(r *HistoryRow) *float64 { return &r.Weight },
	"cosine":          func(r *HistoryRow) *float64 { return &r.Cosine },
	"norm":            func(r *HistoryRow) *float64 { return &r.Norm },
	"other_norm":      func(r *HistoryRow) *float64 { return &r.OtherNorm },
	"accuracy":        func(r *HistoryRow) *float64 { return &r.Accuracy },
	"unsolved":        func(r *HistoryRow) *float64 { return &r.Unsolved },
	"steps":           func(r *HistoryRow) *float64 { return &r.Steps },
	"opposed":         func(r *HistoryRow) *float64 { return &r.Opposed },
	"ahead":           func(r *HistoryRow) *float64 { return &r.Ahead },
	"other_ahead":     func(r *HistoryRow) *float64 { return &r.OtherAhead },
	"curvature":       func(r *HistoryRow) *float64 { return &r.Curvature },
	"other_curvature": func(r *HistoryRow) *float64 { return &r.OtherCurvature },
}

// Clear makes all figures of a row NaN.
func (r *HistoryRow) Clear() {
	for _, at := range figures {
		*at(r) = math.NaN()
	}
}

// The splits of history rows.
const (
	TrainSplit    = "train"
	ValSplit      = "val"
	GradientSplit = "gradient"
)

// WriteHistory writes history.parquet with the run's identity as metadata.
func WriteHistory(path string, run study.Run, rows []HistoryRow) error {
	return atomicfile.Write(path, func(f io.Writer) error {
		w := parquet.NewGenericWriter[HistoryRow](f,
			parquet.CreatedBy("sharewise", "1", ""),
			parquet.KeyValueMetadata("run", run.ID),
			parquet.KeyValueMetadata("arm", run.Arm),
			parquet.KeyValueMetadata("domains", strings.Join(run.Domains, ",")),
			parquet.KeyValueMetadata("rung", run.Rung.Name),
			parquet.KeyValueMetadata("weighting", run.Weighting.Name),
			parquet.KeyValueMetadata("seed", strconv.Itoa(run.Seed)),
		)
		if _, err := w.Write(rows); err != nil {
			return err
		}
		return w.Close()
	})
}

// ReadHistory reads the history of a finished run. Files of earlier versions
// lack columns, whose figures then are NaN.
func ReadHistory(path string) ([]HistoryRow, error) {
	rows, err := readHistory(path)
	if err != nil {
		return nil, fmt.Errorf("read history %s: %w", path, err)
	}
	return rows, nil
}

func readHistory(path string) ([]HistoryRow, error) {
	f, err := filelimit.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	file, err := parquetfile.Open(f, info.Size())
	if err != nil {
		return nil, err
	}
	for _, name := range []string{"epoch", "domain", "other", "split", "loss", "weight", "cosine"} {
		if _, ok := file.Schema().Lookup(name); !ok {
			return nil, fmt.Errorf("has no column %s", name)
		}
	}
	rows, err := parquetfile.Guard(func() ([]HistoryRow, error) { return historyRows(file) })
	if err != nil {
		return nil, err
	}
	for name, at := range figures {
		if _, ok := file.Schema().Lookup(name); ok {
			continue
		}
		for i := range rows {
			*at(&rows[i]) = math.NaN()
		}
	}
	return rows, nil
}

// historyRows reads all rows, in pieces: what a file says of their number is only
// known to be true once they are there.
func historyRows(file *parquet.File) ([]HistoryRow, error) {
	r := parquet.NewGenericReader[HistoryRow](file)
	defer func() { _ = r.Close() }() // it was only read
	var rows []HistoryRow
	piece := make([]HistoryRow, 1024)
	for {
		n, err := r.Read(piece)
		rows = append(rows, piece[:n]...)
		switch {
		case errors.Is(err, io.EOF):
			return rows, nil
		case err != nil:
			return nil, err
		case n == 0:
			return nil, parquetfile.ErrDamaged
		}
	}
}
