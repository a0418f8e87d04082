package grouping

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/sharewise/sharewise/analysis/versioned/alteration"
)

// FuzzReadFile reads groups.json as anybody may have changed it.
func FuzzReadFile(f *testing.F) {
	f.Add([]byte(`{"version":1,"groups":[{"members":["a","b"],"serves":["a"]}]}`))
	f.Add([]byte(`{"version":2,"groups":{}}`))
	path := filepath.Join(f.TempDir(), "groups.json")
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		r, err := ReadFile(path)
		alteration.Plain(t, err)
		if err == nil && r == nil {
			t.Error("neither groups nor an error")
		}
	})
}
