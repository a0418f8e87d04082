package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/atomicfile"
	"github.com/sharewise/sharewise/analysis/cross"
	"github.com/sharewise/sharewise/analysis/filelimit"
	"github.com/sharewise/sharewise/analysis/influence"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/linearise"
	"github.com/sharewise/sharewise/analysis/merging"
	"github.com/sharewise/sharewise/analysis/suspects"
	"github.com/sharewise/sharewise/analysis/wording"
	"github.com/sharewise/sharewise/grouping"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/reports/tracking"
)

// systemFault says what to do about an error of the system, empty for other errors: the
// command failed while working then, even where it was reading input.
func systemFault(err error) string {
	advice := filelimit.SystemFault(err)
	if errors.Is(err, atomicfile.ErrLost) {
		advice = cmp.Or(advice, "the disk, or the network behind it, failed: see to that")
	}
	if advice == "" {
		return ""
	}
	return advice + ", then give the same command again; what was finished is kept"
}

// nodeFault says what to do about a node of a model that cannot compute what it is given,
// empty for other errors.
func nodeFault(err error) string {
	var node *exec.NodeError
	switch {
	case !errors.As(err, &node):
		return ""
	case errors.Is(err, exec.ErrMemory):
		return "give it more memory, or fewer rows at a time (training.batch), or a smaller model"
	case strings.HasPrefix(node.Op, "Gather"):
		return "the inputs have numbers, or a length, that the model has no rows for: give it those that it was made for, by its own tokenizer and input.text.length"
	}
	return "the samples are not what the model was made for, or it is damaged: export it again for samples of this shape, or end it before that node (--features, --of, --output)"
}

// divergence says of a command that misses runs of the study in OUT, its first argument,
// that some of them diverged, and what to do; empty where none did, and for other errors.
func divergence(cmd *cobra.Command, err error) string {
	args := cmd.Flags().Args()
	if len(args) == 0 || !isOneOf(err, grouping.ErrNoGains, cross.ErrNothing, influence.ErrNothing, linearise.ErrNoJoint, merging.ErrNothing, analysis.ErrNoShared, suspects.ErrNothing, tracking.ErrNoRuns) {
		return ""
	}
	p, err := layout.Folder(args[0]).Progress()
	if err != nil || len(p.Diverged) == 0 {
		return ""
	}
	first := p.Diverged[0]
	return fmt.Sprintf("%d of %d runs of the study diverged, such as %s (%s): lower training.rate, set training.clip: 1, or look for extreme values in the data, and run again", len(p.Diverged), p.Planned, first.ID, first.Reason)
}

// readable is a message in which no word goes on for pages: names in files that others
// made have any length.
func readable(message string) string {
	const most, shown = 1000, 200
	words := strings.Split(message, " ")
	for i, w := range words {
		if len(w) > most {
			words[i] = fmt.Sprintf("%s... (%d bytes)", wording.Cut(w, shown), len(w))
		}
	}
	return strings.Join(words, " ")
}

// pathsInWords is the message of an error, with plain words for what the system says of paths
// that do not exist or cannot.
func pathsInWords(err error) string {
	message := err.Error()
	for _, p := range pathErrors(err) {
		var said string
		switch {
		case errors.Is(p.Err, fs.ErrNotExist):
			said = fmt.Sprintf("%s does not exist", p.Path)
		case errors.Is(p.Err, syscall.ENOTDIR):
			said = fmt.Sprintf("%s cannot exist, since %s is a file", p.Path, fileWithin(p.Path))
		case errors.Is(p.Err, syscall.EISDIR):
			said = fmt.Sprintf("%s is a folder, not a file", p.Path)
		default:
			continue
		}
		message = strings.ReplaceAll(message, p.Error(), said)
	}
	return message
}

// pathErrors are all of them that an error is made of.
func pathErrors(err error) []*fs.PathError {
	var joined interface{ Unwrap() []error }
	var one *fs.PathError
	switch {
	case errors.As(err, &joined):
		var all []*fs.PathError
		for _, e := range joined.Unwrap() {
			all = append(all, pathErrors(e)...)
		}
		return all
	case errors.As(err, &one):
		return []*fs.PathError{one}
	}
	return nil
}

// fileWithin is the part of a path that would have to be a folder and is a file.
func fileWithin(path string) string {
	for dir := filepath.Dir(path); dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if info, err := os.Stat(dir); err == nil && !info.IsDir() {
			return dir
		}
	}
	return "a part of it"
}
