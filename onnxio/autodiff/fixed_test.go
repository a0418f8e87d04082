package autodiff

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/internal/peers"
	"github.com/sharewise/sharewise/onnxio/ort/orttest"
	"github.com/sharewise/sharewise/onnxio/rebatch"
)

// TestFixedRows compares networks that PyTorch exported for one row and for
// four, and that package rebatch has freed, with the gradients that autograd
// computed for other numbers of rows (testdata/peers/fixed.py), on ONNX Runtime.
func TestFixedRows(t *testing.T) {
	data := filepath.Join("..", "..", "testdata")
	backend := orttest.Backend(t)
	t.Log("| architecture | exported for | on ONNX Runtime | PyTorch in float32 |")
	for _, dir := range peers.Folders("fixed") {
		files, err := filepath.Glob(filepath.Join(dir, "*.train[14].onnx"))
		if err != nil || len(files) == 0 {
			t.Fatalf("no exports for a fixed number of rows in %s (%v)", dir, err)
		}
		for _, file := range files {
			stem := strings.TrimSuffix(file, ".onnx")
			name, rows := filepath.Base(stem[:len(stem)-len(".train1")]), stem[len(stem)-1:]
			t.Run(name+rows, func(t *testing.T) {
				values := filepath.Join(dir, name+".values.onnx")
				if _, err := os.Stat(values); err != nil {
					values = filepath.Join(data, "architectures", name+".values.onnx")
				}
				a := readArchitecture(t, values, file)
				if a.model, err = rebatch.Free(a.model, []string{"x"}); err != nil {
					t.Fatal(err)
				}
				m, names := a.differentiated(t)
				session, err := backend.Open(m, exec.Options{})
				if err != nil {
					t.Fatal(err)
				}
				defer session.Close()
				got, err := session.Run(a.inputs)
				if err != nil {
					t.Fatal(err)
				}
				t.Logf("| %s | %s | %s | %.1e |", name, rows, a.compare(t, got, names, a.tolerance()), a.peer)
			})
		}
	}
}
