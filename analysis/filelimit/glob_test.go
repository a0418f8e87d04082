package filelimit

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestGlob compares with filepath.Glob on a tree with files where folders are asked for,
// links that lead nowhere and names that look like patterns.
func TestGlob(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	for _, name := range []string{"a/x.csv", "a/y.csv", "a/sub/x.csv", "b/x.csv", "b/.hidden", "c.csv", "[d]/x.csv", `e\*/x.csv`} {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, link := range []string{"b/nowhere.csv", "gone"} {
		if err := os.Symlink("not there", link); err != nil {
			t.Skip(err)
		}
	}
	for _, pattern := range []string{
		"", ".", "*", "*/", "*/*.csv", "*/*/*", "a/[xz].csv", "?/x.csv", "c.csv/*", "none/*", "none", "a/x.csv", `\[d]/*`, `[[]d]/x.csv`,
		"./a/*", "a//*", "../*/c.csv", dir + "/*/x.csv", "/*", "*.csv", "b/.*", "gone/*", "gon?", `e\\\*/*`, `[`, `a/[`, `[]a]`, `none/[`,
	} {
		want, wrong := filepath.Glob(pattern)
		got, err := Glob(pattern)
		slices.Sort(got)
		slices.Sort(want)
		if (err != nil) != (wrong != nil) || !slices.Equal(got, want) {
			t.Errorf("%q: %q, %v, want %q, %v", pattern, got, err, want, wrong)
		}
	}
	if err := os.Symlink("round", "round"); err != nil {
		t.Fatal(err)
	}
	if found, err := Glob("*/x.csv"); err == nil || !strings.Contains(err.Error(), "round") {
		t.Errorf("with a folder that cannot be read: %q, %v", found, err)
	}
}

// TestEscape finds each file by its escaped name alone.
func TestEscape(t *testing.T) {
	t.Chdir(t.TempDir())
	names := []string{"a1", "a[1]", "a*", "a?", "ab", "[a", "a]", `a\b`, `a\*`, "[*]", "a-[^1]"}
	for _, name := range names {
		if err := os.WriteFile(name, nil, 0o644); err != nil {
			t.Skip(err) // this system has no such names
		}
	}
	for _, name := range names {
		if got, err := Glob(Escape(name)); err != nil || !slices.Equal(got, []string{name}) {
			t.Errorf("%s as %s: %q, %v", name, Escape(name), got, err)
		}
	}
}
