package affinity

import (
	"encoding/json"

	"github.com/sharewise/sharewise/analysis/effect"
)

// MarshalJSON writes figures that are not known as null.
func (r Regret) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Best   effect.Number `json:"best"`
		Chosen effect.Number `json:"chosen"`
		Share  effect.Number `json:"share"`
	}{effect.Number(r.Best), effect.Number(r.Chosen), effect.Number(r.Share)})
}

// MarshalJSON writes figures that are not known as null.
func (r Report) MarshalJSON() ([]byte, error) {
	type plain Report
	return json.Marshal(struct {
		plain
		Kendall     effect.Number `json:"kendall"`
		Within      effect.Number `json:"within"`
		P           effect.Number `json:"p"`
		Signs       effect.Number `json:"signs"`
		UsualSign   effect.Number `json:"usual_sign"`
		Error       effect.Number `json:"error"`
		ErrorOfMean effect.Number `json:"error_of_mean"`
	}{plain(r), effect.Number(r.Kendall), effect.Number(r.Within), effect.Number(r.P), effect.Number(r.Signs), effect.Number(r.UsualSign), effect.Number(r.Error), effect.Number(r.ErrorOfMean)})
}

// MarshalJSON writes figures that are not known as null.
func (s Screened) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Best     effect.Number `json:"best"`
		Chosen   effect.Number `json:"chosen"`
		Share    effect.Number `json:"share"`
		AtRandom effect.Number `json:"at_random"`
	}{effect.Number(s.Best), effect.Number(s.Chosen), effect.Number(s.Share), effect.Number(s.AtRandom)})
}
