package analysis

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/sharewise/sharewise/analysis/versioned/alteration"
)

// FuzzReadResults reads results.json as anybody may have changed it.
func FuzzReadResults(f *testing.F) {
	f.Add([]byte(`{"version":2,"study":"a","domains":[{"name":"a"}],"gains":[],"scores":[]}`))
	f.Add([]byte(`{"version":2,"gains":[{"gain":{"relative":{"value":null}}}]}`))
	f.Add([]byte(`{}`))
	path := filepath.Join(f.TempDir(), "results.json")
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		r, err := ReadResults(path)
		alteration.Plain(t, err)
		if err == nil && r == nil {
			t.Error("neither results nor an error")
		}
	})
}
