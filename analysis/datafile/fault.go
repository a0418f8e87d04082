package datafile

import (
	"path/filepath"
	"runtime"
	"runtime/debug"
	"sync"
	"unsafe"
)

// mappings are the files that are mapped, by where their first byte is.
var mappings struct {
	sync.Mutex
	files map[uintptr]mappedFile
}

type mappedFile struct {
	size uintptr
	path string
}

func address(data []byte) uintptr { return uintptr(unsafe.Pointer(unsafe.SliceData(data))) }

// remember notes where a file is mapped, so that a fault there can name it.
func remember(data []byte, path string) {
	mappings.Lock()
	defer mappings.Unlock()
	if mappings.files == nil {
		mappings.files = map[uintptr]mappedFile{}
	}
	mappings.files[address(data)] = mappedFile{uintptr(len(data)), path}
}

// forget gives a mapping back.
func forget(data []byte) {
	mappings.Lock()
	delete(mappings.files, address(data))
	mappings.Unlock()
	Unmap(data)
}

// pageSize bounds what is read beyond a mapping's length in one instruction.
const pageSize = 1 << 16

func mappedAt(at uintptr) (path string, found bool) {
	mappings.Lock()
	defer mappings.Unlock()
	for start, f := range mappings.files {
		if at >= start && at < start+f.size+pageSize {
			return f.path, true
		}
	}
	return "", false
}

// Guard calls do, which reads mapped files, and returns an error where one of them has
// been cut meanwhile: the system answers that with a fault, which would end the
// process. It covers the goroutine that calls it alone.
func Guard(do func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		p := recover()
		if p == nil {
			return
		}
		if fault, ok := p.(interface {
			runtime.Error
			Addr() uintptr
		}); ok {
			if path, found := mappedAt(fault.Addr()); found {
				err = &Error{File: filepath.Base(path), Reason: "has become shorter, or cannot be read any more, while it was in use; put the file back, and run again"}
				return
			}
		}
		panic(p)
	}()
	return do()
}
