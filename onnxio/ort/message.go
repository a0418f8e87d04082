package ort

import (
	"errors"
	"regexp"
	"strings"
)

// innermost returns the error that ONNX Runtime gave: onnxruntime_go wraps it
// in sentences about its own functions.
func innermost(err error) error {
	for {
		next := errors.Unwrap(err)
		if next == nil {
			if plain := withoutPlace(err.Error()); plain != err.Error() {
				return errors.New(plain)
			}
			return err
		}
		err = next
	}
}

// place is where in its own source ONNX Runtime begins many messages: file,
// line, and the beginning of a function's signature.
var place = regexp.MustCompile(`^(/|[A-Z]:\\)[^ ]+:[0-9]+ [^(]*\(`)

// withoutPlace takes that, and the rest of the signature, off a message.
func withoutPlace(message string) string {
	start := place.FindString(message)
	if start == "" {
		return message
	}
	depth := 1
	for i, c := range message[len(start):] {
		switch c {
		case '(':
			depth++
		case ')':
			depth--
		}
		if depth == 0 {
			rest := strings.TrimPrefix(message[len(start)+i+1:], " const")
			if rest = strings.TrimSpace(rest); rest != "" {
				return rest
			}
			break
		}
	}
	return message
}
