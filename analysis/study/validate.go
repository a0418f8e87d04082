package study

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// New returns a study with a name, and with every default in place that a study
// file would have. Add domains, change fields, and call [Study.Validate].
func New(name string) *Study {
	s := new(Study)
	fill(s, studyFields)
	s.Version, s.Name, s.defaults = 1, name, Domain{}
	return s
}

// NewDomain returns a domain with a name and every default in place. Where its
// data are, Files or Format say.
func NewDomain(name string) Domain {
	d := Domain{Name: name}
	fill(&d, domainFields)
	return d
}

// NewColumns returns roles of columns with every default in place.
func NewColumns() *Columns {
	c := new(Columns)
	fill(c, columnFields)
	return c
}

// NewSeries returns how signals are stored, cut and labelled with every default in place.
func NewSeries() *Series {
	s := new(Series)
	fill(s, seriesFields)
	return s
}

// Validate does for a study that a program made what [Parse] does for a file: it
// fills in the defaults that depend on something else, such as rungs, formats and
// tasks, and checks every field and all of them together. Zero values that cannot
// be meant, such as no epochs, stand for the default too. An error is [Errors]:
// all that is wrong, by the keys of study files.
//
// With an error the study stays as it was. After a change of a valid study it is
// called again; what it filled in before counts as given then. Warnings are those
// of the last call.
func (s *Study) Validate() error {
	filled := s.Only(nil)
	filled.Weightings, filled.Model.Files = slices.Clone(s.Weightings), slices.Clone(s.Model.Files)
	filled.Version, filled.Warnings = max(s.Version, 1), nil
	found := &findings{places: map[string]place{}}
	found.given(filled, studyFields, "")
	filled.defaults = Domain{}
	if len(found.errs) == 0 {
		found.complete(filled)
		(&checker{findings: found, study: filled}).check()
	}
	if len(found.errs) > 0 {
		return found.errs.sorted()
	}
	*s = *filled
	return nil
}

// given takes the fields of a struct for keys of a file. Those that differ from
// the default, or have none, were given.
func (f *findings) given(owner any, fields []field, path string) {
	for _, key := range fields {
		if key.key != "defaults" { // which the parser spreads over domains
			f.takeField(key, key.at(owner), strings.TrimPrefix(path+"."+key.key, "."))
		}
	}
}

func (f *findings) takeField(key field, at any, path string) {
	t, value := key.typ, reflect.ValueOf(at).Elem()
	switch {
	case t.open != nil && value.IsNil():
		return
	case t.kind == objectKind:
	case unset(t, value):
		switch {
		case key.def != "":
			fill(at, []field{{key: key.key, def: key.def, typ: t, at: func(owner any) any { return owner }}})
		case key.need:
			f.errorf(path[:max(0, strings.LastIndex(path, "."))], "%s", missing(key))
		}
		return
	}
	if !isDefault(key, at) {
		f.places[path] = place{}
	}
	f.take(t, at, path)
}

// unset reports whether a value is one that was never given: zero, where the
// type has no use for zero.
func unset(t typ, v reflect.Value) bool {
	switch v.Kind() {
	case reflect.String:
		return v.Len() == 0
	case reflect.Int, reflect.Uint64, reflect.Float64:
		return v.IsZero() && !t.takes(0.0)
	case reflect.Slice:
		return v.Len() == 0 && !t.holds(0)
	case reflect.Bool:
		return false
	}
	return v.IsZero()
}

// take checks a value that was given.
func (f *findings) take(t typ, at any, path string) {
	refuse := func(written string) { f.errorf(path, "%s", refusal(written, t)) }
	switch v := reflect.ValueOf(at).Elem(); {
	case t.kind == objectKind:
		if t.open != nil {
			at = t.open(at)
		}
		f.given(at, t.fields, path)
	case t.kind == listKind:
		for i := range v.Len() {
			item, sub := v.Index(i).Addr().Interface(), fmt.Sprintf("%s[%d]", path, i)
			f.places[sub] = place{}
			f.take(*t.elem, item, sub)
		}
		if !t.holds(v.Len()) {
			f.errorf(path, "%s", miscount(v.Len(), t))
		}
	case t.kind == numbersKind:
		f.byName(number(-unbounded, unbounded), *at.(*map[string]float64), path)
	case t.kind == weightsKind:
		w := at.(*ClassWeights)
		f.byName(positive(), w.ByClass, path)
		if w.ByClass == nil && !choice(t.words...).takes(w.Rule) {
			refuse(w.Rule)
		}
	case v.Kind() == reflect.Pointer && !v.IsNil():
		f.take(t, v.Interface(), path)
	case v.Kind() == reflect.String && !t.takes(v.String()) && !slices.Contains(t.held, v.String()):
		refuse(v.String())
	case v.CanInt() && !t.takes(float64(v.Int())):
		refuse(fmt.Sprint(v.Int()))
	case v.CanUint() && !t.takes(float64(v.Uint())):
		refuse(fmt.Sprint(v.Uint()))
	case v.CanFloat() && !t.takes(v.Float()):
		refuse(format(v.Float()))
	}
}

// byName checks numbers by names of the user's.
func (f *findings) byName(t typ, m map[string]float64, path string) {
	for _, name := range slices.Sorted(maps.Keys(m)) {
		f.places[path+"."+name] = place{}
		f.take(t, pointer(m[name]), path+"."+name)
	}
}
