package gaintable

import (
	"errors"
	"fmt"
	"math"

	"github.com/sharewise/sharewise/analysis/datafile"
	"github.com/sharewise/sharewise/analysis/filelimit"
	"github.com/sharewise/sharewise/analysis/parquetfile"
)

// readParquet reads a table from a Parquet file. Lines are its rows, from 1.
func readParquet(path string, how Reading) (*Table, error) {
	f, err := filelimit.Open(path)
	if err != nil {
		return nil, opening(path, err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return parquetfile.Guard(func() (*Table, error) {
		file, err := parquetfile.Open(f, info.Size())
		if err != nil {
			return nil, &Error{path, 0, err.Error()}
		}
		leaves := file.Root().Columns()
		var header []string
		for _, c := range leaves {
			header = append(header, c.Name())
		}
		at, notes, err := locate(path, header)
		if err != nil {
			var bad *Error
			if errors.As(err, &bad) {
				bad.Line = 0
			}
			return nil, err
		}
		b := newBuilder(path, at.measure() == colLoss, !how.Differences)
		b.table.Notes = notes
		line := 0
		for _, group := range file.RowGroups() {
			open := map[string]*datafile.ParquetColumn{}
			for _, name := range columnNames {
				if at[name] < 0 {
					continue
				}
				if !leaves[at[name]].Leaf() {
					return nil, &Error{path, 0, fmt.Sprintf("column %q has columns of its own, where one value a row must stand", name)}
				}
				text := name == colPool || name == colTarget
				c, err := datafile.OpenColumn(leaves[at[name]], group, !text)
				if err != nil {
					if !text {
						err = errors.New("is no column of numbers")
					}
					return nil, &Error{path, 0, fmt.Sprintf("column %q: %s", name, err)}
				}
				defer c.Pages.Close()
				open[name] = c
			}
			for range group.NumRows() {
				line++
				r := row{line: line}
				for _, c := range open {
					if err := c.Fetch(path); err != nil {
						return nil, located(path, err)
					}
				}
				r.pool, r.target = open[colPool].Texts[open[colPool].Next], open[colTarget].Texts[open[colTarget].Next]
				err := b.fill(&r, at.measure(), func(name string) (float64, error) {
					c := open[name]
					if c == nil {
						return math.NaN(), nil
					}
					v := c.Numbers[c.Next]
					if flaw := c.Flaw(); flaw != nil && flaw.Value != "" {
						return 0, errors.New(flaw.What() + "; leave out rows of pools that were not measured")
					}
					return v, nil
				})
				if err == nil {
					err = b.add(r)
				}
				if err != nil {
					return nil, err
				}
				for _, c := range open {
					c.Next++
				}
			}
		}
		return b.finish()
	})
}
