package filelimit

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// Glob is [filepath.Glob], but fails where a folder that may hold matches cannot be read,
// instead of leaving these out. Its names are sorted within each folder.
func Glob(pattern string) ([]string, error) {
	if _, err := filepath.Match(pattern, ""); err != nil {
		return nil, err
	}
	return glob(pattern)
}

func glob(pattern string) ([]string, error) {
	if !isPattern(pattern) {
		_, err := os.Lstat(pattern)
		switch {
		case err == nil:
			return []string{pattern}, nil
		case errors.Is(err, fs.ErrNotExist):
			return nil, nil
		}
		return nil, err
	}
	dir, name := filepath.Split(pattern)
	dirs := []string{filepath.Clean(dir)}
	if isPattern(dirs[0]) {
		var err error
		if dirs, err = glob(dirs[0]); err != nil {
			return nil, err
		}
	}
	var found []string
	for _, dir := range dirs {
		info, err := os.Stat(dir)
		if errors.Is(err, fs.ErrNotExist) || err == nil && !info.IsDir() {
			continue
		}
		if err != nil {
			return nil, err
		}
		entries, err := os.ReadDir(dir)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			matched, err := filepath.Match(name, e.Name())
			if err != nil {
				return nil, err
			}
			if matched {
				found = append(found, filepath.Join(dir, e.Name()))
			}
		}
	}
	return found, nil
}

// Escape makes a pattern that a path alone matches.
func Escape(path string) string {
	if !isPattern(path) {
		return path
	}
	escapes := []string{"*", "[*]", "?", "[?]", "[", "[[]"}
	if runtime.GOOS != "windows" {
		escapes = append(escapes, `\`, `[\\]`)
	}
	return strings.NewReplacer(escapes...).Replace(path)
}

// isPattern reports whether a path has anything in it that stands for others.
func isPattern(path string) bool {
	special := `*?[\`
	if runtime.GOOS == "windows" { // where \ separates folders
		special = `*?[`
	}
	return strings.ContainsAny(path, special)
}
