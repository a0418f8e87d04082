package main

import (
	"context"
	"fmt"

	"github.com/sharewise/sharewise/onnxio/benchtest"
)

// figure is what a contender took in one round.
type figure struct {
	// Seconds are those of one unit of the row: a step, a sample, the whole.
	Seconds float64 `json:"seconds"`
	// Memory is the peak in bytes; 0 where it was not measured.
	Memory float64 `json:"memory,omitempty"`
}

// contender does the work of one side of a row.
type contender interface {
	// measure does it once more.
	measure(context.Context) (figure, error)
	// about says what it is, and by which settings it does it.
	about() string
	close() error
}

// contest is one row: the same work by two contenders. Without a peer the row
// is held against a fixed time.
type contest struct {
	name, title string
	threads     int // 0 where the row is about a whole program
	// target is the ratio to reach; for a row without a peer, seconds.
	target float64
	rounds int
	// memory makes a further row of the peak memory, with its target.
	memory       bool
	memoryTarget float64
	open         func(context.Context) (ours, theirs contender, err error)
}

// round is what both took in one round.
type round struct {
	Ours   figure `json:"ours"`
	Theirs figure `json:"theirs"`
	// Noise is what else went on meanwhile.
	Noise benchtest.Noise `json:"noise"`
}

// outcome is a contest that was fought out.
type outcome struct {
	Name    string  `json:"name"`
	Title   string  `json:"title"`
	Threads int     `json:"threads,omitempty"`
	Target  float64 `json:"target"`
	Ours    string  `json:"ours"`
	Theirs  string  `json:"theirs,omitempty"` // empty without a peer
	Rounds  []round `json:"rounds"`
	// Memory says that the row has figures of memory beside those of time.
	Memory       bool    `json:"memory,omitempty"`
	MemoryTarget float64 `json:"memory_target,omitempty"`
	// Failed says why there are no figures.
	Failed string `json:"failed,omitempty"`
}

// fight runs a contest: in every round one contender after the other, who begins
// taking turns, so that both see the same machine. Neither works while the other
// is measured.
func fight(ctx context.Context, c contest, watch func() func() benchtest.Noise) outcome {
	out := outcome{Name: c.name, Title: c.title, Threads: c.threads, Target: c.target, Memory: c.memory, MemoryTarget: c.memoryTarget}
	ours, theirs, err := c.open(ctx)
	if err != nil {
		out.Failed = err.Error()
		return out
	}
	out.Ours = ours.about()
	sides := []contender{ours}
	if theirs != nil {
		out.Theirs = theirs.about()
		sides = append(sides, theirs)
	}
	for i := range c.rounds {
		var r round
		took := []*figure{&r.Ours, &r.Theirs}
		stop := watch()
		for k := range sides {
			k = (k + i) % len(sides)
			if *took[k], err = sides[k].measure(ctx); err != nil {
				out.Failed = fmt.Sprintf("round %d: %v", i+1, err)
				break
			}
		}
		r.Noise = stop()
		if err != nil {
			break
		}
		out.Rounds = append(out.Rounds, r)
	}
	for _, s := range sides {
		if err := s.close(); err != nil && out.Failed == "" {
			out.Failed = err.Error()
		}
	}
	return out
}

// disturbed reports whether other work went on in any round.
func (o outcome) disturbed() bool {
	for _, r := range o.Rounds {
		if r.Noise.Disturbed() {
			return true
		}
	}
	return false
}

// series are the figures of one kind, by round.
func (o outcome) series(of func(round) float64) []float64 {
	var v []float64
	for _, r := range o.Rounds {
		v = append(v, of(r))
	}
	return v
}

func oursSeconds(r round) float64   { return r.Ours.Seconds }
func theirsSeconds(r round) float64 { return r.Theirs.Seconds }
func ratio(r round) float64         { return r.Ours.Seconds / r.Theirs.Seconds }
func memoryRatio(r round) float64   { return r.Ours.Memory / r.Theirs.Memory }
