package train

import (
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"

	"github.com/sharewise/sharewise/analysis/atomicfile"
	"github.com/sharewise/sharewise/analysis/filelimit"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/training"
)

// checkpoint is everything that a run needs to go on as if it had never
// stopped. Streams of minibatches are not in it: they follow from Step.
type checkpoint struct {
	Hash    string // of the run
	Backend string // and the form of its graphs: sums differ between versions and forms
	Step    int    // steps taken
	Vars    map[string][]float32
	Method  []byte // state of the weighting
	Sums    epochSums
	History []layout.HistoryRow
	Best    bestEpoch
}

// bestEpoch remembers the model with the least validation loss, for selection
// "best".
type bestEpoch struct {
	Epoch  int // from 1; 0 means none yet
	Loss   float64
	Params map[string][]float32 // parameters and buffers
}

func writeCheckpoint(path string, c *checkpoint) error {
	return atomicfile.Write(path, func(w io.Writer) error { return gob.NewEncoder(w).Encode(c) })
}

// readCheckpoint returns nil when there is none that this run can use: none at
// all, one of another specification, backend or form, or an unreadable one. The
// run then starts over, which costs time and no correctness; why says so, unless
// there is none.
func readCheckpoint(path, hash, backend string) (c *checkpoint, why string, err error) {
	f, err := filelimit.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, "", nil
	}
	if err != nil {
		return nil, "", fmt.Errorf("train: read checkpoint: %w", err)
	}
	defer f.Close()
	c = &checkpoint{}
	switch err := gob.NewDecoder(f).Decode(c); {
	case err != nil:
		return nil, fmt.Sprintf("its checkpoint cannot be read: %v", err), nil
	case c.Hash != hash:
		return nil, "its checkpoint is of another study", nil
	case c.Backend != backend:
		return nil, fmt.Sprintf("after %d steps, as its checkpoint was trained by %s, and this is %s, whose sums differ in their last digits", c.Step, c.Backend, backend), nil
	}
	return c, "", nil
}

// snapshot copies the current elements of variables.
func (e *engine) snapshot(variables []training.Param) map[string][]float32 {
	out := make(map[string][]float32, len(variables))
	for _, p := range variables {
		out[p.Name] = slices.Clone(e.values(p.Name))
	}
	return out
}

// load puts snapshot values back into tensors. It reports whether every tensor
// was there with the right size.
func load(vars map[string]*exec.Tensor, values map[string][]float32) bool {
	for name, v := range values {
		t, ok := vars[name]
		if !ok || len(t.Float32()) != len(v) {
			return false
		}
		copy(t.Float32(), v)
	}
	return true
}
