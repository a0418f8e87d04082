package dataset

import (
	"fmt"
	"slices"

	"github.com/sharewise/sharewise/analysis/array"
	"github.com/sharewise/sharewise/analysis/study"

	"github.com/sharewise/sharewise/analysis/datafile"
)

// openArrays opens a file of arrays once for the domain.
func (r *arrayReader) openArrays(path string) (*datafile.ArrayFile, error) {
	if f, ok := r.files[path]; ok {
		return f, nil
	}
	f, sum, err := datafile.OpenArrays(r.ctx, path, r.study.Path(path), datafile.Room{Limits: r.study.Limits, Take: r.budget.take})
	if err != nil {
		return nil, err
	}
	r.sources = append(r.sources, Source{Path: path, SHA256: sum})
	r.files[path] = f
	if f.Stays {
		r.mapped = append(r.mapped, path)
	}
	return f, nil
}

// namedArray is an array with the place it comes from.
type namedArray struct {
	*array.Array
	file *datafile.ArrayFile
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
	e := &Error{File: n.file.Path, Reason: fmt.Sprintf(format, args...)}
	if n.Name != "" {
		e.Member = fmt.Sprintf("array %q", n.Name)
	}
	return e
}

// usualNames are those of arrays of samples, where the study says nothing.
var usualNames = []string{"inputs", "x", "X", "images", "data"}

// arrayAt finds an array that the study refers to: by its name in a file, or as
// a file of its own.
func (r *arrayReader) arrayAt(f *datafile.ArrayFile, key, ref string) (*namedArray, error) {
	names, err := f.Names()
	if err != nil {
		return nil, err
	}
	switch {
	case len(names) == 0:
		return nil, &Error{File: f.Path, Reason: "holds no array"}
	case slices.Contains(names, ref) && ref != "":
	case study.IsArrayFile(ref):
		if f, err = r.openArrays(ref); err != nil {
			return nil, err
		}
		if names, err = f.Names(); err != nil {
			return nil, err
		}
		if len(names) != 1 {
			return nil, &Error{File: ref, Reason: fmt.Sprintf("%d arrays (%s), where data.%s needs a file with one", len(names), datafile.List(names), key)}
		}
		ref = names[0]
	case ref == "" && len(names) == 1:
		ref = names[0]
	case ref == "":
		i := slices.IndexFunc(usualNames, func(n string) bool { return slices.Contains(names, n) })
		if i < 0 {
			return nil, &Error{File: f.Path, Reason: fmt.Sprintf("say under data.%s which array holds the samples; there are %s", key, datafile.List(names))}
		}
		ref = usualNames[i]
	case names[0] == "":
		return nil, &Error{File: f.Path, Reason: fmt.Sprintf("data.%s is %q, and an NPY file holds one array without a name; name another file", key, ref)}
	default:
		return nil, &Error{File: f.Path, Reason: fmt.Sprintf("data.%s is %q, and the file has no such array%s; there are %s", key, ref, study.DidYouMean(ref, names), datafile.List(names))}
	}
	a, err := f.Read(ref)
	if err != nil {
		return nil, err
	}
	return &namedArray{a, f, key}, nil
}
