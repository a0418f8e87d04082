package ort

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

// Info describes an ONNX Runtime library that works.
type Info struct {
	Version string `json:"version"`
	// API is the highest level of the C interface that the library has.
	API int `json:"api"`
	// Providers are the execution providers built into the library.
	Providers []string `json:"providers"`
	// Build is what the library says about how it was built.
	Build string `json:"build,omitempty"`
}

const probeVariable = "SHAREWISE_ORT_PROBE"

// probeTimeout is generous: a cold disk may take seconds to read the library.
var probeTimeout = 20 * time.Second

// answersProbes is set once this program has called MaybeProbe and can thus
// be started again as a probe.
var answersProbes bool

// probeAnswer is the line that a probe prints.
type probeAnswer struct {
	Info    *Info    `json:"info,omitempty"`
	Kernels *Kernels `json:"kernels,omitempty"`
	Error   string   `json:"error,omitempty"`
}

// MaybeProbe turns this process into a probe if it was started as one, and
// then does not return. A program calls it first in main, and the tests of a
// package in TestMain; only then are libraries probed in child processes.
func MaybeProbe() {
	path := os.Getenv(probeVariable)
	if path == "" {
		answersProbes = true
		return
	}
	var (
		answer probeAnswer
		err    error
	)
	if library := os.Getenv(kernelsProbeVariable); library != "" {
		answer.Kernels, err = proveKernels(path, library)
	} else {
		answer.Info, err = inspect(path)
	}
	if err != nil {
		answer.Error = err.Error()
	}
	if err := json.NewEncoder(os.Stdout).Encode(answer); err != nil {
		os.Exit(1)
	}
	os.Exit(0)
}

// Probe loads the library at path in a child process, runs a small model in it
// and reports what it found. Neither a library that crashes nor one that hangs
// harms the caller.
func Probe(ctx context.Context, path string) (*Info, error) {
	answer, err := ask(ctx, probeVariable+"="+path)
	if err != nil {
		return nil, err
	}
	if answer.Info == nil {
		return nil, errors.New("gave no answer")
	}
	return answer.Info, nil
}

// ask starts this program as a probe, told what to do by variables, and returns
// its answer, which is no error.
func ask(ctx context.Context, variables ...string) (*probeAnswer, error) {
	if !Enabled {
		return nil, ErrNoCgo
	}
	if !answersProbes {
		return nil, errors.New("this program does not answer probes: it must call ort.MaybeProbe first in main")
	}
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("start a probe: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, self)
	// Programs that behave by their own name, as test scripts do, go by the
	// name they were called with.
	cmd.Args = os.Args[:1]
	cmd.Env = append(os.Environ(), variables...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	cmd.WaitDelay = time.Second
	runErr := cmd.Run()

	var answer probeAnswer
	if err := json.Unmarshal(lastLine(stdout.Bytes()), &answer); err == nil {
		switch {
		case answer.Error != "":
			return nil, errors.New(answer.Error)
		case answer.Info != nil, answer.Kernels != nil:
			return &answer, nil
		}
	}
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return nil, fmt.Errorf("gave no answer within %v", probeTimeout)
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case runErr != nil:
		return nil, fmt.Errorf("crashed when loaded (%w)%s", runErr, detail(stderr.String()))
	}
	return nil, fmt.Errorf("gave no answer%s", detail(stderr.String()))
}

// lastLine returns the last line that is not empty. The library itself may
// have printed before.
func lastLine(out []byte) []byte {
	out = bytes.TrimSpace(out)
	return out[bytes.LastIndexByte(out, '\n')+1:]
}

// detail shortens what a crashed process left on its standard error.
func detail(stderr string) string {
	first, _, _ := strings.Cut(strings.TrimSpace(stderr), "\n")
	if first == "" {
		return ""
	}
	const most = 200
	if len(first) > most {
		first = first[:most] + "…"
	}
	return ": " + first
}
