package filekind

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"
	"unicode/utf16"
)

// zipped makes an archive of empty members.
func zipped(t *testing.T, names ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, n := range names {
		if _, err := w.Create(n); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestOf(t *testing.T) {
	tar := make([]byte, 512)
	copy(tar, "table.csv")
	copy(tar[257:], "ustar\x0000")
	for _, c := range []struct {
		head []byte
		want string
	}{
		{[]byte("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 7\n"), "git lfs pull"},
		{[]byte("fLaC\x00\x00\x00\x22"), "a FLAC recording; save it as WAV"},
		{[]byte("TDSm\x0e\x00\x00\x00"), "a TDMS file; save its channels as WAV or CSV"},
		{zipped(t, "[Content_Types].xml", "xl/workbook.xml"), "an Excel workbook (.xlsx); save its sheet as CSV"},
		{zipped(t, "word/document.xml"), "an Office document"},
		{zipped(t, "inputs.npy"), ".npz"},
		{zipped(t, "archive/data.pkl"), "PyTorch"},
		{zipped(t, "table.csv"), "a zip archive; unpack it"},
		{[]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00"), "old Excel"},
		{tar, "tar archive"},
		{[]byte("PAR1\x15\x04\x00\x00"), "Parquet"},
		{[]byte("\x80\x04\x95\x10"), "pickle"},
		{[]byte("\n <!DOCTYPE html>\n<title>Sign in</title>"), "a web page"},
		{[]byte(`[{"a": 1}]`), "JSON"},
		{[]byte("a,b\n1,2\n"), ""},
		{[]byte("ORCHID,b\n1,2\n"), ""},
		{nil, ""},
	} {
		got := Of(c.head)
		if c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%.20q is %q, want %q", c.head, got, c.want)
		}
	}
}

func TestIsText(t *testing.T) {
	wide := func(s string, big bool) []byte {
		var out []byte
		for _, u := range utf16.Encode([]rune(s)) {
			if big {
				out = append(out, byte(u>>8), byte(u))
			} else {
				out = append(out, byte(u), byte(u>>8))
			}
		}
		return out
	}
	for _, c := range []struct {
		name  string
		head  []byte
		text  bool
		order ByteOrder
	}{
		{"UTF-8", []byte("größe,b\n1,2\n"), true, 0},
		{"Windows-1252", []byte("gr\xf6\xdfe,b\n1,2\n"), true, 0},
		{"little-endian", wide("größe,b\n1,2\n", false), true, LittleEndian},
		{"big-endian", wide("größe,b\n1,2\n", true), true, BigEndian},
		{"a mark alone", wide("\ufeff价格,类别\n", false), true, LittleEndian},
		{"floats", []byte{0, 0, 0x80, 0x3f, 0, 0, 0, 0x40, 0, 0, 0x40, 0x40}, false, 0},
		{"empty", nil, true, 0},
	} {
		if got := IsText(c.head); got != c.text {
			t.Errorf("%s: text %v", c.name, got)
		}
		if got := UTF16(c.head); got != c.order {
			t.Errorf("%s: byte order %q", c.name, got)
		}
	}
}

// TestHead reads beginnings of what is shorter and longer than a head, in pieces, and of what
// cannot be read.
func TestHead(t *testing.T) {
	for _, n := range []int{0, 1, HeadBytes - 1, HeadBytes, HeadBytes + 1} {
		text := strings.Repeat("a", n)
		r := strings.NewReader(text)
		head, err := Head(struct {
			io.Reader
			io.Seeker
		}{iotest.OneByteReader(r), r})
		if err != nil || string(head) != text[:min(n, HeadBytes)] || r.Len() != n {
			t.Errorf("of %d bytes: %d, %d left, %v", n, len(head), r.Len(), err)
		}
	}
	r := strings.NewReader("x")
	if _, err := Head(struct {
		io.Reader
		io.Seeker
	}{iotest.ErrReader(syscall.EIO), r}); !errors.Is(err, syscall.EIO) {
		t.Errorf("of a disk that fails: %v", err)
	}
}
