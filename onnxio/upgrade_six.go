package onnxio

import (
	"errors"
	"fmt"
)

// What operator set 7 changed: broadcasting became a matter of shapes, and
// inference and training separate models.

// broadcastFrom: the second input was broadcast only when asked to, and from
// an axis on; without one its last dimension met the last, as today.
func broadcastFrom(u *upgrader, n *Node) ([]*Node, error) {
	n.take("consumed_inputs")
	broadcast, axis := n.take("broadcast"), n.take("axis")
	if broadcast == nil || broadcast.Int == 0 || axis == nil {
		return one(n)
	}
	return u.align(n, axis.Int)
}

// align gives the second input dimensions of 1 behind its own, so that its
// first one meets the given axis of the first input.
func (u *upgrader) align(n *Node, axis int64) ([]*Node, error) {
	a, b := u.shape(n.Inputs[0]), u.shape(n.Inputs[1])
	if a == nil || b == nil {
		return nil, errors.New("it broadcasts from an axis on, and shapes are unknown")
	}
	rank := int64(len(b))
	if axis < 0 {
		axis += int64(len(a))
	}
	more := int64(len(a)) - axis - rank
	if axis < 0 || more < 0 {
		return nil, fmt.Errorf("axis %d does not suit %v and %v", axis, a, b)
	}
	if more == 0 {
		return one(n)
	}
	axes := make([]int64, more)
	for i := range axes {
		axes[i] = rank + int64(i)
	}
	wide := u.b.Name(n.Inputs[1] + "_aligned")
	view := &Node{Name: wide, Op: "Unsqueeze", Inputs: []string{n.Inputs[1], u.b.Int64s(axes...)}, Outputs: []string{wide}}
	n.Inputs[1] = wide
	return []*Node{view, n}, nil
}

// slopePerChannel: a slope of one dimension belonged to the channels.
func slopePerChannel(u *upgrader, n *Node) ([]*Node, error) {
	slope := u.shape(n.Inputs[1])
	if slope == nil {
		return nil, errors.New("the shape of its slope is unknown")
	}
	if len(slope) != 1 || slope[0] == (Dim{Size: 1}) {
		return one(n)
	}
	return u.align(n, 1)
}

func dropBroadcast(_ *upgrader, n *Node) ([]*Node, error) {
	n.take("broadcast")
	return one(n)
}

// dropTest: models for inference were marked as such; others computed with the
// statistics of the batch, or left elements out.
func dropTest(_ *upgrader, n *Node) ([]*Node, error) {
	n.take("consumed_inputs")
	if test := n.take("is_test"); (test == nil || test.Int == 0) && n.Op == "BatchNormalization" {
		return nil, errors.New("it was exported in training mode; export it for inference")
	}
	return one(n)
}

func wholeSequence(_ *upgrader, n *Node) ([]*Node, error) {
	n.take("output_sequence")
	return one(n)
}
