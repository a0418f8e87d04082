package effect

import (
	"encoding/json"
	"math"
)

// JSON has no NaN. The types below write a number that is not known as null
// and read null as NaN; everything else is as their tags say.

// number is v, or nil where v is not a number.
func number(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}

// float is the inverse of number.
func float(v *float64) float64 {
	if v == nil {
		return math.NaN()
	}
	return *v
}

type intervalJSON struct {
	Value *float64 `json:"value"`
	Lo    *float64 `json:"lo"`
	Hi    *float64 `json:"hi"`
}

// MarshalJSON implements json.Marshaler.
func (v Interval) MarshalJSON() ([]byte, error) {
	return json.Marshal(intervalJSON{number(v.Value), number(v.Lo), number(v.Hi)})
}

// UnmarshalJSON implements json.Unmarshaler.
func (v *Interval) UnmarshalJSON(data []byte) error {
	var x intervalJSON
	if err := json.Unmarshal(data, &x); err != nil {
		return err
	}
	*v = Interval{float(x.Value), float(x.Lo), float(x.Hi)}
	return nil
}

// The methodless copies of our types, into which the fields that may be NaN
// are put back as pointers: of two fields of one name, JSON takes the outer.
type (
	plainSide   Side
	plainEffect Effect
	plainTest   Test
	plainCall   Call
)

type sideJSON struct {
	Estimate *float64 `json:"estimate"`
	BoundLo  *float64 `json:"bound_lo"`
	BoundHi  *float64 `json:"bound_hi"`
	P        *float64 `json:"p"`
	plainSide
	Normalised *float64 `json:"normalised"`
}

// MarshalJSON implements json.Marshaler.
func (s Side) MarshalJSON() ([]byte, error) {
	return json.Marshal(sideJSON{number(s.Estimate), number(s.BoundLo), number(s.BoundHi), number(s.P), plainSide(s), number(s.Normalised)})
}

// UnmarshalJSON implements json.Unmarshaler.
func (s *Side) UnmarshalJSON(data []byte) error {
	var x sideJSON
	if err := json.Unmarshal(data, &x); err != nil {
		return err
	}
	*s = Side(x.plainSide)
	s.Estimate, s.BoundLo, s.BoundHi, s.P, s.Normalised = float(x.Estimate), float(x.BoundLo), float(x.BoundHi), float(x.P), float(x.Normalised)
	return nil
}

type testJSON struct {
	Statistic *float64 `json:"statistic"`
	P         *float64 `json:"p"`
	Smallest  *float64 `json:"smallest"`
	plainTest
}

// MarshalJSON implements json.Marshaler.
func (t Test) MarshalJSON() ([]byte, error) {
	return json.Marshal(testJSON{number(t.Statistic), number(t.P), number(t.Smallest), plainTest(t)})
}

// UnmarshalJSON implements json.Unmarshaler.
func (t *Test) UnmarshalJSON(data []byte) error {
	var x testJSON
	if err := json.Unmarshal(data, &x); err != nil {
		return err
	}
	*t = Test(x.plainTest)
	t.Statistic, t.P, t.Smallest = float(x.Statistic), float(x.P), float(x.Smallest)
	return nil
}

type callJSON struct {
	plainCall
	P      *float64 `json:"p"`
	Q      *float64 `json:"q"`
	PValue *float64 `json:"p_value"`
}

// MarshalJSON implements json.Marshaler.
func (c Call) MarshalJSON() ([]byte, error) {
	return json.Marshal(callJSON{plainCall(c), number(c.P), number(c.Q), number(c.PValue)})
}

// UnmarshalJSON implements json.Unmarshaler.
func (c *Call) UnmarshalJSON(data []byte) error {
	var x callJSON
	if err := json.Unmarshal(data, &x); err != nil {
		return err
	}
	*c = Call(x.plainCall)
	c.P, c.Q, c.PValue = float(x.P), float(x.Q), float(x.PValue)
	return nil
}

type effectJSON struct {
	plainEffect
	AccuracyA *float64 `json:"accuracy_a"`
	AccuracyB *float64 `json:"accuracy_b"`
	LossA     *float64 `json:"loss_a"`
	LossB     *float64 `json:"loss_b"`
	Changed   *float64 `json:"changed"`
}

func (e Effect) json() effectJSON {
	return effectJSON{plainEffect(e), number(e.AccuracyA), number(e.AccuracyB), number(e.LossA), number(e.LossB), number(e.Changed)}
}

func (x effectJSON) effect() Effect {
	e := Effect(x.plainEffect)
	e.AccuracyA, e.AccuracyB, e.Changed = float(x.AccuracyA), float(x.AccuracyB), float(x.Changed)
	e.LossA, e.LossB = float(x.LossA), float(x.LossB)
	return e
}

// MarshalJSON implements json.Marshaler.
func (e Effect) MarshalJSON() ([]byte, error) { return json.Marshal(e.json()) }

// UnmarshalJSON implements json.Unmarshaler.
func (e *Effect) UnmarshalJSON(data []byte) error {
	var x effectJSON
	if err := json.Unmarshal(data, &x); err != nil {
		return err
	}
	*e = x.effect()
	return nil
}
