package language_test

import (
	"errors"
	"html/template"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/sharewise/sharewise/reports/language"
)

// TestTemplates: functions and messages are those of the language that is written in, and
// what cannot be written is an error.
func TestTemplates(t *testing.T) {
	files := fstest.MapFS{"page/a.tmpl": {Data: []byte(`{{t "Domain"}} {{tag}} {{.}}`)}}
	pages := language.NewTemplates(files, "page/*.tmpl", func(l language.Language) template.FuncMap {
		return template.FuncMap{"tag": l.Tag}
	})
	written := map[language.Language]string{}
	for _, l := range []language.Language{"", language.English, language.Japanese} {
		var b strings.Builder
		if err := pages.Execute(&b, l, "a.tmpl", "<i>"); err != nil {
			t.Fatal(err)
		}
		written[l] = b.String()
	}
	if en := written[language.English]; en != "Domain en &lt;i&gt;" || written[""] != en {
		t.Errorf("English is %q, no language %q", en, written[""])
	}
	if ja := written[language.Japanese]; !strings.HasSuffix(ja, " ja &lt;i&gt;") || strings.HasPrefix(ja, "Domain") {
		t.Errorf("Japanese is %q", ja)
	}
	if err := pages.Execute(&strings.Builder{}, "fr", "a.tmpl", nil); !errors.Is(err, language.ErrUnknown) {
		t.Errorf("an unknown language gives %v", err)
	}
	if err := pages.Execute(&strings.Builder{}, language.English, "b.tmpl", nil); err == nil {
		t.Error("a template that is missing gives no error")
	}
}
