package train

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/sharewise/sharewise/analysis/versioned/alteration"
)

// FuzzDecodeCheckpoint reads a checkpoint as anybody may have changed it: it is used
// whole or not at all.
func FuzzDecodeCheckpoint(f *testing.F) {
	path := filepath.Join(f.TempDir(), "checkpoint.gob")
	c := &checkpoint{checkpointHead: checkpointHead{Hash: "h", Backend: "b", Step: 3}, Vars: map[string][]float32{"w": {1, 2}}}
	finish, err := startCheckpoint(path, c)
	if err == nil {
		err = finish()
	}
	if err != nil {
		f.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := decodeCheckpoint(bytes.NewReader(data), int64(len(data)))
		alteration.Plain(t, err)
		if err == nil && c == nil {
			t.Error("neither a checkpoint nor an error")
		}
	})
}
