package datafile

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/filelimit"
)

// Walk visits what is below a folder in the order of names, which are relative
// to it, in slashes. Symbolic links to folders are followed, as folders of data
// often consist of them: e then is the folder. One that leads back to a folder
// that it is in is not followed, and its name is returned. visit may return
// [fs.SkipDir] for a folder. A link that leads nowhere is visited as it is.
func Walk(root string, visit func(name string, e fs.DirEntry) error) (loops []string, err error) {
	if _, err := os.Stat(root); err != nil {
		return nil, err
	}
	above := FoldersAbove(root)
	var folder func(dir, name string) error
	folder = func(dir, name string) error {
		entries, err := EntriesOf(dir)
		if err != nil {
			return err
		}
		for _, e := range entries {
			below, n := filepath.Join(dir, e.Name()), path.Join(name, e.Name())
			if !e.IsDir() {
				if err := visit(n, e); err != nil {
					return err
				}
				continue
			}
			info, err := os.Stat(below)
			if err != nil {
				return err
			}
			if slices.ContainsFunc(above, func(f fs.FileInfo) bool { return os.SameFile(f, info) }) {
				loops = append(loops, n)
				continue
			}
			if err := visit(n, e); errors.Is(err, fs.SkipDir) {
				continue
			} else if err != nil {
				return err
			}
			above = append(above, info)
			if err := folder(below, n); err != nil {
				return err
			}
			above = above[:len(above)-1]
		}
		return nil
	}
	err = folder(root, "")
	return loops, err
}

// FoldersAbove is a folder and those that it is in.
func FoldersAbove(dir string) []fs.FileInfo {
	var out []fs.FileInfo
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		dir = real
	}
	for dir = filelimit.Absolute(dir); ; dir = filepath.Dir(dir) {
		if info, err := os.Stat(dir); err == nil {
			out = append(out, info)
		}
		if dir == filepath.Dir(dir) {
			return out
		}
	}
}

// EntriesOf lists a folder in the order of names, links to folders and files as
// what they lead to.
func EntriesOf(dir string) ([]fs.DirEntry, error) {
	entries, err := os.ReadDir(dir)
	for i, e := range entries {
		if e.Type()&fs.ModeSymlink == 0 {
			continue
		}
		info, failed := os.Stat(filepath.Join(dir, e.Name()))
		switch {
		case failed == nil:
			entries[i] = fs.FileInfoToDirEntry(info)
		case filelimit.SystemFault(failed) != "":
			return nil, failed
		}
	}
	return entries, err
}

// clutter are files and folders that systems put among data, with pictures in them at
// times: Synology's thumbnails, what macOS packs beside files, bins of Windows.
var clutter = []string{"@eadir", "#recycle", "__macosx", "$recycle.bin", "system volume information", "lost+found", "thumbs.db", "desktop.ini"}

// Hidden reports whether a file or folder of this name is none of the data: it begins with
// a dot, or is what systems put among data.
func Hidden(name string) bool {
	return strings.HasPrefix(name, ".") || slices.Contains(clutter, strings.ToLower(name))
}
