package trainer

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/sharewise/sharewise/analysis/datafile"
	"github.com/sharewise/sharewise/analysis/delimited"
	"github.com/sharewise/sharewise/analysis/filekind"
	"github.com/sharewise/sharewise/analysis/filelimit"
	"github.com/sharewise/sharewise/analysis/parquetfile"
)

// frame is some columns of a table as texts.
type frame struct {
	path  string
	names []string // of all columns of the file, in lower case
	cols  map[string][]string
	lines []int // of a text file, where each row stands
	// places are where rows stand that were taken from other frames; nil where they were not.
	places []string
	// imported says that no program was called for the run.
	imported bool
	meta     map[string]string // of a Parquet file
	rows     int
}

// readFrame reads the columns that wanted is true for of a text file or a Parquet file,
// of at most most rows.
func readFrame(path string, wanted func(name string) bool, most int) (*frame, error) {
	if err := regular(path); err != nil {
		return nil, err
	}
	f, err := filelimit.Open(path)
	if err != nil {
		return nil, fmt.Errorf("trainer: %w", err)
	}
	defer f.Close()
	head, err := filekind.Head(f)
	if err != nil {
		return nil, fmt.Errorf("trainer: %w", err)
	}
	x := &frame{path: filepath.Base(path), cols: map[string][]string{}, meta: map[string]string{}}
	switch what := filekind.Of(head); {
	case len(head) == 0:
		return nil, bad("%s is empty", x.path)
	case bytes.HasPrefix(head, []byte("PAR1")):
		_, err = parquetfile.Guard(func() (struct{}, error) { return struct{}{}, x.parquet(f, wanted, most) })
		if err != nil && !errors.As(err, new(*Error)) {
			err = bad("%s: %v", x.path, err)
		}
		return x, err
	case what != "":
		return nil, bad("%s is %s", x.path, what)
	case !filekind.IsText(head):
		return nil, bad("%s is neither text nor Parquet", x.path)
	}
	return x, x.text(f, wanted, most)
}

// regular fails for what is no file of the program's folder, but a link or a pipe.
func regular(path string) error {
	if info, err := os.Lstat(path); err == nil && !info.Mode().IsRegular() {
		return bad("%s is no regular file", filepath.Base(path))
	}
	return nil
}

func (x *frame) tooMany(most int) error {
	return bad("%s has more than %d rows, which is more than there can be", x.path, most)
}

func (x *frame) text(r io.Reader, wanted func(string) bool, most int) error {
	none, first := rune(0), 0
	rows, err := delimited.Open(r, delimited.Settings{Name: x.path, Thousands: &none, Skip: &first})
	if err != nil {
		return bad("%s: %v", x.path, err)
	}
	header := rows.Names
	if header == nil {
		if header, err = rows.Next(); err != nil {
			return bad("%s: %v", x.path, err)
		}
		header = slices.Clone(header)
	}
	at := map[string]int{}
	for i, h := range header {
		name := strings.ToLower(strings.TrimSpace(h))
		x.names = append(x.names, name)
		if !wanted(name) {
			continue
		}
		if _, twice := at[name]; twice {
			return bad("%s: column %q occurs twice in the header", x.path, name)
		}
		at[name], x.cols[name] = i, []string{}
	}
	for {
		record, err := rows.Next()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return bad("%s: %v", x.path, err)
		case x.rows == most:
			return x.tooMany(most)
		}
		if record = delimited.Fit(header, record); len(record) != len(header) {
			return bad("%s, line %d: it has %d fields, the header has %d", x.path, rows.Line(), len(record), len(header))
		}
		for name, i := range at {
			v := strings.TrimSpace(record[i])
			if !rows.Plain() {
				if number, ok := rows.Point(v); ok {
					v = number
				}
			}
			x.cols[name] = append(x.cols[name], repeated(x.cols[name], v))
		}
		x.lines = append(x.lines, rows.Line())
		x.rows++
	}
}

// repeated takes the text before where it is the same, so that a column of equal texts
// takes little memory.
func repeated(column []string, v string) string {
	if n := len(column); n > 0 && column[n-1] == v {
		return column[n-1]
	}
	return strings.Clone(v)
}

func (x *frame) parquet(f *os.File, wanted func(string) bool, most int) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	file, err := parquetfile.Open(f, info.Size())
	if err != nil {
		return err
	}
	if file.NumRows() > int64(most) {
		return x.tooMany(most)
	}
	for _, kv := range file.Metadata().KeyValueMetadata {
		x.meta[kv.Key] = kv.Value
	}
	leaves := file.Root().Columns()
	for _, c := range leaves {
		x.names = append(x.names, strings.ToLower(c.Name()))
	}
	for k, c := range leaves {
		name := x.names[k]
		if !wanted(name) {
			continue
		}
		if _, twice := x.cols[name]; twice {
			return bad("%s: column %q occurs twice", x.path, name)
		}
		if !c.Leaf() {
			return bad("%s: column %q has columns of its own, where one value a row must stand, such as a+b for two domains", x.path, name)
		}
		x.cols[name] = []string{}
		for _, group := range file.RowGroups() {
			column, err := datafile.OpenColumn(c, group, false)
			if err != nil {
				return fmt.Errorf("column %q: %w", name, err)
			}
			for range group.NumRows() {
				if err := column.Fetch(x.path); err != nil {
					column.Pages.Close()
					return err
				}
				x.cols[name] = append(x.cols[name], repeated(x.cols[name], column.Texts[column.Next]))
				column.Next++
			}
			column.Pages.Close()
		}
		x.rows = len(x.cols[name])
	}
	return nil
}

func (x *frame) has(name string) bool { return x.cols[name] != nil }

// place says where a row stands.
func (x *frame) place(row int) string {
	if x.places != nil {
		return x.places[row]
	}
	if x.lines != nil {
		return fmt.Sprintf("%s, line %d", x.path, x.lines[row])
	}
	return fmt.Sprintf("%s, row %d", x.path, row+1)
}

// whole reads a whole number, which many tools write as 11.0.
func (x *frame) whole(name string, row int) (int64, error) {
	s := x.cols[name][row]
	if v, err := strconv.ParseInt(s, 10, 64); err == nil {
		return v, nil
	}
	const exact = 1 << 53
	if v, err := strconv.ParseFloat(s, 64); err == nil && v == math.Trunc(v) && math.Abs(v) <= exact {
		return int64(v), nil
	}
	return 0, bad("%s: %s %q is no whole number", x.place(row), name, s)
}

// number reads a number, NaN where there is none.
func (x *frame) number(name string, row int) (float64, error) {
	s := x.cols[name][row]
	if s == "" {
		return math.NaN(), nil
	}
	v, err := strconv.ParseFloat(s, 64)
	if err != nil && !math.IsInf(v, 0) {
		return 0, bad("%s: %s %q is no number", x.place(row), name, s)
	}
	return v, nil
}

// truth reads true or false.
func (x *frame) truth(name string, row int) (bool, error) {
	s := strings.ToLower(x.cols[name][row])
	switch s {
	case "true", "yes", "t":
		return true, nil
	case "false", "no", "f":
		return false, nil
	}
	if v, err := strconv.ParseFloat(s, 64); err == nil && (v == 0 || v == 1) {
		return v == 1, nil
	}
	return false, bad("%s: %s %q is none of true, false, 1, 0", x.place(row), name, x.cols[name][row])
}
