package dataset

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/array"
	"github.com/sharewise/sharewise/analysis/study"
)

// usualLabels are names of arrays with classes.
var usualLabels = []string{"labels", "label", "y", "Y", "classes", "targets", "target"}

// scanArrays takes every file with samples and their classes for a domain: an
// NPZ or safetensors file with both, or two NPY files whose names differ in
// that, as x.npy and y.npy do.
func (s *scanner) scanArrays(dir string, files []string) {
	for _, name := range files {
		if !study.IsArrayFile(name) || strings.HasSuffix(strings.ToLower(name), ".gz") {
			continue
		}
		path := filepath.Join(dir, name)
		main := scanFile(path)
		if main == nil {
			continue
		}
		f := &find{name: stemOf(name), rel: s.relative(path), format: study.ArrayFormat, data: &study.Files{Path: s.relative(path)}}
		var inputs, labels *array.Array
		if strings.EqualFold(filepath.Ext(name), ".npy") {
			beside := labelsBeside(name, files)
			if beside == "" {
				continue
			}
			inputs, _ = main.read("")
			if other := scanFile(filepath.Join(dir, beside)); other != nil {
				labels, _ = other.read("")
			}
			f.data.Labels = s.relative(filepath.Join(dir, beside))
		} else {
			f.data.Inputs, inputs = main.firstOf(usualNames)
			f.data.Labels, labels = main.firstOf(usualLabels)
		}
		if inputs == nil || labels == nil || inputs.Type.Text() || len(inputs.Shape) < 2 || labels.Rows() != inputs.Rows() || labels.Squeezed().Type.Float() {
			continue
		}
		f.shape = slices.Clone(inputs.RowShape())
		f.what = fmt.Sprintf("%d samples of shape %v (%s)", inputs.Rows(), f.shape, inputs.Type)
		if n := len(f.shape); n == 3 && f.shape[0] > 3 && (f.shape[2] == 1 || f.shape[2] == 3) {
			f.shape = []int{f.shape[2], f.shape[0], f.shape[1]}
			f.notes = append(f.notes, "pictures with their channels last are turned")
		}
		s.finds = append(s.finds, f)
	}
}

// scanFile maps a file of arrays, or returns nil where it is none.
func scanFile(path string) *arrayFile {
	f, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || info.Size() == 0 {
		return nil
	}
	c, err := mapped(f, info.Size())
	if err != nil {
		return nil
	}
	out := &arrayFile{path: path, content: c, arrays: map[string]*array.Array{}}
	if _, err := out.names(); err != nil {
		return nil
	}
	return out
}

// firstOf returns the first of some arrays that a file has, with its name.
func (f *arrayFile) firstOf(names []string) (string, *array.Array) {
	have, err := f.names()
	if err != nil {
		return "", nil
	}
	for _, n := range names {
		if slices.Contains(have, n) {
			a, err := f.read(n)
			if err != nil {
				return "", nil
			}
			return n, a
		}
	}
	return "", nil
}

// labelsBeside finds the file whose name differs from that of samples in the
// word that says what is in it.
func labelsBeside(name string, files []string) string {
	for _, words := range [][2]string{{"inputs", "labels"}, {"images", "labels"}, {"data", "labels"}, {"features", "labels"}, {"x", "y"}, {"X", "y"}, {"X", "Y"}} {
		i := strings.LastIndex(name, words[0])
		if i < 0 {
			continue
		}
		if other := name[:i] + words[1] + name[i+len(words[0]):]; slices.Contains(files, other) {
			return other
		}
	}
	return ""
}

// sameShape leaves out domains whose samples have another shape than the first.
func (s *scanner) sameShape(found []*find) []*find {
	var out []*find
	for _, f := range found {
		if slices.Equal(f.shape, found[0].shape) {
			out = append(out, f)
			continue
		}
		s.draft.Found = append(s.draft.Found, fmt.Sprintf("%s is left out: its samples have shape %v, those of %s have %v", f.rel, f.shape, found[0].rel, found[0].shape))
	}
	return out
}
