package losses

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"

	"github.com/sharewise/sharewise/analysis/versioned/alteration"
)

// wide has every type another from what we write, in another order, with a
// column that we do not know.
type wide struct {
	Loss    float64  `parquet:"loss"`
	Extra   []string `parquet:"extra,list"`
	Sample  int32    `parquet:"sample"`
	Correct int64    `parquet:"correct"`
	Seed    uint16   `parquet:"seed,dict"`
	Domain  string   `parquet:"domain,zstd"`
}

// optional columns, as data frames write them.
type optional struct {
	Domain  *string  `parquet:"domain,optional,dict"`
	Seed    *float64 `parquet:"seed,optional"`
	Sample  *string  `parquet:"sample,optional,dict"`
	Loss    *float64 `parquet:"loss,optional,dict"`
	Correct *bool    `parquet:"correct,optional"`
}

func writeRows[T any](t *testing.T, rows []T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "foreign.parquet")
	if err := parquet.WriteFile(path, rows); err != nil {
		t.Fatal(err)
	}
	return path
}

func writeText(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// small is the table that the foreign files of these tests hold.
func small() *Table {
	return &Table{
		Domain: []string{"x", "x", "y"}, Seed: []int64{1, 2, 1}, Sample: []SampleID{{Number: 7}, {Number: 7}, {Number: 9}},
		Loss: []float32{0.5, 0.25, 3}, Correct: []bool{true, true, false},
	}
}

func TestReadForeignParquet(t *testing.T) {
	p := func(f float64) *float64 { return &f }
	s := func(s string) *string { return &s }
	b := func(b bool) *bool { return &b }
	for name, path := range map[string]string{
		"other widths": writeRows(t, []wide{
			{0.5, []string{"a"}, 7, 1, 1, "x"}, {0.25, nil, 7, 1, 2, "x"}, {3, nil, 9, 0, 1, "y"}}),
		"optional": writeRows(t, []optional{
			{s("x"), p(1), s("7"), p(0.5), b(true)}, {s("x"), p(2), s("7"), p(0.25), b(true)}, {s("y"), p(1), s("9"), p(3), b(false)}}),
	} {
		got, err := Read(path)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if d := cmp.Diff(small(), got); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
}

func TestReadForeignParquetRefuses(t *testing.T) {
	p := func(f float64) *float64 { return &f }
	s := func(s string) *string { return &s }
	ok := optional{s("x"), p(1), s("7"), p(0.5), nil}
	with := func(change func(*optional)) optional { o := ok; change(&o); return o }
	type other struct {
		Domain string  `parquet:"domain"`
		Loss   float64 `parquet:"loss"`
	}
	type nested struct {
		Domain []string `parquet:"domain,list"`
		Seed   int64    `parquet:"seed"`
		Sample int64    `parquet:"sample"`
		Loss   float64  `parquet:"loss"`
	}
	type text struct {
		Domain string `parquet:"domain"`
		Seed   string `parquet:"seed"`
		Sample int64  `parquet:"sample"`
		Loss   string `parquet:"loss"`
	}
	good, err := os.ReadFile(writeRows(t, []wide{{Domain: "x"}}))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ path, want string }{
		"null":           {writeRows(t, []optional{ok, with(func(o *optional) { o.Sample, o.Correct = s("8"), nil })}), "row 1: column correct: is null"},
		"null loss":      {writeRows(t, []wide{}), "no rows"},
		"infinite":       {writeRows(t, []wide{{Domain: "x"}, {Domain: "x", Sample: 1, Loss: 1e300}}), `row 2: column loss: "1e+300" is not a finite loss`},
		"fraction":       {writeRows(t, []optional{with(func(o *optional) { o.Seed = p(1.5); b := true; o.Correct = &b })}), `row 1: column seed: "1.5" is not an integer`},
		"missing column": {writeRows(t, []other{{"x", 1}}), `has no column "seed" (it has domain, loss)`},
		"nested":         {writeRows(t, []nested{{Domain: []string{"x"}}}), "column domain: is nested"},
		"type":           {writeRows(t, []text{{"x", "1", 1, "a"}}), "column loss: has type STRING; want a floating-point number"},
		"twice":          {writeRows(t, []wide{{Domain: "x", Sample: 3, Seed: 4}, {Domain: "x", Sample: 3, Seed: 4}}), "sample occurs twice: domain x, seed 4, sample 3"},
		"cut":            {writeText(t, "cut.parquet", string(good[:len(good)/2])), "cannot be read as Parquet"},
	} {
		_, err := Read(c.path)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want …%s…", name, err, c.want)
		}
	}
}

// A score of class 1 is a column of its own, or follows from prediction and
// confidence.
func TestPositiveScore(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want []float32
	}{
		"scores": {"domain,seed,sample,loss,score\nx,1,7,0.5,-2.5\nx,1,8,0.5,\n", []float32{-2.5, float32(math.NaN())}},
		"classes": {"domain,seed,sample,loss,prediction,confidence\nx,1,7,0.5,0,0.75\nx,1,8,0.5,1,0.75\nx,1,9,0.5,2,0.75\n",
			[]float32{0.25, 0.75, float32(math.NaN())}},
		"decimal commas": {"domain;seed;sample;loss;score\nx;1;7;0,5;-2,5\nx;1;8;0,5;0,25\n", []float32{-2.5, 0.25}},
		"nothing":        {"domain,seed,sample,loss\nx,1,7,0.5\n", []float32{float32(math.NaN())}},
	} {
		got, err := Read(writeText(t, "t.csv", c.text))
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range c.want {
			if s := got.PositiveScore(i); s != want && (s == s || want == want) {
				t.Errorf("%s: sample %d scores %g, want %g", name, i, s, want)
			}
		}
	}
}

func TestReadText(t *testing.T) {
	for name, text := range map[string]string{
		"plain.csv":     "domain,seed,sample,loss,correct\nx,1,7,0.5,1\nx,2,7,0.25,true\ny,1,9,3,0\n",
		"tabs.tsv":      "loss\tsample\textra\tDomain\tcorrect\tseed\n0.5\t7\t\tx\tTRUE\t1\n0.25\t7\tq\tx\t1\t2\n3\t9\tz\ty\tfalse\t1\n",
		"semicolon.csv": "\ufeffdomain;seed;sample;loss;correct\r\nx;1;7;5e-1;1\r\nx;2;7;.25;1\r\n\"y\";1; 9;3.0;0\r\n",
		"pandas.csv":    ",domain,seed,sample,loss,correct\n0,x,1.0,7.0,0.5,True\n1,x,2.0,7.0,0.25,1.0\n2,y,1.0,9.0,3,0.0\n",
		"numpy.csv":     "domain,seed,sample,loss,correct\nx,1.000000000000000000e+00,7.000000000000000000e+00,5.0e-01,1.000000000000000000e+00\nx,2e0,7,.25,yes\ny,1,9.0e+00,3,NO\n",
		"commas.csv":    "domain;seed;sample;loss;correct\nx;1,0;7,0;0,5;1,0\nx;2,0;7,0;0,25;1,0\ny;1,0;9,0;3,0;0,0\n",
		"german.csv":    "sep=;\nDomain;seed;sample;loss;correct\nx;1;7;0,5;1\nx;2;7;0,25;1\ny;1;9;3,0;0\n",
		"comments.csv":  "# made by a tool\ndomain, seed, sample, loss, correct,\n\"x\", 1, 7, 0.5, 1,\n\"x\", 2, 7, 0.25, 1,\n\"y\", 1, 9, 3, 0,\n",
		"utf16.csv":     utf16Text("\ufeffdomain,seed,sample,loss,correct\r\nx,1,7,0.5,1\r\nx,2,7,0.25,true\r\ny,1,9,3,0\r\n"),
	} {
		got, err := Read(writeText(t, name, text))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if d := cmp.Diff(small(), got); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
}

// utf16Text encodes ASCII in UTF-16, little-endian.
func utf16Text(s string) string {
	var b strings.Builder
	for _, r := range s {
		b.WriteByte(byte(r))
		b.WriteByte(byte(r >> 8))
	}
	return b.String()
}

func TestReadTextRefuses(t *testing.T) {
	const head = "domain,seed,sample,loss,correct\n"
	for name, c := range map[string]struct{ text, want string }{
		"empty":     {"", "l.csv:1: is empty"},
		"no header": {"x,1,7,0.5\n", `l.csv:1: has no column "domain" (it has x, 1, 7, 0.5)`},
		"repeated":  {"domain,seed,sample,loss,loss\n", "l.csv:1: column loss: occurs twice"},
		"only head": {head, "no rows"},
		"seed":      {head + "x,1,7,0.5,1\nx,one,7,0.5,1\n", `l.csv:3: column seed: "one" is not an integer`},
		"nan":       {head + "x,1,7,NaN,1\n", `l.csv:2: column loss: "NaN" is not a finite loss`},
		"large":     {head + "x,1,7,1e999,1\n", `l.csv:2: column loss: "1e999" is not a finite loss`},
		"word":      {head + "x,1,7,low,1\n", `l.csv:2: column loss: "low" is not a number`},
		"correct":   {head + "x,1,7,1,maybe\n", `l.csv:2: column correct: "maybe" is none of 0, 1, true, false, yes, no`},
		"blank":     {head + ",1,7,1,1\n", "l.csv:2: column domain: is empty"},
		"fields":    {head + "x,1,7,1\n", "l.csv:2: has 4 fields, the header has 5"},
		"pointer":   {"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "l.csv: is a Git LFS pointer"},
		"archive":   {"PK\x03\x04\x00\x00", "l.csv: is a zip archive; unpack it"},
		"noise":     {"\x00\x01\x02\x03", "l.csv: is neither text nor Parquet"},
		"half":      {head + "x,1.5,7,1,1\n", `column seed: "1.5" is not an integer`},
		"twice":     {head + "x,1,7,1,1\nx,2,7,1,1\nx,1,7,2,0\n", "sample occurs twice: domain x, seed 1, sample 7"},
	} {
		_, err := Read(writeText(t, "l.csv", c.text))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want …%s…", name, err, c.want)
		}
	}
}

func TestReadMerges(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"a1.csv": "domain,seed,sample,loss,correct\nx,1,7,0.5,1\n",
		"a2.csv": "domain,seed,sample,loss,correct\nx,2,7,0.25,1\ny,1,9,3,0\n",
		"b.csv":  "domain,seed,sample,loss\nx,3,7,1\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := Read(filepath.Join(dir, "a?.csv"), filepath.Join(dir, "a1.csv"))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(small(), got); d != "" {
		t.Error(d)
	}
	if _, err := Read(filepath.Join(dir, "*.csv")); err == nil || !strings.Contains(err.Error(), "b.csv: column correct: is present in some of the files only") {
		t.Errorf("mixed files: %v", err)
	}
	if _, err := Read(filepath.Join(dir, "z*")); !errors.Is(err, ErrNoFile) {
		t.Errorf("no match: %v", err)
	}
	if _, err := Read(dir); err == nil || !strings.Contains(err.Error(), "is a folder; name files") {
		t.Errorf("folder: %v", err)
	}
}

// A study with both tasks writes files of classification without target and
// files of regression without correct.
func TestReadMergesTasks(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"a.csv": "domain,seed,sample,loss,correct,label\nx,1,7,0.5,1,3\n",
		"b.csv": "domain,seed,sample,loss,target\ny,1,7,0.25,12.5\n",
		"c.csv": "domain,seed,sample,loss,correct,label\nx,2,7,0.5,0,3\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, order := range [][]string{{"a", "b", "c"}, {"b"}} {
		var paths []string
		for _, name := range order {
			paths = append(paths, filepath.Join(dir, name+".csv"))
		}
		got, err := Read(paths...)
		if err != nil {
			t.Fatal(err)
		}
		if len(order) == 1 {
			if got.Correct != nil {
				t.Error("regression alone has correctness")
			}
			continue
		}
		if d := cmp.Diff([]bool{true, false, false}, got.Correct); d != "" {
			t.Error(d)
		}
		if d := cmp.Diff([]int32{3, -1, 3}, got.Label); d != "" {
			t.Error(d)
		}
		if got.Regression(0) || !got.Regression(1) || got.Regression(2) {
			t.Errorf("targets %v", got.Target)
		}
	}
}

func FuzzText(f *testing.F) {
	f.Add("domain,seed,sample,loss,correct\nx,1,7,0.5,1\n")
	f.Add("domain\tseed\tsample\tloss\nx\t1\ta b\t0.5\n\n")
	f.Add("\ufeffdomain;seed;sample;loss;label;target\n\"x\";1;7;.5;3;nan\n")
	f.Add("domain,seed,sample,loss\nx,1,-0,1e39\n\"")
	f.Add("domain,seed,sample,loss,prediction,target,prediction_2,target_2\nx,1,1,1,1,,nan,1\n")
	f.Fuzz(func(t *testing.T, text string) {
		r, err := newTextReader("f", strings.NewReader(text), newInterner())
		if err != nil {
			return
		}
		table := &Table{}
		if err := r.read(table, 1000); err != nil && err.Error() != "EOF" {
			alteration.Plain(t, err)
			return
		}
		if err := table.check(); err != nil {
			t.Errorf("accepted a malformed table: %v", err)
		}
	})
}

func FuzzParquet(f *testing.F) {
	path := filepath.Join(f.TempDir(), "l.parquet")
	for _, table := range []*Table{example(3), kinds(), {Domain: []string{"x"}, Seed: []int64{1}, Sample: []SampleID{{Name: "n"}}, Loss: []float32{1}}} {
		if err := WriteFile(path, table); err != nil {
			f.Fatal(err)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "l.parquet")
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		table, whole := ReadFile(path)
		alteration.Plain(t, whole)
		if whole == nil {
			if err := table.check(); err != nil {
				t.Errorf("accepted a malformed table: %v", err)
			}
		}
		set, err := Open(path)
		if err != nil {
			alteration.Plain(t, err)
			return
		}
		rows := 0
		err = set.Each(set.Domains(), func(p *Part) error {
			part, err := p.Columns(Correct | Label | Prediction | Confidence | Score | Targets)
			if err != nil {
				return err
			}
			ids, err := p.Samples()
			if err != nil {
				return err
			}
			for i := range p.N {
				ids.At(i)
			}
			rows += len(part.Loss)
			_, err = p.Groups()
			return err
		})
		if whole == nil && (err != nil || rows != table.Len()) {
			t.Errorf("a set of %d rows (%v), read at once there are %d", rows, err, table.Len())
		}
	})
}
