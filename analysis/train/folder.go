package train

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/sharewise/sharewise/analysis/atomicfile"
	"github.com/sharewise/sharewise/analysis/augment"
	"github.com/sharewise/sharewise/analysis/study"
)

// Folder is the output folder of a study.
type Folder string

// Plan is the plan of all runs.
func (f Folder) Plan() string { return filepath.Join(string(f), "plan.json") }

// Results is what analyze found.
func (f Folder) Results() string { return filepath.Join(string(f), "results.json") }

// Groups is the recommendation for planners.
func (f Folder) Groups() string { return filepath.Join(string(f), "groups.json") }

// Report is the report.
func (f Folder) Report() string { return filepath.Join(string(f), "report.html") }

// Tables is the folder of Parquet tables.
func (f Folder) Tables() string { return filepath.Join(string(f), "tables") }

func (f Folder) lock() string { return filepath.Join(string(f), ".lock") }

// Run is the folder of one run.
func (f Folder) Run(id string) RunFolder {
	return RunFolder(filepath.Join(string(f), "runs", id))
}

// RunFolder is the folder of one run.
type RunFolder string

// Spec is the exact input of the run.
func (r RunFolder) Spec() string { return filepath.Join(string(r), "spec.json") }

// Losses is the table of test losses. It is there when Done is.
func (r RunFolder) Losses() string { return filepath.Join(string(r), "losses.parquet") }

// History holds the learning curves. It is there when Done is.
func (r RunFolder) History() string { return filepath.Join(string(r), "history.parquet") }

// Model is the trained model.
func (r RunFolder) Model() string { return filepath.Join(string(r), "model.onnx") }

// Done says how the run ended.
func (r RunFolder) Done() string { return filepath.Join(string(r), "done.json") }

// Resumable reports whether there is a checkpoint to go on from.
func (r RunFolder) Resumable() bool {
	_, err := os.Stat(r.checkpoint())
	return err == nil
}

func (r RunFolder) checkpoint() string { return filepath.Join(string(r), checkpointName) }

const checkpointName = "checkpoint.gob"

// Spec is the exact input of a run, as spec.json records it.
type Spec struct {
	Run       study.Run         `json:"run"`
	Data      map[string]string `json:"data"`  // SHA-256 by domain
	Model     string            `json:"model"` // SHA-256 of the trunk's definition
	Batches   map[string]int    `json:"batches"`
	Steps     int               `json:"steps"`
	Training  study.Training    `json:"training"`
	BatchNorm string            `json:"batch_norm,omitempty"`
	Freeze    []string          `json:"freeze,omitempty"`
	// Augment has the domains whose training samples are augmented.
	Augment   map[string]augment.Settings `json:"augment,omitempty"`
	Backend   string                      `json:"backend"`
	Sharewise string                      `json:"sharewise"`
}

// Status is how a run ended.
type Status string

// The ways in which a run ends.
const (
	Finished Status = "done"
	Diverged Status = "diverged"
)

// Done is the content of done.json: how a run ended, what it left, and how
// long it took.
type Done struct {
	Hash   string `json:"hash"`
	Status Status `json:"status"`
	// Reason says why a run diverged.
	Reason string `json:"reason,omitempty"`
	// Files maps the names of the result files to their SHA-256.
	Files   map[string]string `json:"files"`
	Seconds float64           `json:"seconds"`
	Steps   int               `json:"steps"`
	// Epoch is the epoch whose parameters were tested.
	Epoch int `json:"epoch"`
}

// ReadDone returns nil without error when the run has not ended or belongs to
// another specification.
func (r RunFolder) ReadDone(hash string) (*Done, error) {
	data, err := os.ReadFile(r.Done())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("train: %w", err)
	}
	var d Done
	if err := json.Unmarshal(data, &d); err != nil {
		return nil, fmt.Errorf("train: %s is damaged: %w; remove the folder %s to repeat the run", r.Done(), err, string(r))
	}
	if d.Hash != hash {
		return nil, nil
	}
	return &d, nil
}

// Verify recomputes the hashes of the files of a run that has ended.
func (r RunFolder) Verify(d *Done) error {
	for name, want := range d.Files {
		got, err := hashFile(filepath.Join(string(r), name))
		if err != nil {
			return err
		}
		if got != want {
			return fmt.Errorf("train: %s has changed since it was written; remove the folder %s to repeat the run", filepath.Join(string(r), name), string(r))
		}
	}
	return nil
}

func hashFile(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("train: %w", err)
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", fmt.Errorf("train: hash %s: %w", path, err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// WriteJSON writes v as indented JSON.
func WriteJSON(path string, v any) error {
	return atomicfile.Write(path, func(w io.Writer) error {
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		return enc.Encode(v)
	})
}
