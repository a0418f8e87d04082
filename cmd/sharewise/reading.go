package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/analysis/wording"
)

// reading is what the user says about reading a study's data.
type reading struct {
	// skipBad leaves out bad samples of every domain, whatever the study says.
	skipBad bool
	// memory is what the data may take in memory; 0 leaves it to the dataset.
	memory byteSize
}

func (r *reading) register(flags *pflag.FlagSet) {
	flags.BoolVar(&r.skipBad, "skip-bad", false, "leave out bad samples and count them, instead of stopping at them")
	r.memory.register(flags)
}

func (s *byteSize) register(flags *pflag.FlagSet) {
	flags.Var(s, "memory", "`SIZE` of the data held in memory, such as 8GB; what is more goes to temporary files (default: half of the machine's memory)")
}

// open reads a study file and everything it names.
func (r reading) open(ctx context.Context, file string) (*project.Project, error) {
	s, err := dataset.ParseStudy(file)
	if err != nil {
		return nil, inputError(err)
	}
	p, err := project.Open(ctx, s, r.options())
	if err != nil {
		return nil, inputError(err)
	}
	return p, nil
}

func (r reading) options() project.Options {
	return project.Options{SkipBad: r.skipBad, Memory: int64(r.memory)}
}

// byteSize is a flag with a number of bytes: 500MB, 8GB, 1.5GB.
type byteSize int64

var byteUnits = []struct {
	name  string
	bytes float64
}{{"GB", 1e9}, {"MB", 1e6}, {"KB", 1e3}, {"B", 1}}

// Set reads a number with a unit.
func (s *byteSize) Set(text string) error {
	upper := strings.ToUpper(strings.TrimSpace(text))
	for _, u := range byteUnits {
		number, ok := strings.CutSuffix(upper, u.name)
		if !ok {
			continue
		}
		v, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
		if err != nil || !(v*u.bytes >= 1 && v*u.bytes < 1<<62) {
			break
		}
		*s = byteSize(v * u.bytes)
		return nil
	}
	return fmt.Errorf("%q is not a size such as 500MB or 8GB", text)
}

func (s *byteSize) String() string {
	if *s == 0 {
		return ""
	}
	return wording.Bytes(int64(*s))
}

// Type is what help calls the value.
func (s *byteSize) Type() string { return "SIZE" }
