package wording_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/sharewise/sharewise/analysis/wording"
)

func ExampleSay() {
	names := []string{"line-a", "line-b", "line-c"}
	t := wording.Say("Share %s: %s.", wording.List(names), wording.Some(1, "model", "models"))
	fmt.Println(t + " " + wording.Sentence(wording.Say("%s trainings less", wording.Spelled(2))))
	// Output:
	// Share line-a, line-b and line-c: 1 model. Two trainings less.
}

// upside is a language with another order of words.
type upside struct{ wording.English }

func (upside) Say(format string, args []any) string {
	if format == "%s helps %s" {
		return fmt.Sprintf("%[2]s is helped by %[1]s", args...)
	}
	return "?"
}

func TestTextInAnotherLanguage(t *testing.T) {
	text := wording.Capital(wording.Say("%s helps %s", "a", wording.List([]string{"b", "c"}))) + wording.Name("!")
	if got, want := text.In(upside{}), "B and c is helped by a!"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := text.String(), "A helps b and c!"; got != want {
		t.Errorf("English is %q, want %q", got, want)
	}
}

// TestNamesAreNoMessages puts the marks of the encoding into a name.
func TestNamesAreNoMessages(t *testing.T) {
	hostile := "x\x03\x02s\x1ftpassed\x03%s%d"
	want := "no xstpassed%s%d here"
	if got := wording.Say("no %s here", hostile).String(); got != want {
		t.Errorf("as an argument: got %q, want %q", got, want)
	}
	if got := (wording.Say("no %s here", wording.Name(hostile))).String(); got != want {
		t.Errorf("as a name: got %q, want %q", got, want)
	}
	if got := wording.Text("cut \x02s\x1ftshort").String(); got != "cut short" {
		t.Errorf("an open mark: got %q", got)
	}
}

func TestTextInFiles(t *testing.T) {
	b, err := json.Marshal(wording.Say("%d of %s", 2, wording.Some(3, "run", "runs")))
	if err != nil || string(b) != `"2 of 3 runs"` {
		t.Fatalf("wrote %s, %v", b, err)
	}
	var back wording.Text
	if err := json.Unmarshal(b, &back); err != nil || back.String() != "2 of 3 runs" {
		t.Errorf("read %q, %v", back, err)
	}
}

func TestCapitalsOfNames(t *testing.T) {
	for in, want := range map[string]string{"": "", "éa": "Éa", "線": "線", "a": "A"} {
		if got := wording.Capital(wording.Name(in)).String(); got != want {
			t.Errorf("Capital(%q) = %q, want %q", in, got, want)
		}
	}
}
