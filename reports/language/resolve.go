package language

import (
	"reflect"

	"github.com/sharewise/sharewise/analysis/wording"
)

var textType = reflect.TypeFor[wording.Text]()

// Resolve writes every text below v, a pointer, in the language, so that String
// gives it. It follows exported fields, elements and pointers, and changes only
// values of type wording.Text: v has to be made for the page, and pointers to what
// others use must not have such fields.
func (l Language) Resolve(v any) {
	resolve(reflect.ValueOf(v), l.Writer())
}

func resolve(v reflect.Value, l wording.Language) {
	if v.Type() == textType {
		if v.CanSet() {
			v.SetString(string(wording.Name(wording.Text(v.String()).In(l))))
		}
		return
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			resolve(v.Elem(), l)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				resolve(v.Field(i), l)
			}
		}
	case reflect.Slice, reflect.Array:
		if holdsText(v.Type().Elem()) {
			for i := range v.Len() {
				resolve(v.Index(i), l)
			}
		}
	case reflect.Map:
		resolveMap(v, l)
	}
}

// resolveMap replaces the values of a map, which cannot be changed in place.
func resolveMap(v reflect.Value, l wording.Language) {
	if v.IsNil() || !holdsText(v.Type().Elem()) {
		return
	}
	for _, key := range v.MapKeys() {
		value := reflect.New(v.Type().Elem()).Elem()
		value.Set(v.MapIndex(key))
		resolve(value, l)
		v.SetMapIndex(key, value)
	}
}

// holdsText is false for types below which no text can be, such as numbers.
func holdsText(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.String:
		return t == textType
	case reflect.Slice, reflect.Array, reflect.Map, reflect.Pointer:
		return holdsText(t.Elem())
	case reflect.Struct, reflect.Interface:
		return true
	}
	return false
}
