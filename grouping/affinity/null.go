package affinity

import "encoding/json"

// orNull is null in JSON for a figure that is not known.
func orNull(x float64) *float64 {
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
	}{orNull(r.Best), orNull(r.Chosen), orNull(r.Share)})
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
	}{plain(r), orNull(r.Kendall), orNull(r.Within), orNull(r.P), orNull(r.Signs), orNull(r.UsualSign), orNull(r.Error), orNull(r.ErrorOfMean)})
}

// MarshalJSON writes figures that are not known as null.
func (s Screened) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Best     *float64 `json:"best"`
		Chosen   *float64 `json:"chosen"`
		Share    *float64 `json:"share"`
		AtRandom *float64 `json:"at_random"`
	}{orNull(s.Best), orNull(s.Chosen), orNull(s.Share), orNull(s.AtRandom)})
}
