package inspection

import (
	"context"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"

	"github.com/sharewise/sharewise/analysis/dataset"
)

// MostSampled bounds the samples of a split that quartiles, tails and drift
// are taken from. Wide tables are sampled more thinly.
const MostSampled = 20000

// mostNumbers bounds the numbers that are kept of a split for that.
const mostNumbers = 1 << 24

// Feature describes one number per sample over the training data: a column of
// a table, a target, or a statistic of an image's or a window's channel.
type Feature struct {
	Name   string  `json:"name"`
	Mean   float64 `json:"mean"`
	SD     float64 `json:"sd"`
	Min    float64 `json:"min"`
	Q1     float64 `json:"q1"`
	Median float64 `json:"median"`
	Q3     float64 `json:"q3"`
	Max    float64 `json:"max"`
	// Constant says that all training samples have the same value.
	Constant bool `json:"constant"`
	// FarOut is the share of training values more than three interquartile
	// ranges outside the quartiles (the outer fences of Tukey 1977); of a normal
	// distribution it is 2 in a million. Zero where the quartiles are equal.
	FarOut float64 `json:"far_out"`
	// Extreme is the largest distance of a training value from the mean in
	// standard deviations: what the model is fed at most.
	Extreme float64 `json:"extreme"`
	// Withheld says that the domain is confidential, so that its least and largest
	// value, which are those of single samples, are withheld: Min and Max are the
	// quartiles.
	Withheld bool `json:"withheld,omitempty"`
	// Missing is the number of rows left out for a missing value here, and of
	// training and test rows whose target is not known.
	Missing int    `json:"missing"`
	Drift   *Drift `json:"drift,omitempty"`
}

// view is how samples are turned into a few numbers that can be named.
type view struct {
	names []string
	read  func(s *dataset.Split, i int, out []float64)
}

// inputsOf views the inputs of a domain: columns of a table as they are, each
// channel of images and series by mean and deviation within the sample.
func inputsOf(d *dataset.Domain) view {
	if d.Text != nil {
		return textView()
	}
	x := make([]float64, sizeOf(d))
	if len(d.Shape) == 1 {
		names := d.Numbers()
		if d.Features == nil {
			for j := range len(x) - len(d.Categories) {
				names = append(names, fmt.Sprintf("feature %d", j+1))
			}
		}
		return view{names, func(s *dataset.Split, i int, out []float64) {
			s.Raw(i, x)
			for j := range out { // codes of words come after them
				out[j] = x[j]
			}
		}}
	}
	v := view{}
	for c := range d.Shape[0] {
		name := fmt.Sprintf("channel %d", c+1)
		if len(d.Features) == d.Shape[0] {
			name = d.Features[c]
		}
		v.names = append(v.names, name+": mean", name+": deviation")
	}
	size := len(x) / max(1, d.Shape[0])
	v.read = func(s *dataset.Split, i int, out []float64) {
		s.Raw(i, x)
		for c := range d.Shape[0] {
			out[2*c], out[2*c+1] = meanAndDeviation(x[c*size : (c+1)*size])
		}
	}
	return v
}

func targetsOf(d *dataset.Domain) view {
	return view{d.Task.Targets, func(s *dataset.Split, i int, out []float64) { s.RawTargets(i, out) }}
}

func meanAndDeviation(x []float64) (mean, sd float64) {
	for _, v := range x {
		mean += v
	}
	mean /= float64(len(x))
	for _, v := range x {
		sd += (v - mean) * (v - mean)
	}
	return mean, math.Sqrt(sd / float64(len(x)))
}

// column is what one pass over a split keeps of a feature.
type column struct {
	n, unknown   int
	mean, square float64 // Welford's running mean and sum of squares
	lo, hi       float64
	sampled      []float64 // sorted at the end
}

func (c *column) add(v float64) {
	if c.n == 0 {
		c.lo, c.hi = v, v
	}
	c.n++
	d := v - c.mean
	c.mean += d / float64(c.n)
	c.square += d * (v - c.mean)
	c.lo, c.hi = min(c.lo, v), max(c.hi, v)
}

func (c *column) sd() float64 { return math.Sqrt(c.square / float64(max(1, c.n))) }

// columns reads a split once.
func columns(ctx context.Context, v view, s *dataset.Split) ([]column, error) {
	out := make([]column, len(v.names))
	row := make([]float64, len(v.names))
	n := s.Len()
	most := min(n, MostSampled, max(500, mostNumbers/max(1, len(row))))
	for i := range n {
		if i%4096 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		v.read(s, i, row)
		// Sample i is the first of its stretch: most of n, evenly spaced.
		sampled := i*most/n != (i-1)*most/n || i == 0
		for j, x := range row {
			if math.IsNaN(x) { // a target that is not known
				out[j].unknown++
				continue
			}
			out[j].add(x)
			if sampled {
				out[j].sampled = append(out[j].sampled, x)
			}
		}
	}
	for j := range out {
		slices.Sort(out[j].sampled)
	}
	return out, nil
}

// features describes what a view shows of a domain.
func features(ctx context.Context, d *dataset.Domain, v view) ([]Feature, error) {
	seen, err := columns(ctx, v, d.Train)
	if err != nil {
		return nil, err
	}
	held, err := columns(ctx, v, d.Test)
	if err != nil {
		return nil, err
	}
	out := make([]Feature, len(v.names))
	for j, name := range v.names {
		out[j] = describe(name, &seen[j])
		if len(seen[j].sampled) > 0 && len(held[j].sampled) > 0 {
			out[j].Drift = driftOf(seen[j].sampled, held[j].sampled, seen[j].lo, seen[j].hi)
		}
		out[j].Missing = missing(d, name) + seen[j].unknown + held[j].unknown
	}
	adjust(out)
	return out, nil
}

func describe(name string, c *column) Feature {
	if len(c.sampled) == 0 {
		return Feature{Name: name}
	}
	f := Feature{
		Name: name, Mean: c.mean, SD: c.sd(), Min: c.lo, Max: c.hi, Constant: c.lo == c.hi,
		Q1:     stat.Quantile(0.25, stat.LinInterp, c.sampled, nil),
		Median: stat.Quantile(0.5, stat.LinInterp, c.sampled, nil),
		Q3:     stat.Quantile(0.75, stat.LinInterp, c.sampled, nil),
	}
	if f.Constant {
		f.SD = 0
		return f
	}
	f.Extreme = max(f.Max-f.Mean, f.Mean-f.Min) / f.SD
	if r := f.Q3 - f.Q1; r > 0 {
		far := 0
		for _, v := range c.sampled {
			if v < f.Q1-3*r || v > f.Q3+3*r {
				far++
			}
		}
		f.FarOut = float64(far) / float64(len(c.sampled))
	}
	return f
}

// missing finds the rows that were left out for a missing value of a column
// among what the reader dropped.
func missing(d *dataset.Domain, name string) int {
	n := 0
	for _, drop := range d.Dropped {
		if drop.Reason == fmt.Sprintf("column %q: missing value", name) {
			n += drop.Count
		}
	}
	return n
}
