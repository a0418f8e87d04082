package ort

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/sharewise/sharewise/analysis/wording"
	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
)

// innermost returns the error that ONNX Runtime gave: onnxruntime_go wraps it
// in sentences about its own functions. Where a node failed it is an [exec.NodeError].
func innermost(err error) error {
	for {
		next := errors.Unwrap(err)
		if next == nil {
			if plain := plainly(err.Error()); plain != nil {
				return plain
			}
			return err
		}
		err = next
	}
}

var (
	// running is how ONNX Runtime begins messages about nodes. A node around others, such
	// as a loop, begins the message about one of them.
	running = regexp.MustCompile(`(?s)^Non-zero status code returned while running (\S+) node\. Name:'(.*?)' Status Message: `)
	// starting is how it begins what stops a session from being made.
	starting = regexp.MustCompile(`^(Exception during initialization: |Fatal error: |\[ONNXRuntimeError\] : [0-9]+ : (FAIL|INVALID_ARGUMENT|INVALID_GRAPH|INVALID_PROTOBUF|RUNTIME_EXCEPTION) : )+`)
	// lacking is how it says that no code of its own computes a node in its type of numbers.
	lacking = regexp.MustCompile(`(?s)Could not find an implementation for (\S+)\(\d+\) node with name '(.*?)'`)
	// asked is how it says that memory is short.
	asked = regexp.MustCompile(`(?s)^Failed to allocate memory for requested buffer of size (\d+).*`)
)

// plainly is a message of ONNX Runtime without what concerns its own source alone; nil
// where nothing of that is in it.
func plainly(message string) error {
	rest, node := message, (*exec.NodeError)(nil)
	for m := running.FindStringSubmatch(rest); m != nil; m = running.FindStringSubmatch(rest) {
		node = &exec.NodeError{Node: wording.Cut(m[2], mostName), Op: m[1]}
		rest = rest[len(m[0]):]
	}
	if node != nil {
		if name, guarded := onnxio.Guarded(node.Node); guarded {
			return &exec.NodeError{Node: name, Op: "Div or Mod", Err: errDivision}
		}
	}
	for before := ""; before != rest; { // some begin so more than once
		before, rest = rest, withoutPlace(starting.ReplaceAllString(rest, ""))
	}
	switch {
	case lacking.MatchString(rest):
		m := lacking.FindStringSubmatch(rest)
		return fmt.Errorf("nothing here computes node %q (%s) in its type of numbers; export the model in float32", wording.Cut(m[2], mostName), m[1])
	case asked.MatchString(rest):
		memory := fmt.Errorf("%w for %s bytes", exec.ErrMemory, asked.FindStringSubmatch(rest)[1])
		if node == nil {
			return memory
		}
		node.Err = memory
		return node
	case node != nil:
		node.Err = errors.New(wording.Cut(rest, mostReason))
		return node
	case rest != message:
		return errors.New(wording.Cut(rest, mostReason))
	case len(message) > mostReason:
		return errors.New(wording.Cut(message, mostReason))
	}
	return nil
}

// errDivision is what a guard of a division fails for.
var errDivision = errors.New("whole numbers are divided by zero, or the least of them by -1, which has no result")

// Messages repeat names of nodes, which can be of any length.
const (
	mostName   = 120
	mostReason = 1000
)

var (
	// place is where in its own source ONNX Runtime begins many messages: file,
	// line, and the beginning of a function's signature.
	place = regexp.MustCompile(`^(/|[A-Z]:\\)[^ ]+:[0-9]+ [^(]*\(`)
	// shortPlace is how others begin: file, line and function.
	shortPlace = regexp.MustCompile(`^[\w/]+\.(cc|h):[0-9]+ \S+ `)
	// instance is what follows the signature of a template.
	instance = regexp.MustCompile(`^\[with [^\]]*\] `)
	// condition is the one that did not hold, in C++, before the words for it.
	condition = regexp.MustCompile(`^[^\n]*? was false\. +`)
)

// withoutPlace takes that, the rest of the signature, and the condition that did not
// hold off a message.
func withoutPlace(message string) string {
	start := place.FindString(message)
	if start == "" {
		return shortPlace.ReplaceAllString(message, "")
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
			rest = instance.ReplaceAllString(strings.TrimSpace(rest), "")
			if rest = strings.TrimSpace(condition.ReplaceAllString(rest, "")); rest != "" {
				return rest
			}
			break
		}
	}
	return message
}
