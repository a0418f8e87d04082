package onnxio

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/sharewise/sharewise/onnxio/internal/onnxpb"
)

func TestSaveExternalData(t *testing.T) {
	m, dir := testModel(), t.TempDir()
	path := filepath.Join(dir, "m.onnx")
	if err := (SaveOptions{ExternalData: "m.data"}).Save(path, m); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(filepath.Join(dir, "m.data"))
	if err != nil || info.Size() != 2400 {
		t.Fatalf("external data: %v, %v; want 2400 bytes, w alone", info, err)
	}
	got, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	sameModel(t, got, m)
	if files, err := FilesOf(path); err != nil || !slices.Equal(files, []string{path, filepath.Join(dir, "m.data")}) {
		t.Errorf("FilesOf = %v, %v", files, err)
	}
	if m.Graph.Initializers[0].IsExternal() {
		t.Error("Save changed the model that it was given")
	}

	// Without the data the model is only good for reading what it says.
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	bare, err := Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	if w := bare.Graph.Initializer("w"); !w.IsExternal() || w.Len() != 600 {
		t.Errorf("w: external %v, %d elements", w.IsExternal(), w.Len())
	}
	if _, err := bare.Graph.Initializer("w").Float32(); !errors.Is(err, ErrExternalData) {
		t.Errorf("Float32 = %v, want ErrExternalData", err)
	}
	if err := Save(filepath.Join(dir, "copy.onnx"), bare); !errors.Is(err, ErrExternalData) {
		t.Errorf("Save = %v, want ErrExternalData", err)
	}
	if err := Check(bare); !errors.Is(err, ErrExternalData) {
		t.Errorf("Check = %v, want ErrExternalData", err)
	}
	for _, name := range []string{"../m.data", "m.onnx", "sub/m.data", "."} {
		if err := (SaveOptions{ExternalData: name}).Save(path, m); !errors.Is(err, ErrExternalData) {
			t.Errorf("ExternalData %q = %v, want ErrExternalData", name, err)
		}
	}
}

func TestSaveThreshold(t *testing.T) {
	m, dir := testModel(), t.TempDir()
	if err := (SaveOptions{ExternalData: "m.data", Threshold: 1}).Save(filepath.Join(dir, "m.onnx"), m); err != nil {
		t.Fatal(err)
	}
	// Two tensors, the second one at the next page.
	info, err := os.Stat(filepath.Join(dir, "m.data"))
	if err != nil || info.Size() != 4096+8 {
		t.Errorf("external data: %v, %v", info, err)
	}
	got, err := Load(filepath.Join(dir, "m.onnx"))
	if err != nil {
		t.Fatal(err)
	}
	sameModel(t, got, m)
}

// TestLoadExternalDataRefused goes through the ways in which a model from
// elsewhere could reach for files that are none of its business.
func TestLoadExternalDataRefused(t *testing.T) {
	outside := t.TempDir()
	dir := filepath.Join(outside, "model")
	if err := os.MkdirAll(filepath.Join(dir, "sub"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"model/w.bin", "model/sub/w.bin", "secret.bin"} {
		if err := os.WriteFile(filepath.Join(outside, name), make([]byte, 16), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for link, target := range map[string]string{"link.bin": "../secret.bin", "inner.bin": "w.bin", "dir": "..", "subdir": "sub"} {
		if err := os.Symlink(target, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	tests := []struct {
		location, offset, length string
		want                     string // part of the error; empty: it loads
	}{
		{"w.bin", "", "", ""},
		{"w.bin", "0", "16", ""},
		{"sub/w.bin", "", "16", ""},
		{"../secret.bin", "", "", "no relative path"},
		{"sub/../../secret.bin", "", "", "no relative path"},
		{filepath.Join(outside, "secret.bin"), "", "", "no relative path"},
		{`..\secret.bin`, "", "", "no relative path"},
		{"", "", "", "no relative path"},
		{".", "", "", "no relative path"},
		{"link.bin", "", "", "symbolic link"},
		{"inner.bin", "", "", "symbolic link"},
		{"dir/secret.bin", "", "", "symbolic link"},
		{"subdir/w.bin", "", "", "symbolic link"},
		{"sub", "", "", "no regular file"},
		{"gone.bin", "", "", "no such file"},
		{"w.bin", "1", "", "too few"},
		{"w.bin", "17", "", "too few"},
		{"w.bin", "9223372036854775807", "", "too few"},
		{"w.bin", "0", "15", "length is 15"},
		{"w.bin", "-1", "", "negative"},
		{"w.bin", "0", "-16", "negative"},
		{"w.bin", "99999999999999999999", "", "more than any file has"},
		{"w.bin", "x", "", "no number of bytes"},
	}
	for _, tt := range tests {
		path := filepath.Join(dir, "m.onnx")
		writeExternalModel(t, path, tt.location, tt.offset, tt.length)
		m, err := Load(path)
		if tt.want == "" {
			if err != nil {
				t.Errorf("%+v: %v", tt, err)
			} else if v, err := m.Graph.Initializers[0].Float32(); err != nil || len(v) != 4 {
				t.Errorf("%+v: %v, %v", tt, v, err)
			}
			continue
		}
		var where *ValueError
		if !errors.Is(err, ErrExternalData) || !errors.As(err, &where) || where.Value != "w" || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%+v: %v, want an external data error at w with %q", tt, err, tt.want)
		}
	}
}

func writeExternalModel(t *testing.T, path, location, offset, length string) {
	t.Helper()
	w := &onnxpb.TensorProto{
		Name: proto.String("w"), Dims: []int64{4}, DataType: proto.Int32(1),
		DataLocation: onnxpb.TensorProto_EXTERNAL.Enum(),
		ExternalData: []*onnxpb.StringStringEntryProto{encodeProperty(Property{"location", location})},
	}
	if offset != "" {
		w.ExternalData = append(w.ExternalData, encodeProperty(Property{"offset", offset}))
	}
	if length != "" {
		w.ExternalData = append(w.ExternalData, encodeProperty(Property{"length", length}))
	}
	data, err := proto.Marshal(&onnxpb.ModelProto{Graph: &onnxpb.GraphProto{Initializer: []*onnxpb.TensorProto{w}}})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestExternalDataInside verifies that tensors in attributes, branches and
// functions are found too.
func TestExternalDataInside(t *testing.T) {
	external := func() *Tensor {
		return &Tensor{Name: "deep", Type: Float32, Shape: []int64{1}, rest: &onnxpb.TensorProto{DataLocation: onnxpb.TensorProto_EXTERNAL.Enum()}}
	}
	constant := &Node{Op: "Constant", Outputs: []string{"c"}, Attrs: []*Attribute{TensorAttr("value", external())}}
	tests := map[string]func(m *Model){
		"attribute": func(m *Model) { m.Graph.Nodes = append(m.Graph.Nodes, constant) },
		"list": func(m *Model) {
			m.Graph.Nodes[0].Attrs = append(m.Graph.Nodes[0].Attrs, &Attribute{Name: "l", Type: AttrTensors, Tensors: []*Tensor{external()}})
		},
		"branch": func(m *Model) {
			m.Graph.Nodes[0].Attrs = append(m.Graph.Nodes[0].Attrs, GraphAttr("g", &Graph{Nodes: []*Node{constant}}))
		},
		"branches": func(m *Model) {
			m.Graph.Nodes[0].Attrs = append(m.Graph.Nodes[0].Attrs, &Attribute{Name: "gs", Type: AttrGraphs, Graphs: []*Graph{{Initializers: []*Tensor{external()}}}})
		},
		"function": func(m *Model) { m.Functions = []*Function{{Name: "f", Nodes: []*Node{constant}}} },
		"default":  func(m *Model) { m.Functions = []*Function{{Name: "f", Default: constant.Attrs}} },
	}
	for name, edit := range tests {
		m := testModel()
		edit(m)
		var where *ValueError
		if err := Save(filepath.Join(t.TempDir(), "m.onnx"), m); !errors.As(err, &where) || where.Value != "deep" {
			t.Errorf("%s: Save = %v, want an error at deep", name, err)
		}
	}
}
