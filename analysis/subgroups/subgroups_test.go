package subgroups

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/losses"
	"github.com/sharewise/sharewise/analysis/project"
)

// plants has two domains of a table with a number of many values, one of two, one that
// is missing at times, and a word.
func plants(t *testing.T) [][]*dataset.Domain {
	t.Helper()
	dir := t.TempDir()
	var table strings.Builder
	table.WriteString("site,x,flag,gap,colour,bad\n")
	for i := range 200 {
		gap := fmt.Sprint(float64(i%13) / 7)
		if i%10 == 3 {
			gap = ""
		}
		fmt.Fprintf(&table, "%s,%d.5,%d,%s,%s,%s\n", []string{"north", "south"}[i%2], i, i%2+i%4/3, gap, []string{"red", "green", "blue"}[i%3], []string{"no", "yes"}[i*7%5%2])
	}
	if err := os.WriteFile(filepath.Join(dir, "t.csv"), []byte(table.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "study.yaml")
	text := "version: 1\nname: plants\ndefaults: {data: t.csv, columns: {label: bad, categorical: [colour]}}\ndomains: {by: site}\n"
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	s, err := dataset.ParseStudy(file)
	if err != nil {
		t.Fatal(err)
	}
	p, err := project.Open(t.Context(), s, project.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return p.Tested()
}

// names counts the samples of every subgroup of a division.
func names(d analysis.Division, test *dataset.Split) map[string]int {
	out := map[string]int{}
	for i := range test.Len() {
		out[d.Of(losses.SampleID{Number: test.ID(i)})]++
	}
	return out
}

// TestColumns divides numbers into quarters, small numbers and words by value, and
// keeps missing ones apart.
func TestColumns(t *testing.T) {
	folds := plants(t)
	test := folds[0][0].Test
	divisions, notes, err := Columns(folds, []string{All})
	if err != nil || len(notes) != 0 {
		t.Fatal(err, notes)
	}
	found := map[string]map[string]int{}
	for _, d := range divisions {
		if d.Domain == "north" {
			found[d.By] = names(d, test)
		}
	}
	if x := found["x"]; len(x) != 4 {
		t.Errorf("x: %v", x)
	} else {
		for name, n := range x {
			if share := float64(n) / float64(test.Len()); share < 0.2 || share > 0.3 {
				t.Errorf("quarter %s has %d of %d", name, n, test.Len())
			}
		}
	}
	if g := found["gap"]; len(g) != 4 && len(g) != 5 || g[""] != 0 {
		t.Errorf("gap: %v", g)
	}
	if c := found["colour"]; len(c) != 3 || c["red"] == 0 || c["green"] == 0 {
		t.Errorf("colour: %v", c)
	}
	if f := found["flag"]; len(f) != 1 || f["0"]+f["1"] != test.Len() {
		t.Errorf("flag: %v", f)
	}
	if divisions, _, err = Columns(folds, []string{"colour"}); err != nil || len(divisions) != 2 {
		t.Errorf("colour alone: %v, %v", divisions, err)
	}
	if _, _, err = Columns(folds, []string{"color"}); err == nil || !strings.Contains(err.Error(), `"colour"`) {
		t.Errorf("an unknown column: %v", err)
	}
	folds[0][0].Confidential = true
	divisions, notes, err = Columns(folds, []string{"colour"})
	if err != nil || len(divisions) != 1 || divisions[0].Domain != "south" || len(notes) != 1 {
		t.Errorf("a confidential domain: %v, %q, %v", divisions, notes, err)
	}
}

// TestKMeans finds clusters that lie apart, whatever the order of rows, the largest
// first.
func TestKMeans(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	sizes, at := []int{20, 60, 40}, [][]float64{{0, 0}, {9, 0}, {0, 9}}
	var want []int
	x := mat.NewDense(120, 2, nil)
	order := random.Perm(120)
	row := 0
	for c, n := range sizes {
		for range n {
			x.SetRow(order[row], []float64{at[c][0] + random.NormFloat64(), at[c][1] + random.NormFloat64()})
			row++
		}
	}
	want = make([]int, 120)
	row = 0
	for c, n := range sizes {
		for range n {
			want[order[row]] = []int{2, 0, 1}[c]
			row++
		}
	}
	if got := kMeans(x, 3, random); !slices.Equal(got, want) {
		t.Errorf("clusters %v, want %v", got, want)
	}
	if of := kMeans(mat.NewDense(10, 2, nil), 3, random); len(of) != 10 || slices.Max(of) > 2 {
		t.Errorf("rows that are all the same: %v", of)
	}
}

// TestClusters names a cluster for every test sample.
func TestClusters(t *testing.T) {
	folds := plants(t)
	divisions, err := Clusters(t.Context(), folds, 3, 1)
	if err != nil || len(divisions) != 2 {
		t.Fatal(divisions, err)
	}
	counts := names(divisions[1], folds[0][1].Test)
	if len(counts) != 3 || counts[""] != 0 || counts["cluster 1"] < counts["cluster 3"] {
		t.Errorf("clusters: %v", counts)
	}
	if divisions, err = Clusters(t.Context(), folds, 90, 1); err != nil || len(divisions) != 0 {
		t.Errorf("more clusters than half the samples: %v, %v", divisions, err)
	}
}

// TestMetadata reads tables that name samples, and says what is wrong with others.
func TestMetadata(t *testing.T) {
	path := filepath.Join(t.TempDir(), "meta.csv")
	read := func(text string, domains ...string) ([]analysis.Division, error) {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return Metadata(path, domains)
	}
	d, err := read("domain,sample,shift,camera\na,1,day,3\na,2,night,3\nb,1,,4\n", "a", "b")
	if err != nil || len(d) != 4 {
		t.Fatal(d, err)
	}
	if got := d[0].Of(losses.SampleID{Number: 2}); d[0].By != "shift" || got != "night" {
		t.Errorf("%s of a2: %q", d[0].By, got)
	}
	if got := d[2].Of(losses.SampleID{Number: 1}); got != "" {
		t.Errorf("an empty field: %q", got)
	}
	if d, err = read("sample,shift\nx.png,day\n", "a"); err != nil || d[0].Of(losses.SampleID{Name: "x.png"}) != "day" {
		t.Errorf("one domain, samples with names: %v, %v", d, err)
	}
	for text, want := range map[string]string{
		"shift\nday\n":                               `no column "sample"`,
		"sample,shift\n1,day\n":                      `no column "domain", and there are 2 domains`,
		"domain,sample\na,1\n":                       "no column that divides",
		"domain,sample,shift\nc,1,day\n":             `meta.csv:2: unsuitable table of metadata: domain "c" is none`,
		"domain,sample,shift\na,1,day\na,1,night\n":  "meta.csv:3: unsuitable table of metadata: sample 1 of a has a row already",
		"domain,sample,shift\na,1,day\na,1,n,more\n": "4 fields",
		"": "no header",
	} {
		if _, err := read(text, "a", "b"); !errors.Is(err, ErrMetadata) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

// TestQuarters of awkward values.
func TestQuarters(t *testing.T) {
	same := map[losses.SampleID]float64{}
	for i := range 20 {
		same[losses.SampleID{Number: int64(i)}] = float64(max(0, i-15))
	}
	name := quarters(same)
	if a, b := name(0), name(4); a == b || name(math.NaN()) != "missing" {
		t.Errorf("mostly zeros: %q, %q", a, b)
	}
}
