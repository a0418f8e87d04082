package drafting

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sharewise/sharewise/analysis/study"

	"github.com/sharewise/sharewise/analysis/datafile/filetest"

	"github.com/sharewise/sharewise/analysis/dataset"
)

// scan drafts a study of a folder, parses the draft and opens its data.
func scan(t *testing.T, dir string) (*study.Study, []*dataset.Domain, *study.Draft) {
	t.Helper()
	return scanBy(t, dir, "")
}

// scanBy is scan with the column whose values are the domains.
func scanBy(t *testing.T, dir, by string) (*study.Study, []*dataset.Domain, *study.Draft) {
	t.Helper()
	draft, err := Scan(dir, Config{Name: "found", Base: dir, Least: 2, DomainsBy: by})
	if err != nil {
		t.Fatal(err)
	}
	text := draft.Encode("study.yaml")
	s, err := study.ParseBytes(text, "study.yaml", dir)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	domains, err := dataset.OpenAll(context.Background(), s)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return s, domains, draft
}

// settled drafts a study of a folder and settles it.
func settled(t *testing.T, dir string) (*study.Study, []*dataset.Domain, *study.Draft) {
	t.Helper()
	draft, err := Scan(dir, Config{Name: "found", Base: dir, Least: 2})
	if err != nil {
		t.Fatal(err)
	}
	s, domains, err := Settle(t.Context(), draft, dir)
	if err != nil {
		t.Fatal(err)
	}
	return s, domains, draft
}

func names(domains []*dataset.Domain) []string {
	var out []string
	for _, d := range domains {
		out = append(out, d.Name)
	}
	return out
}

func TestScanIDX(t *testing.T) {
	dir := t.TempDir()
	pixels, labels := make([]byte, 40*4), make([]byte, 40)
	for i := range labels {
		labels[i] = byte(i % 2)
	}
	small, large := filetest.IDX(pixels, 40, 2, 2), filetest.IDX(make([]byte, 40*12), 40, 3, 4)
	filetest.Write(t, dir, "mnist/train-images-idx3-ubyte.gz", filetest.Gzip(small))
	filetest.Write(t, dir, "mnist/train-labels-idx1-ubyte.gz", filetest.Gzip(filetest.IDX(labels, 40)))
	filetest.Write(t, dir, "mnist/t10k-images-idx3-ubyte.gz", filetest.Gzip(small))
	filetest.Write(t, dir, "mnist/t10k-labels-idx1-ubyte.gz", filetest.Gzip(filetest.IDX(labels, 40)))
	filetest.Write(t, dir, "mnist/LICENSE", []byte("text"))
	for _, board := range []string{"board 1", "board 2"} {
		filetest.Write(t, dir, "lines/"+board+"-images.idx3", large)
		filetest.Write(t, dir, "lines/"+board+"-labels.idx1", filetest.IDX(labels, 40))
	}
	filetest.Write(t, dir, "lines/lonely-images.idx3", large) // without labels
	s, domains, _ := scan(t, dir)
	if got := names(domains); !slices.Equal(got, []string{"board-1", "board-2", "mnist"}) {
		t.Errorf("domains %v", got)
	}
	if d := domains[2]; d.Test.Len() != 40 || d.Train.Len() != 36 || !slices.Equal(s.Input.Size, []int{8, 8}) || s.Input.Channels != 1 {
		t.Errorf("mnist has %d + %d samples, input %+v", d.Train.Len(), d.Test.Len(), s.Input)
	}
}

func TestScanImages(t *testing.T) {
	dir := t.TempDir()
	for i := range 10 {
		for _, class := range []string{"good", "bad"} {
			filetest.Write(t, dir, fmt.Sprintf("plain/%s/%d.png", class, i), filetest.Grey(t, 3, 5, byte(i)))
			filetest.Write(t, dir, fmt.Sprintf("given/train/%s/%d.png", class, i), filetest.Grey(t, 3, 5, byte(i)))
			filetest.Write(t, dir, fmt.Sprintf("given/test/%s/%d.png", class, i), filetest.Grey(t, 3, 5, byte(i)))
		}
	}
	s, domains, draft := scan(t, dir)
	if got := names(domains); !slices.Equal(got, []string{"given", "plain"}) {
		t.Errorf("domains %v", got)
	}
	if s.Domains[0].Test == nil || s.Domains[0].Test.Path != "given/test" || domains[0].Test.Len() != 20 || domains[1].Test.Len() != 4 {
		t.Errorf("test data %+v, %d and %d samples", s.Domains[0].Test, domains[0].Test.Len(), domains[1].Test.Len())
	}
	if !slices.Contains(draft.Found, "given: 20 images in 2 class folders, test data in test") {
		t.Errorf("found %q", draft.Found)
	}
}

func TestScanTables(t *testing.T) {
	dir := t.TempDir()
	for _, year := range []string{"2011", "2012"} {
		content := []string{"No,patient,age,mood,remark,score"}
		for i := range 60 {
			content = append(content, fmt.Sprintf("%d,p%d,%d,%s,note %d,%g", i+1, i/10, 30+i%7, []string{"fine", "low"}[i%2], i, float64(i*i)/8))
		}
		filetest.Write(t, dir, "clinic_"+year+"_v1.csv", filetest.Lines(content...))
	}
	s, domains, draft := scan(t, dir)
	if got := names(domains); !slices.Equal(got, []string{"2011", "2012"}) {
		t.Errorf("domains %v", got)
	}
	c := s.Domains[0].Columns
	if !slices.Equal(c.Targets, []string{"score"}) || c.Group != "patient" || !slices.Equal(c.Ignore, []string{"No"}) || !slices.Equal(c.Categorical, []string{"mood"}) || !slices.Equal(domains[0].Features, []string{"age"}) {
		t.Errorf("columns %+v, features %v", c, domains[0].Features)
	}
	want := []string{
		"2011: a table of 6 columns", "2012: a table of 6 columns",
		`all: column "No" counts the rows and is left out`,
		`all: rows of the same "patient" are kept in the same split`,
		`all: column "score" is predicted as a number`,
		`all: columns of text are left out: "remark"`,
		`all: columns of words become embeddings: "mood"`,
	}
	slices.Sort(want)
	got := slices.Sorted(slices.Values(draft.Found))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestScanOneFile looks at a table by itself: one domain, where one will do.
func TestScanOneFile(t *testing.T) {
	dir := t.TempDir()
	content := []string{"age,plant,state"}
	for i := range 120 {
		content = append(content, fmt.Sprintf("%d,%s,%s", 30+i%7, []string{"north", "south"}[i/60], []string{"good", "bad"}[i%2]))
	}
	filetest.Write(t, dir, "all.csv", filetest.Lines(content...))
	for least, want := range map[int]int{1: 1, 2: 2} {
		draft, err := Scan(filepath.Join(dir, "all.csv"), Config{Name: "found", Base: dir, Least: least})
		if err != nil || len(draft.Study.Domains) != want {
			t.Errorf("at least %d: %+v, %v", least, draft, err)
		}
	}
}

// TestScanOneTableWithWords makes domains of a column of words, which is then no input.
func TestScanOneTableWithWords(t *testing.T) {
	dir := t.TempDir()
	content := []string{"age,mood,plant,state"}
	for i := range 120 {
		content = append(content, fmt.Sprintf("%d,%s,%s,%s", 30+i%7, []string{"fine", "low", "odd"}[i%3], []string{"north", "south"}[i/60], []string{"good", "bad"}[i%2]))
	}
	filetest.Write(t, dir, "all.csv", filetest.Lines(content...))
	s, domains, draft := scan(t, dir)
	if got := names(domains); !slices.Equal(got, []string{"north", "south"}) {
		t.Errorf("domains %v", got)
	}
	if c := s.Domains[0].Columns; c.Where["plant"] != "north" || !slices.Equal(c.Categorical, []string{"mood"}) {
		t.Errorf("columns %+v", c)
	}
	if !slices.Contains(draft.Found, `all: columns of words become embeddings: "mood"`) {
		t.Errorf("found %q", draft.Found)
	}
}

func TestScanTableWithoutHeader(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a", "b"} {
		var content []string
		for i := range 40 {
			content = append(content, fmt.Sprintf("%d;%g;%d", i*i, float64(i)/3, i%2))
		}
		filetest.Write(t, dir, name+".dat", filetest.Lines(content...))
	}
	s, domains, _ := scan(t, dir)
	if c := s.Domains[0].Columns; c.Header == nil || *c.Header || c.Label != "column3" || domains[0].Train.Len() != 28 {
		t.Errorf("columns %+v, %d rows", c, domains[0].Train.Len())
	}
}

// TestScanClassFirst predicts the first column of tables without header where it is the only
// one of few values, as in the UCR archive, but not what numbers units whose rows are counted.
func TestScanClassFirst(t *testing.T) {
	for row, want := range map[string]string{
		"%[2]d\t%[3]g\t%[4]g\t%[5]g": "column1",
		"%[3]g\t%[4]g\t%[5]g\t%[2]d": "column4",
		"%[2]d\t%[3]g\t7\t%[4]g":     "", // as units, settings and readings of engines
	} {
		dir := t.TempDir()
		for _, name := range []string{"a_TRAIN.tsv", "a_TEST.tsv", "b_TRAIN.tsv", "b_TEST.tsv"} {
			var content []string
			for i := range 40 {
				x := float64(i)
				content = append(content, fmt.Sprintf(row, i, 1+i%3, math.Sin(x), math.Cos(3*x), math.Sin(x*x)))
			}
			filetest.Write(t, dir, name, filetest.Lines(content...))
		}
		if s, domains, _ := scan(t, dir); s.Domains[0].Columns.Label != want || domains[0].Test.Len() != 40 {
			t.Errorf("%s: columns %+v, %d for testing", row, s.Domains[0].Columns, domains[0].Test.Len())
		}
	}
}

// TestScanOneTable makes domains of the values of a column.
func TestScanOneTable(t *testing.T) {
	dir := t.TempDir()
	content := []string{"id,plant,load,failure"}
	for i := range 90 {
		content = append(content, fmt.Sprintf("%d,%s,%d,%d", i, []string{"H", "L", "M"}[i/30], i*7%50, i%2))
	}
	filetest.Write(t, dir, "all.csv", filetest.Lines(content...))
	s, domains, _ := scan(t, dir)
	if got := names(domains); !slices.Equal(got, []string{"H", "L", "M"}) {
		t.Errorf("domains %v", got)
	}
	if c := s.Domains[1].Columns; c.Where["plant"] != "L" || c.Label != "failure" || domains[1].Train.ID(0) < 30 || domains[1].Train.Len() != 21 {
		t.Errorf("columns %+v, %d rows", c, domains[1].Train.Len())
	}
}

func TestScanRefuses(t *testing.T) {
	dir := t.TempDir()
	filetest.Write(t, dir, "notes.txt", []byte("nothing here"))
	if _, err := Scan(dir, Config{Name: "n", Base: dir, Least: 2}); err == nil || !strings.Contains(err.Error(), "found no data in") || !strings.Contains(err.Error(), "DOMAIN/CLASS/image.png") {
		t.Errorf("no data: %v", err)
	}
	for i := range 2 {
		filetest.Write(t, dir, fmt.Sprintf("one/a/%d.png", i), filetest.Grey(t, 2, 2, 0))
		filetest.Write(t, dir, fmt.Sprintf("one/b/%d.png", i), filetest.Grey(t, 2, 2, 0))
	}
	if _, err := Scan(dir, Config{Name: "n", Base: dir, Least: 2}); err == nil || !strings.Contains(err.Error(), "found one domain, one (4 images in 2 class folders)") {
		t.Errorf("one domain: %v", err)
	}
	if _, err := Scan(filepath.Join(dir, "none"), Config{Name: "n", Base: dir, Least: 2}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no folder: %v", err)
	}
	if _, err := Scan(filepath.Join(dir, "notes.txt"), Config{Name: "n", Base: dir, Least: 1}); err == nil || !strings.Contains(err.Error(), "notes.txt: a table of fewer than 4 rows") {
		t.Errorf("a file: %v", err)
	}
}

// TestScanPredicted predicts the column whose name says so, or else the last one that can be.
func TestScanPredicted(t *testing.T) {
	columns := map[string]func(i int) string{
		"few": func(i int) string { return fmt.Sprint(i * 13 % 7 % 2) }, "words": func(i int) string { return []string{"S", "C", "Q"}[i*11%7%3] },
		"number": func(i int) string { return fmt.Sprintf("%d.%d", i*37%101, i*7%10) }, "unique": func(i int) string { return fmt.Sprintf("A%dx", i*7919%1009) },
	}
	for _, c := range []struct{ header, kinds, want string }{
		{"Survived,Pclass,Fare,Embarked", "few words number words", "Survived"},
		{"type,temp,Machine failure,load", "words number few number", "Machine failure"},
		{"type,temp,load", "words number number", "type"},
		{"price,weight,depth,width", "number number number number", "price"},
		{"price,sales,weight,depth", "number number number number", "sales"},
		{"price,weight,grade", "number number words", "grade"},
		{"sales,promo,weekday", "number few words", "sales"},
		{"machine_status,s1,s2", "words number number", "machine_status"},
		{"yield,weight,mode", "number number few", "mode"},
		{"temp,load,ticket", "number number unique", "load"},
		{"price,temp,load", "words number number", "load"},
	} {
		dir := t.TempDir()
		kinds := strings.Fields(c.kinds)
		for k, site := range []string{"n", "s"} {
			rows := []string{c.header}
			for i := range 120 {
				var fields []string
				for j, kind := range kinds {
					fields = append(fields, columns[kind](i*(j+2)+k))
				}
				rows = append(rows, strings.Join(fields, ","))
			}
			filetest.Write(t, dir, site+".csv", filetest.Lines(rows...))
		}
		s, _, draft := scan(t, dir)
		columns := s.Domains[0].Columns
		if got := strings.Join(append(slices.Clone(columns.Targets), columns.Label), ""); got != c.want {
			t.Errorf("%s: %s is predicted, want %s; %q", c.header, got, c.want, draft.Found)
		}
	}
}
