package contest

import (
	"hash/fnv"
	"math"
	"math/rand/v2"

	"github.com/sharewise/sharewise/analysis/study"
)

// candidate is one setting of a method with a learning rate relative to the study's.
type candidate struct {
	weighting study.Weighting
	rate      float64
	score     float64 // of validation samples, in the last round; +Inf where it diverged
	relative  float64 // time of a step
}

// Spans of settings, relative to the default; rates of training and everything else
// are drawn evenly on a logarithmic scale.
const (
	rateSpan    = 4
	settingSpan = 8
	// mostEvery is the longest stretch between two looks at gradients; weightSpread the
	// deviation of the logarithms of static weights.
	mostEvery    = 16
	weightSpread = 1
)

// candidates are a method's defaults and random settings, which follow from the
// study's seed and the name of the method.
func candidates(method study.WeightingMethod, n int, domains []string, seed uint64) []candidate {
	h := fnv.New64a()
	h.Write([]byte(method.Name))
	r := rand.New(rand.NewPCG(seed, h.Sum64()))
	around := func(middle, span float64) float64 { return middle * math.Pow(span, 2*r.Float64()-1) }
	var out []candidate
	for i := range n {
		c := candidate{weighting: study.Weighting{Name: method.Name}, rate: 1}
		w := &c.weighting
		w.Complete()
		if method.Has("weights") {
			w.Weights = map[string]float64{}
			for _, d := range domains {
				w.Weights[d] = 1
			}
		}
		if i > 0 {
			c.rate = round(around(1, rateSpan))
			w.Vary(func(key string, low, high, value float64) float64 {
				return min(high, max(low, round(around(value, settingSpan))))
			})
			if method.Has("every") && r.IntN(2) == 0 {
				w.Every = 1 << (1 + r.IntN(int(math.Log2(mostEvery))))
			}
			for _, d := range domains {
				if method.Has("weights") {
					w.Weights[d] = round(math.Exp(weightSpread * r.NormFloat64()))
				}
			}
		}
		out = append(out, c)
	}
	return out
}

// round leaves three digits, so that files are easy to read and to copy from.
func round(x float64) float64 {
	scale := math.Pow(10, 2-math.Floor(math.Log10(x)))
	return math.Round(x*scale) / scale
}
