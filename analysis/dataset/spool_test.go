package dataset

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/datafile/filetest"
)

// spooled puts n rows of a size into a spool with a budget of some bytes.
func spooled(t *testing.T, n, size int, bytes int64) (*blocks[float32], *budget) {
	t.Helper()
	b := newBudget(bytes)
	s := newSpool[float32](size, b)
	row := make([]float32, size)
	for i := range n {
		for j := range row {
			row[j] = float32(i*size + j)
		}
		if err := s.add(row); err != nil {
			t.Fatal(err)
		}
	}
	rows, err := s.finish()
	if err != nil {
		t.Fatal(err)
	}
	return rows, b
}

func TestRowsBeyondTheBudget(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	for _, c := range []struct {
		n, size int
		bytes   int64
		mapped  bool
	}{
		{0, 3, 1, false},
		{1, 3, 1, false}, // less than a block is not worth a file
		{1000, 3, 1 << 20, false},
		{200_000, 3, 1, true},
		{200_000, 3, 3 << 19, true}, // one block fits
		{200_000, 3, 1 << 30, false},
		{3, 300_000, 1, true}, // a row is more than a block
		{5, 300_000, 1 << 30, false},
	} {
		rows, b := spooled(t, c.n, c.size, c.bytes)
		name := fmt.Sprintf("%d rows of %d, %d bytes", c.n, c.size, c.bytes)
		if (rows.mapped != nil) != c.mapped || rows.count() != c.n {
			t.Errorf("%s: %d rows, mapped %v", name, rows.count(), rows.mapped != nil)
		}
		if c.mapped && b.left.Load() != b.total {
			t.Errorf("%s: %d of %d bytes are left, and nothing is in memory", name, b.left.Load(), b.total)
		}
		got := make([]float32, c.size)
		for i := range c.n {
			numberBlocks{rows}.read(i, got)
			if got[0] != float32(i*c.size) || got[c.size-1] != float32(i*c.size+c.size-1) {
				t.Fatalf("%s: row %d is %g … %g", name, i, got[0], got[c.size-1])
			}
		}
	}
	if runtime.GOOS != "windows" {
		if left, err := os.ReadDir(os.Getenv("TMPDIR")); err != nil || len(left) > 0 {
			t.Errorf("files with names: %v, %v", left, err)
		}
	}
}

func TestNoRoomForTemporaryFile(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir()+"/none")
	s := newSpool[byte](blockBytes, newBudget(1))
	err := s.add(make([]byte, blockBytes))
	if err == nil {
		err = s.add(make([]byte, blockBytes))
	}
	if err == nil || !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "TMPDIR") {
		t.Errorf("%v, want that the folder of TMPDIR does not exist", err)
	}
}

// The same data read with little and with much memory are the same domain.
func TestMemoryDoesNotChangeData(t *testing.T) {
	dir := t.TempDir()
	text := []string{"x,z,y"}
	for i := range 200_000 {
		text = append(text, fmt.Sprintf("%d,%d.5,%c", i, i%977, 'a'+i%2))
	}
	filetest.Write(t, dir, "a.csv", filetest.Lines(text...))
	for i := range 60 {
		filetest.Write(t, dir, fmt.Sprintf("a/c%d/%02d.png", i%2, i), filetest.Grey(t, 200, 200, byte(4*i)))
	}
	for name, text := range map[string]string{
		"table":  tableStudy("columns: {label: y}, split: {validation: 0}"),
		"images": imageStudy("image: [200, 200]", ", split: {validation: 0}"),
	} {
		s := parse(t, dir, text)
		much, err := Open(t.Context(), s, s.Domains[0])
		if err != nil {
			t.Fatal(err)
		}
		little, err := Open(t.Context(), s, s.Domains[0], Memory(1))
		if err != nil {
			t.Fatal(err)
		}
		if much.SHA256 != little.SHA256 || much.Test.Member(3) != little.Test.Member(3) || !slices.Equal(much.Norm.Std, little.Norm.Std) {
			t.Errorf("%s: the data differ", name)
		}
		samples, x := []int{5, 0, 7}, make([]float32, 3*little.Train.size)
		if n := testing.AllocsPerRun(10, func() {
			if err := little.Train.Gather(samples, x); err != nil {
				t.Fatal(err)
			}
		}); n > 0 {
			t.Errorf("%s: a minibatch takes %g allocations", name, n)
		}
		y := make([]float32, len(x))
		if err := much.Train.Gather(samples, y); err != nil || !slices.Equal(x, y) {
			t.Errorf("%s: minibatches differ, %v", name, err)
		}
	}
}
