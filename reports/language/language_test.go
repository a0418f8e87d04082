package language

import (
	"errors"
	"fmt"
	"testing"

	"github.com/sharewise/sharewise/analysis/wording"
)

func ExampleLanguage_Write() {
	t := wording.List([]string{"line-a", "line-b"})
	fmt.Println(English.Write(t), "/", Japanese.Write(t))
	// Output: line-a and line-b / line-aとline-b
}

func TestParse(t *testing.T) {
	for in, want := range map[string]Language{"": English, "en": English, "ja": Japanese} {
		if got, err := Parse(in); got != want || err != nil {
			t.Errorf("Parse(%q) = %q, %v", in, got, err)
		}
	}
	if _, err := Parse("de"); !errors.Is(err, ErrUnknown) {
		t.Errorf("Parse(de): %v", err)
	}
}

func TestResolve(t *testing.T) {
	type inner struct {
		Text wording.Text
		Name string
	}
	page := struct {
		List   []inner
		ByName map[string][]wording.Text
		Kept   int
	}{
		List:   []inner{{wording.List([]string{"a", "b", "c"}), "a and b"}},
		ByName: map[string][]wording.Text{"x": {wording.Clauses([]wording.Text{"p", "q"})}},
	}
	Japanese.Resolve(&page)
	if got := page.List[0].Text.String(); got != "a、b、c" {
		t.Errorf("in a list: %q", got)
	}
	if got := page.ByName["x"][0].String(); got != "p／q" {
		t.Errorf("in a map: %q", got)
	}
	if page.List[0].Name != "a and b" {
		t.Errorf("a name was changed to %q", page.List[0].Name)
	}
}
