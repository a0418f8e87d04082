package main

import (
	"encoding/json"
	"io"
	"os"
	"strings"
	"testing"
)

// through is what a text becomes that is written in pieces of n bytes.
func through(t *testing.T, text string, n int) string {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	p := plain(w)
	for rest := text; rest != ""; rest = rest[min(n, len(rest)):] {
		if wrote, err := io.WriteString(p, rest[:min(n, len(rest))]); err != nil || wrote != min(n, len(rest)) {
			t.Fatal(wrote, err)
		}
	}
	w.Close()
	data, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestTerminalIsNotCommanded(t *testing.T) {
	for text, want := range map[string]string{
		"plain\ttext\n":                     "plain\ttext\n",
		"Größe 赤 ≥ 1\n":                     "Größe 赤 ≥ 1\n",
		"\x1b]0;title\x07\x1b[2Jgone\r\x7f": `\u001b]0;title\u0007\u001b[2Jgone\u000d\u007f`,
		"\u009b31mred":                      `\u009b31mred`,
		"invoice\u202efdp.exe":              `invoice\u202efdp.exe`,
		"a\x00b":                            `a\u0000b`,
	} {
		for n := 1; n < 5; n++ {
			if got := through(t, text, n); got != want {
				t.Errorf("%q in pieces of %d becomes %q, want %q", text, n, got, want)
			}
		}
	}
	// JSON stays what it says.
	name := "a\u009b\u202e\x7f\x1b"
	data, err := json.Marshal(name)
	if err != nil {
		t.Fatal(err)
	}
	var back string
	shown := through(t, string(data), 3)
	if err := json.Unmarshal([]byte(shown), &back); err != nil || back != name {
		t.Errorf("%s is read as %q, %v", shown, back, err)
	}
	if strings.ContainsAny(shown, "\x1b\x7f\u009b") {
		t.Errorf("%q commands the terminal", shown)
	}
}
