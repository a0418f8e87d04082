package dataset

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/study"
)

// classFolders is where a folder is on this machine that has a folder for each class.
func (s *source) classFolders(dir string) (root string, err error) {
	root = s.study.Path(dir)
	info, err := os.Stat(root)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", &Error{File: dir, Reason: "no such folder; relative paths start in the folder of the study file"}
	case err != nil:
		return "", fmt.Errorf("dataset: %w", err)
	case !info.IsDir():
		return "", &Error{File: dir, Reason: "a file, where a folder of class folders must stand"}
	}
	return root, nil
}

// asksFor reports whether a class is among those that a task names: any is where it
// names none.
func asksFor(classes []string, class string) bool {
	return len(classes) == 0 || slices.Contains(classes, class)
}

// classOfName is the first folder of a name.
func classOfName(name string) string {
	class, _, _ := strings.Cut(name, "/")
	return class
}

// askedFor sorts names, as class/name, and drops those of classes that the task does not
// ask for, which need not be read.
func (s *source) askedFor(names []string) []string {
	names = slices.DeleteFunc(names, func(n string) bool { return !asksFor(s.d.Task.Classes, classOfName(n)) })
	slices.Sort(names)
	return names
}

// watch looks after what was read of a folder.
func (s *source) watch(f study.Files, w *imagesInputs) *imagesInputs {
	if s.watched == nil {
		s.watched = map[string]*imagesInputs{}
	}
	s.watched[f.Path] = w
	return w
}
