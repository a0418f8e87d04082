package effect

import (
	"encoding/json"
	"math"
)

// Number is a figure that may be unknown. There is one convention for that, in
// Go and in files alike: unknown is NaN in Go, null in JSON and NaN in Parquet,
// and a figure is never left out or a nil pointer. NaN runs through arithmetic,
// and no comparison with it holds, so that code which calculates needs no case
// for what is unknown; null is what JSON has for it.
//
// The type is for figures that stand alone. It carries its own JSON, so that
// structs which hold some need none and can be embedded in others.
type Number float64

// NaN is the Number of which nothing is known.
var NaN = Number(math.NaN())

// Known reports whether the number is known and finite.
func (n Number) Known() bool { return !math.IsNaN(float64(n)) && !math.IsInf(float64(n), 0) }

// MarshalJSON implements json.Marshaler.
func (n Number) MarshalJSON() ([]byte, error) {
	if !n.Known() {
		return []byte("null"), nil
	}
	return json.Marshal(float64(n))
}

// UnmarshalJSON implements json.Unmarshaler.
func (n *Number) UnmarshalJSON(data []byte) error {
	x := (*float64)(n)
	if string(data) == "null" {
		*x = math.NaN()
		return nil
	}
	return json.Unmarshal(data, x)
}
