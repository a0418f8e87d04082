package language

import (
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"sync"
)

// Templates are HTML templates with the messages of each language, by language.
type Templates map[Language]func() (*template.Template, error)

// NewTemplates are the templates of the files that match a pattern, with functions for a
// language beside those of Funcs. They are parsed when something is first written in the
// language: most commands need none.
func NewTemplates(files fs.FS, pattern string, funcs func(Language) template.FuncMap) Templates {
	all := Templates{}
	for _, l := range All {
		all[l] = sync.OnceValues(func() (*template.Template, error) {
			return template.New("").Funcs(funcs(l)).Funcs(l.Funcs()).ParseFS(files, pattern)
		})
	}
	return all
}

// In are the templates in a language; an error matches ErrUnknown where there is none such.
func (t Templates) In(l Language) (*template.Template, error) {
	of, ok := t[Language(l.Tag())]
	if !ok {
		return nil, fmt.Errorf("%w: %q", ErrUnknown, l)
	}
	return of()
}

// Execute writes the template of a name in a language. Errors are those of In, of the
// template, its data and the writer.
func (t Templates) Execute(w io.Writer, l Language, name string, data any) error {
	in, err := t.In(l)
	if err != nil {
		return err
	}
	return in.ExecuteTemplate(w, name, data)
}
