package main

import (
	"cmp"
	"errors"

	"github.com/sharewise/sharewise/analysis/atomicfile"
	"github.com/sharewise/sharewise/analysis/filelimit"
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
