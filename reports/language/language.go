package language

import (
	"errors"
	"fmt"
	"html/template"
	"maps"
	"strings"

	"github.com/sharewise/sharewise/analysis/wording"
)

// Language is a language that reports are written in, as an HTML lang attribute
// has it. The zero value is English.
type Language string

// The languages of reports.
const (
	English  Language = "en"
	Japanese Language = "ja"
)

// All are the languages of reports, the default first.
var All = []Language{English, Japanese}

// ErrUnknown is returned for a language that reports are not written in.
var ErrUnknown = errors.New("unknown language")

// Parse reads a language; empty is English.
func Parse(s string) (Language, error) {
	names := make([]string, len(All))
	for i, l := range All {
		if s == string(l) {
			return l, nil
		}
		names[i] = string(l)
	}
	if s == "" {
		return English, nil
	}
	return English, fmt.Errorf("%w %q: reports are written in %s", ErrUnknown, s, strings.Join(names, " or "))
}

// Tag is the language as an HTML lang attribute has it.
func (l Language) Tag() string {
	if l == "" {
		return string(English)
	}
	return string(l)
}

// Writer writes texts in the language.
func (l Language) Writer() wording.Language {
	if l == Japanese {
		return japanese()
	}
	return wording.English{}
}

// Write is a text in the language.
func (l Language) Write(t wording.Text) string { return t.In(l.Writer()) }

// Funcs are functions for templates: t writes a message, whose format is trusted
// HTML and whose arguments are escaped.
func (l Language) Funcs() template.FuncMap {
	return template.FuncMap{"t": func(format string, args ...any) template.HTML {
		escaped := make([]any, len(args))
		for i, a := range args {
			switch a := a.(type) {
			case int:
				escaped[i] = a
			case template.HTML:
				escaped[i] = string(a)
			case wording.Text:
				escaped[i] = template.HTMLEscapeString(l.Write(a))
			default:
				escaped[i] = template.HTMLEscapeString(fmt.Sprint(a))
			}
		}
		return template.HTML(l.Writer().Say(format, escaped)) //nolint:gosec // the format stands in a template of ours
	}}
}

// Messages are the English formats that the language has a text for, with it; nil
// for English, whose formats are its texts.
func (l Language) Messages() map[string]string {
	if l != Japanese {
		return nil
	}
	return maps.Clone(japanese().messages)
}

// Reads reports whether the language has a text for a sentence that was read from a
// file.
func (l Language) Reads(s string) bool {
	if l != Japanese {
		return true
	}
	_, ok := japanese().read(s)
	return ok
}
