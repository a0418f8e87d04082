package losses

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// gather puts the parts of a set into a table again, in the order of [Write].
func gather(t *testing.T, s *Set, domains []string) *Table {
	t.Helper()
	out := &Table{}
	var mu sync.Mutex
	err := s.Each(domains, func(p *Part) error {
		part, err := p.Columns(Correct | Label | Prediction | Confidence | Score | Targets)
		if err != nil {
			return err
		}
		ids, err := p.Samples()
		if err != nil {
			return err
		}
		groups, err := p.Groups()
		if err != nil {
			return err
		}
		for i := range p.N {
			part.Domain, part.Seed, part.Sample = append(part.Domain, p.Domain), append(part.Seed, p.Seed), append(part.Sample, ids.At(i))
		}
		for _, g := range groups {
			part.Group = append(part.Group, s.Group(g))
		}
		mu.Lock()
		defer mu.Unlock()
		if out.Len() == 0 {
			*out = *part // columns that are there
			out.Loss, out.Correct, out.Label = slices.Clone(part.Loss), slices.Clone(part.Correct), slices.Clone(part.Label)
			out.Prediction, out.Confidence = slices.Clone(part.Prediction), slices.Clone(part.Confidence)
			out.Score, out.Target = slices.Clone(part.Score), slices.Clone(part.Target)
			for k, o := range out.More {
				out.More[k] = Output{slices.Clone(o.Prediction), slices.Clone(o.Target)}
			}
			return nil
		}
		out.append(part)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return sorted(out)
}

func sorted(t *Table) *Table {
	var buf bytes.Buffer
	if err := Write(&buf, t); err != nil {
		panic(err)
	}
	path := filepath.Join(os.TempDir(), fmt.Sprintf("losses-%d.parquet", rand.Uint64()))
	defer os.Remove(path)
	if err := os.WriteFile(path, buf.Bytes(), 0o600); err != nil {
		panic(err)
	}
	out, err := ReadFile(path)
	if err != nil {
		panic(err)
	}
	return out
}

// writeGroups writes a table in row groups of so many rows.
func writeGroups(t *testing.T, path string, table *Table, rows int) string {
	t.Helper()
	var buf bytes.Buffer
	if err := write(&buf, table, rows); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, buf.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// A set has the rows that Read has, however they lie in files.
func TestSet(t *testing.T) {
	p := func(f float64) *float64 { return &f }
	s := func(s string) *string { return &s }
	b := func(b bool) *bool { return &b }
	named := &Table{
		Domain: []string{"x", "x", "x", "y"}, Seed: []int64{1, 1, 2, 1},
		Sample: []SampleID{{Number: 12}, {Name: "board/7.png"}, {Name: "é"}, {Name: "board/7.png"}}, Loss: []float32{1, 2, 3, 4},
		Prediction: []float32{1, 2, 3, 4}, Target: []float32{1, 2, float32(math.NaN()), 0}, Group: []string{"g", "", "h", "g"},
		More: []Output{{Prediction: []float32{5, 6, 7, 8}, Target: []float32{0, 1, 2, 3}}},
	}
	scatteredRows := &Table{}
	for i := range 3 * scattered {
		scatteredRows.Domain, scatteredRows.Seed = append(scatteredRows.Domain, "x"), append(scatteredRows.Seed, int64(i%2))
		scatteredRows.Sample, scatteredRows.Loss = append(scatteredRows.Sample, SampleID{Number: int64(i)}), append(scatteredRows.Loss, float32(i))
	}
	type row struct {
		Domain string  `parquet:"domain"`
		Seed   int64   `parquet:"seed"`
		Sample int64   `parquet:"sample"`
		Loss   float64 `parquet:"loss"`
	}
	var alternating []row
	for i := range scatteredRows.Len() {
		alternating = append(alternating, row{"x", scatteredRows.Seed[i], int64(i), float64(i)})
	}
	dir := t.TempDir()
	write := func(name string, table *Table, rows int) string {
		return writeGroups(t, filepath.Join(dir, name), table, rows)
	}
	other := example(700)
	for i := range other.Seed {
		other.Seed[i] = 9
	}
	for name, c := range map[string]struct {
		paths    []string
		inMemory bool
	}{
		"one file":     {[]string{write("a.parquet", example(1500), 1<<20)}, false},
		"row groups":   {[]string{write("b.parquet", example(1500), 400)}, false},
		"two files":    {[]string{write("c.parquet", example(1500), 1000), write("d.parquet", other, 999)}, false},
		"names":        {[]string{write("e.parquet", named, 3)}, false},
		"other widths": {[]string{writeRows(t, []wide{{0.5, []string{"a"}, 7, 1, 1, "x"}, {0.25, nil, 7, 1, 2, "x"}, {3, nil, 9, 0, 1, "y"}})}, false},
		"optional, dictionaries": {[]string{writeRows(t, []optional{
			{s("x"), p(1), s("7"), p(0.5), b(true)}, {s("x"), p(2), s("z"), p(0.25), b(true)}, {s("y"), p(1), s("9"), p(3), b(false)}})}, false},
		"other columns": {[]string{write("f.parquet", example(20), 7), write("g.parquet", &Table{
			Domain: []string{"z"}, Seed: []int64{1}, Sample: []SampleID{{Number: 1}}, Loss: []float32{1}, Correct: []bool{true}}, 5)}, true},
		"text":      {[]string{writeText(t, "h.csv", "domain,seed,sample,loss,group\nx,1,a,2,g\nx,2,b,3,\n")}, true},
		"scattered": {[]string{writeRows(t, alternating)}, true},
	} {
		t.Run(name, func(t *testing.T) {
			want, err := Read(c.paths...)
			if err != nil {
				t.Fatal(err)
			}
			set, err := Open(c.paths...)
			if err != nil {
				t.Fatal(err)
			}
			if inMemory := set.members[0].table != nil; inMemory != c.inMemory {
				t.Errorf("in memory: %v", inMemory)
			}
			same := []cmp.Option{cmpopts.EquateNaNs(), cmpopts.IgnoreFields(Table{}, "Meta")}
			if d := cmp.Diff(want.Meta, set.Meta); d != "" {
				t.Errorf("meta (-want +got):\n%s", d)
			}
			rows := map[Run]int{}
			for i := range want.Len() {
				rows[Run{want.Domain[i], want.Seed[i]}]++
			}
			if d := cmp.Diff(rows, set.Rows()); d != "" {
				t.Errorf("rows (-want +got):\n%s", d)
			}
			want = sorted(want)
			if d := cmp.Diff(want, gather(t, set, set.Domains()), same...); d != "" {
				t.Errorf("all (-read +set):\n%s", d)
			}
			for _, domain := range set.Domains() {
				got := gather(t, set, []string{domain})
				part := &Table{}
				for from, at := 0, 0; at < want.Len(); at++ {
					if want.Domain[at] != domain {
						from = at + 1
						continue
					}
					if at+1 == want.Len() || want.Domain[at+1] != domain {
						part = want.slice(from, at+1)
					}
				}
				if d := cmp.Diff(part, got, same...); d != "" {
					t.Errorf("%s (-read +set):\n%s", domain, d)
				}
			}
		})
	}
}

// slice takes rows of a table.
func (t *Table) slice(from, to int) *Table {
	out := &Table{Domain: t.Domain[from:to], Seed: t.Seed[from:to], Sample: t.Sample[from:to], Loss: t.Loss[from:to]}
	if t.Correct != nil {
		out.Correct = t.Correct[from:to]
	}
	if t.Label != nil {
		out.Label = t.Label[from:to]
	}
	if t.Group != nil {
		out.Group = t.Group[from:to]
	}
	cut := func(v []float32) []float32 {
		if v == nil {
			return nil
		}
		return v[from:to]
	}
	out.Prediction, out.Confidence, out.Score, out.Target = cut(t.Prediction), cut(t.Confidence), cut(t.Score), cut(t.Target)
	for _, o := range t.More {
		out.More = append(out.More, Output{cut(o.Prediction), cut(o.Target)})
	}
	return out
}

// What Read refuses, a set refuses when it is opened or when the column is read.
func TestSetRefuses(t *testing.T) {
	good := writeRows(t, []wide{{Domain: "x"}})
	bytes, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	p := func(f float64) *float64 { return &f }
	s := func(s string) *string { return &s }
	for name, c := range map[string]struct{ path, want string }{
		"infinite":  {writeRows(t, []wide{{Domain: "x"}, {Domain: "x", Sample: 1, Loss: 1e300}}), `row 2: column loss: "1e+300" is not a finite loss`},
		"null":      {writeRows(t, []optional{{s("x"), p(1), nil, p(0.5), nil}}), "row 1: column sample: is null"},
		"null seed": {writeRows(t, []optional{{s("x"), nil, s("1"), p(0.5), nil}}), "row 1: column seed: is null"},
		"empty":     {writeRows(t, []wide{}), "no rows"},
		"cut":       {writeText(t, "cut.parquet", string(bytes[:len(bytes)/2])), "cannot be read as Parquet"},
		"nothing":   {filepath.Join(t.TempDir(), "*.parquet"), "no file matches"},
	} {
		set, err := Open(c.path)
		if err == nil {
			set.Name = "here"
			err = set.Each(set.Domains(), func(p *Part) error {
				_, err := p.Columns(0)
				_, err2 := p.Samples()
				return errors.Join(err, err2)
			})
			if err != nil && !strings.HasPrefix(err.Error(), "here: ") {
				t.Errorf("%s: %v does not name the set", name, err)
			}
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want …%s…", name, err, c.want)
		}
	}
	set, err := Open(good)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(good, []byte("domain,seed,sample,loss\nx,1,1,1\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := set.Each([]string{"x"}, func(*Part) error { return nil }); err == nil || !strings.Contains(err.Error(), "changed") {
		t.Errorf("file that changed: %v", err)
	}
}

// Row groups end where a domain does, if they are not too small.
func TestRowGroupsByDomain(t *testing.T) {
	n := leastGroupRows + 10
	path := filepath.Join(t.TempDir(), "l.parquet")
	table := example(n)
	few := example(5)
	for i := range few.Domain {
		few.Domain[i] = "c" + few.Domain[i]
	}
	if err := WriteFile(path, Concat(table, few)); err != nil {
		t.Fatal(err)
	}
	set, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, g := range set.members[0].rowGroups {
		text := ""
		for _, x := range g {
			text += fmt.Sprintf("%s %d ", set.domains.name(x.domain), x.to-x.from)
		}
		got = append(got, text)
	}
	want := []string{fmt.Sprintf("a %d ", n), fmt.Sprintf("b %d ", n), "ca 5 cb 5 "}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("row groups (-want +got):\n%s", d)
	}
}
