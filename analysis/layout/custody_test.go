package layout

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/versioned"
)

// TestTwoWriters lets processes write records of a folder at once: none is lost, and the
// ledger is whole whenever it is read.
func TestTwoWriters(t *testing.T) {
	const writers, each = 4, 20
	if dir := os.Getenv("SHAREWISE_TEST_WRITER"); dir != "" {
		f := Folder(dir)
		for i := range each {
			path := filepath.Join(dir, fmt.Sprintf("%d-%d", os.Getpid(), i))
			if err := os.WriteFile(path, []byte(path), 0o644); err != nil {
				t.Fatal(err)
			}
			if err := (&Origin{folder: f}).Record(nil, path); err != nil {
				t.Fatal(err)
			}
			if _, err := f.ReadLedger(); err != nil {
				t.Fatal(err)
			}
		}
		return
	}
	dir := t.TempDir()
	done := make(chan error)
	for range writers {
		go func() {
			cmd := exec.Command(os.Args[0], "-test.run", "TestTwoWriters$")
			cmd.Env = append(os.Environ(), "SHAREWISE_TEST_WRITER="+dir)
			out, err := cmd.CombinedOutput()
			if err != nil {
				err = fmt.Errorf("%w: %s", err, out)
			}
			done <- err
		}()
	}
	for range writers {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	l, err := Folder(dir).ReadLedger()
	if err != nil || len(l.Files) != writers*each {
		t.Errorf("%d records, want %d; %v", len(l.Files), writers*each, err)
	}
}

// TestConfirm compares sums with those that are recorded and those that files were made from.
func TestConfirm(t *testing.T) {
	f := Folder(t.TempDir())
	from, made := filepath.Join(string(f), "results.json"), filepath.Join(string(f), "groups.json")
	for _, path := range []string{from, made} {
		if err := os.WriteFile(path, []byte(path), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	origin, err := f.Origin(from)
	if err != nil {
		t.Fatal(err)
	}
	sums := map[string]string{"other.json": "of what nothing is known"}
	for _, path := range []string{from, made} {
		if sums[filepath.Base(path)], err = HashFile(path); err != nil {
			t.Fatal(err)
		}
	}
	err = origin.Derive(func(d *Derivation) error {
		if err := d.Record(origin, nil, made); err != nil {
			return err
		}
		for _, name := range []string{"results.json", "groups.json"} {
			changed := maps.Clone(sums)
			changed[name] = "another"
			if err := d.Confirm(changed); err == nil || !strings.Contains(err.Error(), name+": has changed") {
				t.Errorf("%s: %v", name, err)
			}
		}
		return d.Confirm(sums)
	})
	if err != nil {
		t.Error(err)
	}
}

// TestReadOtherwise writes nothing of what was read as it was not when it was taken down.
func TestReadOtherwise(t *testing.T) {
	f := Folder(t.TempDir())
	from, made := filepath.Join(string(f), "results.json"), filepath.Join(string(f), "groups.json")
	write := func(text string) {
		if err := os.WriteFile(from, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	read := func() {
		if _, err := versioned.ReadFile(from); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		name   string
		before func() // the origin is taken
		after  func()
		want   string // in the error
	}{
		{"as it was", func() { read() }, func() { read() }, ""},
		{"unread", func() {}, func() { write("other") }, ""},
		{"read elsewhere before", func() { write("other"); read(); write("one") }, func() { read() }, ""},
		{"once another", func() { read() }, func() { read(); write("other"); read(); write("one"); read() }, from + ": has changed while it was read"},
		{"gone by then", func() { os.Remove(from) }, func() { write("one"); read() }, from + ": has changed while it was read"},
	} {
		write("one")
		os.Remove(made)
		c.before()
		origin, err := f.Origin(from)
		if err != nil {
			t.Fatal(err)
		}
		c.after()
		err = origin.Write(nil, made, "made")
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
		if _, gone := os.Stat(made); (gone != nil) != (c.want != "") {
			t.Errorf("%s: %v", c.name, gone)
		}
	}
}
