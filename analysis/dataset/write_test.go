package dataset

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/binary"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/study"
)

// idx encodes bytes with dimensions as an IDX file.
func idx(data []byte, dims ...int) []byte {
	out := []byte{0, 0, 8, byte(len(dims))}
	for _, d := range dims {
		out = binary.BigEndian.AppendUint32(out, uint32(d))
	}
	return append(out, data...)
}

func packed(data []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(data); err != nil {
		panic(err) // a buffer takes everything
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func write(t testing.TB, dir, name string, data []byte) {
	t.Helper()
	path := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// grey makes a PNG of one grey level.
func grey(t testing.TB, h, w int, level byte) []byte {
	t.Helper()
	m := image.NewGray(image.Rect(0, 0, w, h))
	for i := range m.Pix {
		m.Pix[i] = level
	}
	return encode(t, m)
}

func encode(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func colour(t testing.TB, h, w int, c color.Color) []byte {
	t.Helper()
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for i := range h * w {
		m.Set(i%w, i/w, c)
	}
	return encode(t, m)
}

// parse reads a study whose files are in dir. The text lacks version and name.
func parse(t testing.TB, dir, text string) *study.Study {
	t.Helper()
	s, err := study.ParseBytes([]byte("version: 1\nname: test\n"+text), "study.yaml", dir)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// open reads the first domain of a study.
func open(t testing.TB, dir, text string) (*Domain, error) {
	t.Helper()
	s := parse(t, dir, text)
	return Open(context.Background(), s, s.Domains[0])
}

func mustOpen(t testing.TB, dir, text string) *Domain {
	t.Helper()
	d, err := open(t, dir, text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// tableStudy is a study of two domains, the first of which is in a.csv.
func tableStudy(settings string) string {
	return "domains: [{name: a, data: a.csv, " + settings + "}, {name: b, data: b.csv, columns: {label: y}}]\n"
}

// idxStudy is a study of two domains, the first of which is in i and l.
func idxStudy(input, settings string) string {
	return "input: {" + input + "}\ndomains: [{name: a, data: {images: i, labels: l}" + settings + "}, {name: b, data: {images: x, labels: y}}]\n"
}

// imageStudy is a study of two domains, the first of which is in folder a.
func imageStudy(input, settings string) string {
	return "input: {" + input + "}\ndomains: [{name: a, data: a, format: images" + settings + "}, {name: b, data: b, format: images}]\n"
}

// lines joins the lines of a file.
func lines(l ...string) []byte { return []byte(strings.Join(l, "\n") + "\n") }
