package parquetfile

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"

	"github.com/sharewise/sharewise/analysis/versioned/alteration"
)

type measured struct {
	A int64   `parquet:"a"`
	B float64 `parquet:"b,optional"`
	C string  `parquet:"c,dict"`
}

func rows(n int) []measured {
	out := make([]measured, n)
	for i := range out {
		out[i] = measured{int64(i * i), float64(i%7) / 3, fmt.Sprint("word ", i%5)}
	}
	return out
}

// pack writes a file of several row groups and pages.
func pack(t testing.TB, version int) []byte { return packWith(t, version, &parquet.Lz4Raw) }

func packWith(t testing.TB, version int, codec compress.Codec) []byte {
	t.Helper()
	var b bytes.Buffer
	w := parquet.NewGenericWriter[measured](&b, parquet.Compression(codec), parquet.DataPageVersion(version), parquet.PageBufferSize(500), parquet.MaxRowsPerRowGroup(300))
	if _, err := w.Write(rows(1000)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// texts reads all columns, column by column.
func texts(data []byte) (out []string, err error) {
	file, err := Open(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, err
	}
	_, err = Guard(func() (struct{}, error) {
		for _, c := range file.Root().Columns() {
			for _, g := range file.RowGroups() {
				if err := columnTexts(c, g, &out); err != nil {
					return struct{}{}, err
				}
			}
		}
		return struct{}{}, nil
	})
	return out, err
}

func columnTexts(c *parquet.Column, g parquet.RowGroup, out *[]string) error {
	pages, err := Pages(c, g)
	if err != nil {
		return err
	}
	defer pages.Close()
	for {
		page, err := pages.ReadPage()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		values := make([]parquet.Value, page.NumValues())
		n, err := page.Values().ReadValues(values)
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		for _, v := range values[:n] {
			*out = append(*out, v.String())
		}
		parquet.Release(page)
	}
}

// hadoop turns a file that LZ4_RAW packed into one of Hadoop's codec: the sizes
// of blocks stand before them, here in the same bytes' stead as a program that
// leaves them out, or with them.
func hadoop(t *testing.T, data []byte, framed bool) []byte {
	t.Helper()
	meta, _ := footerOf(t, data)
	out := append([]byte{}, data[:4]...)
	for i := range meta.RowGroups {
		for j := range meta.RowGroups[i].Columns {
			c := &meta.RowGroups[i].Columns[j].MetaData
			start := len(out)
			in := bytes.NewReader(data[chunkStart(c):][:c.TotalCompressedSize])
			decoder := thrift.NewDecoder(new(thrift.CompactProtocol).NewReader(in))
			for in.Len() > 0 {
				var h format.PageHeader
				if err := decoder.Decode(&h); err != nil {
					t.Fatal(err)
				}
				body := make([]byte, h.CompressedPageSize)
				if _, err := io.ReadFull(in, body); err != nil {
					t.Fatal(err)
				}
				if framed {
					sizes := binary.BigEndian.AppendUint32(nil, uint32(h.UncompressedPageSize))
					body = append(binary.BigEndian.AppendUint32(sizes, uint32(len(body))), body...)
				}
				h.CompressedPageSize, h.CRC = int32(len(body)), 0
				head, err := thrift.Marshal(new(thrift.CompactProtocol), &h)
				if err != nil {
					t.Fatal(err)
				}
				out = append(append(out, head...), body...)
			}
			c.Codec, c.TotalCompressedSize = format.Lz4, int64(len(out)-start)
			c.DataPageOffset, c.DictionaryPageOffset = int64(start), 0
		}
	}
	return endWith(t, out, &meta)
}

func TestPacked(t *testing.T) {
	var want []string
	all := rows(1000)
	for _, r := range all {
		want = append(want, fmt.Sprint(r.A))
	}
	for _, r := range all {
		want = append(want, parquet.DoubleValue(r.B).String())
	}
	for _, r := range all {
		want = append(want, r.C)
	}
	for i, r := range all { // an optional 0 is null
		if r.B == 0 {
			want[1000+i] = "<null>"
		}
	}
	for name, data := range map[string][]byte{
		"pages of version 1": pack(t, 1), "pages of version 2": pack(t, 2),
		"Gzip": packWith(t, 1, &parquet.Gzip), "Gzip, version 2": packWith(t, 2, &parquet.Gzip),
		"Zstd": packWith(t, 1, &parquet.Zstd), "Zstd, version 2": packWith(t, 2, &parquet.Zstd),
		"Brotli": packWith(t, 1, &parquet.Brotli), "Brotli, version 2": packWith(t, 2, &parquet.Brotli),
		"Snappy": packWith(t, 1, &parquet.Snappy), "Snappy, version 2": packWith(t, 2, &parquet.Snappy),
		"plain":  packWith(t, 1, &parquet.Uncompressed),
		"Hadoop": hadoop(t, pack(t, 1), true), "Hadoop without sizes": hadoop(t, pack(t, 1), false),
	} {
		got, err := texts(data)
		if err != nil || len(got) != len(want) {
			t.Errorf("%s: %d values, %v", name, len(got), err)
			continue
		}
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("%s: value %d is %s, want %s", name, i, got[i], want[i])
				break
			}
		}
	}
}

// encoded has a column for each way of writing values.
type encoded struct {
	Delta    int32    `parquet:"delta,delta"`
	Wide     int64    `parquet:"wide,delta"`
	Lengths  string   `parquet:"lengths,delta"`
	Split    float64  `parquet:"split,split"`
	Dict     string   `parquet:"dict,optional,dict"`
	Truth    bool     `parquet:"truth,optional"`
	Numbers  int32    `parquet:"numbers,optional,delta"`
	Fixed    [16]byte `parquet:"fixed,dict"`
	Repeated []int32  `parquet:"repeated,list"`
}

// TestEncodings reads columns as the library does by itself, however they are written.
func TestEncodings(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	values := make([]encoded, 5000)
	for i := range values {
		n := int32(rng.IntN(1 << rng.IntN(30)))
		values[i] = encoded{Delta: n, Wide: int64(n) * int64(n), Lengths: strings.Repeat("ab", i%40), Split: float64(n) / 3, Truth: n%2 == 0}
		values[i].Fixed[n%16] = byte(n)
		if i%7 != 0 {
			values[i].Dict, values[i].Numbers = fmt.Sprint("word ", n%300), n
		}
		values[i].Repeated = slices.Repeat([]int32{n}, i%5)
	}
	prefixes := parquet.NewSchema("row", parquet.Group{
		"front": parquet.Encoded(parquet.String(), &parquet.DeltaByteArray),
		"run":   parquet.Optional(parquet.Encoded(parquet.Leaf(parquet.BooleanType), &parquet.RLE)),
	})
	for _, codec := range []compress.Codec{&parquet.Snappy, &parquet.Uncompressed, &parquet.Zstd} {
		for version := 1; version <= 2; version++ {
			var b, front bytes.Buffer
			options := []parquet.WriterOption{parquet.Compression(codec), parquet.DataPageVersion(version), parquet.PageBufferSize(4000)}
			w := parquet.NewGenericWriter[encoded](&b, options...)
			_, err := w.Write(values)
			if err := errors.Join(err, w.Close()); err != nil {
				t.Fatal(err)
			}
			f := parquet.NewWriter(&front, append(options, prefixes)...)
			for i := range values {
				run := parquet.NullValue().Level(0, 0, 1)
				if i%3 != 0 {
					run = parquet.BooleanValue(i%1000 < 700).Level(0, 1, 1)
				}
				row := parquet.Row{parquet.ByteArrayValue([]byte(fmt.Sprintf("station/%05d/%s", i*i, values[i].Lengths))).Level(0, 0, 0), run}
				if _, err := f.WriteRows([]parquet.Row{row}); err != nil {
					t.Fatal(err)
				}
			}
			if err := f.Close(); err != nil {
				t.Fatal(err)
			}
			for name, data := range map[string][]byte{"columns": b.Bytes(), "prefixes and runs": front.Bytes()} {
				t.Run(fmt.Sprint(name, ", ", codec, ", version ", version), func(t *testing.T) { sameAsLibrary(t, data) })
			}
		}
	}
}

func sameAsLibrary(t *testing.T, data []byte) {
	size := int64(len(data))
	theirs, err := parquet.OpenFile(bytes.NewReader(data), size)
	if err != nil {
		t.Fatal(err)
	}
	ours, err := Open(bytes.NewReader(data), size)
	if err != nil {
		t.Fatal(err)
	}
	want, err := columnValues(theirs, nil)
	if err != nil {
		t.Fatal(err)
	}
	got, err := columnValues(ours, nil)
	if err != nil || theirs.NumRows() != 5000 || !slices.EqualFunc(want, got, parquet.DeepEqual) {
		t.Errorf("%d values of %d rows, want %d of 5000, or they differ: %v", len(got), theirs.NumRows(), len(want), err)
	}
}

// TestDamaged ends with an error, and with little memory, wherever a file is
// damaged.
func TestDamaged(t *testing.T) {
	for _, codec := range []compress.Codec{&parquet.Lz4Raw, &parquet.Gzip, &parquet.Zstd, &parquet.Brotli, &parquet.Snappy, &parquet.Uncompressed} {
		t.Run(codec.String(), func(t *testing.T) { damage(t, packWith(t, 1, codec)) })
	}
}

func damage(t *testing.T, data []byte) {
	bad := 0
	for at := 4; at < len(data); at += 37 {
		damaged := bytes.Clone(data)
		damaged[at] ^= 0x5a
		if _, err := texts(damaged); err != nil {
			bad++
		}
	}
	if bad == 0 {
		t.Error("no damage was found")
	}
	if _, err := texts(data[:len(data)/2]); err == nil {
		t.Error("half of a file was read")
	}
}

func FuzzPacked(f *testing.F) {
	for _, codec := range []compress.Codec{&parquet.Lz4Raw, &parquet.Gzip, &parquet.Zstd, &parquet.Brotli, &parquet.Snappy, &parquet.Uncompressed} {
		f.Add(packWith(f, 1, codec))
		f.Add(packWith(f, 2, codec))
	}
	for _, u := range upstream[2:] {
		f.Add(u.file(f))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		_, err := texts(data)
		alteration.Plain(t, err)
	})
}
