package rebatch

import (
	"errors"
	"fmt"
)

// ErrFixed is what errors of Model match that a node is to blame for which
// cannot be followed.
var ErrFixed = errors.New("the size of the batch cannot be changed")

// advice is what to do about it.
const advice = "export the model with an open batch"

var (
	errNoRule = errors.New("this operator is not followed")
	errTwo    = errors.New("several of its inputs depend on the sample in ways that do not go together")
)

// mixes says that a node works across samples.
func mixes(dim int) error {
	return fmt.Errorf("it works along dimension %d, which holds the batch", dim)
}
