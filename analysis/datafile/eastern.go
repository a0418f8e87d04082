package datafile

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/text/width"
)

// narrow writes digits, signs and letters of full width, as Japanese input methods make
// them, as those of ASCII: １２．５ is 12.5.
func narrow(s string) string {
	if !strings.ContainsFunc(s, fullWidth) {
		return s
	}
	return strings.TrimSpace(strings.ReplaceAll(width.Fold.String(s), "−", "-"))
}

func fullWidth(r rune) bool { return r >= '！' && r <= '～' || r == '\u3000' }

var (
	// easternDate is a date such as 2026年11月30日(月), 令和8年11月30日 or 2026년 11월 30일.
	easternDate = regexp.MustCompile(`^(令和|平成|昭和)?\s*(元|[0-9]{1,4})\s*[年년]\s*([0-9]{1,2})\s*[月월]\s*([0-9]{1,2})\s*[日일]\s*(?:\(\p{L}+\))?\s*(.*)$`)
	// easternClock is a time of day such as 10時05分, 午後3時 or 10时5分30秒.
	easternClock = regexp.MustCompile(`^(午前|午後|上午|下午|오전|오후)?\s*([0-9]{1,2})\s*(?:[時时点點시]\s*(?:([0-9]{1,2})\s*[分분]\s*)?(?:([0-9]{1,2})\s*[秒초])?|:([0-9]{2})(?::([0-9]{2}))?)$`)
)

// eraBegins is the year before an era's first.
var eraBegins = map[string]int{"令和": 2018, "平成": 1988, "昭和": 1925}

// western writes a date of China, Japan or Korea as 2026-11-30 10:05:30; other texts stay
// as they are.
func western(s string) string {
	if strings.IndexFunc(s, func(r rune) bool { return r >= 0x80 }) < 0 {
		return s
	}
	s = narrow(s)
	m := easternDate.FindStringSubmatch(s)
	if m == nil {
		return s
	}
	year, _ := strconv.Atoi(m[2])
	if m[2] == "元" {
		if m[1] == "" {
			return s
		}
		year = 1
	}
	year += eraBegins[m[1]]
	out := fmt.Sprintf("%04d-%s-%s", year, m[3], m[4])
	if m[5] == "" {
		return out
	}
	c := easternClock.FindStringSubmatch(m[5])
	if c == nil {
		return out + " " + m[5]
	}
	hour, _ := strconv.Atoi(c[2])
	switch c[1] {
	case "午後", "下午", "오후":
		if hour < 12 {
			hour += 12
		}
	case "午前", "上午", "오전":
		hour %= 12
	}
	minute, second := c[3]+c[5], c[4]+c[6]
	return fmt.Sprintf("%s %02d:%02s:%02s", out, hour, minute, second)
}
