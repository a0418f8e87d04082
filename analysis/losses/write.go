package losses

import (
	"cmp"
	"fmt"
	"io"
	"iter"
	"math"
	"slices"

	"github.com/parquet-go/parquet-go"

	"github.com/sharewise/sharewise/analysis/atomicfile"
)

// rowGroupRows bounds the rows of a row group, and so the memory of a reader
// that takes one at a time.
const rowGroupRows = 1 << 20

// leastGroupRows is the number of rows from which on a row group ends where another
// domain begins, so that a reader of one domain need not read another's.
const leastGroupRows = 1 << 16

// writeChunk is the number of values handed to a column writer at once.
const writeChunk = 4096

// Names of the columns.
const (
	colDomain     = "domain"
	colSeed       = "seed"
	colSample     = "sample"
	colLoss       = "loss"
	colCorrect    = "correct"
	colLabel      = "label"
	colPrediction = "prediction"
	colConfidence = "confidence"
	colScore      = "score"
	colGroup      = "group"
	colTarget     = "target"
)

// WriteFile writes t to path as Parquet. The file appears complete or not at
// all.
func WriteFile(path string, t *Table) error {
	err := atomicfile.Write(path, func(w io.Writer) error { return Write(w, t) })
	if err != nil {
		return fmt.Errorf("losses: %w", err)
	}
	return nil
}

// OutputFile is [WriteFile] to a file that somebody named, which may be a pipe.
func OutputFile(path string, t *Table) error {
	err := atomicfile.Output(path, func(w io.Writer) error { return Write(w, t) })
	if err != nil {
		return fmt.Errorf("losses: %w", err)
	}
	return nil
}

// Write writes t to w as Parquet, its rows sorted by domain, seed and sample.
// t itself is left as it is.
func Write(w io.Writer, t *Table) error { return write(w, t, rowGroupRows) }

func write(w io.Writer, t *Table, groupRows int) error {
	if err := t.check(); err != nil {
		return err
	}
	order := t.order()
	if err := t.unique(order); err != nil {
		return err
	}
	columns := t.columns()
	fields := parquet.Group{}
	for _, c := range columns {
		fields[c.name] = c.node
	}
	options := []parquet.WriterOption{
		parquet.NewSchema("losses", fields),
		parquet.CreatedBy("sharewise", "1", "losses"),
		parquet.SortingWriterConfig(parquet.SortingColumns(
			parquet.Ascending(colDomain), parquet.Ascending(colSeed), parquet.Ascending(colSample))),
	}
	// Minimum and maximum of a column of floats help nobody here.
	for _, c := range append(t.floats(), float32Column{name: colLoss}) {
		options = append(options, parquet.SkipPageBounds(c.name))
	}
	out := parquet.NewGenericWriter[any](w, options...)
	for _, kv := range t.Meta.pairs() {
		out.SetKeyValueMetadata(kv[0], kv[1])
	}
	// parquet-go orders the columns of a group by name.
	slices.SortFunc(columns, func(a, b column) int { return cmp.Compare(a.name, b.name) })
	values := make([]parquet.Value, 0, writeChunk)
	for group := range t.rowGroups(order, groupRows) {
		rg := out.BeginRowGroup()
		for i, cw := range rg.ColumnWriters() {
			for rows := range slices.Chunk(group, writeChunk) {
				values = values[:0]
				for _, r := range rows {
					values = append(values, columns[i].value(r))
				}
				if _, err := cw.WriteRowValues(values); err != nil {
					return fmt.Errorf("column %s: %w", columns[i].name, err)
				}
			}
		}
		if _, err := rg.Commit(); err != nil {
			return err
		}
	}
	return out.Close()
}

// rowGroups divides sorted rows into those of row groups.
func (t *Table) rowGroups(order []int, most int) iter.Seq[[]int] {
	return func(yield func([]int) bool) {
		for len(order) > 0 {
			n := min(len(order), most)
			for i := leastGroupRows; i < n; i++ {
				if t.Domain[order[i]] != t.Domain[order[i-1]] {
					n = i
				}
			}
			if !yield(order[:n]) {
				return
			}
			order = order[n:]
		}
	}
}

// column is one column of the file: its type and its values by row of the
// table.
type column struct {
	name  string
	node  parquet.Node
	value func(row int) parquet.Value
}

// columns lists the columns that t has.
func (t *Table) columns() []column {
	// Snappy: two thirds of the bytes of no compression at the same speed. zstd
	// saves 4 % more and takes half as long again (BenchmarkWrite).
	pack := func(n parquet.Node) parquet.Node { return parquet.Compressed(n, &parquet.Snappy) }
	delta := func(n parquet.Node) parquet.Node { return parquet.Encoded(n, &parquet.DeltaBinaryPacked) }
	float := func(name string, v []float32) column {
		return column{name,
			pack(parquet.Encoded(parquet.Leaf(parquet.FloatType), &parquet.ByteStreamSplit)),
			func(r int) parquet.Value { return parquet.FloatValue(v[r]) }}
	}
	list := []column{
		{colDomain, pack(parquet.Encoded(parquet.String(), &parquet.RLEDictionary)),
			func(r int) parquet.Value { return stringValue(t.Domain[r]) }},
		{colSeed, pack(delta(parquet.Int(64))),
			func(r int) parquet.Value { return parquet.Int64Value(t.Seed[r]) }},
		float(colLoss, t.Loss),
	}
	if t.named() {
		list = append(list, column{colSample, pack(parquet.Encoded(parquet.String(), &parquet.DeltaByteArray)),
			func(r int) parquet.Value { return stringValue(t.Sample[r].String()) }})
	} else {
		list = append(list, column{colSample, pack(delta(parquet.Int(64))),
			func(r int) parquet.Value { return parquet.Int64Value(t.Sample[r].Number) }})
	}
	if t.Correct != nil {
		list = append(list, column{colCorrect, pack(parquet.Leaf(parquet.BooleanType)),
			func(r int) parquet.Value { return parquet.BooleanValue(t.Correct[r]) }})
	}
	if t.Label != nil {
		list = append(list, column{colLabel, pack(delta(parquet.Int(32))),
			func(r int) parquet.Value { return parquet.Int32Value(t.Label[r]) }})
	}
	if t.Group != nil {
		list = append(list, column{colGroup, pack(parquet.Encoded(parquet.String(), &parquet.RLEDictionary)),
			func(r int) parquet.Value { return stringValue(t.Group[r]) }})
	}
	for _, f := range t.floats() {
		if f.values != nil {
			list = append(list, float(f.name, f.values))
		}
	}
	return list
}

type float32Column struct {
	name   string
	values []float32 // nil where the table has none
}

// floats lists the columns that may be absent and may hold NaN.
func (t *Table) floats() []float32Column {
	list := []float32Column{{colPrediction, t.Prediction}, {colConfidence, t.Confidence}, {colScore, t.Score}, {colTarget, t.Target}}
	for k, o := range t.More {
		list = append(list,
			float32Column{outputColumn(colPrediction, k+2), o.Prediction},
			float32Column{outputColumn(colTarget, k+2), o.Target})
	}
	return list
}

func stringValue(s string) parquet.Value { return parquet.ByteArrayValue([]byte(s)) }

// named reports whether any sample has a name, which makes the column one of
// strings.
func (t *Table) named() bool {
	return slices.ContainsFunc(t.Sample, func(id SampleID) bool { return id.Name != "" })
}

// check returns an error when columns differ in length or a loss is not
// finite.
func (t *Table) check() error {
	n := t.Len()
	type length struct {
		name     string
		len      int
		optional bool
	}
	lengths := []length{
		{colDomain, len(t.Domain), false}, {colSeed, len(t.Seed), false}, {colSample, len(t.Sample), false},
		{colCorrect, len(t.Correct), t.Correct == nil}, {colLabel, len(t.Label), t.Label == nil},
		{colGroup, len(t.Group), t.Group == nil},
	}
	for i, c := range t.floats() {
		lengths = append(lengths, length{c.name, len(c.values), c.values == nil && i < 4})
	}
	for _, c := range lengths {
		if !c.optional && c.len != n {
			return fmt.Errorf("%w: column %s has %d rows, loss has %d", ErrShape, c.name, c.len, n)
		}
	}
	if n > 0 && len(t.More) > 0 && (t.Prediction == nil || t.Target == nil) {
		return fmt.Errorf("%w: there are further outputs and no prediction and target of the first", ErrShape)
	}
	for i, l := range t.Loss {
		if !finite(l) {
			return fmt.Errorf("%w: loss of sample %s of domain %s is %g; keep diverged runs out", ErrShape, t.Sample[i], t.Domain[i], l)
		}
	}
	return nil
}

func finite(v float32) bool { return !math.IsNaN(float64(v)) && !math.IsInf(float64(v), 0) }

// order returns the rows sorted by domain, seed and sample. A column of names
// is sorted as text, because that is what the file declares.
func (t *Table) order() []int {
	order := make([]int, t.Len())
	for i := range order {
		order[i] = i
	}
	sample := SampleID.Compare
	if t.named() {
		sample = func(a, b SampleID) int { return cmp.Compare(a.String(), b.String()) }
	}
	compare := func(a, b int) int {
		return cmp.Or(cmp.Compare(t.Domain[a], t.Domain[b]), cmp.Compare(t.Seed[a], t.Seed[b]), sample(t.Sample[a], t.Sample[b]))
	}
	if !slices.IsSortedFunc(order, compare) {
		slices.SortStableFunc(order, compare)
	}
	return order
}

// unique returns an error when two neighbours of a sorted order are the same
// sample of the same run.
func (t *Table) unique(order []int) error {
	for i := 1; i < len(order); i++ {
		a, b := order[i-1], order[i]
		if t.Sample[a] == t.Sample[b] && t.Seed[a] == t.Seed[b] && t.Domain[a] == t.Domain[b] {
			return fmt.Errorf("%w: domain %s, seed %d, sample %s", ErrDuplicate, t.Domain[a], t.Seed[a], t.Sample[a])
		}
	}
	return nil
}
