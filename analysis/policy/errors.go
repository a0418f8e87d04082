package policy

import (
	"errors"
	"fmt"
	"strings"
)

// ErrForbidden is what every refusal of a pool is.
var ErrForbidden = errors.New("forbidden by a policy")

// ErrInvalid is what every mistake in a policy or in labels is.
var ErrInvalid = errors.New("invalid policy")

// Mistake is one thing wrong with a policy or with the labels of a domain.
type Mistake struct {
	// Rule and Domain are indices; -1 where the mistake is of neither.
	Rule, Domain int
	// Key is the key within the rule, such as same, or the label of the domain.
	Key     string
	Message string
}

// Error gives the message with its place.
func (m Mistake) Error() string {
	switch {
	case m.Rule >= 0:
		return fmt.Sprintf("policy: rule %d: %s", m.Rule+1, m.Message)
	case m.Domain >= 0:
		return fmt.Sprintf("policy: domain %d: %s", m.Domain+1, m.Message)
	}
	return "policy: " + m.Message
}

// Is makes errors.Is(err, ErrInvalid) hold.
func (m Mistake) Is(target error) bool { return target == ErrInvalid }

// Forbidden is the error that a set of domains may not be used together.
type Forbidden struct {
	Act      string // Pooling or Evaluation
	Domains  []string
	Refusals []Refusal
}

// Error names the domains, the rules and the reasons.
func (f *Forbidden) Error() string {
	reasons := make([]string, len(f.Refusals))
	for i, r := range f.Refusals {
		reasons[i] = r.Words()
	}
	what := strings.Join(f.Domains, ", ") + " may not share a model"
	if f.Act == Evaluation {
		what = "models of one of " + strings.Join(f.Domains, ", ") + " may not be tested on data of another"
	}
	if len(reasons) == 0 {
		return what
	}
	return what + ": " + strings.Join(reasons, "; ")
}

// Is makes errors.Is(err, ErrForbidden) hold.
func (f *Forbidden) Is(target error) bool { return target == ErrForbidden }
