package parquetfile

import (
	"bytes"
	"encoding/binary"
	"io"
	"os"
	"os/exec"
	"runtime"
	"slices"
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
	{"a run in 6 bytes of 2^31-1 words of a dictionary takes 8.6 GB", func(t testing.TB) []byte {
		words := page(t, format.PageHeader{Type: format.DictionaryPage, DictionaryPageHeader: thrift.New(format.DictionaryPageHeader{NumValues: 1})}, make([]byte, 4))
		return ofPages(t, words, page(t, values(format.RLEDictionary), append([]byte{1}, run()...)))
	}, "out of memory"},
	{"2^31-1 differences in 20 bytes take 8.6 GB", func(t testing.TB) []byte {
		return ofPages(t, page(t, values(format.DeltaBinaryPacked), differences()))
	}, "out of memory"},
	{"lengths of texts do", func(t testing.TB) []byte {
		return ofPagesAs[string](t, page(t, values(format.DeltaLengthByteArray), differences()))
	}, "out of memory"},
	{"six prefixes of 2^31-1 bytes are added up to 12 GB", func(t testing.TB) []byte {
		return ofPagesAs[string](t, page(t, values(format.DeltaByteArray), append(deltasOf(t, slices.Repeat([]int32{1<<31 - 1}, 6)), deltasOf(t, make([]int32, 6))...)))
	}, "slice bounds"},
	{"differences behind a head of none take 8.6 GB, since the size is guessed before", func(t testing.TB) []byte {
		return ofPagesAs[string](t, page(t, values(format.DeltaByteArray), append([]byte{1, 1, 1, 0}, differences()...)))
	}, "out of memory"},
	{"a run of none moves what is read by a byte", func(t testing.TB) []byte {
		levels := append([]byte{0}, bytes.Repeat(run(), 5)...)
		h := format.PageHeader{Type: format.DataPageV2, DataPageHeaderV2: thrift.New(format.DataPageHeaderV2{NumValues: 1, NumRows: 1, DefinitionLevelsByteLength: int32(len(levels))})}
		return ofPagesAs[*int32](t, page(t, h, append(levels, make([]byte, 4)...)))
	}, "out of memory"},
	{"levels of 32 bytes take 10 GB", func(t testing.TB) []byte {
		levels := bytes.Repeat(run(), 5)
		body := append(binary.LittleEndian.AppendUint32(nil, uint32(len(levels))), levels...)
		return ofPagesAs[*int32](t, page(t, values(format.Plain), append(body, make([]byte, 4)...)))
	}, "out of memory"},
	{"levels of a page of version 2 do", func(t testing.TB) []byte {
		levels := bytes.Repeat(run(), 5)
		h := format.PageHeader{Type: format.DataPageV2, DataPageHeaderV2: thrift.New(format.DataPageHeaderV2{NumValues: 1, NumRows: 1, DefinitionLevelsByteLength: int32(len(levels))})}
		return ofPagesAs[*int32](t, page(t, h, append(levels, make([]byte, 4)...)))
	}, "out of memory"},
	{"true and false in runs of 2^31-1", func(t testing.TB) []byte {
		runs := bytes.Repeat(run(), 40)
		return ofPagesAs[bool](t, page(t, values(format.RLE), append(binary.LittleEndian.AppendUint32(nil, uint32(len(runs))), runs...)))
	}, "out of memory"},
	{"a dictionary of 256 KB that says as many words of 32 000 bytes takes 8 GB", func(t testing.TB) []byte {
		const n = 256000
		words := page(t, format.PageHeader{Type: format.DictionaryPage, DictionaryPageHeader: thrift.New(format.DictionaryPageHeader{NumValues: n})}, make([]byte, n))
		return ofPagesAs[[32000]byte](t, words, page(t, values(format.RLEDictionary), []byte{0, 2}))
	}, "out of memory"},
}

// values is the head of a page of one value.
func values(e format.Encoding) format.PageHeader {
	return format.PageHeader{Type: format.DataPage, DataPageHeader: thrift.New(format.DataPageHeader{NumValues: 1, Encoding: e, DefinitionLevelEncoding: format.RLE, RepetitionLevelEncoding: format.RLE})}
}

// run repeats one value 2^31-1 times.
func run() []byte { return append(binary.AppendUvarint(nil, 2*(1<<31-1)), 0) }

// differences is the head of 2^31-1 of them.
func differences() []byte {
	return append(binary.AppendUvarint([]byte{0x80, 0x01, 4}, 1<<31-1), make([]byte, 12)...)
}

func deltasOf(t testing.TB, v []int32) []byte {
	t.Helper()
	out, err := parquet.DeltaBinaryPacked.EncodeInt32(nil, v)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// page is a page with its head, not packed.
func page(t testing.TB, h format.PageHeader, body []byte) []byte {
	t.Helper()
	h.CompressedPageSize, h.UncompressedPageSize = int32(len(body)), int32(len(body))
	head, err := thrift.Marshal(new(thrift.CompactProtocol), &h)
	if err != nil {
		t.Fatal(err)
	}
	return append(head, body...)
}

func ofPages(t testing.TB, pages ...[]byte) []byte { return ofPagesAs[int32](t, pages...) }

// ofPagesAs is a file of one column, which has these pages and one value.
func ofPagesAs[T any](t testing.TB, pages ...[]byte) []byte {
	t.Helper()
	type row struct {
		A T `parquet:"a"`
	}
	var b bytes.Buffer
	w := parquet.NewGenericWriter[row](&b, parquet.Compression(&parquet.Uncompressed))
	_, err := w.Write(make([]row, 1))
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	meta, _ := footerOf(t, b.Bytes())
	all := bytes.Join(pages, nil)
	c := &meta.RowGroups[0].Columns[0].MetaData
	c.DataPageOffset, c.DictionaryPageOffset = 4, 0
	c.TotalCompressedSize, c.TotalUncompressedSize = int64(len(all)), int64(len(all))
	return endWith(t, append([]byte("PAR1"), all...), &meta)
}

// footerOf returns the footer of a file, and where it begins.
func footerOf(t testing.TB, data []byte) (meta format.FileMetaData, at int) {
	t.Helper()
	at = len(data) - 8 - int(binary.LittleEndian.Uint32(data[len(data)-8:]))
	if err := thrift.Unmarshal(new(thrift.CompactProtocol), data[at:len(data)-8], &meta); err != nil {
		t.Fatal(err)
	}
	return meta, at
}

// endWith adds a footer to what comes before it.
func endWith(t testing.TB, before []byte, meta *format.FileMetaData) []byte {
	t.Helper()
	footer, err := thrift.Marshal(new(thrift.CompactProtocol), meta)
	if err != nil {
		t.Fatal(err)
	}
	before = append(before, footer...)
	return append(binary.LittleEndian.AppendUint32(before, uint32(len(footer))), "PAR1"...)
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
	meta, end := footerOf(t, data)
	if at < 0 || at > end {
		t.Fatal("no header of a page with 70 values")
	}
	meta.RowGroups[0].Columns[0].MetaData.TotalCompressedSize += 3
	meta.RowGroups[0].Columns[0].MetaData.TotalUncompressedSize += 3
	meta.RowGroups[0].Columns[0].MetaData.NumValues = 1<<31 - 1
	meta.RowGroups[0].NumRows, meta.NumRows = 1<<31-1, 1<<31-1
	out := binary.AppendUvarint(append(bytes.Clone(data[:at]), 0x15), 2*(1<<31-1))
	return endWith(t, append(out, data[at+3:end]...), &meta)
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
