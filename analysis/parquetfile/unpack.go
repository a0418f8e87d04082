package parquetfile

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
	"github.com/pierrec/lz4/v4"

	"github.com/sharewise/sharewise/analysis/filelimit"
)

// The Parquet library's decoders take memory without end on damaged data, since
// they believe what is packed and not what a page says, and it has none for LZ4, the
// older codec of Hadoop. Files that are packed by any codec but Snappy, which states
// its length, are therefore shown to the library as if they were not: unpacked is
// such a file, in which column chunks are unpacked page by page while they are
// read. Each has a stretch of addresses of its own behind the file's, and a
// footer that says so stands at the end.
type unpacked struct {
	file   io.ReaderAt
	size   int64 // of file
	chunks []*packedChunk
	footer []byte // with its length and the magic bytes
	end    int64  // where the footer begins
}

// unpack returns the file with its pages unpacked, and nil where the library can
// read it as it is.
func unpack(f io.ReaderAt, size int64, meta *format.FileMetaData, l filelimit.Limits) (*unpacked, error) {
	u := &unpacked{file: f, size: size, end: size}
	changed := *meta
	changed.RowGroups = slices.Clone(meta.RowGroups)
	for i := range changed.RowGroups {
		g := &changed.RowGroups[i]
		g.Columns = slices.Clone(g.Columns)
		for j := range g.Columns {
			c := &g.Columns[j].MetaData
			if c.Codec == format.Uncompressed || c.Codec == format.Snappy {
				continue
			}
			block, known := codecs[c.Codec]
			if !known {
				return nil, fmt.Errorf("pages are packed with %s, which is not read; save the file with Snappy, Zstd or Gzip", c.Codec)
			}
			chunk := newPackedChunk(f, c, block, l)
			chunk.at = u.end
			u.end += chunk.room
			u.chunks = append(u.chunks, chunk)
			c.Codec, c.DataPageOffset, c.DictionaryPageOffset = format.Uncompressed, chunk.at, 0
			c.TotalCompressedSize, c.TotalUncompressedSize = chunk.room, chunk.room
		}
	}
	if u.chunks == nil {
		return nil, nil
	}
	footer, err := thrift.Marshal(new(thrift.CompactProtocol), &changed)
	if err != nil {
		return nil, err
	}
	u.footer = append(binary.LittleEndian.AppendUint32(footer, uint32(len(footer))), "PAR1"...)
	return u, nil
}

// length is where the file ends.
func (u *unpacked) length() int64 { return u.end + int64(len(u.footer)) }

// ReadAt gives bytes of the file, of unpacked chunks and of the footer.
func (u *unpacked) ReadAt(p []byte, at int64) (int, error) {
	switch {
	case at < u.size:
		return u.file.ReadAt(p, at)
	case at >= u.end:
		if at >= u.length() {
			return 0, io.EOF
		}
		n := copy(p, u.footer[at-u.end:])
		if n < len(p) {
			return n, io.EOF
		}
		return n, nil
	}
	k, found := slices.BinarySearchFunc(u.chunks, at, func(c *packedChunk, at int64) int {
		switch {
		case at < c.at:
			return 1
		case at >= c.at+c.room:
			return -1
		}
		return 0
	})
	if !found {
		return 0, io.EOF
	}
	return u.chunks[k].readAt(p, at-u.chunks[k].at)
}

// packedChunk is one column of one row group. It is read from its beginning to its
// end, as the library does; what lies before what was read last is unpacked
// again.
type packedChunk struct {
	file        io.ReaderAt
	start, size int64 // in the file
	block       codec
	codec       format.CompressionCodec
	limits      filelimit.Limits
	limit       int64 // most bytes of a page
	at, room    int64 // addresses

	mu     sync.Mutex
	next   int64  // where the next page begins
	head   []byte // memory for the head of a page
	page   []byte // unpacked last, with its header
	before int64  // bytes of the pages before it
	err    error  // after page
}

func newPackedChunk(f io.ReaderAt, c *format.ColumnMetaData, block codec, l filelimit.Limits) *packedChunk {
	// Heads of pages may grow by a few bytes, and there are not more of them
	// than bytes.
	const head = 8
	return &packedChunk{
		file: f, start: chunkStart(c), size: c.TotalCompressedSize, block: block, codec: c.Codec, limits: l,
		limit: c.TotalUncompressedSize, room: c.TotalUncompressedSize + head*c.TotalCompressedSize + 1,
	}
}

func (c *packedChunk) readAt(p []byte, at int64) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.next == 0 || at < c.before {
		c.next, c.page, c.before, c.err = c.start, nil, 0, nil
	}
	n := 0
	for n < len(p) {
		here := at + int64(n) - c.before
		if here < int64(len(c.page)) {
			n += copy(p[n:], c.page[here:])
			continue
		}
		if c.err != nil {
			return n, c.err
		}
		c.before += int64(len(c.page))
		c.page, c.err = c.read()
	}
	return n, nil
}

// read unpacks a page. It ends with io.EOF.
func (c *packedChunk) read() ([]byte, error) {
	end := c.start + c.size
	if c.next >= end {
		return nil, io.EOF
	}
	// The file may have changed since its heads were checked when it was opened.
	seen, err := readPageHead(c.file, c.next, end, &c.head)
	if err == nil {
		err = seen.check(end-c.next, c.codec, c.limits)
	}
	if err != nil {
		return nil, err
	}
	var h format.PageHeader
	if err := thrift.Unmarshal(new(thrift.CompactProtocol), c.head[:seen.length], &h); err != nil {
		return nil, errThrift
	}
	if seen.unpacked > c.limit {
		return nil, errors.New("the size of a page is beyond that of its column")
	}
	packed := make([]byte, h.CompressedPageSize)
	if n, _ := c.file.ReadAt(packed, c.next+seen.length); n < len(packed) {
		return nil, io.ErrUnexpectedEOF
	}
	c.next += seen.length + seen.packed
	plain, compressed := 0, true // bytes before those that are packed
	if v2 := &h.DataPageHeaderV2; v2.Valid {
		plain = int(v2.V.DefinitionLevelsByteLength) + int(v2.V.RepetitionLevelsByteLength)
		compressed = !v2.V.IsCompressed.Valid || v2.V.IsCompressed.V
		v2.V.IsCompressed = thrift.New(false)
	}
	if plain < 0 || plain > len(packed) || plain > int(h.UncompressedPageSize) {
		return nil, errors.New("the levels of a page are longer than the page")
	}
	body := packed
	if compressed {
		body = make([]byte, h.UncompressedPageSize)
		copy(body, packed[:plain])
		if len(body) > plain {
			if err := c.block(body[plain:], packed[plain:]); err != nil {
				return nil, err
			}
		}
	}
	h.CompressedPageSize, h.UncompressedPageSize, h.CRC = int32(len(body)), int32(len(body)), 0
	head, err := thrift.Marshal(new(thrift.CompactProtocol), &h)
	return append(head, body...), err
}

// codec unpacks what fills dst exactly.
type codec func(dst, src []byte) error

var codecs = map[format.CompressionCodec]codec{
	format.Lz4Raw: lz4Block,
	format.Lz4: func(dst, src []byte) error {
		if hadoopBlocks(dst, src) {
			return nil
		}
		return lz4Block(dst, src)
	},
	format.Gzip: func(dst, src []byte) error {
		r, err := gzip.NewReader(bytes.NewReader(src))
		if err != nil {
			return fmt.Errorf("a page that gzip packed is damaged: %w", err)
		}
		return fill(dst, r, "gzip")
	},
	format.Brotli: func(dst, src []byte) error { return fill(dst, brotli.NewReader(bytes.NewReader(src)), "Brotli") },
	format.Zstd: func(dst, src []byte) error {
		d, err := zstdDecoder()
		if err != nil {
			return err
		}
		out, err := d.DecodeAll(src, dst[:0:len(dst)])
		if err != nil || len(out) != len(dst) {
			return packError("Zstd", len(out), len(dst))
		}
		return nil
	},
}

// zstdDecoder decodes blocks into the room that they are given, side by side.
var zstdDecoder = sync.OnceValues(func() (*zstd.Decoder, error) {
	return zstd.NewReader(nil, zstd.WithDecodeAllCapLimit(true), zstd.WithDecoderLowmem(true))
})

// fill reads what must be as long as dst.
func fill(dst []byte, r io.Reader, what string) error {
	n, err := io.ReadFull(r, dst)
	if err == nil {
		if extra, _ := r.Read(make([]byte, 1)); extra == 0 {
			return nil
		}
		n++
	}
	return packError(what, n, len(dst))
}

func packError(what string, got, want int) error {
	return fmt.Errorf("a page that %s packed is damaged: it has %d of %d bytes", what, max(got, 0), want)
}

func lz4Block(dst, src []byte) error {
	n, err := lz4.UncompressBlock(src, dst)
	if err != nil || n != len(dst) {
		return packError("LZ4", n, len(dst))
	}
	return nil
}

// hadoopBlocks unpacks blocks of Hadoop's codec, which have their sizes before
// them, big-endian, unless a program left these out.
func hadoopBlocks(dst, src []byte) bool {
	for len(src) >= 8 {
		size, packed := int64(binary.BigEndian.Uint32(src)), int64(binary.BigEndian.Uint32(src[4:]))
		src = src[8:]
		if size > int64(len(dst)) || packed > int64(len(src)) {
			return false
		}
		n, err := lz4.UncompressBlock(src[:packed], dst[:size])
		if err != nil || int64(n) != size {
			return false
		}
		dst, src = dst[size:], src[packed:]
	}
	return len(dst) == 0 && len(src) == 0
}

// openUnpacked opens a file in which chunks are packed; others it returns as they
// are.
func openUnpacked(f io.ReaderAt, size int64, file *parquet.File, l filelimit.Limits) (*parquet.File, error) {
	u, err := unpack(f, size, file.Metadata(), l)
	if err != nil || u == nil {
		return file, err
	}
	return parquet.OpenFile(u, u.length(), options...)
}
