package dataset

import (
	"os"
	"unsafe"

	win "golang.org/x/sys/windows"
)

// temporary creates a file that the system removes when its last handle is
// closed, which is at the latest when the process ends, however it ends.
func temporary(dir string) (*os.File, error) {
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

// mapFile maps the beginning of a file for reading. The view keeps the file.
func mapFile(f *os.File, size int64) ([]byte, error) {
	h, err := win.CreateFileMapping(win.Handle(f.Fd()), nil, win.PAGE_READONLY, uint32(size>>32), uint32(size), nil)
	if err != nil {
		return nil, os.NewSyscallError("CreateFileMapping", err)
	}
	defer win.CloseHandle(h)
	at, err := win.MapViewOfFile(h, win.FILE_MAP_READ, 0, 0, uintptr(size))
	if err != nil {
		return nil, os.NewSyscallError("MapViewOfFile", err)
	}
	return unsafe.Slice(*(**byte)(unsafe.Pointer(&at)), size), nil
}

func unmap(data []byte) {
	_ = win.UnmapViewOfFile(uintptr(unsafe.Pointer(unsafe.SliceData(data)))) // nobody is left to tell
}

// release leaves pages to the system, which trims them when memory is short.
func release([]byte) {}
