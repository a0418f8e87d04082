package ort_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/onnxio/ort"
	"github.com/sharewise/sharewise/onnxio/ort/orttest"
)

// TestDefault checks the whole way with the library that is installed.
func TestDefault(t *testing.T) {
	b := orttest.Backend(t)
	if !strings.HasPrefix(b.Name(), "onnxruntime 1.") {
		t.Errorf("name %q", b.Name())
	}
	if _, err := ort.Default("/no/such/file"); !errors.Is(err, ort.ErrNoLibrary) {
		t.Errorf("a wrong path after a right one: error %v", err)
	}
	l, err := ort.Find(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	info, err := ort.Probe(t.Context(), l.Path)
	if err != nil {
		t.Fatal(err)
	}
	if info.API < ort.MinAPI || !slices.Contains(info.Providers, "CPU") || b.Name() != "onnxruntime "+info.Version {
		t.Errorf("probe of %s: %+v", b.Name(), info)
	}
}
