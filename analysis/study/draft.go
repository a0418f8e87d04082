package study

import "reflect"

// Draft is a study that is being put together, such as init does from a folder:
// [Draft.Complete] returns what it asks, [Draft.Encode] writes it down.
type Draft struct {
	// Study holds what differs from the defaults; see [NewDraft].
	Study *Study
	// Defaults are settings that every domain takes unless it has its own: what
	// stands under defaults in a study file.
	Defaults *Domain
	// Found says what was found and guessed, one line each.
	Found []string
	// Candidates are columns whose values could be the domains instead.
	Candidates []string
}

// NewDraft returns a draft of a study with a name and every default in place.
func NewDraft(name string) *Draft {
	d := &Draft{Study: New(name), Defaults: new(Domain)}
	fill(d.Defaults, domainFields)
	return d
}

// AddDomain adds a domain with every default in place.
func (d *Draft) AddDomain(name string) *Domain {
	d.Study.Domains = append(d.Study.Domains, NewDomain(name))
	return &d.Study.Domains[len(d.Study.Domains)-1]
}

// Complete returns the study that a draft stands for, and that its file in the
// folder dir would be read as: domains take the settings that they do not have
// from Defaults, and every other default is filled in. The draft stays as it is.
// An error is [Errors], as of [Study.Validate].
func (d *Draft) Complete(dir string) (*Study, error) {
	s := New(d.Study.Name)
	lay(studyFields, d.Study, s)
	for i := range s.Domains {
		whole := NewDomain(s.Domains[i].Name)
		lay(domainFields, d.Defaults, &whole)
		lay(domainFields, &s.Domains[i], &whole)
		s.Domains[i] = whole
	}
	s.Dir = dir
	if err := s.Validate(); err != nil {
		return nil, err
	}
	return s, nil
}

// lay puts the fields of one object that differ from their defaults into another
// object, as copies.
func lay(fields []field, from, to any) {
	for _, f := range fields {
		source, place := f.at(from), f.at(to)
		switch value := reflect.ValueOf(source).Elem(); {
		case f.typ.open != nil && value.IsNil():
		case f.typ.open != nil:
			lay(f.typ.fields, value.Interface(), f.typ.open(place))
		case f.typ.kind == objectKind:
			lay(f.typ.fields, source, place)
		case !isDefault(f, source):
			reflect.ValueOf(place).Elem().Set(copied(value))
		}
	}
}

// copied is a value that shares no list, map or pointer with v at its top level.
// Empty lists become nil, as the parser leaves them.
func copied(v reflect.Value) reflect.Value {
	switch {
	case v.Kind() == reflect.Slice && v.Len() == 0:
		return reflect.Zero(v.Type())
	case v.Kind() == reflect.Slice:
		return reflect.AppendSlice(reflect.MakeSlice(v.Type(), 0, v.Len()), v)
	case v.Kind() == reflect.Map && !v.IsNil():
		m := reflect.MakeMap(v.Type())
		for _, k := range v.MapKeys() {
			m.SetMapIndex(k, v.MapIndex(k))
		}
		return m
	case v.Kind() == reflect.Pointer && !v.IsNil():
		p := reflect.New(v.Type().Elem())
		p.Elem().Set(v.Elem())
		return p
	}
	return v
}
