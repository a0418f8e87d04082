package filelimit

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// ErrKind is what every error about a path that is no regular file matches.
var ErrKind = errors.New("not a regular file")

// kindError names what stands where a file is wanted.
type kindError struct{ what string }

func (e kindError) Error() string {
	return e.what + ", where a regular file must stand; remove it, or name a file instead"
}

// Is makes errors.Is(err, ErrKind) hold.
func (e kindError) Is(target error) bool { return target == ErrKind }

// Kind says what a file is that is neither a regular one nor a folder, "" for
// these.
func Kind(mode fs.FileMode) string {
	switch {
	case mode&fs.ModeNamedPipe != 0:
		return "a pipe"
	case mode&fs.ModeSocket != 0:
		return "a socket"
	case mode&fs.ModeDevice != 0:
		return "a device"
	case mode&fs.ModeIrregular != 0:
		return "no file of a known kind"
	}
	return ""
}

// refuse is an error where a path leads to neither a regular file nor a folder.
func refuse(op, path string, info fs.FileInfo) error {
	if what := Kind(info.Mode()); what != "" {
		return &fs.PathError{Op: op, Path: path, Err: kindError{what}}
	}
	return nil
}

// MayOpen is an error that matches ErrKind where something stands at a path that neither
// is a regular file nor a folder: opening it, for reading, writing or a lock, might wait
// for ever. op is what is to be done with it, as in [fs.PathError].
func MayOpen(op, path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return nil // whoever opens it says so
	}
	return refuse(op, path, info)
}

// Open opens a file for reading. What is no regular file is refused before it is
// opened, since opening a pipe waits for its writer; folders are not, and show
// where they are read. Errors are of type [*fs.PathError], as those of [os.Open].
func Open(path string) (*os.File, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if err := refuse("open", path, info); err != nil {
		return nil, err
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	if info, err = f.Stat(); err == nil {
		err = refuse("open", path, info) // it may have changed meanwhile
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// ReadFile reads a whole file as far as a limit of the process lets it. Errors
// name the file.
func ReadFile(path string, n Name) ([]byte, error) { return Limits{}.ReadFile(path, n) }

// ReadFile reads a whole file as far as a limit lets it. Errors name the file.
func (l Limits) ReadFile(path string, n Name) ([]byte, error) {
	f, err := Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		if err := l.Check(n, info.Size(), fmt.Sprintf("the file has %d bytes", info.Size())); err != nil {
			return nil, &fs.PathError{Op: "read", Path: path, Err: err}
		}
	}
	// A file that is being written may grow while it is read.
	most := l.Of(n)
	data := make([]byte, 0, info.Size()+1)
	for {
		read, err := f.Read(data[len(data):cap(data)])
		data = data[:len(data)+read]
		switch {
		case errors.Is(err, io.EOF):
			return data, nil
		case err != nil:
			return nil, err
		case int64(len(data)) > most:
			return nil, &fs.PathError{Op: "read", Path: path, Err: &Error{Name: n, Limit: most, What: "the file grows while it is read"}}
		case len(data) == cap(data):
			data = append(data, 0)[:len(data)]
		}
	}
}

// Absolute is the whole path of a file or folder, where the system knows it.
func Absolute(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return path
}
