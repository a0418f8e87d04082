package datafile

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/sharewise/sharewise/analysis/study"
)

// notMoment is the reason why a text is no date.
const notMoment = "not a date"

// dateFields takes a text apart into the three numbers of its date and the rest,
// its time of day. The numbers stand between dots, slashes or dashes, or make one of
// eight digits, as in 20261130, which the time of day may follow, as in 20261130174500.
func dateFields(s string) (n [3]int, sep byte, rest string, ok bool) {
	if n, ok := compactDate(s); ok {
		return n, '-', compactClock(s[compactDigits:]), true
	}
	at := 0
	for k := range n {
		start := at
		for at < len(s) && s[at] >= '0' && s[at] <= '9' {
			at++
		}
		v, err := strconv.Atoi(s[start:at])
		if err != nil || at-start > 4 {
			return n, 0, "", false
		}
		n[k] = v
		if k == 2 {
			return n, sep, s[at:], true
		}
		if at == len(s) || s[at] != '.' && s[at] != '/' && s[at] != '-' || k == 1 && s[at] != sep {
			return n, 0, "", false
		}
		sep = s[at]
		at++
	}
	return n, sep, "", false
}

// compactDigits is the length of a date in one number.
const compactDigits = len("20261130")

// compactDate takes a date in one number apart, of years from 1800 to 2199, which the digits of a time of day
// may follow, at once or behind a blank, T, dash or underscore. Digits of an hour alone follow those from 1900 on:
// earlier ones are what seconds since 1970 look like.
func compactDate(s string) (n [3]int, ok bool) {
	if len(s) < compactDigits {
		return n, false
	}
	number := 0
	for _, c := range []byte(s[:compactDigits]) {
		if c < '0' || c > '9' {
			return n, false
		}
		number = 10*number + int(c-'0')
	}
	n = [3]int{number / 10000, number / 100 % 100, number % 100}
	earliest := 1800
	rest := s[compactDigits:]
	switch {
	case rest == "" || strings.ContainsRune(" T-_", rune(rest[0])):
	case compactClock(rest) == rest:
		return n, false
	case len(rest) == len("17"):
		earliest = 1900
	}
	return n, n[0] >= earliest && n[0] < 2200 && n[1] >= 1 && n[1] <= 12 && n[2] >= 1 && n[2] <= 31
}

// compactClock writes hours, minutes and seconds of two digits each with colons between them, where the digits 17, 1745 or
// 174500 stand behind a date. Other texts stay as they are.
func compactClock(s string) string {
	digits := strings.TrimLeft(s, " T-_")
	end := 0
	for end < len(digits) && digits[end] >= '0' && digits[end] <= '9' {
		end++
	}
	rest := digits[end:]
	if strings.HasPrefix(rest, ":") {
		return s
	}
	switch end {
	case len("17"):
		return digits[:2] + ":00" + rest
	case len("1745"):
		return digits[:2] + ":" + digits[2:4] + rest
	case len("174500"):
		return digits[:2] + ":" + digits[2:4] + ":" + digits[4:6] + rest
	}
	return s
}

// IsCompactDate reports whether a text is a date in one number, such as 20261130, or one with its
// time of day, such as 20261130174500.
func IsCompactDate(s string) bool {
	if _, ok := compactDate(s); !ok || strings.Trim(s, "0123456789") != "" {
		return false
	}
	_, reason := Moment(s, study.YMD)
	return reason == ""
}

// OrderVotes says which orders of day and month a text allows: year first, or
// by numbers above 12; dots stand between day, month and year.
type OrderVotes struct {
	Dates, Ymd, Dmy, Mdy int
}

// Add looks at a text and reports whether it is a date.
func (v *OrderVotes) Add(s string) bool {
	n, sep, _, ok := dateFields(western(s))
	if !ok {
		return false
	}
	switch {
	case n[0] > 31:
		v.Ymd++
	case sep == '.' || n[0] > 12:
		v.Dmy++
	case n[1] > 12:
		v.Mdy++
	}
	v.Dates++
	return true
}

// Order is the one that all texts allow; "" where it stays open. ok is false
// where no order fits all.
func (v *OrderVotes) Order() (order string, ok bool) {
	switch {
	case v.Ymd > 0 && v.Dmy == 0 && v.Mdy == 0:
		return study.YMD, true
	case v.Dmy > 0 && v.Ymd == 0 && v.Mdy == 0:
		return study.DMY, true
	case v.Mdy > 0 && v.Ymd == 0 && v.Dmy == 0:
		return study.MDY, true
	}
	return "", v.Ymd+v.Dmy+v.Mdy == 0
}

// Moment reads a date, perhaps with a time of day, in seconds since 1970. Times
// are taken as they are written; a zone is left aside.
func Moment(s, order string) (seconds float64, reason string) {
	if order == study.Unix {
		v, err := strconv.ParseFloat(s, 64)
		if err != nil || math.IsNaN(v) || math.Abs(v) > 1e12 {
			return 0, "not a number of seconds since 1970"
		}
		return v, ""
	}
	n, _, rest, ok := dateFields(western(s))
	if !ok {
		return 0, notMoment
	}
	y, m, d := n[0], n[1], n[2]
	switch order {
	case study.DMY:
		y, m, d = n[2], n[1], n[0]
	case study.MDY:
		y, m, d = n[2], n[0], n[1]
	}
	if y < 100 { // as POSIX has it
		if y += 1900; y < 1969 {
			y += 100
		}
	}
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	if t.Year() != y || int(t.Month()) != m || t.Day() != d {
		return 0, fmt.Sprintf("%s in the order %s", notMoment, order)
	}
	clock, reason := timeOfDay(strings.TrimLeft(rest, "T "))
	if reason != "" {
		return 0, reason
	}
	return float64(t.Unix()) + clock, ""
}

// clocks are the ways in which times of day are written.
var clocks = []string{"15:04:05.999999999", "15:04", "3:04:05 PM", "3:04 PM", "3:04:05PM", "3:04PM"}

// timeOfDay reads what follows a date, in seconds.
func timeOfDay(s string) (float64, string) {
	s = strings.TrimSuffix(strings.TrimSpace(s), "Z")
	if i := strings.LastIndexAny(s, "+-"); i > 0 && strings.Contains(s[:i], ":") {
		s = s[:i]
	}
	if s = strings.ToUpper(strings.TrimSpace(strings.TrimSuffix(s, "UTC"))); s == "" {
		return 0, ""
	}
	for _, layout := range clocks {
		if t, err := time.Parse(layout, s); err == nil {
			return t.Sub(time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC)).Seconds(), ""
		}
	}
	return 0, notMoment
}

// DateInputs are the names of the inputs that a date becomes.
func DateInputs(d study.Date) []string {
	var out []string
	for _, p := range d.Parts {
		if p == study.Trend {
			out = append(out, d.Column+" trend")
		} else {
			out = append(out, d.Column+" "+p+" sin", d.Column+" "+p+" cos")
		}
	}
	return out
}

// AppendDateInputs appends the inputs that a moment becomes: where it stands in its
// year, week or day as sine and cosine, and years since 1970 as the trend.
func AppendDateInputs(dst []float64, seconds float64, d study.Date) []float64 {
	whole := math.Floor(seconds)
	t := time.Unix(int64(whole), 0).UTC()
	day := float64(t.Hour()*3600+t.Minute()*60+t.Second()) + seconds - whole
	const perDay = 86400
	start := time.Date(t.Year(), 1, 1, 0, 0, 0, 0, time.UTC)
	year := time.Date(t.Year()+1, 1, 1, 0, 0, 0, 0, time.UTC).Sub(start).Seconds()
	since := (float64(t.YearDay()-1)*perDay + day) / year
	for _, p := range d.Parts {
		share := since
		switch p {
		case study.Trend:
			dst = append(dst, float64(t.Year()-1970)+since)
			continue
		case study.Week: // from Monday on
			share = (float64((int(t.Weekday())+6)%7)*perDay + day) / (7 * perDay)
		case study.Day:
			share = day / perDay
		}
		dst = append(dst, math.Sin(2*math.Pi*share), math.Cos(2*math.Pi*share))
	}
	return dst
}
