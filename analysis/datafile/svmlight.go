package datafile

import (
	"bytes"
	"strconv"
)

// NextWord cuts the first word off.
func NextWord(line []byte) (word, rest []byte) {
	line = bytes.TrimLeft(line, " \t")
	if end := bytes.IndexAny(line, " \t"); end >= 0 {
		return line[:end], line[end:]
	}
	return line, nil
}

// ClassName is how a class is called: +1 and 1.0 are 1.
func ClassName(text string) string {
	if v, err := strconv.ParseFloat(text, 64); err == nil && v == v {
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return text
}
