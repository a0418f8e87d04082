package parquetfile

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"slices"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
	"github.com/pierrec/lz4/v4"

	"github.com/sharewise/sharewise/analysis/filelimit"
)

// The Parquet library's decoders take memory without end on damaged data, since
// they believe what is packed and not what a page says, and it has none for LZ4, the
// older codec of Hadoop. Files are therefore shown to the library as if no page were
// packed: unpacked is such a file, in which column chunks are unpacked, and their
// values counted, page by page while they are read. Each has a stretch of addresses of
// its own behind the file's, and a footer that says so stands at the end.
type unpacked struct {
	file   io.ReaderAt
	size   int64 // of file
	chunks []*packedChunk
	footer []byte // with its length and the magic bytes
	end    int64  // where the footer begins
}

// unpack returns the file with its pages unpacked, and nil where it has none. Its columns
// are those of all row groups.
func unpack(f io.ReaderAt, size int64, meta *format.FileMetaData, columns []leaf, l filelimit.Limits) (*unpacked, error) {
	u := &unpacked{file: f, size: size, end: size}
	changed := *meta
	changed.RowGroups = slices.Clone(meta.RowGroups)
	for i := range changed.RowGroups {
		g := &changed.RowGroups[i]
		g.Columns = slices.Clone(g.Columns)
		if len(g.Columns) != len(columns) {
			return nil, fmt.Errorf("the file is damaged: a row group has %d columns, and its schema %d", len(g.Columns), len(columns))
		}
		for j := range g.Columns {
			c := &g.Columns[j].MetaData
			block, known := codecs[c.Codec]
			if !known {
				return nil, fmt.Errorf("pages are packed with %s, which is not read; save the file with Snappy, Zstd or Gzip", c.Codec)
			}
			chunk := newPackedChunk(f, c, columns[j], block, l)
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
	column      leaf
	block       codec
	codec       format.CompressionCodec
	limits      filelimit.Limits
	limit       int64 // most bytes of a page
	at, room    int64 // addresses

	mu     sync.Mutex
	next   int64  // where the next page begins
	head   []byte // memory for the head of a page,
	packed []byte // for its body, and
	memory []byte // for page
	page   []byte // unpacked last, with its header
	before int64  // bytes of the pages before it
	err    error  // after page
}

func newPackedChunk(f io.ReaderAt, c *format.ColumnMetaData, column leaf, block codec, l filelimit.Limits) *packedChunk {
	// Heads of pages may grow by a few bytes, and there are not more of them
	// than bytes.
	const head = 8
	limit := max(c.TotalUncompressedSize, c.TotalCompressedSize)
	return &packedChunk{
		file: f, start: chunkStart(c), size: c.TotalCompressedSize, column: column, block: block, codec: c.Codec, limits: l,
		limit: limit, room: limit + head*c.TotalCompressedSize + 1,
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
	if int64(h.CompressedPageSize) != seen.packed || int64(h.UncompressedPageSize) != seen.unpacked {
		return nil, errThrift
	}
	if seen.unpacked > c.limit {
		return nil, errors.New("the size of a page is beyond that of its column")
	}
	plain, compressed := 0, c.codec != format.Uncompressed // bytes before those that are packed
	if v2 := &h.DataPageHeaderV2; v2.Valid {
		plain = int(v2.V.DefinitionLevelsByteLength) + int(v2.V.RepetitionLevelsByteLength)
		compressed = compressed && (!v2.V.IsCompressed.Valid || v2.V.IsCompressed.V)
		v2.V.IsCompressed = thrift.New(false)
	}
	size := h.CompressedPageSize
	if compressed {
		size = h.UncompressedPageSize
	}
	if plain < 0 || plain > int(h.CompressedPageSize) || plain > int(size) {
		return nil, errLevels
	}
	// The new head goes before the body; it is about as long as the old one.
	room := int(seen.length) + 64
	c.memory = slices.Grow(c.memory[:0], room+int(size))[:room+int(size)]
	body := c.memory[room:]
	packed := body
	if compressed {
		c.packed = slices.Grow(c.packed[:0], int(h.CompressedPageSize))[:h.CompressedPageSize]
		packed = c.packed
	}
	if n, _ := c.file.ReadAt(packed, c.next+seen.length); n < len(packed) {
		return nil, io.ErrUnexpectedEOF
	}
	if h.CRC != 0 && uint32(h.CRC) != crc32.ChecksumIEEE(packed) {
		return nil, errors.New("the file is damaged: the checksum of a page is another")
	}
	c.next += seen.length + seen.packed
	if compressed {
		copy(body, packed[:plain])
		if len(body) > plain {
			if err := c.block(body[plain:], packed[plain:]); err != nil {
				return nil, err
			}
		}
	}
	if err := c.column.checkBody(&h, body, c.limits); err != nil {
		return nil, err
	}
	h.CompressedPageSize, h.UncompressedPageSize, h.CRC = int32(len(body)), int32(len(body)), 0
	head, err := thrift.Marshal(new(thrift.CompactProtocol), &h)
	if err != nil || len(head) > room {
		return nil, errThrift
	}
	return c.memory[room-copy(c.memory[room-len(head):], head):], nil
}

// codec unpacks what fills dst exactly.
type codec func(dst, src []byte) error

var codecs = map[format.CompressionCodec]codec{
	format.Uncompressed: nil, // its pages are what they become
	format.Snappy: func(dst, src []byte) error {
		n, err := snappy.DecodedLen(src)
		if err == nil && n == len(dst) {
			_, err = snappy.Decode(dst, src)
		}
		if err != nil || n != len(dst) {
			return packError("Snappy", n, len(dst))
		}
		return nil
	},
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

// openUnpacked opens a file as if its pages were not packed.
func openUnpacked(f io.ReaderAt, size int64, file *parquet.File, l filelimit.Limits) (*parquet.File, error) {
	u, err := unpack(f, size, file.Metadata(), leaves(file.Root()), l)
	if err != nil || u == nil {
		return file, err
	}
	return parquet.OpenFile(u, u.length(), options...)
}
