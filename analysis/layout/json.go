package layout

import (
	"encoding/json"
	"io"

	"github.com/sharewise/sharewise/analysis/atomicfile"
)

// WriteJSON writes v as indented JSON.
func WriteJSON(path string, v any) error {
	return atomicfile.Write(path, func(w io.Writer) error { return encodeJSON(w, v) })
}

func encodeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}
