package dataset

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"github.com/sharewise/sharewise/analysis/datafile/filetest"
)

// inputsOfAll are the normalised inputs of a split by the number of the sample.
func inputsOfAll(t *testing.T, s *Split) map[int64][]float32 {
	t.Helper()
	out := map[int64][]float32{}
	for i := range s.Len() {
		x := make([]float32, s.size)
		if err := s.Gather([]int{i}, x); err != nil {
			t.Fatal(err)
		}
		out[s.ID(i)] = x
	}
	return out
}

// TestLargeNumbers reads columns that differ by less than 32 bits tell apart at
// their size: decimals near 1e9, and Unix seconds of a few minutes.
func TestLargeNumbers(t *testing.T) {
	const n = 60
	value := func(i int) (fine, seconds, target float64) {
		k := float64(i * 7 % n)
		return 1e9 + k/1000, 1.7e9 + 3*float64(i), 5e9 + 2*k
	}
	dir := t.TempDir()
	content := []string{"fine,seconds,small,y"}
	type row struct {
		Fine    float64 `parquet:"fine"`
		Seconds int64   `parquet:"seconds"`
		Small   float64 `parquet:"small"`
		Y       float64 `parquet:"y"`
	}
	var parts []row
	fineArray, targetArray := make([]float64, 0, 2*n), make([]float64, n)
	for i := range n {
		f, s, y := value(i)
		content = append(content, fmt.Sprintf("%.3f,%.0f,%g,%.0f", f, s, float64(i)/4, y))
		parts = append(parts, row{f, int64(s), float64(i) / 4, y})
		fineArray = append(fineArray, f, s)
		targetArray[i] = y
	}
	filetest.Write(t, dir, "a.csv", filetest.Lines(content...))
	if err := parquet.WriteFile(dir+"/a.parquet", parts); err != nil {
		t.Fatal(err)
	}
	filetest.Write(t, dir, "x.npy", filetest.NPY("<f8", float64Bytes(fineArray), n, 2))
	filetest.Write(t, dir, "y.npy", filetest.NPY("<f8", float64Bytes(targetArray), n))
	table := tableStudy("columns: {targets: [y]}, split: time")
	for name, text := range map[string]string{
		"csv":     table,
		"parquet": strings.Replace(table, "a.csv", "a.parquet", 1),
		"npy":     "domains: [{name: a, data: {path: x.npy, targets: y.npy}, split: time}, {name: b, data: {path: z.npy, targets: y.npy}}]\n",
	} {
		d := mustOpen(t, dir, text)
		if len(d.Notes) != 1 || !strings.Contains(d.Notes[0], "is recorded less 5000000000") {
			t.Errorf("%s: notes %q", name, d.Notes)
		}
		// What float64 makes of the training rows.
		var mean, square [3]float64
		train := d.Train.Len()
		for i := range train {
			for j, v := range three(value(i)) {
				mean[j] += v / float64(train)
			}
		}
		for i := range train {
			for j, v := range three(value(i)) {
				square[j] += (v - mean[j]) * (v - mean[j]) / float64(train)
			}
		}
		for _, s := range []*Split{d.Train, d.Test} {
			y, raw := make([]float32, 1), make([]float64, s.size)
			for i := range s.Len() {
				x := inputsOfAll(t, s)[s.ID(i)]
				s.Targets([]int{i}, y)
				s.Raw(i, raw)
				got := []float64{float64(x[0]), float64(x[1]), float64(y[0])}
				for j, v := range three(value(int(s.ID(i)))) {
					want := (v - mean[j]) / math.Sqrt(square[j])
					if math.Abs(got[j]-want) > 1e-4 {
						t.Fatalf("%s: number %d of sample %d is %g, want %g", name, j, s.ID(i), got[j], want)
					}
					if j < 2 && math.Abs(raw[j]-v) > 1e-6 {
						t.Fatalf("%s: raw number %d of sample %d is %.9g, want %.9g", name, j, s.ID(i), raw[j], v)
					}
				}
			}
		}
	}
}

func float64Bytes(values []float64) []byte {
	var out []byte
	for _, v := range values {
		out = binary.LittleEndian.AppendUint64(out, math.Float64bits(v))
	}
	return out
}

func three(a, b, c float64) [3]float64 { return [3]float64{a, b, c} }

// TestNoOffset checks that numbers which 32 bits hold well enough are stored as
// they are.
func TestNoOffset(t *testing.T) {
	for _, values := range [][]float64{{0.1, 0.1, 0.1}, {2011, 2011, 2012}, {1013.25, 1013.5, 980}, {1e9, 2e9, 3e9}, {5}, {}, {math.NaN()}} {
		var s spread
		for _, v := range values {
			s.add(v)
		}
		if s.offset() != 0 {
			t.Errorf("%v have an offset of %g", values, s.offset())
		}
	}
}

// TestOffsetOfParts checks that given test data is stored like the training
// data, whatever its own rows are.
func TestOffsetOfParts(t *testing.T) {
	dir := t.TempDir()
	var train, test []string
	for i := range 20 {
		train = append(train, fmt.Sprintf("%d,%d", 1_700_000_000+i, i))
		test = append(test, fmt.Sprintf("%d,%d", 1_700_000_000+10*i, i))
	}
	filetest.Write(t, dir, "a.csv", filetest.Lines(append([]string{"s,y"}, train...)...))
	filetest.Write(t, dir, "t.csv", filetest.Lines(append([]string{"s,y"}, test...)...))
	d := mustOpen(t, dir, tableStudy("test: t.csv, columns: {targets: [y]}, split: {validation: 0}"))
	x := make([]float64, 1)
	for i := range d.Test.Len() {
		if d.Test.Raw(i, x); x[0] != float64(1_700_000_000+10*i) {
			t.Errorf("test sample %d is %.0f", i, x[0])
		}
	}
	// Mean 9.5 and deviation √33.25 of 0 to 19.
	if got, want := inputsOfAll(t, d.Test)[10][0], float32((100-9.5)/math.Sqrt(33.25)); math.Abs(float64(got-want)) > 1e-5 {
		t.Errorf("sample 10 is %g, want %g", got, want)
	}
}

// TestSteadyColumns checks that a column which does not vary in training is 0 in
// every split, is told of once, and that the data are others than before where
// testing varies.
func TestSteadyColumns(t *testing.T) {
	dir := t.TempDir()
	table := func(year string) []byte {
		content := []string{"year,c1,c2,c3,c4,c5,c6,a,y"}
		for i := range 40 {
			y := "2023"
			if i >= 32 {
				y = year
			}
			content = append(content, fmt.Sprintf("%s,1,2,3,4,5,6,%d,%d", y, i, 3*i))
		}
		return filetest.Lines(content...)
	}
	text := tableStudy("columns: {targets: [y]}, split: time")
	filetest.Write(t, dir, "a.csv", table("2024"))
	d := mustOpen(t, dir, text)
	want := []string{
		`6 inputs are the same in every training row, and models are given 0 for them: column "c1" (1), column "c2" (2), column "c3" (3), column "c4" (4), column "c5" (5) and 1 more`,
		`column "year" is 2023 in every training row and another in 8 of 8 for testing: models cannot know what it does and are given 0 for it`,
	}
	if !slices.Equal(d.Notes, want) {
		t.Errorf("notes %q", d.Notes)
	}
	for id, x := range inputsOfAll(t, d.Test) {
		if x[0] < -1e-30 || x[0] > 1e-30 || x[1] != 0 || x[7] == 0 {
			t.Errorf("test sample %d is %v", id, x)
		}
	}
}
