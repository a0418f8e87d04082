package layout

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"

	"github.com/sharewise/sharewise/analysis/atomicfile"
)

// WriteJSON writes v as indented JSON.
func WriteJSON(path string, v any) error {
	return atomicfile.Write(path, func(w io.Writer) error { return encodeJSON(w, v) })
}

// OutputJSON is [WriteJSON] to a file that somebody named, which may be a pipe.
func OutputJSON(path string, v any) error {
	return atomicfile.Output(path, func(w io.Writer) error { return encodeJSON(w, v) })
}

func encodeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// SumOfJSON is the SHA-256 of the file that [WriteJSON] makes of v.
func SumOfJSON(v any) (string, error) {
	h := sha256.New()
	if err := encodeJSON(h, v); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
