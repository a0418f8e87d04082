package ort

import (
	"context"

	"github.com/sharewise/sharewise/onnxio/exec"
)

// Default finds a library (see Find) and opens it. The path, usually the value
// of the flag --onnxruntime, may be empty. Where there is no usable library
// the error matches ErrNoLibrary and says what to do.
func Default(explicit string) (exec.Backend, error) {
	if !Enabled {
		return nil, ErrNoCgo
	}
	library, err := Find(context.Background(), explicit)
	if err != nil {
		return nil, err
	}
	b, err := Open(library.Path)
	if err == nil {
		return b, nil
	}
	if library.Source == FromCache && answersProbes {
		// It worked when it was installed. Look again, at all of them.
		library, err = choose(context.Background(), candidates(explicit), false)
		if err != nil {
			return nil, err
		}
		return Open(library.Path)
	}
	return nil, &NotFoundError{Tried: []Candidate{{Source: library.Source, Path: library.Path, Err: err}}}
}
