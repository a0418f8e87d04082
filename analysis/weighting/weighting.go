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
	case *uncertainty, FromGradients:
		return true
	}
	return false
}

// Domain is what methods need to know of a domain.
type Domain struct {
	Name string
	// Train is the number of training samples.
	Train int
	// Regression says that the loss is a squared error, not a cross-entropy.
	Regression bool
}

// Description is one line of the table of methods.
type Description struct {
	Name     string
	Doc      string
	Citation string // empty where the method is folklore

	new func(study.Weighting, []Domain) (Method, error)
}

var methods = []Description{
	{
		Name: "equal",
		Doc:  "every domain counts the same",
		new:  newEqual,
	},
	{
		Name: "static",
		Doc:  "weights given in the study, scaled to sum to the number of domains",
		new:  newStatic,
	},
	{
		Name: "size",
		Doc:  "in proportion to the number of training samples",
		new:  newSize,
	},
	{
		Name:     "dwa",
		Doc:      "more for domains whose loss falls slowly, from the last two epochs",
		Citation: "Liu, Johns, Davison: End-to-End Multi-Task Learning with Attention, CVPR 2019, eq. 7",
		new:      newDWA,
	},
	{
		Name:     "uncertainty",
		Doc:      "less for domains whose loss stays high, by learned log variances",
		Citation: "Kendall, Gal, Cipolla: Multi-Task Learning Using Uncertainty to Weigh Losses, CVPR 2018, sec. 3.2",
		new:      newUncertainty,
	},
	{
		Name:     "mgda",
		Doc:      "those of the shortest convex combination of the gradients, which harms no domain to first order",
		Citation: "Sener, Koltun: Multi-Task Learning as Multi-Objective Optimization, NeurIPS 2018, sec. 3.1; Désidéri: Multiple-gradient descent algorithm, C. R. Math. 2012",
		new:      newMGDA,
	},
}

// Methods returns the table of methods, in the order in which help texts list
// them.
func Methods() []Description { return append([]Description(nil), methods...) }

// New returns the method that cfg names, at its start. An empty name means
// equal. domains are in the order of the loss weights. Its errors match
// ErrMethod.
func New(cfg study.Weighting, domains []Domain) (Method, error) {
	if len(domains) == 0 {
		return nil, fmt.Errorf("weighting: %w: there are no domains", ErrMethod)
	}
	name := cfg.Name
	if name == "" {
		name = "equal"
	}
	var names []string
	for _, d := range methods {
		if d.Name == name {
			m, err := d.new(cfg, domains)
			if err != nil {
				return nil, fmt.Errorf("weighting: %s: %w", name, err)
			}
			return m, nil
		}
		names = append(names, d.Name)
	}
	return nil, fmt.Errorf("weighting: %w: there is no method %q (choose one of %s)", ErrMethod, name, strings.Join(names, ", "))
}
