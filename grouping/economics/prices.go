package economics

import (
	"fmt"
	"math"
)

// Prices are what models cost, in one currency.
type Prices struct {
	Currency string `json:"currency"`
	// Horizon is the number of months that are counted.
	Horizon int `json:"horizon"`
	// Discount is the rate of a year: 0.05 for 5 %.
	Discount float64 `json:"discount"`
	// Operation is what a model in use costs a month, whatever it does: watching
	// it, keeping it up to date.
	Operation float64 `json:"operation"`
	// Setup is what it costs once to put a model into use.
	Setup float64 `json:"setup"`
	// Hour is the price of an hour of training, Training what a training costs
	// beside that.
	Hour     float64 `json:"hour"`
	Training float64 `json:"training"`
	// Retrain is the number of months after which a model is trained again; 0:
	// never.
	Retrain int `json:"retrain"`
	// Compute is the price of 10¹⁵ floating-point operations of serving, Memory
	// that of a gigabyte (10⁹ bytes) of model for a month.
	Compute float64 `json:"compute"`
	Memory  float64 `json:"memory"`
	// Label is the price of labelling a sample.
	Label float64 `json:"label"`
}

// MaxHorizon is the largest number of months: a hundred years.
const MaxHorizon = 1200

// Validate reports what is wrong with the prices.
func (p *Prices) Validate() error {
	if p.Horizon < 1 || p.Horizon > MaxHorizon {
		return fmt.Errorf("economics: a horizon of %d months: want 1 to %d", p.Horizon, MaxHorizon)
	}
	if p.Retrain < 0 {
		return fmt.Errorf("economics: training again after %d months: want 1 or more, or 0 for never", p.Retrain)
	}
	for name, v := range map[string]float64{
		"discount": p.Discount, "operation": p.Operation, "setup": p.Setup, "hour": p.Hour,
		"training": p.Training, "compute": p.Compute, "memory": p.Memory, "label": p.Label,
	} {
		if !(v >= 0) || math.IsInf(v, 0) {
			return fmt.Errorf("economics: %s is %v: want a finite number of 0 or more", name, v)
		}
	}
	return nil
}

// factors are what a unit of money is worth today.
type factors struct {
	monthly  float64 // one at the end of every month
	trainUps float64 // one at every training after the first
}

func (p *Prices) factors() factors {
	var f factors
	for t := 1; t <= p.Horizon; t++ {
		d := math.Pow(1+p.Discount, -float64(t)/12)
		f.monthly += d
		if p.Retrain > 0 && t%p.Retrain == 0 && t < p.Horizon {
			f.trainUps += d
		}
	}
	return f
}

// Annuity is what one unit of money at the end of every month of the horizon is
// worth today.
func (p *Prices) Annuity() float64 { return p.factors().monthly }
