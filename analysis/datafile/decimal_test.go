package datafile

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"testing"
)

// samePlain makes sure that a number read fast is the one that strconv reads.
func samePlain(t *testing.T, s string) (fast bool) {
	t.Helper()
	v, ok := plainDecimal(s)
	if !ok {
		return false
	}
	want, err := strconv.ParseFloat(s, 64)
	if err != nil || math.Float64bits(v) != math.Float64bits(want) {
		t.Errorf("%q is read as %v, strconv reads %v, %v", s, v, want, err)
	}
	return true
}

func TestPlainDecimal(t *testing.T) {
	for _, s := range []string{"0", "-0", "+7", "12.5", "-.5", "5.", "3e4", "1E-7", "123456789012345", "0.00000000000001", "9.1e+22", "-1.5e-9"} {
		if !samePlain(t, s) {
			t.Errorf("%q is not read fast", s)
		}
	}
	for _, s := range []string{"", ".", "-", "e5", "1e", "1e+", "1e123", "1x", "1_0", "0x1", "inf", "nan", "1.2.3", "1234567890123456", "1e23", "1,5", " 1"} {
		if samePlain(t, s) {
			t.Errorf("%q is read fast", s)
		}
	}
	rng := rand.New(rand.NewPCG(1, 1))
	fast := 0
	for range 20000 {
		v := math.Ldexp(rng.Float64()-0.5, rng.IntN(100)-50)
		for _, s := range []string{
			strconv.FormatFloat(v, 'g', -1, 64), strconv.FormatFloat(v, 'f', rng.IntN(12), 64),
			strconv.FormatFloat(v, 'e', rng.IntN(15), 64), fmt.Sprint(rng.Int64N(1 << 52)), strconv.FormatFloat(v, 'g', -1, 32),
		} {
			if samePlain(t, s) {
				fast++
			}
		}
	}
	if fast < 50000 {
		t.Errorf("%d of 100000 numbers are read fast", fast)
	}
}

func FuzzPlainDecimal(f *testing.F) {
	f.Add("-12.5e-3")
	f.Add("1e")
	f.Fuzz(func(t *testing.T, s string) { samePlain(t, s) })
}
