package ort

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/onnxio/exec"
)

// Provider is an execution provider: what ONNX Runtime runs operators on, where
// its library has it. None but the CPU's was ever tried by us on its device.
type Provider struct {
	// Name is one of Providers; empty is cpu.
	Name string
	// Options are those of the provider, by ONNX Runtime's names.
	Options map[string]string
}

// onCPU is the provider that every library has.
const onCPU = "cpu"

// knownProvider is one provider that can be asked for.
type knownProvider struct {
	name string
	ort  string // what ONNX Runtime calls it, without "ExecutionProvider"
	// device says that tensors lie in memory of their own, so that several steps
	// are taken in one run.
	device bool
}

var knownProviders = []knownProvider{
	{onCPU, "CPU", false},
	{"cuda", "CUDA", true},
	{"tensorrt", "Tensorrt", true},
	{"directml", "Dml", true},
	{"coreml", "CoreML", true},
	{"openvino", "OpenVINO", true},
	{"webgpu", "WebGpu", true},
	{"qnn", "QNN", true},
	{"xnnpack", "Xnnpack", false},
}

// Providers lists the names that ParseProvider knows.
func Providers() []string {
	var names []string
	for _, p := range knownProviders {
		names = append(names, p.name)
	}
	return names
}

// ErrProvider is matched by errors that say that a provider cannot be used.
var ErrProvider = errors.New("execution provider cannot be used")

// ParseProvider reads NAME or NAME:KEY=VALUE,KEY=VALUE, as the flag --provider has
// it: cuda:device_id=1. An empty text is the CPU.
func ParseProvider(text string) (Provider, error) {
	name, rest, more := strings.Cut(text, ":")
	p := Provider{Name: strings.ToLower(name)}
	if p.Name == "" {
		p.Name = onCPU
	}
	if !slices.Contains(Providers(), p.Name) {
		return Provider{}, fmt.Errorf("there is no execution provider %q; choose %s", name, strings.Join(Providers(), ", "))
	}
	for part := range strings.SplitSeq(rest, ",") {
		key, value, ok := strings.Cut(part, "=")
		if !more {
			break
		}
		if !ok || key == "" {
			return Provider{}, fmt.Errorf("execution provider %s: %q is no setting; write %s:KEY=VALUE,KEY=VALUE", p.Name, part, p.Name)
		}
		if p.Options == nil {
			p.Options = map[string]string{}
		}
		p.Options[key] = value
	}
	if p.Name == onCPU && len(p.Options) > 0 {
		return Provider{}, errors.New("execution provider cpu takes no settings")
	}
	return p, nil
}

// String is the text that ParseProvider reads.
func (p Provider) String() string {
	var settings []string
	for _, k := range slices.Sorted(maps.Keys(p.Options)) {
		settings = append(settings, k+"="+p.Options[k])
	}
	if len(settings) == 0 {
		return p.Name
	}
	return p.Name + ":" + strings.Join(settings, ",")
}

func (p Provider) known() knownProvider {
	for _, k := range knownProviders {
		if k.name == p.Name {
			return k
		}
	}
	return knownProviders[0]
}

// DefaultOn is Default for models that run on a provider, with a library that has
// it, usually one that the user names. Operators that the provider lacks run on the
// CPU. Errors that say that the library, or the machine, has no such provider match
// ErrProvider.
func DefaultOn(explicit string, p Provider) (exec.Backend, error) {
	b, err := Default(explicit)
	if err != nil || p.known().name == onCPU {
		return b, err
	}
	return on(b, p)
}

// providerError says why a provider cannot be used. What the library has is asked
// of a child process, as when libraries are looked for.
func providerError(path string, p Provider, err error) error {
	want := p.known().ort
	info, probed := Probe(context.Background(), path)
	switch {
	case probed == nil && !slices.Contains(info.Providers, want):
		return fmt.Errorf("%w: %s: ONNX Runtime %s at %s was built without %s; it has %s. Name a library that has it, or do without the provider",
			ErrProvider, p.Name, info.Version, path, want, strings.Join(info.Providers, ", "))
	case probed == nil:
		return fmt.Errorf("%w: %s: ONNX Runtime %s at %s knows it, but does not get it to work here: %w. The files that belong to the provider must lie beside the library, and the device's own libraries be installed",
			ErrProvider, p.Name, info.Version, path, err)
	}
	return fmt.Errorf("%w: %s: %w", ErrProvider, p.Name, err)
}
