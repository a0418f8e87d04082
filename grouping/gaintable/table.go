package gaintable

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode"

	"github.com/sharewise/sharewise/analysis/wording"
	"github.com/sharewise/sharewise/grouping/solve"
)

// Table is what domains gain in pools.
type Table struct {
	// Domains in the order in which the file names them.
	Domains []string
	Pools   []Pool
	// Losses of the domains alone; nil for a table of gains.
	Alone []float64
	// Notes tell what was passed over.
	Notes []string
	// draws are joint draws of the gains that terms of pools point to; nil: gains err
	// independently, as far as is known.
	draws [][]float64
	// centred says that draws lie around what is expected of gains, not around what
	// was measured.
	centred bool
}

// Pool is a set of domains with what the table says of it.
type Pool struct {
	Train  solve.Set
	Serves []int     // ascending: the targets of its rows
	Gain   []float64 // by Serves
	Lo, Hi []float64 // NaN where unknown
	Cost   float64
	// Memory and Latency are what its model takes; NaN where that is not known.
	Memory, Latency float64
	Source          Source
	terms           [][]term // of each gain in the table's draws
	line            int      // where it begins
	// where cost, memory and latency stand; 0: nowhere
	stands [3]int
}

// term is a drawn gain times a weight.
type term struct {
	cell   int
	weight float64
}

// Source says where a pool's gains are from.
type Source string

// The sources.
const (
	Listed       Source = "table"
	Measured     Source = "measured" // by a study
	Assumed      Source = "assumed"  // a domain alone that the table does not list
	Extrapolated Source = "extrapolated from pairs"
)

// row is a row of a file.
type row struct {
	line               int
	pool, target       string
	gain, lo, hi, cost float64 // all but gain are NaN where the cell is empty
	memory, latency    float64
}

// builder puts rows together.
type builder struct {
	file     string
	loss     bool
	relative bool
	table    *Table
	index    map[string]int
	at       map[solve.Set]int
	lines    map[[2]int]row // by pool and target
	repeated int
}

func newBuilder(file string, loss, relative bool) *builder {
	return &builder{file: file, loss: loss, relative: relative, table: &Table{}, index: map[string]int{}, at: map[solve.Set]int{}, lines: map[[2]int]row{}}
}

func (b *builder) errorf(line int, format string, args ...any) error {
	return &Error{File: b.file, Line: line, Reason: fmt.Sprintf(format, args...)}
}

// domain is the index of a name, a new one where it is new.
func (b *builder) domain(line int, name string) (int, error) {
	if i, ok := b.index[name]; ok {
		return i, nil
	}
	if strings.ContainsFunc(name, unicode.IsControl) {
		return 0, b.errorf(line, "name %q holds a control character: rename the domain", name)
	}
	i := len(b.table.Domains)
	if i == solve.MaxDomains {
		return 0, b.errorf(line, "%s is one domain too many: %d are the most", name, solve.MaxDomains)
	}
	b.index[name] = i
	b.table.Domains = append(b.table.Domains, name)
	return i, nil
}

func (b *builder) add(r row) error {
	var train solve.Set
	var names []string
	for _, name := range strings.Split(r.pool, "+") {
		name = strings.TrimSpace(name)
		if name == "" {
			return b.errorf(r.line, "pool %q: a name is missing; a pool is the names of its domains joined by +", r.pool)
		}
		i, err := b.domain(r.line, name)
		if err != nil {
			return err
		}
		if train.Has(i) {
			return b.errorf(r.line, "pool %q names %s twice", r.pool, name)
		}
		train = train.With(i)
		names = append(names, name)
	}
	target := strings.TrimSpace(r.target)
	switch {
	case target == "":
		return b.errorf(r.line, "the target is missing")
	case strings.Contains(target, "+"):
		return b.errorf(r.line, "target %q: a name may not hold a +, which joins the names of a pool; rename the domain", target)
	case !slices.Contains(names, target):
		return b.errorf(r.line, "target %s is not in the pool %s: a pool can serve only what it trains", target, r.pool)
	}
	j := b.index[target]
	k, ok := b.at[train]
	if !ok {
		k = len(b.table.Pools)
		b.at[train] = k
		b.table.Pools = append(b.table.Pools, Pool{Train: train, Cost: 1, Memory: math.NaN(), Latency: math.NaN(), Source: Listed, line: r.line})
	}
	p := &b.table.Pools[k]
	for x, of := range []struct {
		verb   string
		stated float64
		to     *float64
	}{{"costs", r.cost, &p.Cost}, {"takes a memory of", r.memory, &p.Memory}, {"has a latency of", r.latency, &p.Latency}} {
		switch at := &p.stands[x]; {
		case math.IsNaN(of.stated):
		case *at == 0:
			*of.to, *at = of.stated, r.line
		case math.Abs(*of.to-of.stated) > solve.BudgetTolerance*max(1, *of.to):
			return b.errorf(r.line, "pool %s %s %g here and %g in line %d", r.pool, of.verb, of.stated, *of.to, *at)
		}
	}
	if before, ok := b.lines[[2]int{k, j}]; ok {
		if before.gain != r.gain || !same(before.lo, r.lo) || !same(before.hi, r.hi) {
			return b.errorf(r.line, "pool %s has another row for %s in line %d, with other figures: keep one", r.pool, target, before.line)
		}
		b.repeated++
		return nil
	}
	b.lines[[2]int{k, j}] = r
	at, _ := slices.BinarySearch(p.Serves, j)
	p.Serves = slices.Insert(p.Serves, at, j)
	p.Gain = slices.Insert(p.Gain, at, r.gain)
	p.Lo = slices.Insert(p.Lo, at, r.lo)
	p.Hi = slices.Insert(p.Hi, at, r.hi)
	return nil
}

func same(x, y float64) bool { return x == y || math.IsNaN(x) && math.IsNaN(y) }

// finish turns losses into gains and adds the domains alone.
func (b *builder) finish() (*Table, error) {
	t := b.table
	if len(t.Pools) == 0 {
		return nil, b.errorf(0, "has no rows: each says what one domain gains in one pool")
	}
	if b.repeated > 0 {
		t.Notes = append(t.Notes, wording.PluralAs(b.repeated, "row repeats another and counts", "rows repeat others and count")+" once.")
	}
	if b.loss {
		if err := b.gains(); err != nil {
			return nil, err
		}
	}
	t.alone()
	return t, nil
}

// gains are what losses say, against those of the domains alone.
func (b *builder) gains() error {
	t := b.table
	t.Alone = make([]float64, len(t.Domains))
	for j, name := range t.Domains {
		k, ok := b.at[solve.SetOf(j)]
		if !ok {
			return b.errorf(0, "there is no row of %s alone: losses become gains against it; add a row with pool %s and target %s", name, name, name)
		}
		t.Alone[j] = t.Pools[k].Gain[0]
		if b.relative && !(t.Alone[j] > 0) {
			return b.errorf(t.Pools[k].line, "the loss of %s alone is %g, and no relative reduction of it exists: compare differences instead", name, t.Alone[j])
		}
	}
	for k := range t.Pools {
		p := &t.Pools[k]
		for i, j := range p.Serves {
			gain := func(loss float64) float64 {
				if loss == t.Alone[j] {
					return 0
				}
				if b.relative {
					return 1 - loss/t.Alone[j]
				}
				return t.Alone[j] - loss
			}
			p.Gain[i] = gain(p.Gain[i])
			p.Lo[i], p.Hi[i] = gain(p.Hi[i]), gain(p.Lo[i])
			if p.Train.Count() == 1 {
				// Alone is what gains are measured from.
				p.Lo[i], p.Hi[i] = math.NaN(), math.NaN()
			}
		}
	}
	return nil
}
