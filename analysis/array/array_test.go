package array

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// golden is what a file of the goldens holds in an array.
type golden struct {
	Type   string
	Shape  []int
	Values []any
}

// TestFilesOfOthers reads what testdata/peers/arrays.py wrote.
func TestFilesOfOthers(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("testdata", "expected.json"))
	if err != nil {
		t.Fatal(err)
	}
	var files map[string]map[string]golden
	if err := json.Unmarshal(data, &files); err != nil {
		t.Fatal(err)
	}
	if len(files) < 30 {
		t.Fatalf("%d files are expected", len(files))
	}
	for file, want := range files {
		t.Run(file, func(t *testing.T) {
			arrays := readAll(t, file)
			if len(arrays) != len(want) {
				t.Errorf("%d arrays, want %d", len(arrays), len(want))
			}
			for _, a := range arrays {
				compare(t, a, want[a.Name])
			}
		})
	}
}

func readAll(t *testing.T, file string) []*Array {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	var out []*Array
	switch filepath.Ext(file) {
	case ".npy":
		var a *Array
		a, err = NPY(data)
		out = []*Array{a}
	case ".npz":
		out, err = NPZ(data, nil)
	default:
		out, err = Safetensors(data)
	}
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func compare(t *testing.T, a *Array, want golden) {
	t.Helper()
	if got := a.Type.String(); got != want.Type {
		t.Errorf("%s: type %s, want %s", a.Name, got, want.Type)
	}
	if len(a.Shape) != len(want.Shape) {
		t.Fatalf("%s: shape %v, want %v", a.Name, a.Shape, want.Shape)
	}
	for k := range a.Shape {
		if a.Shape[k] != want.Shape[k] {
			t.Fatalf("%s: shape %v, want %v", a.Name, a.Shape, want.Shape)
		}
	}
	if a.Type.Text() {
		for i, w := range want.Values {
			if got, err := a.Label(i); err != nil || got != w {
				t.Errorf("%s: text %d is %q, %v, want %q", a.Name, i, got, err, w)
			}
		}
		return
	}
	if len(a.Shape) == 0 {
		a = a.Expanded(0)
	}
	row := make([]float32, a.RowSize())
	for i, w := range want.Values {
		a.Float32s(i/len(row), row)
		if got, w := row[i%len(row)], float32(w.(float64)); got != w || math.Signbit(float64(got)) != math.Signbit(float64(w)) {
			t.Errorf("%s: element %d is %g, want %g", a.Name, i, got, w)
		}
		if a.Type == Uint8 || a.Type == Bool {
			if got := a.Uint8s(i / len(row))[i%len(row)]; float64(got) != w {
				t.Errorf("%s: byte %d is %d, want %g", a.Name, i, got, w)
			}
		}
	}
}

func TestLabelsOfNumbers(t *testing.T) {
	for file, want := range map[string]string{
		"large.npy": "9223372036854775807 -9223372036854775808 0",
		"bool.npy":  "false", // -5 is not divisible by 3
		"one.npy":   "",
	} {
		a := readAll(t, file)[0]
		var got []string
		for i := range a.Rows() {
			s, err := a.Label(i)
			if err != nil {
				if want != "" || !strings.Contains(err.Error(), `a label is a text or a whole number ("7.5")`) {
					t.Errorf("%s: %v", file, err)
				}
				continue
			}
			got = append(got, s)
		}
		if !strings.HasPrefix(strings.Join(got, " "), want) {
			t.Errorf("%s: %q, want %q", file, got, want)
		}
	}
}

func TestViews(t *testing.T) {
	a := readAll(t, "fortran.npy")[0] // [2, 3, 4], element (i,j,k) is 12i+4j+k-5
	p := a.Permuted(0, 2, 1)
	row := make([]float32, 12)
	p.Float32s(1, row)
	for j := range 4 {
		for k := range 3 {
			if want := float32(12 + 4*k + j - 5); row[j*3+k] != want {
				t.Errorf("permuted (1,%d,%d) is %g, want %g", j, k, row[j*3+k], want)
			}
		}
	}
	e := a.Expanded(1)
	if s := e.Shape; len(s) != 4 || s[1] != 1 || e.RowSize() != 12 {
		t.Errorf("expanded to %v", s)
	}
	again := make([]float32, 12)
	e.Float32s(1, again)
	q := e.Squeezed()
	if len(q.Shape) != 3 {
		t.Errorf("squeezed to %v", q.Shape)
	}
	a.Float32s(1, row)
	for i := range row {
		if row[i] != again[i] {
			t.Fatalf("expanded row %v, want %v", again, row)
		}
	}
}

func TestUnusable(t *testing.T) {
	a := mustNPY(t, "<f8", "(2, 2)", []byte{
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f, // 0, 1
		0, 0, 0, 0, 0, 0, 0xe0, 0xc7, 0x3c, 0xe4, 0x37, 0x7e, 0x66, 0x43, 0x57, 0x7e, // -2^127, about 1e300
	})
	scratch := make([]float32, 2)
	if at, _ := a.Unusable(0, scratch); at != -1 {
		t.Errorf("element %d of row 0 is unusable", at)
	}
	if at, value := a.Unusable(1, scratch); at != 1 || !strings.Contains(value, "e+300") {
		t.Errorf("element %d (%s), want 1", at, value)
	}
}
