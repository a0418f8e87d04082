package datafile

// powersOfTen are the powers of ten that a float64 holds exactly.
var powersOfTen = [...]float64{1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
	1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22}

// plainDecimal reads a number of at most 15 digits such as -12.5 or 3e-4. It
// is what strconv.ParseFloat gives, to the last bit: the digits and the power
// of ten are exact, so that their product or quotient is rounded once (W. D.
// Clinger: How to read floating point numbers accurately, PLDI 1990). ok is
// false for all other texts, which may be numbers too.
func plainDecimal(s string) (v float64, ok bool) {
	i, negative := 0, false
	if len(s) > 0 && (s[0] == '-' || s[0] == '+') {
		negative = s[0] == '-'
		i = 1
	}
	var digits uint64
	count, decimals, point := 0, 0, false
loop:
	for ; i < len(s); i++ {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			digits = digits*10 + uint64(c-'0')
			count++
			if point {
				decimals++
			}
		case c == '.' && !point:
			point = true
		default:
			break loop
		}
	}
	if count == 0 || count > 15 {
		return 0, false
	}
	power := -decimals
	if i < len(s) {
		e, ok := exponent(s[i:])
		if !ok {
			return 0, false
		}
		power += e
	}
	v = float64(digits)
	switch {
	case power < -22 || power > 22:
		return 0, false
	case power < 0:
		v /= powersOfTen[-power]
	default:
		v *= powersOfTen[power]
	}
	if negative {
		v = -v
	}
	return v, true
}

// exponent reads what follows the digits: e, perhaps a sign, one or two digits.
func exponent(s string) (int, bool) {
	if s[0] != 'e' && s[0] != 'E' {
		return 0, false
	}
	s = s[1:]
	sign := 1
	if len(s) > 0 && (s[0] == '-' || s[0] == '+') {
		if s[0] == '-' {
			sign = -1
		}
		s = s[1:]
	}
	if len(s) < 1 || len(s) > 2 {
		return 0, false
	}
	e := 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		e = e*10 + int(s[i]-'0')
	}
	return sign * e, true
}
