package parquetfile

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
	"github.com/pierrec/lz4/v4"
)

// The Parquet library's decoder of LZ4_RAW takes memory without end on damaged
// data, and it has none for LZ4, the older codec of Hadoop. Files with either
// are therefore shown to the library as if they were not compressed: unpacked is
// such a file, in which column chunks are unpacked page by page while they are
// read. Each has a stretch of addresses of its own behind the file's, and a
// footer that says so stands at the end.
type unpacked struct {
	file   io.ReaderAt
	size   int64 // of file
	chunks []*lz4Chunk
	footer []byte // with its length and the magic bytes
	end    int64  // where the footer begins
}

// unpack returns the file without LZ4, and nil where it has none.
func unpack(f io.ReaderAt, size int64, meta *format.FileMetaData) (*unpacked, error) {
	u := &unpacked{file: f, size: size, end: size}
	changed := *meta
	changed.RowGroups = slices.Clone(meta.RowGroups)
	for i := range changed.RowGroups {
		g := &changed.RowGroups[i]
		g.Columns = slices.Clone(g.Columns)
		for j := range g.Columns {
			c := &g.Columns[j].MetaData
			if c.Codec != format.Lz4Raw && c.Codec != format.Lz4 {
				continue
			}
			chunk, err := newLZ4Chunk(f, size, c)
			if err != nil {
				return nil, err
			}
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
	k, found := slices.BinarySearchFunc(u.chunks, at, func(c *lz4Chunk, at int64) int {
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

// lz4Chunk is one column of one row group. It is read from its beginning to its
// end, as the library does; what lies before what was read last is unpacked
// again.
type lz4Chunk struct {
	file        io.ReaderAt
	start, size int64 // in the file
	hadoop      bool
	limit       int64 // most bytes of a page
	at, room    int64 // addresses

	mu     sync.Mutex
	in     *bufio.Reader
	pages  *thrift.Decoder
	page   []byte // unpacked last, with its header
	before int64  // bytes of the pages before it
	err    error  // after page
}

func newLZ4Chunk(f io.ReaderAt, size int64, c *format.ColumnMetaData) (*lz4Chunk, error) {
	start := c.DataPageOffset
	if c.DictionaryPageOffset > 0 {
		start = min(start, c.DictionaryPageOffset)
	}
	if start < 0 || c.TotalCompressedSize < 0 || start > size-c.TotalCompressedSize || c.TotalUncompressedSize < 0 || c.TotalUncompressedSize > 1<<40 {
		return nil, errors.New("the file is cut off or damaged: a column lies outside of it")
	}
	// Headers of pages may grow by a few bytes, and there are not more of them
	// than bytes.
	const header = 8
	return &lz4Chunk{
		file: f, start: start, size: c.TotalCompressedSize, hadoop: c.Codec == format.Lz4,
		limit: c.TotalUncompressedSize, room: c.TotalUncompressedSize + header*c.TotalCompressedSize + 1,
	}, nil
}

func (c *lz4Chunk) readAt(p []byte, at int64) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.in == nil || at < c.before {
		c.rewind()
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
		c.page, c.err = c.next()
	}
	return n, nil
}

func (c *lz4Chunk) rewind() {
	c.in = bufio.NewReader(io.NewSectionReader(c.file, c.start, c.size))
	c.pages = thrift.NewDecoder(new(thrift.CompactProtocol).NewReader(c.in))
	c.page, c.before, c.err = nil, 0, nil
}

// next unpacks a page. It ends with io.EOF.
func (c *lz4Chunk) next() ([]byte, error) {
	if _, err := c.in.Peek(1); err != nil {
		return nil, err
	}
	var h format.PageHeader
	if err := c.pages.Decode(&h); err != nil {
		return nil, err
	}
	if h.CompressedPageSize < 0 || h.UncompressedPageSize < 0 || int64(h.CompressedPageSize) > c.size || int64(h.UncompressedPageSize) > c.limit {
		return nil, errors.New("the size of a page is beyond that of its column")
	}
	packed := make([]byte, h.CompressedPageSize)
	if _, err := io.ReadFull(c.in, packed); err != nil {
		return nil, io.ErrUnexpectedEOF
	}
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
		if err := c.block(body[plain:], packed[plain:]); err != nil {
			return nil, err
		}
	}
	h.CompressedPageSize, h.UncompressedPageSize, h.CRC = int32(len(body)), int32(len(body)), 0
	head, err := thrift.Marshal(new(thrift.CompactProtocol), &h)
	return append(head, body...), err
}

// block unpacks what fills dst exactly. Blocks of Hadoop's codec have their
// sizes before them, big-endian, unless a program left these out.
func (c *lz4Chunk) block(dst, src []byte) error {
	if c.hadoop && hadoopBlocks(dst, src) {
		return nil
	}
	if len(dst) == 0 {
		return nil
	}
	n, err := lz4.UncompressBlock(src, dst)
	if err != nil || n != len(dst) {
		return fmt.Errorf("a page that LZ4 packed is damaged: it has %d of %d bytes", max(n, 0), len(dst))
	}
	return nil
}

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

// openUnpacked opens a file in which chunks are packed with LZ4; for others it
// returns file as it is.
func openUnpacked(f io.ReaderAt, size int64, file *parquet.File) (*parquet.File, error) {
	u, err := unpack(f, size, file.Metadata())
	if err != nil || u == nil {
		return file, err
	}
	return parquet.OpenFile(u, u.length(), options...)
}
