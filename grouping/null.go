package grouping

import (
	"encoding/json"
	"math"
)

// JSON has no NaN: a limit that is not known is null there, and NaN here.

type memberJSON struct {
	Domain  string   `json:"domain"`
	Gain    float64  `json:"gain"`
	Lo      *float64 `json:"lo"`
	Hi      *float64 `json:"hi"`
	Verdict Verdict  `json:"verdict"`
}

// MarshalJSON implements json.Marshaler.
func (m Member) MarshalJSON() ([]byte, error) {
	return json.Marshal(memberJSON{m.Domain, m.Gain, orNull(m.Lo), orNull(m.Hi), m.Verdict})
}

// UnmarshalJSON implements json.Unmarshaler.
func (m *Member) UnmarshalJSON(data []byte) error {
	var x memberJSON
	if err := json.Unmarshal(data, &x); err != nil {
		return err
	}
	*m = Member{x.Domain, x.Gain, orNaN(x.Lo), orNaN(x.Hi), x.Verdict}
	return nil
}

type shrunkJSON struct {
	Gain float64  `json:"gain"`
	Lo   *float64 `json:"lo"`
	Hi   *float64 `json:"hi"`
}

// MarshalJSON implements json.Marshaler.
func (s Shrunk) MarshalJSON() ([]byte, error) {
	return json.Marshal(shrunkJSON{s.Gain, orNull(s.Lo), orNull(s.Hi)})
}

// UnmarshalJSON implements json.Unmarshaler.
func (s *Shrunk) UnmarshalJSON(data []byte) error {
	var x shrunkJSON
	if err := json.Unmarshal(data, &x); err != nil {
		return err
	}
	*s = Shrunk{x.Gain, orNaN(x.Lo), orNaN(x.Hi)}
	return nil
}

type treeJSON struct {
	Domain   string   `json:"domain,omitempty"`
	Gain     *float64 `json:"gain,omitempty"`
	Children []*Tree  `json:"children,omitempty"`
}

// MarshalJSON implements json.Marshaler.
func (t *Tree) MarshalJSON() ([]byte, error) {
	return json.Marshal(treeJSON{t.Domain, orNull(t.Gain), t.Children})
}

// UnmarshalJSON implements json.Unmarshaler.
func (t *Tree) UnmarshalJSON(data []byte) error {
	var x treeJSON
	if err := json.Unmarshal(data, &x); err != nil {
		return err
	}
	*t = Tree{x.Domain, orNaN(x.Gain), x.Children}
	return nil
}

// orNull returns nil for NaN.
func orNull(x float64) *float64 {
	if !finite(x) {
		return nil
	}
	return &x
}

// orNaN is the inverse of orNull.
func orNaN(x *float64) float64 {
	if x == nil {
		return math.NaN()
	}
	return *x
}
