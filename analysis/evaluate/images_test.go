package evaluate

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
)

// TestSizeOfTheModel reads images of 20 by 30 for models that want others, and
// leaves what a study file says alone.
func TestSizeOfTheModel(t *testing.T) {
	dir := t.TempDir()
	path := func(name string) string { return filepath.Join(dir, name) }
	write := func(name string, data []byte) {
		t.Helper()
		if err := os.WriteFile(path(name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var grey bytes.Buffer
	if err := png.Encode(&grey, image.NewGray(image.Rect(0, 0, 30, 20))); err != nil {
		t.Fatal(err)
	}
	for _, class := range []string{"good", "bad"} {
		if err := os.MkdirAll(path("photos/"+class), 0o755); err != nil {
			t.Fatal(err)
		}
		for i := range 20 {
			write(fmt.Sprintf("photos/%s/%d.png", class, i), grey.Bytes())
		}
	}
	write("study.yaml", []byte("version: 1\nname: n\ninput: {image: [8, 9], channels: 1}\ndomains:\n  - {name: a, data: photos}\n  - {name: b, data: photos}\n"))
	wide, any := onnxio.Dim{Size: 600}, onnxio.Sym("any")
	dims := func(sizes ...int64) (s onnxio.Shape) {
		return append(onnxio.Shape{any}, onnxio.Static(sizes...)...)
	}
	for _, test := range []struct {
		data     string
		input    onnxio.Shape
		size     []int
		channels int
	}{
		{"photos", dims(3, 224, 200), []int{224, 200}, 3},
		{"photos", dims(1, 5, 7), []int{5, 7}, 1},
		{"photos", dims(5, 7, 3), []int{5, 7}, 3},
		{"photos", onnxio.Shape{any, {Size: 3}, any, wide}, []int{20, 30}, 3},
		{"photos", dims(16, 4, 4), []int{20, 30}, 1},
		{"photos", dims(600), []int{20, 30}, 1},
		{"study.yaml", dims(3, 224, 200), []int{8, 9}, 1},
	} {
		m := &onnxio.Model{IRVersion: 8, Opsets: []onnxio.Opset{{Version: 17}}, Graph: &onnxio.Graph{
			Name: "g", Inputs: []*onnxio.Value{{Name: "x", Type: onnxio.Float32, Shape: test.input}},
			Nodes:   []*onnxio.Node{{Op: "Flatten", Inputs: []string{"x"}, Outputs: []string{"y"}}},
			Outputs: []*onnxio.Value{{Name: "y", Type: onnxio.Float32}},
		}}
		if err := onnxio.Save(path("m.onnx"), m); err != nil {
			t.Fatal(err)
		}
		s, err := OpenFor(path(test.data), path("m.onnx"), "")
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(s.Input.Size, test.size) || s.Input.Channels != test.channels {
			t.Errorf("%s for %v: images of %v with %d channels, want %v with %d", test.data, test.input, s.Input.Size, s.Input.Channels, test.size, test.channels)
		}
	}
	if _, err := OpenFor(path("photos"), path("none.onnx"), ""); err == nil || !strings.Contains(err.Error(), "none.onnx") {
		t.Errorf("got %v", err)
	}
}
