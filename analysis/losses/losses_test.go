package losses

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"
)

// example is a table of two domains, sorted as files are.
func example(n int) *Table {
	r := rand.New(rand.NewPCG(1, uint64(n)))
	t := &Table{Meta: Meta{Study: "s", Run: "r1", Hash: "abc", Arm: "joint", Domains: []string{"b", "a"}, Rung: "w1", Weighting: "equal", Seed: 3, Split: "test"}}
	for _, d := range []string{"a", "b"} {
		for i := range n {
			t.Domain = append(t.Domain, d)
			t.Seed = append(t.Seed, 3)
			t.Sample = append(t.Sample, SampleID{Number: int64(i * 2)})
			t.Loss = append(t.Loss, r.Float32()*3)
			t.Correct = append(t.Correct, r.IntN(3) > 0)
			t.Label = append(t.Label, int32(r.IntN(10)))
			t.Prediction = append(t.Prediction, float32(r.IntN(10)))
			t.Confidence = append(t.Confidence, r.Float32())
		}
	}
	return t
}

func TestRoundTrip(t *testing.T) {
	plain := &Table{Domain: []string{"x"}, Seed: []int64{-4}, Sample: []SampleID{{Number: math.MinInt64}}, Loss: []float32{0}}
	named := &Table{
		Domain: []string{"x", "x", "y"}, Seed: []int64{1, 1, 1},
		Sample: []SampleID{{Number: 12}, {Name: "board/7.png"}, {Name: "board/7.png"}}, Loss: []float32{1, 2, 3},
		Target: []float32{1, 2, float32(math.NaN())}, Score: []float32{-3, float32(math.NaN()), 0.5},
	}
	for name, want := range map[string]*Table{"all columns": example(3000), "required columns": plain, "names and target": named, "one row": example(1)} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "losses.parquet")
			if err := WriteFile(path, want); err != nil {
				t.Fatal(err)
			}
			got, err := ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(want, got, cmp.Comparer(func(a, b float32) bool { return math.Float32bits(a) == math.Float32bits(b) })); d != "" {
				t.Errorf("read differs from written (-want +got):\n%s", d)
			}
			entries, _ := os.ReadDir(filepath.Dir(path))
			if len(entries) != 1 {
				t.Errorf("left behind: %v", entries)
			}
		})
	}
}

func TestRoundTripOverRowGroups(t *testing.T) {
	want := example(505)
	var buf bytes.Buffer
	if err := write(&buf, want, 1000); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "l.parquet")
	if err := os.WriteFile(path, buf.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	var groups []int
	for b, err := range Batches(path) {
		if err != nil {
			t.Fatal(err)
		}
		groups = append(groups, b.Len())
	}
	if d := cmp.Diff([]int{1000, 10}, groups); d != "" {
		t.Error(d)
	}
	got, err := ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestWriteIsDeterministic(t *testing.T) {
	a := example(500)
	perm := rand.New(rand.NewPCG(1, 2)).Perm(a.Len())
	b := &Table{Meta: a.Meta}
	for _, i := range perm {
		b.Domain = append(b.Domain, a.Domain[i])
		b.Seed = append(b.Seed, a.Seed[i])
		b.Sample = append(b.Sample, a.Sample[i])
		b.Loss = append(b.Loss, a.Loss[i])
		b.Correct = append(b.Correct, a.Correct[i])
		b.Label = append(b.Label, a.Label[i])
		b.Prediction = append(b.Prediction, a.Prediction[i])
		b.Confidence = append(b.Confidence, a.Confidence[i])
	}
	var x, y bytes.Buffer
	if err := Write(&x, a); err != nil {
		t.Fatal(err)
	}
	if err := Write(&y, b); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(x.Bytes(), y.Bytes()) {
		t.Error("the order of rows changes the bytes")
	}
}

func TestFileLayout(t *testing.T) {
	var buf bytes.Buffer
	if err := Write(&buf, example(100)); err != nil {
		t.Fatal(err)
	}
	f, err := parquet.OpenFile(bytes.NewReader(buf.Bytes()), int64(buf.Len()))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := f.Metadata().CreatedBy, "sharewise version 1(build losses)"; got != want {
		t.Errorf("created by %q, want %q", got, want)
	}
	if v, _ := f.Lookup("sharewise.domains"); v != `["b","a"]` {
		t.Errorf("domains %s", v)
	}
	var order []string
	for _, s := range f.RowGroups()[0].SortingColumns() {
		order = append(order, s.Path()[0])
	}
	if d := cmp.Diff([]string{"domain", "seed", "sample"}, order); d != "" {
		t.Errorf("sorting columns: %s", d)
	}
	for name, want := range map[string]string{"loss": "BYTE_STREAM_SPLIT", "sample": "DELTA_BINARY_PACKED", "domain": "RLE_DICTIONARY"} {
		if got := fmt.Sprint(f.Root().Column(name).Encoding()); got != want {
			t.Errorf("encoding of %s is %s, want %s", name, got, want)
		}
	}
}

func TestWriteRefuses(t *testing.T) {
	row := func(change func(*Table)) *Table {
		x := example(2)
		change(x)
		return x
	}
	for name, c := range map[string]struct {
		table *Table
		want  error
	}{
		"ragged":     {row(func(x *Table) { x.Seed = x.Seed[1:] }), ErrShape},
		"not finite": {row(func(x *Table) { x.Loss[1] = float32(math.NaN()) }), ErrShape},
		"twice":      {row(func(x *Table) { x.Sample[1] = x.Sample[0] }), ErrDuplicate},
	} {
		path := filepath.Join(t.TempDir(), "l.parquet")
		if err := WriteFile(path, c.table); !errors.Is(err, c.want) {
			t.Errorf("%s: error %v, want %v", name, err, c.want)
		}
		if entries, _ := os.ReadDir(filepath.Dir(path)); len(entries) > 0 {
			t.Errorf("%s: left behind %v", name, entries)
		}
	}
}

func TestParseSampleID(t *testing.T) {
	for s, want := range map[string]SampleID{
		"0": {Number: 0}, "-7": {Number: -7}, "12": {Number: 12}, "007": {Name: "007"}, "+1": {Name: "+1"}, "-0": {Name: "-0"},
		"9223372036854775808": {Name: "9223372036854775808"}, "a": {Name: "a"}, "1.0": {Name: "1.0"},
	} {
		if got := ParseSampleID(s); got != want {
			t.Errorf("%q: %+v, want %+v", s, got, want)
		}
		if got := ParseSampleID(s).String(); got != s {
			t.Errorf("%q is spelled %q", s, got)
		}
	}
}
