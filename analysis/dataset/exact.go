package dataset

import (
	"math"
	"math/big"
	"math/bits"
)

// exactMoments adds up float32 numbers and their squares without rounding, so
// that mean and deviation do not depend on the order of the numbers. There may
// be 2^39 of them.
//
// A finite float32 is m·2^(e-150) with a whole number |m| < 2^24 and an
// exponent 1 <= e <= 254. Whole numbers are added per exponent.
type exactMoments struct {
	n      int64
	sum    [255]int64
	square [255][2]uint64 // low and high word
}

// add takes finite numbers.
func (x *exactMoments) add(values []float32) {
	x.n += int64(len(values))
	for _, v := range values {
		b := math.Float32bits(v)
		e, m := b>>23&0xff, uint64(b&(1<<23-1))
		if e > 0 {
			m |= 1 << 23
		} else {
			e = 1 // subnormal
		}
		if b>>31 == 0 {
			x.sum[e] += int64(m)
		} else {
			x.sum[e] -= int64(m)
		}
		s := &x.square[e]
		var carry uint64
		s[0], carry = bits.Add64(s[0], m*m, 0)
		s[1] += carry
	}
}

// moments returns mean and standard deviation (of all, not of a sample),
// rounded once. The deviation is 0 only where all numbers are the same.
func (x *exactMoments) moments() (mean, std float32) {
	if x.n == 0 {
		return 0, 0
	}
	// sum in units of 2^-149, square in units of 2^-298.
	sum, square := new(big.Int), new(big.Int)
	for e := 1; e < len(x.sum); e++ {
		t := big.NewInt(x.sum[e])
		sum.Add(sum, t.Lsh(t, uint(e-1)))
		t = new(big.Int).SetUint64(x.square[e][1])
		t.Lsh(t, 64).Or(t, new(big.Int).SetUint64(x.square[e][0]))
		square.Add(square, t.Lsh(t, uint(2*(e-1))))
	}
	const precision = 128
	float := func(v *big.Int, exponent int) *big.Float {
		f := new(big.Float).SetPrec(precision).SetInt(v)
		return f.SetMantExp(f, exponent)
	}
	n := big.NewInt(x.n)
	// n²·variance = n·Σx² - (Σx)²
	v := new(big.Int).Mul(n, square)
	v.Sub(v, new(big.Int).Mul(sum, sum))
	count := float(n, 0)
	mean, _ = new(big.Float).Quo(float(sum, -149), count).Float32()
	std, _ = new(big.Float).Quo(new(big.Float).Sqrt(float(v, -298)), count).Float32()
	return mean, std
}
