package dataset

import (
	"fmt"
	"os"

	"github.com/parquet-go/parquet-go"

	"github.com/sharewise/sharewise/analysis/parquetfile"
	"github.com/sharewise/sharewise/analysis/study"
)

// probeParquet guesses the roles of a Parquet file's columns from its first
// rows, or returns nil where there is no table of numbers.
func probeParquet(path string) *find {
	names, rows, err := parquetHead(path, 500)
	if err != nil || len(rows) < 4 {
		return nil
	}
	g := newTableGuess()
	g.names, g.rows = names, rows
	return g.find()
}

// parquetHead returns the names of a file's columns that are not nested, and
// the texts of its first rows.
func parquetHead(path string, most int) (names []string, rows [][]string, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, nil, err
	}
	file, err := parquetfile.Open(f, info.Size())
	if err != nil {
		return nil, nil, err
	}
	_, err = parquetfile.Guard(func() (struct{}, error) {
		names, rows, err = headOf(file, path, most)
		return struct{}{}, err
	})
	return names, rows, err
}

func headOf(file *parquet.File, path string, most int) (names []string, rows [][]string, err error) {
	groups := file.RowGroups()
	if len(groups) == 0 {
		return nil, nil, fmt.Errorf("%s has no rows", path)
	}
	n := min(most, int(groups[0].NumRows()))
	rows = make([][]string, n)
	for _, column := range file.Root().Columns() {
		c, err := openColumn(column, groups[0], false)
		if err != nil {
			continue // cannot be an input either
		}
		defer c.pages.Close()
		names = append(names, column.Name())
		for i := range rows {
			if err := c.fetch(path); err != nil {
				return nil, nil, err
			}
			rows[i] = append(rows[i], c.texts[c.at])
			c.at++
		}
	}
	return names, rows, nil
}

// newTableGuess returns a guess about a table without special spellings.
func newTableGuess() *tableGuess {
	o := &opener{study: &study.Study{}}
	o.d.Columns = study.NewColumns()
	return &tableGuess{table: o.newTable(), columns: study.NewColumns()}
}

// find guesses the roles and returns what was found, or nil.
func (g *tableGuess) find() *find {
	g.roles()
	if g.numbers < 1 {
		return nil
	}
	what := fmt.Sprintf("a table of %d columns", len(g.names))
	return &find{what: what, columns: g.columns, text: g.text, notes: g.notes}
}
