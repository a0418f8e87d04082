package losses

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// Set is the rows of all loss tables that some patterns name, to be taken domain by
// domain: where the tables are Parquet files with the same columns, only what is
// taken is read, so that memory is bounded by what the caller keeps. Other tables
// are read at once.
type Set struct {
	// Name says whose tables they are, in errors; for instance the flag that
	// names them.
	Name string
	// Meta is what all tables agree on.
	Meta Meta

	domains *names
	groups  *names
	members []member
	rows    map[Run]int
}

// Run is one domain under one seed.
type Run struct {
	Domain string
	Seed   int64
}

// member is one file of a set, or a table in memory.
type member struct {
	path      string
	table     *Table
	rowGroups [][]stretch // one for every row group; a table is one
}

// stretch is rows of one run that follow one another in a row group.
type stretch struct {
	domain   int32
	seed     int64
	from, to int
}

// scattered is the number of stretches that a row group may have for every one
// that rows in the order of files written here would have: beyond it, runs are too
// mixed up to be read one by one.
const scattered = 1 << 12

// Open looks at the tables in all files that match the patterns, as for [Read]. It
// reads domains and seeds, and all the rest where the files are not Parquet files
// with the same columns.
func Open(patterns ...string) (*Set, error) {
	paths, err := Files(patterns...)
	if err != nil {
		return nil, err
	}
	s := newSet()
	columns, whole := make([]string, len(paths)), make([]bool, len(paths))
	s.members = make([]member, len(paths))
	metas := make([]Meta, len(paths))
	err = eachOf(len(paths), func() func(i int) error {
		var x indexer
		return func(i int) error {
			f, err := s.openFile(paths[i])
			if f == nil {
				whole[i] = err == nil
				return err
			}
			defer f.close()
			s.members[i] = member{path: paths[i]}
			columns[i], metas[i] = strings.Join(f.known(), " "), f.meta
			_, err = guard(paths[i], func() (struct{}, error) {
				s.members[i].rowGroups, err = x.index(f, s.domains)
				return struct{}{}, err
			})
			whole[i] = errors.Is(err, errScattered)
			if whole[i] {
				return nil
			}
			return err
		}
	})
	if err != nil {
		return nil, err
	}
	if slices.Contains(whole, true) || len(slices.Compact(columns)) > 1 {
		t, err := Read(patterns...)
		if err != nil {
			return nil, err
		}
		return SetOf(t), nil
	}
	s.Meta = metas[0]
	for _, m := range metas[1:] {
		s.Meta = s.Meta.common(m)
	}
	s.count()
	if len(s.rows) == 0 {
		return nil, &FileError{Path: strings.Join(paths, ", "), Reason: "no rows"}
	}
	return s, nil
}

// SetOf returns the rows of a table.
func SetOf(t *Table) *Set {
	s := newSet()
	s.Meta = t.Meta
	var list []stretch
	var last *stretch
	for i := range t.Len() {
		if last == nil || t.Seed[i] != last.seed || t.Domain[i] != s.domains.list[last.domain] {
			list = append(list, stretch{s.domains.of([]byte(t.Domain[i])), t.Seed[i], i, i})
			last = &list[len(list)-1]
		}
		last.to = i + 1
	}
	s.members = []member{{table: t, rowGroups: [][]stretch{list}}}
	s.count()
	return s
}

func newSet() *Set { return &Set{domains: newNames(), groups: newNames(), rows: map[Run]int{}} }

// count counts the rows of every run.
func (s *Set) count() {
	for _, m := range s.members {
		for _, g := range m.rowGroups {
			for _, x := range g {
				s.rows[Run{s.domains.name(x.domain), x.seed}] += x.to - x.from
			}
		}
	}
}

// Rows is the number of rows of every run.
func (s *Set) Rows() map[Run]int { return s.rows }

// Domains lists the domains, sorted.
func (s *Set) Domains() []string {
	in := map[string]bool{}
	for r := range s.rows {
		in[r.Domain] = true
	}
	return slices.Sorted(maps.Keys(in))
}

// Group names the group of a number that a part has.
func (s *Set) Group(number int32) string { return s.groups.name(number) }

// Each hands all rows of some domains to f, part by part. Parts come from as many
// goroutines as there are processors at the same time, those of one file one after
// another. A part and its columns are valid until f returns.
func (s *Set) Each(domains []string, f func(*Part) error) error {
	wanted := make([]bool, len(s.domains.list))
	for _, d := range domains {
		if c, ok := s.domains.code[d]; ok {
			wanted[c] = true
		}
	}
	// The files with most to read first, so that the last ones are short.
	var order []int
	size := make([]int, len(s.members))
	for i, m := range s.members {
		for _, g := range m.rowGroups {
			for _, x := range g {
				if wanted[x.domain] {
					size[i] += x.to - x.from
				}
			}
		}
		if size[i] > 0 {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(size[j], size[i]) })
	err := eachOf(len(order), func() func(i int) error {
		b := &block{groups: s.groups}
		return func(i int) error { return s.read(&s.members[order[i]], b, wanted, f) }
	})
	if err != nil && s.Name != "" {
		err = fmt.Errorf("%s: %w", s.Name, err)
	}
	return err
}

// read hands out the wanted rows of one member.
func (s *Set) read(m *member, b *block, wanted []bool, f func(*Part) error) error {
	if m.table == nil {
		file, err := s.openFile(m.path)
		if err != nil {
			return err
		}
		if file == nil {
			return &FileError{Path: m.path, Reason: "has changed while it was read"}
		}
		defer file.close()
		b.file = file
		if len(file.file.RowGroups()) != len(m.rowGroups) {
			return &FileError{Path: m.path, Reason: "has changed while it was read"}
		}
	}
	first := int64(0)
	for i, g := range m.rowGroups {
		rows := 0
		if m.table == nil {
			rows = int(b.file.file.RowGroups()[i].NumRows())
		}
		part := slices.DeleteFunc(slices.Clone(g), func(x stretch) bool { return !wanted[x.domain] })
		if len(part) > 0 {
			b.begin(m.table, i, first, part[0].from, part[len(part)-1].to)
		}
		for _, x := range part {
			p := &Part{Run: Run{s.domains.name(x.domain), x.seed}, N: x.to - x.from, block: b, from: x.from, to: x.to}
			if err := f(p); err != nil {
				return err
			}
		}
		first += int64(rows)
	}
	return nil
}

// openedFile is a Parquet file that is open.
type openedFile struct {
	*parquetFile
	close func()
}

// openFile opens a Parquet file; it is nil where the file is of another kind.
func (s *Set) openFile(path string) (*openedFile, error) {
	f, kind, err := open(path)
	if err != nil {
		return nil, err
	}
	if kind != kindParquet {
		f.Close()
		return nil, nil
	}
	p, err := guard(path, func() (*parquetFile, error) { return openParquet(path, f, nil) })
	if err != nil {
		f.Close()
		return nil, err
	}
	return &openedFile{p, func() { f.Close() }}, nil
}

// known lists the columns of a file that we take, sorted.
func (p *parquetFile) known() []string {
	var list []string
	for _, n := range p.names() {
		if slices.Contains(textColumns, n) || furtherOutput.MatchString(n) {
			list = append(list, n)
		}
	}
	slices.Sort(list)
	return list
}

var errScattered = errors.New("runs are scattered")

// indexer finds the stretches of a file. Its memory is used again.
type indexer struct {
	domain []int32
	seed   []int64
}

func (x *indexer) index(f *openedFile, domains *names) ([][]stretch, error) {
	var out [][]stretch
	total, first := 0, int64(0)
	for _, rg := range f.file.RowGroups() {
		x.domain, x.seed = x.domain[:0], x.seed[:0]
		err := errors.Join(
			f.readColumn(f.column(colDomain), rg, first, func(v pageValues) (err error) {
				x.domain, err = appendCodes(x.domain, v, domains)
				return err
			}),
			f.readColumn(f.column(colSeed), rg, first, func(v pageValues) (err error) { x.seed, err = appendInts(x.seed, v); return err }),
		)
		if err != nil {
			return nil, err
		}
		rows := int(rg.NumRows())
		if len(x.domain) != rows || len(x.seed) != rows {
			return nil, &FileError{Path: f.path, Column: colSeed, Reason: fmt.Sprintf("has %d values and %s %d in a row group of %d rows", len(x.seed), colDomain, len(x.domain), rows)}
		}
		var list []stretch
		for i := 0; i < rows; {
			from, d, s := i, x.domain[i], x.seed[i]
			for i < rows && x.domain[i] == d && x.seed[i] == s {
				i++
			}
			list = append(list, stretch{d, s, from, i})
		}
		if total += len(list); total > scattered+rows/scattered {
			return nil, errScattered
		}
		out = append(out, list)
		first += int64(rows)
	}
	return out, nil
}

// eachOf calls what start returns, which is called once for every goroutine, with
// all numbers below n, and returns the error of the smallest. No more are begun
// after an error.
func eachOf(n int, start func() func(i int) error) error {
	errs := make([]error, n)
	var next, failed atomic.Int64
	var wait sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		f := start()
		wait.Go(func() {
			for failed.Load() == 0 {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				if errs[i] = f(i); errs[i] != nil {
					failed.Add(1)
				}
			}
		})
	}
	wait.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
