package delimited

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// EncodingOf finds out the encoding of text that is neither UTF-8, see [IsUTF8], nor has a
// mark of UTF-16; the more text there is, the surer it shows. An error is an
// *UnknownEncodingError.
func EncodingOf(text []byte) (string, error) {
	c, err := guess(text)
	switch {
	case err != nil:
		return "", err
	case c == nil:
		return "windows-1252", nil
	}
	return c.name, nil
}

// IsUTF8 reports whether text is UTF-8, and so is what its bytes mean: text in ISO-2022-JP,
// whose bytes are those of ASCII, is not.
func IsUTF8(text []byte) bool { return utf8.Valid(text) && !escaped(text) }

// Decode gives a whole text as UTF-8, without a byte-order mark: UTF-8 as it is, UTF-16
// by its mark, and other text from the encoding of a name. An error is about bytes that
// no text in it has, or the name.
func Decode(data []byte, encoding string) (string, error) {
	if bytes.HasPrefix(data, []byte{0xff, 0xfe}) || bytes.HasPrefix(data, []byte{0xfe, 0xff}) {
		in, _, _, err := decoded(bytes.NewReader(data), "")
		if err != nil {
			return "", err
		}
		text, err := io.ReadAll(in)
		return string(text), err
	}
	if encoding == "" || IsUTF8(data) {
		return strings.TrimPrefix(string(data), "\ufeff"), nil
	}
	c, err := charsetOf(encoding)
	if err != nil {
		return "", err
	}
	text, err := c.NewDecoder().Bytes(data)
	if err == nil && bytes.ContainsRune(text, utf8.RuneError) {
		err = fmt.Errorf("bytes that no text in %s has", encoding)
	}
	return string(text), err
}
