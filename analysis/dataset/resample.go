package dataset

import (
	"fmt"
	"math"
	"math/big"
)

// resampler changes the rate of a signal by the ratio up/down. It is a
// polyphase filter: sample k of the result is the convolution of the signal
// with a low-pass kernel at the time k·down/up, and only the up different
// phases of the kernel are stored.
//
// The kernel is a sinc under a Kaiser window (J. F. Kaiser, 1974). Up to 0.9 of
// the lower of both Nyquist frequencies it lets everything pass; from that
// Nyquist frequency on it stops by 80 dB. Each phase sums to 1, so that a
// constant stays what it is; at the ends of a signal the part of the kernel
// that lies on it does.
type resampler struct {
	up, down int
	half     int         // samples of the source on either side of a moment
	phase    [][]float64 // [up][2*half+1]
}

// newResampler returns nil where the rates are the same.
func newResampler(from, to float64) (*resampler, error) {
	if from == to {
		return nil, nil
	}
	ratio := new(big.Rat).Quo(new(big.Rat).SetFloat64(to), new(big.Rat).SetFloat64(from))
	const most = 1 << 24 // numbers of all phases
	r := &resampler{}
	if ratio.Num().IsInt64() && ratio.Denom().IsInt64() {
		r.up, r.down = int(ratio.Num().Int64()), int(ratio.Denom().Int64())
	}
	const (
		stop       = 80.0 // dB
		transition = 0.1  // of the lower Nyquist frequency
	)
	// Frequencies are in units of the source's Nyquist frequency.
	nyquist := math.Min(1, to/from)
	half := (stop - 8) / (2.285 * math.Pi * transition * nyquist) / 2
	if r.up < 1 || r.down < 1 || float64(r.up)*(2*half+3) > most {
		return nil, fmt.Errorf("rates of %g and %g samples per second: their ratio is no fraction of small numbers; choose another input.series.rate", from, to)
	}
	r.half = int(math.Ceil(half))
	beta := 0.1102 * (stop - 8.7)
	cut := nyquist * (1 - transition/2)
	for p := range r.up {
		taps := make([]float64, 2*r.half+1)
		sum := 0.0
		for k := range taps {
			t := float64(k-r.half) - float64(p)/float64(r.up)
			taps[k] = cut * sinc(cut*t) * kaiser(t/float64(r.half+1), beta)
			sum += taps[k]
		}
		for k := range taps {
			taps[k] /= sum
		}
		r.phase = append(r.phase, taps)
	}
	return r, nil
}

func sinc(x float64) float64 {
	if x == 0 {
		return 1
	}
	return math.Sin(math.Pi*x) / (math.Pi * x)
}

// kaiser is the window at x of [-1, 1].
func kaiser(x, beta float64) float64 {
	if x*x >= 1 {
		return 0
	}
	return bessel(beta*math.Sqrt(1-x*x)) / bessel(beta)
}

// bessel is the modified Bessel function of the first kind of order 0, by its
// power series.
func bessel(x float64) float64 {
	sum, term := 1.0, 1.0
	for k := 1.0; term > 1e-17*sum; k++ {
		term *= x / 2 / k * (x / 2 / k)
		sum += term
	}
	return sum
}

// length is how many samples a signal of n has afterwards.
func (r *resampler) length(n int) int {
	if n == 0 {
		return 0
	}
	return (n-1)*r.up/r.down + 1
}

// source is the sample at or before the moment of sample k of the result.
func (r *resampler) source(k int) int { return k * r.down / r.up }

// apply resamples one channel.
func (r *resampler) apply(x []float32) []float32 {
	out := make([]float32, r.length(len(x)))
	for k := range out {
		at := r.source(k)
		taps := r.phase[k*r.down%r.up]
		sum, weight := 0.0, 0.0
		first, last := max(0, at-r.half), min(len(x)-1, at+r.half)
		for i := first; i <= last; i++ {
			w := taps[i-at+r.half]
			sum += w * float64(x[i])
			weight += w
		}
		if last-first < 2*r.half {
			sum /= weight
		}
		out[k] = float32(sum)
	}
	return out
}
