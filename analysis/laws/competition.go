package laws

import (
	"fmt"
	"math"
)

// Mixture is what one model of several domains was trained with.
type Mixture struct {
	// Weights are the domains' shares of the training data, each above zero, with a sum
	// of 1.
	Weights []float64
	// Size is that of the model, Data the amount of training data of all domains
	// together, in any units.
	Size, Data float64
}

// Competitor is one domain of a Competition: its loss with room for x and training
// data d of its own is
//
//	Room x^-RoomPower + Noise d^-NoisePower + Irreducible
type Competitor struct {
	Room, RoomPower   float64
	Noise, NoisePower float64
	Irreducible       float64
}

// Competition is a law of the losses of domains that share one model and compete for
// its room (Dai and Zheng, Explaining Data Mixing Scaling Laws, arXiv:2606.08167): what
// serves all of them takes Common and serves each, and the rest is divided so that
// the training loss, weighted as the mixture is, becomes least:
//
//	minimise Σ h_i c_i x_i^-b_i   where  Σ x_i = N + (n-1) Common,  x_i ≥ Common
type Competition struct {
	Domains []Competitor
	Common  float64
	// Apart says that domains do not compete: the whole model is room for each.
	Apart bool
}

// Allocate divides a model's size among the domains. Conditions of Karush, Kuhn and
// Tucker leave one multiplier λ, which is bisected:
//
//	x_i = max(Common, (h_i c_i b_i / λ)^(1/(b_i+1)))
func (c *Competition) Allocate(weights []float64, size float64) []float64 {
	n := float64(len(c.Domains))
	room := make([]float64, len(c.Domains))
	if c.Apart {
		for i := range room {
			room[i] = size
		}
		return room
	}
	common := min(c.Common, size)
	whole := size + (n-1)*common
	logs := make([]float64, len(c.Domains))
	lo, hi := math.Inf(1), math.Inf(-1)
	for i, d := range c.Domains {
		logs[i] = math.Log(weights[i] * d.Room * d.RoomPower)
		// The multiplier at which this domain by itself would have all, and that at
		// which it has a share that all can have.
		lo = min(lo, logs[i]-(d.RoomPower+1)*math.Log(whole))
		hi = max(hi, logs[i]-(d.RoomPower+1)*math.Log(whole/n))
	}
	fill := func(log float64) float64 {
		sum := 0.0
		for i, d := range c.Domains {
			room[i] = common
			if x := math.Exp((logs[i] - log) / (d.RoomPower + 1)); x > common {
				room[i] = x
			}
			sum += room[i]
		}
		return sum
	}
	for range 60 {
		if middle := (lo + hi) / 2; fill(middle) > whole {
			lo = middle
		} else {
			hi = middle
		}
	}
	fill(hi)
	return room
}

// Losses are those of all domains in a model that was trained with a mixture.
func (c *Competition) Losses(m Mixture) []float64 {
	room := c.Allocate(m.Weights, m.Size)
	out := make([]float64, len(c.Domains))
	for i, d := range c.Domains {
		out[i] = d.loss(room[i], m.Data*m.Weights[i])
	}
	return out
}

func (d Competitor) loss(room, data float64) float64 {
	return d.Room*math.Pow(room, -d.RoomPower) + d.Noise*math.Pow(data, -d.NoisePower) + d.Irreducible
}

// Observation are the losses of all domains in one model; NaN where one is not known.
type Observation struct {
	Mixture
	Losses []float64
}

func checkObservations(all []Observation) error {
	if len(all) == 0 {
		return fmt.Errorf("laws: %w: no observation", ErrPoints)
	}
	n := len(all[0].Losses)
	sizes := map[float64]bool{}
	for k, o := range all {
		sum := 0.0
		for _, h := range o.Weights {
			if !(h > 0) {
				return fmt.Errorf("laws: %w: observation %d has a domain with a weight of %v; the law is one of mixtures of all domains", ErrPoints, k+1, h)
			}
			sum += h
		}
		if len(o.Losses) != n || len(o.Weights) != n || math.Abs(sum-1) > 1e-6 {
			return fmt.Errorf("laws: %w: observation %d has %d losses and weights %v; want %d of each, with a sum of 1", ErrPoints, k+1, len(o.Losses), o.Weights, n)
		}
		if !(o.Size > 0) || !(o.Data > 0) || math.IsInf(o.Size, 0) || math.IsInf(o.Data, 0) {
			return fmt.Errorf("laws: %w: observation %d of size %v with data %v", ErrPoints, k+1, o.Size, o.Data)
		}
		for _, l := range o.Losses {
			if l <= 0 || math.IsInf(l, 0) {
				return fmt.Errorf("laws: %w: observation %d with a loss of %v", ErrPoints, k+1, l)
			}
		}
		sizes[o.Size] = true
	}
	if len(sizes) < 3 {
		return fmt.Errorf("laws: %w: %d sizes; a law of competition takes three, and one more to say how far off it is", ErrFew, len(sizes))
	}
	return nil
}
