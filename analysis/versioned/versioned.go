// Package versioned reads the JSON files of a study's folder that carry the
// version of their format: plan.json, results.json, groups.json. Every reader
// goes through it, so that a file of another version is refused with one and
// the same word and never half understood.
package versioned

import (
	"errors"
	"fmt"

	"github.com/sharewise/sharewise/analysis/filelimit"
)

// ErrVersion is returned for a file of a version that this program does not
// read.
var ErrVersion = errors.New("version that this sharewise does not read")

// Validator is implemented by files of which more can be told than that they are JSON
// of the right types: that lists belong together, and numbers count something.
type Validator interface{ Validate() error }

// Decode reads JSON with a field version, which must be want, into v, and validates it
// if v is a [Validator]. Errors say what to do, and leave the name of the file to the caller;
// where the content is to blame they match [filelimit.ErrDamaged].
func Decode(data []byte, want int, v any) error { return DecodeSince(data, want, want, v) }

// DecodeSince is [Decode] for a format of which versions from oldest on are
// still read; v is then what the oldest of them and the newest have in common.
func DecodeSince(data []byte, oldest, want int, v any) error {
	var head struct {
		Version *int `json:"version"`
	}
	if err := filelimit.DecodeJSON(data, &head); err != nil {
		return err
	}
	switch {
	case head.Version == nil:
		return fmt.Errorf("%w: the file has no version, and %d is wanted; it was not written by sharewise", ErrVersion, want)
	case *head.Version > want:
		return fmt.Errorf("%w: %d instead of %d, written by a newer sharewise; use that one, or write the file again with this one", ErrVersion, *head.Version, want)
	case *head.Version < oldest:
		return fmt.Errorf("%w: %d instead of %d, written by an older sharewise; write the file again with this one", ErrVersion, *head.Version, want)
	}
	if err := filelimit.DecodeJSON(data, v); err != nil {
		return err
	}
	if file, ok := v.(Validator); ok {
		if err := file.Validate(); err != nil {
			return filelimit.Damaged(fmt.Errorf("%w; the file is damaged", err))
		}
	}
	return nil
}

// Read is [Decode] for a file. Errors about its content name it.
func Read(path string, want int, v any) error {
	data, err := ReadFile(path)
	if err != nil {
		return err
	}
	if err := Decode(data, want, v); err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	return nil
}
