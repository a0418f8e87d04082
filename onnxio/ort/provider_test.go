//go:build cgo

package ort

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/onnxio/exec"
)

func TestParseProvider(t *testing.T) {
	for text, want := range map[string]string{
		"": "cpu", "cpu": "cpu", "CUDA": "cuda", "cuda:device_id=1": "cuda:device_id=1",
		"openvino:device_type=GPU,cache_dir=/tmp/a=b": "openvino:cache_dir=/tmp/a=b,device_type=GPU",
	} {
		p, err := ParseProvider(text)
		if err != nil || p.String() != want {
			t.Errorf("%q is read as %v, %v, want %s", text, p, err, want)
		}
		if again, err := ParseProvider(p.String()); err != nil || again.String() != want {
			t.Errorf("%q is read as %v, %v", p, again, err)
		}
	}
	for text, says := range map[string]string{
		"gpu": "choose cpu, cuda", "cuda:1": `"1" is no setting`, "cuda:": `"" is no setting`, "cuda:=1": `"=1" is no setting`, "cpu:threads=2": "cpu takes no settings",
	} {
		if p, err := ParseProvider(text); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q is read as %v, %v, want an error that says %s", text, p, err, says)
		}
	}
}

// TestMissingProvider says what the library has instead, and which flag to use.
// No machine has all providers: some library lacks any of those of other systems.
func TestMissingProvider(t *testing.T) {
	b, err := Default("")
	if err != nil {
		t.Skip(err)
	}
	if same, err := DefaultOn("", Provider{}); err != nil || same != b {
		t.Errorf("%v, %v", same, err)
	}
	info, err := Probe(t.Context(), b.(*backend).path)
	if err != nil {
		t.Fatal(err)
	}
	tried := 0
	for _, p := range knownProviders {
		if slices.Contains(info.Providers, p.ort) {
			continue
		}
		tried++
		_, err := DefaultOn("", Provider{Name: p.name})
		if !errors.Is(err, ErrProvider) || !strings.Contains(err.Error(), "was built without "+p.ort) || !strings.Contains(err.Error(), "Name a library that has it") {
			t.Errorf("%s: %v", p.name, err)
		}
	}
	if tried == 0 {
		t.Error("the library has every provider")
	}
	// A provider that the library knows, but that has no device here, or not its
	// own library beside it.
	for _, p := range []Provider{{Name: "cuda", Options: map[string]string{"device_id": "99"}}, {Name: "tensorrt", Options: map[string]string{"device_id": "99"}}} {
		if !slices.Contains(info.Providers, p.known().ort) {
			continue
		}
		if _, err := DefaultOn("", p); !errors.Is(err, ErrProvider) || !strings.Contains(err.Error(), "does not get it to work here") {
			t.Errorf("%s: %v", p, err)
		}
	}
}

// TestPlaced says what a backend on a device is: its name goes into records, several
// steps are taken in one run, and kernels for the CPU are out of place.
func TestPlaced(t *testing.T) {
	b := &backend{version: "1.30.0", path: "nowhere", provider: Provider{Name: "cuda", Options: map[string]string{"device_id": "1"}}}
	if got := b.Name(); got != "onnxruntime 1.30.0 on cuda:device_id=1" {
		t.Errorf("%s", got)
	}
	if exec.StepsPerRun(b) < 2 || b.Kernels() != nil {
		t.Errorf("%d steps in one run, kernels %v", exec.StepsPerRun(b), b.Kernels())
	}
	if own := (&backend{}); exec.StepsPerRun(own) != 1 {
		t.Errorf("%d steps in one run on the CPU", exec.StepsPerRun(own))
	}
}
