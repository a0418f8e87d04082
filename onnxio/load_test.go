package onnxio

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n"

// TestLoadOthers names files that are no models, and says what to do.
func TestLoadOthers(t *testing.T) {
	for content, want := range map[string]string{
		pointer:                          "it is a Git LFS pointer, not the file that it stands for; fetch that with 'git lfs pull'",
		"\x89HDF\r\n\x1a\n and more":     "it is an HDF5 file; export the model as ONNX",
		"PK\x03\x04..archive/data.pkl..": "it is a PyTorch file; export the model as ONNX",
		"plain words":                    "",
		"":                               "it is empty",
		"\x89PNG\r\n\x1a\n" + strings.Repeat("x", 9): "it is a PNG image; export",
	} {
		path := filepath.Join(t.TempDir(), "m.onnx")
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := Load(path); !errors.Is(err, ErrFormat) || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "m.onnx") {
			t.Errorf("%.20q: %v", content, err)
		}
	}
}

// TestLoadPointerOfWeights names a pointer in the place of external data.
func TestLoadPointerOfWeights(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "m.onnx")
	if err := (SaveOptions{ExternalData: "m.data"}).Save(path, testModel()); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "m.data"), []byte(pointer), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(path); !errors.Is(err, ErrExternalData) || !strings.Contains(err.Error(), "m.data is a Git LFS pointer") {
		t.Error(err)
	}
}
