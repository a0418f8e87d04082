package rebatch

import (
	"errors"
	"fmt"
	"slices"
)

// recurrent is for RNN, GRU and LSTM: the batch is the second dimension of what
// they read, or the first with layout 1. Initial states that are written down
// are repeated.
func recurrent(c *call) error {
	if err := c.alone(0, 4, 5, 6); err != nil {
		return err
	}
	first := 1 // of the input
	states, all := 1, 2
	if c.IntOr("layout", 0) != 0 {
		first, states, all = 0, 0, 0
	}
	if c.rank(0) != 3 || len(c.shapes) < 3 || c.rank(2) != 3 {
		return errors.New("its input and weights are to have three dimensions")
	}
	if c.lead != 0 || c.dim != first || c.outer != 1 || c.shapes[0][first] != c.size {
		return errors.New("the batch of its input is to be a dimension of its own, the second, or with layout 1 the first")
	}
	state := []int64{c.shapes[2][0], c.shapes[2][2]} // directions, hidden
	state = slices.Insert(state, states, c.size)
	for i, want := range [][]int64{4: {c.size}, 5: state, 6: state} {
		if want == nil || !c.has(i) {
			continue
		}
		if !slices.Equal(c.shapes[i], want) {
			return fmt.Errorf("its input %d, %q, has shape %v, not %v", i, c.names[i], c.shapes[i], want)
		}
		d, err := states, error(nil)
		if i == 4 { // lengths
			d = 0
		}
		if c.varies(i) != nil {
			err = c.take(i, place{d, 1})
		} else {
			err = c.spread(i, d)
		}
		if err != nil {
			return err
		}
	}
	for j, v := range c.out {
		d := states
		if j == 0 {
			d = all
		}
		c.deliver(v, place{d, 1})
	}
	c.append(c.Node)
	return nil
}
