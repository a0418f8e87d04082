package ort

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"
)

// Diagnosis says which library is used on this machine and why no other, and
// what counts for its speed.
type Diagnosis struct {
	// Pinned is the version that is tested, MinAPI the least API level.
	Pinned string `json:"pinned"`
	MinAPI int    `json:"min_api"`
	// Cache is the folder that Install writes to.
	Cache string `json:"cache"`
	// Used is nil where no library can be used, for the Reason.
	Used     *Tried   `json:"used"`
	Reason   string   `json:"reason,omitempty"`
	Tried    []Tried  `json:"tried"`
	OS       string   `json:"os"`
	Arch     string   `json:"arch"`
	CPUs     int      `json:"cpus"`
	Threads  int      `json:"threads"`
	Features []string `json:"cpu_features"`
	// Kernels is the kernel library that is used, nil where there is none, for
	// the KernelsReason.
	Kernels       *Kernels `json:"kernels"`
	KernelsReason string   `json:"kernels_reason,omitempty"`
}

// Tried is one library that was looked at: what it is, or why it cannot be
// used.
type Tried struct {
	Source Source `json:"source"`
	Path   string `json:"path"`
	Error  string `json:"error,omitempty"`
	*Info
}

// Diagnose probes every library that can be found, see [Search], and chooses
// among them as [Find] does. That there is none is no error but a finding. It
// fails when ctx ends, and where the user's cache has no place.
func Diagnose(ctx context.Context, explicit string) (*Diagnosis, error) {
	cache, err := CacheDir()
	if err != nil {
		return nil, err
	}
	all := Search(ctx, explicit)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	d := &Diagnosis{
		Pinned: Version, MinAPI: MinAPI, Cache: cache,
		OS: runtime.GOOS, Arch: runtime.GOARCH,
		CPUs: runtime.NumCPU(), Threads: runtime.GOMAXPROCS(0), Features: cpuFeatures(),
	}
	for i := range all {
		c := &all[i]
		t := Tried{Source: c.Source, Path: c.Path, Info: c.Info}
		if c.Err == nil && c.Source == FromCache {
			c.Err = asInstalled(c.Path)
		}
		if c.Err != nil {
			t.Error, t.Info = c.Err.Error(), nil
		}
		d.Tried = append(d.Tried, t)
	}
	used, err := Choose(all)
	switch {
	case !Enabled:
		d.Reason = ErrNoCgo.Error()
	case err != nil:
		d.Reason = err.Error()
	default:
		d.Used = &Tried{Source: used.Source, Path: used.Path, Info: used.Info}
	}
	if d.Used == nil {
		d.KernelsReason = "there is no ONNX Runtime"
	} else if d.Kernels, err = FindKernels(ctx, d.Used.Path); err != nil {
		d.KernelsReason = err.Error()
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return d, nil
}

// asInstalled compares a library in the cache with the SHA-256 that it was installed
// with. One in which bytes have changed may well load and run a small model.
func asInstalled(library string) error {
	in, err := readInstallation(filepath.Dir(library))
	if err != nil {
		return err
	}
	if err := in.verify(); err != nil {
		return fmt.Errorf("%w; run 'sharewise runtime install' again", err)
	}
	return nil
}
