package layout

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"

	"github.com/sharewise/sharewise/analysis/filelimit"
	"github.com/sharewise/sharewise/analysis/versioned"
)

// Status is how a run ended.
type Status string

// The ways in which a run ends.
const (
	Finished Status = "done"
	Diverged Status = "diverged"
	// LeftOut is a baseline that would have been too much work.
	LeftOut Status = "left out"
)

// Done is the content of done.json: how a run ended, what it left, and how
// long it took.
type Done struct {
	Hash   string `json:"hash"`
	Status Status `json:"status"`
	// Reason says why a run diverged or a baseline was left out.
	Reason string `json:"reason,omitempty"`
	// Files maps the names of the result files to their SHA-256.
	Files   map[string]string `json:"files"`
	Seconds float64           `json:"seconds"`
	// Spent says what Seconds went to; nil for baselines and for runs of versions
	// that did not count it.
	Spent *Spent `json:"spent,omitempty"`
	Steps int    `json:"steps"`
	// Epoch is the epoch whose parameters were tested.
	Epoch int `json:"epoch"`
	// Sum is the SHA-256 of all that stands before, see [RunFolder.WriteDone]; empty
	// for versions that kept none.
	Sum string `json:"sha256,omitempty"`
}

// ReadDone returns nil without error when the run has not ended or belongs to
// another specification.
func (r RunFolder) ReadDone(hash string) (*Done, error) {
	d, err := r.ReadAnyDone()
	if err != nil || d == nil || d.Hash != hash {
		return nil, err
	}
	return d, nil
}

// ReadAnyDone is [RunFolder.ReadDone] whatever the run's specification.
func (r RunFolder) ReadAnyDone() (*Done, error) {
	data, err := filelimit.ReadFile(r.Done(), filelimit.State)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%w", err)
	}
	var d Done
	if err := filelimit.DecodeJSON(data, &d); err != nil {
		return nil, fmt.Errorf("%s: %w; remove the folder %s to repeat the run", r.Done(), err, string(r))
	}
	if err := versioned.Inside("files", slices.Collect(maps.Keys(d.Files))...); err != nil {
		return nil, filelimit.Damaged(fmt.Errorf("%s: %w; remove the folder %s to repeat the run", r.Done(), err, string(r)))
	}
	if !d.whole() {
		return nil, filelimit.Damaged(fmt.Errorf("%s: its content has another SHA-256 than it says; remove the folder %s to repeat the run, or let 'sharewise check' set it aside", r.Done(), string(r)))
	}
	return &d, nil
}

// Verify recomputes the hashes of the files of a run that has ended.
func (r RunFolder) Verify(d *Done) error {
	for _, name := range slices.Sorted(maps.Keys(d.Files)) {
		if err := r.VerifyFile(d, name); err != nil {
			return err
		}
	}
	return nil
}

// VerifyFile recomputes the hash of one file of a run that has ended. A file that the
// run did not leave is none of it.
func (r RunFolder) VerifyFile(d *Done, name string) error {
	got, err := HashFile(filepath.Join(string(r), name))
	if err != nil {
		return err
	}
	if got != d.Files[name] {
		return fmt.Errorf("%s has changed since it was written; remove the folder %s to repeat the run", filepath.Join(string(r), name), string(r))
	}
	return nil
}

// HashFile is the SHA-256 of a file, in hexadecimal digits.
func HashFile(path string) (string, error) {
	f, err := filelimit.Open(path)
	if err != nil {
		return "", fmt.Errorf("%w", err)
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", fmt.Errorf("hash %s: %w", path, err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
