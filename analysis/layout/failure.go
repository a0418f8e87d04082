package layout

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/sharewise/sharewise/analysis/atomicfile"
	"github.com/sharewise/sharewise/analysis/filelimit"
)

// Failure says why a run failed when it was last tried, and where. It goes when the
// run ends.
type Failure struct {
	Reason string `json:"reason"`
	Host   string `json:"host"`
	// Job and Log say in which batch job that was and where it wrote what it printed;
	// empty for none.
	Job string `json:"job,omitempty"`
	Log string `json:"log,omitempty"`
}

// failure is the file of [Failure].
func (r RunFolder) failure() string { return filepath.Join(string(r), "failure.json") }

// WriteFailure says why the run failed; nothing where the run has ended all the same.
func (r RunFolder) WriteFailure(f *Failure) error {
	if r.ended() {
		return nil
	}
	if err := os.MkdirAll(string(r), 0o777); err != nil {
		return fmt.Errorf("output folder: %w", err)
	}
	return WriteJSON(r.failure(), f)
}

// ReadFailure returns nil where the run has not failed, or has ended since.
func (r RunFolder) ReadFailure() (*Failure, error) {
	if r.ended() {
		return nil, nil
	}
	data, err := filelimit.ReadFile(r.failure(), filelimit.State)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("output folder: %w", err)
	}
	f := new(Failure)
	if err := filelimit.DecodeJSON(data, f); err != nil {
		return nil, fmt.Errorf("%s: %w; remove it", r.failure(), err)
	}
	return f, nil
}

// ClearFailure forgets why the run failed.
func (r RunFolder) ClearFailure() error {
	if err := atomicfile.RemoveFile(r.failure()); err != nil {
		return fmt.Errorf("output folder: %w", err)
	}
	return nil
}
