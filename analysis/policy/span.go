package policy

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// parseDate reads a day as 2029-12-31, a month as its last day, and a year as its
// last.
func parseDate(s string) (time.Time, error) {
	if t, err := time.Parse("2006-01-02", s); err == nil {
		return t, nil
	}
	if t, err := time.Parse("2006-01", s); err == nil {
		return t.AddDate(0, 1, -1), nil
	}
	if t, err := time.Parse("2006", s); err == nil {
		return t.AddDate(1, 0, -1), nil
	}
	return time.Time{}, fmt.Errorf("%q is no date such as 2029-12-31", s)
}

// days of the units in which lengths of time are written. Months and years are
// those of a mean year, which orders whatever people write.
var units = map[string]float64{
	"day": 1, "days": 1, "week": 7, "weeks": 7,
	"month": 365.25 / 12, "months": 365.25 / 12, "year": 365.25, "years": 365.25,
}

// parseSpan reads a length of time such as 36 months, in days.
func parseSpan(s string) (float64, error) {
	number, unit, _ := strings.Cut(s, " ")
	days, known := units[strings.TrimSpace(unit)]
	n, err := strconv.ParseFloat(number, 64)
	if !known || err != nil || !(n >= 0 && n < 1e6) {
		return 0, fmt.Errorf("%q is no length of time such as 36 months", s)
	}
	return n * days, nil
}

// unlimited is the value of data that may be used for ever.
const unlimited = "unlimited"

// outlasts reports whether have is no earlier than need, or no shorter. Both are
// dates or both are lengths of time.
func outlasts(have, need string) (bool, error) {
	if have == unlimited {
		return true, nil
	}
	if until, err := parseDate(need); err == nil {
		at, err := parseDate(have)
		return !at.Before(until), err
	}
	length, err := parseSpan(need)
	if err != nil {
		return false, fmt.Errorf("%q is neither a date such as 2029-12-31 nor a length of time such as 36 months", need)
	}
	span, err := parseSpan(have)
	return span >= length, err
}
