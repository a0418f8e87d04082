package dataset

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/sharewise/sharewise/analysis/study"
)

// table reads the files of one table into a store.
type table struct {
	*opener
	roles    *roles // of the file being read
	st       *store
	features []string
	rows     int64
	missing  map[string]bool
	// elsewhere are values that kept rows out of the domain, for the message
	// when none is left.
	elsewhere map[string]bool
}

// readTable reads one file, or all that match a pattern in the order of their
// names, as one table.
func (o *opener) readTable(f study.Files) (*store, error) {
	paths, err := o.tablePaths(f.Path)
	if err != nil {
		return nil, err
	}
	t := &table{opener: o, st: &store{}, missing: map[string]bool{"": true}, elsewhere: map[string]bool{}}
	for _, m := range o.d.Columns.Missing {
		t.missing[m] = true
	}
	t.features = o.tableFeatures
	for _, p := range paths {
		if err := t.readFile(p); err != nil {
			return nil, err
		}
	}
	if t.st.rows() == 0 && len(t.elsewhere) > 0 && o.bin.count == 0 {
		return nil, &Error{File: f.Path, Reason: fmt.Sprintf("no row has the values of columns.where; the first there are: %s", list(slices.Sorted(maps.Keys(t.elsewhere))))}
	}
	o.tableFeatures = t.features
	t.st.shape = []int{len(t.features)}
	t.st.features = t.features
	return t.st, nil
}

// tablePaths expands a pattern, in sorted order.
func (o *opener) tablePaths(pattern string) ([]string, error) {
	if !strings.ContainsAny(pattern, "*?[") {
		return []string{pattern}, nil
	}
	found, err := filepath.Glob(o.study.Path(pattern))
	if err != nil {
		return nil, &Error{File: pattern, Reason: "not a pattern: " + err.Error()}
	}
	if len(found) == 0 {
		if _, err := os.Stat(o.study.Path(pattern)); err == nil {
			return []string{pattern}, nil
		}
		return nil, &Error{File: pattern, Reason: "no file matches; relative paths start in the folder of the study file"}
	}
	slices.Sort(found)
	for i, p := range found {
		if rel, err := filepath.Rel(o.study.Path("."), p); err == nil && !filepath.IsAbs(pattern) {
			found[i] = filepath.ToSlash(rel)
		}
	}
	return found, nil
}

func (t *table) readFile(path string) error {
	r, err := t.openRecords(path)
	if err != nil {
		return err
	}
	defer r.f.os.Close()
	col := t.d.Columns
	has := len(col.Names) == 0
	if col.Header != nil {
		has = *col.Header
	}
	columns, first, err := r.header(col.Names, has)
	if err != nil {
		return err
	}
	var early []row // read before the roles of columns were known
	if first != nil {
		early = append(early, row{line: r.line, fields: first})
	}
	if t.features == nil && len(col.Features) == 0 {
		if early, err = t.peek(r, early); err != nil {
			return err
		}
	}
	if t.roles, err = t.resolve(path, columns, early, has); err != nil {
		return err
	}
	if t.features == nil {
		t.features = t.roles.featureNames
	}
	for _, e := range early {
		t.row(path, e)
	}
	for {
		fields, err := r.next()
		switch bad := new(Error); {
		case errors.Is(err, io.EOF):
			return t.finish(r.f)
		case errors.As(err, &bad) && bad.Line > 0:
			t.row(path, row{err: bad})
		case err != nil:
			return err
		default:
			t.row(path, row{line: r.line, fields: fields})
		}
		if t.rows%4096 == 0 && t.ctx.Err() != nil {
			return t.ctx.Err()
		}
	}
}

// row is a row as it was read, or what was wrong with it.
type row struct {
	line   int
	fields []string
	err    *Error
}

// peek reads some rows ahead, to see which columns hold numbers.
func (t *table) peek(r *records, early []row) ([]row, error) {
	for len(early) < 200 {
		fields, err := r.next()
		bad := new(Error)
		switch {
		case errors.Is(err, io.EOF):
			return early, nil
		case errors.As(err, &bad) && bad.Line > 0:
			early = append(early, row{err: bad})
		case err != nil:
			return nil, err
		default:
			early = append(early, row{line: r.line, fields: slices.Clone(fields)})
		}
	}
	return early, nil
}

// row adds one row to the store, or to the bin. Either way it has a number.
func (t *table) row(path string, r row) {
	id := t.rows
	t.rows++
	if r.err != nil {
		t.bin.add(r.err)
		return
	}
	line, fields := r.line, r.fields
	bad := func(column, value, reason string) {
		t.bin.add(&Error{File: path, Line: line, Column: column, Value: value, Reason: reason})
	}
	ro := t.roles
	if len(fields) != len(ro.columns) {
		bad("", "", fmt.Sprintf("%d fields, the table has %d columns", len(fields), len(ro.columns)))
		return
	}
	for _, w := range ro.where {
		if v := strings.TrimSpace(fields[w.column]); v != w.value {
			if len(t.elsewhere) < 100 {
				t.elsewhere[ro.columns[w.column]+"="+v] = true
			}
			return
		}
	}
	st := t.st
	values, targets := len(st.values), len(st.target)
	undo := func() { st.values, st.target = st.values[:values], st.target[:targets] }
	for _, group := range []struct {
		at  []int
		dst *[]float32
	}{{ro.features, &st.values}, {ro.targets, &st.target}} {
		for _, j := range group.at {
			v, reason := t.number(fields[j])
			if reason != "" {
				bad(ro.columns[j], fields[j], reason)
				undo()
				return
			}
			*group.dst = append(*group.dst, v)
		}
	}
	text := func(j int) (string, bool) {
		s := strings.TrimSpace(fields[j])
		if t.missing[s] {
			bad(ro.columns[j], "", "missing value")
			undo()
			return "", false
		}
		return strings.Clone(s), true
	}
	var class, group string
	p, ok := undecided, true
	if ro.label >= 0 {
		if class, ok = text(ro.label); !ok {
			return
		}
	}
	if ro.group >= 0 {
		if group, ok = text(ro.group); !ok {
			return
		}
	}
	if ro.split >= 0 {
		if p, ok = parts[strings.ToLower(strings.TrimSpace(fields[ro.split]))]; !ok {
			bad(ro.columns[ro.split], fields[ro.split], "neither train, validation nor test")
			undo()
			return
		}
	}
	if ro.label >= 0 {
		st.class = append(st.class, t.intern(class))
	}
	if ro.group >= 0 {
		st.group = append(st.group, t.intern(group))
	}
	st.member = append(st.member, path+":"+strconv.Itoa(line))
	st.part = append(st.part, p)
	st.id = append(st.id, id)
}

// parts are the words of a split column.
var parts = map[string]part{
	"train": inTrain, "training": inTrain,
	"val": inVal, "valid": inVal, "validation": inVal, "dev": inVal,
	"test": inTest, "testing": inTest,
}

// number reads a number, or says what is wrong with it.
func (t *table) number(s string) (float32, string) {
	s = strings.TrimSpace(s)
	if t.missing[s] {
		return 0, "missing value"
	}
	if t.d.Columns.Decimal == "comma" {
		s = strings.Replace(s, ",", ".", 1)
	}
	v, err := strconv.ParseFloat(s, 64)
	switch {
	case errors.Is(err, strconv.ErrRange), math.IsInf(v, 0):
		return 0, "not finite"
	case err != nil && t.d.Columns.Decimal != "comma" && strings.Count(s, ",") == 1 && isNumber(strings.Replace(s, ",", ".", 1)):
		return 0, "not a number; for decimal commas set columns.decimal: comma"
	case err != nil:
		return 0, "not a number"
	case math.IsNaN(v):
		return 0, "not a number"
	case math.Abs(v) > math.MaxFloat32:
		return 0, "too large for a 32-bit number"
	}
	return float32(v), ""
}

func isNumber(s string) bool {
	_, err := strconv.ParseFloat(s, 64)
	return err == nil
}
