package dataset

import (
	"strings"
	"testing"
	"unicode"

	"github.com/sharewise/sharewise/analysis/datafile/filetest"
)

var lfsPointer = filetest.Lines("version https://git-lfs.github.com/spec/v1", "oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393", "size 12345")

// TestForeignFiles names files that are not what their names and the study say,
// in every reader, without a byte that a terminal would not print.
func TestForeignFiles(t *testing.T) {
	workbook := filetest.Zip(t, "xl/workbook.xml", []byte("<workbook/>"))
	archive := filetest.Zip(t, "a.csv", filetest.Lines(rows(40)...))
	table := tableStudy("columns: {label: y}")
	for _, c := range []struct {
		name, file, text string
		data             []byte
		want             string
	}{
		{"pointer as table", "a.csv", table, lfsPointer, "is a Git LFS pointer"},
		{"packed pointer", "a.csv", table, filetest.Gzip(lfsPointer), "git lfs pull"},
		{"pointer as Parquet", "a.parquet", parquetStudy("columns: {label: y}"), lfsPointer, "is a Git LFS pointer"},
		{"pointer as image", "a/x/1.png", imageStudy("image: [2, 2]", ""), lfsPointer, "is a Git LFS pointer"},
		{"workbook as table", "a.csv", table, workbook, "is an Excel workbook (.xlsx); save its sheet as CSV"},
		{"archive as table", "a.csv", table, archive, "is a zip archive; unpack it"},
		{"Parquet as table", "a.csv", table, filetest.Parquet(t, filetest.Readings(5)), "is a Parquet file"},
		{"web page as table", "a.csv", table, []byte("<!DOCTYPE html>\n<html>\n"), "is a web page"},
		{"noise as table", "a.csv", table, []byte("\x00\x01\x02\x03\xfe\x07\x00\x00\x1b[31m"), "is not text"},
		{"archive as Parquet", "a.parquet", parquetStudy("columns: {label: y}"), archive, "is a zip archive"},
	} {
		dir := t.TempDir()
		filetest.Write(t, dir, c.file, c.data)
		if strings.HasPrefix(c.file, "a/") {
			filetest.Write(t, dir, "a/y/1.png", filetest.Grey(t, 2, 2, 0))
		}
		_, err := open(t, dir, c.text)
		if err == nil || !strings.Contains(err.Error(), strings.TrimPrefix(c.want, "is ")) {
			t.Errorf("%s: %v\nwant %s", c.name, err, c.want)
			continue
		}
		if strings.ContainsFunc(err.Error(), func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }) {
			t.Errorf("%s: the message holds what a terminal cannot print: %q", c.name, err)
		}
	}
}
