package dataset

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sharewise/sharewise/analysis/datafile/filetest"
	"github.com/sharewise/sharewise/analysis/versioned/alteration"
)

// rows makes n lines of a table with two features, a label and a group.
func rows(n int) []string {
	out := []string{"x1,x2,lot,y"}
	for i := range n {
		out = append(out, fmt.Sprintf("%d,%g,lot%d,%s", i, float64(i)/4, i/5, []string{"good", "bad"}[i%2]))
	}
	return out
}

func TestTable(t *testing.T) {
	dir := t.TempDir()
	filetest.Write(t, dir, "a.csv", filetest.Lines(rows(40)...))
	d := mustOpen(t, dir, tableStudy("columns: {label: y, ignore: [lot]}"))
	if !slices.Equal(d.Features, []string{"x1", "x2"}) || !slices.Equal(d.Task.Classes, []string{"bad", "good"}) || len(d.Notes) != 0 {
		t.Errorf("features %v, classes %v, notes %v", d.Features, d.Task.Classes, d.Notes)
	}
	p := d.Test.Preview(0)
	if id := d.Test.ID(0); p.Values[0] != float32(id) || p.Values[1] != float32(id)/4 || p.Image != nil || p.Names[1] != "x2" {
		t.Errorf("sample %d is shown as %+v", id, p)
	}
	if got, want := d.Test.Member(0), fmt.Sprintf("a.csv:%d", d.Test.ID(0)+2); got != want {
		t.Errorf("member %s, want %s", got, want)
	}
	// Standardised on the training rows: their mean is 0, their deviation 1.
	n := d.Train.Len()
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	x := make([]float32, 2*n)
	if err := d.Train.Gather(all, x); err != nil {
		t.Fatal(err)
	}
	for j := range 2 {
		sum, square := 0.0, 0.0
		for i := range n {
			v := float64(x[2*i+j])
			sum, square = sum+v, square+v*v
		}
		if math.Abs(sum/float64(n)) > 1e-5 || math.Abs(square/float64(n)-1) > 1e-5 {
			t.Errorf("feature %d has mean %g and mean square %g", j, sum/float64(n), square/float64(n))
		}
	}
}

// TestTableForms reads the same table written in several ways.
func TestTableForms(t *testing.T) {
	plain := filetest.Lines(rows(12)...)
	text := string(plain)
	body := strings.SplitN(text, "\n", 2)[1]
	for _, c := range []struct{ name, file, content, columns string }{
		{"comma", "a.csv", text, ""},
		{"byte-order mark and CRLF", "a.csv", "\ufeff" + strings.ReplaceAll(text, "\n", "\r\n"), ""},
		{"semicolon", "a.csv", strings.ReplaceAll(text, ",", ";"), ""},
		{"semicolon and decimal comma", "a.csv", strings.ReplaceAll(strings.ReplaceAll(text, ",", ";"), ".", ","), ", decimal: comma"},
		{"tab", "a.csv", strings.ReplaceAll(text, ",", "\t"), ""},
		{"pipe, named", "a.csv", strings.ReplaceAll(text, ",", "|"), ", delimiter: pipe"},
		{"character", "a.csv", strings.ReplaceAll(text, ",", "^"), ", delimiter: ^"},
		{"spaces", "a.csv", strings.ReplaceAll(text, ",", "   "), ""},
		{"quotes", "a.csv", strings.ReplaceAll(text, "good", `"good"`), ""},
		{"gzip", "a.csv", string(filetest.Gzip(plain)), ""},
		{"empty lines", "a.csv", strings.ReplaceAll(text, "\n", "\n\n"), ""},
		{"no last line end", "a.csv", strings.TrimSuffix(text, "\n"), ""},
		{"no header", "a.csv", body, ", names: [x1, x2, lot, y]"},
	} {
		dir := t.TempDir()
		filetest.Write(t, dir, c.file, []byte(c.content))
		d := mustOpen(t, dir, tableStudy("columns: {label: y, ignore: [lot]"+c.columns+"}"))
		base := t.TempDir()
		filetest.Write(t, base, "a.csv", plain)
		want := mustOpen(t, base, tableStudy("columns: {label: y, ignore: [lot]}"))
		if d.SHA256 != want.SHA256 {
			t.Errorf("%s: differs; features %v, classes %v, %d rows", c.name, d.Features, d.Task.Classes, d.Train.Len())
		}
	}
}

func TestTableWithoutHeader(t *testing.T) {
	dir := t.TempDir()
	filetest.Write(t, dir, "a.csv", filetest.Lines(rows(20)[1:]...))
	d := mustOpen(t, dir, tableStudy("columns: {label: column4, header: false}"))
	if !slices.Equal(d.Features, []string{"column1", "column2"}) {
		t.Errorf("features %v", d.Features)
	}
	if len(d.Notes) != 1 || !strings.Contains(d.Notes[0], `left out: "column3"`) {
		t.Errorf("notes %q", d.Notes)
	}
}

func TestTableGlob(t *testing.T) {
	dir := t.TempDir()
	all := rows(30)
	filetest.Write(t, dir, "p-2.csv", filetest.Lines(append(all[:1:1], all[21:]...)...))
	// The same columns in another order.
	filetest.Write(t, dir, "p-1.csv", filetest.Lines(append([]string{"y,x2,x1,lot"}, swap(all[1:21])...)...))
	text := strings.Replace(tableStudy("columns: {label: y, ignore: [lot], features: [x1, x2]}"), "a.csv", "'p-*.csv'", 1)
	d := mustOpen(t, dir, text)
	for _, s := range []*Split{d.Train, d.Val, d.Test} {
		for i := range s.Len() {
			if p := s.Preview(i); p.Values[0] != float32(s.ID(i)) {
				t.Errorf("sample %d reads %v", s.ID(i), p.Values)
			}
		}
	}
	if len(d.Sources) != 2 || d.Sources[0].Path != "p-1.csv" {
		t.Errorf("sources %v", d.Sources)
	}
}

func swap(rows []string) []string {
	var out []string
	for _, r := range rows {
		f := strings.Split(r, ",")
		out = append(out, strings.Join([]string{f[3], f[1], f[0], f[2]}, ","))
	}
	return out
}

func TestRegression(t *testing.T) {
	dir := t.TempDir()
	content := []string{"a,b,t,u"}
	for i := range 50 {
		content = append(content, fmt.Sprintf("%d,5,%d,%d", i, 3*i+100, -i))
	}
	filetest.Write(t, dir, "a.csv", filetest.Lines(content...))
	d := mustOpen(t, dir, tableStudy("columns: {targets: [t, u]}, split: time"))
	if d.Task.Kind != Regression || d.Task.Outputs() != 2 || !slices.Equal(d.Task.Targets, []string{"t", "u"}) {
		t.Errorf("task %+v", d.Task)
	}
	if len(d.Notes) != 1 || !strings.Contains(d.Notes[0], `column "b" is 5 in every training row`) || d.Norm.Std[1] != zeroing {
		t.Errorf("a constant column: %q, %v", d.Notes, d.Norm)
	}
	// By time: the last rows are for testing, those before for validation.
	if d.Train.Len() != 35 || d.Val.Len() != 5 || d.Test.Len() != 10 || d.Train.ID(34) != 34 || d.Val.ID(0) != 35 || d.Test.ID(9) != 49 {
		t.Errorf("%d + %d + %d rows", d.Train.Len(), d.Val.Len(), d.Test.Len())
	}
	got := make([]float32, 4)
	d.Test.Targets([]int{0, 9}, got)
	std := math.Sqrt(float64(35*35-1) / 12) // of 0..34
	want := []float64{(40 - 17) / std, -(40 - 17) / std, (49 - 17) / std, -(49 - 17) / std}
	for i := range want {
		if math.Abs(float64(got[i])-want[i]) > 1e-5 {
			t.Errorf("targets %v, want %v", got, want)
			break
		}
	}
	if back := float64(got[0])*float64(d.TargetNorm.Std[0]) + float64(d.TargetNorm.Mean[0]); math.Abs(back-220) > 1e-4 {
		t.Errorf("mapped back, target is %g", back)
	}
}

// TestUnits takes units away from inputs and targets, before or behind, and with the table's own notation.
func TestUnits(t *testing.T) {
	dir := t.TempDir()
	text := []string{"share,debt,lot,price"}
	for i := range 40 {
		text = append(text, fmt.Sprintf(`%d %%,"-$%d,%03d.25",%d,"€%d.5"`, i, i+1, i, i%3, i))
	}
	text = append(text, `,"$0",1,€1`, `0,"$-7,000",1,1 €`)
	filetest.Write(t, dir, "a.csv", filetest.Lines(text...))
	d := mustOpen(t, dir, tableStudy("columns: {targets: [price], units: {share: '%', debt: $, price: €}}"))
	if !slices.Equal(d.Numbers(), []string{"share", "debt", "lot"}) {
		t.Fatalf("features %q", d.Features)
	}
	seen, got := 0, make([]float64, 1)
	for _, s := range []*Split{d.Train, d.Val, d.Test} {
		x := make([]float64, len(d.Features))
		for i := range s.Len() {
			id := int(s.ID(i))
			s.Raw(i, x)
			want := []float64{float64(id), -float64(1000*(id+1)+id) - .25, float64(id % 3)}
			price := float64(id) + .5
			switch id {
			case 40:
				if x[0] == x[0] {
					t.Errorf("a missing share is %g", x[0])
				}
				x[0] = 0
				want, price = []float64{0, 0, 1}, 1
			case 41:
				want, price = []float64{0, -7000, 1}, 1
			}
			if s.RawTargets(i, got); !slices.Equal(x[:3], want) || got[0] != price {
				t.Errorf("row %d: %v and %v, want %v and %g", id, x, got, want, price)
			}
			seen++
		}
	}
	if seen != 42 || d.Units["debt"] != "$" {
		t.Errorf("%d rows, units %v", seen, d.Units)
	}
}

func TestSplitColumn(t *testing.T) {
	dir := t.TempDir()
	content := []string{"x,y,part"}
	for i := range 30 {
		content = append(content, fmt.Sprintf("%d,%d,%s", i, i%3, []string{"train", "Train", "TEST"}[i/10]))
	}
	filetest.Write(t, dir, "a.csv", filetest.Lines(content...))
	d := mustOpen(t, dir, tableStudy("columns: {label: y, split: part}"))
	// Validation comes out of the training rows, since no row is for it.
	if d.Test.Len() != 10 || d.Test.ID(0) != 20 || d.Val.Len() != 2 || d.Train.Len() != 18 {
		t.Errorf("%d + %d + %d rows", d.Train.Len(), d.Val.Len(), d.Test.Len())
	}
}

// TestWhere takes one domain of a table that holds several. What is wrong in
// rows of others does not matter.
func TestWhere(t *testing.T) {
	dir := t.TempDir()
	content := []string{"x,plant,y"}
	for i := range 60 {
		content = append(content, fmt.Sprintf("%d,%s,%d", i, []string{"north", "south", "010"}[i%3], i%2))
	}
	content[2] = "bad,south,0"
	filetest.Write(t, dir, "a.csv", filetest.Lines(content...))
	for value, rest := range map[string]int64{"north": 0, "010": 2} {
		d := mustOpen(t, dir, tableStudy("columns: {label: y, where: {plant: "+value+"}}"))
		if n := d.Train.Len() + d.Val.Len() + d.Test.Len(); n != 20 || !slices.Equal(d.Features, []string{"x"}) {
			t.Errorf("%s: %d rows, features %v", value, n, d.Features)
		}
		for i := range d.Train.Len() {
			if d.Train.ID(i)%3 != rest || d.Train.Preview(i).Values[0] != float32(d.Train.ID(i)) {
				t.Errorf("%s: row %d", value, d.Train.ID(i))
			}
		}
	}
}

func TestSkipBad(t *testing.T) {
	dir := t.TempDir()
	content := rows(30)
	content[3] = "2,NA,lot0,good"
	content[5] = "4,?,lot0,good"
	content[7] = "6,abc,lot1,good"
	content[9] = "8,2"
	filetest.Write(t, dir, "a.csv", filetest.Lines(content...))
	d := mustOpen(t, dir, tableStudy("columns: {label: y, ignore: [lot], impute: none}, skip_bad: true"))
	want := []Drop{
		{Reason: `column "x2": missing value`, Count: 2, Example: "a.csv:4"},
		{Reason: `column "x2": not a number`, Count: 1, Example: "a.csv:8"},
		{Reason: "2 fields, the table has 4 columns", Count: 1, Example: "a.csv:10"},
	}
	if diff := cmp.Diff(want, d.Dropped); diff != "" {
		t.Error(diff)
	}
	ids := map[int64]bool{}
	for _, s := range []*Split{d.Train, d.Val, d.Test} {
		for i := range s.Len() {
			ids[s.ID(i)] = true
		}
	}
	if len(ids) != 26 || ids[2] || ids[8] || !ids[29] {
		t.Errorf("numbers of samples %v", ids)
	}
}

func TestTableErrors(t *testing.T) {
	edit := func(line int, row string) []byte {
		r := rows(30)
		r[line-1] = row
		return filetest.Lines(r...)
	}
	for _, c := range []struct {
		name, settings string
		content        []byte
		want           string
	}{
		{"not a number", "columns: {label: y}", edit(14, "12,abc,lot2,good"),
			"domain a: a bad sample:\n    a.csv:14: column \"x2\": not a number (\"abc\")\ncorrect the data, or set skip_bad: true"},
		{"missing", "columns: {label: y, impute: none}", edit(14, "12,,lot2,good"), `a.csv:14: column "x2": missing value`},
		{"NaN", "columns: {label: y, impute: none}", edit(3, "1,NaN,lot2,good"), `a.csv:3: column "x2": missing value ("NaN")`},
		{"spelled otherwise", "columns: {label: y, missing: []}", edit(3, "1,nan,lot2,good"), `a.csv:3: column "x2": not a number ("nan")`},
		{"infinite", "columns: {label: y}", edit(3, "1,-Inf,lot2,good"), `a.csv:3: column "x2": not finite ("-Inf")`},
		{"huge", "columns: {label: y}", edit(3, "1,1e60,lot2,good"), `too large for a 32-bit number ("1e60")`},
		{"decimal comma", "columns: {label: y, delimiter: semicolon}", []byte(strings.ReplaceAll(strings.ReplaceAll(string(filetest.Lines(rows(30)...)), ",", ";"), ".25", ",25")), "set columns.decimal: comma"},
		{"unit", "columns: {label: y, features: [x1, x2]}", edit(5, "3,0.75 kg,lot0,bad"), `a.csv:5: column "x2": not a number; where all numbers of a column are written so, set its unit under columns.units: kg ("0.75 kg")`},
		{"another unit", "columns: {label: y, features: [x1, x2], units: {x2: '%'}}", edit(5, "3,0.75 kg,lot0,bad"), `a.csv:5: column "x2": not a number`},
		{"no unit", "columns: {label: y, units: {lot: lot}, features: [x1, lot]}", edit(5, "3,0.75,7,bad"), `a.csv:5: column "lot": without its unit lot ("7")`},
		{"unit of no column", "columns: {label: y, units: {x3: kg}}", filetest.Lines(rows(30)...), `column "x3": columns.units names it, and the table has no such column; did you mean "x1"?`},
		{"too few fields", "columns: {label: y}", edit(5, "3,0.75"), "a.csv:5: 2 fields, the table has 4 columns"},
		{"quotes", "columns: {label: y, quotes: double}", edit(5, `3,"0.7"5,lot0,bad`), "a.csv:5: quotes are wrong"},
		{"a quote in a number", "columns: {label: y}", edit(5, `3,0.7"5,lot0,bad`), `a.csv:5: column "x2": not a number ("0.7\"5")`},
		{"no label", "columns: {label: y}", edit(5, "3,0.75,lot0,"), `a.csv:5: column "y": missing value`},
		{"several", "columns: {label: y}", append(edit(5, "3,a,lot0,bad"), []byte("x\ny\nz\nu\nv\nw\n")...), "domain a: 7 bad samples:"},
		{"wrong column", "columns: {label: quality}", edit(1, "x1,x2,lot,qualty"), `column "quality": columns.label names it, and the table has no such column; did you mean "qualty"?`},
		{"header forgotten", "columns: {label: quality}", filetest.Lines("1,2,0", "3,4,1"), "if the table has no header, set columns.header: false"},
		{"column twice", "columns: {label: y}", edit(1, "x1,x1,lot,y"), `column "x1": columns 1 and 2 have this name; rename one, or pass over the header`},
		{"no features", "columns: {label: y, ignore: [x1, x2]}", filetest.Lines(rows(30)...), "no column of numbers is left for the inputs"},
		{"names", "columns: {label: y, names: [a, y]}", filetest.Lines(rows(30)[1:]...), "4 fields, and columns.names has 2"},
		{"empty", "columns: {label: y}", nil, "a.csv: the table is empty"},
		{"header only", "columns: {label: y}", filetest.Lines("x,y"), "no "},
		{"one class", "columns: {label: c}", filetest.Lines("x,c", "1,a", "2,a", "3,a"), `all samples are of one class, "a"`},
		{"numbers for classes", "columns: {label: x2}", filetest.Lines(rows(60)...), "60 different labels in 60 samples; for numbers to predict use columns.targets"},
		{"constant target", "columns: {targets: [t]}", filetest.Lines("x,t", "1,5", "2,5", "3,5", "4,5", "5,5"), `column "t": the target is the same in all training rows`},
		{"no row of the domain", "columns: {label: y, where: {lot: lot99}}", filetest.Lines(rows(12)...), `no row has the values of columns.where; the first there are: "lot=lot0", "lot=lot1", "lot=lot2"`},
		{"where column", "columns: {label: y, where: {lots: a}}", filetest.Lines(rows(12)...), `column "lots": columns.where names it, and the table has no such column; did you mean "lot"?`},
		{"split column", "columns: {label: y, split: lot}", filetest.Lines(rows(30)...), `column "lot": neither train, validation nor test ("lot0")`},
		{"one group", "columns: {label: y, group: g}", filetest.Lines("x,g,y", "1,a,0", "2,a,1", "3,a,0"), "1 group; splitting by group needs at least two"},
		{"truncated gzip", "columns: {label: y}", filetest.Gzip(filetest.Lines(rows(3000)...))[:200], "a.csv: the file ends too early; it is truncated"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			filetest.Write(t, dir, "a.csv", c.content)
			_, err := open(t, dir, tableStudy(c.settings))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v\nwant %s", err, c.want)
			}
			if err != nil && !errors.Is(err, ErrData) {
				t.Errorf("%v is not ErrData", err)
			}
		})
	}
}

func TestOpenAllComparesFeatures(t *testing.T) {
	for _, c := range []struct{ second, want string }{
		{"x1,x3,lot,y", `domain b: 2 features, domain a has 2; lacks "x2"; has "x3" besides`},
		{"x1,x2,lot,y", ""},
	} {
		dir := t.TempDir()
		content := rows(30)
		filetest.Write(t, dir, "a.csv", filetest.Lines(content...))
		content[0] = c.second
		filetest.Write(t, dir, "b.csv", filetest.Lines(content...))
		s := parse(t, dir, tableStudy("columns: {label: y}"))
		_, err := OpenAll(context.Background(), s)
		switch {
		case c.want == "" && err != nil:
			t.Error(err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("error %v, want %s", err, c.want)
		}
	}
	// All domains are looked at before the first error is reported.
	s := parse(t, t.TempDir(), tableStudy("columns: {label: y}"))
	if _, err := OpenAll(context.Background(), s); err == nil || strings.Count(err.Error(), "no such file") != 2 {
		t.Errorf("two missing files: %v", err)
	}
}

func FuzzTable(f *testing.F) {
	f.Add(filetest.Lines(rows(12)...))
	f.Add([]byte("\ufeffx;y\n\"1\";a\n2,5;b\n"))
	f.Add([]byte("x y\n1 2\n\n3 4\n"))
	f.Add(filetest.Gzip(filetest.Lines(rows(5)...)))
	f.Add([]byte("\"\n"))
	s := parse(f, "", tableStudy("columns: {label: y}, skip_bad: true"))
	f.Fuzz(func(t *testing.T, content []byte) {
		dir := t.TempDir()
		filetest.Write(t, dir, "a.csv", content)
		in := *s
		in.Dir = dir
		d, err := Open(context.Background(), &in, in.Domains[0])
		if err != nil {
			if !errors.Is(err, ErrData) {
				t.Errorf("error %v of type %T", err, err)
			}
			alteration.Plain(t, err)
			return
		}
		x := make([]float32, d.Shape[0])
		for i := range d.Train.Len() {
			if err := d.Train.Gather([]int{i}, x); err != nil {
				t.Fatal(err)
			}
			for _, v := range x {
				if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
					t.Fatalf("sample %d has input %v", i, v)
				}
			}
		}
	})
}
