package datafile

import "strings"

// sheetErrors are what spreadsheets show where a formula has no value, in
// English and German.
var sheetErrors = []string{
	"#N/A", "#N/A N/A", "#NA", "#DIV/0!", "#VALUE!", "#REF!", "#NUM!", "#NAME?", "#NULL!",
	"#NV", "#WERT!", "#BEZUG!", "#ZAHL!",
}

// MissingNumber reports whether a text in a column of numbers stands for one
// that is missing: -, the point of SAS and Stata, which tell kinds of missing
// values by a letter behind it, and what C libraries write for results that are
// no number.
func MissingNumber(s string) bool {
	switch {
	case s == "-" || s == ".":
		return true
	case len(s) == 2 && s[0] == '.':
		c := s[1] | 0x20
		return c >= 'a' && c <= 'z' || s[1] == '_'
	case strings.HasPrefix(s, "1.#") || strings.HasPrefix(s, "-1.#"):
		return strings.HasSuffix(s, "IND") || strings.HasSuffix(s, "QNAN") || strings.HasSuffix(s, "IND00")
	}
	word := strings.ToLower(s)
	return word == "-nan" || word == "nan(ind)" || word == "-nan(ind)"
}
