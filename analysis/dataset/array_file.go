package dataset

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"

	"github.com/sharewise/sharewise/analysis/array"
	"github.com/sharewise/sharewise/analysis/filekind"
	"github.com/sharewise/sharewise/analysis/study"
)

// arrayFile is a file of arrays, mapped unless it is compressed.
type arrayFile struct {
	path string // as the study has it
	*content
	arrays map[string]*array.Array // those read so far
}

// content is the bytes of a file. Views of it keep it alive.
type content struct{ data []byte }

// openArrays opens a file of arrays once for the domain.
func (o *opener) openArrays(path string) (*arrayFile, error) {
	if f, ok := o.arrayFiles[path]; ok {
		return f, nil
	}
	c, err := o.openContent(path)
	if err != nil {
		return nil, err
	}
	if o.arrayFiles == nil {
		o.arrayFiles = map[string]*arrayFile{}
	}
	f := &arrayFile{path: path, content: c, arrays: map[string]*array.Array{}}
	o.arrayFiles[path] = f
	return f, nil
}

// openContent maps a file, or unpacks it into memory where it is gzip.
func (o *opener) openContent(path string) (*content, error) {
	f, err := o.openFile(path)
	if err != nil {
		return nil, err
	}
	defer f.os.Close()
	if f.packed {
		data, err := io.ReadAll(f)
		if err != nil {
			return nil, f.broken(err)
		}
		return &content{data}, o.finish(f)
	}
	info, err := f.os.Stat()
	if err != nil {
		return nil, fmt.Errorf("dataset: %w", err)
	}
	if info.Size() == 0 {
		return nil, &Error{File: path, Reason: "an empty file"}
	}
	c, err := mapped(f.os, info.Size())
	if err != nil {
		return nil, fmt.Errorf("dataset: map %s: %w", path, err)
	}
	hash := sha256.New()
	for part := range slices.Chunk(c.data, 1<<22) {
		if o.ctx.Err() != nil {
			return nil, o.ctx.Err()
		}
		hash.Write(part)
	}
	o.sources = append(o.sources, Source{Path: path, SHA256: hex.EncodeToString(hash.Sum(nil))})
	return c, nil
}

// mapped maps a file of at least one byte. The mapping goes when nothing uses
// the content any more.
func mapped(f *os.File, size int64) (*content, error) {
	if int64(int(size)) != size {
		return nil, errors.New("the file is too large for this machine")
	}
	data, err := mapFile(f, size)
	if err != nil {
		return nil, err
	}
	c := &content{data}
	runtime.AddCleanup(c, unmap, data)
	return c, nil
}

// Beginnings of files.
var (
	npyStart    = []byte("\x93NUMPY")
	zipStarts   = [][]byte{[]byte("PK\x03\x04"), []byte("PK\x05\x06")}
	hdfStart    = []byte("\x89HDF\r\n\x1a\n")
	pickleStart = []byte("\x80")
)

// names lists the arrays of a file; "" is that of an NPY file.
func (f *arrayFile) names() ([]string, error) {
	switch {
	case bytes.HasPrefix(f.data, npyStart):
		return []string{""}, nil
	case bytes.HasPrefix(f.data, zipStarts[0]) || bytes.HasPrefix(f.data, zipStarts[1]):
		names, err := array.Names(f.data)
		return names, f.located(err)
	case bytes.HasPrefix(f.data, hdfStart):
		return nil, &Error{File: f.path, Reason: "an HDF5 file, which is not read; save the arrays as NPZ or safetensors"}
	case bytes.HasPrefix(f.data, pickleStart) && !study.IsArrayFile(f.path):
		return nil, &Error{File: f.path, Reason: "a pickled Python object, which is not read; save the arrays as NPZ or safetensors"}
	}
	tensors, err := array.Safetensors(f.data)
	if err != nil {
		return nil, cmp.Or(foreign(f.path, f.data[:min(len(f.data), filekind.HeadBytes)]), f.located(err))
	}
	var names []string
	for _, a := range tensors {
		f.arrays[a.Name] = a
		names = append(names, a.Name)
	}
	return names, nil
}

// read returns an array of the file by its name.
func (f *arrayFile) read(name string) (*array.Array, error) {
	if a := f.arrays[name]; a != nil {
		return a, nil
	}
	var a *array.Array
	var err error
	if name == "" {
		a, err = array.NPY(f.data)
	} else {
		var found []*array.Array
		if found, err = array.NPZ(f.data, func(n string) bool { return n == name }); err == nil {
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
func (f *arrayFile) located(err error) error {
	e := new(array.Error)
	if !errors.As(err, &e) {
		return err
	}
	out := &Error{File: f.path, Value: e.Value, Reason: e.Reason}
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

// namedArray is an array with the place it comes from.
type namedArray struct {
	*array.Array
	file *arrayFile
	key  string // of the study
}

// place is how messages call an element.
func (n *namedArray) place(index ...int) string {
	s := fmt.Sprintf("element %v", index)
	if n.Name != "" {
		s = fmt.Sprintf("array %q, %s", n.Name, s)
	}
	return s
}

func (n *namedArray) error(format string, args ...any) *Error {
	e := &Error{File: n.file.path, Reason: fmt.Sprintf(format, args...)}
	if n.Name != "" {
		e.Member = fmt.Sprintf("array %q", n.Name)
	}
	return e
}

// usualNames are those of arrays of samples, where the study says nothing.
var usualNames = []string{"inputs", "x", "X", "images", "data"}

// arrayAt finds an array that the study refers to: by its name in a file, or as
// a file of its own.
func (o *opener) arrayAt(f *arrayFile, key, ref string) (*namedArray, error) {
	names, err := f.names()
	if err != nil {
		return nil, err
	}
	switch {
	case slices.Contains(names, ref) && ref != "":
	case study.IsArrayFile(ref):
		if f, err = o.openArrays(ref); err != nil {
			return nil, err
		}
		if names, err = f.names(); err != nil {
			return nil, err
		}
		if len(names) != 1 {
			return nil, &Error{File: ref, Reason: fmt.Sprintf("%d arrays (%s), where data.%s needs a file with one", len(names), list(names), key)}
		}
		ref = names[0]
	case ref == "" && len(names) == 1:
		ref = names[0]
	case ref == "":
		i := slices.IndexFunc(usualNames, func(n string) bool { return slices.Contains(names, n) })
		if i < 0 {
			return nil, &Error{File: f.path, Reason: fmt.Sprintf("say under data.%s which array holds the samples; there are %s", key, list(names))}
		}
		ref = usualNames[i]
	case names[0] == "":
		return nil, &Error{File: f.path, Reason: fmt.Sprintf("data.%s is %q, and an NPY file holds one array without a name; name another file", key, ref)}
	default:
		return nil, &Error{File: f.path, Reason: fmt.Sprintf("data.%s is %q, and the file has no such array%s; there are %s", key, ref, study.DidYouMean(ref, names), list(names))}
	}
	a, err := f.read(ref)
	if err != nil {
		return nil, err
	}
	return &namedArray{a, f, key}, nil
}
