package economics

import "math"

// Source is something to be bought that tells more about the cells.
type Source struct {
	// What says what a unit is: "seed of every model".
	What string
	// Price of a unit.
	Price float64
	// Have is how many units there are.
	Have float64
	// Share is, of every cell, the part of its variance that further units take
	// away from: with k more of them it becomes Have/(Have + k) of what it is.
	Share []float64
	// Units are the numbers that are looked at, ascending.
	Units []float64
}

// Purchase is what a number of units is worth.
type Purchase struct {
	Units float64 `json:"units"`
	// Value is the expected value of their information, Cost their price.
	Value float64 `json:"value"`
	Cost  float64 `json:"cost"`
}

// Information returns what numbers of units are worth. They are all valued by the
// same draws.
func (c *Case) Information(s Source) ([]Purchase, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	f := c.Prices.factors()
	moved := make([][]float64, len(c.Draws))
	var out []Purchase
	for _, k := range s.Units {
		for d, cells := range c.Draws {
			moved[d] = c.moved(cells, s.Share, k/(s.Have+k), moved[d])
		}
		out = append(out, Purchase{k, information(c.presentsOf(moved, f)), k * s.Price})
	}
	return out, nil
}

// moved are expectations as they may be after learning a share of what the cells'
// variances have of it.
func (c *Case) moved(cells, share []float64, learned float64, into []float64) []float64 {
	if into == nil {
		into = make([]float64, len(cells))
	}
	for k, x := range cells {
		into[k] = c.Centre[k] + (x-c.Centre[k])*math.Sqrt(share[k]*learned)
	}
	return into
}

// information is the mean of the best option's value less the best of the means:
// what it is worth to know the draw before choosing. It is never below zero.
func information(values [][]float64) float64 {
	n := float64(len(values[0]))
	top := math.Inf(-1)
	for _, v := range values {
		sum := 0.0
		for _, x := range v {
			sum += x / n
		}
		top = max(top, sum)
	}
	known := 0.0
	for d := range values[0] {
		known += values[bestOf(values, d)][d] / n
	}
	return max(0, known-top)
}
