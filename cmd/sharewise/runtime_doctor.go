package main

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/sharewise/sharewise/onnxio/ort"
)

func newRuntimeDoctorCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "doctor",
		Short: "Show which ONNX Runtime library is used, and what else was tried",
		Long: `Loads every library that can be found, each in a process of its own, runs a
small model in it, and prints what came out: version, API level, execution
providers, and the reason for each that cannot be used. Also prints what counts
for speed: threads and the features of the processor.

Exits with 1 if there is no usable library.`,
		Example: `  sharewise runtime doctor
  sharewise runtime doctor --onnxruntime /opt/onnxruntime/lib/libonnxruntime.so`,
		Args: exactArgs(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.runtimeDoctor(cmd.Context())
		},
	}
}

// diagnosis is what doctor prints.
type diagnosis struct {
	Pinned   string         `json:"pinned"`
	MinAPI   int            `json:"min_api"`
	Cache    string         `json:"cache"`
	Used     *triedLibrary  `json:"used"`
	Reason   string         `json:"reason,omitempty"`
	Tried    []triedLibrary `json:"tried"`
	OS       string         `json:"os"`
	Arch     string         `json:"arch"`
	CPUs     int            `json:"cpus"`
	Threads  int            `json:"threads"`
	Features []string       `json:"cpu_features"`
}

// triedLibrary is one candidate: what it is, or why it cannot be used.
type triedLibrary struct {
	Source string `json:"source"`
	Path   string `json:"path"`
	Error  string `json:"error,omitempty"`
	*ort.Info
}

func (a *app) runtimeDoctor(ctx context.Context) error {
	d, err := diagnose(ctx, a.library)
	if err != nil {
		return err
	}
	if a.json {
		err = a.writeJSON(d)
	} else {
		err = d.print(a.stdout)
	}
	if err == nil && d.Used == nil {
		return errAnswerNo{d.Reason}
	}
	return err
}

func diagnose(ctx context.Context, explicit string) (*diagnosis, error) {
	cache, err := ort.CacheDir()
	if err != nil {
		return nil, err
	}
	all := ort.Search(ctx, explicit)
	if ctx.Err() != nil {
		return nil, errInterrupted
	}
	d := &diagnosis{
		Pinned:   ort.Version,
		MinAPI:   ort.MinAPI,
		Cache:    cache,
		OS:       runtime.GOOS,
		Arch:     runtime.GOARCH,
		CPUs:     runtime.NumCPU(),
		Threads:  runtime.GOMAXPROCS(0),
		Features: cpuFeatures(),
	}
	for _, c := range all {
		t := triedLibrary{Source: string(c.Source), Path: c.Path, Info: c.Info}
		if c.Err != nil {
			t.Error = c.Err.Error()
		}
		d.Tried = append(d.Tried, t)
	}
	used, err := ort.Choose(all)
	switch {
	case !ort.Enabled:
		d.Reason = ort.ErrNoCgo.Error()
	case err != nil:
		d.Reason = err.Error()
	default:
		d.Used = &triedLibrary{Source: string(used.Source), Path: used.Path, Info: used.Info}
	}
	return d, nil
}

func (d *diagnosis) print(w io.Writer) error {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(tw, "SOURCE\tPATH\tRESULT\n")
	for _, t := range d.Tried {
		result := t.Error
		if t.Info != nil {
			result = "works: version " + t.Version
		}
		fmt.Fprintf(tw, "%s\t%s\t%s\n", t.Source, t.Path, result)
	}
	fmt.Fprintln(tw)
	if d.Used != nil {
		fmt.Fprintf(tw, "Used:\t%s\n", d.Used.Path)
		fmt.Fprintf(tw, "Version:\t%s, API level %d (at least %d is needed; %s is tested)\n", d.Used.Version, d.Used.API, d.MinAPI, d.Pinned)
		fmt.Fprintf(tw, "Execution providers:\tCPU is used; the library knows %s\n", strings.Join(d.Used.Providers, ", "))
		fmt.Fprintf(tw, "Build:\t%s\n", strings.TrimPrefix(d.Used.Build, "ORT Build Info: "))
	} else {
		fmt.Fprintf(tw, "Used:\tnone\n")
	}
	fmt.Fprintf(tw, "Cache:\t%s\n", d.Cache)
	fmt.Fprintf(tw, "Processor:\t%s/%s, %d threads of %d usable\n", d.OS, d.Arch, d.Threads, d.CPUs)
	fmt.Fprintf(tw, "Features:\t%s\n", strings.Join(d.Features, " "))
	return tw.Flush()
}
