package datafile

import (
	"io/fs"
	"path"
	"strings"
)

// NamedFiles are the files of a kind in a folder, by what a table may call them.
type NamedFiles struct {
	All    map[string]bool   // names below the folder
	ByStem map[string]string // without endings
	byBase map[string]string // without folders; "" where several have this name
	bare   map[string]string // without both; "" likewise
}

// FilesIn lists the files of a kind below a folder; name is how messages call it. Links that
// lead back to a folder that they are in are not followed, and are listed as loops.
func FilesIn(name, dir string, kind func(name string) bool) (f NamedFiles, loops []string, err error) {
	f = NamedFiles{map[string]bool{}, map[string]string{}, map[string]string{}, map[string]string{}}
	loops, err = Walk(dir, func(n string, e fs.DirEntry) error {
		switch {
		case Hidden(e.Name()) && e.IsDir():
			return fs.SkipDir
		case e.IsDir() || !kind(n):
			return nil
		}
		f.All[n] = true
		f.name(f.ByStem, withoutEnding(n), n)
		f.name(f.byBase, path.Base(n), n)
		f.name(f.bare, withoutEnding(path.Base(n)), n)
		return nil
	})
	if err != nil {
		return f, nil, MissingFile(name, err)
	}
	return f, loops, nil
}

func withoutEnding(name string) string {
	name = strings.TrimSuffix(name, ".gz")
	return strings.TrimSuffix(name, path.Ext(name))
}

// name remembers a name, unless two files have it.
func (f NamedFiles) name(names map[string]string, key, n string) {
	if _, taken := names[key]; taken {
		n = ""
	}
	names[key] = n
}

// Find returns the file that a table calls so: by its name, without its ending, or
// in another folder; "" for none.
func (f NamedFiles) Find(called string) string {
	n := path.Clean(strings.ReplaceAll(called, "\\", "/"))
	if f.All[n] {
		return n
	}
	for _, found := range []string{f.ByStem[n], f.byBase[path.Base(n)], f.bare[path.Base(n)]} {
		if found != "" {
			return found
		}
	}
	return ""
}
