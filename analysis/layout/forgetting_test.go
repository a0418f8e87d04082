package layout

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// TestDerivedIsWhole makes sure that whoever takes a domain out of a folder takes all
// with it that the folder has a method for, folders of further runs among it.
func TestDerivedIsWhole(t *testing.T) {
	dir := t.TempDir()
	var want []string
	for f, i := reflect.ValueOf(Folder(dir)), 0; i < f.NumMethod(); i++ {
		m := f.Method(i).Type()
		if m.NumIn() > 0 || m.NumOut() != 1 || m.Out(0).Kind() != reflect.String {
			continue
		}
		rel, err := filepath.Rel(dir, f.Method(i).Call(nil)[0].String())
		if err != nil {
			t.Fatal(err)
		}
		top, _, _ := strings.Cut(filepath.ToSlash(rel), "/")
		if path := filepath.Join(dir, top); !slices.Contains(want, path) {
			want = append(want, path)
			if err := os.WriteFile(path, nil, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	own, others, err := Folder(dir).Derived()
	if err != nil || len(others) > 0 {
		t.Errorf("forgetting a domain leaves %v, %v", others, err)
	}
	for _, name := range []string{"remedies", "weightings", "refit", "verification", "merged", "suspects.json", "influence.json"} {
		if !slices.Contains(own, filepath.Join(dir, name)) {
			t.Errorf("%s stays, or no method of Folder names it", name)
		}
	}
	slices.Sort(want)
	slices.Sort(own)
	if !slices.Equal(own, want) {
		t.Errorf("%v go, want %v", own, want)
	}
}
