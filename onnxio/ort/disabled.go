//go:build !cgo

package ort

import "github.com/sharewise/sharewise/onnxio/exec"

// Enabled reports whether this program was built with cgo and so can run models
// at all.
const Enabled = false

// Open returns ErrNoCgo: this program was built without cgo.
func Open(string) (exec.Backend, error) { return nil, ErrNoCgo }

func on(exec.Backend, Provider) (exec.Backend, error) { return nil, ErrNoCgo }

func inspect(string) (*Info, error) { return nil, ErrNoCgo }

func describeKernels(string) (string, error) { return "", ErrNoCgo }

func useKernels(exec.Backend, string) error { return ErrNoCgo }

func kernelsOf(exec.Backend) (*Kernels, error) { return nil, ErrNoCgo }
