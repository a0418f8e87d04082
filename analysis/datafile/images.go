package datafile

import (
	"io/fs"
	"path"
	"slices"
	"strings"
)

// ImageEndings are the endings of images that can be read.
var ImageEndings = []string{".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".bmp", ".gif", ".webp", ".tif", ".tiff"}

// IsImage reports whether a name ends as those of images do.
func IsImage(name string) bool {
	return slices.Contains(ImageEndings, strings.ToLower(path.Ext(name)))
}

// ImageFolder is the files of a folder, by what a table may call them.
type ImageFolder struct {
	All    map[string]bool   // names below the folder
	ByStem map[string]string // without endings
	byBase map[string]string // without folders; "" where several have this name
}

// ImagesIn lists the images below a folder; name is how messages call it.
func ImagesIn(name, dir string) (f ImageFolder, loops []string, err error) {
	f = ImageFolder{map[string]bool{}, map[string]string{}, map[string]string{}}
	loops, err = Walk(dir, func(n string, e fs.DirEntry) error {
		switch {
		case Hidden(e.Name()) && e.IsDir():
			return fs.SkipDir
		case e.IsDir() || !IsImage(n):
			return nil
		}
		f.All[n] = true
		f.name(f.ByStem, strings.TrimSuffix(n, path.Ext(n)), n)
		f.name(f.byBase, path.Base(n), n)
		return nil
	})
	if err != nil {
		return f, nil, MissingFile(name, err)
	}
	return f, loops, nil
}

// name remembers a name, unless two files have it.
func (f ImageFolder) name(names map[string]string, key, n string) {
	if _, taken := names[key]; taken {
		n = ""
	}
	names[key] = n
}

// Find returns the file that a table calls so: by its name, without its ending, or
// in another folder; "" for none.
func (f ImageFolder) Find(called string) string {
	n := path.Clean(strings.ReplaceAll(called, "\\", "/"))
	if f.All[n] {
		return n
	}
	if found := f.ByStem[n]; found != "" {
		return found
	}
	return f.byBase[path.Base(n)]
}
