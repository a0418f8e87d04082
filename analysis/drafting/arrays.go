package drafting

import (
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/array"
	"github.com/sharewise/sharewise/analysis/filelimit"
	"github.com/sharewise/sharewise/analysis/study"

	"github.com/sharewise/sharewise/analysis/datafile"
)

// Words in the names of arrays, and of files with a single array, that say what they
// hold. vagueWords count only where a name has none of the others.
var (
	inputWords = []string{"x", "inputs", "input", "images", "image", "imgs", "features", "samples"}
	labelWords = []string{"y", "labels", "label", "targets", "target", "classes", "class"}
	vagueWords = []string{"data"}
)

// xyPart is a name such as xtrain, which begins with what it holds.
var xyPart = regexp.MustCompile(`(?i)^([xy])(train|training|test|testing|val|valid|validation|dev)$`)

// arrayRole tells samples from labels by the name of an array. rest is what
// the name says besides.
func arrayRole(name string) (inputs, labels bool, rest string) {
	var words []string
	for _, w := range nameSplit.Split(name, -1) {
		if m := xyPart.FindStringSubmatch(w); m != nil {
			words = append(words, m[1], m[2])
		} else if w != "" {
			words = append(words, w)
		}
	}
	for _, telling := range [][]string{slices.Concat(inputWords, labelWords), vagueWords} {
		for i := len(words) - 1; i >= 0; i-- {
			w := strings.ToLower(words[i])
			if !slices.Contains(telling, w) {
				continue
			}
			labels = slices.Contains(labelWords, w)
			return !labels, labels, strings.Join(slices.Delete(words, i, i+1), "-")
		}
	}
	return false, false, strings.Join(words, "-")
}

// pairedArrays are an array of samples and one of their labels, of which one may be
// missing.
type pairedArrays struct {
	rest           string
	inputs, labels *array.Array
	files          study.Files
	path           string // of the samples, or else of the labels
	name           string // of the samples in their file
}

// scanArrays takes every array of samples with its labels for a domain, or a part
// of one: those of an NPZ or safetensors file, such as x_train and y_train, or
// NPY files whose names differ in that, as X.npy and y.npy do. It returns the other
// files.
func (s *scanner) scanArrays(dir string, files []string) []string {
	var rest []string
	single := &arrayPairs{}
	for _, name := range files {
		p := filepath.Join(dir, name)
		switch {
		case !study.IsArrayFile(name):
			rest = append(rest, name)
			continue
		case strings.HasSuffix(strings.ToLower(name), ".gz"):
			s.pass(p, "packed arrays; unpack the file, or write it into the study")
			continue
		}
		f, err := scanFile(p)
		if err != nil {
			s.pass(p, "%s", s.probeReason(p, err))
			continue
		}
		names, _ := f.Names() // scanFile has seen them
		if len(names) == 1 && names[0] == "" {
			a, err := f.Read("")
			if err != nil {
				s.pass(p, "%s", s.probeReason(p, err))
			} else if !single.add(datafile.Stem(name), a, s.relative(p), p, "") {
				s.pass(p, "an array whose name says neither samples (x, inputs, ...) nor labels (y, labels, ...); files of one sample each are to be stacked into one array, with their labels in another")
			}
			continue
		}
		s.scanNamedArrays(f, p, names)
	}
	for _, pair := range single.list {
		s.takeArrays(pair, append(s.placed(dir, true), pair.rest))
	}
	return rest
}

// scanNamedArrays looks at the arrays of one file.
func (s *scanner) scanNamedArrays(f *datafile.ArrayFile, p string, names []string) {
	pairs := &arrayPairs{}
	var others []string
	for _, n := range names {
		a, err := f.Read(n)
		if err != nil {
			s.pass(p, "%s", s.probeReason(p, err))
			return
		}
		if !pairs.add(n, a, s.relative(p), p, n) {
			others = append(others, n)
		}
	}
	if len(pairs.list) == 0 {
		s.pass(p, "its arrays are called neither inputs or x nor labels or y: %s", datafile.List(others))
		return
	}
	before := len(s.finds)
	for _, pair := range pairs.list {
		s.takeArrays(pair, append(s.placed(p, false), pair.rest))
	}
	if len(others) > 0 && len(s.finds) > before { // otherwise the file was passed over, with a reason
		s.finds[len(s.finds)-1].notes = append(s.finds[len(s.finds)-1].notes, "arrays that are left out: "+datafile.List(others))
	}
}

// arrayPairs puts samples and labels together by what else their names say.
type arrayPairs struct{ list []*pairedArrays }

// add takes an array, unless its name says nothing. member is its name in a file
// of several.
func (l *arrayPairs) add(name string, a *array.Array, rel, p, member string) bool {
	inputs, labels, rest := arrayRole(name)
	if !inputs && !labels {
		return false
	}
	i := slices.IndexFunc(l.list, func(q *pairedArrays) bool { return strings.EqualFold(q.rest, rest) })
	if i < 0 {
		i = len(l.list)
		l.list = append(l.list, &pairedArrays{rest: rest, path: p})
	}
	pair := l.list[i]
	switch {
	case inputs && pair.inputs == nil:
		pair.inputs, pair.path, pair.name = a, p, member
		pair.files.Path, pair.files.Inputs = rel, member
	case labels && pair.labels == nil:
		pair.labels, pair.files.Labels = a, rel
		if member != "" {
			pair.files.Labels = member
		}
	default:
		return false
	}
	return true
}

// takeArrays makes a find of samples with labels, or says what is wrong with
// them.
func (s *scanner) takeArrays(pair *pairedArrays, at []string) {
	inputs, labels := pair.inputs, pair.labels
	subject := ""
	if pair.name != "" {
		subject = fmt.Sprintf("array %q: ", pair.name)
	}
	switch {
	case inputs == nil:
		s.pass(pair.path, "%slabels without an array of samples beside them", subject)
		return
	case labels == nil:
		s.pass(pair.path, "%ssamples without an array of labels beside them", subject)
		return
	case inputs.Type.Text() || len(inputs.Shape) < 2:
		s.pass(pair.path, "%s%s of shape %v, where samples are rows of numbers", subject, inputs.Type, inputs.Shape)
		return
	case len(labels.Shape) == 0 || labels.Rows() != inputs.Rows():
		s.pass(pair.path, "%s%d samples, and labels of shape %v", subject, inputs.Rows(), labels.Shape)
		return
	}
	f := &find{at: at, rel: pair.files.Path, format: study.ArrayFormat, data: &pair.files, shape: slices.Clone(inputs.RowShape())}
	f.what = fmt.Sprintf("%d samples of shape %v (%s)", inputs.Rows(), f.shape, inputs.Type)
	switch y := labels.Squeezed(); {
	case oneHot(y):
		f.notes = append(f.notes, fmt.Sprintf("labels have a column for each of %d classes (one-hot)", y.RowSize()))
	case y.Type.Float() && len(y.Shape) > 1:
		f.data.Targets, f.data.Labels = f.data.Labels, ""
		f.notes = append(f.notes, fmt.Sprintf("%d numbers are predicted, as rows of labels are not one 1 among zeros", y.RowSize()))
	case y.Type.Float() && !wholeClasses(y):
		f.data.Targets, f.data.Labels = f.data.Labels, ""
		f.notes = append(f.notes, "numbers are predicted, as labels are not whole")
	case len(y.Shape) != 1:
		s.pass(pair.path, "%slabels of shape %v, whose rows are not one 1 among zeros, as a column for each class has it", subject, labels.Shape)
		return
	}
	if n := len(f.shape); n == 3 && f.shape[0] > 3 && (f.shape[2] == 1 || f.shape[2] == 3) {
		f.shape = []int{f.shape[2], f.shape[0], f.shape[1]}
		f.notes = append(f.notes, "pictures with their channels last are turned")
	}
	s.finds = append(s.finds, f)
}

// oneHot reports whether an array has a column of 0 and 1 for each class.
func oneHot(a *array.Array) bool {
	if len(a.Shape) != 2 || a.RowSize() < 2 || a.Type.Text() {
		return false
	}
	for i := range a.Rows() {
		if _, err := a.OneHot(i); err != nil {
			return false
		}
	}
	return true
}

// wholeClasses reports whether an array of floating point holds a few whole
// numbers, which are classes.
func wholeClasses(a *array.Array) bool {
	const most = 20
	seen := map[string]bool{}
	if len(a.Shape) != 1 {
		return false
	}
	for i := range a.Rows() {
		label, err := a.Label(i)
		if err != nil {
			return false
		}
		if seen[label] = true; len(seen) > most {
			return false
		}
	}
	return true
}

// scanFile maps a file of arrays.
func scanFile(p string) (*datafile.ArrayFile, error) {
	f, err := filelimit.Open(p)
	if err != nil {
		return nil, unread{err}
	}
	defer f.Close()
	info, err := f.Stat()
	switch {
	case err != nil:
		return nil, err
	case info.Size() == 0:
		return nil, errors.New("an empty file")
	}
	out, err := datafile.MapArrays(f, info.Size(), p)
	if err != nil {
		return nil, err
	}
	_, err = out.Names()
	return out, err
}

// sameShape leaves out domains whose samples have another shape than the first.
func (s *scanner) sameShape(found []*find) []*find {
	var out []*find
	for _, f := range found {
		if slices.Equal(f.shape, found[0].shape) {
			out = append(out, f)
			continue
		}
		s.drop(f, "its samples have shape %v, those of %s have %v", f.shape, found[0].rel, found[0].shape)
	}
	return out
}
