package drafting

import (
	"errors"
	"io"

	"github.com/parquet-go/parquet-go"

	"github.com/sharewise/sharewise/analysis/delimited"
	"github.com/sharewise/sharewise/analysis/filelimit"
	"github.com/sharewise/sharewise/analysis/parquetfile"
	"github.com/sharewise/sharewise/analysis/study"

	"github.com/sharewise/sharewise/analysis/datafile"

	"github.com/sharewise/sharewise/analysis/dataset"
)

// eachRow hands the rows of a find's files to visit, as texts, in the order of
// its columns; valid until visit returns. Rows that cannot be read are left out.
func (f *find) eachRow(visit func(fields []string)) error {
	for _, p := range f.paths {
		var err error
		if f.format == study.Parquet {
			err = parquetTexts(p, nil, func(fields []string) bool {
				visit(fields)
				return true
			})
		} else {
			err = f.eachLine(p, visit)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (f *find) eachLine(p string, visit func(fields []string)) error {
	r, err := datafile.OpenRecords(p, p, f.columns, filelimit.Limits{})
	if err != nil {
		return err
	}
	defer r.Close()
	_, first, err := r.Header(nil, f.columns.Header == nil || *f.columns.Header)
	if err != nil {
		return err
	}
	take := func(fields []string) {
		if fields = delimited.Fit(f.names, fields); len(fields) == len(f.names) {
			visit(fields)
		}
	}
	if first != nil {
		take(first)
	}
	bad := new(dataset.Error)
	for {
		fields, err := r.Next()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.As(err, &bad) && bad.Line > 0:
		case err != nil:
			return err
		default:
			take(fields)
		}
	}
}

// parquetTexts hands the rows of a Parquet file to visit, until it returns
// false: the texts of the columns that have one value in a row, and nothing for those of lists of
// numbers. It gives the names to columns first, if that is not nil.
func parquetTexts(p string, columns func(parquetNames), visit func(fields []string) bool) error {
	f, err := filelimit.Open(p)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	file, err := parquetfile.Open(f, info.Size())
	if err != nil {
		return err
	}
	_, err = parquetfile.Guard(func() (struct{}, error) {
		var fields []datafile.ParquetField
		var bytes []string
		for _, c := range datafile.ParquetFields(file) {
			if c.HoldsBytes(file) {
				bytes = append(bytes, c.Name)
			} else {
				fields = append(fields, c)
			}
		}
		for k, group := range file.RowGroups() {
			more, err := groupTexts(p, fields, group, func(found parquetNames) {
				if k == 0 && columns != nil {
					found.index = datafile.PandasIndex(file)
					found.unread = append(found.unread, bytes...)
					columns(found)
				}
			}, visit)
			if err != nil || !more {
				return struct{}{}, err
			}
		}
		return struct{}{}, nil
	})
	return err
}

// parquetNames are the columns of a Parquet file.
type parquetNames struct {
	read, unread []string       // by whether there is a text for each row
	lists        map[string]int // lengths of the lists of columns that are read
	index        []string       // that name the rows, as pandas says
}

func groupTexts(p string, columns []datafile.ParquetField, group parquet.RowGroup, names func(parquetNames), visit func(fields []string) bool) (more bool, err error) {
	var open []*datafile.ParquetColumn // of those that are read; nil for lists
	defer func() {
		for _, c := range open {
			if c != nil {
				c.Pages.Close()
			}
		}
	}()
	found := parquetNames{lists: map[string]int{}}
	for _, column := range columns {
		if column.Length > 0 {
			found.lists[column.Name] = column.Length
			found.read, open = append(found.read, column.Name), append(open, nil)
			continue
		}
		c, err := column.Open(group, false)
		if err != nil {
			found.unread = append(found.unread, column.Name) // and cannot be an input either
			continue
		}
		found.read, open = append(found.read, column.Name), append(open, c)
	}
	names(found)
	fields := make([]string, len(found.read))
	for range int(group.NumRows()) {
		for i, c := range open {
			if c == nil {
				continue
			}
			if err := c.Fetch(p); err != nil {
				return false, err
			}
			fields[i] = c.Texts[c.Next]
			c.Next++
		}
		if !visit(fields) {
			return false, nil
		}
	}
	return true, nil
}
