package layout

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestDamagedPairs refuses trials and similarities of unknown domains, and losses that are
// not those of the members.
func TestDamagedPairs(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file.json")
	read := func(text string, of func(string) error) string {
		if err := os.WriteFile(path, []byte(`{"version": 1, "domains": ["a", "b"], `+text+`}`), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := of(path); err != nil {
			return err.Error()
		}
		return ""
	}
	trials := func(path string) error { _, err := ReadTrials(path); return err }
	similar := func(path string) error { _, err := ReadSimilarities(path); return err }
	for _, c := range []struct {
		text string
		of   func(string) error
		says string
	}{
		{`"methods": [{"pools": [{"pool": ["a", "b"], "loss": [1, 2], "alone": [1, 2]}]}]`, trials, ""},
		{`"methods": [{"pools": [{"pool": ["a", "b"], "loss": [1], "alone": [1, 2]}]}]`, trials, "methods[0].pools[0].loss: 1 elements instead of 2"},
		{`"methods": [{"pools": [{"pool": ["a", "b"], "loss": [1, 2], "alone": []}]}]`, trials, "methods[0].pools[0].alone: 0 elements"},
		{`"methods": [{"pools": [{"pool": ["a", "c"], "loss": [1, 2], "alone": [1, 2]}]}]`, trials, `methods[0].pools[0]: "c" is none`},
		{`"measures": [{"pairs": [{"a": "a", "b": "b", "score": 1}]}]`, similar, ""},
		{`"measures": [{"pairs": [{"a": "a", "b": "c", "score": 1}]}]`, similar, `measures[0].pairs[0]: "c" is none`},
	} {
		if got := read(c.text, c.of); (c.says == "") != (got == "") || !strings.Contains(got, c.says) || got != "" && !strings.Contains(got, path) {
			t.Errorf("%s: %q, want %q", c.text, got, c.says)
		}
	}
}
