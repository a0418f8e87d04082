package artifacts_test

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/jsonschema-go/jsonschema"

	"github.com/sharewise/sharewise/analysis/versioned/schematest"
	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/artifacts"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/ort"
	"github.com/sharewise/sharewise/onnxio/reference"
	"github.com/sharewise/sharewise/onnxio/training"
)

func TestMain(m *testing.M) {
	ort.MaybeProbe()
	os.Exit(m.Run())
}

// folder is what a program that knows nothing but the manifest sees.
type folder struct {
	t        *testing.T
	dir      string
	manifest artifacts.Manifest
	tensors  map[string]*exec.Tensor
}

func write(t *testing.T, b *artifacts.Bundle) *folder {
	t.Helper()
	f := &folder{t: t, dir: t.TempDir()}
	if err := b.WriteTo(f.dir); err != nil {
		t.Fatal(err)
	}
	text := f.read(artifacts.ManifestFile)
	if err := json.Unmarshal(text, &f.manifest); err != nil {
		t.Fatal(err)
	}
	validate(t, text)
	f.tensors = map[string]*exec.Tensor{}
	for _, s := range f.manifest.Tensors {
		raw := f.read(s.File)[s.Offset : s.Offset+s.Bytes]
		v := make([]float32, s.Bytes/4)
		for i := range v {
			v[i] = math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:]))
		}
		f.tensors[s.Name] = exec.NewTensor(s.Shape, v)
	}
	return f
}

// compiled compiles a training and writes its folder.
func compiled(t *testing.T, cfg training.Config) (*training.Program, *folder) {
	t.Helper()
	p, err := training.Compile(cfg)
	if err != nil {
		t.Fatal(err)
	}
	b, err := artifacts.Training(p, cfg, artifacts.Model{File: "m.onnx"}, 1)
	if err != nil {
		t.Fatal(err)
	}
	return p, write(t, b)
}

func (f *folder) read(name string) []byte {
	f.t.Helper()
	data, err := os.ReadFile(filepath.Join(f.dir, name))
	if err != nil {
		f.t.Fatal(err)
	}
	return data
}

// validate holds a manifest to the schema.
func validate(t *testing.T, manifest []byte) {
	t.Helper()
	var v any
	if err := json.Unmarshal(manifest, &v); err != nil {
		t.Fatal(err)
	}
	if err := schema(t).Validate(v); err != nil {
		t.Errorf("the schema refuses the manifest: %v\n%s", err, manifest)
	}
}

func schema(t *testing.T) *jsonschema.Resolved {
	t.Helper()
	return schematest.Resolve(t, artifacts.Schema)
}

// backends are ONNX Runtime, where it is installed, and the reference.
func backends(t *testing.T) map[string]func(m *onnxio.Model, in map[string]*exec.Tensor) map[string]*exec.Tensor {
	all := map[string]func(m *onnxio.Model, in map[string]*exec.Tensor) map[string]*exec.Tensor{
		"reference": func(m *onnxio.Model, in map[string]*exec.Tensor) map[string]*exec.Tensor {
			out, err := reference.Eval(m, in, reference.Float64)
			if err != nil {
				t.Fatal(err)
			}
			return out
		},
	}
	b, err := ort.Default("")
	if err != nil {
		t.Logf("without ONNX Runtime: run 'make runtime' (%v)", err)
		return all
	}
	all["ONNX Runtime"] = func(m *onnxio.Model, in map[string]*exec.Tensor) map[string]*exec.Tensor {
		s, err := b.Open(m, exec.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		out, err := s.Run(in)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	return all
}

// load opens a graph of the folder with its external data.
func (f *folder) load(name string) *onnxio.Model {
	f.t.Helper()
	m, err := onnxio.Load(filepath.Join(f.dir, name))
	if err != nil {
		f.t.Fatal(err)
	}
	if err := onnxio.Check(m); err != nil {
		f.t.Fatal(err)
	}
	return m
}
