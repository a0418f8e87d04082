package grouping

import (
	"encoding/json"
	"math"

	"github.com/sharewise/sharewise/analysis/effect"
)

// JSON has no NaN: a limit that is not known is null there, and NaN here.

type memberJSON struct {
	Domain  string        `json:"domain"`
	Gain    float64       `json:"gain"`
	Lo      effect.Number `json:"lo"`
	Hi      effect.Number `json:"hi"`
	Verdict Verdict       `json:"verdict"`
}

// MarshalJSON implements json.Marshaler.
func (m Member) MarshalJSON() ([]byte, error) {
	return json.Marshal(memberJSON{m.Domain, m.Gain, effect.Number(m.Lo), effect.Number(m.Hi), m.Verdict})
}

// UnmarshalJSON implements json.Unmarshaler.
func (m *Member) UnmarshalJSON(data []byte) error {
	x := memberJSON{Lo: effect.NaN, Hi: effect.NaN}
	if err := json.Unmarshal(data, &x); err != nil {
		return err
	}
	*m = Member{x.Domain, x.Gain, float64(x.Lo), float64(x.Hi), x.Verdict}
	return nil
}

type shrunkJSON struct {
	Gain float64       `json:"gain"`
	Lo   effect.Number `json:"lo"`
	Hi   effect.Number `json:"hi"`
}

// MarshalJSON implements json.Marshaler.
func (s Shrunk) MarshalJSON() ([]byte, error) {
	return json.Marshal(shrunkJSON{s.Gain, effect.Number(s.Lo), effect.Number(s.Hi)})
}

// UnmarshalJSON implements json.Unmarshaler.
func (s *Shrunk) UnmarshalJSON(data []byte) error {
	x := shrunkJSON{Lo: effect.NaN, Hi: effect.NaN}
	if err := json.Unmarshal(data, &x); err != nil {
		return err
	}
	*s = Shrunk{x.Gain, float64(x.Lo), float64(x.Hi)}
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
