package dataset

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/datafile"

	"github.com/sharewise/sharewise/analysis/datafile/filetest"
)

// hospital is a table of 60 rows: age always known, rate missing in every fifth
// row, pulse known in one hospital only, city a word.
func hospital(missing string, pulse bool, seed uint64) []string {
	rng := rand.New(rand.NewPCG(seed, 1))
	out := []string{"age,rate,pulse,city,sick"}
	for i := range 60 {
		rate, beats := fmt.Sprint(100+i), missing
		if i%5 == 0 {
			rate = missing
		}
		if pulse {
			beats = fmt.Sprint(60 + i%7)
		}
		city := []string{"a", "b", missing}[i%3]
		out = append(out, fmt.Sprintf("%d,%s,%s,%s,%d", 30+rng.IntN(40), rate, beats, city, i%2))
	}
	return out
}

const hospitals = `domains:
  - {name: a, data: a.csv}
  - {name: b, data: b.csv}
defaults: {columns: {label: sick, categorical: [city]SETTINGS}, split: {by: time, validation: 0}, skip_bad: true}
`

func openHospitals(t *testing.T, dir, settings string, how ...Option) []*Domain {
	t.Helper()
	domains, err := OpenAll(context.Background(), parse(t, dir, strings.Replace(hospitals, "SETTINGS", settings, 1)), how...)
	if err != nil {
		t.Fatal(err)
	}
	return domains
}

// TestImpute checks what stands in for missing inputs, the indicators, and that
// they are the same for domains that lack different columns.
func TestImpute(t *testing.T) {
	for _, missing := range []string{"", "NA", "N/A", "NaN", "nan", "null", "None", "?", "<NA>"} {
		dir := t.TempDir()
		filetest.Write(t, dir, "a.csv", filetest.Lines(hospital(missing, true, 1)...))
		filetest.Write(t, dir, "b.csv", filetest.Lines(hospital(missing, false, 2)...))
		for _, memory := range []int64{1 << 30, 1} {
			domains := openHospitals(t, dir, "", Memory(memory))
			for k, d := range domains {
				if want := []string{"age", "rate", "pulse", "rate missing", "pulse missing"}; !slices.Equal(d.Features, want) || !slices.Equal(d.Shape, []int{6}) {
					t.Fatalf("%q: %s has features %q in shape %v", missing, d.Name, d.Features, d.Shape)
				}
				if d.Train.Len() != 48 || d.Test.Len() != 12 || len(d.Dropped) > 0 {
					t.Errorf("%q: %s has %d and %d rows, dropped %v", missing, d.Name, d.Train.Len(), d.Test.Len(), d.Dropped)
				}
				// The known rates of training are 101 to 147 without multiples of 5:
				// 38, of which 123 and 124 are in the middle.
				var known []float64
				for i := range 48 {
					if i%5 != 0 {
						known = append(known, float64(100+i))
					}
				}
				mid, mean, sd := (known[18]+known[19])/2, 0.0, 0.0
				for _, v := range known {
					mean += v / float64(len(known))
				}
				for _, v := range known {
					sd += (v - mean) * (v - mean) / float64(len(known))
				}
				filled := float32((mid - mean) / math.Sqrt(sd))
				for _, s := range []*Split{d.Train, d.Test} {
					for id, x := range inputsOfAll(t, s) {
						absent := id%5 == 0
						if absent && (math.Abs(float64(x[1]-filled)) > 1e-5 || x[3] != 1) || !absent && (x[1] == filled || x[3] != 0) {
							t.Errorf("%q: %s, row %d: %v; a missing rate is %g", missing, d.Name, id, x, filled)
						}
						if k == 0 && x[4] != 0 || k == 1 && (x[2] != 0 || x[4] != 1) {
							t.Errorf("%q: %s, row %d: %v; the pulse is known to a alone", missing, d.Name, id, x)
						}
						if code := x[5]; (id%3 == 2) != (code == 0) {
							t.Errorf("%q: %s, row %d: the city has code %g", missing, d.Name, id, code)
						}
					}
				}
			}
			b := domains[1]
			want := []Missing{{"rate", 10, 0, 2, 123.5, true}, {"pulse", 48, 0, 12, 0, false}}
			if !slices.Equal(b.Missing, want) {
				t.Errorf("%q: missing %+v, want %+v", missing, b.Missing, want)
			}
			if !strings.Contains(strings.Join(b.Notes, "\n"), `missing inputs are replaced by the training median, with a further input for each column where training lacks values that says so: "rate" (10 of 48 training, 2 of 12 test rows), "pulse" (48 of 48 training, 12 of 12 test rows)`) ||
				!strings.Contains(strings.Join(b.Notes, "\n"), `without any value in training, so that models are given 0: "pulse"`) {
				t.Errorf("notes %q", b.Notes)
			}
		}
	}
}

// TestImputeSettings checks mean, none, and inputs without indicators.
func TestImputeSettings(t *testing.T) {
	dir := t.TempDir()
	filetest.Write(t, dir, "a.csv", filetest.Lines(hospital("-", true, 1)...))
	filetest.Write(t, dir, "b.csv", filetest.Lines(hospital("-", true, 2)...))
	ids := map[string]bool{}
	for _, c := range []struct {
		settings string
		size     int
		train    int
		fill     float64
	}{
		{", impute: mean", 5, 48, 123.763158}, // the 38 known rates add up to 3800 + 903
		{", indicators: false", 4, 48, 123.5},
		{", impute: none", 4, 38, 0},
	} {
		d := openHospitals(t, dir, c.settings)[0]
		fill := 0.0
		if len(d.Missing) > 0 {
			fill = d.Missing[0].Fill
		}
		if d.Shape[0] != c.size || d.Train.Len() != c.train || math.Abs(fill-c.fill) > 1e-4 {
			t.Errorf("%s: shape %v, %d rows, filled by %g", c.settings, d.Shape, d.Train.Len(), fill)
		}
		ids[d.SHA256] = true
	}
	if len(ids) != 3 {
		t.Error("ways to fill in share an identity")
	}
}

// TestMissingNumbers takes a number for a missing value only where the study
// says so, however it is written.
func TestMissingNumbers(t *testing.T) {
	dir := t.TempDir()
	content := []string{"x,z,y"}
	for i := range 40 {
		content = append(content, fmt.Sprintf("%s,%d,%d", []string{"-9", "-9.0", "1", "2"}[i%4], i, i%2))
	}
	filetest.Write(t, dir, "a.csv", filetest.Lines(content...))
	if d := mustOpen(t, dir, tableStudy("columns: {label: y}")); len(d.Missing) != 0 || d.Indicators != 0 {
		t.Errorf("missing %v", d.Missing)
	}
	d := mustOpen(t, dir, tableStudy("columns: {label: y, missing: ['-9']}"))
	if len(d.Missing) != 1 || d.Missing[0].Train+d.Missing[0].Val+d.Missing[0].Test != 20 {
		t.Errorf("missing %v", d.Missing)
	}
}

// TestLateValues leaves out columns without values in any domain, and those
// that turn out to hold texts after rows without.
func TestLateValues(t *testing.T) {
	dir := t.TempDir()
	content := []string{"x,never,late,number,y"}
	for i := range 300 {
		late, number := "", ""
		if i > 250 {
			late, number = "word", fmt.Sprint(i)
		}
		content = append(content, fmt.Sprintf("%d,,%s,%s,%d", i, late, number, i%2))
	}
	filetest.Write(t, dir, "a.csv", filetest.Lines(content...))
	d := mustOpen(t, dir, tableStudy("columns: {label: y}"))
	if !slices.Equal(d.Features, []string{"x", "number", "number missing"}) || len(d.Dropped) > 0 {
		t.Errorf("features %q, dropped %v", d.Features, d.Dropped)
	}
	if !slices.Contains(d.Notes, `columns without numbers are left out: "late"`) || !slices.Contains(d.Notes, `columns without values are left out: "never"`) {
		t.Errorf("notes %q", d.Notes)
	}
	for id, x := range inputsOfAll(t, d.Test) {
		if missing := id <= 250; (x[2] == 1) != missing {
			t.Errorf("row %d is %v", id, x)
		}
	}
	raw := make([]float64, 3)
	for i := range d.Train.Len() {
		d.Train.Raw(i, raw)
		if id := d.Train.ID(i); raw[0] != float64(id) || id > 250 && raw[1] != float64(id) || id <= 250 && raw[1] == raw[1] {
			t.Errorf("row %d is %v raw", id, raw)
		}
	}
}

// TestCleanTablesKeepIdentity checks that what fills in missing inputs is no part
// of data that lack none.
func TestCleanTablesKeepIdentity(t *testing.T) {
	dir := t.TempDir()
	filetest.Write(t, dir, "a.csv", filetest.Lines(rows(40)...))
	var all []string
	for _, settings := range []string{"", ", impute: mean", ", impute: none", ", indicators: false"} {
		all = append(all, mustOpen(t, dir, tableStudy("columns: {label: y"+settings+"}")).SHA256)
	}
	if len(slices.Compact(all)) != 1 {
		t.Errorf("identities %q", all)
	}
}

// TestMissingSpellings fills in what programs write for a number that is not
// there.
func TestMissingSpellings(t *testing.T) {
	for _, missing := range []string{".", ".a", ".Z", "-", "#DIV/0!", "#N/A", "#WERT!", "-nan", "-nan(ind)", "1.#QNAN", "-1.#IND"} {
		dir := t.TempDir()
		content := []string{"x,z,y"}
		for i := range 60 {
			x := fmt.Sprint(i)
			if i%6 == 0 {
				x = missing
			}
			content = append(content, fmt.Sprintf("%s,%d,%s", x, i*i%7, []string{"up", "down"}[i%2]))
		}
		filetest.Write(t, dir, "a.csv", filetest.Lines(content...))
		d := mustOpen(t, dir, tableStudy("columns: {label: y}"))
		if len(d.Missing) != 1 || d.Missing[0].Train+d.Missing[0].Val+d.Missing[0].Test != 10 {
			t.Errorf("%s: missing %+v", missing, d.Missing)
		}
	}
	for _, s := range []string{".5", ".ab", "1.#INF", "--", "n", ""} {
		if datafile.MissingNumber(s) {
			t.Errorf("%q stands for a missing number", s)
		}
	}
}

// TestMissingClasses takes missing values in a column of classes for missing
// labels, not for a class.
func TestMissingClasses(t *testing.T) {
	for _, missing := range []string{"nan", "NaN", "NA", "None", "null", "?", "#N/A", "#NV"} {
		dir := t.TempDir()
		content := []string{"x,z,y"}
		for i := range 60 {
			content = append(content, fmt.Sprintf("%d,%d,%s", i, i*i%7, []string{"up", "down", missing}[i%3]))
		}
		filetest.Write(t, dir, "a.csv", filetest.Lines(content...))
		if _, err := open(t, dir, tableStudy("columns: {label: y}")); err == nil || !strings.Contains(err.Error(), `a.csv:4: column "y": missing value`) {
			t.Errorf("%s: error %v", missing, err)
		}
		d := mustOpen(t, dir, tableStudy("columns: {label: y, missing_labels: drop}"))
		if !slices.Equal(d.Task.Classes, []string{"down", "up"}) || len(d.Dropped) != 1 || d.Dropped[0].Count != 20 {
			t.Errorf("%s: classes %q, dropped %v", missing, d.Task.Classes, d.Dropped)
		}
	}
}
