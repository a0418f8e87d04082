package main

import (
	"testing"

	"github.com/sharewise/sharewise/onnxio/ort"
)

// requireRuntime skips a test that trains where ONNX Runtime is not installed.
// The project's test command installs it first.
func requireRuntime(t *testing.T) {
	t.Helper()
	if _, err := ort.Find(t.Context(), ""); err != nil {
		t.Skipf("%v", err)
	}
}
