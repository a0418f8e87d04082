package datafile

import (
	"os"

	win "golang.org/x/sys/windows"
)

// Temporary creates a file that the system removes when its last handle is
// closed, which is at the latest when the process ends, however it ends.
func Temporary(dir string) (*os.File, error) {
	f, err := os.CreateTemp(dir, "sharewise-*.rows")
	if err != nil {
		return nil, err
	}
	name := f.Name()
	if err := f.Close(); err != nil {
		return nil, err
	}
	path, err := win.UTF16PtrFromString(name)
	if err != nil {
		return nil, err
	}
	h, err := win.CreateFile(path, win.GENERIC_READ|win.GENERIC_WRITE|win.DELETE, 0, nil,
		win.OPEN_EXISTING, win.FILE_ATTRIBUTE_TEMPORARY|win.FILE_FLAG_DELETE_ON_CLOSE, 0)
	if err != nil {
		os.Remove(name)
		return nil, &os.PathError{Op: "open", Path: name, Err: err}
	}
	return os.NewFile(uintptr(h), name), nil
}
