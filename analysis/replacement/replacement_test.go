package replacement

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// lists is a kind whose manifest begins with a word and goes on with the other files.
var lists = Kind{Command: "sharewise list", Manifest: "list.txt", Files: func(text []byte) ([]string, error) {
	words := strings.Fields(string(text))
	if len(words) == 0 || words[0] != "sharewise" {
		return nil, errors.New("it is somebody else's")
	}
	return words[1:], nil
}}

// tree writes files, by slashed paths, of which those that end in a slash are folders and those
// whose text begins with an arrow are links.
func tree(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		var err error
		switch to, link := strings.CutPrefix(text, "-> "); {
		case link:
			err = os.Symlink(filepath.FromSlash(to), path)
		case strings.HasSuffix(name, "/"):
			err = os.MkdirAll(path, 0o755)
		default:
			err = os.WriteFile(path, []byte(text), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// texts are the files below a folder, behind links too.
func texts(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			text = []byte("no file")
		}
		out[strings.TrimPrefix(path, dir)] = string(text)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestMay(t *testing.T) {
	ours := map[string]string{"old/list.txt": "sharewise a b/c", "old/a": "", "old/b/c": ""}
	with := func(more map[string]string) map[string]string {
		all := maps.Clone(ours)
		maps.Copy(all, more)
		return all
	}
	for _, test := range []struct {
		name  string
		files map[string]string
		dir   string
		kept  []string
		says  string // empty where it may be replaced
	}{
		{"nothing", nil, "old", nil, ""},
		{"an empty folder", map[string]string{"old/": ""}, "old", nil, ""},
		{"what it wrote", ours, "old", nil, ""},
		{"less than it wrote", map[string]string{"old/list.txt": "sharewise a b/c"}, "old", nil, ""},
		{"with an empty folder", with(map[string]string{"old/d/": ""}), "old", nil, ""},
		{"a link to it", with(map[string]string{"link": "-> old"}), "link", nil, ""},
		{"beside what is kept", with(map[string]string{"data/a": ""}), "old", []string{"data", "data/a", "none"}, ""},
		{"a file", map[string]string{"old": ""}, "old", nil, "is no folder"},
		{"a link to nothing", map[string]string{"old": "-> none"}, "old", nil, "is no folder"},
		{"a folder of others", map[string]string{"old/a": ""}, "old", nil, "holds files and no list.txt"},
		{"a list of others", map[string]string{"old/list.txt": "plants a", "old/a": ""}, "old", nil, "it is somebody else's"},
		{"a list that is a link", map[string]string{"list": "sharewise a", "old/list.txt": "-> ../list", "old/a": ""}, "old", nil, "holds files and no list.txt"},
		{"with another file", with(map[string]string{"old/notes.txt": ""}), "old", nil, "holds notes.txt, which 'sharewise list' did not write"},
		{"with a file below", with(map[string]string{"old/b/d": ""}), "old", nil, "holds b/d, which"},
		{"with a hidden file", with(map[string]string{"old/.git/HEAD": ""}), "old", nil, "holds .git/HEAD, which"},
		{"with a link to a folder", with(map[string]string{"data/x": "", "old/d": "-> ../data"}), "old", nil, "holds d, which"},
		{"with a link in place of a file", map[string]string{"a": "", "old/list.txt": "sharewise a", "old/a": "-> ../a"}, "old", nil, "holds a, which is no regular file any more"},
		{"with a file behind a link", with(map[string]string{"link": "-> old", "old/notes.txt": ""}), "link", nil, "holds notes.txt"},
		{"what is kept", ours, "old", []string{"old"}, "and would be lost"},
		{"what is kept, by a link", with(map[string]string{"link": "-> old"}), "link", []string{"old"}, "and would be lost"},
		{"above what is kept", ours, "old", []string{"old/b/c"}, "holds "},
		{"above what is kept, by a link", with(map[string]string{"model": "-> old/a"}), "old", []string{"model"}, "holds "},
		{"in what is kept", map[string]string{"runs/x/list.txt": "sharewise"}, "runs/x", []string{"runs"}, "lies in "},
		{"in what is kept, by a link", map[string]string{"runs/x/list.txt": "sharewise", "link": "-> runs"}, "link/x", []string{"runs"}, "lies in "},
	} {
		dir := tree(t, test.files)
		var kept []string
		for _, k := range test.kept {
			kept = append(kept, filepath.Join(dir, k))
		}
		before := texts(t, dir)
		path := filepath.Join(dir, test.dir)
		err := lists.May(path, true, kept...)
		if (err == nil) != (test.says == "") || err != nil && (!errors.Is(err, ErrForeign) || !strings.Contains(err.Error(), test.says)) {
			t.Errorf("%s: %v, want %q", test.name, err, test.says)
		}
		fill := func(work string) error {
			return os.WriteFile(filepath.Join(work, "list.txt"), []byte("sharewise"), 0o600)
		}
		if e := lists.Write(path, true, fill, kept...); (e == nil) != (err == nil) {
			t.Errorf("%s: %v is said, and %v where it is written", test.name, err, e)
		}
		if err == nil {
			if text, err := os.ReadFile(filepath.Join(path, "list.txt")); err != nil || string(text) != "sharewise" {
				t.Errorf("%s: %q, %v is there afterwards", test.name, text, err)
			}
			continue
		}
		if after := texts(t, dir); !maps.Equal(before, after) {
			t.Errorf("%s: %v became %v", test.name, before, after)
		}
	}
	dir := tree(t, ours)
	if err := lists.May(filepath.Join(dir, "old"), false); !errors.Is(err, fs.ErrExist) {
		t.Errorf("what may not be replaced: %v", err)
	}
}

// TestWriteKeeps keeps the old folder where the new one fails, and what somebody puts into it
// meanwhile; a link to it stays.
func TestWriteKeeps(t *testing.T) {
	dir := tree(t, map[string]string{"disk/old/list.txt": "sharewise a", "disk/old/a": "", "link": "-> disk/old"})
	link, before := filepath.Join(dir, "link"), texts(t, dir)
	broken := errors.New("broken")
	if err := lists.Write(link, true, func(string) error { return broken }); !errors.Is(err, broken) {
		t.Error(err)
	}
	if after := texts(t, dir); !maps.Equal(before, after) {
		t.Errorf("%v became %v", before, after)
	}
	notes := filepath.Join(dir, "disk", "old", "notes.txt")
	if err := lists.Write(link, true, func(string) error { return os.WriteFile(notes, []byte("mine"), 0o600) }); !errors.Is(err, ErrForeign) {
		t.Errorf("a file that was added meanwhile: %v", err)
	}
	if text, err := os.ReadFile(notes); err != nil || string(text) != "mine" {
		t.Errorf("%q, %v", text, err)
	}
	if err := os.Remove(notes); err != nil {
		t.Fatal(err)
	}
	if err := lists.Write(link, true, func(string) error { return nil }); err != nil {
		t.Error(err)
	}
	if to, err := os.Readlink(link); err != nil || to != filepath.FromSlash("disk/old") {
		t.Errorf("the link: %q, %v", to, err)
	}
	if entries, err := os.ReadDir(filepath.Join(dir, "disk")); err != nil || len(entries) != 1 {
		t.Errorf("left %v, %v", entries, err)
	}
}
