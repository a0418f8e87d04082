package atomicfile

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

var evalSymlinks = filepath.EvalSymlinks // another one in tests

// target says where a file is written: at the end of links, since these are to stay.
// through says that something stands there which must not be replaced, a device or a
// pipe, and is written to as it is.
func target(path string) (to string, through bool, err error) {
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		return "", false, errors.New("a folder stands there")
	case err == nil && !info.Mode().IsRegular():
		return path, true, nil
	case err == nil:
		to, err := evalSymlinks(path)
		if errors.Is(err, fs.ErrNotExist) { // a file that has no name any more, such as one under /proc
			return path, true, nil
		}
		return to, false, err
	case !errors.Is(err, fs.ErrNotExist):
		return "", false, err
	}
	// Nothing, or a link that leads nowhere yet.
	const most = 40 // links that lead to each other
	for range most {
		next, err := os.Readlink(path)
		if err != nil {
			return path, false, nil
		}
		if !filepath.IsAbs(next) {
			next = filepath.Join(filepath.Dir(path), next)
		}
		path = next
	}
	return "", false, errors.New("links lead to each other")
}

// writeThrough writes to what cannot be replaced.
func writeThrough(path string, write func(io.Writer) error) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_TRUNC, 0) // what is no regular file stays as it is
	if err != nil {
		return err
	}
	return errors.Join(write(f), f.Close())
}
