package inspection

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/study"
)

// write puts a file into a folder that it makes where needed.
func write(t testing.TB, dir, name string, data []byte) {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// rows makes a table.
func rows(lines ...string) []byte { return []byte(strings.Join(lines, "\n") + "\n") }

func picture(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// inspect opens all domains of a study given as YAML below its head.
func inspect(t *testing.T, dir, body string, o Options) *Report {
	t.Helper()
	s, err := study.ParseBytes([]byte("version: 1\nname: s\n"+body), "study.yaml", dir)
	if err != nil {
		t.Fatal(err)
	}
	domains, err := Open(context.Background(), s, nil)
	if err != nil {
		t.Fatal(err)
	}
	r, err := Inspect(context.Background(), s, domains, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

var exactly = Options{Near: -1}

// warns reports whether a warning of a kind about a domain holds a text.
func warns(r *Report, kind Kind, domain, text string) bool {
	for _, w := range r.Warnings {
		if w.Kind == kind && w.Domain == domain && strings.Contains(w.Text, text) {
			return true
		}
	}
	return false
}

// plain is a table of n rows with two classes, x from first on.
func plain(n, first int) []string {
	out := []string{"x,z,y"}
	for i := range n {
		out = append(out, fmt.Sprintf("%d,%d,%s", first+i, i%7, []string{"a", "b"}[i%2]))
	}
	return out
}

// open indexes the contents of all domains of a study.
func open(t *testing.T, dir, body string) *contents {
	t.Helper()
	s, err := study.ParseBytes([]byte("version: 1\nname: s\n"+body), "study.yaml", dir)
	if err != nil {
		t.Fatal(err)
	}
	domains, err := Open(context.Background(), s, nil)
	if err != nil {
		t.Fatal(err)
	}
	c, err := newContents(context.Background(), domains)
	if err != nil {
		t.Fatal(err)
	}
	return c
}
