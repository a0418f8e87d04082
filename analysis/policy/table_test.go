package policy

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/versioned/alteration"
)

func TestReadLabels(t *testing.T) {
	file := filepath.Join(t.TempDir(), "labels.csv")
	for _, c := range []struct{ text, want, fails string }{
		{"\ufeffdomain,owner,purpose\nnorth,acme,quality;repair\n\nsouth, bolt ,\n", "[{north map[owner:[acme] purpose:[quality repair]]} {south map[owner:[bolt]]}]", ""},
		{"domain,owner\nnorth,\n", "[{north map[]}]", ""},
		{"", "", "the file is empty"},
		{"name,owner\nnorth,acme\n", "", `line 1: the first column is "name"`},
		{"domain\nnorth\n", "", "no column beside domain"},
		{"domain,owner,owner\n", "", "owner is there twice"},
		{"domain,\n", "", "column 2 has no name"},
		{"domain,owner\n", "", "no domain in it"},
		{"domain,owner\nnorth,acme\nnorth,bolt\n", "", "line 3: north is there twice"},
		{"domain,owner\n,acme\n", "", "line 2: no domain is named"},
		{"domain,owner\nnorth\n", "", "line 2"},
	} {
		if err := os.WriteFile(file, []byte(c.text), 0o644); err != nil {
			t.Fatal(err)
		}
		got, err := ReadLabels(file)
		switch {
		case c.fails == "" && (err != nil || fmt.Sprint(got) != c.want):
			t.Errorf("%q: %v, %v", c.text, got, err)
		case c.fails != "" && (!errors.Is(err, ErrLabels) || !strings.Contains(err.Error(), c.fails) || !strings.Contains(err.Error(), file)):
			t.Errorf("%q: %v, want %q", c.text, err, c.fails)
		}
	}
}

// FuzzReadLabels reads anything.
func FuzzReadLabels(f *testing.F) {
	f.Add("domain,owner\nnorth,\"a;b\"\n")
	f.Fuzz(func(t *testing.T, text string) {
		got, err := readLabels(strings.NewReader(text))
		alteration.Plain(t, err)
		if err == nil && len(got) == 0 {
			t.Error("no domains, and no error")
		}
	})
}
