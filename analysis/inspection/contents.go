package inspection

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"hash/maphash"
	"math"
	"slices"

	"github.com/sharewise/sharewise/analysis/dataset"
)

// entry is a sample in the index of contents. Sixteen bytes, so that millions
// of samples fit.
type entry struct {
	hash   uint64
	domain uint16
	split  uint8
	at     int32 // position in the split
}

// contents finds samples with equal inputs by a 64-bit hash. Equal hashes are
// held against the inputs themselves, so that chance puts nothing together and
// the result does not depend on the hash.
type contents struct {
	domains []*dataset.Domain
	family  []uint16 // of each domain: the first whose samples mean the same
	entries []entry
	blank   []int // of each domain: samples of one number all over
}

// hashSeed differs from process to process; no result depends on it.
var hashSeed = maphash.MakeSeed()

// newContents reads every sample once, of at most [study.MaxDomains] domains.
func newContents(ctx context.Context, domains []*dataset.Domain) (*contents, error) {
	c := &contents{domains: domains, family: make([]uint16, len(domains)), blank: make([]int, len(domains))}
	for k, d := range domains {
		c.family[k] = uint16(slices.IndexFunc(domains, func(e *dataset.Domain) bool {
			return (d.Text == nil) == (e.Text == nil) && slices.Equal(d.Shape, e.Shape) && slices.Equal(d.Features, e.Features)
		}))
		x := make([]float64, sizeOf(d))
		buf := make([]byte, 0, 8*len(x)+2)
		for p, s := range splitsOf(d) {
			for i := range s.Len() {
				if i%4096 == 0 && ctx.Err() != nil {
					return nil, ctx.Err()
				}
				buf = binary.LittleEndian.AppendUint16(buf[:0], c.family[k])
				if d.Text != nil {
					buf = sameWords(buf, s.Text(i))
					c.entries = append(c.entries, entry{maphash.Bytes(hashSeed, buf), uint16(k), uint8(p), int32(i)})
					if len(buf) == 2 {
						c.blank[k]++
					}
					continue
				}
				s.Raw(i, x)
				for _, v := range x {
					buf = binary.LittleEndian.AppendUint64(buf, math.Float64bits(v))
				}
				c.entries = append(c.entries, entry{maphash.Bytes(hashSeed, buf), uint16(k), uint8(p), int32(i)})
				if len(x) > 1 && slices.Min(x) == slices.Max(x) {
					c.blank[k]++
				}
			}
		}
	}
	slices.SortFunc(c.entries, func(a, b entry) int { return cmp.Or(cmp.Compare(a.hash, b.hash), a.compare(b)) })
	return c, nil
}

// compare puts entries in the order of domains, splits and samples.
func (e entry) compare(f entry) int {
	return cmp.Or(cmp.Compare(e.domain, f.domain), cmp.Compare(e.split, f.split), cmp.Compare(e.at, f.at))
}

// read writes the inputs of an entry.
func (c *contents) read(e entry, x []float64) {
	splitsOf(c.domains[e.domain])[e.split].Raw(int(e.at), x)
}

// sets returns all sets of two and more samples with equal inputs, in the
// order of their first samples.
func (c *contents) sets() [][]entry {
	var out [][]entry
	for start := 0; start < len(c.entries); {
		end := start + 1
		for end < len(c.entries) && c.entries[end].hash == c.entries[start].hash {
			end++
		}
		for run := c.entries[start:end]; len(run) > 1; {
			n := c.gather(run)
			if n > 1 {
				out = append(out, run[:n])
			}
			run = run[n:]
		}
		start = end
	}
	slices.SortFunc(out, func(a, b []entry) int { return a[0].compare(b[0]) })
	return out
}

// gather moves the samples that equal the first of a run to its beginning and
// counts them. Both parts keep their order.
func (c *contents) gather(run []entry) int {
	if c.domains[run[0].domain].Text != nil {
		return c.gatherTexts(run)
	}
	first, other := make([]float64, sizeOf(c.domains[run[0].domain])), []float64(nil)
	c.read(run[0], first)
	n := 1
	var rest []entry
	for _, e := range run[1:] {
		equal := c.family[e.domain] == c.family[run[0].domain]
		if equal {
			other = slices.Grow(other[:0], len(first))[:len(first)]
			c.read(e, other)
			equal = sameBits(first, other)
		}
		if equal {
			run[n] = e
			n++
		} else {
			rest = append(rest, e)
		}
	}
	copy(run[n:], rest)
	return n
}

// gatherTexts is gather for texts.
func (c *contents) gatherTexts(run []entry) int {
	words := func(e entry) []byte {
		return sameWords(nil, splitsOf(c.domains[e.domain])[e.split].Text(int(e.at)))
	}
	first := words(run[0])
	n := 1
	var rest []entry
	for _, e := range run[1:] {
		if c.family[e.domain] == c.family[run[0].domain] && bytes.Equal(first, words(e)) {
			run[n] = e
			n++
		} else {
			rest = append(rest, e)
		}
	}
	copy(run[n:], rest)
	return n
}

func sameBits(a, b []float64) bool {
	for i, v := range a {
		if math.Float64bits(v) != math.Float64bits(b[i]) {
			return false
		}
	}
	return true
}
