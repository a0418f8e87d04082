package dataset

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sharewise/sharewise/analysis/datafile"
	"github.com/sharewise/sharewise/analysis/datafile/filetest"
)

// largeArrays writes 20 000 samples of 16 numbers, of which a mapping has many pages.
func largeArrays(t *testing.T, dir string) (x []byte) {
	t.Helper()
	raw, labels := make([]byte, 20_000*16*4), make([]byte, 20_000)
	for i := range labels {
		labels[i] = byte(i % 2)
		raw[i*64] = byte(i)
	}
	x = filetest.NPY("<f4", raw, 20_000, 16)
	filetest.Write(t, dir, "x.npy", x)
	filetest.Write(t, dir, "y.npy", filetest.NPY("|u1", labels, 20_000))
	return x
}

// settled is when the files of tests were written, to the second.
var settled = time.Now().Add(-time.Hour).Truncate(time.Second)

// settle makes a file an hour old, as data are; always of the same second.
func settle(t *testing.T, path string) time.Time {
	t.Helper()
	if err := os.Chtimes(path, settled, settled); err != nil {
		t.Fatal(err)
	}
	return settled
}

func TestUnchanged(t *testing.T) {
	tests := []struct {
		name            string
		edit            func(t *testing.T, path string, was []byte)
		quick, thorough string // what the error says; empty: none
	}{
		{"left alone", func(*testing.T, string, []byte) {}, "", ""},
		{"written anew with the same bytes", func(t *testing.T, path string, was []byte) {
			filetest.Write(t, filepath.Dir(path), filepath.Base(path), was)
		}, "x.npy: was written to while it was in use", "was written to"},
		{"overwritten and put back", func(t *testing.T, path string, was []byte) {
			filetest.Write(t, filepath.Dir(path), filepath.Base(path), flipped(was))
			filetest.Write(t, filepath.Dir(path), filepath.Base(path), was)
		}, "x.npy: was written to while it was in use", "was written to"},
		{"another file with the same bytes in its place", func(t *testing.T, path string, was []byte) {
			filetest.Write(t, filepath.Dir(path), "new.npy", was)
			if err := os.Rename(filepath.Join(filepath.Dir(path), "new.npy"), path); err != nil {
				t.Fatal(err)
			}
		}, "", ""},
		{"overwritten", func(t *testing.T, path string, was []byte) {
			filetest.Write(t, filepath.Dir(path), filepath.Base(path), flipped(was))
		}, "x.npy: has changed since it was read: its SHA-256", "its SHA-256"},
		{"overwritten behind its time", func(t *testing.T, path string, was []byte) {
			f, err := os.OpenFile(path, os.O_WRONLY, 0)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := f.WriteAt(flipped(was), 0); err != nil {
				t.Fatal(err)
			}
			f.Close()
			settle(t, path)
		}, "", "x.npy: has changed since it was read: its SHA-256"},
		{"grown", func(t *testing.T, path string, was []byte) {
			filetest.Write(t, filepath.Dir(path), filepath.Base(path), append(slices.Clone(was), 0))
		}, "bytes and has 1280", "bytes and has 1280"},
		{"gone", func(t *testing.T, path string, _ []byte) {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
		}, "x.npy: cannot be read any more", "cannot be read any more"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			was := largeArrays(t, dir)
			path := filepath.Join(dir, "x.npy")
			settle(t, path)
			d := mustOpen(t, dir, arrayStudy("", "path: x.npy, labels: y.npy", ""))
			test.edit(t, path, was)
			for _, thorough := range []bool{false, true} {
				want := test.quick
				if thorough {
					want = test.thorough
				}
				err := d.Unchanged(t.Context(), thorough)
				var e *Error
				steady := Steady(t.Context(), [][]*Domain{{d}})
				if told := fmt.Sprint(steady); !thorough && ((steady == nil) != (err == nil) || steady != nil && (!strings.Contains(told, want) || strings.Contains(told, "training") || !strings.Contains(told, "what was computed of it is not kept"))) {
					t.Errorf("steady: %v, unchanged: %v", steady, err)
				}
				switch {
				case want == "" && err != nil, !thorough && fmt.Sprint(err) != fmt.Sprint(d.MappedUnchanged(t.Context())), want != "" && (!errors.As(err, &e) || e.Domain != "a" || !strings.Contains(err.Error(), want)):
					t.Errorf("thorough %v: %v, want %q", thorough, err, want)
				}
			}
		})
	}
}

// flipped are bytes of which one in the middle is another.
func flipped(was []byte) []byte {
	out := slices.Clone(was)
	out[len(out)/2] ^= 1
	return out
}

// TestYoungFile makes sure that a file that was written just before it was read is
// hashed: what is written in the same moment leaves its time as it is.
func TestYoungFile(t *testing.T) {
	dir := t.TempDir()
	was := largeArrays(t, dir)
	path := filepath.Join(dir, "x.npy")
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	d := mustOpen(t, dir, arrayStudy("", "path: x.npy, labels: y.npy", ""))
	filetest.Write(t, dir, "x.npy", flipped(was))
	if err := os.Chtimes(path, info.ModTime(), info.ModTime()); err != nil {
		t.Fatal(err)
	}
	if err := d.Unchanged(t.Context(), false); err == nil {
		t.Error("a file that was overwritten in the moment in which it was read is taken for what it was")
	}
}

// TestCutUnderMapping cuts a file that is mapped: reading it is an error that names it,
// and no end of the process.
func TestCutUnderMapping(t *testing.T) {
	dir := t.TempDir()
	largeArrays(t, dir)
	d := mustOpen(t, dir, arrayStudy("", "path: x.npy, labels: y.npy", ""))
	x := make([]float32, 16)
	last := []int{d.Test.Len() - 1}
	if err := d.Test.Gather(last, x); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(filepath.Join(dir, "x.npy"), 4096); err != nil {
		t.Fatal(err)
	}
	var e *Error
	for range 2 { // it goes on answering
		if err := d.Test.Gather(last, x); !errors.As(err, &e) || e.File != "x.npy" || !strings.Contains(err.Error(), "shorter") {
			t.Errorf("after the file was cut: %v", err)
		}
	}
	err := datafile.Guard(func() error {
		d.Test.Raw(last[0], make([]float64, 16))
		return nil
	})
	if !errors.As(err, &e) {
		t.Errorf("guarded: %v", err)
	}
	defer func() {
		if recover() == nil {
			t.Error("a panic that is no fault of a mapping is kept")
		}
	}()
	_ = datafile.Guard(func() error { panic("another") })
}

// TestUnchangedImages watches the images of a folder, whose pixels were copied.
func TestUnchangedImages(t *testing.T) {
	for _, test := range []struct {
		name string
		edit func(t *testing.T, path string)
		want string // empty: no error
	}{
		{"left alone", func(*testing.T, string) {}, ""},
		{"written anew with the same bytes", func(t *testing.T, path string) {
			filetest.Write(t, filepath.Dir(path), filepath.Base(path), filetest.Grey(t, 4, 4, 3))
		}, ""},
		{"a file that is no image", func(t *testing.T, path string) { filetest.Write(t, filepath.Dir(path), "Thumbs.db", []byte("x")) }, ""},
		{"another picture", func(t *testing.T, path string) {
			filetest.Write(t, filepath.Dir(path), filepath.Base(path), filetest.Grey(t, 4, 4, 9))
		}, "a: cat/3.png: has changed since it was read; training may have seen other samples"},
		{"gone", func(t *testing.T, path string) {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
		}, "a: cat/3.png: cannot be read any more: no such file"},
		{"one more", func(t *testing.T, path string) {
			filetest.Write(t, filepath.Dir(path), "new.png", filetest.Grey(t, 4, 4, 9))
		}, "a: cat/new.png: was added since the folder was read"},
	} {
		for _, confidential := range []bool{false, true} {
			t.Run(fmt.Sprint(test.name, ", confidential ", confidential), func(t *testing.T) {
				dir := t.TempDir()
				for i := range 10 {
					for _, class := range []string{"cat", "dog"} {
						path := filepath.Join("a", class, fmt.Sprintf("%d.png", i))
						filetest.Write(t, dir, path, filetest.Grey(t, 4, 4, byte(i)))
						settle(t, filepath.Join(dir, path))
					}
				}
				more, want := "", test.want
				if confidential {
					more = ", labels: {confidentiality: secret}"
					want = strings.NewReplacer("cat/3.png: ", "", "cat/new.png: ", "").Replace(want)
				}
				d := mustOpen(t, dir, imageStudy("image: [2, 2]", more))
				test.edit(t, filepath.Join(dir, "a/cat/3.png"))
				err := d.Unchanged(t.Context(), false)
				if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
					t.Errorf("%v, want %q", err, want)
				}
			})
		}
	}
}

// TestDiskFails makes sure that an image that cannot be read because the disk fails is
// not left out as one that is bad.
func TestDiskFails(t *testing.T) {
	const fails = "/proc/self/mem" // reading its beginning is an input/output error
	if _, err := os.ReadFile(fails); !errors.Is(err, syscall.EIO) {
		t.Skip("no file at hand that cannot be read: ", err)
	}
	dir := t.TempDir()
	for i := range 10 {
		filetest.Write(t, dir, fmt.Sprintf("a/cat/%d.png", i), filetest.Grey(t, 4, 4, byte(i)))
		filetest.Write(t, dir, fmt.Sprintf("a/dog/%d.png", i), filetest.Grey(t, 4, 4, byte(i)))
	}
	if err := os.Symlink(fails, filepath.Join(dir, "a/cat/bad.png")); err != nil {
		t.Fatal(err)
	}
	_, err := open(t, dir, imageStudy("image: [2, 2]", ", skip_bad: true"))
	if !errors.Is(err, syscall.EIO) || !strings.Contains(err.Error(), "a: cat/bad.png: cannot be read: input/output error") || strings.Contains(err.Error(), fails) {
		t.Errorf("%v", err)
	}
}
