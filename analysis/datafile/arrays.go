package datafile

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"

	"github.com/sharewise/sharewise/analysis/array"
	"github.com/sharewise/sharewise/analysis/filekind"
	"github.com/sharewise/sharewise/analysis/filelimit"
	"github.com/sharewise/sharewise/analysis/study"
)

// ArrayFile is a file of arrays, mapped unless it is compressed.
type ArrayFile struct {
	Path string // how messages call it
	*Content
	// Stays says that the file itself is mapped, and not a copy.
	Stays  bool
	arrays map[string]*array.Array // those read so far
	room   Room
}

// Content is the bytes of a file. Views of it keep it alive, and with it what was
// unpacked of it.
type Content struct {
	Data     []byte
	unpacked []*Content
}

// Room says how much may be unpacked, and whether memory has room for it.
type Room struct {
	Limits filelimit.Limits
	// Take reserves bytes of memory, and reports whether so many are left; what has
	// no room goes to a temporary file. nil: there is room for 256 MiB at a time.
	Take func(bytes int64) bool
}

func (r Room) take(bytes int64) bool {
	if r.Take == nil {
		return bytes <= 1<<28
	}
	return r.Take(bytes)
}

// OpenArrays maps a file of arrays, or unpacks it where it is gzip, and returns its
// SHA-256 in hexadecimal; name is how messages call it.
func OpenArrays(ctx context.Context, name, path string, room Room) (a *ArrayFile, sum string, err error) {
	f, err := Open(name, path)
	if err != nil {
		return nil, "", err
	}
	defer f.Close()
	if f.packed {
		c, err := room.unpackAll(f)
		if err != nil {
			return nil, "", err
		}
		sum, err := f.Finish()
		return newArrayFile(name, c, room), sum, err
	}
	info, err := f.Stat()
	if err != nil {
		return nil, "", fmt.Errorf("dataset: %w", err)
	}
	if info.Size() == 0 {
		return nil, "", &Error{File: name, Reason: "an empty file"}
	}
	c, err := Mapped(f.os, info.Size())
	if err != nil {
		return nil, "", fmt.Errorf("dataset: map %s: %w", name, err)
	}
	hash := sha256.New()
	for part := range slices.Chunk(c.Data, 1<<22) {
		if ctx.Err() != nil {
			return nil, "", ctx.Err()
		}
		hash.Write(part)
	}
	a = newArrayFile(name, c, room)
	a.Stays = true
	return a, hex.EncodeToString(hash.Sum(nil)), nil
}

func newArrayFile(name string, c *Content, room Room) *ArrayFile {
	return &ArrayFile{Path: name, Content: c, arrays: map[string]*array.Array{}, room: room}
}

// MapArrays maps an opened file of arrays of at least one byte, without reading
// all of it.
func MapArrays(f *os.File, size int64, name string) (*ArrayFile, error) {
	c, err := Mapped(f, size)
	if err != nil {
		return nil, err
	}
	return newArrayFile(name, c, Room{}), nil
}

// Mapped maps a file of at least one byte. The mapping goes when nothing uses
// the content any more.
func Mapped(f *os.File, size int64) (*Content, error) {
	if int64(int(size)) != size {
		return nil, errors.New("the file is too large for this machine")
	}
	data, err := MapFile(f, size)
	if err != nil {
		return nil, err
	}
	c := &Content{Data: data}
	remember(data, f.Name())
	runtime.AddCleanup(c, forget, data)
	return c, nil
}

// Beginnings of files.
var (
	npyStart    = []byte("\x93NUMPY")
	zipStarts   = [][]byte{[]byte("PK\x03\x04"), []byte("PK\x05\x06")}
	hdfStart    = []byte("\x89HDF\r\n\x1a\n")
	pickleStart = []byte("\x80")
)

// Names lists the arrays of a file; "" is that of an NPY file.
func (f *ArrayFile) Names() ([]string, error) {
	switch {
	case bytes.HasPrefix(f.Data, npyStart):
		return []string{""}, nil
	case bytes.HasPrefix(f.Data, zipStarts[0]) || bytes.HasPrefix(f.Data, zipStarts[1]):
		names, err := array.Names(f.Data)
		return names, f.located(err)
	case bytes.HasPrefix(f.Data, hdfStart):
		return nil, &Error{File: f.Path, Reason: "an HDF5 file, which is not read; save the arrays as NPZ or safetensors"}
	case bytes.HasPrefix(f.Data, pickleStart) && !study.IsArrayFile(f.Path):
		return nil, &Error{File: f.Path, Reason: "a pickled Python object, which is not read; save the arrays as NPZ or safetensors"}
	}
	tensors, err := array.Safetensors(f.Data)
	if err != nil {
		return nil, cmp.Or(Foreign(f.Path, f.Data[:min(len(f.Data), filekind.HeadBytes)]), f.located(err))
	}
	var names []string
	for _, a := range tensors {
		f.arrays[a.Name] = a
		names = append(names, a.Name)
	}
	return names, nil
}

// Read returns an array of the file by its name.
func (f *ArrayFile) Read(name string) (*array.Array, error) {
	if a := f.arrays[name]; a != nil {
		return a, nil
	}
	var a *array.Array
	var err error
	if name == "" {
		a, err = array.NPY(f.Data)
	} else {
		var found []*array.Array
		if found, err = array.NPZWithin(f.Data, func(n string) bool { return n == name }, f.room.Limits, f.unpack); err == nil {
			a = found[0] // the caller has seen its name
		}
	}
	if err != nil {
		return nil, f.located(err)
	}
	f.arrays[name] = a
	return a, nil
}

// located turns an error of package array into one of the domain's data.
func (f *ArrayFile) located(err error) error {
	e := new(array.Error)
	if !errors.As(err, &e) {
		return err
	}
	out := &Error{File: f.Path, Value: e.Value, Reason: e.Reason}
	if e.Array != "" {
		out.Member = fmt.Sprintf("array %q", e.Array)
	}
	if e.Offset > 0 {
		out.Member = fmt.Sprintf("%sbyte %d", prefix(out.Member), e.Offset)
	}
	return out
}

func prefix(s string) string {
	if s == "" {
		return ""
	}
	return s + ", "
}
