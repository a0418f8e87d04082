package train

import (
	"time"

	"github.com/sharewise/sharewise/analysis/layout"
)

// clock counts what the seconds of a run go to.
type clock struct {
	last  time.Time
	spent layout.Spent
}

// to says what the time since the last call went to, one of the figures of spent.
func (c *clock) to(part *float64) {
	now := time.Now()
	*part += now.Sub(c.last).Seconds()
	c.last = now
}

// apart says that the time since start went to something else than what the next
// call of to will say.
func (c *clock) apart(part *float64, start time.Time) {
	d := time.Since(start)
	*part += d.Seconds()
	c.last = c.last.Add(d)
}
