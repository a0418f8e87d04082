package main

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"github.com/sharewise/sharewise/analysis/atomicfile"
	"github.com/sharewise/sharewise/analysis/filelimit"
	"github.com/sharewise/sharewise/analysis/wording"
	"github.com/sharewise/sharewise/onnxio/exec"
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
