package proof

import (
	"math/rand/v2"
	"slices"
)

// RandomConvolution draws a convolution of one or two dimensions that fits:
// channels of whole vectors as often as not, groups, strides, dilations and pads
// that differ from side to side; a third of those without an addition are pooled.
func RandomConvolution(rng *rand.Rand) Convolution {
	rank := 1 + min(rng.IntN(3), 1)
	s := Convolution{Batch: 1 + rng.Int64N(4), Group: 1, Bias: rng.IntN(2) == 0, Add: rng.IntN(3) == 0, Relu: rng.IntN(3) == 0}
	switch rng.IntN(4) {
	case 0:
		s.Channels, s.Filters = 16*(1+rng.Int64N(3)), 16*(1+rng.Int64N(3))
	case 1:
		s.Group = 1 + rng.Int64N(5)
		s.Channels, s.Filters = s.Group*(1+rng.Int64N(4)), s.Group*(1+rng.Int64N(20))
	case 2:
		s.Group = 1 + rng.Int64N(20)
		s.Channels, s.Filters = s.Group, s.Group
	default:
		s.Channels, s.Filters = 1+rng.Int64N(40), 1+rng.Int64N(40)
	}
	square := rng.IntN(2) == 0
	for range rank {
		k, stride, dilation := 1+rng.Int64N(5), int64(1), int64(1)
		if square {
			k = 3
		} else {
			stride, dilation = 1+rng.Int64N(3), 1+rng.Int64N(3)
		}
		span := (k-1)*dilation + 1
		s.Kernel = append(s.Kernel, k)
		s.Strides = append(s.Strides, stride)
		s.Dilations = append(s.Dilations, dilation)
		s.In = append(s.In, max(span, 1+rng.Int64N(18)))
	}
	for range 2 {
		for i := range s.Kernel {
			s.Pads = append(s.Pads, rng.Int64N((s.Kernel[i]-1)*s.Dilations[i]+2))
		}
	}
	s.Pool = rng.IntN(3) == 0 && !s.Add && slices.Min(s.Out()) > 1
	return s
}

// RandomPooling draws a max pooling; no window lies in the padding alone.
func RandomPooling(rng *rand.Rand) Pooling {
	s := Pooling{Batch: 1 + rng.Int64N(3), Channels: 1 + rng.Int64N(40), Ties: rng.IntN(2) == 0, Relu: rng.IntN(2) == 0}
	rank := 1 + rng.IntN(2)
	for range rank {
		k := 1 + rng.Int64N(3)
		if s.Ties {
			k = 1 + rng.Int64N(2)
		}
		dilation := 1 + rng.Int64N(2)
		s.Kernel = append(s.Kernel, k)
		s.Strides = append(s.Strides, 1+rng.Int64N(3))
		s.Dilations = append(s.Dilations, dilation)
		s.In = append(s.In, max((k-1)*dilation+1, 1+rng.Int64N(12)))
	}
	for range 2 {
		for i := range rank {
			// Less than a window, and than the image, whose elements every window
			// must reach.
			s.Pads = append(s.Pads, rng.Int64N(min(s.Kernel[i], s.Dilations[i]+1)))
		}
	}
	return s
}
