package economics

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
)

// DataPoint is the error of models that were trained on a number of samples.
type DataPoint struct {
	Samples float64
	Error   float64
	SE      float64 // standard error of Error
}

// LearningCurve says how an error falls with the number of training samples: as a
// power of it, error = scale · samples^-Exponent (Hestness et al., Deep Learning
// Scaling is Predictable, Empirically, arXiv:1712.00409). A curve that flattens falls
// by less than that, so that it is not followed further up than was measured down.
type LearningCurve struct {
	// Samples is the largest number that was measured, Reach how many times as many
	// the curve is followed to: as many times as that is of the smallest.
	Samples, Reach float64
	// Exponent is that of the measured errors, At their fit at Samples.
	Exponent, At float64

	exponents, ats []float64 // by draw
}

// FitLearning fits a curve to the errors at two numbers of samples or more, by least
// squares of logarithms, and does so again in every draw of these errors. It fails
// with ErrNoCurve where there is one number of samples, or an error is not above zero.
func FitLearning(points []DataPoint, draws int, seed uint64) (*LearningCurve, error) {
	points = slices.Clone(points)
	slices.SortFunc(points, func(a, b DataPoint) int { return cmp.Compare(a.Samples, b.Samples) })
	for i, p := range points {
		switch {
		case !(p.Samples > 0) || !finite(p.Samples) || !finite(p.Error) || !(p.SE >= 0) || !finite(p.SE):
			return nil, fmt.Errorf("economics: %w: %v samples with an error of %v, give or take %v", ErrNoCurve, p.Samples, p.Error, p.SE)
		case !(p.Error > 0):
			return nil, fmt.Errorf("economics: %w: models of %v training samples make no error", ErrNoCurve, p.Samples)
		case i > 0 && p.Samples == points[i-1].Samples:
			return nil, fmt.Errorf("economics: %w: two errors at %v training samples", ErrNoCurve, p.Samples)
		}
	}
	if len(points) < 2 {
		return nil, fmt.Errorf("economics: %w: one number of training samples was measured", ErrNoCurve)
	}
	last := points[len(points)-1]
	c := &LearningCurve{Samples: last.Samples, Reach: last.Samples / points[0].Samples}
	errors := make([]float64, len(points))
	for i, p := range points {
		errors[i] = p.Error
	}
	c.Exponent, c.At = fitPower(points, errors)
	random := rand.New(rand.NewPCG(seed, 0x6c6561726e000000)) // "learn"
	for range draws {
		for i, p := range points {
			// An error is above zero, however little is known of it.
			errors[i] = max(p.Error+p.SE*random.NormFloat64(), p.Error/100)
		}
		exponent, at := fitPower(points, errors)
		c.exponents, c.ats = append(c.exponents, exponent), append(c.ats, at)
	}
	return c, nil
}

// fitPower is the least squares line through logarithms: the exponent, and the error
// at the last point.
func fitPower(points []DataPoint, errors []float64) (exponent, at float64) {
	n := float64(len(points))
	mx, my := 0.0, 0.0
	for i, p := range points {
		mx += math.Log(p.Samples) / n
		my += math.Log(errors[i]) / n
	}
	xx, xy := 0.0, 0.0
	for i, p := range points {
		d := math.Log(p.Samples) - mx
		xx += d * d
		xy += d * (math.Log(errors[i]) - my)
	}
	exponent = -xy / xx
	return exponent, math.Exp(my - exponent*(math.Log(points[len(points)-1].Samples)-mx))
}

// Less is by how much the error falls with factor times as many samples, and that of
// every draw.
func (c *LearningCurve) Less(factor float64) (centre float64, draws []float64) {
	draws = make([]float64, len(c.ats))
	for d := range draws {
		draws[d] = c.ats[d] * (1 - math.Pow(factor, -c.exponents[d]))
	}
	return c.At * (1 - math.Pow(factor, -c.Exponent)), draws
}

// Exponents are those of the draws.
func (c *LearningCurve) Exponents() []float64 { return slices.Clone(c.exponents) }

// ExponentOf has the limits of the exponent at a level.
func (c *LearningCurve) ExponentOf(level float64) Estimate {
	return (&Case{Level: level}).estimate(c.Exponent, c.exponents)
}

// DataPurchase is what more training samples are worth.
type DataPurchase struct {
	// Factor is how many times as many there would be, Samples how many that adds.
	Factor  float64 `json:"factor"`
	Samples float64 `json:"samples"`
	// Value is what less error is worth today, over the horizon; Pays the share of
	// draws in which it is more than Cost, the price of the labels.
	Value Estimate `json:"value"`
	Cost  float64  `json:"cost"`
	Pays  float64  `json:"pays"`
}

// Grown is a domain that may be trained on more samples, with its learning curve and
// what a unit of less error is worth a month.
type Grown struct {
	Curve *LearningCurve
	Value float64
}

// MoreData values factors of more training samples of all domains that are given, at
// the same time. Curves have as many draws each, taken as independent.
func (p *Prices) MoreData(domains []Grown, factors []float64, level float64) ([]DataPurchase, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	annuity := p.Annuity()
	var out []DataPurchase
	for _, f := range factors {
		buy := DataPurchase{Factor: f}
		centre := 0.0
		var draws []float64
		for _, g := range domains {
			less, by := g.Curve.Less(f)
			centre += annuity * g.Value * less
			if draws == nil {
				draws = make([]float64, len(by))
			}
			for d, x := range by {
				draws[d] += annuity * g.Value * x
			}
			buy.Samples += math.Ceil((f - 1) * g.Curve.Samples)
		}
		buy.Cost = buy.Samples * p.Label
		for _, x := range draws {
			if x > buy.Cost {
				buy.Pays += 1 / float64(len(draws))
			}
		}
		buy.Value = (&Case{Level: level}).estimate(centre, draws)
		out = append(out, buy)
	}
	return out, nil
}
