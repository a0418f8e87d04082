package main

import (
	"testing"

	"github.com/sharewise/sharewise/onnxio/ort"
	"github.com/sharewise/sharewise/onnxio/ort/orttest"
)

// requireRuntime skips a test that trains where ONNX Runtime is not installed.
// The project's test command installs it first.
func requireRuntime(t *testing.T) {
	t.Helper()
	if _, err := ort.Find(t.Context(), ""); err != nil {
		orttest.Missing(t, "%v", err)
	}
}
