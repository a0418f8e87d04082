package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/filelimit"
	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/ort"
)

// app is what every command needs from outside: streams and the flags that all
// commands share. Tests build their own.
type app struct {
	stdin          io.Reader
	stdout, stderr io.Writer

	json    bool   // --json: machine-readable output
	quiet   bool   // --quiet: no progress
	library string // --onnxruntime: path of the ONNX Runtime library
	// provider is --provider: what models run on.
	provider string
	limits   filelimit.Limits
	stores   stores
}

// errAnswerNo is returned by a command that did its work and whose answer is
// no, such as a release gate that failed. Its message is the one-line reason.
type errAnswerNo struct{ reason string }

func (e errAnswerNo) Error() string { return e.reason }

// errUsage marks a wrong call: unknown flag, argument out of range.
type errUsage struct{ err error }

func (e errUsage) Error() string { return e.err.Error() }
func (e errUsage) Unwrap() error { return e.err }

func usagef(format string, args ...any) error {
	return errUsage{fmt.Errorf(format, args...)}
}

// bound is the smallest value that a flag may have.
type bound struct {
	flag         string
	value, least int
}

// atLeast is a usage error where a flag has less than it may.
func atLeast(bounds []bound) error {
	for _, b := range bounds {
		if b.value < b.least {
			return usagef("--%s %d: must be %d or more", b.flag, b.value, b.least)
		}
	}
	return nil
}

// errInput marks input that cannot be used: a study file, data, a model or a
// loss table that is wrong. Commands wrap with inputError what they read.
type errInput struct{ err error }

func (e errInput) Error() string { return e.err.Error() }
func (e errInput) Unwrap() error { return e.err }

func inputError(err error) error {
	if err == nil {
		return nil
	}
	return errInput{err}
}

// isOfData reports whether an error is about data or models that are wrong, or have changed since they were read.
func isOfData(err error) bool { return isOneOf(err, dataset.ErrData, project.ErrModelChanged) }

// dataError is inputError of what data are wrong in, or have changed; other errors stay what they are.
func dataError(err error) error {
	if isOfData(err) {
		return inputError(err)
	}
	return err
}

// writeJSON prints v as indented JSON on standard output.
func (a *app) writeJSON(v any) error {
	enc := json.NewEncoder(a.stdout)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// show prints v as JSON where --json asks for it, and for people otherwise.
func (a *app) show(v any, people func(io.Writer) error) error {
	if a.json {
		return a.writeJSON(v)
	}
	return people(a.stdout)
}

// choice checks the word given to a flag, which may be empty.
func choice(command, flag, given string, choices ...string) error {
	if given == "" || slices.Contains(choices, given) {
		return nil
	}
	return usagef("%s: --%s %q; give %s", command, flag, given, strings.Join(choices, ", "))
}

// exactArgs is cobra.ExactArgs with a usage error that says what is missing.
func exactArgs(names ...string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == len(names) {
			return nil
		}
		if len(args) < len(names) {
			return usagef("%s: missing %s; see '%s --help'", cmd.CommandPath(), names[len(args)], cmd.CommandPath())
		}
		return usagef("%s: unexpected argument %q; see '%s --help'", cmd.CommandPath(), args[len(names)], cmd.CommandPath())
	}
}

// group makes cmd a mere parent of commands: alone it prints its help, and an
// unknown command below it is a usage error that suggests the nearest one.
func group(cmd *cobra.Command) *cobra.Command {
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return nil
		}
		hint := ""
		if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
			hint = fmt.Sprintf("; did you mean %q?", near[0])
		}
		return usagef("unknown command %q for %q%s; see '%s --help'", args[0], cmd.CommandPath(), hint, cmd.CommandPath())
	}
	cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
	cmd.SuggestionsMinimumDistance = 2
	return cmd
}

// backend is what models run in, by --onnxruntime and --provider.
func (a *app) backend() (exec.Backend, error) {
	p, err := ort.ParseProvider(a.provider)
	if err != nil {
		return nil, errUsage{err}
	}
	return ort.DefaultOn(a.library, p)
}
