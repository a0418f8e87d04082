package study

import (
	"fmt"
	"os"
	"regexp"
	"strings"
)

// findings is what is wrong with a study, and where its keys were given. The
// parser fills it from a file, [Study.Validate] from the fields of a struct; the
// checks of meaning are the same for both.
type findings struct {
	file  string
	lines []string
	// places remembers where each key was given, by its path. Checks of
	// meaning, which come later, point there.
	places map[string]place
	errs   Errors
	// policy is where the keys of a policy in a file of its own were given; nil
	// where they stand in the study.
	policy *findings
}

// place is a position in the file, from 1; zero without a file.
type place struct{ line, column int }

// errorf records an error at the value of a key, or at the nearest key above
// it that was given.
func (f *findings) errorf(path, format string, args ...any) {
	f.errs = append(f.errs, f.newError(f.where(path), path, fmt.Sprintf(format, args...)))
}

func (f *findings) where(path string) place {
	for p := path; p != ""; {
		if at, ok := f.places[p]; ok {
			return at
		}
		p = p[:max(0, strings.LastIndexAny(p, ".["))]
	}
	return place{}
}

// has reports whether a key was given.
func (f *findings) has(path string) bool {
	_, ok := f.places[path]
	return ok
}

func (f *findings) newError(at place, path, message string) *Error {
	e := &Error{File: f.file, Line: at.line, Column: at.column, Key: path, Message: message}
	if at.line > 0 && at.line <= len(f.lines) {
		e.Text = strings.TrimRight(f.lines[at.line-1], "\r")
	}
	return e
}

var variable = regexp.MustCompile(`\$\{([^}]*)\}`)

// expand replaces ${NAME} by the environment variable.
func (f *findings) expand(path, s string) string {
	return variable.ReplaceAllStringFunc(s, func(ref string) string {
		name := ref[2 : len(ref)-1]
		v, ok := os.LookupEnv(name)
		if !ok {
			f.errorf(path, "the environment variable %s is not set", name)
		}
		return v
	})
}
