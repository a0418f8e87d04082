// Package filekind tells what a file is by how it begins, for messages about
// files that are not what a reader expects.
//
// Names of files lie: a workbook is called table.csv, a Git LFS pointer stands
// where a model should, a page that asks for a password was saved as data.zip.
// [Of] names such files and says what to do; [IsText] keeps what is no text out
// of readers of text, and so out of messages.
package filekind

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"unicode/utf8"
)

// HeadBytes is how much of a file's beginning [Of] and [IsText] look at.
const HeadBytes = 4096

// Head returns the beginning of what r has, [HeadBytes] of it or all, and goes back to where
// it began.
func Head(r io.ReadSeeker) ([]byte, error) {
	head := make([]byte, HeadBytes)
	n, err := io.ReadFull(r, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, err
	}
	_, err = r.Seek(int64(-n), io.SeekCurrent)
	return head[:n], err
}

// kind is one kind of file.
type kind struct {
	at   int    // where the mark stands
	mark string // what the file has there
	what string // what it is, and what to do
}

// kinds are looked through in this order.
var kinds = []kind{
	{0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel or other Office file; save its table as CSV"},
	{0, "\x1f\x8b", "packed with gzip; unpack it"},
	{0, "BZh", "packed with bzip2; unpack it"},
	{0, "\xfd7zXZ\x00", "packed with xz; unpack it"},
	{0, "\x28\xb5\x2f\xfd", "packed with zstd; unpack it"},
	{0, "\x04\x22\x4d\x18", "packed with lz4; unpack it"},
	{0, "7z\xbc\xaf\x27\x1c", "a 7z archive; unpack it"},
	{0, "Rar!\x1a\x07", "a RAR archive; unpack it"},
	{257, "ustar", "a tar archive; unpack it"},
	{0, "PAR1", "a Parquet file; give it the ending .parquet, or set format: parquet"},
	{0, "ARROW1", "an Arrow or Feather file; save it as Parquet or CSV"},
	{0, "ORC", "an ORC file; save it as Parquet or CSV"},
	{0, "Obj\x01", "an Avro file; save it as Parquet or CSV"},
	{0, "\x89HDF\r\n\x1a\n", "an HDF5 file; save its arrays as NPY, NPZ or safetensors, its tables as CSV or Parquet"},
	{0, "MATLAB 5.0 MAT-file", "a MATLAB file; save its arrays as NPY or NPZ, its tables as CSV"},
	{0, "\x93NUMPY", "a NumPy array; give it the ending .npy, or set format: array"},
	{0, "SQLite format 3\x00", "an SQLite database; save the table as CSV or Parquet"},
	{0, "RDX", "an R data file; save the table as CSV"},
	{0, "$FL2", "an SPSS file; save the table as CSV"},
	{0, "<stata_dta>", "a Stata file; save the table as CSV"},
	{0, "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\xc2\xea\x81\x60", "a SAS file; save the table as CSV"},
	{0, "\x89PNG\r\n\x1a\n", "a PNG image"},
	{0, "\xff\xd8\xff", "a JPEG image"},
	{0, "GIF8", "a GIF image"},
	{0, "II*\x00", "a TIFF image"},
	{0, "MM\x00*", "a TIFF image"},
	{0, "RIFF", "a WAV or other RIFF file"},
	{0, "fLaC", "a FLAC recording; save it as WAV"},
	{0, "OggS", "an Ogg recording; save it as WAV"},
	{0, "ID3", "an MP3 recording; save it as WAV"},
	{0, "TDSm", "a TDMS file; save its channels as WAV or CSV"},
	{0, "%PDF-", "a PDF document; save its table as CSV"},
}

// A Git LFS pointer begins with lfsMark, by the specification of Git LFS.
const (
	lfsMark = "version https://git-lfs.github.com/spec/"
	lfs     = "a Git LFS pointer, not the file that it stands for; fetch that with 'git lfs pull'"
)

// IsLFS reports whether a file is a Git LFS pointer: a few lines of text that
// stand in a checkout for a large file that was not fetched.
func IsLFS(head []byte) bool { return bytes.HasPrefix(head, []byte(lfsMark)) }

// Of says what a file is and what to do about it where another one is expected,
// as the rest of a sentence that begins with "is": "a zip archive; unpack it".
// It is empty for what is not known, as tables and other texts are. head is the
// beginning of the file, [HeadBytes] of it or all.
func Of(head []byte) string {
	if IsLFS(head) {
		return lfs
	}
	text := IsText(head) // which may begin with any letters
	for _, k := range kinds {
		printable := !strings.ContainsFunc(k.mark, func(r rune) bool { return r < ' ' || r > '~' })
		if len(head) >= k.at && bytes.HasPrefix(head[k.at:], []byte(k.mark)) && !(text && printable) {
			return k.what
		}
	}
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return zipKind(head)
	case len(head) > 1 && head[0] == 0x80 && head[1] >= 2 && head[1] <= 5:
		return "a Python pickle; save its table as CSV or Parquet, its arrays as NPY or NPZ"
	}
	return textKind(head)
}

// zipKind tells what is in a zip archive by the name of its first members.
func zipKind(head []byte) string {
	has := func(name string) bool { return bytes.Contains(head, []byte(name)) }
	switch {
	case has("xl/"), has("[Content_Types].xml") && !has("word/") && !has("ppt/"):
		return "an Excel workbook (.xlsx); save its sheet as CSV"
	case has("opendocument.spreadsheet"):
		return "an OpenDocument spreadsheet (.ods); save its sheet as CSV"
	case has("word/"), has("ppt/"), has("opendocument"):
		return "an Office document; save its table as CSV"
	case has(".npy"):
		return "an archive of NumPy arrays; give it the ending .npz, or set format: array"
	case has("data.pkl"):
		return "a PyTorch file; save its tensors as safetensors or NPZ, its model as ONNX"
	}
	return "a zip archive; unpack it"
}

// textKind tells texts that are no tables.
func textKind(head []byte) string {
	text := strings.ToLower(string(bytes.TrimLeft(bytes.TrimPrefix(head[:min(len(head), 512)], []byte("\ufeff")), " \t\r\n")))
	starts := func(marks ...string) bool {
		for _, m := range marks {
			if strings.HasPrefix(text, m) {
				return true
			}
		}
		return false
	}
	switch {
	case starts("<!doctype html", "<html"):
		return "a web page, perhaps one that says why a download failed; fetch the file itself"
	case starts("<?xml"):
		return "an XML document; save its table as CSV"
	case starts("@relation"):
		return "an ARFF file; save it as CSV"
	case starts(`{"`, `[{"`, "{\n", "[\n", "{\r\n", "[\r\n"):
		return "JSON, and no list of objects; save its table as CSV or Parquet"
	}
	return ""
}

// IsText reports whether a file may be text: in UTF-8, in UTF-16 with or
// without a byte-order mark, or in an encoding of one byte per character.
func IsText(head []byte) bool {
	if UTF16(head) != 0 {
		return true
	}
	odd := 0
	for _, c := range head {
		switch {
		case c == 0:
			return false
		case c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != 0x1a && c != 0x1b:
			odd++
		}
	}
	return 20*odd <= len(head)
}

// ByteOrder is that of text in UTF-16; 0 is other text.
type ByteOrder byte

// The byte orders of UTF-16.
const (
	LittleEndian ByteOrder = 'L'
	BigEndian    ByteOrder = 'B'
)

// UTF16 tells the byte order of text in UTF-16 by its byte-order mark or,
// without one, by where the zeros of common characters stand; 0 for other
// files.
func UTF16(head []byte) ByteOrder {
	if len(head) < 2 {
		return 0
	}
	switch {
	case head[0] == 0xff && head[1] == 0xfe:
		return LittleEndian
	case head[0] == 0xfe && head[1] == 0xff:
		return BigEndian
	}
	// Texts of European languages have a zero in most characters, always on the
	// same side, and characters that can be printed on the other.
	var zeros, plain [2]int
	head = head[:len(head)&^1]
	for i, c := range head {
		switch {
		case c == 0:
			zeros[i&1]++
		case c >= ' ' && c < utf8.RuneSelf || c == '\t' || c == '\r' || c == '\n':
			plain[i&1]++
		}
	}
	pairs := len(head) / 2
	for side, order := range []ByteOrder{BigEndian, LittleEndian} {
		if 10*zeros[side] >= 9*pairs && zeros[1-side] == 0 && 3*plain[1-side] >= 2*pairs {
			return order
		}
	}
	return 0
}
