package trainer

import (
	"fmt"
	"strings"
)

// Fault is what is wrong with a program, or with what it left.
type Fault string

// The faults.
const (
	NotFound      Fault = "not found"      // no such program
	NotExecutable Fault = "not executable" // it may not be executed, or is no program
	Changed       Fault = "changed"        // its files are not those that were planned
	Exited        Fault = "exit code"      // it ended with another code than 0
	Killed        Fault = "signal"         // a signal ended it
	Hung          Fault = "timeout"        // it did not end in time
	NoResult      Fault = "no result"      // it left no losses
	BadResult     Fault = "bad result"     // it left losses, history or a model that cannot be used
)

// Error is about a run that a program did not train as it should.
type Error struct {
	Fault  Fault
	Detail string
	// Lines are the last ones that the program wrote, to either of its outputs.
	Lines []string
	// Withheld says that there are none because a domain is confidential.
	Withheld bool
	// Log is the file with all that was kept of what it wrote, empty without one.
	Log string
}

func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "trainer: %s", e.Detail)
	switch {
	case e.Withheld:
		b.WriteString("; what it wrote is withheld, since a domain is confidential")
	case len(e.Lines) > 0:
		b.WriteString("; its last lines:")
		for _, l := range e.Lines {
			b.WriteString("\n  | " + l)
		}
		if e.Log != "" {
			b.WriteString("\n  all of it: " + e.Log)
		}
	case e.Fault == Exited || e.Fault == Killed || e.Fault == Hung:
		b.WriteString("; it wrote nothing")
	}
	return b.String()
}

// bad is an error about a file that the program left.
func bad(format string, args ...any) *Error {
	return &Error{Fault: BadResult, Detail: fmt.Sprintf(format, args...)}
}
