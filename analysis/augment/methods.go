package augment

import (
	"math"
	"slices"
)

func (a *Augmenter) flip(x []float32) {
	if a.rng.Uint64()&1 == 0 {
		return
	}
	w := a.shape[2]
	for at := 0; at < len(x); at += w {
		slices.Reverse(x[at : at+w])
	}
}

func (a *Augmenter) crop(x []float32) {
	n, h, w := a.settings.Crop, a.shape[1], a.shape[2]
	down, right := a.rng.IntN(2*n+1)-n, a.rng.IntN(2*n+1)-n
	for c := range a.shape[0] {
		image := x[c*h*w : (c+1)*h*w]
		// Rows are visited so that none is overwritten before it was moved.
		for i := range h {
			to := i
			if down > 0 {
				to = h - 1 - i
			}
			row, from := image[to*w:(to+1)*w], to-down
			if from < 0 || from >= h {
				clear(row)
				continue
			}
			move(row, image[from*w:(from+1)*w], right)
		}
	}
}

// move fills dst with src moved to the right, or to the left if by is
// negative. They may be one slice.
func move(dst, src []float32, by int) {
	n := len(dst)
	if by >= 0 {
		copy(dst[by:], src[:n-by])
		clear(dst[:by])
		return
	}
	copy(dst[:n+by], src[-by:])
	clear(dst[n+by:])
}

func (a *Augmenter) shift(x []float32) {
	length := a.shape[1]
	most := int(math.Round(a.settings.Shift * float64(length)))
	by := a.rng.IntN(2*most+1) - most
	for at := 0; at < len(x); at += length {
		channel := x[at : at+length]
		if a.settings.Edge == Zero {
			move(channel, channel, by)
			continue
		}
		copy(a.scratch, channel)
		k := (by + length) % length
		copy(channel[k:], a.scratch[:length-k])
		copy(channel[:k], a.scratch[length-k:])
	}
}

// within is uniform from −most to most.
func (a *Augmenter) within(most float64) float64 { return (2*a.rng.Float64() - 1) * most }

func (a *Augmenter) contrast(x []float32) {
	factor := float32(1 + a.within(a.settings.Contrast))
	area := a.shape[1] * a.shape[2]
	for at := 0; at < len(x); at += area {
		channel := x[at : at+area]
		sum := 0.0
		for _, v := range channel {
			sum += float64(v)
		}
		mean := float32(sum / float64(area))
		for i, v := range channel {
			channel[i] = mean + (v-mean)*factor
		}
	}
}

func (a *Augmenter) brightness(x []float32) {
	by := float32(a.within(a.settings.Brightness))
	for i := range x {
		x[i] += by
	}
}

func (a *Augmenter) scaling(x []float32) {
	gain := float32(math.Exp(a.settings.Scaling * a.rng.NormFloat64()))
	for i := range x {
		x[i] *= gain
	}
}

func (a *Augmenter) noise(x []float32) {
	s := a.settings.Noise
	for i := range x {
		x[i] += float32(s * a.rng.NormFloat64())
	}
}
