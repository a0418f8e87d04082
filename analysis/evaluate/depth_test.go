package evaluate

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/imagefile"
	"github.com/sharewise/sharewise/analysis/losses"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/reference"
)

// TestDepths judges the same pictures in 8 and in 16 bits by models that say of
// which depth they learned, with the same losses.
func TestDepths(t *testing.T) {
	dir := t.TempDir()
	save := func(name string, m image.Image) {
		var b bytes.Buffer
		if err := png.Encode(&b, m); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 10 {
		for k, class := range []string{"c", "d"} {
			level := byte(3*i + 100*k)
			flat, deep := image.NewGray(image.Rect(0, 0, 2, 1)), image.NewGray16(image.Rect(0, 0, 2, 1))
			for x := range 2 {
				flat.SetGray(x, 0, color.Gray{Y: level + byte(x)})
				deep.SetGray16(x, 0, color.Gray16{Y: 257 * uint16(level+byte(x))})
			}
			save(fmt.Sprintf("flat/%s/%d.png", class, i), flat)
			save(fmt.Sprintf("deep/%s/%d.png", class, i), deep)
		}
	}
	s, err := study.ParseBytes([]byte("version: 1\nname: s\ninput: {image: [1, 2]}\ndefaults: {split: {validation: 0}}\ndomains: [{name: flat, data: flat, test: flat}, {name: deep, data: deep, test: deep}]\n"), "s.yaml", dir)
	if err != nil {
		t.Fatal(err)
	}
	domains, err := dataset.OpenAll(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	m := linear([]float32{1, -1, 2, 0.5})
	learned := map[imagefile.Depth]Form{}
	for i, depth := range []imagefile.Depth{imagefile.Uint8, imagefile.Uint16} {
		if err := Describe(m, domains[i]); err != nil {
			t.Fatal(err)
		}
		f, err := FormOf(m, domains[i].Name)
		if err != nil {
			t.Fatal(err)
		}
		if f.Depth != depth || domains[i].Depth != depth {
			t.Fatalf("%s learned images of %s", domains[i].Name, f.Depth)
		}
		f.Input, f.Output = "in", "out"
		learned[depth] = *f
	}
	if a, b := learned["uint8"], learned["uint16"]; b.Mean[0]/a.Mean[0] < 256.9 || b.Std[0]/a.Std[0] > 257.1 {
		t.Errorf("scales %v %v and %v %v", a.Mean, a.Std, b.Mean, b.Std)
	}
	old := learned["uint8"]
	old.Depth = ""
	var all [][]float32
	for _, f := range []Form{learned["uint8"], learned["uint16"], old} {
		for _, d := range domains {
			table, err := judgedBy(m, f, d)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, table.Loss)
		}
	}
	for _, other := range all[1:] {
		near(t, "losses", other, all[0])
	}
	numbers := learned["uint8"]
	numbers.Depth = imagefile.Float32
	if _, err := judgedBy(m, numbers, domains[0]); !errors.Is(err, ErrFit) {
		t.Errorf("images of numbers and of bytes: %v", err)
	}
}

func judgedBy(m *onnxio.Model, f Form, d *dataset.Domain) (*losses.Table, error) {
	model, err := Open(reference.Backend(), m, f, exec.Options{})
	if err != nil {
		return nil, err
	}
	defer model.Close()
	table := &losses.Table{}
	return table, model.Judge(context.Background(), table, d, d.Test, 7)
}
