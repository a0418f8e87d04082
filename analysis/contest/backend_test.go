package contest_test

import (
	"context"
	"errors"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
)

// failing is a backend that trains nothing.
type failing struct{ exec.Backend }

func (failing) Open(*onnxio.Model, exec.Options) (exec.Session, error) {
	return nil, errors.New("nothing was to be trained")
}

func contextOfExample() context.Context { return context.Background() }
