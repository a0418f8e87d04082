package drafting

import (
	"fmt"
	"slices"
	"testing"

	"github.com/sharewise/sharewise/analysis/datafile/filetest"
	"github.com/sharewise/sharewise/analysis/study"
)

func TestScanSvmlight(t *testing.T) {
	dir := t.TempDir()
	filetest.Write(t, dir, "adults", filetest.Lines(filetest.SparseLines(40, 3)...))
	filetest.Write(t, dir, "adults.t", filetest.Lines(filetest.SparseLines(20, 3)...))
	filetest.Write(t, dir, "texts.svm", filetest.Lines(filetest.SparseLines(40, 5)...))
	filetest.Write(t, dir, "notes.txt", []byte("some text: with colons\n"))
	filetest.Write(t, dir, "LICENSE", []byte("text\n"))
	_, domains, _ := scan(t, dir)
	if got := names(domains); !slices.Equal(got, []string{"adults", "texts"}) {
		t.Fatalf("domains %v", got)
	}
	if d := domains[0]; d.Test.Len() != 20 || d.Train.Len() != 36 || !slices.Equal(d.Shape, []int{6}) {
		t.Errorf("%d + %d samples of shape %v", d.Train.Len(), d.Test.Len(), d.Shape)
	}
	dir = t.TempDir()
	for _, name := range []string{"a.data", "b.data"} {
		var text []string
		for i := range 60 {
			text = append(text, fmt.Sprintf("%g 0:%d", float64(i)/7, i))
		}
		filetest.Write(t, dir, name, filetest.Lines(text...))
	}
	s, domains, _ := scan(t, dir)
	if s.Domains[0].Task.Kind != study.Regression || !s.Domains[0].Svmlight.ZeroBased || domains[0].Shape[0] != 1 {
		t.Errorf("task %s, %+v, shape %v", s.Domains[0].Task.Kind, s.Domains[0].Svmlight, domains[0].Shape)
	}
}

// TestScanCounts proposes tf-idf for counts of words, and nothing for other
// sparse rows.
func TestScanCounts(t *testing.T) {
	for value, want := range map[string]string{"2": "tfidf", "1": "", "0.5": ""} {
		dir := t.TempDir()
		for _, name := range []string{"a.svm", "b.svm"} {
			filetest.Write(t, dir, name, []byte("1 3:1 7000:"+value+"\n2 5:1 9:1\n"))
		}
		d, err := Scan(dir, Config{Base: dir, Name: "t", Least: 2})
		if err != nil {
			t.Fatal(err)
		}
		if d.Study.Input.Normalize != want {
			t.Errorf("values of %s: normalize %q, want %q", value, d.Study.Input.Normalize, want)
		}
		written, err := study.ParseBytes(d.Encode("t.yaml"), "t.yaml", dir)
		if err != nil {
			t.Fatal(err)
		}
		if want == "" {
			want = study.NormalizeScale // the default
		}
		if written.Input.Normalize != want {
			t.Errorf("values of %s: %s is read back", value, written.Input.Normalize)
		}
	}
}
