package array

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/versioned/alteration"
)

// npyFile makes an NPY file of version 1 with a header as it is given.
func npyFile(header string, data []byte) []byte {
	out := append([]byte(npyMagic), 1, 0)
	out = binary.LittleEndian.AppendUint16(out, uint16(len(header)))
	return append(append(out, header...), data...)
}

func dictionary(descr, shape string) string {
	return fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': %s, }\n", descr, shape)
}

func mustNPY(t *testing.T, descr, shape string, data []byte) *Array {
	t.Helper()
	a, err := NPY(npyFile(dictionary(descr, shape), data))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestNPYMistakes(t *testing.T) {
	good := npyFile(dictionary("<f4", "(2,)"), make([]byte, 8))
	for _, c := range []struct {
		name string
		data []byte
		want string
	}{
		{"empty", nil, "not an NPY file"},
		{"other file", []byte("PK\x03\x04 and so on"), `not an NPY file: it begins with other bytes ("PK\x03\x04 a")`},
		{"truncated in the prefix", good[:9], "the header is truncated"},
		{"truncated in the header", good[:40], "byte 10: the header's length"},
		{"truncated in the data", good[:len(good)-1], "shape [2] of float32 takes 8 bytes, and there are 7"},
		{"more data", append(good[:len(good):len(good)], 0), "takes 8 bytes, and there are 9"},
		{"version", append([]byte(npyMagic), 9, 0, 1, 1, 1, 1), `byte 6: a version of NPY that is not known; 1 to 3 are ("9")`},
		{"pickle", npyFile(dictionary("|O", "(2,)"), nil), "a type that is not read"},
		{"pickle 8", npyFile(dictionary("|O8", "(2,)"), nil), "pickled Python objects, which are not read"},
		{"complex", npyFile(dictionary("<c8", "(1,)"), make([]byte, 8)), "complex numbers, which are not read"},
		{"dates", npyFile(dictionary("<M8[ns]", "(1,)"), make([]byte, 8)), "dates, which are not read"},
		{"records", npyFile("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}", make([]byte, 4)), "records with several fields"},
		{"no order", npyFile(dictionary("f4", "(2,)"), make([]byte, 8)), "a type that is not read"},
		{"long texts", npyFile(dictionary("<U9999999", "(0,)"), nil), "a type that is not read"},
		{"huge shape", npyFile(dictionary("<f4", "(9223372036854775807, 9)"), nil), "too large for any file"},
		{"product overflows", npyFile(dictionary("<f4", "(4294967296, 4294967296, 16)"), nil), "too large for any file"},
		{"number overflows", npyFile(dictionary("<f4", "(99999999999999999999,)"), nil), "too large"},
		{"negative", npyFile(dictionary("<f4", "(-1,)"), nil), "shape is no tuple of whole numbers"},
		{"rank", npyFile(dictionary("<f4", "("+strings.Repeat("1,", 33)+")"), make([]byte, 4)), "too large"},
		{"list", npyFile(dictionary("<f4", "[2]"), make([]byte, 8)), "shape is no tuple"},
		{"no dictionary", npyFile("(1,)", nil), "the header is no dictionary"},
		{"no end", npyFile("{'descr': '<f4'", nil), "no ',' behind the value of \"descr\""},
		{"key lacks", npyFile("{'descr': '<f4', 'shape': (1,)}", make([]byte, 4)), "the header lacks"},
		{"key twice", npyFile("{'descr': '<f4', 'descr': '<f4', 'shape': (1,)}", make([]byte, 4)), "twice"},
		{"other key", npyFile("{'description': '<f4'}", nil), `unknown key "description"`},
		{"order", npyFile("{'descr': '<f4', 'fortran_order': 1, 'shape': (1,)}", nil), "neither True nor False"},
		{"text behind", npyFile(dictionary("<f4", "(1,)")+"{}", make([]byte, 4)), "goes on behind its dictionary"},
	} {
		if _, err := NPY(c.data); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
	}
	// Python 2 wrote long numbers so.
	if a := mustNPY(t, "<f4", "(1L, 2L)", make([]byte, 8)); len(a.Shape) != 2 || a.Shape[1] != 2 {
		t.Errorf("shape %v", a.Shape)
	}
}

// archive makes a ZIP file of stored or deflated members.
func archive(t testing.TB, method uint16, members map[string][]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, data := range members {
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: method})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(data); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestNPZMistakes(t *testing.T) {
	one := npyFile(dictionary("<f4", "(2,)"), []byte{0, 0, 128, 63, 0, 0, 0, 64})
	stored := archive(t, zip.Store, map[string][]byte{"x.npy": one})
	deflated := archive(t, zip.Deflate, map[string][]byte{"x.npy": one})
	damage := func(data []byte, what, by string) []byte {
		out := bytes.Replace(data, []byte(what), []byte(by), 1)
		if bytes.Equal(out, data) {
			t.Fatalf("%q is not there", what)
		}
		return out
	}
	bomb := bytes.Clone(deflated)
	central := bytes.Index(bomb, []byte("PK\x01\x02"))
	binary.LittleEndian.PutUint32(bomb[central+24:], 1<<31-1) // stated size when unpacked
	for _, c := range []struct {
		name string
		data []byte
		want string
	}{
		{"no archive", []byte("nothing"), "not an NPZ file: zip: not a valid zip file"},
		{"truncated", stored[:len(stored)-30], "not an NPZ file"},
		{"another member", archive(t, zip.Store, map[string][]byte{"readme.txt": []byte("hello")}), `array "readme.txt": not an NPY file`},
		{"damaged elements", damage(stored, "\x80?\x00", "\x81?\x00"), `array "x": damaged archive: zip: checksum error`},
		{"bomb", bomb, `array "x": damaged archive: 2147483647 bytes cannot come out of`},
	} {
		if _, err := NPZ(c.data, nil); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
	}
	// What is not wanted is not read.
	mixed := archive(t, zip.Deflate, map[string][]byte{"x.npy": one, "notes": []byte("hello")})
	if got, err := NPZ(mixed, func(n string) bool { return n == "x" }); err != nil || len(got) != 1 {
		t.Errorf("one member: %v, %v", got, err)
	}
	if names, err := Names(mixed); err != nil || len(names) != 2 {
		t.Errorf("names: %q, %v", names, err)
	}
}

func tensorFile(header string, data []byte) []byte {
	out := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(out, header...), data...)
}

func TestSafetensorsMistakes(t *testing.T) {
	for _, c := range []struct{ name, header, want string }{
		{"no JSON", "{x}", "not a safetensors file: its header is not as it must be: this is not JSON"},
		{"another kind", `{"a":{"dtype":1}}`, `its header is not as it must be: "dtype" holds a number, where a string must stand`},
		{"no object", "[1]", "no object"},
		{"text behind", "{} {}", "goes on behind its object"},
		{"end", `{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}`, "header is not as it must be"},
		{"type", `{"a":{"dtype":"F8_E4M3","shape":[4],"data_offsets":[0,4]}}`, `array "a": a type that is not read; BOOL, whole numbers and F16, BF16, F32, F64 are ("F8_E4M3")`},
		{"range", `{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}`, `array "a": data_offsets, where 4 bytes follow the header ("[0 8]")`},
		{"order", `{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}`, "data_offsets"},
		{"negative", `{"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}`, "data_offsets"},
		{"one offset", `{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}`, "data_offsets"},
		{"no shape", `{"a":{"dtype":"F32","data_offsets":[0,4]}}`, "states no shape"},
		{"shape", `{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,4]}}`, "shape [3] of float32 takes 12 bytes, and there are 4"},
		{"negative shape", `{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}`, "negative size"},
		{"huge shape", `{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,4]}}`, "too large"},
		{"fraction", `{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}`, "byte "},
		{"twice", `{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"a":{"dtype":"U8","shape":[0],"data_offsets":[4,4]}}`, "two tensors of this name"},
		{"gap", `{"a":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}}`, "begins at byte 2 of the data, and the one before ends at 0"},
		{"overlap", `{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}}`, "the one before ends at 4"},
		{"rest", `{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}`, "2 bytes follow the last tensor"},
	} {
		if _, err := Safetensors(tensorFile(c.header, make([]byte, 4))); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
	}
	for _, data := range [][]byte{nil, {1, 2}, {255, 255, 255, 255, 255, 255, 255, 255}, tensorFile("{}", nil)[:9]} {
		if _, err := Safetensors(data); err == nil {
			t.Errorf("%v was accepted", data)
		}
	}
}

// use touches every element of arrays that a decoder accepted.
func use(t *testing.T, arrays []*Array) {
	t.Helper()
	for _, a := range arrays {
		if len(a.Shape) == 0 {
			a = a.Expanded(0)
		}
		if a.Type.Text() {
			for i := range min(a.Rows(), 100) {
				if len(a.Shape) == 1 {
					_, _ = a.Label(i) // an error is fine
				}
			}
			continue
		}
		row := make([]float32, a.RowSize())
		for i := range min(a.Rows(), 100) {
			a.Float32s(i, row)
			a.Unusable(i, row)
			if a.Type == Uint8 || a.Type == Bool {
				a.Uint8s(i)
			}
		}
	}
}

func seed(f *testing.F, pattern string) {
	f.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", pattern))
	if err != nil || len(files) == 0 {
		f.Fatal("no seeds", err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
}

func FuzzNPY(f *testing.F) {
	seed(f, "*.npy")
	f.Add(npyFile(dictionary("<U0", "(1000000000000,)"), nil))
	f.Add(npyFile(dictionary("<f4", "(3, 0)"), nil))
	f.Fuzz(func(t *testing.T, data []byte) {
		a, err := NPY(data)
		if alteration.Plain(t, err); err == nil {
			use(t, []*Array{a})
		}
	})
}

func FuzzNPZ(f *testing.F) {
	seed(f, "*.npz")
	f.Fuzz(func(t *testing.T, data []byte) {
		a, err := NPZ(data, nil)
		if alteration.Plain(t, err); err == nil {
			use(t, a)
		}
	})
}

func FuzzSafetensors(f *testing.F) {
	seed(f, "*.safetensors")
	f.Add(tensorFile(`{"a":{"dtype":"U8","shape":[2,0],"data_offsets":[0,0]}}`, nil))
	f.Fuzz(func(t *testing.T, data []byte) {
		a, err := Safetensors(data)
		if alteration.Plain(t, err); err == nil {
			use(t, a)
		}
	})
}
