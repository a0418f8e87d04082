package mutate

// chooser takes decisions from bytes; when they are used up it takes the first
// choice.
type chooser struct{ code []byte }

func (c *chooser) left() bool { return len(c.code) > 0 }

func (c *chooser) byte() byte {
	if len(c.code) == 0 {
		return 0
	}
	b := c.code[0]
	c.code = c.code[1:]
	return b
}

// below is a number from 0 to n−1.
func (c *chooser) below(n int) int {
	if n <= 1 {
		return 0
	}
	x := int(c.byte())
	if n > 256 {
		x = x<<8 | int(c.byte())
	}
	return x % n
}

// number is a small one, or an end of a range.
func (c *chooser) number() int64 {
	edges := []int64{-1 << 63, 1<<63 - 1, -1, 0, 1 << 31, 1 << 40, 1 << 62, 1000}
	x := c.byte()
	if x >= 224 {
		return edges[x%8]
	}
	return int64(x)%16 - 3
}

func pick[T any](c *chooser, from []T) T { return from[c.below(len(from))] }
