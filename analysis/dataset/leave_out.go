package dataset

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
)

// LeaveOut returns the domain without some training samples, which are given by their
// positions in Train. Validation and test stay, and so do normalisations, which were
// fitted on all; SHA256 says what was left out. The data are not read again.
func (d *Domain) LeaveOut(train []int) *Domain {
	out, split := *d, *d.Train
	h := sha256.New()
	fmt.Fprintln(h, d.SHA256)
	left := map[int]bool{}
	for _, i := range slices.Sorted(slices.Values(train)) {
		left[i] = true
		fmt.Fprintln(h, d.Train.ID(i))
	}
	split.index = nil
	for i, row := range d.Train.index {
		if !left[i] {
			split.index = append(split.index, row)
		}
	}
	out.Train, out.SHA256 = &split, hex.EncodeToString(h.Sum(nil))
	return &out
}
