package datafile

import (
	"os"
	"unsafe"

	win "golang.org/x/sys/windows"
)

// MapFile maps the beginning of a file for reading. The view keeps the file.
func MapFile(f *os.File, size int64) ([]byte, error) {
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

// Unmap gives a mapping back.
func Unmap(data []byte) {
	_ = win.UnmapViewOfFile(uintptr(unsafe.Pointer(unsafe.SliceData(data)))) // nobody is left to tell
}
