package weighting

import (
	"fmt"
	"strings"

	"github.com/sharewise/sharewise/analysis/study"
)

// Method gives the loss weights of one run. It is for one goroutine.
type Method interface {
	// Weights fills dst, one element per domain, with the weights of the next
	// step.
	Weights(dst []float32)
	// Observe takes the domains' mean losses of the step just taken, before
	// weighting. They are finite.
	Observe(losses []float32)
	// EpochEnd takes the domains' mean training losses of the epoch just
	// ended.
	EpochEnd(means []float64)
	// MarshalState returns everything that later weights depend on, as JSON.
	MarshalState() ([]byte, error)
	// UnmarshalState replaces the state. Its errors match ErrState and leave
	// the method as it was.
	UnmarshalState(state []byte) error
}

// EveryStep reports whether weights may change from one step to the next: they follow
// from the losses of the step before, or from the gradients of the step itself. Those
// of other methods stay as they are within an epoch.
func EveryStep(m Method) bool {
	switch m.(type) {
	case constant, *dwa:
		return false
	}
	return true
}

// Domain is what methods need to know of a domain.
type Domain struct {
	Name string
	// Train is the number of training samples.
	Train int
	// Regression says that the loss is a squared error, not a cross-entropy.
	Regression bool
}

// New returns the method that cfg names, at its start. An empty name means
// equal, settings that are zero mean their defaults. domains are in the order of the
// loss weights. What a method does at random follows from seed. Its errors match
// ErrMethod.
func New(cfg study.Weighting, domains []Domain, seed uint64) (Method, error) {
	if len(domains) == 0 {
		return nil, fmt.Errorf("weighting: %w: there are no domains", ErrMethod)
	}
	if cfg.Name == "" {
		cfg.Name = "equal"
	}
	var names []string
	for _, d := range methods {
		if d.Name != cfg.Name {
			names = append(names, d.Name)
			continue
		}
		cfg.Complete()
		if err := cfg.Validate(); err != nil {
			return nil, fmt.Errorf("weighting: %s: %w: %w", cfg.Name, ErrMethod, err)
		}
		m, err := d.new(cfg, domains, seed)
		if err != nil {
			return nil, fmt.Errorf("weighting: %s: %w", cfg.Name, err)
		}
		return m, nil
	}
	return nil, fmt.Errorf("weighting: %w: there is no method %q (choose one of %s)", ErrMethod, cfg.Name, strings.Join(names, ", "))
}
