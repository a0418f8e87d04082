package study

import (
	"bytes"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// draftHead opens the file.
const draftHead = `# A sharewise study: which of these domains should share one model?
#
#   sharewise plan %[1]s    shows every training and what it will cost
#   sharewise run %[1]s     trains; it can be stopped and started again
#
# Keys behind a '#' show their defaults. 'sharewise schema --reference' lists
# all keys.
`

// Encode returns the study file called name, with the meaning of every key as
// a comment.
func (d *Draft) Encode(name string) []byte {
	w := &draftWriter{}
	fmt.Fprintf(w, draftHead, printable(name))
	if len(d.Found) > 0 {
		w.comment("", "")
		for _, f := range d.Found {
			w.wrapped("", "- "+f, "  ")
		}
		if len(d.Candidates) > 0 {
			w.wrapped("", "- other columns whose values could be the domains, by 'sharewise init --domains-by COLUMN': "+strings.Join(d.Candidates, ", "), "  ")
		}
	}
	d.Study.defaults = *d.Defaults
	for _, f := range studyFields {
		w.WriteString("\n")
		w.wrapped("", f.doc, "")
		w.field(f, f.at(d.Study), "", true)
	}
	d.Study.defaults = Domain{}
	return w.Bytes()
}

// draftWriter writes YAML with comments.
type draftWriter struct{ bytes.Buffer }

const draftWidth = 88

func (w *draftWriter) comment(indent, text string) {
	w.WriteString(strings.TrimRight(indent+"# "+printable(text), " ") + "\n")
}

// printable writes characters that no comment can have, such as those of names of files and
// columns, as Go does in strings.
func printable(text string) string {
	var b strings.Builder
	for _, r := range strings.ToValidUTF8(text, "\ufffd") {
		if unicode.IsPrint(r) {
			b.WriteRune(r)
		} else {
			b.WriteString(strings.Trim(strconv.QuoteRune(r), "'"))
		}
	}
	return b.String()
}

// wrapped writes a comment, broken into lines.
func (w *draftWriter) wrapped(indent, text, hanging string) {
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && len(indent)+len(line)+len(word)+3 > draftWidth {
			w.comment(indent, line)
			line = hanging
		} else if line != "" {
			line += " "
		}
		line += word
	}
	w.comment(indent, line)
}

// field writes one key. show says that it stands there even when its value is
// the default.
func (w *draftWriter) field(f field, value any, indent string, show bool) {
	t := f.typ
	if t.open != nil {
		p := reflect.ValueOf(value).Elem()
		if p.IsNil() {
			w.inactive(f, indent)
			return
		}
		value = p.Interface()
	}
	switch {
	case t.kind == objectKind && isFiles(f) && isDefault(f, value):
		w.inactive(f, indent)
	case t.kind == objectKind && isFiles(f):
		fmt.Fprintf(w, "%s%s: %s\n", indent, f.key, filesText(value.(*Files)))
	case t.kind == objectKind:
		w.section(f, value, indent)
	case t.kind == listKind && t.elem.kind == objectKind && !isDefault(f, value):
		fmt.Fprintf(w, "%s%s:\n", indent, f.key)
		list := reflect.ValueOf(value).Elem()
		for i := range list.Len() {
			w.item(t.elem.fields, list.Index(i).Addr().Interface(), indent+"  ")
		}
	case f.need || !isDefault(f, value):
		w.line(indent+f.key+": "+valueYAML(value), describeField(f), indent, show)
	default:
		w.inactive(f, indent)
	}
}

// section writes an object with its keys; those at their defaults behind '#'.
func (w *draftWriter) section(f field, value any, indent string) {
	if indent != "" && isDefault(f, value) {
		w.inactive(f, indent)
		return
	}
	fmt.Fprintf(w, "%s%s:\n", indent, f.key)
	for _, sub := range f.typ.fields {
		w.field(sub, sub.at(value), indent+"  ", false)
	}
}

// item writes an element of a list of objects: what differs from the defaults, in
// one line where it fits.
func (w *draftWriter) item(fields []field, value any, indent string) {
	if line := indent + "- " + flow(fields, value); len(line) <= draftWidth+12 {
		w.WriteString(line + "\n")
		return
	}
	lead := indent + "- "
	for _, f := range fields {
		place := f.at(value)
		if !f.need && isDefault(f, place) {
			continue
		}
		var sub draftWriter
		sub.plain(f, place, indent+"  ")
		w.WriteString(lead + strings.TrimPrefix(sub.String(), indent+"  "))
		lead = indent + "  "
	}
}

// flow writes what differs from the defaults of an object in one line.
func flow(fields []field, value any) string {
	var parts []string
	for _, f := range fields {
		place := f.at(value)
		if !f.need && isDefault(f, place) {
			continue
		}
		if f.typ.open != nil {
			place = reflect.ValueOf(place).Elem().Interface()
		}
		text := ""
		switch {
		case isFiles(f):
			text = filesText(place.(*Files))
		case f.typ.kind == objectKind:
			text = flow(f.typ.fields, place)
		case f.typ.kind == listKind && f.typ.elem.kind == objectKind:
			list := reflect.ValueOf(place).Elem()
			items := make([]string, list.Len())
			for i := range items {
				items[i] = flow(f.typ.elem.fields, list.Index(i).Addr().Interface())
			}
			text = "[" + strings.Join(items, ", ") + "]"
		default:
			text = valueYAML(place)
		}
		parts = append(parts, f.key+": "+text)
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

// plain writes a key without comments and without defaults.
func (w *draftWriter) plain(f field, value any, indent string) {
	if f.typ.open != nil {
		value = reflect.ValueOf(value).Elem().Interface()
	}
	switch {
	case isFiles(f):
		fmt.Fprintf(w, "%s%s: %s\n", indent, f.key, filesText(value.(*Files)))
	case f.typ.kind == objectKind:
		fmt.Fprintf(w, "%s%s:\n", indent, f.key)
		for _, sub := range f.typ.fields {
			if place := sub.at(value); !isDefault(sub, place) {
				w.plain(sub, place, indent+"  ")
			}
		}
	case f.typ.kind == listKind && f.typ.elem.kind == objectKind:
		fmt.Fprintf(w, "%s%s:\n", indent, f.key)
		list := reflect.ValueOf(value).Elem()
		for i := range list.Len() {
			w.item(f.typ.elem.fields, list.Index(i).Addr().Interface(), indent+"  ")
		}
	default:
		fmt.Fprintf(w, "%s%s: %s\n", indent, f.key, valueYAML(value))
	}
}

// inactive writes a key that is not used, with its default, behind '#'.
func (w *draftWriter) inactive(f field, indent string) {
	def := f.def
	if short := find(f.typ.fields, f.typ.short); def == "" && short != nil && f.typ.open == nil {
		def = short.def
	}
	w.line(strings.TrimRight(indent+"# "+f.key+": "+def, " "), describeField(f), indent, false)
}

func describeField(f field) string {
	if f.note != "" {
		return f.doc + " Default: " + f.note + "."
	}
	return f.doc
}

// line writes a key with its meaning behind it, or above it where that would
// be too long. At the top of the file the meaning is there already.
func (w *draftWriter) line(text, doc, indent string, top bool) {
	const column = 32
	switch {
	case top || indent == "":
		fmt.Fprintf(w, "%s\n", text)
	case column+len(doc) <= draftWidth+12 && len(text) < column:
		fmt.Fprintf(w, "%-*s # %s\n", column-1, text, doc)
	default:
		w.wrapped(indent, doc, "")
		fmt.Fprintf(w, "%s\n", text)
	}
}

// isDefault reports whether a value is what it would be without the key.
func isDefault(f field, value any) bool {
	fresh := reflect.New(reflect.TypeOf(value).Elem())
	switch {
	case f.def != "":
		fill(fresh.Interface(), []field{{key: f.key, def: f.def, typ: f.typ, at: func(owner any) any { return owner }}})
	case f.typ.kind == objectKind && f.typ.open == nil:
		fill(fresh.Interface(), f.typ.fields)
	}
	return reflect.DeepEqual(fresh.Elem().Interface(), reflect.ValueOf(value).Elem().Interface())
}

func filesText(f *Files) string {
	if *f == (Files{Path: f.Path}) {
		return quoteYAML(f.Path)
	}
	var parts []string
	for _, key := range filesFields {
		if v := *key.at(f).(*string); v != "" {
			parts = append(parts, key.key+": "+quoteYAML(v))
		}
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

// valueYAML is a scalar or list of scalars in one line.
func valueYAML(value any) string {
	if w, ok := value.(*ClassWeights); ok {
		if w.ByClass != nil {
			return valueYAML(&w.ByClass)
		}
		return valueYAML(&w.Rule)
	}
	v := reflect.ValueOf(value).Elem()
	if v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	if v.Kind() == reflect.Map {
		var parts []string
		for _, k := range slices.Sorted(maps.Keys(stringKeys(v))) {
			parts = append(parts, quoteYAML(k)+": "+valueYAML(stringKeys(v)[k]))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	if v.Kind() == reflect.Slice {
		parts := make([]string, v.Len())
		for i := range parts {
			parts[i] = valueYAML(v.Index(i).Addr().Interface())
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	switch x := v.Interface().(type) {
	case string:
		return quoteYAML(x)
	case float64:
		return format(x)
	default:
		return fmt.Sprint(x)
	}
}

// stringKeys returns pointers to the values of a map from texts.
func stringKeys(m reflect.Value) map[string]any {
	out := map[string]any{}
	for _, k := range m.MapKeys() {
		p := reflect.New(m.Type().Elem())
		p.Elem().Set(m.MapIndex(k))
		out[k.String()] = p.Interface()
	}
	return out
}

var plainText = regexp.MustCompile(`^[\p{L}_./][\p{L}\p{N}_./*+ ()%-]*$`)

// quoteYAML writes a text so that it is read back as it is, in flow lists too.
func quoteYAML(s string) string {
	switch strings.ToLower(s) {
	case "true", "false", "null", "yes", "no", "on", "off", ".inf", ".nan":
		return "'" + s + "'"
	}
	if plainText.MatchString(s) && !strings.HasSuffix(s, " ") {
		return s
	}
	if strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return strconv.Quote(s)
	}
	return "'" + strings.ReplaceAll(s, "'", "''") + "'"
}
