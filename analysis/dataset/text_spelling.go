package dataset

import (
	"bytes"
	"path/filepath"

	"github.com/sharewise/sharewise/analysis/datafile"
	"github.com/sharewise/sharewise/analysis/delimited"
	"github.com/sharewise/sharewise/analysis/filelimit"
)

// textSpelling decodes the text files of a folder. Those that are not in Unicode were
// written by the same people: what they are in is found out from all of them together.
type textSpelling struct {
	*source
	folder string
	names  []string

	looked    bool
	encoding  string
	unknown   error
	converted int
}

// decode gives the text of the file of an index, and says what is wrong with it, "" for
// nothing.
func (t *textSpelling) decode(i int, data []byte) (text, wrong string) {
	text, err := delimited.Decode(data, "")
	if err != nil || delimited.IsUTF8([]byte(text)) {
		return text, ""
	}
	if !t.looked {
		t.looked = true
		t.encoding, t.unknown = delimited.EncodingOf(t.others(i))
	}
	if t.unknown != nil {
		return "", notUTF8(text)
	}
	if text, err = delimited.Decode(data, t.encoding); err != nil {
		return "", err.Error() + ", as other files of the folder are; convert it, for instance by iconv -t UTF-8, or leave bad samples out with skip_bad"
	}
	t.converted++
	return text, ""
}

// others joins files from an index on that are not in Unicode, up to what is looked at of
// a table.
func (t *textSpelling) others(from int) []byte {
	var out bytes.Buffer
	for _, n := range t.names[from:] {
		data, err := t.study.Limits.ReadFile(filepath.Join(t.study.Path(t.folder), filepath.FromSlash(n)), filelimit.Text)
		if err != nil {
			continue // whoever reads it says so
		}
		if text, err := delimited.Decode(data, ""); err == nil && !delimited.IsUTF8([]byte(text)) {
			out.Write(data)
			out.WriteByte('\n')
		}
		if out.Len() >= datafile.SniffBytes {
			break
		}
	}
	return out.Bytes()
}

// note says what was converted.
func (t *textSpelling) note() {
	if t.converted > 0 {
		t.notef("%d of %d texts are not UTF-8 and were read as %s", t.converted, len(t.names), t.encoding)
	}
}
