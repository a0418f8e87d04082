package versioned

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// TestReadSince remembers what a file was in each read, by whatever path, from a moment on.
func TestReadSince(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	path := filepath.Join(dir, "a.json")
	read := func(path, text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadFile(path); err != nil {
			t.Fatal(err)
		}
	}
	sums := func(texts ...string) (out []string) {
		for _, s := range texts {
			sum := sha256.Sum256([]byte(s))
			out = append(out, hex.EncodeToString(sum[:]))
		}
		return out
	}
	begin := Now()
	if got := ReadSince(begin, path); got != nil {
		t.Errorf("unread: %v", got)
	}
	read(path, "one")
	read("a.json", "two")
	middle := Now()
	read("./b.json", "other")
	read(path, "one")
	for _, c := range []struct {
		since Moment
		path  string
		want  []string
	}{{begin, path, sums("two", "one")}, {middle, "a.json", sums("one")}, {Now(), path, nil}, {middle, filepath.Join(dir, "b.json"), sums("other")}} {
		if got := ReadSince(c.since, c.path); !slices.Equal(got, c.want) {
			t.Errorf("%s since %d: %v, want %v", c.path, c.since, got, c.want)
		}
	}
	if _, err := ReadFile(filepath.Join(dir, "none.json")); !os.IsNotExist(err) {
		t.Errorf("%v", err)
	}
	for i := range 3 * remembered {
		read(path, string(rune('a'+i)))
	}
	if got := ReadSince(begin, path); len(got) != remembered {
		t.Errorf("%d are remembered", len(got))
	}
}
