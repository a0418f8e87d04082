package drafting

import (
	"errors"
	"fmt"
	"slices"

	"github.com/sharewise/sharewise/analysis/study"

	"github.com/sharewise/sharewise/analysis/datafile"
)

// probeParquet guesses the roles of a Parquet file's columns from its first
// rows, or says why it is no table of samples.
func probeParquet(path string) (*find, error) {
	g := newTableGuess()
	var unread string
	err := parquetTexts(path, func(c parquetNames) {
		g.names, g.index = c.read, c.index
		g.takeLists(c.lists)
		if len(c.unread) > 0 {
			unread = "columns of texts in lists, of lists of different lengths and of bytes are not read: " + datafile.List(c.unread)
			g.note("%s", unread)
		}
	}, func(fields []string) bool {
		g.rows = append(g.rows, slices.Clone(fields))
		return len(g.rows) < probedRows
	})
	switch {
	case err != nil:
		return nil, err
	case len(g.rows) < fewestRows:
		return nil, errFewRows
	}
	g.takeNotation(datafile.NotationOf(g.byColumn(), g.columns))
	g.findUnits()
	f, err := g.find()
	if err != nil && unread != "" {
		return nil, fmt.Errorf("%w; %s; write lists with equally many numbers in each row, and pictures as files", err, unread)
	}
	return f, err
}

// probedRows is the number of rows that roles of columns are guessed from,
// fewestRows of those that a table has at least.
const (
	probedRows = 500
	fewestRows = 4
)

var (
	errFewRows   = errors.New("a table of fewer than 4 rows")
	errOneColumn = errors.New("a table of one column, or no table at all")
	errNoTarget  = errors.New("a table without a column to be predicted: each is the same in all rows, or counts them")
	errNoInput   = errors.New("a table without a column of numbers or of a few words for the inputs")
)

// newTableGuess returns a guess about a table without special spellings.
func newTableGuess() *tableGuess {
	columns := study.NewColumns()
	return &tableGuess{Spelling: datafile.NewSpelling(columns.Missing), columns: columns}
}
