package dataset

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/datafile"

	"github.com/sharewise/sharewise/analysis/datafile/filetest"
	"github.com/sharewise/sharewise/analysis/versioned/alteration"
)

// arrayStudy is a study of two domains of arrays.
func arrayStudy(input, data, settings string) string {
	return "input: {" + input + "}\ndomains: [{name: a, format: array, data: {" + data + "}" + settings + "}, {name: b, data: {path: b.npz, labels: y}}]\n"
}

// TestOneHotLabels reads labels that have a column of 0 and 1 for each class.
func TestOneHotLabels(t *testing.T) {
	dir := t.TempDir()
	x, y := filetest.TenArrays(t, dir)
	filetest.Write(t, dir, "b.npz", filetest.NPZ(t, map[string][]byte{"x": x, "y": y}))
	var hot []float32
	for i := range 10 {
		row := make([]float32, 3)
		row[i%2*2] = 1
		hot = append(hot, row...)
	}
	filetest.Write(t, dir, "hot.npy", filetest.Floats([]int{10, 3}, hot...))
	d := mustOpen(t, dir, arrayStudy("", "path: x.npy, labels: hot.npy", ", split: {by: time, validation: 0.1}"))
	if !slices.Equal(d.Task.Classes, []string{"0", "2"}) || d.Test.Label(0) != 0 || d.Test.Label(1) != 1 {
		t.Errorf("classes %q, labels %d and %d", d.Task.Classes, d.Test.Label(0), d.Test.Label(1))
	}
}

func TestFilesOfArrays(t *testing.T) {
	dir := t.TempDir()
	x, y := filetest.TenArrays(t, dir)
	filetest.Write(t, dir, "x.npy.gz", filetest.Gzip(x))
	filetest.Write(t, dir, "d.npz", filetest.NPZ(t, map[string][]byte{"x": x, "y": y, "other": y}))
	raw := append(slices.Clone(x[len(x)-80:]), y[len(y)-10:]...)
	filetest.Write(t, dir, "d.safetensors", filetest.Safetensors(`{"in":{"dtype":"F32","shape":[10,2],"data_offsets":[0,80]},"y":{"dtype":"U8","shape":[10],"data_offsets":[80,90]}}`, raw))
	identity := ""
	for _, data := range []string{
		"path: x.npy, labels: y.npy",
		"path: x.npy.gz, labels: y.npy",
		"path: d.npz, labels: y",
		"path: d.npz, inputs: x, labels: y.npy",
		"path: d.safetensors, inputs: in, labels: y",
		"path: x.npy, labels: y.npy, groups: groups.npy",
	} {
		var groups []byte
		for i := range 10 {
			groups = append(groups, byte('a'+i), 0, 0)
		}
		filetest.Write(t, dir, "groups.npy", filetest.NPY("|S3", groups, 10))
		d := mustOpen(t, dir, arrayStudy("", data, ", split: {by: time, validation: 0.1}"))
		if !slices.Equal(d.Shape, []int{2}) || !slices.Equal(d.Task.Classes, []string{"0", "1"}) || d.Train.Len() != 7 || d.Val.Len() != 1 || d.Test.Len() != 2 {
			t.Fatalf("%s: shape %v, classes %q, %d, %d and %d samples", data, d.Shape, d.Task.Classes, d.Train.Len(), d.Val.Len(), d.Test.Len())
		}
		if p := d.Test.Preview(1); !slices.Equal(p.Values, []float32{9, 900}) || d.Test.Label(1) != 1 || d.Test.ID(1) != 9 {
			t.Errorf("%s: sample %+v of class %d", data, p, d.Test.Label(1))
		}
		if d.Norm.Mean[0] != 3 || d.Norm.Mean[1] != 300 {
			t.Errorf("%s: means %v", data, d.Norm.Mean)
		}
		if want := "j"; strings.Contains(data, "groups") && d.Test.Group(1) != want {
			t.Errorf("group %q, want %s", d.Test.Group(1), want)
		}
		// The same samples are the same domain, however they are stored.
		if identity == "" {
			identity = d.SHA256
		}
		if d.SHA256 != identity {
			t.Errorf("%s: another identity", data)
		}
	}
}

func TestArrangedArrays(t *testing.T) {
	dir := t.TempDir()
	var values []float32
	for i := range 4 * 2 * 3 * 5 {
		values = append(values, float32(i))
	}
	filetest.Write(t, dir, "y.npy", filetest.NPY(">i2", []byte{0, 0, 0, 1, 0, 0, 0, 1}, 4))
	for _, c := range []struct {
		have, want []int
		at         func(i, j, k int) float32 // element of sample 1
	}{
		{[]int{4, 2, 3, 5}, nil, func(i, j, k int) float32 { return float32(30 + 15*i + 5*j + k) }},
		{[]int{4, 2, 3, 5}, []int{2, 3, 5}, func(i, j, k int) float32 { return float32(30 + 15*i + 5*j + k) }},
		{[]int{4, 2, 3, 5}, []int{5, 2, 3}, func(i, j, k int) float32 { return float32(30 + 15*j + 5*k + i) }},
		{[]int{4, 6, 5}, []int{1, 6, 5}, func(_, j, k int) float32 { return float32(30 + 5*j + k) }},
		{[]int{4, 6, 5}, []int{5, 6}, func(i, j, _ int) float32 { return float32(30 + 5*j + i) }},
		{[]int{4, 30}, []int{1, 30}, func(_, j, _ int) float32 { return float32(30 + j) }},
	} {
		filetest.Write(t, dir, "x.npy", filetest.Floats(c.have, values...))
		input := ""
		if c.want != nil {
			input = "array: " + strings.ReplaceAll(fmt.Sprint(c.want), " ", ", ")
		}
		d := mustOpen(t, dir, arrayStudy(input, "path: x.npy, labels: y.npy", ", split: {by: time, test: 0.25, validation: 0}"))
		if c.want != nil && !slices.Equal(d.Shape, c.want) {
			t.Errorf("%v is brought to %v, want %v", c.have, d.Shape, c.want)
			continue
		}
		got := make([]float32, d.Train.size)
		d.Train.store.values.read(1, got)
		s := append(slices.Clone(d.Shape), 1, 1)[:3]
		for n, v := range got {
			if want := c.at(n/(s[1]*s[2]), n/s[2]%s[1], n%s[2]); v != want {
				t.Fatalf("%v as %v: element %d is %g, want %g", c.have, d.Shape, n, v, want)
			}
		}
	}
	filetest.Write(t, dir, "x.npy", filetest.Floats([]int{4, 30}, values...))
	if _, err := open(t, dir, arrayStudy("array: [3, 10]", "path: x.npy, labels: y.npy", "")); err == nil || !strings.Contains(err.Error(), "x.npy: samples have shape [30], and input.array is [3 10]") {
		t.Errorf("another shape: %v", err)
	}
}

func TestPicturesInArrays(t *testing.T) {
	dir := t.TempDir()
	var bytes []byte
	for i := range 6 * 2 * 2 * 3 {
		bytes = append(bytes, byte(i))
	}
	filetest.Write(t, dir, "x.npy", filetest.NPY("|u1", bytes, 6, 2, 2, 3)) // channels last
	filetest.Write(t, dir, "y.npy", filetest.NPY("<U2", []byte("a\x00\x00\x00\x00\x00\x00\x00"+"b\x00\x00\x00c\x00\x00\x00"+"a\x00\x00\x00\x00\x00\x00\x00"+"b\x00\x00\x00c\x00\x00\x00"+"a\x00\x00\x00\x00\x00\x00\x00"+"b\x00\x00\x00c\x00\x00\x00"), 6))
	data, split := "path: x.npy, labels: y.npy", ", split: {by: time, test: 0.34, validation: 0}"
	d := mustOpen(t, dir, arrayStudy("array: [3, 2, 2]", data, split))
	e := mustOpen(t, dir, arrayStudy("image: [2, 2], channels: 3", data, split))
	if d.SHA256 != e.SHA256 || !slices.Equal(d.Task.Classes, []string{"a", "bc"}) {
		t.Errorf("array and image differ: %v %v", d.Task, e.Task)
	}
	if d.Train.store.pixels == nil {
		t.Fatal("bytes did not stay bytes")
	}
	p, ok := d.Train.Preview(1).Image.(*image.NRGBA)
	if !ok || p.NRGBAAt(1, 0).R != 15 || p.NRGBAAt(1, 0).B != 17 {
		t.Errorf("picture %+v", p)
	}
	x := make([]float32, 12)
	if err := d.Train.Gather([]int{0}, x); err != nil {
		t.Fatal(err)
	}
	if want := (3 - d.Norm.Mean[0]) / d.Norm.Std[0]; x[1] != want {
		t.Errorf("normalised to %g, want %g", x[1], want)
	}
	// Scaled, as images of folders are.
	if f := mustOpen(t, dir, arrayStudy("image: [4, 4]", data, split)); !slices.Equal(f.Shape, []int{1, 4, 4}) {
		t.Errorf("shape %v", f.Shape)
	}
	// Without a shape, what looks like channels last is said.
	filetest.Write(t, dir, "x.npy", filetest.NPY("|u1", make([]byte, 6*4*4*3), 6, 4, 4, 3))
	if f := mustOpen(t, dir, arrayStudy("", data, split)); !slices.Contains(f.Notes, "samples have shape [4 4 3]; if these are pictures with their channels last, set input.array to [3, 4, 4]") {
		t.Errorf("notes %q", f.Notes)
	}
	// Numbers are stretched to a picture.
	filetest.Write(t, dir, "x.npy", filetest.Floats([]int{6, 1, 1, 3}, slices.Repeat([]float32{-1, 0, 1}, 6)...))
	if p := mustOpen(t, dir, arrayStudy("", data, split)).Train.Preview(0).Image.(*image.Gray); !slices.Equal(p.Pix, []byte{0, 128, 255}) {
		t.Errorf("stretched to %v", p.Pix)
	}
}

func TestTargetsInArrays(t *testing.T) {
	dir := t.TempDir()
	filetest.TenArrays(t, dir)
	var targets []byte
	for i := range 10 {
		targets = binary.LittleEndian.AppendUint64(targets, math.Float64bits(float64(i)/4))
		targets = binary.LittleEndian.AppendUint64(targets, math.Float64bits(float64(-i)))
	}
	filetest.Write(t, dir, "load.npy", filetest.NPY("<f8", targets, 10, 2))
	filetest.Write(t, dir, "one.npy", filetest.NPY("<f8", targets[:80], 10, 1))
	for ref, want := range map[string]string{"load.npy": "[load1 load2]", "one.npy": "[one]"} {
		d := mustOpen(t, dir, arrayStudy("", "path: x.npy, targets: "+ref, ""))
		if fmt.Sprint(d.Task.Targets) != want || d.Task.Kind != Regression {
			t.Errorf("task %+v, want targets %s", d.Task, want)
		}
	}
	d := mustOpen(t, dir, arrayStudy("", "path: x.npy, targets: load.npy", ", split: {by: time}"))
	got := make([]float32, 2)
	d.Test.Targets([]int{1}, got)
	for j, want := range []float32{9.0 / 4, -9} {
		if v := got[j]*d.TargetNorm.Std[j] + d.TargetNorm.Mean[j]; math.Abs(float64(v-want)) > 1e-5 {
			t.Errorf("target %d is %g, want %g", j, v, want)
		}
	}
}

func TestArrayMistakes(t *testing.T) {
	dir := t.TempDir()
	x, y := filetest.TenArrays(t, dir)
	nan := float32(math.NaN())
	filetest.Write(t, dir, "nan.npy", filetest.Floats([]int{10, 1, 2}, append(make([]float32, 13), nan, 0, 0, 0, 0, 0, float32(math.Inf(-1)))...))
	filetest.Write(t, dir, "y9.npy", filetest.NPY("|u1", make([]byte, 9), 9))
	filetest.Write(t, dir, "deep.npy", filetest.NPY("|u1", make([]byte, 60), 10, 3, 2))
	var warm []float32
	for i := range 10 {
		warm = append(warm, 0, 1, 0)
		if i == 3 {
			warm[len(warm)-1] = 0.5
		}
	}
	filetest.Write(t, dir, "warm.npy", filetest.Floats([]int{10, 3}, warm...))
	filetest.Write(t, dir, "hot.npy", filetest.NPY("|u1", make([]byte, 30), 10, 3))
	filetest.Write(t, dir, "real.npy", filetest.Floats([]int{10}, 0, 1, 0, 1, 2.5, 0, 1, 0, 1, 0))
	filetest.Write(t, dir, "gap.npy", filetest.NPY("|S1", []byte("ab\x00bababab"), 10))
	filetest.Write(t, dir, "cut.npy", x[:len(x)-4])
	scalar := filetest.NPY("<f4", make([]byte, 4))
	filetest.Write(t, dir, "scalar.npy", bytes.Replace(scalar, []byte("(,)"), []byte("() "), 1))
	filetest.Write(t, dir, "d.npz", filetest.NPZ(t, map[string][]byte{"p": x, "q": x, "y": y}))
	filetest.Write(t, dir, "bad.npz", filetest.NPZ(t, map[string][]byte{"x": x[:30], "y": y}))
	filetest.Write(t, dir, "empty.npy", nil)
	filetest.Write(t, dir, "h.bin", []byte("\x89HDF\r\n\x1a\n and more"))
	filetest.Write(t, dir, "p.bin", []byte("\x80\x04\x95 and more"))
	filetest.Write(t, dir, "t.safetensors", []byte("what is this?"))
	for _, c := range []struct{ input, data, want string }{
		{"", "path: nan.npy, labels: y.npy", `nan.npy: element [6 0 1]: not a number ("NaN")`},
		{"", "path: nan.npy, labels: y.npy", `nan.npy: element [9 0 1]: not finite ("-Inf")`},
		{"", "path: x.npy, labels: y9.npy", "y9.npy: shape [9], and there are 10 samples"},
		{"", "path: x.npy, labels: hot.npy", `hot.npy: element [0]: labels with a column for each class have a single 1 ("0 ones")`},
		{"", "path: x.npy, labels: warm.npy", `warm.npy: element [3]: neither 0 nor 1, where labels have a column for each class ("0.5")`},
		{"", "path: x.npy, labels: deep.npy", "deep.npy: shape [10 3 2]; data.labels has one value for each sample"},
		{"", "path: x.npy, labels: real.npy", `real.npy: element [4]: a label is a text or a whole number ("2.5")`},
		{"", "path: x.npy, labels: gap.npy", "gap.npy: element [2]: missing value"},
		{"", "path: cut.npy, labels: y.npy", "cut.npy: shape [10 2] of float32 takes 80 bytes, and there are 76; the file is damaged or truncated"},
		{"", "path: scalar.npy, labels: y.npy", "scalar.npy: a single number"},
		{"", "path: d.npz, labels: y", "d.npz: say under data.inputs which array holds the samples; there are "},
		{"", "path: d.npz, inputs: p, labels: z", `d.npz: data.labels is "z", and the file has no such array`},
		{"", "path: d.npz, inputs: p, labels: d.npz", `data.labels needs a file with one`},
		{"", "path: x.npy, labels: y", `x.npy: data.labels is "y", and an NPY file holds one array without a name; name another file`},
		{"", "path: bad.npz, labels: y", `bad.npz: array "x", byte 10: the header's length`},
		{"", "path: x.npy, labels: gone.npy", "gone.npy: no such file"},
		{"", "path: empty.npy, labels: y.npy", "empty.npy: an empty file"},
		{"", "path: h.bin, labels: y.npy", "h.bin: an HDF5 file, which is not read"},
		{"", "path: p.bin, labels: y.npy", "p.bin: a pickled Python object, which is not read"},
		{"", "path: t.safetensors, labels: y.npy", `t.safetensors: not a safetensors file`},
		{"", "path: gap.npy, labels: y.npy", "gap.npy: texts, where samples are numbers"},
		{"normalize: unit", "path: x.npy, labels: y.npy", "x.npy: float32; input.normalize unit is for bytes (uint8)"},
		{"image: [2, 2]", "path: x.npy, labels: y.npy", "x.npy: shape [10 2]; pictures have 3 or 4 dimensions, samples first; input.array takes samples of other shapes"},
		{"image: [2, 2]", "path: hot.npy, labels: y.npy", "hot.npy: shape [10 3]; pictures have 3 or 4 dimensions"},
	} {
		if _, err := open(t, dir, arrayStudy(c.input, c.data, "")); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v\nwant %s", c.data, err, c.want)
		}
	}
	d := mustOpen(t, dir, arrayStudy("", "path: nan.npy, labels: y.npy", ", skip_bad: true, split: {by: time}"))
	if n := d.Train.Len() + d.Val.Len() + d.Test.Len(); n != 8 || len(d.Dropped) != 2 || d.Test.ID(1) != 8 {
		t.Errorf("%d samples are left, %v dropped, the last is %d", n, d.Dropped, d.Test.ID(1))
	}
}

// A mapped file is not read into memory, and goes when nothing uses it.
func TestArraysAreMapped(t *testing.T) {
	dir := t.TempDir()
	filetest.TenArrays(t, dir)
	f, err := os.Open(filepath.Join(dir, "x.npy"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	c, err := datafile.Mapped(f, info.Size())
	if err != nil || !bytes.HasPrefix(c.Data, []byte("\x93NUMPY")) || len(c.Data) != int(info.Size()) {
		t.Errorf("%d bytes, %v", len(c.Data), err)
	}
}

func FuzzArrays(f *testing.F) {
	dir := f.TempDir()
	x, y := filetest.TenArrays(f, dir)
	f.Add(x, y, "", "l.npy")
	f.Add(filetest.NPZ(f, map[string][]byte{"x": x, "y": y}), []byte{}, "x", "y")
	f.Add(filetest.Safetensors(`{"in":{"dtype":"U8","shape":[2,2],"data_offsets":[0,4]},"y":{"dtype":"U8","shape":[2],"data_offsets":[4,6]}}`, make([]byte, 6)), y, "in", "y")
	f.Add(filetest.NPY("<f4", nil, 10, 0), y, "", "l.npy")
	f.Add(filetest.NPY("<f4", nil, 1000000000, 0), filetest.NPY("<U0", nil, 1000000000), "", "l.npy")
	f.Fuzz(func(t *testing.T, data, labels []byte, inputs, ref string) {
		for _, s := range []string{inputs, ref} {
			if strings.ContainsFunc(s, func(r rune) bool { return r < 'a' || r > 'z' }) && s != "l.npy" {
				return
			}
		}
		if ref == "" {
			return
		}
		dir := t.TempDir()
		filetest.Write(t, dir, "d.npy", data)
		filetest.Write(t, dir, "l.npy", labels)
		d, err := open(t, dir, arrayStudy("", fmt.Sprintf("path: d.npy, inputs: '%s', labels: '%s'", inputs, ref), ", skip_bad: true"))
		if err != nil {
			alteration.Plain(t, err)
			return
		}
		out := make([]float32, d.Train.size)
		for i := range d.Train.Len() {
			if err := d.Train.Gather([]int{i}, out); err != nil {
				t.Fatal(err)
			}
			d.Train.Preview(i)
		}
	})
}

// TestArraysOfOneName divides two files whose arrays have the same names each
// by class, so that a class of three samples is tested whatever the seed.
func TestArraysOfOneName(t *testing.T) {
	dir := t.TempDir()
	labels := make([]byte, 100)
	labels[10], labels[50], labels[90] = 1, 1, 1
	for _, name := range []string{"a.npz", "b.npz"} {
		filetest.Write(t, dir, name, filetest.NPZ(t, map[string][]byte{"x": filetest.Floats([]int{100, 2}, make([]float32, 200)...), "y": filetest.NPY("|u1", labels, 100)}))
	}
	for seed := range 30 {
		d := mustOpen(t, dir, fmt.Sprintf("seed: %d\ninput: {normalize: none}\n", seed)+
			"domains: [{name: a, data: {path: a.npz, inputs: x, labels: y}}, {name: b, data: {path: b.npz, inputs: x, labels: y}}]\n")
		rare := 0
		for i := range d.Test.Len() {
			rare += d.Test.Label(i)
		}
		if rare != 1 || len(d.Notes) > 0 {
			t.Errorf("seed %d: %d test samples of the rare class, want 1; notes %q", seed, rare, d.Notes)
		}
	}
}
