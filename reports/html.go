package reports

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"io"

	"github.com/sharewise/sharewise/analysis/atomicfile"
	"github.com/sharewise/sharewise/reports/language"
)

//go:embed page/*.tmpl page/*.css page/script.js
var pageFiles embed.FS

// pages are the templates of the report.
var pages = language.NewTemplates(pageFiles, "page/*.tmpl", func(language.Language) template.FuncMap {
	return template.FuncMap{"dict": dict}
})

// execute writes a template in a language.
func execute(w io.Writer, l language.Language, name string, data any) error {
	if err := pages.Execute(w, l, name, data); err != nil {
		return fmt.Errorf("reports: %w", err)
	}
	return nil
}

// dict lets a template hand several values to another.
func dict(pairs ...any) (map[string]any, error) {
	if len(pairs)%2 != 0 {
		return nil, fmt.Errorf("dict: %d arguments, want pairs", len(pairs))
	}
	m := map[string]any{}
	for i := 0; i < len(pairs); i += 2 {
		key, ok := pairs[i].(string)
		if !ok {
			return nil, fmt.Errorf("dict: key %v is not a string", pairs[i])
		}
		m[key] = pairs[i+1]
	}
	return m, nil
}

// HTML writes the report as one self-contained HTML document.
func HTML(w io.Writer, in *Input) error {
	p := newPage(in)
	var err error
	if p.look, err = newLook("style.css"); err != nil {
		return err
	}
	return execute(w, in.Language, "page.tmpl", p)
}

// look is what every page carries along.
type look struct {
	Style  template.CSS
	Script template.JS
	// Rules are the page's Content-Security-Policy: its own script runs, told by its
	// hash, and nothing is fetched from anywhere. A name that got past escaping would
	// still not be run.
	Rules string
}

func newLook(styles ...string) (look, error) {
	var l look
	for _, name := range styles {
		style, err := pageFiles.ReadFile("page/" + name)
		if err != nil {
			return l, fmt.Errorf("reports: %w", err)
		}
		l.Style += template.CSS(style)
	}
	script, err := pageFiles.ReadFile("page/script.js")
	if err != nil {
		return l, fmt.Errorf("reports: %w", err)
	}
	l.Script = template.JS(script)
	sum := sha256.Sum256(script)
	l.Rules = "default-src 'none'; script-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
		"'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
	return l, nil
}

// WriteHTML writes the report to a file.
func WriteHTML(path string, in *Input) error {
	return atomicfile.Write(path, func(w io.Writer) error { return HTML(w, in) })
}

// outputHTML is WriteHTML to a file that somebody named, which may be a pipe.
func outputHTML(path string, in *Input) error {
	return atomicfile.Output(path, func(w io.Writer) error { return HTML(w, in) })
}

// WriteSummary writes the summary to a file, as JSON.
func WriteSummary(path string, in *Input) error {
	return atomicfile.Write(path, func(w io.Writer) error {
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false)
		return enc.Encode(Summarize(in))
	})
}
