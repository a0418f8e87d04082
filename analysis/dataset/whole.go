package dataset

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
)

// Whole is the domain as a model learns it that is trained for use and tested
// no more: all samples of its three parts are for training, but for the validation
// samples where keep says that they choose the epoch. Its test samples are those it
// had, which training now sees: what they score says nothing. Inputs are mapped as
// for d, whose training samples that was fitted to. It fails where parts were read
// from files of their own, which folds never are.
func (d *Domain) Whole(keep bool) (*Domain, error) {
	out := *d
	index := slices.Clone(d.Train.index)
	parts := []*Split{d.Test}
	if !keep {
		parts = append(parts, d.Val)
		out.Val = d.Train.of(nil)
	}
	for _, s := range parts {
		if s.Len() > 0 && s.store != d.Train.store {
			return nil, fmt.Errorf("dataset: %s has files of its own for testing or validation, which are not joined to its training data", d.Name)
		}
		if s != nil {
			index = append(index, s.index...)
		}
	}
	slices.Sort(index)
	out.Train = d.Train.of(index)
	sum := sha256.Sum256([]byte(fmt.Sprintf("whole %t %s", keep, d.SHA256)))
	out.SHA256 = hex.EncodeToString(sum[:])
	return &out, nil
}

// of is the split with other samples of the same store.
func (s *Split) of(index []int) *Split {
	out := *s
	out.index = index
	return &out
}
