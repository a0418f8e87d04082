package dataset

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/unicode"
)

// TestTextFilesOfEncodings reads the same texts in UTF-8, UTF-16 and Shift JIS, by which
// a file of two characters alone could not be told.
func TestTextFilesOfEncodings(t *testing.T) {
	dir := t.TempDir()
	write := func(site, class string, i int, e encoding.Encoding, text string) {
		t.Helper()
		p := filepath.Join(dir, site, class, fmt.Sprintf("%02d.txt", i))
		if err := os.MkdirAll(filepath.Dir(p), 0o700); err != nil {
			t.Fatal(err)
		}
		out, err := e.NewEncoder().String(text)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(out), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	utf16 := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	for i := range 12 {
		for class, word := range map[string]string{"機械": "軸受の異音を確認", "電気": "基板の断線を修理"} {
			text := fmt.Sprintf("%sしました。番号%d", word, i)
			if i == 0 {
				text = word[:6] // two characters
			}
			write("utf8", class, i, encoding.Nop, text)
			write("utf16", class, i, utf16, text)
			write("sjis", class, i, japanese.ShiftJIS, text)
		}
	}
	domains, err := openTexts(t, dir, "domains: [{name: utf8, data: utf8}, {name: utf16, data: utf16}, {name: sjis, data: sjis}]\ninput: {kind: text, text: {encoding: words, length: 16}}\n")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][]float32{}
	for _, d := range domains {
		if said := strings.Contains(strings.Join(d.Notes, " "), "24 of 24 texts are not UTF-8 and were read as shift_jis"); said != (d.Name == "sjis") {
			t.Errorf("%s: notes %q", d.Name, d.Notes)
		}
		texts := 0
		for _, split := range []*Split{d.Train, d.Val, d.Test} {
			for i := range split.Len() {
				x := make([]float32, 16)
				if err := split.Gather([]int{i}, x); err != nil {
					t.Fatal(err)
				}
				texts++
				switch name := split.Member(i); {
				case want[name] == nil:
					want[name] = x
				case !slices.Equal(x, want[name]):
					t.Errorf("%s: %s becomes other numbers than in UTF-8", d.Name, name)
				}
			}
		}
		if texts != 24 {
			t.Errorf("%s: %d texts", d.Name, texts)
		}
	}
}
