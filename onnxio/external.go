package onnxio

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/sharewise/sharewise/analysis/filekind"
	"github.com/sharewise/sharewise/analysis/filelimit"
	"github.com/sharewise/sharewise/onnxio/internal/onnxpb"
)

// IsExternal reports whether the elements of t lie in another file and were
// not read.
func (t *Tensor) IsExternal() bool {
	return t.rest.GetDataLocation() == onnxpb.TensorProto_EXTERNAL
}

// SetExternal says that the elements of t lie in another file of the model's
// folder, at an offset in bytes, and forgets those that it has. Such a tensor
// is written as the reference that it is by [Model.Marshal].
func (t *Tensor) SetExternal(location string, offset, length int64) error {
	if err := checkLocation(location); err != nil {
		return fmt.Errorf("%w: %w", ErrExternalData, err)
	}
	if want := t.bytes(); offset < 0 || length != want {
		return fmt.Errorf("%w: %d bytes at offset %d for %v%v, which has %d", ErrExternalData, length, offset, t.Type, Static(t.Shape...), want)
	}
	ref := fresh(t.rest)
	if ref == nil {
		ref = &onnxpb.TensorProto{}
	}
	ref.RawData = nil
	ref.DataLocation = onnxpb.TensorProto_EXTERNAL.Enum()
	ref.ExternalData = nil
	for _, e := range []Property{
		{"location", location},
		{"offset", strconv.FormatInt(offset, 10)},
		{"length", strconv.FormatInt(length, 10)},
	} {
		ref.ExternalData = append(ref.ExternalData, encodeProperty(e))
	}
	t.rest, t.Data = ref, nil
	return nil
}

// externalRef is where the elements of a tensor lie.
type externalRef struct {
	location string // slash-separated path in the model's folder
	offset   int64
	length   int64 // -1: to the end of the file
}

func parseExternalRef(t *Tensor) (externalRef, error) {
	ref := externalRef{length: -1}
	for _, e := range t.rest.GetExternalData() {
		var err error
		switch e.GetKey() {
		case "location":
			ref.location = e.GetValue()
		case "offset":
			ref.offset, err = parseSize(e.GetValue())
		case "length":
			ref.length, err = parseSize(e.GetValue())
		}
		if err != nil {
			return ref, fmt.Errorf("%w: %s: %w", ErrExternalData, e.GetKey(), err)
		}
	}
	if err := checkLocation(ref.location); err != nil {
		return ref, fmt.Errorf("%w: %w", ErrExternalData, err)
	}
	return ref, nil
}

func parseSize(s string) (int64, error) {
	n, err := strconv.ParseInt(strings.TrimSpace(s), 10, 64)
	switch {
	case errors.Is(err, strconv.ErrRange):
		return 0, fmt.Errorf("%.40s bytes are more than any file has", s)
	case err != nil:
		return 0, fmt.Errorf("%.40q is no number of bytes", s)
	case n < 0:
		return 0, fmt.Errorf("%d is negative", n)
	}
	return n, nil
}

// checkLocation accepts plain relative paths that stay in their folder.
func checkLocation(location string) error {
	// Backslashes and colons make paths of their own on some systems.
	if !fs.ValidPath(location) || location == "." || strings.ContainsAny(location, "\\:\x00") {
		return fmt.Errorf("location %q is no relative path within the model's folder", location)
	}
	return nil
}

// FilesOf lists the file of a model and those beside it that have elements of its tensors.
// A file that is no model, or names files that it must not, has none beside it.
func FilesOf(path string) ([]string, error) {
	data, err := filelimit.ReadFile(path, filelimit.Model)
	if err != nil {
		return nil, fmt.Errorf("load: %w", err)
	}
	files := []string{path}
	m, err := Parse(data)
	if err != nil {
		return files, nil //nolint:nilerr // Load says what is wrong with it
	}
	for t := range m.tensors() {
		if !t.IsExternal() {
			continue
		}
		ref, err := parseExternalRef(t)
		if err != nil {
			return files, nil //nolint:nilerr // and here
		}
		if file := filepath.Join(filepath.Dir(path), filepath.FromSlash(ref.location)); !slices.Contains(files, file) {
			files = append(files, file)
		}
	}
	return files, nil
}

// externalFiles reads the files next to a model, each once.
type externalFiles struct {
	root *os.Root
	data map[string][]byte
}

// readExternal fills in the elements of all external tensors of m from files
// in dir. Tensors share the memory of the file they come from.
func readExternal(m *Model, dir string) error {
	var files *externalFiles
	for t, where := range m.tensors() {
		if !t.IsExternal() {
			continue
		}
		if files == nil {
			root, err := os.OpenRoot(dir)
			if err != nil {
				return err
			}
			defer root.Close()
			files = &externalFiles{root: root, data: map[string][]byte{}}
		}
		if err := files.fill(t); err != nil {
			return &ValueError{Graph: where, Value: t.Name, Err: err}
		}
	}
	return nil
}

func (f *externalFiles) fill(t *Tensor) error {
	ref, err := parseExternalRef(t)
	if err != nil {
		return err
	}
	n := elements(t.Shape)
	if n < 0 || t.Type.Bits() == 0 {
		return fmt.Errorf("%w: %v%v cannot lie in a file", ErrExternalData, t.Type, Static(t.Shape...))
	}
	data, err := f.read(ref.location)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrExternalData, err)
	}
	want := t.bytes()
	if ref.length >= 0 && ref.length != want {
		return fmt.Errorf("%w: length is %d, but %v%v has %d bytes", ErrExternalData, ref.length, t.Type, Static(t.Shape...), want)
	}
	if size := int64(len(data)); ref.offset > size || want > size-ref.offset {
		return fmt.Errorf("%w: %s has %d bytes, too few for %d bytes at offset %d", ErrExternalData, ref.location, size, want, ref.offset)
	}
	t.Data = data[ref.offset : ref.offset+want : ref.offset+want]
	rest := fresh(t.rest)
	rest.DataLocation, rest.ExternalData = nil, nil
	t.rest = rest
	return nil
}

// read returns the content of a regular file in the model's folder. Symbolic
// links are refused wherever they lead: a model from elsewhere must not choose
// which files are read.
func (f *externalFiles) read(location string) ([]byte, error) {
	if data, ok := f.data[location]; ok {
		return data, nil
	}
	for i := range len(location) + 1 {
		if i < len(location) && location[i] != '/' {
			continue
		}
		part := location[:i] // from the first folder down to the file
		info, err := f.root.Lstat(part)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("there is no such file as %q in the folder of the model, which keeps weights there", location)
		}
		if err != nil {
			return nil, err
		}
		switch mode := info.Mode(); {
		case mode&fs.ModeSymlink != 0:
			return nil, fmt.Errorf("%s is a symbolic link", part)
		case part == location && !mode.IsRegular():
			return nil, fmt.Errorf("%s is no regular file", part)
		}
	}
	data, err := f.root.ReadFile(location)
	if err != nil {
		return nil, err
	}
	if filekind.IsLFS(data[:min(len(data), filekind.HeadBytes)]) {
		return nil, fmt.Errorf("%s is %s", location, filekind.Of(data))
	}
	f.data[location] = data
	return data, nil
}
