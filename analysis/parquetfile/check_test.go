package parquetfile

import (
	"bytes"
	"encoding/binary"
	"runtime"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"

	"github.com/sharewise/sharewise/analysis/filelimit"
)

// withFooter is a file that has nothing but a footer.
func withFooter(footer []byte) []byte {
	out := append([]byte("PAR1"), footer...)
	return append(binary.LittleEndian.AppendUint32(out, uint32(len(footer))), "PAR1"...)
}

// TestClaims are files that claim more than they have. Each is refused in words,
// and takes next to no memory.
func TestClaims(t *testing.T) {
	honest := pack(t, 1)
	refoot := func(change func(*format.FileMetaData)) []byte {
		meta, at := footerOf(t, honest)
		change(&meta)
		return endWith(t, bytes.Clone(honest[:at]), &meta)
	}
	deep := append([]byte("\x15\x02\x19"), bytes.Repeat([]byte{0x1c}, 5<<20)...)
	columns := append([]byte("\x49\x1c\x19\xfc\x80\x80\x40"), make([]byte, 1<<20+2)...) // a row group of a million empty columns
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"a list of 2^31 elements":  {[]byte("PAR1\x15\x02\x19\xfc\xff\xff\xff\xff\x07\x09\x00\x00\x00PAR1"), "beyond its end"},
		"structs in one another":   {withFooter(deep), "nested without end"},
		"lists in one another":     {withFooter(append([]byte{0x19}, bytes.Repeat([]byte{0x19}, 1<<20)...)), "nested without end"},
		"empty columns":            {withFooter(columns), "more columns"},
		"a binary beyond the end":  {withFooter([]byte{0x18, 0xff, 0xff, 0xff, 0x7f}), "beyond its end"},
		"a footer longer than all": {[]byte("PAR1\x00\xff\xff\xff\x7fPAR1"), "cut off"},
		"children without end":     {refoot(func(m *format.FileMetaData) { m.Schema[0].NumChildren = thrift.New(int32(1 << 30)) }), "schema"},
		"a column beyond the end":  {refoot(func(m *format.FileMetaData) { m.RowGroups[0].Columns[0].MetaData.DataPageOffset = 1 << 50 }), "outside"},
		"a chain of groups": {refoot(func(m *format.FileMetaData) {
			one := m.Schema[0]
			one.NumChildren = thrift.New(int32(1))
			chain := make([]format.SchemaElement, 1000)
			for i := range chain {
				chain[i] = one
			}
			m.Schema = append(chain, m.Schema...)
		}), "nested without end"},
		"rows": {refoot(func(m *format.FileMetaData) { m.RowGroups[0].NumRows = 1 << 40 }), "limits.rows"},
		"values": {refoot(func(m *format.FileMetaData) {
			m.RowGroups[0].Columns[0].MetaData.NumValues = 1 << 20
		}), "its pages have"},
		"encrypted": {[]byte("PARE\x00\x00\x00\x00PARE"), "encrypted"},
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := Open(bytes.NewReader(c.data), int64(len(c.data)))
			runtime.ReadMemStats(&after)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
			if took := after.TotalAlloc - before.TotalAlloc; took > 1<<22+8*uint64(len(c.data)) {
				t.Errorf("a file of %d bytes took %d", len(c.data), took)
			}
		})
	}
}

// TestPageClaims are pages that claim more than they have.
func TestPageClaims(t *testing.T) {
	for name, c := range map[string]struct {
		head pageHead
		want string
	}{
		"longer than the column":  {pageHead{packed: 2000}, "longer than its column"},
		"less than nothing":       {pageHead{values: -1}, "longer than its column"},
		"bytes out of few":        {pageHead{packed: 10, unpacked: 1 << 28}, "cannot come out"},
		"a dictionary of nothing": {pageHead{kind: format.DictionaryPage, unpacked: 10, values: 1 << 20, packed: 10}, "dictionary"},
		"2^31 values":             {pageHead{values: 1<<31 - 1, packed: 10, unpacked: 10}, "limits.page_values"},
	} {
		t.Run(name, func(t *testing.T) {
			err := c.head.check(1000, format.Snappy, filelimit.Limits{})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
		})
	}
}
