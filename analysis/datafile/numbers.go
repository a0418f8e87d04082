package datafile

import (
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/sharewise/sharewise/analysis/delimited"
)

// Spelling is how a table writes its numbers, and what stands for a missing value.
type Spelling struct {
	Notation delimited.Notation
	Missing  map[string]bool
	// MissingNumbers are those that stand for a missing value.
	MissingNumbers []float64
}

// NewSpelling takes the spellings of a missing value that a study has; nothing is
// one too.
func NewSpelling(missing []string) *Spelling {
	w := &Spelling{Missing: map[string]bool{"": true}}
	for _, m := range sheetErrors {
		w.Missing[m] = true
	}
	for _, m := range missing {
		w.Missing[m] = true
		if v, reason := Finite(m); reason == "" {
			w.MissingNumbers = append(w.MissingNumbers, v)
		}
	}
	return w
}

// Number reads a number, or says what is wrong with it.
func (w *Spelling) Number(s string) (float64, string) {
	s = strings.TrimSpace(s)
	if v, ok := plainDecimal(s); ok && len(w.MissingNumbers) == 0 && w.Notation.Plain() {
		return v, ""
	}
	if s = narrow(s); w.Missing[s] || MissingNumber(s) {
		return 0, MissingValue
	}
	v, reason := w.spelled(s)
	if reason == "" && slices.Contains(w.MissingNumbers, v) {
		return 0, MissingValue
	}
	return v, reason
}

// Measured reads a number that is written with a unit, or without one where that is empty. A bare
// number other than 0 is refused: it may have been measured in another unit.
func (w *Spelling) Measured(s, unit string) (float64, string) {
	if unit == "" {
		return w.Number(s)
	}
	if number, ok := delimited.WithoutUnit(s, unit); ok {
		return w.Number(number)
	}
	v, reason := w.Number(s)
	if reason == "" && v != 0 {
		return 0, "without its unit " + unit
	}
	return v, reason
}

// spelled reads a number in the notation of the table.
func (w *Spelling) spelled(s string) (float64, string) {
	if w.Notation.Plain() {
		v, reason := Finite(s)
		if reason == notNumber {
			reason += hint(s)
		}
		return v, reason
	}
	if text, ok := w.Notation.Point(s); ok {
		return Finite(text)
	}
	v, reason := Finite(s)
	switch _, thousands := (delimited.Notation{Decimal: ',', Thousands: '.'}).Point(s); {
	case reason != "" || w.Notation.Decimal != ',' || !strings.Contains(s, "."):
		return v, reason
	case thousands:
		return 0, notNumber + "; where points separate thousands set columns.thousands: point"
	}
	return v, "" // 1.5 among decimal commas
}

// hint says how the study can have a text read as a number, if it can.
func hint(s string) string {
	if _, thousands := (delimited.Notation{Decimal: '.', Thousands: ','}).Point(s); thousands && strings.Contains(s, ",") {
		if _, decimal := (delimited.Notation{Decimal: ','}).Point(s); decimal {
			return "; where commas separate thousands set columns.thousands: comma, and for decimal commas columns.decimal: comma"
		}
	}
	for _, n := range []delimited.Notation{{Decimal: ','}, {Decimal: '.', Thousands: ','}, {Decimal: ',', Thousands: '.'}} {
		if _, ok := n.Point(s); !ok {
			continue
		}
		switch n.Thousands {
		case ',':
			return "; where commas separate thousands set columns.thousands: comma"
		case '.':
			return "; for decimal commas set columns.decimal: comma, and columns.thousands: point"
		}
		return "; for decimal commas set columns.decimal: comma"
	}
	if unit := delimited.UnitOf([]string{s}); unit != "" {
		return "; where all numbers of a column are written so, set its unit under columns.units: " + unit
	}
	return ""
}

const notNumber = "not a number"

// MissingValue is the reason why an empty field is no number.
const MissingValue = "missing value"

// Finite reads a finite number of a size that 32 bits hold, or says what is
// wrong with it.
func Finite(s string) (float64, string) {
	if v, ok := plainDecimal(s); ok {
		return v, ""
	}
	v, err := strconv.ParseFloat(s, 64)
	switch {
	case errors.Is(err, strconv.ErrRange), math.IsInf(v, 0):
		return 0, "not finite"
	case err != nil, math.IsNaN(v):
		return 0, notNumber
	case math.Abs(v) > math.MaxFloat32:
		return 0, "too large for a 32-bit number"
	}
	return v, ""
}

// IsNumber reports whether a text is a number with a decimal point.
func IsNumber(s string) bool {
	_, err := strconv.ParseFloat(s, 64)
	return err == nil
}
