package datafile

import (
	"testing"
	"time"

	"github.com/sharewise/sharewise/analysis/study"
)

// TestEasternDates reads dates as people of East Asia write them.
func TestEasternDates(t *testing.T) {
	day := time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Time{
		"2026年11月30日":             day,
		"２０２６年１１月３０日":             day,
		"2026年11月30日(月)":          day,
		"2026年11月30日（月曜日） 10時05分": day.Add(10*time.Hour + 5*time.Minute),
		"2026年11月30日 10:05:30":    day.Add(10*time.Hour + 5*time.Minute + 30*time.Second),
		"2026年11月30日 午後3時":        day.Add(15 * time.Hour),
		"2026年11月30日 午前12時5分9秒":   day.Add(5*time.Minute + 9*time.Second),
		"令和8年11月30日":              day,
		"平成元年1月8日":                time.Date(1989, 1, 8, 0, 0, 0, 0, time.UTC),
		"昭和64年1月7日":               time.Date(1989, 1, 7, 0, 0, 0, 0, time.UTC),
		"2026년 11월 30일 오후 3시":     day.Add(15 * time.Hour),
		"2026/11/30":              day,
		"２０２６／１１／３０":              day,
	} {
		var votes OrderVotes
		if !votes.Add(text) {
			t.Errorf("%s is taken for no date", text)
		}
		if order, ok := votes.Order(); order != study.YMD || !ok {
			t.Errorf("%s: order %q", text, order)
		}
		if got, reason := Moment(text, study.YMD); reason != "" || got != float64(want.Unix()) {
			t.Errorf("%s: %v, %s, want %v", text, time.Unix(int64(got), 0).UTC(), reason, want)
		}
	}
	for _, text := range []string{"2026年13月1日", "2026年2月30日", "元年1月1日", "2026年11月30日 25時", "2026年11月", "11月30日", "2026年11月30日 朝"} {
		if got, reason := Moment(text, study.YMD); reason == "" {
			t.Errorf("%s is %v", text, time.Unix(int64(got), 0).UTC())
		}
	}
}

// TestFullWidthNumbers reads digits of full width.
func TestFullWidthNumbers(t *testing.T) {
	w := NewSpelling([]string{"NA", "-9"})
	for text, want := range map[string]float64{"１２．５": 12.5, "－３": -3, "−３": -3, "＋１．５ｅ２": 150, "　７　": 7, "12.5": 12.5} {
		if got, reason := w.Number(text); reason != "" || got != want {
			t.Errorf("%s: %v, %s, want %v", text, got, reason, want)
		}
	}
	for _, text := range []string{"ＮＡ", "－９", "　"} {
		if _, reason := w.Number(text); reason != MissingValue {
			t.Errorf("%q: %q, want a missing value", text, reason)
		}
	}
	if _, reason := w.Number("ａ"); reason == "" {
		t.Error("a letter is a number")
	}
}
