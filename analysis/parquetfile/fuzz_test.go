package parquetfile

import (
	"bytes"
	"testing"

	"github.com/sharewise/sharewise/analysis/versioned/alteration"
)

// FuzzFooter opens files of a footer alone. The structure is looked at before the
// library makes anything of it, so that it takes memory in proportion.
func FuzzFooter(f *testing.F) {
	data := pack(f, 1)
	footer, err := readFooter(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(footer)
	f.Add([]byte("\x15\x02\x19\xfc\xff\xff\xff\xff\x07\x09\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, footer []byte) {
		data := withFooter(footer)
		_, err := Open(bytes.NewReader(data), int64(len(data)))
		alteration.Plain(t, err)
	})
}
