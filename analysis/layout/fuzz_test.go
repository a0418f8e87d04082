package layout

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/versioned/alteration"
)

// FuzzReadHistory reads history.parquet as anybody may have changed it.
func FuzzReadHistory(f *testing.F) {
	path := filepath.Join(f.TempDir(), "history.parquet")
	rows := []HistoryRow{{Epoch: 1, Domain: "a", Split: TrainSplit, Loss: 0.5}, {Epoch: 1, Domain: "b", Split: ValSplit, Loss: 0.25}}
	if err := WriteHistory(path, study.Run{ID: "r", Arm: "joint", Domains: []string{"a", "b"}, Seed: 1}, rows); err != nil {
		f.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		_, err := ReadHistory(path)
		alteration.Plain(t, err)
	})
}

// FuzzReadDone reads done.json as anybody may have changed it.
func FuzzReadDone(f *testing.F) {
	f.Add([]byte(`{"hash":"h","status":"done","files":{"model.onnx":"00"},"seconds":1}`))
	f.Add([]byte(`{"hash":"h","files":{"../../x":"00"}}`))
	dir := RunFolder(f.TempDir())
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := os.WriteFile(dir.Done(), data, 0o644); err != nil {
			t.Fatal(err)
		}
		d, err := dir.ReadDone("h")
		alteration.Plain(t, err)
		if err == nil && d != nil {
			alteration.Plain(t, dir.Verify(d))
		}
	})
}
