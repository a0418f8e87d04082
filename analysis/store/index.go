package store

import (
	"crypto/md5" // what stores say of contents
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/sharewise/sharewise/analysis/atomicfile"
	"github.com/sharewise/sharewise/analysis/filelimit"
)

// index remembers which objects the files of a folder are. It is a file for each run, and
// one for all else. One that is damaged or lost costs fetching again.
type index struct {
	dir string
	mu  sync.Mutex
}

// entry says that a file was an object.
type entry struct {
	// Size, Mod and MD5 are those of the object.
	Size int64  `json:"size"`
	Mod  int64  `json:"mod"`
	MD5  []byte `json:"md5,omitempty"`
	// File is when the file was changed, Unix nanoseconds.
	File int64 `json:"file"`
}

// is reports whether the object is still the same.
func (e entry) is(o Object) bool {
	if e.File == 0 || e.Size != o.Size {
		return false
	}
	if len(e.MD5) > 0 && len(o.MD5) > 0 {
		return same(e.MD5, o.MD5)
	}
	return e.Mod == o.Mod
}

// unchanged reports whether the file is still as it was.
func (e entry) unchanged(file string) bool {
	info, err := os.Stat(file)
	return err == nil && e.File == info.ModTime().UnixNano() && e.Size == info.Size()
}

func (x *index) file(unit string) string {
	return filepath.Join(x.dir, "."+url.PathEscape(unit)+".json")
}

// read reads the part of a run; what cannot be read is nothing.
func (x *index) read(file string) (map[string]entry, error) {
	out := map[string]entry{}
	data, err := filelimit.ReadFile(file, filelimit.State)
	if errors.Is(err, fs.ErrNotExist) {
		return out, nil
	}
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	if json.Unmarshal(data, &out) != nil {
		return map[string]entry{}, nil
	}
	return out, nil
}

// all is the whole index, by the slashed paths of files.
func (x *index) all() (map[string]entry, error) {
	out := map[string]entry{}
	entries, err := os.ReadDir(x.dir)
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), atomicfile.Suffix) {
			continue
		}
		part, err := x.read(filepath.Join(x.dir, e.Name()))
		if err != nil {
			return nil, err
		}
		for name, known := range part {
			out[name] = known
		}
	}
	return out, nil
}

// of is what is known of a file.
func (x *index) of(name string) (entry, error) {
	part, err := x.read(x.file(unitOf(name)))
	return part[name], err
}

func (x *index) change(name string, how func(map[string]entry)) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	file := x.file(unitOf(name))
	part, err := x.read(file)
	if err != nil {
		return err
	}
	how(part)
	if len(part) == 0 {
		if err := atomicfile.RemoveFile(file); err != nil {
			return fmt.Errorf("store: %w", err)
		}
		return nil
	}
	data, err := json.Marshal(part)
	if err != nil { // of numbers and texts
		panic(err)
	}
	return atomicfile.WriteBytes(file, data)
}

// know remembers that a file is an object.
func (x *index) know(name, file string, o Object) error {
	info, err := os.Stat(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	return x.change(name, func(part map[string]entry) {
		part[name] = entry{info.Size(), o.Mod, o.MD5, info.ModTime().UnixNano()}
	})
}

func (x *index) forget(name string) error {
	return x.change(name, func(part map[string]entry) { delete(part, name) })
}

// sumOf is the MD5 of a file, and its size.
func sumOf(file string) (sum []byte, size int64, err error) {
	f, err := filelimit.Open(file)
	if err != nil {
		return nil, 0, fmt.Errorf("store: %w", err)
	}
	defer f.Close()
	h := md5.New()
	if size, err = io.Copy(h, f); err != nil {
		return nil, 0, fmt.Errorf("store: %w", err)
	}
	return h.Sum(nil), size, nil
}
