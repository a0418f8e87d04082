package reports

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/reports/internal/browser"
)

// payload marks the document if a browser takes any of it for more than text.
const payload = `"'></title></style></svg><script>document.documentElement.dataset.ran=1</script><img src=x onerror=document.documentElement.dataset.ran=1><a href="javascript:document.documentElement.dataset.ran=1" autofocus onfocus=document.documentElement.dataset.ran=1>`

// mark is in the document after a script of a payload ran.
const mark = `data-ran="1"`

// namesOfUsers are those of the fixtures that users choose: hostile makes each hostile
// wherever it stands, so that what refers to it still does.
var namesOfUsers = []string{"bolts", "screws", "rivets", "apples", "w0.5", "w1", "north", "south", "west", "w2", "dwa", "boards", "sheet", "waves", "open", "short", "parts"}

// ofUsers are the fields that hold texts of users or files.
var ofUsers = []string{"Class", "Member", "Answer", "Path", "Title", "Study", "Name", "Text", "Reason", "Example", "Note", "Label", "Truth", "Prediction", "Column", "Other"}

// hostile puts the payload into all texts of a value that users or files decide: the
// names, the fields ofUsers, and every sentence.
func hostile(v reflect.Value, field string) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() && v.Kind() == reflect.Pointer {
			hostile(v.Elem(), field)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				hostile(v.Field(i), v.Type().Field(i).Name)
			}
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			hostile(v.Index(i), field)
		}
	case reflect.Map:
		for _, k := range v.MapKeys() {
			key, value := reflect.New(k.Type()).Elem(), reflect.New(v.Type().Elem()).Elem()
			key.Set(k)
			value.Set(v.MapIndex(k))
			hostile(key, "")
			hostile(value, field)
			v.SetMapIndex(k, reflect.Value{})
			v.SetMapIndex(key, value)
		}
	case reflect.String:
		if !v.CanSet() {
			return
		}
		text := v.String()
		before := text
		for _, n := range namesOfUsers {
			text = strings.ReplaceAll(text, n, "\x00"+n[:1]+"\x01"+n[1:])
		}
		text = strings.NewReplacer("\x00", payload, "\x01", "").Replace(text)
		if text == before && (strings.Contains(text, " ") || slices.Contains(ofUsers, field) && text != "") {
			text += payload
		}
		v.SetString(text)
	}
}

// opened is a document as Chromium has it after its scripts ran, or the test is
// skipped.
func opened(t *testing.T, html []byte) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "page.html")
	if err := os.WriteFile(file, html, 0o644); err != nil {
		t.Fatal(err)
	}
	return browser.DOM(t, "file://"+file, "whether reports run scripts of others")
}

// TestReportsAreInert opens reports with hostile names everywhere in a browser. No
// script runs but the page's own.
func TestReportsAreInert(t *testing.T) {
	in := everything(t)
	hostile(reflect.ValueOf(in), "")
	var page bytes.Buffer
	if err := HTML(&page, in); err != nil {
		t.Fatal(err)
	}
	looked := inspected(t)
	hostile(reflect.ValueOf(looked), "")
	var inspection bytes.Buffer
	if err := InspectionHTML(&inspection, looked); err != nil {
		t.Fatal(err)
	}
	for name, html := range map[string][]byte{"report": page.Bytes(), "inspection": inspection.Bytes()} {
		if n := bytes.Count(html, []byte("dataset.ran")); n < 50 {
			t.Errorf("%s: only %d hostile texts arrived on the page", name, n)
		}
		if bytes.Contains(html, []byte(payload)) {
			t.Errorf("%s has a text as it was given", name)
		}
	}
	for _, name := range []string{"sources", "merged", "suspects", "imbalance", "contest", "mixtures", "remedies", "subgroups", "capacity", "chosen", "estimates", "matrix", "effects", "limits", "policy", "pools", "money", "promises", "samples", "views", "weightings", "gradients", "curves"} {
		_, rest, found := strings.Cut(page.String(), `<section id="`+name+`"`)
		text, _, _ := strings.Cut(rest, "</section>")
		if !found || !strings.Contains(text, "dataset.ran") {
			t.Errorf("section %s is not there, or has no hostile text", name)
		}
	}
	dom := opened(t, page.Bytes())
	if strings.Contains(dom, mark) {
		t.Error("a script of a name ran in the report")
	}
	if !strings.Contains(dom, `tabindex="0"`) {
		t.Error("the script of the report did not run")
	}
	if strings.Contains(opened(t, inspection.Bytes()), mark) {
		t.Error("a script of a name ran on the page of an inspection")
	}
}

// TestRulesHold puts hostile text into a report past all escaping: the rules of the
// page alone keep it from running. Without them it runs, so the test can tell.
func TestRulesHold(t *testing.T) {
	var page bytes.Buffer
	if err := HTML(&page, fixture(t)); err != nil {
		t.Fatal(err)
	}
	bad := bytes.Replace(page.Bytes(), []byte("</main>"), []byte(payload+"</main>"), 1)
	if bytes.Equal(bad, page.Bytes()) {
		t.Fatal("the page has no end of its main part")
	}
	if strings.Contains(opened(t, bad), mark) {
		t.Error("a script ran that the page's rules forbid")
	}
	rules := bytes.Index(bad, []byte("<meta http-equiv="))
	end := rules + bytes.IndexByte(bad[rules:], '>') + 1
	if !strings.Contains(opened(t, slices.Concat(bad[:rules], bad[end:])), mark) {
		t.Error("without its rules nothing ran, so that this test shows nothing")
	}
}
