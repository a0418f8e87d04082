package analysis

import (
	"cmp"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/parquet-go/parquet-go"

	"github.com/sharewise/sharewise/analysis/atomicfile"
	"github.com/sharewise/sharewise/analysis/effect"
)

// Names of the files that WriteTables writes.
const (
	TransferFile  = "transfer.parquet"
	MatrixFile    = "matrix.parquet"
	CapacityFile  = "capacity.parquet"
	WeightingFile = "weighting.parquet"
	OutputsFile   = "outputs.parquet"
	SourcesFile   = "sources.parquet"
)

// WriteTables writes the results as Parquet tables into dir, which must exist:
//
//	transfer.parquet   one row per arm, rung, weighting and domain: transfer and
//	                   interference, as fractions of samples or, where measure is
//	                   loss, in the units of the loss, of which loss_independent
//	                   is the mean; the placebo has rows with placebo true
//	matrix.parquet     one row per pool, rung, weighting and member: its gain
//	capacity.parquet   scores, gain and effect side by side, sorted so that the
//	                   rungs of one arm, weighting and domain follow each other
//	weighting.parquet  the same rows, sorted so that the weightings do
//	outputs.parquet    scores of every target or label, where a domain has several
//	sources.parquet    what leaving a member out of a pool showed: for every other
//	                   member, and, with an empty domain, on average
//
// Numbers that are not known are NaN. Equal results give equal bytes.
func (r *Results) WriteTables(dir string) error {
	summary := r.summaryRows()
	err := writeRows(filepath.Join(dir, TransferFile), r.transferRows())
	if err == nil {
		err = writeRows(filepath.Join(dir, MatrixFile), r.matrixRows())
	}
	if err == nil {
		slices.SortStableFunc(summary, func(a, b summaryRow) int {
			return cmp.Or(r.compareRows(a, b), cmp.Compare(slices.Index(r.Weightings, a.Weighting), slices.Index(r.Weightings, b.Weighting)),
				cmp.Compare(a.RungIndex, b.RungIndex))
		})
		err = writeRows(filepath.Join(dir, CapacityFile), summary)
	}
	if err == nil {
		slices.SortStableFunc(summary, func(a, b summaryRow) int {
			return cmp.Or(r.compareRows(a, b), cmp.Compare(a.RungIndex, b.RungIndex),
				cmp.Compare(slices.Index(r.Weightings, a.Weighting), slices.Index(r.Weightings, b.Weighting)))
		})
		err = writeRows(filepath.Join(dir, WeightingFile), summary)
	}
	if err == nil {
		err = writeRows(filepath.Join(dir, OutputsFile), r.outputRows())
	}
	if err == nil {
		err = writeRows(filepath.Join(dir, SourcesFile), r.sourceRows())
	}
	if err != nil {
		return fmt.Errorf("write tables: %w", err)
	}
	return nil
}

// compareRows orders by arm and domain, as the scores come.
func (r *Results) compareRows(a, b summaryRow) int {
	arm := func(s summaryRow) int {
		return slices.IndexFunc(r.Scores, func(x Score) bool { return x.Arm == s.Arm })
	}
	domain := func(s summaryRow) int {
		return slices.IndexFunc(r.Domains, func(d DomainInfo) bool { return d.Name == s.Domain })
	}
	return cmp.Or(cmp.Compare(arm(a), arm(b)), cmp.Compare(domain(a), domain(b)))
}

// transferRow is one Effect as columns. "t_" is transfer, "i_" interference.
type transferRow struct {
	Arm             string        `parquet:"arm,dict"`
	Rung            string        `parquet:"rung,dict"`
	Weighting       string        `parquet:"weighting,dict"`
	Domain          string        `parquet:"domain,dict"`
	Placebo         bool          `parquet:"placebo"`
	Measure         string        `parquet:"measure,dict"`
	Samples         int64         `parquet:"samples"`
	Groups          int64         `parquet:"groups"`
	SeedsA          int32         `parquet:"seeds_independent"`
	SeedsB          int32         `parquet:"seeds_arm"`
	AccuracyA       effect.Number `parquet:"accuracy_independent"`
	AccuracyB       effect.Number `parquet:"accuracy_arm"`
	LossA           effect.Number `parquet:"loss_independent"`
	LossB           effect.Number `parquet:"loss_arm"`
	Delta           float64       `parquet:"delta"`
	DeltaLo         float64       `parquet:"delta_lo"`
	DeltaHi         float64       `parquet:"delta_hi"`
	Floor           float64       `parquet:"floor"`
	FloorLo         float64       `parquet:"floor_lo"`
	FloorHi         float64       `parquet:"floor_hi"`
	TEstimate       effect.Number `parquet:"t_estimate"`
	TBoundLo        effect.Number `parquet:"t_bound_lo"`
	TBoundHi        effect.Number `parquet:"t_bound_hi"`
	TRaw            float64       `parquet:"t_raw"`
	TRawLo          float64       `parquet:"t_raw_lo"`
	TRawHi          float64       `parquet:"t_raw_hi"`
	TExcess         float64       `parquet:"t_excess"`
	TExcessLo       float64       `parquet:"t_excess_lo"`
	TExcessHi       float64       `parquet:"t_excess_hi"`
	TCrossfit       float64       `parquet:"t_crossfit"`
	TCrossfitLo     float64       `parquet:"t_crossfit_lo"`
	TCrossfitHi     float64       `parquet:"t_crossfit_hi"`
	TNormalised     effect.Number `parquet:"t_normalised"`
	IEstimate       effect.Number `parquet:"i_estimate"`
	IBoundLo        effect.Number `parquet:"i_bound_lo"`
	IBoundHi        effect.Number `parquet:"i_bound_hi"`
	IRaw            float64       `parquet:"i_raw"`
	IRawLo          float64       `parquet:"i_raw_lo"`
	IRawHi          float64       `parquet:"i_raw_hi"`
	IExcess         float64       `parquet:"i_excess"`
	IExcessLo       float64       `parquet:"i_excess_lo"`
	IExcessHi       float64       `parquet:"i_excess_hi"`
	ICrossfit       float64       `parquet:"i_crossfit"`
	ICrossfitLo     float64       `parquet:"i_crossfit_lo"`
	ICrossfitHi     float64       `parquet:"i_crossfit_hi"`
	INormalised     effect.Number `parquet:"i_normalised"`
	Changed         effect.Number `parquet:"changed"`
	Loss            float64       `parquet:"loss_reduction"`
	LossLo          float64       `parquet:"loss_reduction_lo"`
	LossHi          float64       `parquet:"loss_reduction_hi"`
	P               effect.Number `parquet:"p_no_effect"`
	PSmallest       effect.Number `parquet:"p_smallest"`
	Helped          int64         `parquet:"helped"`
	Harmed          int64         `parquet:"harmed"`
	Called          bool          `parquet:"called"`
	NeededAtMinimum int64         `parquet:"needed_at_minimum"`
	Warnings        string        `parquet:"warnings"`
}

func (r *Results) transferRows() []transferRow {
	var rows []transferRow
	for _, e := range r.Effects {
		rows = append(rows, e.row(false))
	}
	for _, e := range r.Placebo {
		rows = append(rows, e.row(true))
	}
	return rows
}

func (e *Effect) row(placebo bool) transferRow {
	t, i := e.Transfer, e.Interference
	return transferRow{
		Arm: e.Arm, Rung: e.Rung, Weighting: e.Weighting, Domain: e.Domain, Placebo: placebo, Measure: e.Measure,
		Samples: int64(e.Samples), Groups: int64(e.Groups), SeedsA: int32(e.Seeds.Independent), SeedsB: int32(e.Seeds.Arm),
		AccuracyA: e.Accuracy.Independent, AccuracyB: e.Accuracy.Arm, LossA: e.Loss.Independent, LossB: e.Loss.Arm, Delta: e.Delta.Value, DeltaLo: e.Delta.Lo, DeltaHi: e.Delta.Hi,
		Floor: t.Floor.Value, FloorLo: t.Floor.Lo, FloorHi: t.Floor.Hi,
		TEstimate: t.Estimate, TBoundLo: t.BoundLo, TBoundHi: t.BoundHi, TRaw: t.Raw.Value, TRawLo: t.Raw.Lo, TRawHi: t.Raw.Hi,
		TExcess: t.Excess.Value, TExcessLo: t.Excess.Lo, TExcessHi: t.Excess.Hi,
		TCrossfit: t.Crossfit.Value, TCrossfitLo: t.Crossfit.Lo, TCrossfitHi: t.Crossfit.Hi, TNormalised: t.Normalised,
		IEstimate: i.Estimate, IBoundLo: i.BoundLo, IBoundHi: i.BoundHi, IRaw: i.Raw.Value, IRawLo: i.Raw.Lo, IRawHi: i.Raw.Hi,
		IExcess: i.Excess.Value, IExcessLo: i.Excess.Lo, IExcessHi: i.Excess.Hi,
		ICrossfit: i.Crossfit.Value, ICrossfitLo: i.Crossfit.Lo, ICrossfitHi: i.Crossfit.Hi, INormalised: i.Normalised,
		Changed: e.Changed, Loss: e.LossReduction.Value, LossLo: e.LossReduction.Lo, LossHi: e.LossReduction.Hi,
		P: e.NoEffect.P, PSmallest: e.NoEffect.Smallest,
		Helped: int64(e.Calls.Helped), Harmed: int64(e.Calls.Harmed), Called: e.Calls.Called, NeededAtMinimum: int64(e.Calls.Needed),
		Warnings: strings.Join(e.Warnings, "; "),
	}
}

// matrixRow is one Gain as columns. For a pair, source is the other member.
type matrixRow struct {
	Arm        string  `parquet:"arm,dict"`
	Rung       string  `parquet:"rung,dict"`
	Weighting  string  `parquet:"weighting,dict"`
	Target     string  `parquet:"target,dict"`
	Source     string  `parquet:"source,dict"`
	Pool       string  `parquet:"pool,dict"`
	Members    int32   `parquet:"members"`
	Relative   float64 `parquet:"gain"`
	RelativeLo float64 `parquet:"gain_lo"`
	RelativeHi float64 `parquet:"gain_hi"`
	Absolute   float64 `parquet:"absolute"`
	AbsoluteLo float64 `parquet:"absolute_lo"`
	AbsoluteHi float64 `parquet:"absolute_hi"`
	P          float64 `parquet:"p"`
	Discovery  bool    `parquet:"discovery"`
	AllLo      float64 `parquet:"simultaneous_lo"`
	AllHi      float64 `parquet:"simultaneous_hi"`
	Metric     string  `parquet:"metric,dict"`
	Samples    int64   `parquet:"samples"`
	RunsA      int32   `parquet:"runs_independent"`
	RunsB      int32   `parquet:"runs_pool"`
	Warnings   string  `parquet:"warnings"`
}

func (r *Results) matrixRows() []matrixRow {
	var rows []matrixRow
	for _, g := range r.Gains {
		source := ""
		if len(g.Pool) == 2 {
			source = g.Pool[0]
			if source == g.Domain {
				source = g.Pool[1]
			}
		}
		rows = append(rows, matrixRow{
			Arm: g.Arm, Rung: g.Rung, Weighting: g.Weighting, Target: g.Domain, Source: source, Pool: strings.Join(g.Pool, ","), Members: int32(len(g.Pool)),
			Relative: g.Relative.Value, RelativeLo: g.Relative.Lo, RelativeHi: g.Relative.Hi,
			Absolute: g.Absolute.Value, AbsoluteLo: g.Absolute.Lo, AbsoluteHi: g.Absolute.Hi, P: g.P, Discovery: g.Discovery, AllLo: g.Simultaneous.Lo, AllHi: g.Simultaneous.Hi, Metric: g.Metric,
			Samples: int64(g.Samples), RunsA: int32(g.Seeds.Independent), RunsB: int32(g.Seeds.Arm), Warnings: strings.Join(g.Warnings, "; "),
		})
	}
	return rows
}

// summaryRow is everything about one arm, rung, weighting and domain.
type summaryRow struct {
	Arm                string  `parquet:"arm,dict"`
	Rung               string  `parquet:"rung,dict"`
	RungIndex          int32   `parquet:"rung_index"`
	Weighting          string  `parquet:"weighting,dict"`
	Domain             string  `parquet:"domain,dict"`
	Seeds              int32   `parquet:"seeds"`
	Loss               float64 `parquet:"loss"`
	LossLo             float64 `parquet:"loss_lo"`
	LossHi             float64 `parquet:"loss_hi"`
	Accuracy           float64 `parquet:"accuracy"`
	AccuracyLo         float64 `parquet:"accuracy_lo"`
	AccuracyHi         float64 `parquet:"accuracy_hi"`
	BalancedAccuracy   float64 `parquet:"balanced_accuracy"`
	BalancedAccuracyLo float64 `parquet:"balanced_accuracy_lo"`
	BalancedAccuracyHi float64 `parquet:"balanced_accuracy_hi"`
	ExactMatch         float64 `parquet:"exact_match"`
	ExactMatchLo       float64 `parquet:"exact_match_lo"`
	ExactMatchHi       float64 `parquet:"exact_match_hi"`
	AUC                float64 `parquet:"auc"`
	AUCLo              float64 `parquet:"auc_lo"`
	AUCHi              float64 `parquet:"auc_hi"`
	Precision          float64 `parquet:"average_precision"`
	PrecisionLo        float64 `parquet:"average_precision_lo"`
	PrecisionHi        float64 `parquet:"average_precision_hi"`
	R2                 float64 `parquet:"r2"`
	R2Lo               float64 `parquet:"r2_lo"`
	R2Hi               float64 `parquet:"r2_hi"`
	MAE                float64 `parquet:"mae"`
	MAELo              float64 `parquet:"mae_lo"`
	MAEHi              float64 `parquet:"mae_hi"`
	Measure            string  `parquet:"measure,dict"` // of transfer and interference; empty for independent runs
	Metric             string  `parquet:"metric,dict"`  // of the gain
	Gain               float64 `parquet:"gain"`
	GainLo             float64 `parquet:"gain_lo"`
	GainHi             float64 `parquet:"gain_hi"`
	Transfer           float64 `parquet:"transfer"`
	TransferLo         float64 `parquet:"transfer_bound_lo"`
	TransferHi         float64 `parquet:"transfer_bound_hi"`
	Interference       float64 `parquet:"interference"`
	InterferenceLo     float64 `parquet:"interference_bound_lo"`
	InterferenceHi     float64 `parquet:"interference_bound_hi"`
}

func (r *Results) summaryRows() []summaryRow {
	var rows []summaryRow
	for _, s := range r.Scores {
		row := summaryRow{
			Arm: s.Arm, Rung: s.Rung, RungIndex: int32(slices.Index(r.Rungs, s.Rung)), Weighting: s.Weighting, Domain: s.Domain, Seeds: int32(s.Seeds),
			Loss: s.Loss.Value, LossLo: s.Loss.Lo, LossHi: s.Loss.Hi,
		}
		put := func(v effect.Interval, to ...*float64) { *to[0], *to[1], *to[2] = v.Value, v.Lo, v.Hi }
		put(s.Accuracy, &row.Accuracy, &row.AccuracyLo, &row.AccuracyHi)
		put(s.BalancedAccuracy, &row.BalancedAccuracy, &row.BalancedAccuracyLo, &row.BalancedAccuracyHi)
		put(s.ExactMatch, &row.ExactMatch, &row.ExactMatchLo, &row.ExactMatchHi)
		put(s.AUC, &row.AUC, &row.AUCLo, &row.AUCHi)
		put(s.AveragePrecision, &row.Precision, &row.PrecisionLo, &row.PrecisionHi)
		put(s.R2, &row.R2, &row.R2Lo, &row.R2Hi)
		put(s.MAE, &row.MAE, &row.MAELo, &row.MAEHi)
		gain, transfer, interference := effect.Unknown(), effect.Unknown(), effect.Unknown()
		if g := r.Gain(s.Key); g != nil {
			gain, row.Metric = g.Relative, g.Metric
		}
		if e := r.Effect(s.Key); e != nil {
			row.Measure, transfer, interference = e.Measure, e.Transfer.Bounds(), e.Interference.Bounds()
		}
		put(gain, &row.Gain, &row.GainLo, &row.GainHi)
		put(transfer, &row.Transfer, &row.TransferLo, &row.TransferHi)
		put(interference, &row.Interference, &row.InterferenceLo, &row.InterferenceHi)
		rows = append(rows, row)
	}
	return rows
}

// outputRow is one target or label of a score.
type outputRow struct {
	Arm         string  `parquet:"arm,dict"`
	Rung        string  `parquet:"rung,dict"`
	Weighting   string  `parquet:"weighting,dict"`
	Domain      string  `parquet:"domain,dict"`
	Output      string  `parquet:"output,dict"`
	R2          float64 `parquet:"r2"`
	R2Lo        float64 `parquet:"r2_lo"`
	R2Hi        float64 `parquet:"r2_hi"`
	MAE         float64 `parquet:"mae"`
	MAELo       float64 `parquet:"mae_lo"`
	MAEHi       float64 `parquet:"mae_hi"`
	AUC         float64 `parquet:"auc"`
	AUCLo       float64 `parquet:"auc_lo"`
	AUCHi       float64 `parquet:"auc_hi"`
	Precision   float64 `parquet:"average_precision"`
	PrecisionLo float64 `parquet:"average_precision_lo"`
	PrecisionHi float64 `parquet:"average_precision_hi"`
}

func (r *Results) outputRows() []outputRow {
	var rows []outputRow
	for _, s := range r.Scores {
		add := func(name string, r2, mae, auc, precision effect.Interval) {
			rows = append(rows, outputRow{
				Arm: s.Arm, Rung: s.Rung, Weighting: s.Weighting, Domain: s.Domain, Output: name,
				R2: r2.Value, R2Lo: r2.Lo, R2Hi: r2.Hi, MAE: mae.Value, MAELo: mae.Lo, MAEHi: mae.Hi,
				AUC: auc.Value, AUCLo: auc.Lo, AUCHi: auc.Hi, Precision: precision.Value, PrecisionLo: precision.Lo, PrecisionHi: precision.Hi,
			})
		}
		for _, o := range s.Targets {
			add(o.Name, o.R2, o.MAE, effect.Unknown(), effect.Unknown())
		}
		for _, o := range s.Labels {
			add(o.Name, effect.Unknown(), effect.Unknown(), o.AUC, o.AveragePrecision)
		}
	}
	return rows
}

// writeRows writes one table.
func writeRows[T any](path string, rows []T) error {
	return atomicfile.Write(path, func(w io.Writer) error { return encodeRows(w, rows) })
}

func encodeRows[T any](w io.Writer, rows []T) error {
	out := parquet.NewGenericWriter[T](w, parquet.CreatedBy("sharewise", "1", "analysis"), parquet.Compression(&parquet.Snappy))
	if _, err := out.Write(rows); err != nil {
		return err
	}
	return out.Close()
}
