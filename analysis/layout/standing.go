package layout

import (
	"bufio"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/sharewise/sharewise/analysis/filelimit"
)

// CheckpointMagic is what a checkpoint begins with. A head follows as package gob
// writes it, and then what only training can read.
const CheckpointMagic = "sharewise checkpoint 2\n"

// Standing is how far a run is that has not ended, as its last checkpoint has it.
// These are the fields of a checkpoint's head that others than training may read.
type Standing struct {
	Hash    string // of the run
	Step    int    // steps taken
	History []HistoryRow
}

// Standing reads how far the run of the given hash is, without what it would take to
// go on. It returns nil without error where no checkpoint of that run is there: it may
// not have come so far, or have ended meanwhile.
func (r RunFolder) Standing(hash string) (*Standing, error) {
	s, err := r.StandingOfAny()
	if err != nil || s == nil || s.Hash != hash {
		return nil, err
	}
	return s, nil
}

// StandingOfAny is [RunFolder.Standing] whatever the run's specification.
func (r RunFolder) StandingOfAny() (*Standing, error) {
	f, err := filelimit.Open(r.Checkpoint())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%w", err)
	}
	defer f.Close()
	in := bufio.NewReader(f)
	magic := make([]byte, len(CheckpointMagic))
	if _, err := io.ReadFull(in, magic); err != nil || string(magic) != CheckpointMagic {
		return nil, nil
	}
	var s Standing
	if err := gob.NewDecoder(in).Decode(&s); err != nil {
		return nil, fmt.Errorf("%s: %w", r.Checkpoint(), DamagedCheckpoint(err))
	}
	return &s, nil
}

// ErrDamagedCheckpoint says that a checkpoint cannot be used.
var ErrDamagedCheckpoint = errors.New("it is damaged, or of another version")

// DamagedCheckpoint is what an error of decoding says of a checkpoint: [ErrDamagedCheckpoint], unless
// the system could not read it, whose error is returned as it is.
func DamagedCheckpoint(err error) error {
	if filelimit.SystemFault(err) != "" {
		return err
	}
	return ErrDamagedCheckpoint
}
