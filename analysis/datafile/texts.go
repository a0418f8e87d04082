package datafile

import (
	"io/fs"
	"path"
	"slices"
	"strings"
)

// TextEndings are the endings of text files that are read; names without an ending
// are read too, as are those that end in digits.
var TextEndings = []string{".txt", ".text", ".md", ".eml"}

// IsTextFile reports whether a name is that of a text file.
func IsTextFile(name string) bool {
	ending := strings.ToLower(path.Ext(name))
	return slices.Contains(TextEndings, ending) || strings.Trim(ending, ".0123456789") == ""
}

// TextFolder is a folder of class folders with text files.
type TextFolder struct {
	Names   []string       // CLASS/NAME of text files, folders below a class too
	Classes map[string]int // number of text files by class folder
	Others  *Passed        // files of other kinds
	Loops   []string       // links that lead back
}

// TextsIn looks through a folder; name is how messages call it.
func TextsIn(name, dir string) (*TextFolder, error) {
	f := &TextFolder{Classes: map[string]int{}, Others: NewPassed()}
	var err error
	f.Loops, err = Walk(dir, func(n string, e fs.DirEntry) error {
		hidden := Hidden(e.Name())
		class, _, below := strings.Cut(n, "/")
		switch {
		case hidden && e.IsDir():
			return fs.SkipDir
		case e.IsDir():
			if !below {
				f.Classes[n] = 0
			}
		case hidden:
		case !below || !IsTextFile(n):
			f.Others.Add(n)
		default:
			f.Classes[class]++
			f.Names = append(f.Names, n)
		}
		return nil
	})
	if err != nil {
		return nil, MissingFile(name, err)
	}
	return f, nil
}
