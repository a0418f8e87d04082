package affinity

import "encoding/json"

// known is null in JSON for a figure that is not known.
func known(x float64) *float64 {
	if !finite(x) {
		return nil
	}
	return &x
}

// MarshalJSON writes figures that are not known as null.
func (r Regret) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Best   *float64 `json:"best"`
		Chosen *float64 `json:"chosen"`
		Share  *float64 `json:"share"`
	}{known(r.Best), known(r.Chosen), known(r.Share)})
}

// MarshalJSON writes figures that are not known as null.
func (r Report) MarshalJSON() ([]byte, error) {
	type plain Report
	return json.Marshal(struct {
		plain
		Kendall     *float64 `json:"kendall"`
		Within      *float64 `json:"within"`
		P           *float64 `json:"p"`
		Signs       *float64 `json:"signs"`
		UsualSign   *float64 `json:"usual_sign"`
		Error       *float64 `json:"error"`
		ErrorOfMean *float64 `json:"error_of_mean"`
	}{plain(r), known(r.Kendall), known(r.Within), known(r.P), known(r.Signs), known(r.UsualSign), known(r.Error), known(r.ErrorOfMean)})
}

// MarshalJSON writes figures that are not known as null.
func (s Screened) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Best     *float64 `json:"best"`
		Chosen   *float64 `json:"chosen"`
		Share    *float64 `json:"share"`
		AtRandom *float64 `json:"at_random"`
	}{known(s.Best), known(s.Chosen), known(s.Share), known(s.AtRandom)})
}
