package dataset

import (
	"slices"

	"github.com/sharewise/sharewise/analysis/datafile"
	"github.com/sharewise/sharewise/analysis/study"
)

// tableReader reads tables, of text or Parquet.
type tableReader struct {
	*source
	*tableFacts
	offsets   settledOffsets    // of columns
	orders    map[string]string // of columns of dates: order of day, month and year
	codebooks []*codebook       // of columns of words
	shared    *sharedTable      // whose rows the domain takes
}

func newTableReader(s *source) *tableReader {
	return &tableReader{source: s, tableFacts: &tableFacts{}}
}

// tableFacts are what the tables of a domain show beside their rows.
type tableFacts struct {
	// tableFeatures are the features that the first table of the domain has;
	// given test data has the same.
	tableFeatures []string
	// columns are those of the table read last, named the names under
	// columns.ignore and columns.known that some table of the domain has.
	columns, named []string
	gapped         bool            // an input is missing
	worded         map[string]bool // columns that seemed empty, and whether they hold texts
	unlabelled     Drop            // the rows left out for want of a label
	// every holds all rows of the data, whether the domain uses them or not, where
	// the split is shared.
	every *store
}

// read reads one file, or all that match a pattern in the order of their
// names, as one table.
func (r *tableReader) read(f study.Files) (*store, error) {
	t, err := r.rowsOf(f)
	if err != nil {
		return nil, err
	}
	if t.st.rows() == 0 && len(t.elsewhere) > 0 && r.bin.count == 0 {
		return nil, t.nothingMatches(f.Path)
	}
	r.tableFeatures = t.features
	if t.written != nil {
		t.st.table = t.tableFacts
		return t.st, t.written.finish(r.source, t.st)
	}
	t.st.features, t.st.codebooks = append(slices.Clone(t.features), r.dateNames()...), r.codebooks
	t.st.shape = []int{len(t.st.features) + len(r.codebooks)}
	if t.kept == nil {
		t.kept = newRowKeeper(t.st.size(), r.budget, r.offsets)
	}
	if err := t.kept.settle(); err != nil {
		return nil, err
	}
	r.offsets = settledOffsets{true, t.kept.offset}
	t.st.offset = t.kept.offset
	t.st.table = t.tableFacts
	kept, err := t.kept.finish()
	t.st.values = numberBlocks{kept}
	return t.st, err
}

// rowsOf reads the rows of the domain, with those of others that take them from the
// same table.
func (r *tableReader) rowsOf(f study.Files) (*table, error) {
	if r.first && r.shared != nil {
		return r.shared.of(r, f.Path)
	}
	paths, err := r.tablePaths(f.Path)
	if err != nil {
		return nil, err
	}
	if err := r.settleOrders(paths); err != nil {
		return nil, err
	}
	own := r.newTaker()
	readParts(paths, []*taker{own})
	return own.table, own.err
}

// newTable returns an empty table with the features of the domain's first one.
func (r *tableReader) newTable() *table {
	t := &table{
		tableReader: r, Spelling: datafile.NewSpelling(r.d.Columns.Missing), st: &store{origin: &origins{}}, features: r.tableFeatures,
		elsewhere: map[string]bool{},
	}
	if r.codebooks == nil {
		for _, n := range r.d.Columns.Categorical {
			r.codebooks = append(r.codebooks, newCodebook(n))
		}
	}
	return t
}
