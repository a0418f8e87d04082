//go:build cgo

package ort

import (
	"fmt"
	"os"
	"runtime"
	"sync"

	"github.com/yalue/onnxruntime_go"

	"github.com/sharewise/sharewise/analysis/wording"
	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
)

// Enabled reports whether this program was built with cgo and so can run models
// at all.
const Enabled = true

// environment is the one library of this process. ONNX Runtime keeps global
// state, so that a second library, or the same one again, cannot be loaded.
var environment struct {
	sync.Mutex
	backend *backend
	path    string
}

// Open loads the library at path and returns the backend that runs models in
// it. It stays loaded until the process ends: opening it again returns the
// same backend, opening another one is an error.
//
// Open trusts the library. See Default, which does not. It sets ORT_DISABLE_TELEMETRY
// in the environment of the process, so that the library neither sends nor keeps
// what it is used for.
func Open(path string) (exec.Backend, error) {
	environment.Lock()
	defer environment.Unlock()
	if environment.backend != nil {
		if path != environment.path {
			return nil, fmt.Errorf("open ONNX Runtime %s: this process already uses %s", path, environment.path)
		}
		return environment.backend, nil
	}
	// The library's own builds begin to measure its use as the environment is made: they
	// write a device's number and a database below the user's cache, and files beside
	// other temporary ones. Asking it to stop afterwards comes too late for these.
	if err := os.Setenv("ORT_DISABLE_TELEMETRY", "1"); err != nil {
		return nil, fmt.Errorf("open ONNX Runtime %s: %w", path, err)
	}
	onnxruntime_go.SetSharedLibraryPath(path)
	// Failures come back as errors; printing them as well would only confuse.
	if err := onnxruntime_go.InitializeEnvironment(onnxruntime_go.WithLogLevelFatal()); err != nil {
		return nil, fmt.Errorf("open ONNX Runtime %s: %w", path, innermost(err))
	}
	if err := onnxruntime_go.DisableTelemetry(); err != nil {
		return nil, fmt.Errorf("open ONNX Runtime %s: %w", path, err)
	}
	if err := shareArena(); err != nil {
		return nil, fmt.Errorf("open ONNX Runtime %s: %w", path, innermost(err))
	}
	environment.backend = &backend{version: onnxruntime_go.GetVersion(), path: path}
	environment.path = path
	return environment.backend, nil
}

// shareArena gives all sessions one arena for what they compute. With one of its own
// each keeps the most that it ever used, although few run at a time: of a study's
// sessions those for testing alone took a third of its memory.
func shareArena() error {
	info, err := onnxruntime_go.GetMemoryInfo()
	if err != nil {
		return err
	}
	// Grow by what is asked for, and not to the next power of two.
	const sameAsRequested, byDefault = 1, -1
	config, err := onnxruntime_go.NewArenaCfg(0, sameAsRequested, byDefault, byDefault)
	if err != nil {
		return err
	}
	defer config.Destroy()
	return onnxruntime_go.CreateAndRegisterAllocator(info, config)
}

type backend struct {
	version  string
	path     string
	provider Provider // the zero value is the CPU

	kernelsOnce sync.Once
	kernels     kernelChoice
}

// Name returns, for instance, "onnxruntime 1.30.0", or "onnxruntime 1.30.0 on cuda".
func (b *backend) Name() string {
	name := "onnxruntime " + b.version
	if b.provider.Name != "" {
		name += " on " + b.provider.String()
	}
	return name
}

// Open prepares m to run on the backend's provider with all graph optimizations, one node
// after another. A session of one thread starts no threads of its own, so that
// several of them run side by side without getting in each other's way.
func (b *backend) Open(m *onnxio.Model, opt exec.Options) (exec.Session, error) {
	if m == nil || m.Graph == nil {
		return nil, fmt.Errorf("onnxruntime: model without graph")
	}
	name := wording.Cut(m.Graph.Name, mostName)
	if err := m.CheckCalls(); err != nil { // which ONNX Runtime would write out
		return nil, fmt.Errorf("onnxruntime: open model %q: %w", name, err)
	}
	adapted, sig, err := adapt(onnxio.GuardDivisions(m))
	if err != nil {
		return nil, fmt.Errorf("onnxruntime: open model %q: %w", name, err)
	}
	data, err := adapted.Marshal()
	if err != nil {
		return nil, fmt.Errorf("onnxruntime: open model %q: %w", name, err)
	}
	library, err := b.kernelsFor(m)
	if err != nil {
		return nil, fmt.Errorf("onnxruntime: open model %q: %w", name, err)
	}
	options, err := sessionOptions(opt, library, b.provider)
	if err != nil {
		return nil, fmt.Errorf("onnxruntime: open model %q: %w", name, err)
	}
	// Destroy fails only for options that were destroyed before.
	defer func() { _ = options.Destroy() }()
	s, err := onnxruntime_go.NewDynamicAdvancedSessionWithONNXData(data, sig.runInputs(), sig.runOutputs(), options)
	if err != nil {
		err = innermost(err)
		if wrong := onnxio.Check(m); wrong != nil { // it says at which node or value
			err = fmt.Errorf("%w; the model is not valid: %w", err, wrong)
		}
		return nil, fmt.Errorf("onnxruntime: open model %q: %w", name, err)
	}
	return newSession(name, sig, s), nil
}

// sessionOptions are those of a session; kernels is the path of a kernel library,
// or empty.
func sessionOptions(opt exec.Options, kernels string, provider Provider) (*onnxruntime_go.SessionOptions, error) {
	if opt.Threads < 0 {
		return nil, fmt.Errorf("%d threads", opt.Threads)
	}
	o, err := onnxruntime_go.NewSessionOptions()
	if err != nil {
		return nil, err
	}
	for _, set := range []func() error{
		func() error { return o.SetIntraOpNumThreads(max(opt.Threads, 1)) },
		func() error { return o.SetInterOpNumThreads(1) },
		func() error { return o.SetExecutionMode(onnxruntime_go.ExecutionModeSequential) },
		func() error { return o.SetGraphOptimizationLevel(onnxruntime_go.GraphOptimizationLevelEnableAll) },
		func() error {
			if opt.Threads <= runtime.NumCPU() {
				return nil
			}
			// Threads that wait busily for others that have no core to run on take
			// minutes for what takes a second.
			return o.AddSessionConfigEntry("session.intra_op.allow_spinning", "0")
		},
		func() error { return o.SetCpuMemArena(true) },
		func() error { return o.AddSessionConfigEntry("session.use_env_allocators", "1") },
		func() error { return o.SetMemPattern(true) },
		func() error { return o.SetLogSeverityLevel(onnxruntime_go.LoggingLevelFatal) },
		func() error {
			if prefix := os.Getenv(ProfileVariable); prefix != "" {
				return o.EnableProfiling(prefix)
			}
			return nil
		},
		func() error {
			if kernels == "" {
				return nil
			}
			return o.RegisterCustomOpsLibrary(kernels)
		},
		func() error { return appendProvider(o, provider) },
	} {
		if err := set(); err != nil {
			_ = o.Destroy()
			return nil, err
		}
	}
	return o, nil
}
