package dataset

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/datafile/filetest"
	"github.com/sharewise/sharewise/analysis/versioned/alteration"
)

// sparseStudy is a study of two files of sparse samples.
func sparseStudy(settings string) string {
	return "input: {normalize: none}\ndefaults: {format: svmlight, " + settings + "}\ndomains:\n  - {name: a, data: a.txt}\n  - {name: b, data: b.txt}\n"
}

// dense gathers a split as one row per sample.
func dense(t *testing.T, s *Split) [][]float32 {
	t.Helper()
	var out [][]float32
	for i := range s.Len() {
		x := make([]float32, s.size)
		if err := s.Gather([]int{i}, x); err != nil {
			t.Fatal(err)
		}
		out = append(out, x)
	}
	return out
}

func TestSvmlight(t *testing.T) {
	dir := t.TempDir()
	filetest.Write(t, dir, "a.txt", filetest.Lines(append([]string{"# a comment", ""}, filetest.SparseLines(40, 3)...)...))
	filetest.Write(t, dir, "b.txt", filetest.Gzip(filetest.Lines(filetest.SparseLines(30, 8)...)))
	s := parse(t, dir, sparseStudy(""))
	domains, err := OpenAll(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	for k, d := range domains {
		// Both have the width of the wider one, 9.
		if !slices.Equal(d.Shape, []int{9}) || !slices.Equal(d.Task.Classes, []string{"-1", "1"}) || d.Features != nil {
			t.Fatalf("shape %v, classes %v, features %v", d.Shape, d.Task.Classes, d.Features)
		}
		w := []int{3, 8}[k]
		for i, x := range dense(t, d.Train) {
			id := int(d.Train.ID(i))
			want := make([]float32, 9)
			want[id%w], want[w] = float32(id)+0.5, -float32(id)
			if !slices.Equal(x, want) || d.Train.Label(i) != id%2 {
				t.Fatalf("domain %s, sample %d: %v of class %d, want %v", d.Name, id, x, d.Train.Label(i), want)
			}
		}
	}
	if got, want := domains[0].Test.Member(0), fmt.Sprintf("a.txt:%d", domains[0].Test.ID(0)+3); got != want {
		t.Errorf("member %s, want %s", got, want)
	}
}

// TestSparseBeyondTheBudget reads the same rows from memory and from a mapped
// file, over the ends of blocks.
func TestSparseBeyondTheBudget(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	const n, w = 60_000, 50
	rng := rand.New(rand.NewPCG(1, 2))
	var text strings.Builder
	for i := range n {
		fmt.Fprintf(&text, "%d", i%3)
		for j := range w {
			if rng.IntN(10) == 0 {
				fmt.Fprintf(&text, " %d:%d", j+1, rng.IntN(1000))
			}
		}
		fmt.Fprintf(&text, " %d:1\n", w+1)
	}
	content := text.String()
	dir := t.TempDir()
	filetest.Write(t, dir, "a.txt", []byte(content))
	filetest.Write(t, dir, "b.txt", []byte(content))
	s := parse(t, dir, sparseStudy(""))
	var sums []string
	for _, memory := range []int64{1, 3 << 19, 1 << 30} {
		d, err := Open(context.Background(), s, s.Domains[0], Memory(memory))
		if err != nil {
			t.Fatal(err)
		}
		rows := d.Train.store.values.(*sparseRows)
		if inFile := rows.pairs.mapped != nil; inFile != (memory < 1<<30) {
			t.Errorf("budget %d: in a file: %t", memory, inFile)
		}
		sums = append(sums, d.SHA256)
		runtime.KeepAlive(d)
	}
	if sums[0] != sums[1] || sums[0] != sums[2] {
		t.Errorf("the budget changes the data: %v", sums)
	}
}

func TestSvmlightTasks(t *testing.T) {
	dir := t.TempDir()
	var numbers, sets []string
	for i := range 40 {
		numbers = append(numbers, fmt.Sprintf("%g qid:%d 0:%d 2:1", float64(i)/3, i/5, i))
		sets = append(sets, fmt.Sprintf("%s 1:%d 3:1", []string{"0,7", "7", "12,0,7"}[i%3], i))
	}
	sets[9] = "1:9 3:1" // without a label
	filetest.Write(t, dir, "a.txt", filetest.Lines(numbers...))
	filetest.Write(t, dir, "b.txt", filetest.Lines(sets...))
	s := parse(t, dir, sparseStudy("task: regression, svmlight: {zero_based: true}, split: {by: group}"))
	d, err := Open(context.Background(), s, s.Domains[0])
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(d.Shape, []int{3}) || !slices.Equal(d.Task.Targets, []string{"target"}) {
		t.Errorf("shape %v, targets %v", d.Shape, d.Task.Targets)
	}
	groups := map[string]bool{}
	y := make([]float64, 1)
	for i := range d.Train.Len() {
		groups[d.Train.Group(i)] = true
		if d.Train.RawTargets(i, y); y[0] != float64(d.Train.ID(i))/3 {
			t.Errorf("sample %d has target %g", d.Train.ID(i), y[0])
		}
	}
	for i := range d.Test.Len() {
		if groups[d.Test.Group(i)] {
			t.Errorf("group %s is on both sides", d.Test.Group(i))
		}
	}
	s = parse(t, dir, sparseStudy("task: multilabel"))
	if d, err = Open(context.Background(), s, s.Domains[1]); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(d.Task.Targets, []string{"0", "7", "12"}) {
		t.Errorf("labels %v", d.Task.Targets)
	}
	for i := range d.Train.Len() {
		id := int(d.Train.ID(i))
		want := [][]float32{{1, 1, 0}, {0, 1, 0}, {1, 1, 1}}[id%3]
		if id == 9 {
			want = []float32{0, 0, 0}
		}
		got := make([]float32, 3)
		if d.Train.Targets([]int{i}, got); !slices.Equal(got, want) {
			t.Errorf("sample %d has labels %v, want %v", id, got, want)
		}
	}
}

func TestSvmlightErrors(t *testing.T) {
	good := filetest.SparseLines(20, 3)
	for _, c := range []struct{ line, settings, want string }{
		{"1 0:2", "", `a.txt:21: indices count from 1; where they count from 0 set svmlight.zero_based: true ("0")`},
		{"1 3:1 3:2", "", `a.txt:21: indices must ascend, and 3 stands before it ("3:2")`},
		{"1 4:1 2:2", "", `indices must ascend, and 4 stands before it`},
		{"1 a:1", "", `a.txt:21: an index is a whole number ("a")`},
		{"1 -1:1", "", `an index is a whole number`},
		{"1 99999999999:1", "", `an index is a whole number`},
		{"1 5000000:1", "", `an index beyond 4194304: minibatches are dense; choose or hash features first`},
		{"1 7:1", "svmlight: {features: 6}", `an index beyond the 6 features that svmlight.features states ("7")`},
		{"1 2:x", "", `the value is not a number ("2:x")`},
		{"1 2:nan", "", `the value is not a number`},
		{"1 2:1e99", "", `the value is too large for a 32-bit number`},
		{"1 2", "", `a.txt:21: not a pair INDEX:VALUE ("2")`},
		{"2:1", "", `a.txt:21: a line begins with its class, and this one has none`},
		{"1,2 2:1", "", `several classes; set task.kind: multilabel ("1,2")`},
		{"x 2:1", "task: regression", `a line begins with the number to predict; this is not a number ("x")`},
		{"1 qid:3 2:1", "", `a.txt: 20 of 21 lines have no qid and the others have`},
		{"1 2:1", "split: {by: group}", `a.txt: splitting by group takes the group from qid:NUMBER, and no line has it`},
	} {
		dir := t.TempDir()
		filetest.Write(t, dir, "a.txt", filetest.Lines(append(slices.Clone(good), c.line)...))
		s := parse(t, dir, sparseStudy(c.settings))
		_, err := Open(context.Background(), s, s.Domains[0])
		if err == nil || !strings.Contains(err.Error(), c.want) || !errors.Is(err, ErrData) {
			t.Errorf("%s: error %v, want %s", c.line, err, c.want)
		}
	}
	// Nothing to tell: the labels of given test data would have stood in.
	dir := t.TempDir()
	filetest.Write(t, dir, "a.txt", filetest.Lines(" 1:1", " 2:1"))
	filetest.Write(t, dir, "b.txt", filetest.Lines("1 1:1", "2 2:1"))
	none := parse(t, dir, sparseStudy("task: multilabel, test: b.txt"))
	if _, err := Open(context.Background(), none, none.Domains[0]); err == nil || !strings.Contains(err.Error(), "a.txt: no line has a label") {
		t.Errorf("no labels: %v", err)
	}
	// A bad line that is skipped leaves nothing behind.
	dir = t.TempDir()
	filetest.Write(t, dir, "a.txt", filetest.Lines(slices.Insert(slices.Clone(good), 7, "1 9:1 9:1", "2", "1 3:1 x")...))
	s := parse(t, dir, sparseStudy("skip_bad: true"))
	d, err := Open(context.Background(), s, s.Domains[0])
	if err != nil {
		t.Fatal(err)
	}
	if d.Dropped[0].Count != 1 || d.Train.Len()+d.Val.Len()+d.Test.Len() != 21 || !slices.Equal(d.Shape, []int{4}) {
		t.Errorf("dropped %+v, %d training samples of shape %v", d.Dropped, d.Train.Len(), d.Shape)
	}
}

func FuzzSvmlight(f *testing.F) {
	f.Add(filetest.Lines(filetest.SparseLines(12, 3)...), uint8(0))
	f.Add([]byte("0.5 qid:1 1:2\n1.5 qid:2 2:1 # x\n"), uint8(1))
	f.Add([]byte("1,2 3:4\n 1:1\n2 2:1\n"), uint8(2))
	f.Add(filetest.Gzip(filetest.Lines(filetest.SparseLines(5, 2)...)), uint8(0))
	f.Fuzz(func(t *testing.T, content []byte, kind uint8) {
		dir := t.TempDir()
		filetest.Write(t, dir, "a.txt", content)
		task := []string{"classification", "regression", "multilabel"}[kind%3]
		s := parse(t, dir, sparseStudy("skip_bad: true, svmlight: {features: 1000}, task: "+task))
		d, err := Open(context.Background(), s, s.Domains[0])
		if err != nil {
			if !errors.Is(err, ErrData) {
				t.Errorf("error %v of type %T", err, err)
			}
			alteration.Plain(t, err)
			return
		}
		for _, x := range dense(t, d.Train) {
			for _, v := range x {
				if v != v || v-v != 0 {
					t.Fatalf("input %v", v)
				}
			}
		}
	})
}
