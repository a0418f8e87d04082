package parquetfile

import (
	"bytes"
	"encoding/binary"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// upstream are files on which parquet-go itself fails, as they can be reported to it: each
// is small or can be made by a line, and needs nothing of this package.
var upstream = []struct {
	name string
	file func(t testing.TB) []byte
	// fails says what is seen of the library where it gets the file.
	fails string
}{
	{"a footer that says a list has 2^31 elements is allocated before its bytes are there", func(testing.TB) []byte {
		return []byte("PAR1\x15\x02\x19\xfc\xff\xff\xff\xff\x07\x09\x00\x00\x00PAR1")
	}, "out of memory"},
	{"a footer of 5 MB of structs in one another overflows the stack", func(testing.TB) []byte {
		return withFooter(append([]byte("\x15\x02\x19"), bytes.Repeat([]byte{0x1c}, 5<<20)...))
	}, "stack"},
	{"the header of a page that says 2^31-1 values takes 8.6 GB before the page is read", manyValues, "out of memory"},
}

// manyValues is a file of one page whose header says 2^31-1 values.
func manyValues(t testing.TB) []byte {
	t.Helper()
	type row struct {
		A int32 `parquet:"a,dict"`
	}
	var b bytes.Buffer
	w := parquet.NewGenericWriter[row](&b, parquet.DataPageVersion(1))
	rows := make([]row, 70)
	for i := range rows {
		rows[i].A = int32(i % 2)
	}
	_, err := w.Write(rows)
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	// The number of values, 70 as a zigzag varint, grows by three bytes in the header.
	data := b.Bytes()
	at := bytes.Index(data, []byte{0x15, 0x8c, 0x01, 0x15})
	n := int(binary.LittleEndian.Uint32(data[len(data)-8:]))
	end := len(data) - 8 - n
	var meta format.FileMetaData
	if err := thrift.Unmarshal(new(thrift.CompactProtocol), data[end:len(data)-8], &meta); err != nil || at < 0 || at > end {
		t.Fatal("no header of a page with 70 values: ", err)
	}
	meta.RowGroups[0].Columns[0].MetaData.TotalCompressedSize += 3
	meta.RowGroups[0].Columns[0].MetaData.TotalUncompressedSize += 3
	meta.RowGroups[0].Columns[0].MetaData.NumValues = 1<<31 - 1
	meta.RowGroups[0].NumRows, meta.NumRows = 1<<31-1, 1<<31-1
	footer, err := thrift.Marshal(new(thrift.CompactProtocol), &meta)
	if err != nil {
		t.Fatal(err)
	}
	out := binary.AppendUvarint(append(bytes.Clone(data[:at]), 0x15), 2*(1<<31-1))
	out = append(append(out, data[at+3:end]...), footer...)
	return append(binary.LittleEndian.AppendUint32(out, uint32(len(footer))), "PAR1"...)
}

// TestUpstream gives these files to this package, which refuses them, and with
// SHAREWISE_UPSTREAM=1 to the library in a process of its own, to see whether its faults
// are still there.
func TestUpstream(t *testing.T) {
	if name := os.Getenv("SHAREWISE_UPSTREAM_FILE"); name != "" {
		readByLibrary(t, name)
		return
	}
	for _, u := range upstream {
		t.Run(u.name, func(t *testing.T) {
			data := u.file(t)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := Guard(func() (struct{}, error) { return struct{}{}, readAll(bytes.NewReader(data), int64(len(data))) })
			runtime.ReadMemStats(&after)
			if took := after.TotalAlloc - before.TotalAlloc; err == nil || took > 200<<20 {
				t.Errorf("%v, after %d MB", err, took>>20)
			}
			if os.Getenv("SHAREWISE_UPSTREAM") == "" {
				return
			}
			file := t.TempDir() + "/a.parquet"
			if err := os.WriteFile(file, data, 0o644); err != nil {
				t.Fatal(err)
			}
			cmd := exec.Command("sh", "-c", `ulimit -v 8000000; exec "$0" "$@"`, os.Args[0], "-test.v", "-test.run", "TestUpstream$")
			cmd.Env = append(os.Environ(), "SHAREWISE_UPSTREAM_FILE="+file)
			out, err := cmd.CombinedOutput()
			if err == nil || !strings.Contains(string(out), u.fails) {
				t.Errorf("the library has mended it? %v: %.300s", err, out)
			}
		})
	}
}

// readAll reads the pages of all columns by this package.
func readAll(f io.ReaderAt, size int64) error {
	file, err := Open(f, size)
	if err != nil {
		return err
	}
	for _, group := range file.RowGroups() {
		for _, c := range file.Root().Columns() {
			pages, err := Pages(c, group)
			if err != nil {
				return err
			}
			for err == nil {
				_, err = pages.ReadPage()
			}
			if err != io.EOF { //nolint:errorlint // as the library returns it
				return err
			}
		}
	}
	return nil
}

// readByLibrary does the same without this package.
func readByLibrary(t *testing.T, name string) {
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	file, err := parquet.OpenFile(f, info.Size(), parquet.SkipPageIndex(true))
	if err != nil {
		t.Fatal(err)
	}
	for _, group := range file.RowGroups() {
		for _, c := range group.ColumnChunks() {
			pages := c.Pages()
			for err == nil {
				_, err = pages.ReadPage()
			}
			t.Log(err)
		}
	}
}
