package delimited

import (
	"strings"
	"testing"
)

// TestUnits takes numbers apart from their units, and other texts not at all.
func TestUnits(t *testing.T) {
	for _, c := range []struct{ text, unit, number string }{
		{"$1,200.50", "$", "1,200.50"},
		{"-$3", "$", "-3"},
		{"$-3", "$", "-3"},
		{"−€ 3,5", "€", "−3,5"},
		{"US$ 12", "US$", "12"},
		{"12.50 €", "€", "12.50"},
		{"EUR 1 200,00", "EUR", "1 200,00"},
		{"Rs. 500", "Rs.", "500"},
		{"45%", "%", "45"},
		{"-0.5 %", "%", "-0.5"},
		{"4.5 kg", "kg", "4.5"},
		{"+4.5kg", "kg", "+4.5"},
		{"12 m/s", "m/s", "12"},
		{"12 m²", "m²", "12"},
		{"24.6°C", "°C", "24.6"},
		{"1.5e-3 mol/l", "mol/l", "1.5e-3"},
		{" 36 months ", "months", "36"},
		{"1.2k", "k", "1.2"},
		{"1,200 sq ft", "sq ft", "1,200"},
		{"1,200円", "円", "1,200"},
		{"45％", "％", "45"},
		{"52.5 ㎡", "㎡", "52.5"},
		{"kr 500", "kr", "500"},
		{"($1,200)", "$", "-1,200"},
		{"$ (1,200.50)", "$", "-1,200.50"},
		{"(4.5 %)", "%", "-4.5"},
		{"(-4.5 %)", "", ""},
		{"-(4.5 %)", "", ""},
		{"((4.5 %))", "", ""},
		{"5 (4.5 %)", "", ""},
		{"()", "", ""},
		{"(", "", ""},
		{"1'200.– CHF", "", ""},
		{"12", "", ""},
		{"-$-3", "", ""},
		{"$12 kg", "", ""},
		{"(3.00)", "", ""},
		{"<0.01", "", ""},
		{"A12", "", ""},
		{"room 12", "", ""},
		{"10-20 years", "", ""},
		{"12 words that follow", "", ""},
		{"kg", "", ""},
		{"", "", ""},
	} {
		unit, number, ok := unitAndNumber(c.text)
		if unit != c.unit || number != c.number || ok != (c.unit != "") {
			t.Errorf("%q: unit %q, number %q, %v", c.text, unit, number, ok)
		}
		if !ok {
			continue
		}
		if number, ok := WithoutUnit(c.text, c.unit); number != c.number || !ok {
			t.Errorf("%q without %q: %q, %v", c.text, c.unit, number, ok)
		}
	}
	if number, ok := WithoutUnit("5 lb", "kg"); ok {
		t.Errorf("5 lb in kg: %q", number)
	}
}

// TestUnitOf finds the unit of a column, unless one value in twenty has another.
func TestUnitOf(t *testing.T) {
	for _, c := range []struct {
		others int
		want   string
	}{{0, "kg"}, {4, "kg"}, {5, ""}, {60, ""}} {
		values := make([]string, 100)
		for i := range values {
			if values[i] = "1.5 kg"; i%2 == 0 && i/2 < c.others {
				values[i] = "7 lb"
			}
			if c.others > 50 {
				values[i] = "7"
			}
		}
		if got := UnitOf(values); got != c.want {
			t.Errorf("%d others: %q, want %q", c.others, got, c.want)
		}
	}
	if got := UnitOf(nil); got != "" {
		t.Errorf("of nothing: %q", got)
	}
}

// FuzzUnit takes a unit away as it was found, and leaves a number without blanks around it.
func FuzzUnit(f *testing.F) {
	for _, s := range []string{"$1,200.50", "-EUR 12", "4.5 kg", "(4.5 %)", "$ (1'000)", "1e-3 mol/l", "− 5", strings.Repeat("(", 1000) + "5 %" + strings.Repeat(")", 1000)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		unit, number, ok := unitAndNumber(s)
		if UnitOf([]string{s}) != unit || ok == (unit == "") {
			t.Errorf("%q: unit %q", s, unit)
		}
		if !ok {
			return
		}
		if got, ok := WithoutUnit(s, unit); got != number || !ok {
			t.Errorf("%q without %q: %q, want %q", s, unit, got, number)
		}
		if strings.TrimSpace(number) != number || !strings.ContainsAny(number, "0123456789") || strings.TrimSpace(unit) != unit {
			t.Errorf("%q: number %q, unit %q", s, number, unit)
		}
	})
}
