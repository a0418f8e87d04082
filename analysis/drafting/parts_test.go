package drafting

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sharewise/sharewise/analysis/study"

	"github.com/sharewise/sharewise/analysis/datafile/filetest"
)

// trialTable is a table of n rows with inputs a and b and a class y that follows from
// them, and further columns.
func trialTable(n int, more map[string]func(row int) string) []byte {
	rng := rand.New(rand.NewPCG(1, uint64(n)))
	names := slices.Sorted(maps.Keys(more))
	out := []string{strings.Join(append([]string{"a", "b"}, append(names, "y")...), ",")}
	for i := range n {
		a, b := rng.NormFloat64(), rng.NormFloat64()
		fields := []string{fmt.Sprintf("%.3f", a), fmt.Sprintf("%.3f", b)}
		for _, name := range names {
			fields = append(fields, more[name](i))
		}
		out = append(out, strings.Join(append(fields, map[bool]string{true: "yes", false: "no"}[a > b]), ","))
	}
	return filetest.Lines(out...)
}

// placesOf lists the domains of a study with their data, validation and test data.
func placesOf(s *study.Study) []string {
	place := func(f *study.Files) string {
		if f == nil {
			return "-"
		}
		return strings.Trim(f.Path+" "+f.Inputs+" "+f.Labels+f.Targets+f.Images, " ")
	}
	var out []string
	for i := range s.Domains {
		d := &s.Domains[i]
		out = append(out, fmt.Sprintf("%s: %s | %s | %s", d.Name, place(&d.Files), place(d.Val), place(d.Test)))
	}
	return out
}

// TestScanParts finds which files, folders and arrays are training, validation and
// test data of one domain. Every draft opens.
func TestScanParts(t *testing.T) {
	table := trialTable(60, nil)
	x, y := filetest.TenArrays(t, t.TempDir())
	sparse := filetest.Lines(filetest.SparseLines(40, 5)...)
	both := func(members map[string][]byte) []byte { return filetest.NPZ(t, members) }
	for _, test := range []struct {
		name  string
		files map[string][]byte
		want  []string
	}{
		{"words behind", map[string][]byte{"n_train.csv": table, "n_test.csv": table, "s-train.csv": table, "s-val.csv": table, "s-test.csv": table},
			[]string{"n: n_train.csv | - | n_test.csv", "s: s-train.csv | s-val.csv | s-test.csv"}},
		{"words in front", map[string][]byte{"train_n.csv": table, "dev_n.csv": table, "test_n.csv": table, "Training.s.csv": table, "TEST.s.csv": table},
			[]string{"s: Training.s.csv | - | TEST.s.csv", "n: train_n.csv | dev_n.csv | test_n.csv"}},
		{"only tests are marked", map[string][]byte{"d1.csv": table, "d1_te.csv": table, "d2.csv": table, "d2_te.csv": table},
			[]string{"d1: d1.csv | - | d1_te.csv", "d2: d2.csv | - | d2_te.csv"}},
		{"nothing but training", map[string][]byte{"n_train.csv": table, "s_train.csv": table},
			[]string{"n: n_train.csv | - | -", "s: s_train.csv | - | -"}},
		{"a folder per domain", map[string][]byte{"n/train.csv": table, "n/test.csv": table, "s/train.csv": table, "s/valid.csv": table},
			[]string{"n: n/train.csv | - | n/test.csv", "s: s/train.csv | s/valid.csv | -"}},
		{"a folder per part", map[string][]byte{"train/n.csv": table, "test/n.csv": table, "train/s.csv": table, "test/s.csv": table},
			[]string{"n: train/n.csv | - | test/n.csv", "s: train/s.csv | - | test/s.csv"}},
		{"the whole beside its parts", map[string][]byte{"n.csv": table, "n_train.csv": table, "n_test.csv": table, "s.csv": table},
			[]string{"n: n_train.csv | - | n_test.csv", "s: s.csv | - | -"}},
		{"one name in several folders", map[string][]byte{"n/data.csv": table, "s/data.csv": table},
			[]string{"n: n/data.csv | - | -", "s: s/data.csv | - | -"}},
		{"years of several plants", map[string][]byte{"n/2020.csv": table, "n/2021.csv": table, "s/2020.csv": table},
			[]string{"n-2020: n/2020.csv | - | -", "n-2021: n/2021.csv | - | -", "s-2020: s/2020.csv | - | -"}},
		{"sparse rows", map[string][]byte{"books/train.svmlight": sparse, "books/test.svmlight": sparse, "dvd.svm": sparse},
			[]string{"dvd: dvd.svm | - | -", "books: books/train.svmlight | - | books/test.svmlight"}},
		{"NPY files", map[string][]byte{"n/X_train.npy": x, "n/y_train.npy": y, "n/X_test.npy": x, "n/y_test.npy": y, "s_xtrain.npy": x, "s_ytrain.npy": y, "s_xtest.npy": x, "s_ytest.npy": y},
			[]string{"s: s_xtrain.npy  s_ytrain.npy | - | s_xtest.npy  s_ytest.npy", "n: n/X_train.npy  n/y_train.npy | - | n/X_test.npy  n/y_test.npy"}},
		{"NPZ files", map[string][]byte{"n.npz": both(map[string][]byte{"x_train": x, "y_train": y, "x_test": x, "y_test": y}), "s.npz": both(map[string][]byte{"train_images": x, "train_labels": y})},
			[]string{"n: n.npz x_train y_train | - | n.npz x_test y_test", "s: s.npz train_images train_labels | - | -"}},
		{"domains in one NPZ file", map[string][]byte{"all.npz": both(map[string][]byte{"n_x": x, "n_y": y, "s_x": x, "s_y": y})},
			[]string{"n: all.npz n_x n_y | - | -", "s: all.npz s_x s_y | - | -"}},
		{"partitions", map[string][]byte{"plant=nord/part-0.csv": table, "plant=nord/part-1.csv": table, "plant=s%C3%BCd/part-0.csv": table},
			[]string{"nord: plant=nord/*.csv | - | -", "süd: plant=s%C3%BCd/part-0.csv | - | -"}},
		{"partitions by year too", map[string][]byte{"year=20/plant=n/1.csv": table, "year=21/plant=n/2.csv": table, "year=20/plant=s/3.csv": table, "year=21/plant=s/4.csv": table},
			[]string{"n: year=*/plant=n/*.csv | - | -", "s: year=*/plant=s/*.csv | - | -"}},
		{"partitions by part", map[string][]byte{"split=train/plant=n/1.csv": table, "split=test/plant=n/2.csv": table, "split=train/plant=s/3.csv": table, "split=test/plant=s/4.csv": table},
			[]string{"n: split=train/plant=n/1.csv | - | split=test/plant=n/2.csv", "s: split=train/plant=s/3.csv | - | split=test/plant=s/4.csv"}},
		{"parts of tables", map[string][]byte{"n/part-00.csv": table, "n/part-01.csv": table, "n/_SUCCESS": nil, "s/part-00.csv": table},
			[]string{"n: n/part-0*.csv | - | -", "s: s/part-00.csv | - | -"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			for name, data := range test.files {
				filetest.Write(t, dir, name, data)
			}
			s, domains, draft := scan(t, dir)
			got := placesOf(s)
			slices.Sort(got)
			slices.Sort(test.want)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("%s\n%s", diff, strings.Join(draft.Found, "\n"))
			}
			for _, d := range domains {
				if d.Test.Len() == 0 || d.Train.Len() == 0 {
					t.Errorf("%s has %d training and %d test samples", d.Name, d.Train.Len(), d.Test.Len())
				}
			}
		})
	}
}

// TestScanUnlabelledTest passes over test data that lack what is predicted, as
// those of competitions do.
func TestScanUnlabelledTest(t *testing.T) {
	dir := t.TempDir()
	filetest.Write(t, dir, "train.csv", trialTable(80, map[string]func(int) string{"hospital": func(i int) string { return "AB"[i%2 : i%2+1] }}))
	unlabelled := []string{"a,b,hospital"}
	for i := range 20 {
		unlabelled = append(unlabelled, fmt.Sprintf("%d,%d,A", i*i, i%7))
	}
	filetest.Write(t, dir, "test.csv", filetest.Lines(unlabelled...))
	s, _, draft := scan(t, dir)
	if got := placesOf(s); !slices.Equal(got, []string{"A: train.csv | - | -", "B: train.csv | - | -"}) {
		t.Errorf("domains %q", got)
	}
	if want := `passed over "test.csv": no column "y" to be predicted, which train.csv has`; !slices.Contains(draft.Found, want) {
		t.Errorf("found %q, want %s", draft.Found, want)
	}
}

// TestScanSplitColumn takes a column that says which rows are for testing, in
// the whole file, and leaves one out that does not do so.
func TestScanSplitColumn(t *testing.T) {
	for _, test := range []struct {
		name  string
		value func(row int) string
		split string
		note  string
	}{
		{"set", func(i int) string { return []string{"Train", "Test"}[i/550] }, "set", `column "set" says which rows`},
		{"usage", func(i int) string { return []string{"train", "test", "val"}[i%3] }, "usage", `column "usage" says which rows`},
		{"set", func(i int) string { return []string{"train", "val"}[i%2] }, "", "no row is for testing"},
		{"set", func(i int) string { return []string{"train", "test", "spare"}[min(2, i/290)] }, "", `it has other values too, such as "spare"`},
		{"split", func(i int) string { return []string{"train", "test", "holdout"}[i%3] }, "", `it has other values too, such as "holdout"; rows are divided anew`},
		{"split", func(i int) string { return []string{"Training", "Validierung", "Probe"}[i%3] }, "", `column "split" is left out`},
		{"dat", func(i int) string { return []string{"train", "test", "tset"}[i%13%3] }, "", `column "dat" is left out`},
		{"vehicle", func(i int) string { return []string{"train", "tram", "bus"}[i%3] }, "", `"vehicle"`},
		{"kind", func(i int) string { return "test" }, "", ""},
	} {
		dir := t.TempDir()
		plant := func(i int) string { return []string{"n", "s"}[i%2] }
		filetest.Write(t, dir, "all.csv", trialTable(600, map[string]func(int) string{"plant": plant, test.name: test.value}))
		s, domains, draft := scan(t, dir)
		if got := s.Domains[0].Columns.Split; got != test.split || len(domains) != 2 || !strings.Contains(strings.Join(draft.Found, "\n"), test.note) {
			t.Errorf("%s: split by %q, want %q; found\n%s", test.name, got, test.split, strings.Join(draft.Found, "\n"))
		}
		if left := strings.Contains(strings.Join(draft.Found, "\n"), "which could divide the rows"); left != slices.Contains(s.Domains[0].Columns.Ignore, test.name) {
			t.Errorf("%s: ignored are %q; found\n%s", test.name, s.Domains[0].Columns.Ignore, strings.Join(draft.Found, "\n"))
		}
		if test.split == "set" && (domains[0].Test.Len() != 25 || domains[0].Train.Len() >= 275) {
			t.Errorf("%d test and %d training rows", domains[0].Test.Len(), domains[0].Train.Len())
		}
	}
}

// TestScanHiveParquet reads Parquet files in folders that name a value.
func TestScanHiveParquet(t *testing.T) {
	dir := t.TempDir()
	for _, plant := range []string{"nord", "sued"} {
		for part := range 2 {
			filetest.Write(t, dir, fmt.Sprintf("plant=%s/part-%d.parquet", plant, part), filetest.Parquet(t, filetest.Readings(40)))
		}
	}
	s, domains, _ := scan(t, dir)
	if got := placesOf(s); !slices.Equal(got, []string{"nord: plant=nord/*.parquet | - | -", "sued: plant=sued/*.parquet | - | -"}) {
		t.Errorf("domains %q", got)
	}
	for by, want := range map[string]int{"plant": 2, "shift": 0} {
		draft, err := Scan(dir, Config{Name: "n", Base: dir, Least: 2, DomainsBy: by})
		if want == 0 != (err != nil) || err == nil && len(draft.Study.Domains) != want {
			t.Errorf("domains by %s: %v", by, err)
		}
	}
	if n := domains[0].Train.Len() + domains[0].Val.Len() + domains[0].Test.Len(); n != 80 {
		t.Errorf("%d rows, want those of both parts, 80", n)
	}
	if _, err := filepath.Glob(filepath.Join(dir, s.Domains[0].Files.Path)); err != nil {
		t.Error(err)
	}
}

// TestScanNamesLikePatterns reads files and folders whose names would stand for others if they were patterns, in a
// folder that has such a name itself.
func TestScanNamesLikePatterns(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data [1]")
	rows := func(n int) []byte {
		lines := []string{"x,y"}
		for i := range n {
			lines = append(lines, fmt.Sprintf("%d.5,%d", i*i%37, i%2))
		}
		return filetest.Lines(lines...)
	}
	for _, c := range []struct {
		folder string
		files  map[string]int // rows
		want   map[string]int // samples by domain
	}{
		{"tables", map[string]int{"a[1].csv": 40, "a1.csv": 50, "[b.csv": 60, "c].csv": 70}, map[string]int{"a-1": 40, "a1": 50, "b": 60, "c": 70}},
		{"parts", map[string]int{"n[x]/part-0.csv": 40, "n[x]/part-1.csv": 40, "nx/part-0.csv": 50, "nx/part-1.csv": 50}, map[string]int{"n-x": 80, "nx": 100}},
		{"days", map[string]int{"[n]/2024-01-01.csv": 40, "[n]/2024-01-02.csv": 40, "n/2024-01-01.csv": 50, "n/2024-01-02.csv": 50}, map[string]int{"n": 80, "n-2": 100}},
		{"hive", map[string]int{"plant=a[1]/part-0.csv": 40, "plant=a[1]/part-1.csv": 40, "plant=a1/part-0.csv": 50, "plant=a1/part-1.csv": 50}, map[string]int{"a-1": 80, "a1": 100}},
	} {
		for name, n := range c.files {
			filetest.Write(t, dir, path.Join(c.folder, name), rows(n))
		}
		draft, err := Scan(filepath.Join(dir, c.folder), Config{Name: "found", Base: dir, Least: 2})
		if err != nil {
			t.Errorf("%s: %v", c.folder, err)
			continue
		}
		_, domains, err := Settle(t.Context(), draft, dir)
		if err != nil {
			t.Errorf("%s: %v", c.folder, err)
		}
		got := map[string]int{}
		for _, d := range domains {
			got[d.Name] = d.Train.Len() + d.Val.Len() + d.Test.Len()
		}
		if !maps.Equal(got, c.want) {
			t.Errorf("%s: samples %v, want %v\n%s", c.folder, got, c.want, strings.Join(draft.Found, "\n"))
		}
	}
}
